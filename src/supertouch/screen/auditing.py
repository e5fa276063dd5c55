"""What auditors' sheets held: per auditor, and cell by cell where something is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from supertouch.screen.console import say, short
from supertouch.study.naming import name_key

if TYPE_CHECKING:
    from supertouch.instruments.audit import Sheets
    from supertouch.study.model import Study

__all__ = ["show_sheets"]

RATINGS = ("importance", "performance")
NUMBERS = (*RATINGS, "cost")
TEXTS = ("control", "owner", "kept", "expectation", "annoyance", "surprise")


def show_sheets(study: Study, sheets: Sheets) -> None:
    """Print what was read of each sheet, what could not be used, and touchpoints missed."""
    if not sheets.files:
        say(f"No audit sheets: {short(study.raw / study.audit.files)}")
        return
    for path in sheets.files:
        say(*_auditor(study, sheets, path.name))
    say(*_bad(sheets), *_missing(sheets))


def _auditor(study: Study, sheets: Sheets, file: str) -> Iterator[str]:
    audits, bad = sheets.audits, sheets.audit_quarantine
    own = audits[audits.file == file].set_index("touchpoint")
    filled = sum(int(own[name].notna().sum()) for name in NUMBERS)
    filled += sum(int((own[name] != "").sum()) for name in TEXTS)
    names = ", ".join(dict.fromkeys(own.auditor)) or file
    n_bad = int((bad.file == file).sum())
    yield f"{names} ({file}): {len(own)} touchpoints, {filled} cells filled, {n_bad} bad"
    for name in RATINGS:
        left = [str(id_) for id_ in own.index[own[name].isna()]]
        if len(left) == len(own):
            yield f"  {name}: no touchpoint is rated"
        elif left:
            yield f"  {name}: {len(left)} of {len(own)} not rated: {_named(study, left)}"
    gone = [item.id for item in study.touchpoints if item.id not in own.index]
    if gone:
        yield f"  not in the sheet, or not readable: {_named(study, gone)}"


def _named(study: Study, touchpoints: Sequence[str]) -> str:
    labels = (study.touchpoint(id_).label.within("en") or id_ for id_ in touchpoints)
    return "; ".join(labels)


def _bad(sheets: Sheets) -> Iterator[str]:
    rows = _rows(sheets.audit_quarantine)
    if rows:
        yield from ("", f"Cells that could not be used ({len(rows)}):")
    for row in rows:
        value = f" {row['value']!r}" if row["value"] else ""
        place = f"{row['file']}, sheet '{row['sheet']}', row {row['row']}, {row['column']}"
        yield f"  {place}:{value} {row['rule']}"
        yield f"    {row['remedy']}"


def _missing(sheets: Sheets) -> Iterator[str]:
    """Yield each name once, with who named it."""
    found: dict[str, tuple[str, list[str]]] = {}
    for row in _rows(sheets.missing):
        name, auditors = found.setdefault(name_key(row["named"]), (row["named"], []))
        auditors.append(row["auditor"])
    if found:
        yield from ("", f"Touchpoints that auditors miss ({len(found)}):")
    for name, auditors in found.values():
        yield f"  {name} ({', '.join(auditors)})"


def _rows(table: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]
