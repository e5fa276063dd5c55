"""The terminal itself."""

from __future__ import annotations

import os
from pathlib import Path

from rich.console import Console

from supertouch.errors import legible

__all__ = ["console", "say", "short"]


def console(*, error: bool = False) -> Console:
    """Return the terminal; lines are never broken, so that they can be searched and piped."""
    return Console(stderr=error, highlight=False, soft_wrap=True)


def say(*lines: str) -> None:
    """Print lines as they are, invisible signs written out."""
    to = console()
    for line in lines:
        to.print(legible(line), markup=False)


def short(path: Path) -> str:
    """Return a path as people would type it from where they are."""
    start = Path(os.getcwd())
    return str(path.relative_to(start)) if path.is_relative_to(start) else str(path)
