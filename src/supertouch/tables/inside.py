"""The inside view: what auditors filled in, how far they agree, and how customers differ."""

from __future__ import annotations

import pandera.pandas as pa
from pandera.typing import Series

from supertouch.tables.fields import Table, fraction, optional

__all__ = ["Auditors", "Audits", "BroughtFiles", "CellQuarantine", "Gap"]


class Audits(Table):
    """What each auditor filled in about each touchpoint; empty where they left a cell empty.

    Ratings are from 1 to the audit's points, which is best.
    """

    auditor: Series[str]
    file: Series[str]
    touchpoint: Series[str]
    importance: Series[float] = optional()
    performance: Series[float] = optional()
    control: Series[str] = pa.Field(isin=["", "high", "medium", "low"])
    owner: Series[str]
    cost: Series[float] = optional()
    kept: Series[str]
    expectation: Series[str]
    annoyance: Series[str]
    surprise: Series[str]


class CellQuarantine(Table):
    """A cell of a sheet that people filled in and that could not be used, and what to do."""

    file: Series[str]
    sheet: Series[str]
    row: Series[int]
    column: Series[str]
    value: Series[str]
    rule: Series[str]
    remedy: Series[str]


class BroughtFiles(Table):
    """Files that people brought besides answers, and what became of what stands in them.

    ``n_read`` counts filled cells of an audit sheet, rows of mentions and measures of a plan.
    """

    kind: Series[str] = pa.Field(isin=["audit", "mentions", "plan"])
    file: Series[str]
    n_read: Series[int]
    n_accepted: Series[int]
    n_quarantined: Series[int]


class Gap(Table):
    """Inside against outside for each touchpoint.

    Importance is compared by rank, as a share: 1 is the most important touchpoint and 0 the least
    (ties share their places); outside, it is the experience share, averaged over loyalty and
    recommendation. Performance is the mean rating as a share of the scale's range, 1 is best. A
    gap is inside minus outside. ``kind``: ``blind_spot`` is underrated inside, ``pet`` overrated,
    ``agreed`` neither beyond chance; ``undecided`` where a side is missing.
    """

    wave: Series[str]
    touchpoint: Series[str]
    n_auditors: Series[int]
    n: Series[int]
    n_eff: Series[float] = optional()
    importance_inside: Series[float] = fraction()
    importance_outside: Series[float] = fraction()
    importance_gap: Series[float] = optional()
    importance_gap_low: Series[float] = optional()
    importance_gap_high: Series[float] = optional()
    importance_p_adjusted: Series[float] = fraction()
    performance_inside: Series[float] = fraction()
    performance_outside: Series[float] = fraction()
    performance_gap: Series[float] = optional()
    performance_gap_low: Series[float] = optional()
    performance_gap_high: Series[float] = optional()
    performance_p_adjusted: Series[float] = fraction()
    kind: Series[str] = pa.Field(isin=["blind_spot", "pet", "agreed", "undecided"])


class Auditors(Table):
    """How far auditors agree with each other, and together with the customers.

    ``icc`` is the intraclass correlation of one auditor (two-way random, absolute agreement),
    ``icc_mean`` that of their mean; ``kendall_w`` their concordance; ``rank_correlation`` that of
    their mean with the customers' view.
    """

    wave: Series[str]
    measure: Series[str] = pa.Field(isin=["importance", "performance"])
    n_auditors: Series[int]
    n_touchpoints: Series[int]
    icc: Series[float] = optional()
    icc_low: Series[float] = optional()
    icc_high: Series[float] = optional()
    icc_mean: Series[float] = optional()
    icc_mean_low: Series[float] = optional()
    icc_mean_high: Series[float] = optional()
    kendall_w: Series[float] = fraction()
    kendall_p: Series[float] = fraction()
    rank_correlation: Series[float] = optional()
    rank_correlation_low: Series[float] = optional()
    rank_correlation_high: Series[float] = optional()
    reason: Series[str]
