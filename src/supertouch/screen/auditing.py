"""What auditors' sheets held: per auditor, and cell by cell where something is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from supertouch.screen.console import say, short

if TYPE_CHECKING:
    from supertouch.instruments.audit import Sheets

__all__ = ["show_sheets"]

RATINGS = ("importance", "performance")
NUMBERS = (*RATINGS, "cost")
TEXTS = ("control", "owner", "kept", "expectation", "annoyance", "surprise")


def show_sheets(sheets: Sheets, pattern: Path) -> None:
    """Print what was read of each sheet, what could not be used, and touchpoints missed."""
    if not sheets.files:
        say(f"No audit sheets: {short(pattern)}")
        return
    for path in sheets.files:
        say(*_auditor(sheets, path.name))
    say(*_bad(sheets), *_missing(sheets))


def _auditor(sheets: Sheets, file: str) -> Iterator[str]:
    audits, bad = sheets.audits, sheets.audit_quarantine
    own = audits[audits.file == file]
    n_bad = int((bad.file == file).sum())
    filled = sum(int(own[name].notna().sum()) for name in NUMBERS)
    filled += sum(int((own[name] != "").sum()) for name in TEXTS)
    cells = len(own) * (len(NUMBERS) + len(TEXTS))
    names = ", ".join(dict.fromkeys(own.auditor)) or file
    yield (
        f"{names} ({file}): {len(own)} touchpoints, {filled} cells filled, "
        f"{max(0, cells - filled - n_bad)} empty, {n_bad} bad"
    )
    for name in RATINGS:
        left = int(own[name].isna().sum())
        if left:
            yield f"  {name}: {left} of {len(own)} without a rating"


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
    rows = _rows(sheets.missing)
    if rows:
        yield from ("", f"Touchpoints that auditors miss ({len(rows)}):")
    for row in rows:
        yield f"  {row['named']} ({row['auditor']})"


def _rows(table: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]
