"""Writes everything that is handed over: tables, figures, pages, slides, workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from supertouch.report.blocks import Content, Picture
from supertouch.report.content import told
from supertouch.report.evidence import REPORTED, Evidence
from supertouch.report.figures.plans import plans
from supertouch.report.pages import in_languages, write_banner
from supertouch.report.slides import write_slides
from supertouch.report.workbook import write_workbook
from supertouch.report.writing import Progress, silent, write_page
from supertouch.saving import save
from supertouch.study.model import Study

__all__ = ["write_report"]

OF_COCKPIT, OF_PAGES, ALL = 60, 70, 100  # shares of the time that it takes


def write_report(
    study: Study,
    tables: Mapping[str, pd.DataFrame],
    manifest: Mapping[str, Any],
    *,
    folder: Path,
    progress: Progress | None = None,
) -> list[Path]:
    """Write the tables as CSV, the figures, the cockpit, slides, workbook and banner page.

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
        Where ``tables/``, ``figures/``, ``cockpit.html``, ``banner.html`` and, for each language,
        ``slides.pptx`` and ``tables.xlsx`` go; the names of further languages hold their code.
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
    tell = progress or silent
    told_in = in_languages(study, tables)
    contents: list[Content] = []

    def keep(evidence: Evidence, pictures: Sequence[Picture]) -> Content:
        contents.append(told(evidence, manifest, pictures=pictures))
        return contents[-1]

    written = _write_tables(tables, folder / "tables")
    written += write_page(
        told_in,
        path=folder / "cockpit.html",
        figures=folder / "figures",
        plans=plans,
        told=keep,
        progress=lambda done, total, text: tell(OF_COCKPIT * done // total, ALL, text),
    )
    tell(OF_COCKPIT, ALL, "banner.html")
    written += write_banner(study, tables, manifest, folder=folder)
    finished = manifest.get("finished")
    made = datetime.fromisoformat(finished) if finished else None
    makers = _makers(told_in, contents, tables, folder=folder, made=made)
    for done, (path, write) in enumerate(makers):
        tell(OF_PAGES + (ALL - OF_PAGES) * done // len(makers), ALL, path.name)
        write()
    tell(ALL, ALL, "")
    return written + [path for path, _ in makers]


def _makers(
    told_in: Sequence[Evidence],
    contents: Sequence[Content],
    tables: Mapping[str, pd.DataFrame],
    *,
    folder: Path,
    made: datetime | None,
) -> list[tuple[Path, Callable[[], object]]]:
    """Return the files for PowerPoint and Excel, with what writes them."""
    makers: list[tuple[Path, Callable[[], object]]] = []
    for place, (evidence, content) in enumerate(zip(told_in, contents, strict=True)):
        code = f".{evidence.words.code}" if place else ""
        slides, workbook = folder / f"slides{code}.pptx", folder / f"tables{code}.xlsx"
        makers += [
            (slides, partial(write_slides, evidence, content, path=slides)),
            (
                workbook,
                partial(write_workbook, evidence, content, tables, path=workbook, made=made),
            ),
        ]
    return makers


def _write_tables(tables: Mapping[str, pd.DataFrame], folder: Path) -> list[Path]:
    written = []
    for name in REPORTED:
        if name in tables:
            data = tables[name].to_csv(index=False, lineterminator="\n").encode()
            written.append(save(folder / f"{name}.csv", partial(_write, data=data)))
    return written


def _write(part: Path, *, data: bytes) -> None:
    part.write_bytes(data)
