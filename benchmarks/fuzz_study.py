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
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import fuzz_sheets
from benchmarks.fuzz_fence import ROOT, Answer, Target, held
from benchmarks.fuzz_values import bytes_of, document_of, mutated, text_of
from benchmarks.odd_studies import ODD, make

from supertouch.study import Study, load_study

if TYPE_CHECKING:
    from supertouch.pipeline import Stage

__all__ = ["TARGETS", "odd"]

LONGEST_RUN = 300
STUDIES = (ROOT / "src/supertouch/demo/study.toml", *sorted(ROOT.glob("examples/*/study.toml")))


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


def odd_study(rng: random.Random, folder: Path) -> Answer:
    """A whole study that is odd in one way, run up to its verdicts."""
    return odd(rng.choice(sorted(ODD)), rng, folder)


def odd(name: str, rng: random.Random, folder: Path, *, upto: Stage = "judge") -> Answer:
    """Run one of the odd studies; one with hundreds of touchpoints may take minutes."""
    from supertouch import pipeline

    path = make(name, rng, folder)
    return held(
        folder,
        lambda: pipeline.run(pipeline.open_study(path), upto=upto, jobs=1),
        seconds=LONGEST_RUN,
    )


TARGETS: dict[str, Target] = {
    "study file": study_file,
    "study bytes": study_bytes,
    **fuzz_sheets.TARGETS,
    "odd study": odd_study,
}


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
