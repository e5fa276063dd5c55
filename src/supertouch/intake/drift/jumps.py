"""Answers that jumped: their distribution, and the shares of blanks and of "not met"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from supertouch.intake.drift.counts import FEWEST, effective, shares
from supertouch.intake.drift.differences import Comparison, Difference, Pair
from supertouch.intake.drift.likeness import distance
from supertouch.intake.drift.outline import ColumnProfile
from supertouch.intake.drift.turning import turned_items
from supertouch.intake.drift.uses import Use
from supertouch.intake.recode import is_code
from supertouch.stats.inference import adjust

__all__ = ["jumps_of"]

Array = NDArray[np.float64]

ALPHA = 0.05
JUMP = 0.10


def jumps_of(
    both: Comparison, pairs: Sequence[Pair], *, settled: frozenset[object]
) -> list[Difference]:
    """Find answers that jumped; questions in ``settled`` are known to have changed already."""
    pairs = [
        pair
        for pair in pairs
        if pair.use.key not in settled and pair.use.coded and pair.old.counts and pair.new.counts
    ]
    rows = turned_items(both, pairs)
    gone = {row.key for row in rows}
    pairs = [pair for pair in pairs if pair.use.key not in gone]
    return rows + _distributions(both, pairs) + _blanks(both, pairs)


def _distributions(both: Comparison, pairs: Sequence[Pair]) -> list[Difference]:
    """Report distributions that differ beyond chance, and by a tenth of the answers or more."""
    tested = []
    for pair in pairs:
        old, new = pair.then.answers, pair.now.answers
        if min(sum(old.values()), sum(new.values())) >= FEWEST:
            tested.append((pair, old, new, _chi_square(both, old, new)))
    p = adjust(np.array([test[3] for test in tested]))
    rows = []
    for (pair, old, new, _), adjusted in zip(tested, p, strict=True):
        size = distance(shares(old), shares(new))
        if size >= JUMP and adjusted < ALPHA:
            least = both.study.privacy.min_base
            told = (_told(pair.use, old, least), _told(pair.use, new, least))
            rows.append(
                Difference(
                    "look",
                    "distribution",
                    pair.use.item,
                    pair.new_name,
                    *told,
                    size,
                    float(adjusted),
                    key=pair.use.key,
                )
            )
    return rows


def _told(use: Use, counts: Mapping[str, float], least: int) -> str:
    """Return the mean, or the most frequent codes; of groups not listed those of enough rows."""
    if use.scale is not None:
        mean = sum(float(code) * n for code, n in counts.items()) / sum(counts.values())
        return f"mean {mean:.2f}"
    share = shares(counts)
    named = [code for code in share if use.coded or counts[code] >= least]
    return ", ".join(
        f"{code}: {share[code]:.0%}" for code in sorted(named, key=share.__getitem__)[::-1][:4]
    )


def _chi_square(both: Comparison, old: Mapping[str, float], new: Mapping[str, float]) -> float:
    """Return the p-value of equal distributions, with effective numbers of answers."""
    from scipy.stats import chi2

    codes = sorted({*old, *new}, key=lambda code: (is_code(code) is None, is_code(code) or 0, code))
    table = np.array([[side.get(code, 0.0) for code in codes] for side in (old, new)])
    table *= np.array([[effective(both.before)], [effective(both.now)]])
    table = _merged(table)
    if table.shape[1] < 2:
        return 1.0
    fitted = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    return float(chi2.sf(((table - fitted) ** 2 / fitted).sum(), table.shape[1] - 1))


def _merged(table: Array) -> Array:
    """Put neighbouring codes together until each is expected five times in both waves."""
    smallest = table.sum(axis=1).min() / table.sum()
    columns: list[Array] = []
    held = np.zeros(2)
    for column in table.T:
        held = held + column
        if held.sum() * smallest >= 5:
            columns.append(held)
            held = np.zeros(2)
    if columns:
        columns[-1] = columns[-1] + held
    return np.array(columns).reshape(-1, 2).T


def _blanks(both: Comparison, pairs: Sequence[Pair]) -> list[Difference]:
    """Report shares of blank cells, and of codes for "not met", that jumped."""
    tested = []
    for pair in pairs:
        for what, share in (("blank", _blank), ("not met", _not_met)):
            old, new = share(pair.use, pair.old), share(pair.use, pair.new)
            if old is not None and new is not None:
                tested.append((pair, what, old, new, _two_shares(both, pair, old, new)))
    p = adjust(np.array([test[4] for test in tested]))
    return [
        Difference(
            "look",
            "blanks",
            pair.use.item,
            pair.new_name,
            f"{what}: {old:.0%}",
            f"{what}: {new:.0%}",
            new - old,
            float(adjusted),
            key=pair.use.key,
        )
        for (pair, what, old, new, _), adjusted in zip(tested, p, strict=True)
        if abs(new - old) >= JUMP and adjusted < ALPHA
    ]


def _blank(use: Use, column: ColumnProfile) -> float | None:
    del use
    return column.blanks / column.n if column.n else None


def _not_met(use: Use, column: ColumnProfile) -> float | None:
    codes = use.contact.not_met if use.contact else use.codes.not_met
    known = {is_code(code) if is_code(code) is not None else str(code).casefold() for code in codes}
    held = sum(
        n
        for code, n in column.counts.items()
        if (is_code(code) if is_code(code) is not None else code.casefold()) in known
    )
    return held / column.n if column.n and known else None


def _two_shares(both: Comparison, pair: Pair, old: float, new: float) -> float:
    from scipy.stats import norm

    n = np.array([pair.old.n * effective(both.before), pair.new.n * effective(both.now)])
    pooled = (old * n[0] + new * n[1]) / n.sum()
    error = np.sqrt(pooled * (1 - pooled) * (1 / n).sum())
    return float(2 * norm.sf(abs(new - old) / error)) if error > 0 else 1.0
