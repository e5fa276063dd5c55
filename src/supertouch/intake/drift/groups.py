"""Segments whose values are others than before, where the study does not list them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from supertouch.intake.draft.words import empty_meant
from supertouch.intake.drift.counts import FEWEST, declared
from supertouch.intake.drift.differences import Difference, Pair
from supertouch.intake.drift.outline import ColumnProfile
from supertouch.study.wording import listed

__all__ = ["recoded"]

_COMMON = 0.1
_SHOWN = 6


def recoded(pair: Pair, *, least: int) -> Iterator[Difference]:
    """Report a segment of which hardly anybody has a value that occurred before, and the reverse.

    Its groups would look like new ones, and none of them could be followed through the waves.
    Values without a label that fewer than ``least`` rows hold are not named.
    """
    if pair.use.kind != "segment" or pair.use.known or not (pair.old.listed and pair.new.listed):
        return
    old, new = _groups(pair.old), _groups(pair.new)
    if min(sum(old.values()), sum(new.values())) < FEWEST:
        return
    if max(_known(old, new), _known(new, old)) > _COMMON:
        return
    yield Difference(
        "look",
        "codes_new",
        pair.use.item,
        pair.new_name,
        _told(pair.old, old, least),
        _told(pair.new, new, least),
        1 - _known(new, old),
        edit=f"# [segments.{pair.use.id}]: both waves have (nearly) no value in common; recode\n"
        f"# {pair.new_name} in the file, or give the segment another id from this wave on",
        key=pair.use.key,
    )


def _groups(column: ColumnProfile) -> dict[str, int]:
    """Return the values that are answers, with their counts."""
    return {
        code: n
        for code, n in column.counts.items()
        if empty_meant(column.labels.get(code) or code) is None and not declared(column, code)
    }


def _known(counts: Mapping[str, int], others: Mapping[str, int]) -> float:
    """Return the share of the answers whose value occurs in the other file too."""
    return sum(n for code, n in counts.items() if code in others) / sum(counts.values())


def _told(column: ColumnProfile, groups: Mapping[str, int], least: int) -> str:
    labels = column.labels
    named = [code for code, n in groups.items() if n >= least or labels.get(code)]
    return listed(
        (f"{code} = {labels[code]}" if labels.get(code) else code for code in named), limit=_SHOWN
    )
