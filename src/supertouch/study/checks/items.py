"""Check the items: their columns by wave, the outcomes' roles, statuses and numbers of items."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import get_args

from supertouch.errors import Problem
from supertouch.study.checks.draft import Draft
from supertouch.study.document import found_in
from supertouch.study.fields import Spec
from supertouch.study.model import Columns, Outcome, Status
from supertouch.study.sections_asked import OutcomeTable
from supertouch.study.wording import Loc, listed, nearest, place

__all__ = [
    "asked_columns",
    "check_asked",
    "check_outcome_items",
    "check_patterns",
    "check_roles",
    "check_same_column",
    "check_waves_named",
]


def asked_columns(draft: Draft, wave: str) -> Iterator[tuple[Loc, str]]:
    """Yield place and column of every item that the study asks in a wave."""
    study = draft.study
    for touchpoint in study.touchpoints_in(wave):
        for key in ("rating", "contact", "brand_fit"):
            column = getattr(touchpoint, key).within(wave)
            if column:
                yield ("touchpoints", touchpoint.id, key), column
    for outcome in study.outcomes:
        key = "items" if draft.document.outcomes[outcome.id].items else "column"
        for item in outcome.items if outcome.asked_in(wave) else ():
            column = item.within(wave)
            if column:
                yield ("outcomes", outcome.id, key), column


def check_patterns(draft: Draft) -> Iterator[Problem]:
    """Find column patterns without the place for the touchpoint's id."""
    for key in ("rating", "contact", "brand_fit"):
        spec: Spec = getattr(draft.document.columns, key)
        for name in spec.names:
            if "{id}" not in name:
                yield draft.problem(
                    ("columns", key),
                    name,
                    "has no {id}, so that all touchpoints would share one column.",
                    f'Write {{id}} where the touchpoint\'s id stands, for example "{name}_{{id}}".',
                )


def check_waves_named(draft: Draft) -> Iterator[Problem]:
    """Find columns and outcomes that name a wave which the study does not have."""
    for loc, spec in found_in(draft.document, Spec):
        for wave in spec.by_wave:
            problem = draft.unknown(loc, wave, table="waves")
            if problem is not None:
                yield problem
    for id_, outcome in draft.document.outcomes.items():
        for wave in outcome.waves or ():
            problem = draft.unknown(("outcomes", id_, "waves"), wave, table="waves")
            if problem is not None:
                yield problem


def _named(columns: Columns, draft: Draft) -> bool:
    """Tell whether some wave, be it one that the study does not have, names a column."""
    waves = [*columns.by_wave, *(wave.id for wave in draft.study.waves)]
    return any(columns.within(wave) for wave in waves)


def check_asked(draft: Draft) -> Iterator[Problem]:
    """Find touchpoints, outcomes and segments that no wave has a column for."""
    if not draft.study.waves or draft.broken("waves"):
        return
    silent = [
        touchpoint.id
        for touchpoint in draft.study.touchpoints
        if not _named(touchpoint.rating, draft)
        and not draft.broken("touchpoints", touchpoint.id, "rating")
    ]
    unnamed = [id_ for id_ in silent if draft.document.touchpoints[id_].rating == Spec()]
    if unnamed and draft.document.columns.rating == Spec() and not draft.broken("columns"):
        yield draft.problem(
            ("columns", "rating"),
            None,
            f"is missing, and touchpoints {listed(unnamed)} name no rating column either.",
            'Write rating = "R_{id}", or rating = "NAME" in each of these touchpoints.',
        )
    for id_ in silent:
        if id_ not in unnamed:
            yield _never(draft, ("touchpoints", id_, "rating"))
    for outcome in draft.study.outcomes:
        if outcome.items and not any(_named(item, draft) for item in outcome.items):
            yield _never(draft, ("outcomes", outcome.id))
    for segment in draft.study.segments:
        loc = ("segments", segment.id, "column")
        if not _named(segment.column, draft) and not draft.broken(*loc):
            yield _never(draft, loc)


def _never(draft: Draft, loc: Loc) -> Problem:
    return draft.problem(
        loc,
        None,
        "has no column in any wave.",
        "Name its column, or take it out of the study.",
    )


def check_outcome_items(draft: Draft) -> Iterator[Problem]:
    """Find outcomes whose items, reversed items or number of items cannot be."""
    for outcome in draft.study.outcomes:
        table = draft.document.outcomes[outcome.id]
        loc = ("outcomes", outcome.id)
        if draft.broken(*loc, "items") or draft.broken(*loc, "column"):
            continue
        if not table.specs or (table.items and table.column != Spec()):
            found = "both column and items" if table.items else "neither column nor items"
            yield draft.problem(
                loc,
                None,
                f"has {found}.",
                'Write column = "X" for one question, items = ["X1", "X2"] for several.',
            )
            continue
        yield from _reversed(draft, outcome, table)
        yield from _number(draft, outcome)
        yield from _wordings(draft, outcome, table)


def _reversed(draft: Draft, outcome: Outcome, table: OutcomeTable) -> Iterator[Problem]:
    names = [name for spec in table.specs for name in spec.names]
    for name in table.reversed:
        if name not in names:
            meant = nearest(name, names)
            yield draft.problem(
                ("outcomes", outcome.id, "reversed"),
                name,
                f"is none of the outcome's items ({listed(names)}).",
                f'The nearest is "{meant}".' if meant else "Name an item as in items.",
            )


def _wordings(draft: Draft, outcome: Outcome, table: OutcomeTable) -> Iterator[Problem]:
    """Find wordings that are not one per item, or that are written twice."""
    loc, count = ("outcomes", outcome.id, "questions"), len(outcome.items)
    if not table.questions or draft.broken(*loc):
        return
    if any(table.question.by_language.values()):
        yield draft.problem(
            loc, None, "stands beside question.", "Write one of them; questions for several items."
        )
    if len(table.questions) != count:
        yield draft.problem(
            loc,
            len(table.questions),
            f"must be as many wordings as the outcome has items ({count}).",
            "Write one wording per item, in the order of items.",
        )


