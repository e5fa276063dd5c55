"""The banner tables as chapters of a page: one per outcome and touchpoint."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from supertouch.report.blocks import ByWave, Cell, Column, Grid, Plain, Prose, Row, Section
from supertouch.report.evidence import Evidence
from supertouch.report.labels import shortened
from supertouch.report.sections.band_words import band_legend
from supertouch.report.sections.bands import Band, BandCell, BandForm, BandLine, bands
from supertouch.study.model import Outcome, Touchpoint

__all__ = ["banner_sections"]

ARROWS = {2: "▲", 1: "△", -1: "▽", -2: "▼", 0: ""}
LONGEST = 60
BASES: tuple[BandForm, ...] = ("n", "weighted", "n_eff")


def banner_sections(evidence: Evidence, tables: Mapping[str, pd.DataFrame]) -> tuple[Section, ...]:
    """Return how to read the tables, then each outcome and touchpoint with its questions."""
    words = evidence.words
    told = {wave.id: bands(evidence, tables, wave) for wave in evidence.waves}
    subjects = list(dict.fromkeys(band.subject for found in told.values() for band in found))
    legend = Prose((), bullets=band_legend(evidence))
    lead = Section("banner", words.say("banner.section"), (legend,), words.say("banner.intro"))
    return (lead, *(_chapter(evidence, told, subject) for subject in _ordered(evidence, subjects)))


def _ordered(evidence: Evidence, subjects: list[str]) -> list[str]:
    """Return the subjects in the study's order, outcomes first."""
    items: tuple[Outcome | Touchpoint, ...] = (
        *evidence.study.outcomes,
        *evidence.study.touchpoints,
    )
    return [item.id for item in items if item.id in subjects]


def _chapter(evidence: Evidence, told: Mapping[str, tuple[Band, ...]], subject: str) -> Section:
    nothing: tuple[Plain, ...] = (Prose((evidence.words.say("banner.nothing"),), "note"),)
    waves = tuple(
        (wave, tuple(_grid(evidence, band) for band in found if band.subject == subject) or nothing)
        for wave, found in told.items()
    )
    return Section(f"banner-{subject}", evidence.item_label(subject), (ByWave(waves),))


def _grid(evidence: Evidence, band: Band) -> Grid:
    heads: list[tuple[str, int]] = [("", 1)]
    for column in band.columns:
        head = shortened(column.head, LONGEST)
        if heads[-1][0] == head:
            heads[-1] = (head, heads[-1][1] + 1)
        else:
            heads.append((head, 1))
    titles = [
        f"{title} ({column.letter})" if column.letter else title
        for column in band.columns
        for title in (shortened(column.title, LONGEST),)
    ]
    return Grid(
        f"{band.title}: {band.text}" if band.text else band.title,
        (
            Column(evidence.words.say("banner.answer")),
            *(Column(title, numeric=True) for title in titles),
        ),
        tuple(_row(evidence, line) for line in band.lines),
        band.note,
        groups=tuple(heads),
    )


def _row(evidence: Evidence, line: BandLine) -> Row:
    cells = tuple(_cell(evidence, line.form, cell) for cell in line.cells)
    return Row((Cell(line.label), *cells), strong=line.form == "n")


def _cell(evidence: Evidence, form: BandForm, cell: BandCell) -> Cell:
    words = evidence.words
    if cell.hidden and cell.value is None:
        return Cell(words.say("banner.hidden"), numeric=True)
    text = _number(evidence, form, cell.value)
    if cell.small and cell.value is not None:
        marked = "small" if form == "n" else "" if form in BASES else "bracketed"
        text = words.say(f"banner.{marked}", n=text, value=text) if marked else text
    detail = " ".join(part for part in (ARROWS[cell.arrow], cell.letters) if part)
    return Cell(text, detail, sort=cell.value, numeric=True)


def _number(evidence: Evidence, form: BandForm, value: float | None) -> str:
    words = evidence.words
    if form == "percent":
        return words.percent(value)
    if form == "points":
        return words.number(value, 0, signed=True)
    return words.number(value, 2 if form == "mean" else 0)
