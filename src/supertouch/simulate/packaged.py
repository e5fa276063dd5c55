"""The demo as it comes with the package: its study file, its plan, its seed."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from supertouch.errors import OutputError, Problem
from supertouch.saving import save
from supertouch.study.model import Study

__all__ = ["DEMO_SEED", "asked_in", "packaged", "save_text", "write_study"]

DEMO_SEED = 20_261_121


def packaged(name: str) -> str:
    """Return the text of a file of the demo."""
    return (files("supertouch") / "demo" / name).read_text(encoding="utf-8")


def write_study(folder: Path) -> None:
    """Write the study file, unless it is there already.

    Raises
    ------
    OutputError
        If another study is there.
    """
    text = packaged("study.toml")
    path = folder / "study.toml"
    if not path.exists():
        save_text(text, path)
    elif path.read_text(encoding="utf-8") != text:
        raise OutputError(
            Problem(
                str(path),
                "",
                "is another study than the demo, and is not overwritten.",
                "Write the demo into an empty folder.",
            )
        )


def save_text(text: str, path: Path) -> None:
    """Write a text as it is, whole or not at all."""
    save(path, lambda part: part.write_text(text, encoding="utf-8", newline="\n"))


def asked_in(study: Study, wave: str) -> NDArray[np.intp]:
    """Return the places of the touchpoints that a wave asks about."""
    return np.array([j for j, item in enumerate(study.touchpoints) if item.rating.within(wave)])
