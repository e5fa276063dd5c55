"""Check what decisions rest on besides answers: audit sheets, mentions, portfolio, plan."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from supertouch.errors import Problem
from supertouch.study.checks.draft import Draft
from supertouch.study.checks.waves import leads_out, stays_inside
from supertouch.study.model import Code, Columns, Role
from supertouch.study.wording import Loc, listed, plain

__all__ = ["check_audit", "check_mentions", "check_no_mentions", "check_plan", "mentions_there"]

_SHEETS = (".xlsx",)
_PLANS = (".toml", ".xlsx")
_RAW = "Write a name inside the folder of raw files, without .. and not from the root."
_FOLDER = "Write a name inside the study's folder, without .. and not from the root."


def check_audit(draft: Draft) -> Iterator[Problem]:
    """Find audit sheets that cannot be found or read, or that a wave would take for answers."""
    pattern, at = draft.study.audit.files, ("audit", "files")
    if draft.broken(*at):
        return
    yield from _inside(draft, at, pattern, _RAW, suffixes=_SHEETS)
    yield from _taken_for_answers(draft, at, pattern)


def check_mentions(draft: Draft) -> Iterator[Problem]:
    """Find a file of mentions that leads elsewhere, and columns or words with two meanings."""
    mentions, table = draft.study.mentions, draft.document.mentions
    if mentions.file is not None:
        at: Loc = ("mentions", "file")
        yield from _inside(draft, at, mentions.file, _RAW)
        yield from _taken_for_answers(draft, at, mentions.file)
    elif not draft.broken("mentions", "file"):
        for key in ("sheet", "columns", "valence"):
            if key in table.model_fields_set:
                yield draft.problem(
                    ("mentions", key),
                    table.sheet if key == "sheet" else None,
                    "describes a file of mentions, but none is named.",
                    f'Write file = "mentions.csv" in [mentions], or take {key} out.',
                )
    yield from _twice(draft)
    yield from _valence(draft)


def _twice(draft: Draft) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for key, name in draft.study.mentions.columns.items():
        if first.setdefault(name, key) != key:
            yield draft.problem(
                ("mentions", "columns", key),
                name,
                f"is the column of {first[name]} already.",
                "Give each its own column.",
            )


def _valence(draft: Draft) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for kind, codes in draft.study.mentions.valence.items():
        for code in codes:
            word = _folded(code)
            if first.setdefault(word, kind) != kind:
                yield draft.problem(
                    ("mentions", "valence", kind),
                    codes,
                    f"{plain(code)} means {first[word]} already.",
                    "Leave each word in one of the lists; capitals make no difference.",
                )


def _folded(code: Code) -> str:
    return plain(code).casefold()


def check_no_mentions(draft: Draft) -> Iterator[Problem]:
    """Find a threshold for missing touchpoints where nothing can name one."""
    mentions, table = draft.study.mentions, draft.document.mentions
    silent = mentions.file is None and mentions.missing == Columns()
    if silent and "least" in table.model_fields_set and not draft.broken("mentions"):
        yield draft.problem(
            ("mentions", "least"),
            mentions.least,
            "does nothing: neither a file of mentions nor an open question is named.",
            'Write missing = "NAME" or file = "mentions.csv", or take least out.',
        )


def check_plan(draft: Draft) -> Iterator[Problem]:
    """Find a plan that cannot be where it is said to be, and goals that nothing measures."""
    plan, at = draft.study.plan, ("plan", "file")
    if not draft.broken(*at):
        yield from _inside(draft, at, plan.file, _FOLDER, suffixes=_PLANS)
        if PurePosixPath(plan.file).as_posix().casefold() == draft.study.file.name.casefold():
            yield draft.problem(
                at, plan.file, "is the study file itself.", 'Write another name, as "plan.toml".'
            )
    roles: dict[str, tuple[Role, ...]] = {
        "loyalty": ("loyalty",),
        "recommendation": ("recommendation",),
    }
    for role in roles.get(plan.goal, ()):
        lost = draft.broken("outcomes") or draft.broken("plan", "goal")
        if not lost and role not in {outcome.role for outcome in draft.study.outcomes}:
            yield draft.problem(
                ("plan", "goal"),
                plan.goal,
                "no outcome of the study plays this role.",
                'Add the outcome, or write goal = "both" for whatever there is.',
            )


def _inside(
    draft: Draft, loc: Loc, name: str, remedy: str, *, suffixes: tuple[str, ...] = ()
) -> Iterator[Problem]:
    if leads_out(name):
        yield draft.problem(loc, name, "leads out of the folder.", remedy)
    elif not stays_inside(name):
        yield draft.problem(loc, name, "is no file's name.", remedy)
    elif suffixes and PurePosixPath(name).suffix.lower() not in suffixes:
        known = " or ".join(suffixes)
        yield draft.problem(
            loc,
            name,
            f"does not end in {known}.",
            f'Write for example "{_with(name, suffixes[0])}".',
        )


def _with(name: str, suffix: str) -> str:
    return PurePosixPath(name).with_suffix(suffix).as_posix()


def _taken_for_answers(draft: Draft, loc: Loc, name: str) -> Iterator[Problem]:
    """Find files that a wave's pattern takes in as well."""
    waves = [wave.id for wave in draft.study.waves if wave.file and _fits(name, wave.file)]
    if waves:
        wave = draft.study.wave(waves[0])
        yield draft.problem(
            loc,
            name,
            f"would be read as answers of {listed(waves)} too, whose file is '{wave.file}'.",
            "Put it into a folder of its own, or write the wave's file more narrowly.",
        )


def _fits(name: str, pattern: str) -> bool:
    parts, wanted = PurePosixPath(name).parts, PurePosixPath(pattern).parts
    if "**" in wanted:
        return bool(parts) and fnmatchcase(parts[-1], wanted[-1])
    return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))


def mentions_there(draft: Draft) -> Iterator[Problem]:
    """Find a file of mentions that is not in the folder of raw files."""
    name = draft.study.mentions.file
    if name is None or not stays_inside(name) or (draft.study.raw / name).is_file():
        return
    yield draft.problem(
        ("mentions", "file"),
        name,
        f"no file in '{draft.study.raw}' has this name.",
        "Put the file there, correct its name, or take file out.",
    )
