"""What was asked: a study, read from its file and checked before anything else is done."""

from __future__ import annotations

from supertouch.study.checks import matching_files
from supertouch.study.load import load_study
from supertouch.study.model import (
    EMPTIES,
    PHASES,
    Codes,
    Columns,
    Contact,
    Outcome,
    Scale,
    Segment,
    Study,
    Text,
    Touchpoint,
    Wave,
)

__all__ = [
    "EMPTIES",
    "PHASES",
    "Codes",
    "Columns",
    "Contact",
    "Outcome",
    "Scale",
    "Segment",
    "Study",
    "Text",
    "Touchpoint",
    "Wave",
    "load_study",
    "matching_files",
]
