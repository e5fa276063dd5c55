"""Faults on purpose: a process is killed, or its disk fails, at a chosen change of a folder.

The hook is set in a forked child of this process alone; the program knows nothing of it.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["none", "kill", "full", "readonly"]
CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.truncate", "os.utime")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
NEEDS_SPACE = ("open", "os.mkdir", "os.link")
LEFT_OVER = re.compile(r"\..*\.part|\.(new|ready|old|making|moving|demo)-.*|\._.*|\.unfinished.*")
TIMES = ("started", "finished", "seconds", "stamps", "stored", "stages")
TIMES += ("accepted_at", "at", "fingerprint", "status", "notes")

Snapshot = dict[str, str]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended: 0, an exit code, or -9 when killed; and how many changes it began."""

    code: int
    changes: int


def run_with(kind: Kind, at: int, below: Path, action: Callable[[], object]) -> Ended:
    """Run ``action`` in a child; from its change number ``at`` on, the fault is there."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        code = 1
        try:
            sys.addaudithook(_hook(kind, at, str(below.resolve()), writer))
            action()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        except BaseException as error:
            code = getattr(error, "exit_code", 1)
            if code == 1:
                traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        changes = len(pipe.read())
    status = os.waitpid(child, 0)[1]
    return Ended(os.waitstatus_to_exitcode(status), changes)


def _hook(
    kind: Kind, at: int, below: str, writer: int
) -> Callable[[str, tuple[object, ...]], None]:
    count = 0

    def hook(event: str, words: tuple[object, ...]) -> None:
        nonlocal count
        if not _is_change(event, words, below):
            return
        count += 1
        os.write(writer, b".")
        if count <= at:
            return
        if kind == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if kind == "full" and event in NEEDS_SPACE:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(words[0]))
        if kind == "readonly":
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(words[0]))

    return hook


def _is_change(event: str, words: tuple[object, ...], below: str) -> bool:
    if event == "open":
        if not isinstance(words[2], int) or not words[2] & WRITING:
            return False
    elif event not in CHANGES:
        return False
    path = words[0]
    if not isinstance(path, (str, os.PathLike)):
        return False
    return os.path.abspath(path).startswith(below) or not os.path.isabs(path)


def copied(start: Path, work: Path) -> Path:
    """Return a fresh copy of a study, with the times of its files."""
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(start, work, symlinks=True)
    return work


def snapshot(folder: Path) -> Snapshot:
    """Return what each file of a study holds, apart from times and locks."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and ".lock" not in name and not name.endswith("targets.mk"):
            found[name] = _content(path)
    return found


def _content(path: Path) -> str:
    data = path.read_bytes()
    if path.suffix == ".json":
        try:
            data = json.dumps(_timeless(json.loads(data)), sort_keys=True).encode()
        except ValueError:
            return "broken"
    return hashlib.sha256(data).hexdigest()


def _timeless(value: object) -> object:
    if isinstance(value, dict):
        return {key: _timeless(item) for key, item in value.items() if key not in TIMES}
    return [_timeless(item) for item in value] if isinstance(value, list) else value


def left_over(folder: Path) -> list[str]:
    """Return what a stop left behind."""
    names = [path.name for path in folder.rglob(".*")]
    return [name for name in names if LEFT_OVER.fullmatch(name)]


def owner(name: str) -> str:
    """Return the record of the step that a file belongs to; empty if to none."""
    for pattern, record in OWNERS.items():
        if found := re.match(pattern, name):
            return found.expand(record)
    return ""


OWNERS = {
    r"data/processed/ingest/(\w+)\.(json|drift.parquet)$": r"data/processed/ingest/\1.json",
    r"data/processed/coded/(\w+)\.sav": r"data/processed/validate/\1/stage.json",
    r"data/processed/(validate|analyze)/(\w+)/": r"data/processed/\1/\2/stage.json",
    r"data/processed/(findings|decisions)/": r"data/processed/\1/stage.json",
    r"(data/processed/tracking/|reports/tracking)": "data/processed/tracking/stage.json",
    r"reports/(?!drift|field)": "reports/manifest.json",
}


def faults_of(
    now: Mapping[str, str], old: Mapping[str, str], new: Mapping[str, str], unsteady: Iterable[str]
) -> list[str]:
    """Return what is neither old nor new, and steps that are said to be done and are half so.

    ``unsteady`` files differ between two undisturbed runs, so that nothing is said of them.
    """
    names = sorted({*now, *old, *new} - {*unsteady})
    names = [name for name in names if not LEFT_OVER.fullmatch(Path(name).name)]
    names = [name for name in names if "/." not in name]
    records = {owner(name) for name in names} - {""}
    wrong = [
        f"{name} is neither old nor new"
        for name in names
        if now.get(name) not in (old.get(name), new.get(name))
        and not (name in records and name not in now)
    ]
    for record in sorted(records):
        if record in now:
            mine = [name for name in names if owner(name) == record]
            if not any(all(now.get(n) == side.get(n) for n in mine) for side in (old, new)):
                odd = [n for n in mine if now.get(n) != old.get(n)][:3]
                wrong.append(f"{record} says done, but old and new are mixed: {odd}")
    return wrong
