"""The fence around a fuzzed function: what it may write, how long it may take, what it may say."""

from __future__ import annotations

import atexit
import os
import random
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any, Literal, NoReturn

from supertouch.errors import Problem, SupertouchError

__all__ = ["ROOT", "Answer", "Target", "confined", "held"]

Answer = Literal["accepted", "refused"]
Target = Callable[[random.Random, Path], Answer]
LIMIT = 20
ROOT = Path(__file__).parent.parent
WRITING = {"os.mkdir": 0, "os.remove": 0, "os.rmdir": 0, "os.rename": 1, "os.link": 1,
           "os.symlink": 1, "os.truncate": 0, "shutil.rmtree": 0}  # fmt: skip
LONGEST = 4_000


class EscapeError(Exception):
    """Something was written outside the folder of the study."""


class _Fence:
    """Watches every file that this process writes, and refuses those outside a folder."""

    def __init__(self) -> None:
        self.inside: Path | None = None
        sys.addaudithook(self._audit)

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.inside is None:
            return
        if event == "open":
            path, _, flags = arguments
            if not flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                return
        elif event in WRITING:
            path = arguments[WRITING[event]]
        else:
            return
        if isinstance(path, int):
            return
        real = os.path.realpath(os.fsdecode(path))
        allowed = (str(self.inside), "/dev/", "/proc/self", *_caches())
        if not real.startswith(allowed):
            raise EscapeError(f"{event} of {real}")


def _caches() -> tuple[str, ...]:
    """Return where Python and libraries keep what they compiled, and what is only for a moment."""
    kept = (sys.prefix, ROOT / "src", ROOT / "benchmarks", _scratch())
    return tuple(str(Path(path)) for path in kept)


@cache
def _scratch() -> str:
    """Return a folder for temporary files and for the fonts that matplotlib finds."""
    path = os.path.realpath(tempfile.mkdtemp(prefix="fuzz_scratch_"))
    os.environ["MPLCONFIGDIR"] = path
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


_FENCE: list[_Fence] = []


@contextmanager
def confined(folder: Path, *, seconds: int = LIMIT) -> Iterator[None]:
    """Let nothing be written outside ``folder``, and nothing last longer than ``seconds``."""
    if not _FENCE:
        _FENCE.append(_Fence())

    def late(number: int, frame: FrameType | None) -> NoReturn:
        message = f"took more than {seconds} s"
        raise TimeoutError(message)

    usual, tempfile.tempdir = tempfile.tempdir, _scratch()
    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    _FENCE[0].inside = folder.resolve()
    try:
        yield
    finally:
        signal.alarm(0)
        _FENCE[0].inside = None
        tempfile.tempdir = usual
        signal.signal(signal.SIGALRM, before)


def held(folder: Path, work: Callable[[], object], *, seconds: int = LIMIT) -> Answer:
    """Do ``work`` inside the fence; a refusal must say where, which rule and what to do."""
    try:
        with confined(folder, seconds=seconds):
            work()
    except SupertouchError as error:
        for problem in error.problems:
            _judge(problem)
        return "refused"
    return "accepted"


def _judge(problem: Problem) -> None:
    """Refuse a problem that does not say what it should, or that would spoil the terminal."""
    if not (problem.place and problem.rule and problem.remedy):
        message = f"a problem that does not say everything: {problem!r}"
        raise ValueError(message)
    if len(str(problem)) > LONGEST:
        message = f"a problem of {len(str(problem)):,} characters: {str(problem)[:200]!r}"
        raise ValueError(message)
    str(problem).encode()
    if any(ord(sign) < 32 and sign not in "\n\t" for sign in str(problem)):
        message = f"a problem with control characters: {str(problem)[:400]!r}"
        raise ValueError(message)
