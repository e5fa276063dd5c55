"""The demo as a whole: simulated answers and mentions, and the workbooks that auditors return."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from supertouch.study.model import Study

__all__ = ["write_demo"]

_INSIDE = 2
_LANGUAGE = "de"


def write_demo(
    folder: Path, *, seed: int | None = None, progress: Callable[[str], None] | None = None
) -> None:
    """Write the demo study into ``folder``, with its audit sheets.

    Parameters
    ----------
    folder : Path
        Made if it does not exist.
    seed : int, optional
        Another one gives other answers.
    progress : callable, optional
        Told in a few words what is being made.

    Raises
    ------
    OutputError
        If ``study.toml`` is there and another one, or a raw file is there already.
    """
    from supertouch.simulate import DEMO_SEED
    from supertouch.simulate import write_demo as write_simulated

    start = DEMO_SEED if seed is None else seed

    def finish(study: Study) -> None:
        if progress:
            progress("audit sheets")
        _write_audits(study, start)

    write_simulated(folder, seed=start, progress=progress, finish=finish)


def _write_audits(study: Study, seed: int) -> None:
    import numpy as np

    from supertouch.instruments.audit import write_filled
    from supertouch.simulate import inside_view

    rng = np.random.default_rng([seed, _INSIDE])
    for name, sheet in inside_view(study, rng).items():
        write_filled(
            study,
            study.raw / Path(study.audit.files).parent / name,
            rows=sheet.rows,
            language=_LANGUAGE,
            auditor=sheet.auditor,
        )
