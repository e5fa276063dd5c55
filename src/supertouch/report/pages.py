"""Pages of their own: what changed, a wave in the field, and drift before a wave is taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from supertouch.language import spoken
from supertouch.report.blocks import Code, Content, Headline, Picture, Plain, Prose, Section
from supertouch.report.evidence import Evidence
from supertouch.report.figures.field import field_plans
from supertouch.report.figures.layout import Plan
from supertouch.report.figures.plans import change_plans
from supertouch.report.framing import framed
from supertouch.report.keys import FIELD
from supertouch.report.sections.banner import banner_sections
from supertouch.report.sections.changes import changes
from supertouch.report.sections.drifts import SEVERITIES, drift_grid, drift_line
from supertouch.report.sections.field import field_sections
from supertouch.report.sections.methods import glossary, run
from supertouch.report.sections.targets import targets
from supertouch.report.writing import Progress, write_page
from supertouch.study.model import Study, Wave

__all__ = ["in_languages", "write_banner", "write_drift", "write_field", "write_tracking"]

TERMS = (
    "reach",
    "experience",
    "contact",
    "share",
    "importance",
    "bands",
    "nps",
    "n",
    "n_eff",
    "interval",
    "p_adjusted",
    "taylor",
    "r2",
    "detectable",
)


def write_tracking(
    study: Study,
    tables: Mapping[str, pd.DataFrame],
    manifest: Mapping[str, Any],
    *,
    folder: Path,
    progress: Progress | None = None,
) -> list[Path]:
    """Write ``tracking.html``: what changed, what a change holds, and whether targets are met.

    Figures of every wave go to ``tracking/``; those of the last wave are in the cockpit as well.

    Raises
    ------
    OutputError
        If a file cannot be written, or the tables hold no wave of the study.
    """

    def told(evidence: Evidence, pictures: Sequence[Picture]) -> Content:
        drawn = {picture.name: picture for picture in pictures}
        found = changes(evidence, drawn, whole=True) or _nothing(evidence)
        sections = (found, targets(evidence), run(evidence, manifest), glossary(evidence, TERMS))
        return framed(evidence, manifest, sections, kind="tracking")

    def plans(evidence: Evidence) -> list[Plan]:
        return change_plans(evidence, evidence.waves)

    found = in_languages(study, tables)
    path = folder / "tracking.html"
    return write_page(
        found, path=path, figures=folder / "tracking", plans=plans, told=told, progress=progress
    )


def _nothing(evidence: Evidence) -> Section:
    words = evidence.words
    lead = Headline(words.say("changes.no_tracking"), "none")
    return Section("changes", words.say("section.changes"), (lead,))


def write_banner(
    study: Study,
    tables: Mapping[str, pd.DataFrame],
    manifest: Mapping[str, Any],
    *,
    folder: Path,
) -> list[Path]:
    """Write ``banner.html``: every question by everybody, waves and segments, with letters.

    Raises
    ------
    OutputError
        If the file cannot be written, or the tables hold no wave of the study.
    """

    def told(evidence: Evidence, pictures: Sequence[Picture]) -> Content:  # noqa: ARG001
        sections = (*banner_sections(evidence, tables), run(evidence, manifest))
        return framed(evidence, manifest, sections, kind="banner")

    found = in_languages(study, tables)
    path = folder / "banner.html"
    return write_page(found, path=path, figures=folder, plans=_no_plans, told=told)


def write_field(
    study: Study,
    tables: Mapping[str, pd.DataFrame],
    manifest: Mapping[str, Any],
    *,
    folder: Path,
) -> list[Path]:
    """Write ``field.html``: returns, quotas, bases and drop-out of waves in the field.

    Raises
    ------
    OutputError
        If a file cannot be written, or the tables hold no wave of the study.
    """

    def told(evidence: Evidence, pictures: Sequence[Picture]) -> Content:
        drawn = {picture.name: picture for picture in pictures}
        sections = (*field_sections(evidence, drawn), run(evidence, manifest))
        return framed(evidence, manifest, sections, kind="field")

    found = in_languages(study, tables, about=FIELD)
    path = folder / "field.html"
    return write_page(found, path=path, figures=folder / "field", plans=field_plans, told=told)


def write_drift(
    study: Study,
    tables: Mapping[str, pd.DataFrame],
    manifest: Mapping[str, Any],
    *,
    folder: Path,
    edit: str,
) -> list[Path]:
    """Write ``drift.html``: how a wave's file differs, and what the study file needs for it.

    Parameters
    ----------
    edit
        The lines that study.toml needs; "" where it needs none.

    Raises
    ------
    OutputError
        If a file cannot be written, or the table of drift holds no wave of the study.
    """

    def told(evidence: Evidence, pictures: Sequence[Picture]) -> Content:  # noqa: ARG001
        found = [_drifted(evidence, wave) for wave in reversed(evidence.waves)]
        found = found or [_unchanged(evidence)]
        return framed(
            evidence, manifest, (*found, _edit(evidence, edit), run(evidence, manifest)),
            kind="drift", waves=(),
        )  # fmt: skip

    found = in_languages(study, tables, about=("drift",) if len(tables["drift"]) else ())
    path = folder / "drift.html"
    return write_page(found, path=path, figures=folder, plans=_no_plans, told=told)


def _no_plans(evidence: Evidence) -> list[Plan]:  # noqa: ARG001
    return []


def _drifted(evidence: Evidence, wave: Wave) -> Section:
    words = evidence.words
    rows = evidence.rows("drift", wave.id)
    worst = next(name for name in SEVERITIES if any(row["severity"] == name for row in rows))
    lead = Headline(words.say(f"drift.headline_{worst}", wave=evidence.label(wave)),
                    SEVERITIES[worst] if worst != "note" else "good")  # fmt: skip
    line = Prose((drift_line(evidence, wave, rows),))
    label = evidence.label(wave)
    title = words.say("drift.title", wave=label)
    grave = [row for row in rows if row["severity"] != "note"]
    noted = [row for row in rows if row["severity"] == "note"]
    blocks: list[Plain] = [lead, line]
    blocks += [drift_grid(evidence, wave, grave, caption="drift.grave")] if grave else []
    blocks += (
        [drift_grid(evidence, wave, noted, folded=True, caption="drift.noted")] if noted else []
    )
    return Section(f"drift-{wave.id}", title, tuple(blocks), words.say("drift.intro"))


def _unchanged(evidence: Evidence) -> Section:
    words = evidence.words
    lead = Headline(words.say("drift.headline_none"), "good")
    return Section("drift", words.say("section.drift"), (lead,))


def _edit(evidence: Evidence, edit: str) -> Section:
    words = evidence.words
    if not edit.strip():
        nothing = Prose((words.say("drift.no_edit"),), "good")
        return Section("edit", words.say("section.edit"), (nothing,))
    code = Code(evidence.study.file.name, edit.rstrip("\n"))
    return Section("edit", words.say("section.edit"), (code,), words.say("drift.edit_intro"))


def in_languages(
    study: Study, tables: Mapping[str, pd.DataFrame], *, about: Sequence[str] = ("sample",)
) -> list[Evidence]:
    """Look up tables once, and tell them in each language of the study, the default one first."""
    first, *others = spoken(study.languages, study.own_words)
    found = Evidence(study, tables, words=first, about=about)
    return [found, *(found.within(words) for words in others)]
