"""Check what makes respondents suspect, and what of a person is stored."""

from __future__ import annotations

from collections.abc import Iterator

from supertouch.errors import Problem
from supertouch.study.checks.columns import expanded, named_columns
from supertouch.study.checks.draft import Draft
from supertouch.study.model import Columns
from supertouch.study.wording import Loc, place

__all__ = ["check_implausible", "check_privacy", "check_suspects"]


def check_suspects(draft: Draft) -> Iterator[Problem]:
    """Find flags whose respondents are to be left out, though nothing can raise the flag."""
    quality, table = draft.study.quality, draft.document.quality
    if draft.broken("quality"):
        return
    needs = {
        "speeder": (
            quality.duration != Columns(),
            "no column holds the duration of the interview",
            'Write duration = "SECONDS"',
        ),
        "implausible": (
            bool(quality.implausible),
            "the study describes no implausible pattern",
            "Add [[quality.implausible]]",
        ),
    }
    for flag, (possible, why, remedy) in needs.items():
        if flag in quality.exclude and not possible:
            yield draft.problem(
                ("quality", "exclude"), flag, f"{why}.", f"{remedy}, or take '{flag}' out."
            )
    idle = "speeder" in table.model_fields_set and "speeder" not in quality.exclude
    if idle and quality.duration == Columns():
        rule = "does nothing: no column holds the duration of the interview."
        remedy = 'Write duration = "SECONDS", or take speeder out.'
        yield draft.problem(("quality", "speeder"), table.speeder, rule, remedy)
    yield from _straight_line(draft)


def _straight_line(draft: Draft) -> Iterator[Problem]:
    study, table = draft.study, draft.document.quality
    largest = max((len(study.touchpoints_in(wave.id)) for wave in study.waves), default=0)
    written = {"straight_line"} & table.model_fields_set or "straight_liner" in table.exclude
    if written and study.quality.straight_line > largest > 0:
        yield draft.problem(
            ("quality", "straight_line"),
            study.quality.straight_line,
            f"finds nobody: no wave has more than {largest} touchpoint(s) to rate.",
            "Write how many ratings, all alike, make a straight-liner, at most that many.",
        )


def check_implausible(draft: Draft) -> Iterator[Problem]:
    """Find patterns without columns, values, or a wave in which they could be looked for."""
    waves = [wave.id for wave in draft.study.waves]
    for index, pattern in enumerate(draft.study.quality.implausible):
        at: Loc = ("quality", "implausible", index, "columns")
        if draft.broken(*at):
            continue
        if not pattern.columns:
            yield draft.problem(
                at, (), "is empty.", 'Write columns = [{ column = "AGE", values = [999] }].'
            )
        for number, (_, values) in enumerate(pattern.columns):
            if not values:
                loc = (*at, number, "values")
                yield draft.problem(loc, (), "lists no value.", "Write values = [1].")
        together = [
            wave for wave in waves if all(columns.within(wave) for columns, _ in pattern.columns)
        ]
        if pattern.columns and waves and not together and not draft.broken("waves"):
            yield draft.problem(
                at,
                None,
                "no wave has all of these columns, so that the pattern is never met.",
                "Name the columns of a wave, or take the pattern out.",
            )


def check_privacy(draft: Draft) -> Iterator[Problem]:
    """Find columns that are not to be stored but are needed, or are to be kept as well."""
    table = draft.document.privacy
    if draft.broken("privacy", "drop") or draft.broken("privacy", "keep"):
        return
    used = _used(draft)
    for name in dict.fromkeys(table.drop):
        if name in table.keep:
            rule = "stands in keep as well."
            yield draft.problem(("privacy", "drop"), name, rule, "Leave it in one of the two.")
        if name in used:
            user = place("", used[name]).removeprefix(", ")
            yield draft.problem(
                ("privacy", "drop"),
                name,
                f"is read as {user}; without it the study cannot be computed.",
                "Take it out of drop; ids of respondents are stored hashed.",
            )


def _used(draft: Draft) -> dict[str, Loc]:
    """Return every column that some wave reads, with the place that names it first."""
    used: dict[str, Loc] = {}
    for wave in draft.study.waves:
        for loc, name in named_columns(draft, wave):
            for column in expanded(draft, name):
                used.setdefault(column, loc)
    return used
