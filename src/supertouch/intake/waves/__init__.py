"""The wave store: each accepted wave in versions that stay as they are, without personal data."""

from __future__ import annotations

from supertouch.intake.waves.accepting import Accepted, accept, unchanged
from supertouch.intake.waves.forgetting import Forgotten, forget
from supertouch.intake.waves.reading import read_wave, versions, wave_chunks
from supertouch.intake.waves.shelf import Version

__all__ = [
    "Accepted",
    "Forgotten",
    "Version",
    "accept",
    "forget",
    "read_wave",
    "unchanged",
    "versions",
    "wave_chunks",
]
