"""Files for people: written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from supertouch.errors import OutputError, Problem

__all__ = ["save"]


def save(path: Path, write: Callable[[Path], object]) -> Path:
    """Let ``write`` make a file beside ``path``, then move it there, and return where.

    Raises
    ------
    OutputError
        If the file cannot be written; what stood there before is left as it was.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(part)
        os.replace(part, path)
    except BaseException as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        if isinstance(error, OSError):
            rule = f"cannot be written ({(error.strerror or str(error)).rstrip('.')})."
            remedy = "Close it if it is open in Excel; check the folder and the space on the disk."
            raise OutputError(Problem(str(path), "", rule, remedy)) from error
        raise
    return path