def _number(draft: Draft, outcome: Outcome) -> Iterator[Problem]:
    loc = ("outcomes", outcome.id)
    k = len(outcome.items)
    if not 1 <= outcome.min_items <= k:
        yield draft.problem(
            (*loc, "min_items"),
            outcome.min_items,
            f"must be from 1 to the number of items ({k}).",
            f"Write min_items = {(k + 1) // 2}, or leave it out for that.",
        )
        return
    if draft.document.outcomes[outcome.id].waves == []:
        yield draft.problem((*loc, "waves"), [], "is empty.", "Name a wave or leave waves out.")
    for wave in outcome.waves:
        asked = sum(item.within(wave) is not None for item in outcome.items)
        if asked < outcome.min_items:
            yield draft.problem(
                (*loc, "waves"),
                wave,
                f"has {asked} of the {outcome.min_items} items that a score needs.",
                "Name the columns of that wave, lower min_items, or list in waves = […] only "
                "the waves that asked the outcome.",
            )


def check_roles(draft: Draft) -> Iterator[Problem]:
    """Find outcomes that get in each other's way, proxies for nothing and unknown statuses."""
    for outcome in draft.study.outcomes:
        loc = ("outcomes", outcome.id)
        replaceable = outcome.role in ("loyalty", "recommendation")
        if outcome.proxy and not replaceable and not draft.broken(*loc, "role"):
            yield draft.problem(
                (*loc, "proxy"),
                True,
                f"stands in for {outcome.role}; only loyalty and recommendation may be "
                "stood in for.",
                'Write role = "loyalty" or "recommendation", or take proxy out.',
            )
        yield from _status(draft, outcome)
    yield from _rivals(draft)


def _status(draft: Draft, outcome: Outcome) -> Iterator[Problem]:
    loc = ("outcomes", outcome.id, "status")
    if not outcome.status:
        yield draft.problem(loc, [], "is empty.", "Leave it out, or name the statuses.")
        return
    if len(set(outcome.status)) == len(get_args(Status)) or draft.broken("data", "status"):
        return
    rule = draft.study.status
    if rule is None:
        yield draft.problem(
            loc,
            list(outcome.status),
            "applies to some respondents only, but no column tells their status.",
            "Add [data.status] with column and the codes, or take status out.",
        )
        return
    for status in outcome.status:
        if rule.codes and status not in rule.codes:
            yield draft.problem(
                loc,
                status,
                "no code in [data.status] stands for it.",
                f"Write {status} = [CODE] in [data.status], or take it out here.",
            )


def _rivals(draft: Draft) -> Iterator[Problem]:
    for one, other in combinations(draft.study.outcomes, 2):
        if one.role != other.role or one.role == "behaviour" or one.proxy != other.proxy:
            continue
        if draft.broken("outcomes", one.id, "role") or draft.broken("outcomes", other.id, "role"):
            continue
        shared = [wave for wave in one.waves if wave in other.waves]
        if shared:
            kind = "proxies" if one.proxy else "outcomes"
            yield draft.problem(
                ("outcomes", other.id, "role"),
                other.role,
                f"outcome '{one.id}' plays this role too, in {listed(shared)}; "
                f"a role has one of its {kind} in a wave.",
                "Make one of them another role, a proxy, or give each its own waves = […].",
            )


def check_same_column(draft: Draft) -> Iterator[Problem]:
    """Find items that would be read from one column of the same wave."""
    shared: dict[str, tuple[dict[Loc, int], list[str]]] = {}
    for wave in draft.study.waves:
        users: dict[str, list[Loc]] = {}
        for loc, column in (*_respondent(draft, wave.id), *asked_columns(draft, wave.id)):
            users.setdefault(column, []).append(loc)
        for column, locs in users.items():
            clashing = [pair for pair in combinations(locs, 2) if not _may_share(draft, *pair)]
            if clashing and not _by_pattern(draft, column):
                places, waves = shared.setdefault(column, ({}, []))
                places |= {loc: locs.count(loc) for pair in clashing for loc in pair}
                waves.append(wave.id)
    for column, (places, waves) in shared.items():
        names = [_item(loc, times) for loc, times in places.items()]
        yield draft.problem(
            list(places)[-1],
            column,
            f"one column is read as {listed(names)} (in {listed(waves)}).",
            "Give each item its own column; a question is asked and counted once.",
        )


def _item(loc: Loc, times: int) -> str:
    name = place("", loc).removeprefix(", ")
    return name if times == 1 else f"{name}, {times} times"


def _by_pattern(draft: Draft, column: str) -> bool:
    """Tell whether a pattern without {id} is to blame, which is reported by itself."""
    patterns = draft.document.columns
    specs = (patterns.rating, patterns.contact, patterns.brand_fit)
    return any(column in spec.names for spec in specs)


def _respondent(draft: Draft, wave: str) -> Iterator[tuple[Loc, str]]:
    for key in ("respondent", "brand", "weight"):
        column = getattr(draft.study, key).within(wave)
        if column:
            yield ("data", key), column


def _may_share(draft: Draft, one: Loc, other: Loc) -> bool:
    """Tell whether two items may share a column: two contacts, or an outcome and a proxy."""
    if one[-1] == "contact" and other[-1] == "contact":
        return True
    outcomes = draft.document.outcomes
    both = one[0] == other[0] == "outcomes" and one[1] != other[1]
    return both and (outcomes[str(one[1])].proxy or outcomes[str(other[1])].proxy)
