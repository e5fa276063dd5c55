"""Files are written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from supertouch.errors import OutputError, Problem

__all__ = ["reason", "save", "unwritable"]


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
            raise unwritable(path, error) from error
        raise
    return path


def unwritable(path: Path, error: OSError) -> OutputError:
    """Return the error that says why a file cannot be written."""
    remedy = "Check the folder and the space on the disk; close the file if it is open in Excel."
    return OutputError(Problem(str(path), "", f"cannot be written ({reason(error)}).", remedy))


def reason(error: Exception) -> str:
    """Return what an exception says, without the full stop."""
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).rstrip(".")
