"""Files are written whole or not at all; those of one step appear together."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

from supertouch.errors import OutputError, Problem

__all__ = [
    "alone",
    "is_half",
    "reason",
    "remove",
    "save",
    "standing",
    "sweep",
    "sync",
    "together",
    "unwritable",
]

AT_ONCE = 8
_HALF = re.compile(r"\..+?(\.(?P<process>\d+)-[0-9a-f]{8})?\.part")
_at_work: set[str] = set()


@dataclass(slots=True)
class _Held:
    """Files that wait to be moved to their places, and files that wait to be removed."""

    parts: dict[Path, Path] = field(default_factory=dict)
    gone: dict[Path, None] = field(default_factory=dict)


_held: ContextVar[_Held | None] = ContextVar("held", default=None)


def save(path: Path, write: Callable[[Path], object]) -> Path:
    """Let ``write`` make a file beside ``path``, then move it there, and return where.

    Inside :func:`together` it is moved at the end. What a process that was killed left half
    written in the folder is removed.

    Raises
    ------
    OutputError
        If the file cannot be written; what stood there before is left as it was.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.part")
    held = _held.get()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        sweep(path.parent)
        _at_work.add(part.name)
        write(part)
        if held is None:
            sync(part)
            os.replace(part, path)
            sync(path.parent)
        else:
            _drop(held.parts.pop(path, None))
            held.gone.pop(path, None)
            held.parts[path] = part
    except BaseException as error:
        _drop(part)
        if isinstance(error, OSError):
            raise unwritable(path, error) from error
        raise
    if held is None:
        _at_work.discard(part.name)
    return path


def remove(path: Path) -> None:
    """Remove a file if it is there; inside :func:`together`, at the end.

    Raises
    ------
    OutputError
        If it cannot be removed.
    """
    held = _held.get()
    if held is not None:
        _drop(held.parts.pop(path, None))
        held.gone[path] = None
        return
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error


def standing(path: Path) -> Path:
    """Return where the newest content of ``path`` stands: inside :func:`together`, beside it."""
    held = _held.get()
    return path if held is None else held.parts.get(path, path)


@contextmanager
def together(last: Path) -> Iterator[None]:
    """Hold back all that is saved and removed inside, and do it at once at the end.

    ``last``, the record that all of it is there, is removed first and moved last. An error on the
    way leaves everything as it was.

    Raises
    ------
    OutputError
        If a file cannot be moved to its place.
    """
    held = _Held()
    before = _held.set(held)
    try:
        yield
        try:
            _settle(held, last)
        except OSError as error:
            raise unwritable(Path(error.filename2 or error.filename or last), error) from error
    finally:
        _held.reset(before)
        for part in held.parts.values():
            _drop(part)


@contextmanager
def alone() -> Iterator[None]:
    """Save at once what is saved inside, though it be inside :func:`together`."""
    before = _held.set(None)
    try:
        yield
    finally:
        _held.reset(before)


def _settle(held: _Held, last: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(AT_ONCE) as crew:  # a disk writes many as fast as one
        list(crew.map(sync, held.parts.values()))
    others = [path for path in held.parts if path != last]
    if others or held.gone:
        last.unlink(missing_ok=True)
    for path in others:
        os.replace(held.parts[path], path)
    for path in held.gone:
        path.unlink(missing_ok=True)
    for folder in {path.parent for path in others}:
        sync(folder)
    if last in held.parts:
        os.replace(held.parts[last], last)
        sync(last.parent)
    _at_work.difference_update(part.name for part in held.parts.values())
    held.parts.clear()


def _drop(part: Path | None) -> None:
    if part is not None:
        _at_work.discard(part.name)
        with suppress(OSError):
            part.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Wait until a file or folder is on the disk; where folders cannot be opened, do nothing."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        if path.is_dir():
            return
        raise
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep(folder: Path) -> None:
    """Remove what processes that ended left half written in ``folder``."""
    with suppress(OSError):
        for name in os.listdir(folder):
            if is_half(name):
                (folder / name).unlink(missing_ok=True)


def is_half(name: str) -> bool:
    """Tell whether a file of that name was left half written by a process that ended.

    Examples
    --------
    >>> is_half(".cockpit.html.part"), is_half("cockpit.html")
    (True, False)
    """
    found = _HALF.fullmatch(name)
    return found is not None and name not in _at_work and not _lives(found["process"])


def _lives(process: str | None) -> bool:
    if process is None or int(process) == os.getpid():
        return False
    if os.name == "nt":  # asking there would end it
        return True
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def unwritable(path: Path, error: OSError) -> OutputError:
    """Return the error that says why a file cannot be written."""
    remedy = "Check the folder and the space on the disk; close the file if it is open in Excel."
    return OutputError(Problem(str(path), "", f"cannot be written ({reason(error)}).", remedy))


def reason(error: Exception) -> str:
    """Return what an exception says, without the full stop."""
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).rstrip(".")
