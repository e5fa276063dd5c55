"""Waves that are planned: known to the questionnaire, and to nothing that needs answers."""

from __future__ import annotations

from dataclasses import replace

from supertouch.study.model import Study

__all__ = ["with_planned", "without_planned"]


def without_planned(study: Study) -> Study:
    """Return the study with its planned waves apart from those that have answers."""
    return replace(
        study,
        waves=tuple(wave for wave in study.waves if not wave.planned),
        planned=(*study.planned, *(wave for wave in study.waves if wave.planned)),
    )


def with_planned(study: Study, wave: str) -> Study:
    """Return the study with a planned wave as its last one; the same study for any other wave."""
    own = tuple(item for item in study.planned if item.id == wave)
    others = tuple(item for item in study.planned if item.id != wave)
    return replace(study, waves=(*study.waves, *own), planned=others) if own else study
