"""How accurate is supertouch, and what users do today? Studies with known truth say.

python -m benchmarks.accuracy                  run what is missing, then write table and pictures
python -m benchmarks.accuracy run --cells null,fair --studies 20
python -m benchmarks.accuracy tell             table and pictures from all studies that are there
python -m benchmarks.accuracy gate             what the estimability gate's thresholds rest on
"""

from __future__ import annotations

import argparse
import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")


def main() -> None:
    from benchmarks.accuracy import gate, run, tell
    from benchmarks.accuracy.cells import CELLS, CORE

    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.accuracy",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("action", nargs="?", default="all", choices=("all", "run", "tell", "gate"))
    parser.add_argument("--studies", type=int, default=400, help="studies of each core cell")
    parser.add_argument("--large", type=int, help="studies of the large cell, if other")
    parser.add_argument("--curve", type=int, default=50, help="studies of each descriptive cell")
    parser.add_argument("--cells", default="", help="names, separated by commas; all by default")
    parser.add_argument("--replicates", type=int, default=400, help="bootstrap replicates")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    chosen = parser.parse_args()
    names = [name.strip() for name in chosen.cells.split(",") if name.strip()] or list(CELLS)
    unknown = [name for name in names if name not in CELLS]
    if unknown:
        parser.error(f"no such cell: {', '.join(unknown)}; there are: {', '.join(CELLS)}")
    core = {cell.name for cell in CORE}
    wanted = {name: chosen.studies if name in core else chosen.curve for name in names}
    if "large" in wanted and chosen.large is not None:
        wanted["large"] = chosen.large
    if chosen.action in ("all", "run"):
        run.run(wanted, replicates=chosen.replicates, jobs=chosen.jobs)
    if chosen.action == "gate":
        gate.run(studies=chosen.studies, replicates=chosen.replicates, jobs=chosen.jobs)
    if chosen.action in ("all", "tell"):
        tell.tell()


if __name__ == "__main__":
    main()
