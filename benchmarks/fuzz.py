"""The long campaign: spoilt study and data files by the thousand, and what came of them.

Run it from the root of the repository; without names all targets are tried in turn::

    python -m benchmarks.fuzz --seconds 600 --seed 1
    python -m benchmarks.fuzz csv xlsx sav --cases 2000
    python -m benchmarks.fuzz --corpus
    python -m benchmarks.fuzz csv --atheris -- -max_total_time=120

Each case runs in a process of its own, with bounds on time and memory, so that a library in C
that breaks down is counted too. A case is accepted, refused with a ``SupertouchError`` that says
place, rule and remedy, or a defect. The input of a defect is kept.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

if "--atheris" in sys.argv:
    import atheris

    with atheris.instrument_imports(include=["supertouch.intake", "supertouch.packed"]):
        from benchmarks import fuzz_data
from benchmarks import fuzz_data, fuzz_study
from benchmarks.fuzz_fence import Target, held

SECONDS, BYTES = 60, 6 << 30
TARGETS: Mapping[str, Target] = {**fuzz_study.TARGETS, **fuzz_data.TARGETS}
ENDS = {0: "accepted", 1: "refused"}


def main() -> None:
    options = _options()
    warnings.simplefilter("ignore")
    kept = Path(options.keep or tempfile.mkdtemp(prefix="fuzz-"))
    if options.atheris:
        _atheris(options.targets[0], options.rest)
        return
    if options.corpus:
        counts = _corpus(kept)
    else:
        names = options.targets or list(TARGETS)
        counts = {name: Counter() for name in names}
        share = options.seconds / len(names)
        for name in names:
            _campaign(name, counts[name], options, share, kept)
    print("| target | cases | accepted | refused | defects |\n|---|---|---|---|---|")
    for name, found in counts.items():
        _line(name, found)
    _line("all", sum(counts.values(), Counter()))
    print(f"inputs of defects: {kept}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("targets", nargs="*", choices=[*TARGETS, []])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--cases", type=int, default=10**9, help="per target")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", help="folder for the inputs of defects")
    parser.add_argument("--corpus", action="store_true", help="the files of tests/corpus_data.py")
    parser.add_argument("--atheris", action="store_true", help="guided by coverage; needs atheris")
    words = sys.argv[1:]
    cut = words.index("--") if "--" in words else len(words)
    options = parser.parse_args(words[:cut])
    options.rest = words[cut + 1 :]
    return options


def _line(name: str, found: Counter[str]) -> None:
    defects = found.total() - found["accepted"] - found["refused"]
    print(
        f"| {name} | {found.total():,} | {found['accepted']:,} | {found['refused']:,} | {defects} |"
    )


def _campaign(
    name: str, counts: Counter[str], options: argparse.Namespace, share: float, kept: Path
) -> None:
    fuzz_data.prepare()
    end = time.monotonic() + share
    case = 0
    while case < options.cases and time.monotonic() < end:
        rng = random.Random(f"{options.seed} {name} {case}")
        counts[
            _alone(f"{name}-{options.seed}-{case}", lambda f, r=rng: TARGETS[name](r, f), kept)
        ] += 1
        case += 1


def _corpus(kept: Path) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = {}
    for case in fuzz_data.corpus_data.CASES:

        def work(folder: Path, case: fuzz_data.corpus_data.Case = case) -> str:
            raw = fuzz_data.corpus_data.write_study(folder / "study")
            path = raw / f"w2{case.suffix}"
            case.make(path)
            return held(folder, lambda: fuzz_data._opened(path), seconds=SECONDS)

        counts.setdefault(case.suffix[1:], Counter())[_alone(case.name, work, kept)] += 1
    return counts


def _alone(name: str, work: Callable[[Path], str], kept: Path) -> str:
    """Do one case in a forked process; what goes wrong is told and its folder kept."""
    folder = Path(tempfile.mkdtemp(prefix="case-", dir=kept))
    child = os.fork()
    if not child:
        code = 2
        try:
            resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
            resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
            code = 0 if work(folder) == "accepted" else 1
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    _, status = os.waitpid(child, 0)
    found = ENDS.get(os.waitstatus_to_exitcode(status), "defect")
    if found == "defect":
        print(f"DEFECT {name} ({status}): {folder}", flush=True)
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return found


def _atheris(name: str, words: list[str]) -> None:
    import atheris

    sound = {"sav": "sav-plain_sound", "zsav": "zsav-zipped_sound"}.get(name, f"{name}-sound")
    target = fuzz_data.atheris_target(sound)
    atheris.Setup([sys.argv[0], *words], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
