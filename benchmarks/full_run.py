"""Wall time and peak memory of a full run, measured on a copy of the study.

Each run is a process of its own; peak memory is the largest resident set of any process of it.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SUPERTOUCH = [sys.executable, "-m", "supertouch"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("study", nargs="?", type=Path, help="study folder; the demo by default")
    parser.add_argument("--raw", type=Path, help="folder of the raw files")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "study"
        raw = prepare(arguments.study, folder, arguments.raw)
        words = ["run", str(folder), *(["--raw", str(raw)] if raw else [])]
        print(f"Python {sys.version.split()[0]}, {os.cpu_count()} processors")
        for text in ("full run", "nothing to do"):
            seconds = timed([*SUPERTOUCH, *words])
            print(f"{text}: {seconds:.1f} s")
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        print(f"peak memory of the largest process: {peak * memory_unit() / 1e6:.0f} MB")
        show_stages(folder / "reports" / "manifest.json")


def prepare(study: Path | None, folder: Path, raw: Path | None) -> Path | None:
    """Copy the study file, or write the demo; return the folder of raw files if not its own."""
    if study is None:
        seconds = timed([*SUPERTOUCH, "demo", str(folder)])
        print(f"demo written: {seconds:.1f} s")
        return None
    folder.mkdir()
    shutil.copy2(study / "study.toml", folder)
    return (raw or study / "data" / "raw").resolve()


def timed(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def memory_unit() -> int:
    """Bytes per unit of the peak that the system reports."""
    return 1 if sys.platform == "darwin" else 1024


def show_stages(manifest: Path) -> None:
    totals: dict[str, float] = {}
    for entry in json.loads(manifest.read_text(encoding="utf-8"))["stages"]:
        totals[entry["stage"]] = totals.get(entry["stage"], 0) + entry["seconds"]
    print("seconds of each stage, summed over waves (which are analysed side by side):")
    for stage, seconds in totals.items():
        print(f"  {stage:<9}{seconds:8.1f} s")


if __name__ == "__main__":
    main()
