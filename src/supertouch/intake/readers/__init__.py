"""Raw files as frames: one reader per format, chosen by the file's suffix."""

from __future__ import annotations

from supertouch.intake.readers.formats import READERS, headers, read
from supertouch.intake.readers.ingest import Incoming, ingest_wave, wave_files
from supertouch.intake.readers.raw import FAULT, FILE, ROW, RawFile

__all__ = [
    "FAULT",
    "FILE",
    "READERS",
    "ROW",
    "Incoming",
    "RawFile",
    "headers",
    "ingest_wave",
    "read",
    "wave_files",
]
