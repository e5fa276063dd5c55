"""One writer at a time: locks that end with the process that holds them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from supertouch.errors import OutputError, Problem

try:
    import fcntl
except ImportError:  # there is none on Windows
    fcntl = None  # type: ignore[assignment]

__all__ = ["PATIENCE", "holding"]

PATIENCE = 120.0
_PAUSE = 0.05
_LONGEST = 500
_ours: set[int] = set()
_watched = False


@contextmanager
def holding(
    path: Path,
    *,
    shared: bool = False,
    patience: float | None = None,
    who: str = "",
    waiting: Callable[[str], None] | None = None,
) -> Iterator[bool]:
    """Hold the lock file ``path``; wait for others to be done, and yield whether it was needed.

    However the process ends, its locks end too (but see Windows below).

    Parameters
    ----------
    path : Path
        The lock file, made where there is none; its folder must be there.
    shared : bool
        Share the lock with others that share it. What cannot be written to is read without lock.
    patience : float, optional
        Seconds to wait, ``PATIENCE`` by default.
    who : str
        Who holds it, for those who have to wait: kept in the lock file.
    waiting : callable, optional
        Told once, if others are to be waited for, who they are.

    Raises
    ------
    OutputError
        If another process does not let go of it in time, or the file cannot be made. On Windows
        a lock outlasts a process that was killed; the error names the file to remove then.
    """
    patience = PATIENCE if patience is None else patience
    waited = False
    with ExitStack() as stack:
        if fcntl is None:
            if not shared:
                waited = _own(path, patience)
                stack.callback(path.with_name(f"{path.name}.held").unlink, missing_ok=True)
        else:
            handle = _opened(path, shared=shared and not who)
            if handle is not None:
                stack.callback(_close, handle)
                _keep(handle)
                kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
                waited = _locked(path, handle, kind, patience=patience, waiting=waiting)
                if who:
                    _say(handle, who)
        yield waited


def _keep(handle: int) -> None:
    """Keep a lock to this process: forked children would hold it after the process is gone."""
    global _watched
    if not _watched and hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_let_go)
        _watched = True
    _ours.add(handle)


def _let_go() -> None:
    while _ours:
        with suppress(OSError):
            os.close(_ours.pop())


def _close(handle: int) -> None:
    if handle in _ours:
        _ours.discard(handle)
        os.close(handle)


def _opened(path: Path, *, shared: bool) -> int | None:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        if shared:
            return None
        why = (error.strerror or str(error)).rstrip(".")
        rule = f"cannot be locked ({why})."
        remedy = "Check that the folder can be written to and that the disk is not full."
        raise OutputError(Problem(str(path.parent), "", rule, remedy)) from error


def _locked(
    path: Path,
    handle: int,
    kind: int,
    *,
    patience: float,
    waiting: Callable[[str], None] | None,
) -> bool:
    until = time.monotonic() + patience
    waited = False
    while True:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() >= until:
                remedy = "Wait until the other command is done, then run this one again."
                raise OutputError(_busy(path, remedy, patience, _holder(handle))) from None
            if waiting and not waited:
                waiting(_holder(handle) or "another command")
            waited = True
            time.sleep(_PAUSE)
        else:
            return waited


def _say(handle: int, who: str) -> None:
    """Write down who holds the lock; on a full disk nobody is named."""
    with suppress(OSError):
        os.ftruncate(handle, 0)
        os.pwrite(handle, who.encode(), 0)


def _holder(handle: int) -> str:
    with suppress(OSError):
        return os.pread(handle, _LONGEST, 0).decode(errors="replace").strip()
    return ""


def _own(path: Path, patience: float) -> bool:
    """Make the file that says that the lock is held; it stays if the process is killed."""
    held = path.with_name(f"{path.name}.held")
    until = time.monotonic() + patience
    waited = False
    while True:
        try:
            os.close(os.open(held, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            if time.monotonic() >= until:
                remedy = f"Wait until it is done; if none is running, remove {held}."
                raise OutputError(_busy(path, remedy, patience, "")) from None
            waited = True
            time.sleep(_PAUSE)
        else:
            return waited


def _busy(path: Path, remedy: str, patience: float, holder: str) -> Problem:
    by = holder or "another command"
    rule = f"is in use by {by} since more than {patience:.0f} seconds."
    return Problem(str(path.parent), "", rule, remedy)
