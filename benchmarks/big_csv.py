"""Memory and time for a large CSV file: into Parquet through the readers, and with pandas alone.

Makes a survey of about one gigabyte in a temporary folder (codes, times, weights, some texts with
delimiters and line ends in them), then reads it twice, each time in a process of its own:
through ``ingest_wave(...).chunks()`` into Parquet parts, and with ``pandas.read_csv(dtype=str)``.

Run: python benchmarks/big_csv.py [megabytes] [folder]
"""

import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

N_CODES = 90
SEED = 20261122
BLOCK = 2_000
TEXTS = (
    "",
    "",
    "",
    "fine, thank you",
    'the hotline said "later", and later, and later',
    "Wartezeit zu lang;\nsonst gut",
    "Größe und Preis stimmen",
)


def write_survey(path, megabytes):
    """Write about so many megabytes of answers and return the number of rows."""
    draw = random.Random(SEED)
    rows = [
        ",".join(
            [
                f"{draw.uniform(60, 1800):.1f}",
                f"{draw.uniform(0.3, 3):.4f}",
                *draw.choices(["1", "2", "3", "4", "5", "6", ""], k=N_CODES),
                '"' + draw.choice(TEXTS).replace('"', '""') + '"',
            ]
        )
        for _ in range(BLOCK)
    ]
    header = ["ID", "DATE", "SECONDS", "WEIGHT", *(f"Q{i}" for i in range(N_CODES)), "COMMENT"]
    n = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(header) + "\r\n")
        while file.tell() < megabytes * 1_000_000:
            day = f"2021-01-{1 + n // BLOCK % 28:02d} 10:22:33"
            file.writelines(f"R_{n + i},{day},{row}\r\n" for i, row in enumerate(rows))
            n += BLOCK
    return n


def through_readers(path):
    """Ingest the file as a wave and write its parts; return its rows."""
    from supertouch.intake import ingest_wave
    from supertouch.study.model import Columns, Study, Text, Wave

    folder = path.parent
    study = Study(
        id="big", title=Text(), file=folder / "study.toml", folder=folder, raw=folder,
        touchpoints=(), outcomes=(), waves=(Wave("w", Text(), path.name),), scales={},
        wave_column=Columns(None),
    )  # fmt: skip
    n = 0
    for number, chunk in enumerate(ingest_wave(study, "w").chunks()):
        chunk.to_parquet(folder / f"part-{number:05d}.parquet")
        n += len(chunk)
    return n


def with_pandas(path):
    """Read the file as a whole with pandas; return its rows."""
    import pandas as pd

    return len(pd.read_csv(path, dtype=str))


WAYS = {
    "supertouch, into Parquet parts": through_readers,
    "pandas.read_csv(dtype=str)": with_pandas,
}


def measure(way, path):
    """Read the file in one way, and print rows, seconds and the process's peak of memory."""
    start = time.perf_counter()
    n = WAYS[way](path)
    seconds = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu, peak = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024**2
    print(
        f"{way:32} {n:>10,} rows {seconds:8.1f} s ({cpu:.1f} s of processor time)   "
        f"peak {peak:6.2f} GB",
        flush=True,
    )


def main():
    """Make the file and measure each way in a process of its own."""
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    parent = sys.argv[2] if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory(dir=parent) as folder:
        path = Path(folder) / "big.csv"
        n = write_survey(path, megabytes)
        print(f"{path.stat().st_size / 1e9:.2f} GB, {n:,} rows, {N_CODES + 5} columns", flush=True)
        for way in WAYS:
            subprocess.run([sys.executable, __file__, "--measure", way, path], check=True)
        parts = sum(part.stat().st_size for part in Path(folder).glob("part-*.parquet"))
        print(f"Parquet parts: {parts / 1e6:.0f} MB", flush=True)


if __name__ == "__main__":
    if "--measure" in sys.argv:
        measure(sys.argv[2], Path(sys.argv[3]))
    else:
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        main()
