"""Tivian (Unipark, EFS Survey) exports: its own columns, test records, codes of missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from supertouch.intake.readers.heading import Counts, Heading, Insight, named
from supertouch.intake.readers.raw import listed

__all__ = ["recognised"]

_OWN = frozenset(
    {
        "lfdn",
        "external_lfdn",
        "tester",
        "dispcode",
        "lastpage",
        "quality",
        "duration",
        "datetime",
        "date_of_last_access",
        "date_of_first_mail",
    }
)
_MISSING = ("-77", "-66", "-99")
_UNFINISHED = ("11", "12", "20", "21", "22", "23")


def recognised(rows: Sequence[Sequence[str]], path: Path, place: str) -> Heading | None:  # noqa: ARG001
    """Return the heading of a Tivian export, or None if the row is not one's.

    Its columns begin with ``lfdn`` and hold ``dispcode``. The codes -77, -66 and -99, which stand
    where there is no answer, are counted and declared missing in the columns where they occur.
    """
    found = list(rows[0])
    own = {name.strip().casefold() for name in found}
    if not found or found[0].strip().casefold() != "lfdn" or "dispcode" not in own:
        return None
    heading = named(found, found, place, platform="tivian", rows=1)
    roles = {name.casefold(): name for name in heading.names if name.casefold() in _OWN}
    own_names = set(roles.values())
    questions = [name for name in heading.names if name not in own_names]
    looked_for: dict[str, tuple[str, ...]] = dict.fromkeys(questions, _MISSING)
    looked_for[roles["dispcode"]] = _UNFINISHED
    if "tester" in roles:
        looked_for[roles["tester"]] = ("1",)
    return replace(
        heading,
        notes=("recognised as a Tivian (Unipark) export by lfdn and dispcode", *heading.notes),
        looked_for=looked_for,
        conclude=partial(_conclude, roles=roles, questions=questions),
    )


def _conclude(counts: Counts, *, roles: dict[str, str], questions: Sequence[str]) -> Insight:
    found = {name: counts.found[name] for name in questions}
    missing = {
        name: tuple((float(code), float(code)) for code in _MISSING if cells[code])
        for name, cells in found.items()
        if any(cells[code] for code in _MISSING)
    }
    notes = [
        f"{code} stands for no answer in {sum(cells[code] for cells in found.values())} cell(s) "
        f"of {len(which)} column(s): {listed(which)}"
        for code in _MISSING
        if (which := [name for name, cells in found.items() if cells[code]])
    ]
    for column, kind in (("tester", "test records"), ("dispcode", "unfinished responses")):
        cells = counts.found.get(roles.get(column, ""), Counter())
        if cells.total():
            codes = ", ".join(f"{code} = {n}" for code, n in cells.items() if n)
            notes.append(
                f"{cells.total()} {kind} (column '{roles[column]}': {codes}); they stay in "
                "until the study excludes them"
            )
    return Insight(notes=tuple(notes), missing_codes=missing)
