"""What a page needs to recompute a what-if by itself."""

from __future__ import annotations

import pandera.pandas as pa
from pandera.typing import Series

from supertouch.tables.fields import Table, optional

__all__ = ["Simulator"]


class Simulator(Table):
    """The newest wave's levers with their joint replicates, packed as text (not for reading).

    ``weight`` is reach × effect: what one rating point better brings the outcome, in its unit.
    ``before`` is the outcome today, ``lowest`` and ``highest`` are the ends that it can reach;
    ``mean`` is today's mean rating and ``minimum`` to ``maximum`` its scale, all turned so that
    more is better. ``quantile`` is that of the t distribution with ``degrees`` of freedom for the
    study's confidence; ``significant`` tells that the effect alone differs from none.
    Two letters of ``weight_draws`` are one replicate: start + step × place in 4,095 steps.
    """

    wave: Series[str]
    outcome: Series[str]
    unit: Series[str] = pa.Field(isin=["mean", "nps"])
    touchpoint: Series[str]
    n: Series[int]
    n_eff: Series[float]
    degrees: Series[int]
    quantile: Series[float]
    proxy: Series[bool]
    before: Series[float]
    lowest: Series[float]
    highest: Series[float]
    minimum: Series[float]
    maximum: Series[float]
    mean: Series[float] = optional()
    spread: Series[float] = optional()
    best_mean: Series[float] = optional()
    weight: Series[float] = optional()
    significant: Series[bool]
    weight_start: Series[float]
    weight_step: Series[float]
    weight_draws: Series[str]
    mean_start: Series[float]
    mean_step: Series[float]
    mean_draws: Series[str]
