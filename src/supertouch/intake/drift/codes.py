"""Codes that are new or no longer occur, and the lines that say what new ones mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

import pandas as pd

from supertouch.intake.draft.words import empty_meant
from supertouch.intake.drift.counts import declared
from supertouch.intake.drift.differences import Comparison, Difference, Pair
from supertouch.intake.drift.uses import Use
from supertouch.intake.drift.written import choice
from supertouch.intake.recode import is_code, numbers
from supertouch.study.model import EMPTIES, Code
from supertouch.study.wording import listed

__all__ = ["codes_gone", "codes_new", "unknown_codes"]

LOST = 0.01
_EXPECTED = 10
_SLIPS = 3
_KINDS = ("not_met", "dont_know", "refused", "not_asked")


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
    """Report new codes, each with the line that gives it a meaning.

    A code that most items hold counts with all its occurrences: it is no slip of the pen. Codes
    without a label that one or two rows hold are for the record. Texts without a label that fewer
    than ``privacy.min_base`` rows hold may be a person's own words: they are counted, not told.
    """
    scaled = [(pair, new) for pair, new in unknown if pair.use.scale is not None]
    most = max(2, sum(pair.use.scale is not None for pair in pairs) / 2)
    holders = Counter(code for _, new in scaled for code in new)
    common = {code for code, n in holders.items() if n >= most}
    together = sum(n for _, new in scaled for code, n in new.items() if code in common)
    alike = [pair for pair, new in scaled if set(new) <= common and _inherits(both, pair)]
    labels = {code: text for pair in alike for code, text in pair.new.labels.items()}
    rows = []
    for pair, new in unknown:
        n = sum(new.values())
        worst = max(n, together if common & set(new) else 0)
        lost = pair.use.kind != "segment" and worst > LOST * pair.new.n
        slip = n < _SLIPS and not any(pair.new.labels.get(code) for code in new)
        shared = pair in alike and _outside_scales(both, common)
        own = _own_words(both, pair, new)
        told = [code for code in (sorted(common) if shared else new) if code not in own]
        edit = _meant(both, pair, told, labels, shared=shared) if told else ""
        rows.append(
            Difference(
                "stop" if lost else "note" if slip else "look",
                "codes_new",
                pair.use.item,
                pair.new_name,
                "",
                _told(pair, new, own),
                n / pair.new.n,
                edit="" if slip and not lost else edit,
                key=pair.use.key,
            )
        )
    return rows


def _inherits(both: Comparison, pair: Pair) -> bool:
    return both.written.inherits(pair.use, EMPTIES)


def _own_words(both: Comparison, pair: Pair, new: Mapping[str, int]) -> set[str]:
    """Return the texts that are no code, have no label and that few rows hold."""
    least, labels = both.study.privacy.min_base, pair.new.labels
    return {
        code
        for code, n in new.items()
        if n < least and is_code(code) is None and not labels.get(code)
    }


def _told(pair: Pair, new: Mapping[str, int], own: set[str]) -> str:
    labels = pair.new.labels
    found = [
        f"{code} = {labels[code]} ({n})" if labels.get(code) else f"{code} ({n})"
        for code, n in new.items()
        if code not in own
    ]
    if own:
        found.append(f"texts that few gave ({sum(new[code] for code in own)})")
    return listed(found, limit=6)


def _meant(
    both: Comparison,
    pair: Pair,
    new: Sequence[str],
    others: Mapping[str, str],
    *,
    shared: bool,
) -> str:
    """Return the lines for new codes: what their labels say, else a choice to make."""
    use = pair.use
    labels = {**others, **pair.new.labels} if shared else pair.new.labels
    if use.kind == "segment":
        return _groups(both, use, {code: labels.get(code, "") for code in new})
    if use.kind == "status":
        codes = ", ".join(map(repr, new))
        return f"# [data.status]: say which customers {codes} are (current, former or potential)"
    kinds: dict[str, list[Code]] = {}
    unclear: list[Code] = []
    for code in new:
        kind = empty_meant(labels.get(code) or code)
        if kind is None and declared(pair.new, code):
            kind = "refused"
        value = is_code(code)
        (kinds.setdefault(kind, []) if kind else unclear).append(code if value is None else value)
    texts = [both.written.codes(use, kinds, shared=shared)] if kinds else []
    if unclear:
        ways = [("met",) if use.contact else (), _KINDS]
        choices = [
            both.written.codes(
                use, {**kinds, kind: [*kinds.get(kind, ()), *unclear]}, shared=shared
            )
            for kind in chain.from_iterable(ways)
        ]
        texts.append(choice(choices, "what the code means is not known: take the # off one line"))
    return "\n".join(texts)


def _groups(both: Comparison, use: Use, labels: Mapping[str, str]) -> str:
    """Return the lines of a segment's new values; codes without a label wait for one."""
    told = {code: text or (code if is_code(code) is None else "?") for code, text in labels.items()}
    text = both.written.value(use, told)
    if "?" not in told.values():
        return text
    return choice([text], "write what the new values stand for in place of ?, and take the # off")


def _outside_scales(both: Comparison, codes: Iterable[str]) -> bool:
    """Tell whether no item of the study has these codes as answers."""
    values = pd.Series(list(codes), dtype="str")
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
