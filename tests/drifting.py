"""Simulated waves whose files can be made to drift, and edits put into a study file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from supertouch.intake.drift import Profile, drift_table, profile
from supertouch.study import Study, load_study

STUDY = """\
[study]
id = "drifting"
title = "Drifting"
languages = ["en"]

[data]
respondent = "ID"
weight = "W"

[data.status]
column = "KUNDE"
current = [1]
former = [2]

[[data.exclude]]
column = "TEST"
values = [1]
reason = "Test interview"

[scales.rating]
min = 1
max = 5
best = 5

[scales.likely]
min = 0
max = 10
best = 10

[codes]
not_met = [6]
refused = [9]

[columns]
rating = "R_{id}"
contact = "C_{id}"

[touchpoints.website]
label = "Website"
phase = "before"

[touchpoints.advice]
label = "Advice"
phase = "during"

[touchpoints.checkin]
label = "Check-in"
phase = "during"
rating = "Q7CHECKIN"
contact = false

[touchpoints.hotline]
label = "Hotline"
phase = "after"
rating = { w2 = "R_phone" }
contact = false
codes = { refused = [8, 9] }

[touchpoints.invoice]
label = "Invoice"
phase = "after"

[outcomes.loyalty]
label = "Loyalty"
role = "loyalty"
items = ["L1", "L2", "L3"]
reversed = ["L3"]
codes = { not_met = [] }

[outcomes.recommendation]
label = "Recommendation"
role = "recommendation"
column = "NPS"
scale = "likely"
codes = { not_met = [], refused = [99] }

[waves.w1]
label = "2025"
file = "w1.csv"

[waves.w2]
label = "2026"
file = "w2.csv"

[segments.region]
label = "Region"
column = "REGION"
values = { 1 = "North", 2 = "South" }
"""

_RATINGS = {"website": 0.2, "advice": 0.9, "checkin": -0.3, "hotline": 0.5, "invoice": 0.0}
_MET = {"website": 0.9, "advice": 0.4, "checkin": 0.75, "hotline": 0.6, "invoice": 0.85}
_NAMES = {"checkin": "Q7CHECKIN"}
SCALE = ["very bad", "bad", "fair", "good", "very good"]


def wave(seed: int, *, second: bool, n: int = 900) -> pd.DataFrame:
    """Simulate the answers of one wave, in the columns of its file."""
    rng = np.random.default_rng(seed)
    mood = rng.standard_normal(n)
    frame = pd.DataFrame({"ID": np.arange(n), "KUNDE": rng.choice([1, 2], n, p=[0.8, 0.2])})
    frame["TEST"] = 0
    frame["REGION"] = rng.choice([1, 2], n, p=[0.4, 0.6])
    for id_, level in _RATINGS.items():
        met = rng.random(n) < _MET[id_]
        felt = 3.4 + level + 0.7 * mood + 0.8 * rng.standard_normal(n)
        rating = np.where(met, np.clip(np.rint(felt), 1, 5), 6)
        rating = np.where(rng.random(n) < 0.04, 9, rating)
        name = "R_phone" if id_ == "hotline" and second else _NAMES.get(id_, f"R_{id_}")
        if id_ not in ("checkin", "hotline"):
            frame[f"C_{id_}"] = np.where(met, 1, 2)
        frame[name] = rating
    for number, sign in ((1, 1), (2, 1), (3, -1)):
        felt = 3 + sign * (0.3 + 0.8 * mood) + 0.7 * rng.standard_normal(n)
        frame[f"L{number}"] = np.clip(np.rint(felt), 1, 5)
    felt = 7 + 1.8 * mood + 1.3 * rng.standard_normal(n)
    frame["NPS"] = np.where(rng.random(n) < 0.03, 99, np.clip(np.rint(felt), 0, 10))
    frame["AGE"] = rng.integers(18, 80, n)
    frame["W"] = np.round(np.exp(0.3 * rng.standard_normal(n)), 3)
    return frame


def labels(frame: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Return value labels for the ratings, as an SPSS file has them."""
    points = {str(code): text for code, text in enumerate(SCALE, start=1)}
    empties = {"6": "not used", "9": "no answer"}
    return {name: points | empties for name in frame.columns if name.startswith(("R_", "Q7"))}


def study_in(folder: Path, text: str = STUDY) -> Study:
    """Load a study from its text."""
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return load_study(path)


def outlined(study: Study, id_: str, frame: pd.DataFrame, meta: dict | None = None) -> Profile:
    """Outline a wave whose rows come in three parts."""
    parts = (frame.iloc[at : at + 300] for at in range(0, len(frame), 300))
    return profile(parts, meta or {}, study=study, wave=id_)


def compared(
    study: Study,
    old: pd.DataFrame,
    new: pd.DataFrame,
    metas: tuple[dict, dict] = ({}, {}),
) -> pd.DataFrame:
    """Return the drift table of the second wave against the first."""
    before, now = outlined(study, "w1", old, metas[0]), outlined(study, "w2", new, metas[1])
    return drift_table(study, "w2", "w1", now=now, before=before)


def pasted(text: str, edits: str) -> str:
    """Put edits into a study file as a person would: in place of the line, else new."""
    rows = text.split("\n")
    number = 1
    for header, line in _lines(edits):
        if header.startswith("#"):
            number = int(header.rpartition(" ")[2])
            continue
        at = _found(rows, header, number)
        if at is None:
            rows += ["", header]
            at = len(rows) - 1
        end = next((i for i in range(at + 1, len(rows)) if rows[i].startswith("[")), len(rows))
        key = line.split("=")[0].strip()
        there = [i for i in range(at + 1, end) if re.match(rf"{re.escape(key)}\s*=", rows[i])]
        if there:
            rows[there[0]] = line
        else:
            rows.insert(at + 1, line)
    return "\n".join(rows)


def _lines(edits: str) -> Iterator[tuple[str, str]]:
    header = ""
    for line in edits.split("\n"):
        if line.startswith("# [["):
            yield line, ""
        elif line.startswith("["):
            header = line
        elif line.strip() and not line.startswith("#"):
            yield header, line


def _found(rows: list[str], header: str, number: int) -> int | None:
    places = [i for i, row in enumerate(rows) if row.strip() == header]
    return places[min(number, len(places)) - 1] if places else None
