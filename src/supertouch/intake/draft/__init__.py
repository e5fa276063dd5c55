"""A first study file from a data file, and what a study file means for its data."""

from __future__ import annotations

from supertouch.intake.draft.check import Base, UnknownCode, UnusedCode, WaveCheck, check_wave
from supertouch.intake.draft.drafting import Draft, draft
from supertouch.intake.draft.found import Question
from supertouch.intake.draft.gaps import gaps

__all__ = [
    "Base",
    "Draft",
    "Question",
    "UnknownCode",
    "UnusedCode",
    "WaveCheck",
    "check_wave",
    "draft",
    "gaps",
]
