"""Raw files as institutes deliver them: a German CSV, a workbook, an SPSS file."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from supertouch.simulate.encode import plain
from supertouch.study.model import Codes, Scale, Study

__all__ = ["WRITERS"]

_TEXTS = ["BEMERKUNG", "FEHLT", "Q9_FEHLT"]
_DATES = ["DATUM"]


def _write_csv(frame: pd.DataFrame, path: Path, study: Study, wave: str) -> None:
    """Write semicolons, Windows encoding, decimal commas and German dates."""
    del study, wave
    with path.open("w", encoding="cp1252", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow(frame.columns)
        writer.writerows([_german(cell) for cell in row] for row in frame.itertuples(index=False))


def _german(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:g}".replace(".", ",")
    return f"{cell:%d.%m.%Y}" if isinstance(cell, pd.Timestamp) else str(cell)


def _write_excel(frame: pd.DataFrame, path: Path, study: Study, wave: str) -> None:
    """Write a sheet of notes first and the data on the sheet that the study names."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    notes = book.create_sheet("Hinweise")
    for line in ("Hinweis", study.title.within("de"), study.wave(wave).label.within("de")):
        notes.append([line])
    data = book.create_sheet(study.wave(wave).sheet or "Daten")
    data.append(list(frame.columns))
    for row in frame.itertuples(index=False):
        data.append(list(row))
    book.save(path)


def _write_sav(frame: pd.DataFrame, path: Path, study: Study, wave: str) -> None:
    """Write codes with value labels; the codes of the kinds of empty are user-missing."""
    import pyreadstat

    typed = frame.copy()
    for name in typed.columns.difference([*_TEXTS, *_DATES]):
        typed[name] = pd.to_numeric(typed[name])
    for name in typed.columns.intersection(_TEXTS):
        typed[name] = typed[name].fillna("")
    for name in typed.columns.intersection(_DATES):
        typed[name] = [day.date() for day in typed[name]]
    values, missing, labels = _dictionary(study, wave)
    pyreadstat.write_sav(
        typed,
        path,
        file_label=study.title.within("de"),
        column_labels=labels,
        variable_value_labels=values,
        missing_ranges=missing,
    )


ValueLabels = dict[str, dict[float, str]]
Missing = dict[str, list[Any]]


def _dictionary(study: Study, wave: str) -> tuple[ValueLabels, Missing, dict[str, str | None]]:
    """Collect value labels, user-missing codes and variable labels of a wave's items."""
    values: ValueLabels = {}
    missing: Missing = {}
    labels: dict[str, str | None] = {}

    def item(column: str | None, scale: Scale, codes: Codes, label: str) -> None:
        if column:
            values[column] = _labels(scale, codes)
            missing[column] = [{"lo": 96.0, "hi": 99.0}]
            labels[column] = label

    for touchpoint in study.touchpoints_in(wave):
        name = touchpoint.label.within("de")
        rating, fit = study.scales[touchpoint.scale], study.scales[touchpoint.brand_fit_scale]
        item(touchpoint.rating.within(wave), rating, touchpoint.codes, f"Note: {name}")
        codes = touchpoint.brand_fit_codes or touchpoint.codes
        item(touchpoint.brand_fit.within(wave), fit, codes, f"Markenfit: {name}")
        contact = touchpoint.contact.within(wave)
        if contact:
            values[contact] = {1: "ja", 2: "nein", 8: "weiß nicht", 9: "keine Angabe"}
            missing[contact] = [{"lo": 8.0, "hi": 9.0}]
            labels[contact] = f"Kontakt: {name}"
    for outcome in study.outcomes_in(wave):
        for column in outcome.items:
            label = outcome.label.within("de")
            item(column.within(wave), study.scales[outcome.scale], outcome.codes, label)
    for segment in study.segments:
        name = segment.column.within(wave) or ""
        values[name] = {float(code): text.within("de") for code, text in segment.values.items()}
        labels[name] = segment.label.within("de")
    return values, missing, labels


_EMPTY_LABELS = {
    "not_met": "nicht begegnet",
    "not_asked": "nicht gefragt",
    "dont_know": "weiß nicht",
    "refused": "keine Angabe",
}


def _labels(scale: Scale, codes: Codes) -> dict[float, str]:
    found = {float(code): text.within("de") for code, text in scale.labels.items()}
    for kind, text in _EMPTY_LABELS.items():
        found |= {float(plain(code)): text for code in getattr(codes, kind)}
    return found


WRITERS: dict[str, Callable[[pd.DataFrame, Path, Study, str], None]] = {
    ".csv": _write_csv,
    ".xlsx": _write_excel,
    ".sav": _write_sav,
}
