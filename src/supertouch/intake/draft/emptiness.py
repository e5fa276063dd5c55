"""Codes that are no answers, and contact, as the draft writes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from supertouch.intake.draft.found import ContactFound, Found
from supertouch.intake.draft.scales import Reading
from supertouch.intake.draft.toml import code_text, comment, list_text
from supertouch.study.model import EMPTIES, Code, Empty

__all__ = [
    "Kinds",
    "codes_table",
    "contact_rule",
    "contact_table",
    "main_contact",
    "own_codes",
    "shared_codes",
]

Kinds = dict[Empty, tuple[Code, ...]]


def _kinds(reading: Reading) -> Kinds:
    kinds: Kinds = dict.fromkeys(EMPTIES, ())
    for code, guess in reading.empties.items():
        kinds[guess.kind] = (*kinds[guess.kind], code)
    return kinds


def shared_codes(found: Found) -> Kinds:
    """Return the codes that hold for all touchpoints; contradictory ones are left to the items."""
    meant: dict[Code, Counter[Empty]] = {}
    ranges = [t.reading for t in found.touchpoints]
    for touchpoint in found.touchpoints:
        for code, guess in touchpoint.reading.empties.items():
            if not isinstance(code, str):
                meant.setdefault(code, Counter())[guess.kind] += 1
    shared: Kinds = dict.fromkeys(EMPTIES, ())
    for code in sorted(meant, key=float):
        answer = any(r.minimum <= float(code) <= r.maximum for r in ranges)
        if not answer:
            kind = meant[code].most_common(1)[0][0]
            shared[kind] = (*shared[kind], code)
    return shared


def codes_table(found: Found, shared: Kinds) -> str:
    """Return the table ``[codes]``."""
    lines = ["[codes]"]
    for kind, codes in shared.items():
        if codes:
            reasons = _reasons(found, codes)
            lines.append(f"{kind} = {list_text(codes)}{reasons}")
    lines.append('blank = "refused"  # guess: an empty cell is a question left out')
    return "\n".join(lines)


def _reasons(found: Found, codes: Sequence[Code]) -> str:
    told: dict[str, bool] = {}
    for code in codes:
        guesses = [t.reading.empties[code] for t in found.touchpoints if code in t.reading.empties]
        if guesses:
            first = max(guesses, key=lambda guess: len(guess.why))
            told[f"{code_text(code)} {first.why}"] = first.doubtful
    mark = "CHECK" if any(told.values()) else "guess"
    return f"  # {mark}: {comment('; '.join(told))}" if told else ""


def own_codes(reading: Reading, shared: Kinds, *, strict: bool) -> list[str]:
    """Return the keys of an item's codes that differ from the shared ones.

    A touchpoint may carry shared codes that it never holds; an outcome may not where they are
    answers on its scale, so with ``strict`` it has exactly its own.
    """
    own = _kinds(reading)
    mine = {code for codes in own.values() for code in codes}
    lines = []
    for kind in EMPTIES:
        kept = [
            code
            for code in shared[kind]
            if code not in mine
            and not (strict or reading.minimum <= float(code) <= reading.maximum)
        ]
        wanted = (*own[kind], *kept)
        if set(wanted) != set(shared[kind]):
            lines.append(f"{kind} = {list_text(wanted)}")
    return lines


def contact_rule(contact: ContactFound) -> dict[str, str]:
    """Return the keys of a contact rule, their values as TOML."""
    kinds: dict[str, list[Code]] = {}
    for code, guess in contact.empties.items():
        kinds.setdefault(guess.kind if guess.kind != "not_met" else "dont_know", []).append(code)
    rule = {"met": list_text(contact.met), "not_met": list_text(contact.not_met)}
    rule |= {kind: list_text(codes) for kind, codes in kinds.items()}
    if contact.blank_means_not_met:
        rule["when_blank"] = '"not_met"'
    return rule


def main_contact(found: Found) -> dict[str, str]:
    """Return the richest contact rule that a touchpoint has."""
    rules = [contact_rule(t.contact) for t in found.touchpoints if t.contact]
    return max(rules, key=lambda rule: sum(map(len, rule.values())), default={})


def contact_table(found: Found) -> Iterator[str]:
    """Yield the table ``[contact]``, where a contact question was found."""
    rule = main_contact(found)
    if rule:
        doubtful = any(t.contact and t.contact.doubtful for t in found.touchpoints)
        mark = "CHECK: no labels say which code is yes" if doubtful else "guess: by their labels"
        lines = "\n".join(f"{key} = {value}" for key, value in rule.items())
        yield f"[contact]  # {mark}\n{lines}"
