"""The report as data in one language; every renderer takes it, so that they cannot disagree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pandas as pd

from supertouch.language import Language
from supertouch.report.answer import answer
from supertouch.report.blocks import ByWave, Content, Picture, Section
from supertouch.report.danger import danger
from supertouch.report.drivers import importance
from supertouch.report.evidence import Evidence, one_line
from supertouch.report.fieldwork import asked, sample
from supertouch.report.footing import footing
from supertouch.report.journey import gate, phases
from supertouch.report.methods import diagnostics, glossary, methods, run
from supertouch.report.order import order
from supertouch.report.profiles import profiles
from supertouch.report.quality import reach
from supertouch.report.segments import segments
from supertouch.report.verdicts import verdicts
from supertouch.study.model import Study

__all__ = ["content", "told"]


def content(
    study: Study,
    tables: Mapping[str, pd.DataFrame],
    manifest: Mapping[str, Any],
    *,
    words: Language,
    pictures: Sequence[Picture] = (),
) -> Content:
    """Make the report of a study in one language.

    Parameters
    ----------
    study
        What was asked.
    tables
        The tables of all waves, as in ``supertouch.tables``.
    manifest
        What ran: versions, seed, hashes, timings.
    words
        The language to write in.
    pictures
        The figures that exist, by name; the rest is left out.
    """
    return told(Evidence(study, tables, words=words), manifest, pictures=pictures)


def told(
    evidence: Evidence, manifest: Mapping[str, Any], *, pictures: Sequence[Picture] = ()
) -> Content:
    """Make the report from tables that are looked up already, in their language."""
    study, words = evidence.study, evidence.words
    drawn = {picture.name: picture for picture in pictures}
    answers = tuple((wave.id, answer(evidence, wave)) for wave in evidence.waves)
    intro = words.say("answer.intro")
    sections: tuple[Section | None, ...] = (
        Section("answer", words.say("section.answer"), (ByWave(answers),), intro),
        verdicts(evidence, drawn),
        asked(evidence),
        sample(evidence),
        reach(evidence, drawn),
        importance(evidence, drawn),
        danger(evidence, drawn),
        order(evidence, drawn),
        footing(evidence),
        phases(evidence),
        profiles(evidence),
        segments(evidence),
        gate(evidence),
        methods(evidence),
        diagnostics(evidence),
        run(evidence, manifest),
        glossary(evidence),
    )
    return Content(
        language=words.code,
        language_name=words.say("language.name"),
        title=one_line(study.title.within(words.code)) or study.id,
        company=one_line(study.company.within(words.code)),
        subtitle=words.count("page.subtitle", len(evidence.waves)),
        made=_made(manifest, words),
        waves=tuple((wave.id, evidence.label(wave)) for wave in evidence.waves),
        sections=tuple(section for section in sections if section is not None),
        words=words.group("page"),
    )


def _made(manifest: Mapping[str, Any], words: Language) -> str:
    from babel.dates import format_date

    version = str(manifest.get("supertouch", ""))
    finished = manifest.get("finished") or manifest.get("started")
    day: date | None
    try:
        day = datetime.fromisoformat(str(finished)).date()
    except ValueError:
        day = None
    text = format_date(day, "long", locale=words.code) if day else "–"
    return words.say("page.made", day=text, version=version)
