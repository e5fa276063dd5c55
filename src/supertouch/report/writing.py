"""Writes a report's files, each whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd

from supertouch.language import language
from supertouch.report.blocks import Content, Picture
from supertouch.report.cockpit.page import page
from supertouch.report.content import told
from supertouch.report.evidence import REPORTED, Evidence
from supertouch.report.figures.drawing import drawings
from supertouch.report.figures.layout import Plan
from supertouch.report.figures.plans import plans
from supertouch.saving import save
from supertouch.study.model import Study

__all__ = ["Progress", "write_page", "write_report"]

Progress = Callable[[int, int, str], None]


def write_report(
    study: Study,
    tables: Mapping[str, pd.DataFrame],
    manifest: Mapping[str, Any],
    *,
    folder: Path,
    progress: Progress | None = None,
) -> list[Path]:
    """Write the tables as CSV, the figures as PNG and SVG, and the cockpit page.

    Parameters
    ----------
    study
        What was asked.
    tables
        The tables of all waves, one below the other; tables that hold single respondents
        (``quarantine``, ``draws``) are never written.
    manifest
        What ran: supertouch, python, packages, study_sha256, inputs, seed, started, finished
        and stages.
    folder
        Where ``tables/``, ``figures/`` and ``cockpit.html`` go.
    progress
        Called with (done, total, text) as the work goes on.

    Returns
    -------
    list of Path
        Every file written.

    Raises
    ------
    OutputError
        If a file cannot be written, or the tables hold no wave of the study.
    UnsupportedError
        If the study asks for a language that reports do not exist in.
    """
    written = _write_tables(tables, folder / "tables")
    first, *others = study.languages
    found = Evidence(study, tables, words=language(first))

    def tell(evidence: Evidence, pictures: Sequence[Picture]) -> Content:
        return told(evidence, manifest, pictures=pictures)

    told_in = [found, *(found.within(language(code)) for code in others)]
    return written + write_page(
        told_in,
        path=folder / "cockpit.html",
        figures=folder / "figures",
        plans=plans,
        told=tell,
        progress=progress,
    )


def write_page(
    told_in: Sequence[Evidence],
    *,
    path: Path,
    figures: Path,
    plans: Callable[[Evidence], list[Plan]],
    told: Callable[[Evidence, Sequence[Picture]], Content],
    progress: Progress | None = None,
) -> list[Path]:
    """Write one offline page in every language at once, and its figures as PNG and SVG.

    Parameters
    ----------
    told_in
        The same tables in each language, the default language first.
    path, figures
        The page, and the folder of its figures.
    plans
        The figures that a page in one language has.
    told
        The content of the page in one language, given the figures that exist.
    progress
        Called with (done, total, text) as the work goes on.

    Returns
    -------
    list of Path
        Every file written, the page last.
    """
    tell = progress or _silent
    written: list[Path] = []
    contents: list[Content] = []
    inline: dict[tuple[str, str], str] = {}
    planned = [(item, plans(item)) for item in told_in]
    total = sum(len(found) for _, found in planned) + len(planned) + 1
    done = 0
    with closing(drawings([plan for _, found in planned for plan in found])) as drawn:
        for evidence, found in planned:
            code = evidence.words.code
            for picture in (plan.picture for plan in found):
                tell(done, total, picture.caption)
                png, svg = next(drawn)
                written += _write_figure(picture, png, svg, folder=figures, code=code)
                inline[code, picture.name] = svg.decode()
                done += 1
            tell(done, total, path.stem)
            contents.append(told(evidence, [plan.picture for plan in found]))
            done += 1
    _save(path, page(contents, inline).encode())
    tell(total, total, path.name)
    return [*written, path]


def _write_tables(tables: Mapping[str, pd.DataFrame], folder: Path) -> list[Path]:
    written = []
    for name in REPORTED:
        if name in tables:
            path = folder / f"{name}.csv"
            _save(path, tables[name].to_csv(index=False, lineterminator="\n").encode())
            written.append(path)
    return written


def _write_figure(
    picture: Picture, png: bytes, svg: bytes, *, folder: Path, code: str
) -> list[Path]:
    paths = [folder / f"{picture.name}.{code}.{kind}" for kind in ("png", "svg")]
    for path, data in zip(paths, (png, svg), strict=True):
        _save(path, data)
    return paths


def _save(path: Path, data: bytes) -> None:
    save(path, lambda part: part.write_bytes(data))


def _silent(done: int, total: int, text: str) -> None:
    """Tell nobody."""
