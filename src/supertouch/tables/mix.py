"""The mix of touchpoints: overlap, unduplicated reach, synergy and the journey's funnel."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from supertouch.tables.fields import Table, fraction, optional

__all__ = ["Funnel", "Overlap", "ReachSets", "Synergy"]


class Overlap(Table):
    """How far two touchpoints are met by the same customers; each pair once, as in the study.

    ``both`` is the share that met both; ``jaccard`` both among those who met either; ``lift``
    both against what independence would give; ``correlation`` that of the two contacts (phi), empty
    where these never differ or too few are known. ``n`` counts respondents whose contact with both
    is known; of fewer than ``privacy.min_base`` nothing else is told, and with
    ``protect_unknown`` no share where so few know one contact only. ``p_adjusted`` is over all
    pairs of the wave.
    """

    wave: Series[str]
    touchpoint: Series[str]
    other: Series[str]
    n: Series[int]
    n_eff: Series[float]
    n_both: Series[pd.Int64Dtype] = optional()
    both: Series[float] = fraction()
    jaccard: Series[float] = fraction()
    lift: Series[float] = optional()
    correlation: Series[float] = optional()
    correlation_low: Series[float] = optional()
    correlation_high: Series[float] = optional()
    p_value: Series[float] = fraction()
    p_adjusted: Series[float] = fraction()


class ReachSets(Table):
    """The ``size`` touchpoints that together reach most customers, and how many (TURF).

    ``criterion`` is ``met``, or ``delighted`` for customers whom at least one of the set is known
    to have delighted. ``touchpoints`` are ids in the study's order, with blanks between; the base
    are respondents whose contact with every touchpoint considered is known. ``reach_unknown`` is
    the share beyond ``reach`` that met one of the set whose rating is unknown: ``reach`` is the
    least, the sum of both the most that it can be. ``proven`` tells whether no other set of that
    size reaches more; ``bound`` is what none can exceed. Rows end with the first set that reaches
    all whom any set can reach (or ten touchpoints): what would be added then is chance. Of sets
    that reach equally many, always the same one is told. A set is chosen by the answers that its
    reach is counted in, which makes the reach look a little higher than it is.
    """

    wave: Series[str]
    criterion: Series[str] = pa.Field(isin=["met", "delighted"])
    method: Series[str] = pa.Field(isin=["exact", "greedy"])
    size: Series[int]
    touchpoints: Series[str]
    n: Series[int]
    n_eff: Series[float]
    n_patterns: Series[int]
    reach: Series[float] = fraction()
    reach_low: Series[float] = fraction()
    reach_high: Series[float] = fraction()
    reach_unknown: Series[float] = fraction()
    bound: Series[float] = fraction()
    proven: Series[bool]


class Synergy(Table):
    """What meeting two touchpoints is worth beyond meeting each, in outcome points.

    ``effect`` is the coefficient of the product of the two contacts when it is added to the main
    driver model and the square of its fit (the end of the outcome's scale is no cannibalisation):
    positive is synergy, negative cannibalisation; an association, not a cause.
    ``n`` counts those who answered the outcome and whose contact with both is known. Adjusted over
    the pairs of an outcome that have the minimum base in each of the four cells; the others have no
    row, so that there is none where contact was not asked. ``kind`` is ``none`` where it is not
    significant.
    """

    wave: Series[str]
    outcome: Series[str]
    touchpoint: Series[str]
    other: Series[str]
    n: Series[int]
    n_eff: Series[float]
    n_both: Series[int]
    effect: Series[float] = optional()
    effect_low: Series[float] = optional()
    effect_high: Series[float] = optional()
    p_value: Series[float] = fraction()
    p_adjusted: Series[float] = fraction()
    kind: Series[str] = pa.Field(isin=["synergy", "cannibalisation", "none"])


class Funnel(Table):
    """How many customers each phase of the journey reaches, and how many go on from it.

    ``met`` is the share that met at least one touchpoint of the phase; ``through`` the share that
    met one in this phase and in every phase before; ``passed`` the share of those who came through
    the phase before that came through this one as well. ``status`` is empty for all customers.
    ``n`` are respondents whose contact with each of the touchpoints considered is known, of whom
    ``n_touchpoints`` lie in the phase.
    """

    wave: Series[str]
    status: Series[str]
    phase: Series[str]
    n: Series[int]
    n_eff: Series[float]
    n_touchpoints: Series[int]
    met: Series[float] = fraction()
    met_low: Series[float] = fraction()
    met_high: Series[float] = fraction()
    through: Series[float] = fraction()
    through_low: Series[float] = fraction()
    through_high: Series[float] = fraction()
    passed: Series[float] = fraction()
    passed_low: Series[float] = fraction()
    passed_high: Series[float] = fraction()
