"""What is different about a new wave's file, and the edit that study.toml needs."""

from __future__ import annotations

from supertouch.intake.drift.outline import ColumnProfile, Profile
from supertouch.intake.drift.profile import profile
from supertouch.intake.drift.table import drift, drift_table, edit_text, problems, profile_wave

__all__ = [
    "ColumnProfile",
    "Profile",
    "drift",
    "drift_table",
    "edit_text",
    "problems",
    "profile",
    "profile_wave",
]
