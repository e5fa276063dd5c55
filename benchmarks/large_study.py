"""Writes a study of any size as it stands after `validate`: Parquet files of accepted responses.

    python -m benchmarks.large_study FOLDER --rows 250000 --touchpoints 100 --waves 4

Respondents differ in how they like everything (halo), touchpoints in reach and in what they do to
the outcomes; the first five drive both. One rater in twenty gives no rating. Rows are made and
written some hundred thousand at a time, so that a study may be larger than memory.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

AT_ONCE = 131_072
DRIVERS = 5
EMPTY = -128
KINDS = ("", "not_met", "dont_know")
VALUES = 3


def study_text(touchpoints: int, waves: int, segments: int, extra: str = "") -> str:
    """Return the study file."""
    phases = ("before", "during", "after")
    lines = ['[study]\nid = "large"\ntitle = "A large study"\nlanguages = ["en"]\nseed = 1']
    lines += ['[data]\nrespondent = "ID"\nweight = "W"\nstratum = "STRATUM"\ncluster = false']
    lines += [f"[scales.{name}]\nmin = {low}\nmax = {high}\nbest = {high}"
              for name, low, high in (("rating", 1, 5), ("likely", 0, 10))]  # fmt: skip
    lines += ['[columns]\nrating = "R_{id}"\ncontact = "C_{id}"']
    lines += [
        f'[touchpoints.t{j}]\nlabel = "Touchpoint {j}"\nphase = "{phases[j % 3]}"'
        for j in range(touchpoints)
    ]
    lines += ['[outcomes.loyalty]\nlabel = "Loyalty"\nrole = "loyalty"\nitems = ["L1", "L2"]']
    lines += ['[outcomes.recommendation]\nlabel = "Recommendation"\nrole = "recommendation"\n'
              'column = "NPS"\nscale = "likely"']  # fmt: skip
    lines += [f'[waves.w{k}]\nlabel = "Wave {k}"\nfile = "w{k}.csv"' for k in range(waves)]
    lines += [
        f'[segments.s{k}]\nlabel = "Segment {k}"\ncolumn = "S{k}"\nvalues = '
        + "{ " + ", ".join(f'{v} = "Value {v}"' for v in range(VALUES)) + " }"
        for k in range(segments)
    ]  # fmt: skip
    return "\n\n".join([*lines, extra]) + "\n"


def batch(rng: np.random.Generator, rows: int, start: int, touchpoints: int, segments: int):
    """Return some respondents as a table of accepted responses."""
    fixed = np.random.default_rng(5)
    reach = fixed.uniform(0.15, 0.9, touchpoints)
    effect = np.where(np.arange(touchpoints) < DRIVERS, 0.35, 0.02)
    halo = rng.standard_normal((rows, 1), dtype=np.float32)
    met = rng.random((rows, touchpoints), dtype=np.float32) < reach
    noise = rng.standard_normal((rows, touchpoints), dtype=np.float32)
    noise *= np.float32(0.9)
    noise += np.float32(3.4) + np.float32(0.5) * halo
    rating = np.clip(np.rint(noise, out=noise), 1, 5, out=noise).astype(np.int8)
    known = met & (rng.random((rows, touchpoints), dtype=np.float32) > 0.05)
    level = ((rating - np.float32(3.4)) * met) @ effect + 0.3 * halo[:, 0]
    item = np.clip(np.rint(3.3 + level[:, None] + rng.normal(size=(rows, 2))), 1, 5)
    nps = np.clip(np.rint(6.5 + 1.6 * level + 1.5 * rng.normal(size=rows)), 0, 10)
    stratum = rng.integers(0, 4, rows)
    empty = np.where(met, np.where(known, 0, 2), 1).astype(np.int8)
    nothing = np.zeros(rows, dtype=np.int8)
    columns = {
        "row": pa.array(np.arange(start, start + rows)),
        "respondent": pa.array([f"p{k}" for k in range(start, start + rows)]),
        "brand": _texts(nothing, ("",)),
        "weight": pa.array(np.array([0.7, 0.9, 1.1, 1.3])[stratum]),
        "cluster": pa.array([f"p{k}" for k in range(start, start + rows)]),
        "stratum": _texts(stratum, ("a", "b", "c", "d")),
        "status": _texts(nothing, ("current",)),
    }
    names = tuple(str(v) for v in range(VALUES))
    for k in range(segments):
        columns[f"segment.s{k}"] = _texts(rng.integers(0, VALUES, rows), names)
    columns |= {"loyalty.score": pa.array(item.mean(axis=1).astype(np.float32))}
    columns |= {"loyalty.empty": _texts(nothing, ("",))}
    columns |= {f"loyalty.item{k + 1}": pa.array(item[:, k].astype(np.int8)) for k in range(2)}
    columns |= {"recommendation.score": pa.array(nps.astype(np.int8))}
    columns |= {"recommendation.empty": _texts(nothing, ("",))}
    for j in range(touchpoints):
        columns[f"t{j}.contact"] = pa.array(met[:, j].astype(np.int8))
        columns[f"t{j}.contact_empty"] = _texts(nothing, ("",))
        columns[f"t{j}.rating"] = pa.array(rating[:, j], mask=~known[:, j])
        columns[f"t{j}.rating_empty"] = _texts(empty[:, j], KINDS)
        columns[f"t{j}.brand_fit"] = pa.nulls(rows, pa.int8())
        columns[f"t{j}.brand_fit_empty"] = _texts(nothing + 1, KINDS)
    return pa.table(columns)


def _texts(code: np.ndarray, values: tuple[str, ...]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(code.astype(np.int8)), pa.array(values))


def write_study(
    folder: Path, *, rows: int, touchpoints: int, waves: int, segments: int, extra: str = ""
) -> Path:
    """Write a study with ``rows`` respondents per wave; return its file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "study.toml"
    file.write_text(study_text(touchpoints, waves, segments, extra), encoding="utf-8")
    for k in range(waves):
        place = folder / "data/processed/validate" / f"w{k}"
        place.mkdir(parents=True, exist_ok=True)
        rng, writer, start = np.random.default_rng([k, rows]), None, 0
        while start < rows:
            table = batch(rng, min(AT_ONCE, rows - start), start, touchpoints, segments)
            writer = writer or pq.ParquetWriter(
                place / "responses.parquet", table.schema, compression="zstd", store_schema=False
            )
            writer.write_table(table)
            start += len(table)
        writer.close()
        (folder / "data/processed/validate" / f"w{k}.json").write_text(json.dumps({"rows": rows}))
    return file


def main() -> None:
    """Write the study."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    for name, given in (("rows", 100_000), ("touchpoints", 100), ("waves", 4), ("segments", 1)):
        parser.add_argument(f"--{name}", type=int, default=given)
    print(write_study(**vars(parser.parse_args())))


if __name__ == "__main__":
    main()
