"""Hand in bad study files, plans, words and commands: each is read rightly or refused in words.

Run it from the root of the repository::

    python -m benchmarks.fuzz_study --seconds 60 --seed 1

A target takes a random generator and an empty folder of its own, makes one input, hands it in and
returns whether it was accepted or refused. Whatever else happens is a defect: another exception
than ``SupertouchError``, a problem without place, rule and remedy, a file written outside the
folder, more than the time allowed.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Literal, NoReturn

from benchmarks.fuzz_values import bytes_of, document_of, mutated, text_of
from supertouch.errors import Problem, SupertouchError
from supertouch.study import Study, load_study

__all__ = ["TARGETS", "Answer", "Target", "confined", "held"]

Answer = Literal["accepted", "refused"]
Target = Callable[[random.Random, Path], Answer]
LIMIT = 20
ROOT = Path(__file__).parent.parent
STUDIES = (ROOT / "src/supertouch/demo/study.toml", *sorted(ROOT.glob("examples/*/study.toml")))
WRITING = {"os.mkdir": 0, "os.remove": 0, "os.rmdir": 0, "os.rename": 1, "os.link": 1,
           "os.symlink": 1, "os.truncate": 0, "shutil.rmtree": 0}  # fmt: skip
LONGEST = 4_000


class Escape(Exception):
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
            path, mode, flags = arguments
            if isinstance(path, int) or not flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                return
        elif event in WRITING:
            path = arguments[WRITING[event]]
        else:
            return
        real = os.path.realpath(os.fsdecode(path))
        allowed = (str(self.inside), "/dev/", "/proc/self", *_caches())
        if not real.startswith(allowed):
            raise Escape(f"{event} of {real}")


def _caches() -> tuple[str, ...]:
    """Return the folders in which Python and libraries keep what they compiled."""
    return tuple(str(Path(path)) for path in (sys.prefix, ROOT / "src", ROOT / "benchmarks"))


_FENCE: list[_Fence] = []


@contextmanager
def confined(folder: Path, *, seconds: int = LIMIT) -> Iterator[None]:
    """Let nothing be written outside ``folder``, and nothing last longer than ``seconds``."""
    if not _FENCE:
        _FENCE.append(_Fence())

    def late(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001
        message = f"took more than {seconds} s"
        raise TimeoutError(message)

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    _FENCE[0].inside = folder.resolve()
    try:
        yield
    finally:
        signal.alarm(0)
        _FENCE[0].inside = None
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


def study_file(rng: random.Random, folder: Path) -> Answer:
    """A study file with some of its values, keys or tables changed."""
    document = document_of(rng.choice(STUDIES))
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        document = mutated(document, rng)
    return _study(text_of(document).encode(), folder)


def study_bytes(rng: random.Random, folder: Path) -> Answer:
    """A study file with some of its bytes, words or lines changed."""
    return _study(bytes_of(rng.choice(STUDIES).read_bytes(), rng), folder)


def _study(content: bytes, folder: Path) -> Answer:
    path = folder / "study.toml"
    path.write_bytes(content)
    return held(folder, lambda: _used(load_study(path)))


def _used(study: Study) -> None:
    """Do with a study what needs no answers: steps, questionnaire, template of an audit."""
    from supertouch.pipeline import targets

    for step in targets(study):
        step.output.resolve().relative_to(study.folder.resolve())


TARGETS: dict[str, Target] = {"study file": study_file, "study bytes": study_bytes}


def campaign(
    targets: dict[str, Target], *, seconds: float, seed: int, most: int
) -> tuple[dict[str, Counter[str]], dict[str, tuple[int, str]]]:
    """Try every target for its part of the time; return counts and one case per defect."""
    counts: dict[str, Counter[str]] = {}
    defects: dict[str, tuple[int, str]] = {}
    for name, target in targets.items():
        counts[name] = Counter()
        end = time.monotonic() + seconds
        case = seed * 1_000_000
        while time.monotonic() < end and sum(counts[name].values()) < most:
            case += 1
            folder = Path(tempfile.mkdtemp(prefix="fuzz_"))
            try:
                counts[name][target(random.Random(case), folder)] += 1
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                counts[name]["defect"] += 1
                last = traceback.extract_tb(error.__traceback__)
                own = [f for f in last if "supertouch/" in f.filename] or list(last)
                where = f"{Path(own[-1].filename).name}:{own[-1].lineno}"
                key = f"{name}: {type(error).__name__} at {where}: {str(error)[:160]}"
                defects.setdefault(f"{name} {type(error).__name__} {where}", (case, key))
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    return counts, defects


def main() -> None:
    """Run the targets for a while and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30, help="for each target")
    parser.add_argument("--most", type=int, default=10**9, help="cases per target")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=list(TARGETS))
    given = parser.parse_args()
    chosen = {name: TARGETS[name] for name in given.only}
    counts, defects = campaign(chosen, seconds=given.seconds, seed=given.seed, most=given.most)
    for name, count in counts.items():
        told = ", ".join(f"{word} {n:,}" for word, n in sorted(count.items()))
        print(f"{name}: {sum(count.values()):,} cases; {told}")
    for case, text in defects.values():
        print(f"DEFECT (case {case}) {text}")
    sys.exit(1 if defects else 0)


if __name__ == "__main__":
    main()
