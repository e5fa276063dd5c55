"""Files and folders that appear whole or not at all, and survive a power cut once they are there.

The store is hive-partitioned Parquet. Names that begin with a dot or an underscore are not data:
every reader of such folders passes over them.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from supertouch.errors import OutputError, Problem
from supertouch.saving import sync

__all__ = [
    "draft_folder",
    "exchange",
    "publish",
    "read_json",
    "saving",
    "settle",
    "sweep",
    "write_json",
    "write_text",
]

_DRAFT, _READY, _OLD = ".new-", ".ready-", ".old-"


@contextmanager
def saving(path: Path) -> Iterator[None]:
    """Turn a failure to write below ``path`` into an error that says what to do.

    Raises
    ------
    OutputError
        If the system refuses to write.
    """
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        remedy = "Check that the folder can be written to and that the disk is not full."
        rule = f"cannot be written ({why.rstrip('.')})."
        raise OutputError(Problem(str(path), "", rule, remedy)) from error


def write_text(path: Path, text: str, *, mode: int = 0o666) -> None:
    """Put ``text`` in place of the file in one step; ``mode`` holds as far as the umask lets it."""
    part = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    sync(path.parent)


def write_json(path: Path, content: object) -> None:
    """Put ``content`` as JSON in place of the file in one step."""
    write_text(path, json.dumps(content, ensure_ascii=False, indent=1, default=_plain) + "\n")


def _plain(value: object) -> object:
    item = getattr(value, "item", None)
    return item() if callable(item) else str(value)


def read_json(path: Path, *, remedy: str) -> dict[str, Any]:
    """Read a JSON object.

    Raises
    ------
    OutputError
        If the file is missing or broken; it says to do what ``remedy`` says.
    """
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        why = getattr(error, "strerror", None) or str(error) or type(error).__name__
        problem = Problem(str(path), "", f"cannot be read ({why.rstrip('.')}).", remedy)
        raise OutputError(problem) from error


def draft_folder(folder: Path) -> Path:
    """Return a new hidden folder in ``folder`` for what is not whole yet."""
    draft = folder / f"{_DRAFT}{os.getpid()}-{secrets.token_hex(4)}"
    draft.mkdir(parents=True)
    return draft


def publish(draft: Path, target: Path) -> None:
    """Let a whole draft appear under its name, by one rename."""
    sync(draft)
    os.rename(draft, target)
    sync(target.parent)


def exchange(draft: Path, target: Path) -> None:
    """Put a whole draft in place of a folder; :func:`settle` completes it after a stop."""
    sync(draft)
    os.rename(draft, target.with_name(_READY + target.name))
    sync(target.parent)
    _complete(target)


def _complete(target: Path) -> None:
    ready, old = (target.with_name(prefix + target.name) for prefix in (_READY, _OLD))
    if ready.exists() and target.exists():
        shutil.rmtree(old, ignore_errors=True)
        os.rename(target, old)
    if ready.exists():
        os.rename(ready, target)
    elif old.exists() and not target.exists():
        os.rename(old, target)
    sync(target.parent)
    shutil.rmtree(old, ignore_errors=True)


def settle(folder: Path) -> None:
    """Complete the exchanges that a stop left half done in ``folder``."""
    for prefix in (_READY, _OLD):
        for path in sorted(folder.glob(f"{prefix}*")):
            _complete(folder / path.name.removeprefix(prefix))


def sweep(folder: Path) -> None:
    """Remove the drafts and half-written files that a stop left in ``folder``."""
    for path in folder.glob(f"{_DRAFT}*"):
        shutil.rmtree(path, ignore_errors=True)
    for path in folder.glob("._*.json*"):
        path.unlink(missing_ok=True)
