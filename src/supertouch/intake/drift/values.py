"""What the questions of both files may hold and what it means: codes, labels, ranges."""

from __future__ import annotations

from collections.abc import Sequence

from supertouch.intake.drift.codes import codes_gone, codes_new, unknown_codes
from supertouch.intake.drift.differences import Comparison, Difference, Pair
from supertouch.intake.drift.groups import recoded
from supertouch.intake.drift.labels import labels_of
from supertouch.intake.drift.scales import range_of

__all__ = ["values_of"]


def values_of(both: Comparison, pairs: Sequence[Pair]) -> list[Difference]:
    """Find codes, labels and ranges that changed in the questions that both files hold."""
    rows: list[Difference] = []
    unknown: list[tuple[Pair, dict[str, int]]] = []
    for pair in pairs:
        turned = labels_of(both, pair)
        rows += turned
        rows += recoded(pair, least=both.study.privacy.min_base)
        if not pair.use.coded or any(row.kind == "scale_turned" for row in turned):
            continue
        new = unknown_codes(pair)
        ranged = range_of(both, pair, new)
        if ranged is not None:
            rows.append(ranged)
            continue
        rows += codes_gone(pair)
        if new:
            unknown.append((pair, new))
    return rows + codes_new(both, pairs, unknown)
