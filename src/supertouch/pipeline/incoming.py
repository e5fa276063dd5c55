"""A wave comes in: read, compared with the wave before, taken into the store, or given up again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from supertouch.errors import DataError
from supertouch.pipeline import files
from supertouch.pipeline.progress import Details, Progress
from supertouch.pipeline.rules import Target
from supertouch.study.model import Study

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["drift_file", "ingest"]

Chunks = Callable[[], "Iterator[pd.DataFrame]"]


def drift_file(study: Study, wave: str) -> Path:
    """Return where the differences of a wave's file from the wave before are kept."""
    return study.processed / "ingest" / f"{wave}.drift.parquet"


def ingest(study: Study, step: Target, progress: Progress, *, replace: bool) -> Details:
    """Take the raw file(s) of a wave into the store, unless its questionnaire drifted too far."""
    from supertouch.intake import accept, ingest_wave

    incoming = ingest_wave(study, step.wave, progress=progress)
    accepted = accept(study, incoming, replace=replace, progress=progress)
    return {"rows": accepted.n_rows, "meta": accepted.meta}
