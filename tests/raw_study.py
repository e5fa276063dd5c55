"""A study that knows its waves' files and nothing else, for tests of what reads them."""

from __future__ import annotations

from supertouch.study.model import Columns, Study, Text


def study(folder, *waves, column=None):
    return Study(
        id="s",
        title=Text(),
        file=folder / "study.toml",
        folder=folder,
        raw=folder,
        touchpoints=(),
        outcomes=(),
        waves=waves,
        scales={},
        wave_column=Columns(column),
    )
