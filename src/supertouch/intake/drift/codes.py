"""Codes that are new or no longer occur, and the lines that say what new ones mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from supertouch.intake.draft.words import empty_meant
from supertouch.intake.drift.counts import declared
from supertouch.intake.drift.differences import Comparison, Difference, Pair
from supertouch.intake.drift.uses import Use
from supertouch.intake.drift.written import choice
from supertouch.intake.recode import is_code, numbers
from supertouch.study.model import EMPTIES, Code
from supertouch.study.wording import listed, plain

__all__ = ["codes_gone", "codes_new", "unknown_codes"]

LOST = 0.01
_EXPECTED = 10


def unknown_codes(pair: Pair) -> dict[str, int]:
    """Return the codes that the study does not know and that the earlier wave did not have so."""
    new = {}
    for code, n in pair.now.strange.items():
        now, before = n / pair.new.n, pair.old.counts.get(code, 0) / max(pair.old.n, 1)
        if before == 0 or (now > LOST and now > 3 * before):
            new[code] = n
    if pair.use.kind in ("segment", "status"):
        new = {code: n for code, n in new.items() if not declared(pair.new, code)}
    return new


def codes_gone(pair: Pair) -> Iterator[Difference]:
    """Report codes that should have occurred about as often as before and no longer do."""
    old, new, use = pair.old, pair.new, pair.use
    if new.other or not new.n or not old.n:
        return
    for code, n in old.counts.items():
        expected = n / old.n * new.n
        if code not in new.counts and expected >= _EXPECTED and n / old.n >= LOST:
            what = old.labels.get(code) or _empty_kind(use, code)
            named = f"{code} ({what})" if what else code
            before = f"{named}: {n / old.n:.0%}"
            yield Difference("look", "codes_gone", use.item, pair.new_name, before, "", key=use.key)


def _empty_kind(use: Use, code: str) -> str:
    """Return what the study takes a code for, in its own word."""
    value = is_code(code)
    source = use.contact or use.codes
    kinds = ("met", *EMPTIES) if use.contact else EMPTIES
    for kind in kinds:
        for known in getattr(source, kind):
            if (
                (is_code(known) == value)
                if value is not None
                else str(known).casefold() == code.casefold()
            ):
                return kind
    return ""


def codes_new(
    both: Comparison, pairs: Sequence[Pair], unknown: Sequence[tuple[Pair, dict[str, int]]]
) -> list[Difference]:
    """Report new codes, each with the line that gives it a meaning."""
    rated = [pair for pair, _ in unknown if pair.use.scale is not None]
    all_rated = sum(pair.use.scale is not None for pair in pairs)
    rows = []
    for pair, new in unknown:
        everywhere = {
            code
            for code in new
            if sum(code in other for p, other in unknown if p.use.scale is not None)
            >= max(2, all_rated / 2)
        }
        total = sum(other.get(code, 0) for code in everywhere for p, other in unknown if p in rated)
        worst = max(sum(new.values()), total if pair.use.scale is not None else 0)
        lost = pair.use.kind != "segment" and worst > LOST * pair.new.n
        share = sum(new.values()) / pair.new.n
        rows.append(
            Difference(
                "stop" if lost else "look",
                "codes_new",
                pair.use.item,
                pair.new_name,
                "",
                _told(pair, new),
                share,
                edit=_meant(both, pair, new, shared=_shareable(both, pair, everywhere >= set(new))),
                key=pair.use.key,
            )
        )
    return rows


def _told(pair: Pair, new: Mapping[str, int]) -> str:
    labels = pair.new.labels
    found = [
        f"{code} ({labels[code]}): {n}" if labels.get(code) else f"{code}: {n}"
        for code, n in new.items()
    ]
    return listed(found, limit=6)


def _shareable(both: Comparison, pair: Pair, everywhere: bool) -> bool:
    """Tell whether [codes] may hold the new codes: they are the same in most items."""
    return everywhere and both.written.inherits(pair.use, EMPTIES)


def _meant(both: Comparison, pair: Pair, new: Mapping[str, int], *, shared: bool) -> str:
    """Return the lines for new codes: what their labels say, else a choice to make."""
    use = pair.use
    if use.kind == "segment":
        labels = {code: pair.new.labels.get(code) or code for code in new}
        return both.written.value(use, labels)
    if use.kind == "status":
        codes = ", ".join(map(repr, new))
        return f"# [data.status]: say which customers {codes} are (current, former or potential)"
    kinds: dict[str, list[Code]] = {}
    unclear: list[Code] = []
    for code in new:
        kind = empty_meant(pair.new.labels.get(code) or code)
        if kind is None and declared(pair.new, code):
            kind = "refused"
        value = is_code(code)
        (kinds.setdefault(kind, []) if kind else unclear).append(code if value is None else value)
    shared = shared and _outside_scales(
        both, [*unclear, *(c for codes in kinds.values() for c in codes)]
    )
    texts = [both.written.codes(use, kinds, shared=shared)] if kinds else []
    if unclear:
        choices = [
            both.written.codes(use, {kind: unclear}, shared=shared)
            for kind in ("not_met", "dont_know", "refused", "not_asked")
        ]
        texts.append(choice(choices, "what the code means is not known: take the # off one line"))
    return "\n".join(texts)


def _outside_scales(both: Comparison, codes: Sequence[Code]) -> bool:
    """Tell whether no item of the study has these codes as answers."""
    values = pd.Series([plain(code) for code in codes], dtype="str")
    scales = [
        use for use in both.uses if use.scale is not None and both.written.inherits(use, EMPTIES)
    ]
    for use in scales:
        scale = use.scale
        if scale is None:
            continue
        number = numbers(values)
        if ((number >= scale.minimum) & (number <= scale.maximum)).any():
            return False
    return True
