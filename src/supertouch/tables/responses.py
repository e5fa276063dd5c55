"""What came in: rows, answers and empties."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from supertouch.tables.fields import Table, optional

__all__ = ["Contradictions", "Empties", "Quarantine", "Rejections", "Sample"]


class Sample(Table):
    """Every row read is accounted for: n_accepted + n_quarantined + n_excluded = n_read."""

    wave: Series[str]
    n_read: Series[int]
    n_accepted: Series[int]
    n_quarantined: Series[int]
    n_excluded: Series[int]
    weight_sum: Series[float]
    n_eff: Series[float]
    design_effect: Series[float] = optional()
    n_clusters: Series[int]
    n_strata: Series[int]

    @pa.dataframe_check
    @classmethod
    def balances(cls, frame: pd.DataFrame) -> pd.Series:
        """Compare the rows accounted for with the rows read."""
        return frame.n_accepted + frame.n_quarantined + frame.n_excluded == frame.n_read


class Quarantine(Table):
    """Rows that broke a rule, one line per breach; ``record`` is the whole raw row as JSON."""

    wave: Series[str]
    file: Series[str]
    row: Series[int]
    column: Series[str]
    value: Series[str]
    rule: Series[str]
    record: Series[str]


class Rejections(Table):
    """Counts of quarantined rows by column and rule, and of excluded rows by reason."""

    wave: Series[str]
    kind: Series[str] = pa.Field(isin=["quarantined", "excluded", "no_wave"])
    column: Series[str]
    rule: Series[str]
    n: Series[int]


class Empties(Table):
    """How each item was answered: the answers and the four kinds of empty."""

    wave: Series[str]
    item: Series[str]
    kind: Series[str] = pa.Field(isin=["contact", "rating", "brand_fit", "outcome"])
    n: Series[int]
    n_answered: Series[int]
    not_met: Series[int]
    not_asked: Series[int]
    dont_know: Series[int]
    refused: Series[int]


class Contradictions(Table):
    """Contact and rating that exclude each other, and contacts that only the rating tells."""

    wave: Series[str]
    touchpoint: Series[str]
    kind: Series[str] = pa.Field(
        isin=["rated_but_not_met", "met_but_rated_not_met", "rated_but_contact_unknown"]
    )
    resolution: Series[str]
    n: Series[int]
