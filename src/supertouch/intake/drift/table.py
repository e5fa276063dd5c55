"""The drift report: the table, the problems that hold a wave back, the edits as one text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd

from supertouch.errors import Problem
from supertouch.intake.drift.columns import columns_of
from supertouch.intake.drift.differences import Comparison, Difference
from supertouch.intake.drift.jumps import jumps_of
from supertouch.intake.drift.outline import Profile
from supertouch.intake.drift.profile import profile
from supertouch.intake.drift.values import values_of
from supertouch.intake.readers import ingest_wave
from supertouch.study.model import Study
from supertouch.tables import checked

__all__ = ["drift", "drift_table", "edit_text", "problems", "profile_wave"]

_SETTLED = ("scale_turned", "range_changed")
_ORDER = ("stop", "look", "note")
_RULES: Mapping[str, str] = {
    "column_renamed": "is most likely the column '{before}' under a new name.",
    "column_gone": "is read by the study, and the file does not have it{perhaps}.",
    "codes_new": "holds codes that the study does not know: {after}.",
    "labels_changed": "has another label than before: {after} (before: {before}).",
    "scale_turned": "runs the other way than before ({before}).",
    "range_changed": "has another range of answers than before: {after} (before: {before}).",
}


def drift_table(
    study: Study, wave: str, against: str, *, now: Profile, before: Profile
) -> pd.DataFrame:
    """Compare a wave's file with that of an earlier wave, before the wave is accepted.

    Parameters
    ----------
    study : Study
        Need not fit the new file yet.
    wave, against : str
        The new wave and the one that it is compared with.
    now, before : Profile
        Outlines of their files.

    Returns
    -------
    DataFrame
        The table ``drift``, what holds the wave back first.
    """
    both = Comparison.of(study, wave, against, now=now, before=before)
    rows, both = columns_of(both)
    pairs = both.pairs()
    rows += values_of(both, pairs)
    settled = frozenset(row.key for row in rows if row.kind in _SETTLED)
    jumps = jumps_of(both, pairs, settled=settled)
    turned = {row.key for row in jumps if row.kind == "scale_turned"}
    rows = [row for row in rows if row.kind != "codes_gone" or row.key not in turned] + jumps
    rows.sort(key=lambda row: _ORDER.index(row.severity))
    found = pd.DataFrame([_row(row, wave, against) for row in rows])
    return checked(found, table="drift")


def _row(row: Difference, wave: str, against: str) -> dict[str, Any]:
    content = asdict(row)
    del content["key"]
    return {"wave": wave, "against": against, **content}


def drift(
    study: Study,
    wave: str,
    against: str | None = None,
    *,
    now: Profile | None = None,
    before: Profile | None = None,
) -> pd.DataFrame:
    """Compare a wave with another one, by default the one before it in the study.

    Outlines that are not given are made from the raw files. The first wave has nothing to be
    compared with: its table is empty.

    Raises
    ------
    DataError
        If a raw file cannot be read.
    """
    waves = [item.id for item in study.waves]
    if against is None:
        at = waves.index(wave)
        against = waves[at - 1] if at else None
    if against is None or against == wave:
        return checked(pd.DataFrame(), table="drift")
    return drift_table(
        study,
        wave,
        against,
        now=now or profile_wave(study, wave),
        before=before or profile_wave(study, against),
    )


def profile_wave(study: Study, wave: str) -> Profile:
    """Outline a wave's raw files.

    Raises
    ------
    DataError
        If they cannot be read.
    """
    incoming = ingest_wave(study, wave)
    return profile(incoming.chunks(), incoming.meta(), study=study, wave=wave)


def problems(table: pd.DataFrame) -> list[Problem]:
    """Return what holds the wave back, each with the edit that study.toml needs."""
    found = []
    for row in _rows(table[table["severity"] == "stop"]):
        perhaps = f" ({row['after']})" if row["after"] else ""
        rule = _RULES[row["kind"]].format(**row, perhaps=perhaps)
        item = f", {row['item']}" if row["item"] else ""
        found.append(
            Problem(
                f"wave '{row['wave']}' against '{row['against']}'{item}",
                f"column '{row['column']}'",
                rule,
                f"In study.toml:\n{row['edit']}" if row["edit"] else "",
            )
        )
    return found


def _rows(table: pd.DataFrame) -> list[dict[str, str]]:
    texts = table.drop(columns=["size", "p_adjusted"])
    return [{str(key): str(cell) for key, cell in row.items()} for row in texts.to_dict("records")]


def edit_text(table: pd.DataFrame) -> str:
    """Put all edits together: one text of TOML, each table once, with a remark per edit.

    Lines replace those of the same key in that table of study.toml; new tables are added.
    """
    above: dict[str, list[str]] = {}
    below: dict[str, dict[str, str]] = {}
    for row in _rows(table[table["edit"] != ""]):
        told = f"# {row['severity']}: {row['kind']}, {row['item'] or row['column']}"
        told += f" ({row['before']} -> {row['after']})" if row["before"] and row["after"] else ""
        for number, (header, remarks, keys) in enumerate(_sections(row["edit"])):
            above.setdefault(header, []).extend([told, *remarks] if number == 0 else remarks)
            below.setdefault(header, {}).update(keys)
    return "\n".join(_written(above, below)) + "\n" if below else ""


def _sections(edit: str) -> list[tuple[str, list[str], dict[str, str]]]:
    """Cut an edit into tables: header, remarks above it, and by key the lines below it."""
    found: list[tuple[str, list[str], dict[str, str]]] = []
    waiting: list[str] = []
    for line in edit.splitlines():
        if line.startswith("["):
            found.append((line, waiting, {}))
            waiting = []
        elif line.startswith("#") or not found:
            waiting.append(line)
        else:
            found[-1][2].update({remark: remark for remark in waiting})
            found[-1][2][line.split("=", 1)[0].strip()] = line
            waiting = []
    if not found:
        return [("", waiting, {})]
    found[-1][2].update({remark: remark for remark in waiting})
    return found


def _written(
    above: Mapping[str, Sequence[str]], below: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    for header in sorted(below, key=bool):
        yield from dict.fromkeys(above[header])
        yield from [header] * bool(header)
        yield from below[header].values()
        yield ""
