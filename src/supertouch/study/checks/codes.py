"""Check that every code means one thing: an answer, or one kind of empty, or one contact state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from supertouch.errors import Problem
from supertouch.study.checks.draft import Draft
from supertouch.study.checks.scales import valid_answer
from supertouch.study.model import EMPTIES, Code, Codes, Contact, Scale
from supertouch.study.sections_asked import CodesTable, ContactTable
from supertouch.study.wording import Loc, listed, plain, toml_value

__all__ = ["check_answer_codes", "check_contact_codes", "check_status_codes", "check_twice"]

Meanings = Mapping[str, tuple[Code, ...]]
_CONTACT = ("met", "not_met", "dont_know", "not_asked", "refused")


@dataclass(frozen=True, slots=True)
class _Item:
    """A question as the codes see it: where it stands, its codes, its own table, its scale."""

    loc: tuple[str, str]
    codes: Codes
    own: CodesTable
    scale: str
    key: str = "codes"


def _items(draft: Draft) -> Iterator[_Item]:
    for touchpoint in draft.study.touchpoints:
        table = draft.document.touchpoints[touchpoint.id]
        loc = ("touchpoints", touchpoint.id)
        yield _Item(loc, touchpoint.codes, table.codes, touchpoint.scale)
        fit = touchpoint.brand_fit
        own = touchpoint.brand_fit_codes
        if fit.default or any(fit.by_wave.values()):
            if own is not None:
                yield _Item(
                    loc, own, table.brand_fit_codes, touchpoint.brand_fit_scale, "brand_fit_codes"
                )
            elif touchpoint.brand_fit_scale != touchpoint.scale:
                yield _Item(
                    loc,
                    touchpoint.codes,
                    table.brand_fit_codes,
                    touchpoint.brand_fit_scale,
                    "brand_fit_codes",
                )
    for outcome in draft.study.outcomes:
        table_ = draft.document.outcomes[outcome.id]
        yield _Item(("outcomes", outcome.id), outcome.codes, table_.codes, outcome.scale)


def check_answer_codes(draft: Draft) -> Iterator[Problem]:
    """Find codes for an empty that are valid answers on the scale of the item they apply to."""
    inherited: dict[tuple[str, str, tuple[str, ...]], list[_Item]] = {}
    for item in _items(draft):
        scale = draft.scale(item.scale)
        if scale is None:
            continue
        inside = _inside(item.codes, scale)
        own = {kind: codes for kind, codes in inside.items() if _said(item.own, kind)}
        passed = {kind: codes for kind, codes in inside.items() if kind not in own}
        for kind, codes in own.items():
            yield _own_problem(draft, item, kind, codes, scale)
        if passed and item.loc[0] == "outcomes":
            yield _inherited_problem(draft, [item], passed, scale)
        elif passed:
            inherited.setdefault((item.key, item.scale, tuple(passed)), []).append(item)
    for (_, id_, kinds), items in inherited.items():
        inside = _inside(items[0].codes, draft.study.scales[id_])
        passed = {kind: inside[kind] for kind in kinds}
        yield _inherited_problem(draft, items, passed, draft.study.scales[id_])


def _inside(codes: Codes, scale: Scale) -> dict[str, tuple[Code, ...]]:
    found = {
        kind: tuple(code for code in getattr(codes, kind) if _answers(code, scale))
        for kind in EMPTIES
    }
    return {kind: codes for kind, codes in found.items() if codes}


def _answers(code: Code, scale: Scale) -> bool:
    try:
        return valid_answer(float(code), scale)
    except ValueError:
        return False


def _said(table: CodesTable | ContactTable, key: str) -> bool:
    return getattr(table, key) is not None


def _span(scale: Scale) -> str:
    return f"scale '{scale.id}' ({plain(scale.minimum)} to {plain(scale.maximum)})"


def _own_problem(
    draft: Draft, item: _Item, kind: str, codes: tuple[Code, ...], scale: Scale
) -> Problem:
    return draft.problem(
        (*item.loc, item.key, kind),
        codes,
        f"means {kind}, but is also an answer on {_span(scale)}.",
        "Leave the code out, or name another scale.",
    )


def _inherited_problem(draft: Draft, items: list[_Item], inside: Meanings, scale: Scale) -> Problem:
    first = items[0]
    kept = {
        kind: tuple(code for code in getattr(first.codes, kind) if code not in codes)
        for kind, codes in inside.items()
    }
    line = f"{first.key} = {toml_value({**first.own.model_dump(exclude_none=True), **kept})}"
    meant = ", ".join(f"{kind} = {toml_value(codes)}" for kind, codes in inside.items())
    answers = f"which are answers on {_span(scale)}."
    if len(items) == 1:
        return draft.problem(
            (*first.loc, first.key),
            None,
            f"inherits {meant} from {'[codes]' if first.key == 'codes' else 'codes'}, {answers}",
            f"Write under [{first.loc[0]}.{first.loc[1]}]: {line}",
        )
    names = listed(item.loc[1] for item in items)
    return draft.problem(
        (first.key,),
        None,
        f"gives {'' if first.key == 'codes' else 'the brand fit of '}touchpoints {names} {meant}, "
        f"{answers}",
        f"Change [{first.key}], or write under each of them: {line}",
    )


def check_twice(draft: Draft) -> Iterator[Problem]:
    """Find codes that mean two kinds of empty at once."""
    document = draft.document
    general = _double(_meanings(Codes(), document.codes, keys=EMPTIES))
    yield from _twice(draft, ("codes",), general, document.codes, Codes())
    for item in _items(draft):
        double = _double({kind: getattr(item.codes, kind) for kind in EMPTIES})
        new = {code: kinds for code, kinds in double.items() if general.get(code) != kinds}
        yield from _twice(draft, (*item.loc, item.key), new, item.own, item.codes)


def check_contact_codes(draft: Draft) -> Iterator[Problem]:
    """Find contact codes that mean two states at once, and a contact that nobody can state."""
    document = draft.document
    start = Contact()
    meanings = _meanings(start, document.contact, keys=_CONTACT)
    general = _double(meanings)
    yield from _twice(draft, ("contact",), general, document.contact, start)
    if not meanings["met"]:
        yield _nobody(draft, ("contact", "met"))
    for touchpoint in draft.study.touchpoints:
        table = document.touchpoints[touchpoint.id].contact_rule
        loc = ("touchpoints", touchpoint.id, "contact_rule")
        rule = touchpoint.contact_rule
        double = _double({kind: getattr(rule, kind) for kind in _CONTACT})
        new = {code: kinds for code, kinds in double.items() if general.get(code) != kinds}
        yield from _twice(draft, loc, new, table, rule)
        if table.met == ():
            yield _nobody(draft, (*loc, "met"))


def _nobody(draft: Draft, loc: Loc) -> Problem:
    return draft.problem(
        loc, (), "lists no code, so that nobody can have met the touchpoint.", "Write met = [1]."
    )


def _meanings(
    start: Codes | Contact, table: CodesTable | ContactTable, *, keys: Iterable[str]
) -> dict[str, tuple[Code, ...]]:
    return {key: getattr(table if _said(table, key) else start, key) for key in keys}


def _double(meanings: Meanings) -> dict[Code, tuple[str, ...]]:
    kinds: dict[Code, list[str]] = {}
    for kind, codes in meanings.items():
        for code in codes:
            kinds.setdefault(code, []).append(kind)
    return {code: tuple(names) for code, names in kinds.items() if len(names) > 1}


def _twice(
    draft: Draft,
    loc: Loc,
    double: Mapping[Code, tuple[str, ...]],
    table: CodesTable | ContactTable,
    start: Codes | Contact,
) -> Iterator[Problem]:
    for code, kinds in double.items():
        if draft.broken(*loc) and any(draft.broken(*loc, kind) for kind in kinds):
            continue
        implied = [kind for kind in kinds if not _said(table, kind)]
        advice = "".join(
            f" {kind} = {toml_value(getattr(start, kind))} holds where nothing else is written:"
            f" write {kind} = {toml_value(_without(getattr(start, kind), code))}."
            for kind in implied
        )
        yield draft.problem(
            loc,
            code,
            f"means {' and '.join(kinds)} at once.",
            advice.strip() or "Leave the code in one of the lists only.",
        )


def _without(codes: tuple[Code, ...], code: Code) -> tuple[Code, ...]:
    return tuple(item for item in codes if item != code)


def check_status_codes(draft: Draft) -> Iterator[Problem]:
    """Find status codes that mean two statuses, and exclusions or statuses that list no code."""
    rule = draft.study.status
    loc = ("data", "status")
    if rule is not None and not draft.broken(*loc):
        if not rule.codes:
            yield draft.problem(
                loc, None, "lists no code.", "Write current = [1], former = [2], potential = [3]."
            )
        for code, kinds in _double({str(k): v for k, v in rule.codes.items()}).items():
            yield draft.problem(
                (*loc, kinds[1]),
                code,
                f"means {' and '.join(kinds)} at once.",
                "Leave the code in one of the lists only.",
            )
    for index, table in enumerate(draft.document.data.exclude):
        at = ("data", "exclude", index, "values")
        if not table.values and not draft.broken(*at):
            yield draft.problem(at, (), "lists no value.", "Write values = [1].")
