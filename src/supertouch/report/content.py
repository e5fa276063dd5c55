"""The report as data in one language; every renderer takes it, so that they cannot disagree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from supertouch.language import Language
from supertouch.report.answer import answer
from supertouch.report.blocks import ByWave, Content, Picture, Section
from supertouch.report.changes import changes
from supertouch.report.danger import danger
from supertouch.report.drivers import importance
from supertouch.report.evidence import Evidence
from supertouch.report.fieldwork import asked, sample
from supertouch.report.footing import footing
from supertouch.report.framing import framed
from supertouch.report.incidents import incidents
from supertouch.report.inside import inside
from supertouch.report.journey import gate, phases
from supertouch.report.methods import diagnostics, glossary, methods, run
from supertouch.report.mix import mix
from supertouch.report.monitoring import monitoring
from supertouch.report.order import order
from supertouch.report.portfolio import portfolio
from supertouch.report.profiles import profiles
from supertouch.report.quality import reach
from supertouch.report.segments import segments
from supertouch.report.suspects import data_quality
from supertouch.report.targets import targets
from supertouch.report.verdicts import verdicts
from supertouch.report.whatif import whatif
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
    words = evidence.words
    drawn = {picture.name: picture for picture in pictures}
    answers = tuple((wave.id, answer(evidence, wave)) for wave in evidence.waves)
    intro = words.say("answer.intro")
    sections: tuple[Section | None, ...] = (
        Section("answer", words.say("section.answer"), (ByWave(answers),), intro),
        verdicts(evidence, drawn),
        portfolio(evidence, drawn),
        whatif(evidence, drawn),
        monitoring(evidence),
        changes(evidence, drawn),
        targets(evidence),
        asked(evidence),
        sample(evidence),
        data_quality(evidence),
        reach(evidence, drawn),
        importance(evidence, drawn),
        danger(evidence, drawn),
        order(evidence, drawn),
        footing(evidence),
        mix(evidence, drawn),
        inside(evidence, drawn),
        incidents(evidence, drawn),
        phases(evidence),
        profiles(evidence),
        segments(evidence),
        gate(evidence),
        methods(evidence),
        diagnostics(evidence),
        run(evidence, manifest),
        glossary(evidence),
    )
    return framed(evidence, manifest, sections)
