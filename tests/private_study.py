"""A small study full of things that must not leave ``data/``, for the tests that try to find them.

Its small groups sit where subtraction finds them: a segment value with one respondent in one wave,
two segments that differ by two respondents, three who did not meet a touchpoint, five who do not
know whether they met one, and a brand of three.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

__all__ = ["CANARIES", "SEGMENTS", "TOUCHPOINTS", "raw_wave", "write_study"]

TOUCHPOINTS = ("web", "shop", "hotline", "app")
SEGMENTS = ("age", "young", "region", "brand", "gender")
CANARIES = (
    "KENNUNG",
    "@kanarie.example",
    "10.77.66.",
    "Mein Nachbar Kasimir",
    "Zwitscherdienst",
    "Beschwerde von Frau Zeisig",
    "Quelle Zeisig",
    "2026-02-29T",
    "77.4375",
    "Tippfehler Stieglitz",
    "Oberzaunkoenig",
    "Gimpelhausen",
)
"""Ids, addresses, open texts and single values of the raw files."""

STUDY = """\
[study]
id = "private"
title = "Private"
languages = ["en"]
seed = 7

[data]
respondent = "ID"
weight = "W"

[data.status]
column = "STATUS"
current = [1]
potential = [2]

[waves.w1]
label = "Wave 1"
file = "w1.csv"

[waves.w2]
label = "Wave 2"
file = "w2.csv"

[scales.rating]
min = 1
max = 6
best = 6
delighted = 6
disappointed = 2

[scales.likely]
min = 0
max = 10
best = 10

[codes]
dont_know = [98]
refused = [99]

[contact]
met = [1]
not_met = [2]
dont_know = [8]
refused = [9]
when_blank = "unknown"
when_dont_know = "unknown"
contradiction = "rating_wins"

[columns]
contact = "K_{id}"
rating = "N_{id}"
brand_fit = "M_{id}"

[outcomes.loyalty]
label = "Loyalty"
role = "loyalty"
items = ["L1", "L2"]
scale = "rating"

[outcomes.recommendation]
label = "Recommendation"
role = "recommendation"
column = "NPS"
scale = "likely"

[outcomes.purchase]
label = "Purchase"
role = "purchase"
column = "BUY"
scale = "rating"
status = ["current"]

[quality]
duration = "SECONDS"

[mentions]
file = "mentions.csv"
missing = "MISSING"

[super]
min_base = 20

[analysis]
replicates = {replicates}
imputations = 20
min_segment = 30
min_pair = 10

[privacy]
protect_unknown = true

[field]
date = "DAY"
target = 300

"""

MENTIONS = """\
date,source,touchpoint,valence,text
2026-02-03,Quelle Zeisig,hotline,negative,Beschwerde von Frau Zeisig
2026-02-04,Forum,Oberzaunkoenig,negative,Mein Nachbar Kasimir war dabei
"""


def write_study(folder: Path, *, replicates: int = 60, n: int = 160) -> Path:
    """Write the study with its raw files and return the path of its study file."""
    raw = folder / "data" / "raw"
    raw.mkdir(parents=True)
    text = STUDY.replace("{replicates}", str(replicates))
    for name in TOUCHPOINTS:
        phase = "before" if name == "web" else "during" if name == "shop" else "after"
        text += f'[touchpoints.{name}]\nlabel = "{name.title()}"\nphase = "{phase}"\n'
        text += 'brand_fit_scale = "rating"\n\n'
    for name in SEGMENTS:
        text += f'[segments.{name}]\nlabel = "{name.title()}"\ncolumn = "{name.upper()}"\n\n'
    for number, wave in enumerate(("w1", "w2")):
        raw_wave(number, n).to_csv(raw / f"{wave}.csv", index=False)
    (raw / "mentions.csv").write_text(MENTIONS, encoding="utf-8")
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


def raw_wave(number: int, n: int) -> pd.DataFrame:
    """Return a wave's raw rows; its last row breaks a rule and is held in quarantine."""
    draw = np.random.default_rng(number)
    frame = pd.DataFrame({"ID": [f"KENNUNG{number}{place:05d}" for place in range(n)]})
    frame["MAIL"] = [f"person{place}@kanarie.example" for place in range(n)]
    frame["IP"] = [f"10.77.66.{place}" for place in range(n)]
    frame["REMARK"] = [f"Mein Nachbar Kasimir sagt {place}" for place in range(n)]
    frame["MISSING"] = np.where(np.arange(n) == 5, "Zwitscherdienst", "")
    frame["W"] = 1.0
    frame["STATUS"] = np.where(np.arange(n) < 4, 2, 1)
    frame["DAY"] = np.where(np.arange(n) % 2, "2026-02-01", "2026-02-02")
    frame["SECONDS"] = draw.integers(300, 900, n)
    age = np.repeat([1, 2, 3], [n // 3, n // 3, n - 2 * (n // 3)])
    frame["AGE"] = draw.permutation(age)
    frame["YOUNG"] = np.where(frame.AGE == 1, "yes", "no")
    frame.loc[frame.index[frame.AGE == 2][:2], "YOUNG"] = "yes"
    frame["REGION"] = draw.choice(["north", "south", "west"], n)
    if number:
        frame.loc[7, "REGION"] = "Gimpelhausen"
    frame["BRAND"] = draw.choice(["A", "B"], n)
    frame.loc[[11, 12, 13], "BRAND"] = "C"
    frame["GENDER"] = draw.choice(["f", "m"], n).astype(object)
    frame.loc[frame.index[20:24], "GENDER"] = None
    mood = draw.normal(size=n)
    for place, name in enumerate(TOUCHPOINTS):
        met = draw.random(n) < 0.55
        if name == "hotline":
            met = ~np.isin(np.arange(n), [30, 31, 32])
        contact = np.where(met, 1, 2)
        rating = np.clip(np.rint(4 + mood + draw.normal(size=n)), 1, 6).astype(float)
        if name == "shop":
            contact[40:45] = 8
            met[40:45] = False
        if name == "app":
            contact[8:], met[8:] = 8, False
        frame[f"K_{name}"] = contact
        frame[f"N_{name}"] = np.where(met, rating, np.nan)
        frame[f"M_{name}"] = np.clip(np.rint(4 + draw.normal(size=n)), 1, 6) if place else np.nan
    for name in ("L1", "L2"):
        frame[name] = np.clip(np.rint(3.5 + mood + draw.normal(size=n)), 1, 6)
    frame["NPS"] = np.clip(np.rint(7 + 1.5 * mood + draw.normal(size=n)), 0, 10)
    frame["BUY"] = np.where(
        frame.STATUS == 1, np.clip(np.rint(4 + mood + draw.normal(size=n)), 1, 6), np.nan
    )
    frame["N_web"] = frame["N_web"].astype(object)
    frame.loc[n - 1, "N_web"] = 77.4375
    frame.loc[n - 2, "N_web"] = "Tippfehler Stieglitz"
    return frame
