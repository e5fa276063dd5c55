"""One writer at a time: locks that end with the process that holds them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from supertouch.errors import OutputError, Problem

try:
    import fcntl
except ImportError:  # there is none on Windows
    fcntl = None  # type: ignore[assignment]

__all__ = ["PATIENCE", "holding"]

PATIENCE = 120.0
_PAUSE = 0.05


@contextmanager
def holding(path: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock file ``path``; wait up to ``PATIENCE`` seconds for others to be done.

    Parameters
    ----------
    path : Path
        The lock file, made where there is none; its folder must be there.
    shared : bool
        Share the lock with others that share it. A store that cannot be written to is read
        without lock.

    Raises
    ------
    OutputError
        If another process does not let go of it in time.
    """
    with ExitStack() as stack:
        if fcntl is None:
            if not shared:
                _own(path)
                stack.callback(path.with_name(f"{path.name}.held").unlink, missing_ok=True)
        else:
            handle = _opened(path, shared=shared)
            if handle is not None:
                stack.callback(os.close, handle)
                _locked(path, handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield


def _opened(path: Path, *, shared: bool) -> int | None:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        if shared:
            return None
        why = (error.strerror or str(error)).rstrip(".")
        rule = f"cannot be locked ({why})."
        remedy = "Check that the folder can be written to."
        raise OutputError(Problem(str(path.parent), "", rule, remedy)) from error


def _locked(path: Path, handle: int, kind: int) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() >= until:
                remedy = "Wait until the other command is done, then run this one again."
                raise OutputError(_busy(path, remedy)) from None
            time.sleep(_PAUSE)
        else:
            return


def _own(path: Path) -> None:
    """Make the file that says that the lock is held; it stays if the process is killed."""
    held = path.with_name(f"{path.name}.held")
    until = time.monotonic() + PATIENCE
    while True:
        try:
            os.close(os.open(held, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            if time.monotonic() >= until:
                remedy = f"Wait until it is done; if none is running, remove {held}."
                raise OutputError(_busy(path, remedy)) from None
            time.sleep(_PAUSE)
        else:
            return


def _busy(path: Path, remedy: str) -> Problem:
    rule = f"is in use by another command since more than {PATIENCE:.0f} seconds."
    return Problem(str(path.parent), "", rule, remedy)
