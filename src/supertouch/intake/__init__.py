"""What came in: raw survey files become typed answers, and nothing is dropped without a trace."""

from __future__ import annotations

from supertouch.intake.contract import Validated, raw_schema, validate_wave
from supertouch.intake.readers import RawFile, headers, ingest_wave, read

__all__ = [
    "RawFile",
    "Validated",
    "headers",
    "ingest_wave",
    "raw_schema",
    "read",
    "validate_wave",
]
