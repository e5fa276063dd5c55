"""The accepted responses of all waves: in memory, or in parts where a wave is too large."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from supertouch.pipeline import files
from supertouch.pipeline.engines import engine_of
from supertouch.pipeline.parquet_parts import parquet_parts
from supertouch.pipeline.progress import Progress
from supertouch.study.model import Columns, Study

if TYPE_CHECKING:
    import pandas as pd

    from supertouch.findings.streams.wave import StreamedWave

__all__ = ["in_parts", "opened_waves", "responses_file"]


def responses_file(study: Study, wave: str) -> Path:
    """Return where a wave's accepted responses stand."""
    return study.processed / "validate" / wave / "responses.parquet"


def in_parts(study: Study, rows: int) -> bool:
    """Tell whether a wave of so many rows is analysed in parts; stacked brands never are."""
    return rows > study.computing.stream_above and study.brand == Columns()


def opened_waves(
    study: Study, progress: Progress
) -> dict[str, pd.DataFrame] | dict[str, StreamedWave]:
    """Return the responses of all waves; all in parts if one of them is too large for memory."""
    paths = {wave.id: responses_file(study, wave.id) for wave in study.waves}
    if not any(in_parts(study, files.rows_of(path)) for path in paths.values()):
        return {wave: files.read_frame(path) for wave, path in paths.items()}
    from supertouch.findings.streams.wave import open_wave

    return {
        wave: open_wave(
            study,
            wave,
            parquet_parts(study, wave, path),
            engine_of(study, progress, text=f"{wave} rows"),
        )
        for wave, path in paths.items()
    }
