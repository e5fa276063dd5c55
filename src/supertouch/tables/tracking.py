"""What changed between waves, why, and whether targets were met."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from supertouch.tables.fields import Table, fraction, optional

__all__ = ["ChangeExplained", "Targets", "TrackedChanges"]

COMPARISONS = ["previous", "year", "baseline"]
AIMS = ["reach", "satisfaction", "disappointed", "delighted", "mean", "nps"]


class TrackedChanges(Table):
    """Changes of one measure from wave ``against`` to ``wave``.

    ``touchpoint`` is empty for outcomes, ``outcome`` for measures that need none. Shares,
    importance, ranks, effects and ``r2`` rest on the touchpoints that both waves can estimate; a
    rank that falls has become better, and ranks have an interval but no test. Levels stand with
    the study's weights (``weighted``) and, where weights differ, without them too. The change
    comes with its interval, its p-value and the p-value adjusted over the family (comparison x
    measure x outcome x component, with and without weights). ``detectable`` is the smallest change
    that the next wave, as large as this one, would find with 80 % power against this one, tested
    by itself; ``n_needed`` the respondents in all that it needs to find a change as large as this,
    empty where no number would do. ``overlap`` is the share of the wave's sampling units that were
    in the other wave as well. ``note`` says at an outcome's mean (``no_model``) or a touchpoint's
    satisfaction (``not_in_model``) which wave has no effects of it, and why.
    """

    wave: Series[str]
    against: Series[str]
    comparison: Series[str] = pa.Field(isin=COMPARISONS)
    outcome: Series[str]
    touchpoint: Series[str]
    component: Series[str] = pa.Field(isin=["", "experience", "contact"])
    measure: Series[str] = pa.Field(
        isin=[
            "reach",
            "satisfaction",
            "disappointed",
            "delighted",
            "importance",
            "share",
            "rank",
            "effect",
            "mean",
            "nps",
            "r2",
        ]
    )
    weighted: Series[bool]
    n_before: Series[int]
    n_after: Series[int]
    n_eff_before: Series[float] = optional()
    n_eff_after: Series[float] = optional()
    overlap: Series[float] = fraction()
    before: Series[float] = optional()
    before_low: Series[float] = optional()
    before_high: Series[float] = optional()
    after: Series[float] = optional()
    after_low: Series[float] = optional()
    after_high: Series[float] = optional()
    change: Series[float] = optional()
    change_low: Series[float] = optional()
    change_high: Series[float] = optional()
    p_value: Series[float] = fraction()
    p_adjusted: Series[float] = fraction()
    significant: Series[pd.BooleanDtype] = pa.Field(nullable=True)
    detectable: Series[float] = optional()
    n_needed: Series[float] = optional()
    note: Series[str]


class ChangeExplained(Table):
    """Why the mean of an outcome changed: parts that add up to the total, in outcome points.

    ``part`` is reach, experience or effect of a touchpoint, ``rest`` (what the touchpoints do not
    explain), or ``total``; ``touchpoint`` is empty for rest, total and the sums of a part over all
    touchpoints. p-values are adjusted over the touchpoints of a part, and over the sums and the
    rest. Contact effects and the rest often move against each other, since they tell what meeting
    touchpoints is worth from the same few people who did not meet them.
    """

    wave: Series[str]
    against: Series[str]
    comparison: Series[str] = pa.Field(isin=COMPARISONS)
    outcome: Series[str]
    touchpoint: Series[str]
    part: Series[str] = pa.Field(isin=["reach", "experience", "effect", "rest", "total"])
    n_before: Series[int]
    n_after: Series[int]
    change: Series[float]
    change_low: Series[float] = optional()
    change_high: Series[float] = optional()
    p_value: Series[float] = fraction()
    p_adjusted: Series[float] = fraction()


class Targets(Table):
    """What the study aims at (Soll) and whether it is met.

    ``met``: the whole interval lies on the good side of the target; ``not_met``: on the other
    side; ``open``: the interval holds the target. ``n_needed`` are the respondents of a wave, in
    all, with which the estimate would decide if it stays; empty where it is decided already.
    """

    wave: Series[str]
    outcome: Series[str]
    touchpoint: Series[str]
    measure: Series[str] = pa.Field(isin=AIMS)
    n: Series[int]
    n_eff: Series[float] = optional()
    target: Series[float]
    value: Series[float] = optional()
    value_low: Series[float] = optional()
    value_high: Series[float] = optional()
    status: Series[str] = pa.Field(isin=["met", "not_met", "open"])
    n_needed: Series[float] = optional()
