"""A sound study file to spoil: its text, edits of it, and what loading says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from supertouch.errors import Problem, StudyError
from supertouch.study import Study, load_study

BASE = """\
[study]
id = "demo"
title = { de = "Titel", en = "Title" }

[data]
respondent = "ID"
weight = { default = "W", w1 = "WEIGHT" }
cluster = "RUN"

[data.status]
column = "STATUS"
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
dont_know = [98]
refused = [99]

[columns]
rating = "R_{id}"
contact = { default = "C_{id}", w1 = "K_{id}" }

[touchpoints.website]
label = { de = "Website", en = "Website" }
phase = "before"
channel = "online"
cost = 1200

[touchpoints.advice]
label = "Advice"
phase = "during"
brand_fit = { w2 = "FIT" }

[touchpoints.hotline]
label = "Hotline"
phase = "after"
rating = { w1 = "R_phone" }
contact = false

[outcomes.loyalty]
label = "Loyalty"
role = "loyalty"
items = ["L1", "L2", "L3"]
reversed = ["L3"]
status = ["current"]

[outcomes.recommendation]
label = "Recommendation"
role = "recommendation"
column = { w2 = "NPS" }
scale = "likely"

[waves.w1]
label = "2025"
file = "wave1*.csv"

[waves.w2]
label = "2026"
file = "wave2.csv"

[segments.region]
label = "Region"
column = "REGION"
values = { 1 = "North", south = "South" }

[super]
min_base = 80

[analysis]
replicates = 200
"""

ALL_DATA = ("[data]\n", '[data]\nfile = "all.sav"\nwave = "WAVE"\n')
SHARED = """\
[waves.w1]
label = "2025"
{one}

[waves.w2]
label = "2026"
{two}
"""


def edited(*edits: tuple[str, str]) -> str:
    """Return the sound study with some of its lines changed, each found exactly once."""
    text = BASE
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        text = text.replace(old, new)
    return text


def write(folder: Path, text: str) -> Path:
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


def load(folder: Path, text: str = BASE) -> Study:
    return load_study(write(folder, text))


def problems(folder: Path, text: str) -> tuple[Problem, ...]:
    with pytest.raises(StudyError) as caught:
        load(folder, text)
    return caught.value.problems


def waves(one: str, two: str) -> tuple[str, str]:
    """Return the edit that gives the waves of the sound study other lines."""
    start = BASE.index("[waves.w1]")
    return BASE[start : BASE.index("[segments.region]")], SHARED.format(one=one, two=two) + "\n"


def told(found: Sequence[Problem], place: str, rule: str, remedy: str) -> None:
    """Check that the one problem says where, what and how to mend it."""
    assert len(found) == 1, "\n".join(map(str, found))
    problem = found[0]
    assert problem.place.removeprefix("study.toml, ") == place
    assert rule in f"{problem.value}: {problem.rule}"
    assert remedy in problem.remedy
