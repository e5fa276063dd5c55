"""A wave while it is in the field."""

from __future__ import annotations

import pandera.pandas as pa
from pandera.typing import Series

from supertouch.tables.fields import Table, optional

__all__ = ["FieldBases", "FieldDays", "FieldDropout", "FieldQuotas"]


class FieldDays(Table):
    """Returns per day; ``expected`` is the number by that day that an even pace would need.

    ``n`` are interviews read, ``n_accepted`` those that passed, ``total`` the accepted by that day.
    Interviews without a date are in a last line whose ``day`` is empty.
    """

    wave: Series[str]
    day: Series[str]
    n: Series[int]
    n_accepted: Series[int]
    total: Series[int]
    expected: Series[float] = optional()


class FieldQuotas(Table):
    """Interviews wanted and done by quota.

    ``forecast`` is in how many days the quota is full at the pace of the last seven days.
    """

    wave: Series[str]
    segment: Series[str]
    segment_value: Series[str]
    wanted: Series[int]
    n: Series[int]
    missing: Series[int]
    share: Series[float] = optional()
    forecast: Series[float] = optional()


class FieldBases(Table):
    """Ratings of each touchpoint by group, against those that the precision asked for needs.

    ``half_width`` is that of the mean's confidence interval now; ``n_needed`` the ratings that
    bring it to the precision asked for, ``respondents_needed`` the interviews that bring those.
    """

    wave: Series[str]
    segment: Series[str]
    segment_value: Series[str]
    touchpoint: Series[str]
    n: Series[int]
    n_rated: Series[int]
    n_eff: Series[float] = optional()
    half_width: Series[float] = optional()
    precision: Series[float]
    n_needed: Series[float] = optional()
    respondents_needed: Series[float] = optional()
    enough: Series[bool]


class FieldDropout(Table):
    """Where respondents break off: the last question with an answer, in the file's order.

    Place 0 are those who answered nothing.
    """

    wave: Series[str]
    place: Series[int]
    column: Series[str]
    item: Series[str]
    n_reached: Series[int]
    n_answered: Series[int]
    n_last: Series[int]
    share_last: Series[float] = pa.Field(ge=0, le=1)
