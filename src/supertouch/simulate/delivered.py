"""What an institute delivers beside the answers: dates, durations, remarks, an open question."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.study.model import Study

__all__ = ["demo_words", "framed", "missed"]

_HURRIED = 0.02
_REMARKS = 0.08


@cache
def demo_words() -> dict[str, Any]:
    """Read what people say in the demo, which comes with the package."""
    text = (files("supertouch") / "demo" / "words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def framed(frame: pd.DataFrame, study: Study, wave: str, rng: np.random.Generator) -> pd.DataFrame:
    """Put the respondent's number first, and what an institute adds: date, test mark, open ends."""
    n, number = len(frame), list(study.waves).index(study.wave(wave)) + 1
    start = pd.Timestamp(2026, 3 * number - 1, 3)
    said = demo_words()["remarks"]
    shares = [1 - _REMARKS, *[_REMARKS / len(said)] * len(said)]
    remarks = rng.choice(np.array([None, *said], dtype=object), size=n, p=shares)
    before = pd.DataFrame(
        {
            study.respondent.within(wave): np.arange(n) + 100_000 * number + 1,
            "DATUM": start + pd.to_timedelta(np.sort(rng.integers(0, 21, n)), unit="D"),
            "DAUER": _seconds(n, rng.spawn(1)[0]),
            "TESTFALL": 0,
        }
    ).astype(object)
    open_ends = {"BEMERKUNG": remarks}
    column = study.mentions.missing.within(wave)
    if column:
        open_ends[column] = _open_answers(n, rng.spawn(1)[0])
    return pd.concat([before, frame, pd.DataFrame(open_ends, dtype=object)], axis=1)


def _seconds(n: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return how long each interview took: about eleven minutes, and two in a hundred far less."""
    seconds = 660 * np.exp(0.3 * rng.standard_normal(n))
    hurried = rng.random(n) < _HURRIED
    seconds = np.where(hurried, rng.uniform(60, 180, n), np.maximum(seconds, 300))
    return np.asarray(np.rint(seconds), dtype=np.int64)


def _open_answers(n: int, rng: np.random.Generator) -> NDArray[np.object_]:
    """Answer what is missing: most people nothing, some a non-answer, a few a wish."""
    words = demo_words()
    said = [*words["missing"], words["non_answers"]]
    draw = rng.random(n)
    answers = np.full(n, None, dtype=object)
    start = 0.0
    for item in said:
        own = (start <= draw) & (draw < start + item["share"])
        start += item["share"]
        answers[own] = rng.choice(np.array(item["spellings"], dtype=object), size=int(own.sum()))
    return answers


def missed(answers: Sequence[object]) -> dict[str, int]:
    """Count the answers that name each of the planted missing touchpoints, however spelt."""
    given = pd.Series(list(answers), dtype=object)
    return {
        item["named"]: int(given.isin(item["spellings"]).sum()) for item in demo_words()["missing"]
    }
