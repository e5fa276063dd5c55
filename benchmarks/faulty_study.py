"""A small study, quick to make, for tests in which something goes wrong on the way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

WAVES = ("w1", "w2")
TOUCHPOINTS = ("hotline", "shop", "website")

STUDY = """
[study]
id = "small"
title = "Small"
languages = ["en"]
seed = 5

[data]
raw = "data/raw"
respondent = "ID"

[scales.rating]
min = 1
max = 5
best = 5

[scales.likely]
min = 0
max = 10
best = 10

[columns]
rating = "R_{id}"

[codes]
not_met = [99]

[outcomes.loyalty]
label = "Loyalty"
role = "loyalty"
column = "LOYAL"
scale = "rating"

[outcomes.recommendation]
label = "Recommendation"
role = "recommendation"
column = "NPS"
scale = "likely"

[analysis]
replicates = 50
"""


def write_study(folder: Path, *, rows: int = 150) -> Path:
    """Write a study of two waves and return its file."""
    raw = folder / "data" / "raw"
    raw.mkdir(parents=True)
    tables = [
        f'\n[touchpoints.{name}]\nlabel = "{name.title()}"\nphase = "during"\n'
        for name in TOUCHPOINTS
    ]
    tables += [f'\n[waves.{wave}]\nlabel = "{wave}"\nfile = "{wave}.csv"\n' for wave in WAVES]
    file = folder / "study.toml"
    file.write_text(STUDY + "".join(tables), encoding="utf-8")
    for seed, wave in enumerate(WAVES):
        answers(seed, rows).to_csv(raw / f"{wave}.csv", index=False)
    return file


def answers(seed: int, rows: int) -> pd.DataFrame:
    """Return answers in which the hotline drives both outcomes."""
    rng = np.random.default_rng(seed)
    quality = rng.integers(1, 6, size=(len(TOUCHPOINTS), rows))
    noise = rng.normal(size=(2, rows))
    frame = pd.DataFrame({"ID": np.arange(1, rows + 1) + 1000 * seed})
    for name, felt in zip(TOUCHPOINTS, quality, strict=True):
        frame[f"R_{name}"] = np.where(rng.random(rows) < 0.8, felt, 99)
    frame["LOYAL"] = np.clip(np.rint(quality[0] + noise[0]), 1, 5).astype(int)
    frame["NPS"] = np.clip(np.rint(2 * quality[0] + 2 * noise[1]), 0, 10).astype(int)
    return frame
