"""What came in: raw survey files become typed answers, and nothing is dropped without a trace."""

from __future__ import annotations

from supertouch.intake.contract import Validated, raw_schema, validate_wave
from supertouch.intake.drift import Profile, drift, edit_text, problems, profile
from supertouch.intake.fieldwork import field_tables
from supertouch.intake.mentions import read_mentions, wave_ends
from supertouch.intake.needs import raw_columns
from supertouch.intake.readers import RawFile, headers, ingest_wave, read
from supertouch.intake.readers.ingest import wave_files
from supertouch.intake.responses import code_key
from supertouch.intake.waves import (
    Accepted,
    Forgotten,
    Version,
    accept,
    forget,
    read_wave,
    unchanged,
    versions,
    wave_chunks,
)

__all__ = [
    "Accepted",
    "Forgotten",
    "Profile",
    "RawFile",
    "Validated",
    "Version",
    "accept",
    "code_key",
    "drift",
    "edit_text",
    "field_tables",
    "forget",
    "headers",
    "ingest_wave",
    "problems",
    "profile",
    "raw_columns",
    "raw_schema",
    "read",
    "read_mentions",
    "read_wave",
    "unchanged",
    "validate_wave",
    "versions",
    "wave_chunks",
    "wave_ends",
    "wave_files",
]
