"""The report as data in one language; every renderer takes it, so that they cannot disagree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from supertouch.language import Language
from supertouch.report.blocks import ByWave, Content, Picture, Section
from supertouch.report.evidence import Evidence
from supertouch.report.framing import framed
from supertouch.report.sections import choices
from supertouch.report.sections.answer import answer
from supertouch.report.sections.changes import changes
from supertouch.report.sections.danger import danger
from supertouch.report.sections.drivers import importance
from supertouch.report.sections.fieldwork import asked, sample
from supertouch.report.sections.footing import footing
from supertouch.report.sections.gate import gate
from supertouch.report.sections.incidents import incidents
from supertouch.report.sections.inside import inside
from supertouch.report.sections.journey import journey
from supertouch.report.sections.methods import diagnostics, glossary, methods, run
from supertouch.report.sections.mix import mix
from supertouch.report.sections.monitoring import monitoring
from supertouch.report.sections.order import order
from supertouch.report.sections.portfolio import portfolio
from supertouch.report.sections.profiles import profiles
from supertouch.report.sections.quality import reach
from supertouch.report.sections.segments import segments
from supertouch.report.sections.suspects import data_quality
from supertouch.report.sections.targets import targets
from supertouch.report.sections.verdicts import verdicts
from supertouch.report.sections.whatif import whatif
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
        reach(evidence, drawn),
        importance(evidence, drawn),
        verdicts(evidence, drawn),
        journey(evidence, drawn),
        danger(evidence, drawn),
        mix(evidence, drawn),
        portfolio(evidence, drawn),
        inside(evidence, drawn),
        incidents(evidence, drawn),
        changes(evidence, drawn),
        targets(evidence),
        whatif(evidence, drawn),
        monitoring(evidence),
        profiles(evidence),
        segments(evidence),
        order(evidence, drawn),
        footing(evidence),
        asked(evidence),
        sample(evidence),
        data_quality(evidence),
        gate(evidence),
        methods(evidence),
        diagnostics(evidence),
        run(evidence, manifest),
        glossary(evidence),
    )
    return framed(
        evidence,
        manifest,
        sections,
        groups=choices.groups(evidence),
        outcomes=choices.outcomes(evidence),
    )
