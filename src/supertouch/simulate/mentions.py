"""Simulated mentions: complaints, reviews and comments as a company collects them, faults too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from supertouch.simulate.delivered import demo_words
from supertouch.study.model import Study, Valence

__all__ = ["FAULTS", "mentions"]

KINDS: tuple[Valence, ...] = ("negative", "neutral", "positive")
FAULTS: tuple[tuple[str, str | None], ...] = (
    ("date", "31.02.2026"),
    ("date", None),
    ("valence", "unklar"),
    ("valence", None),
    ("text", "Nach dem Umzug sind alle Unterlagen weg, bitte noch einmal zusenden."),
)
_WAYS = 5


def mentions(study: Study, rng: np.random.Generator) -> pd.DataFrame:
    """Return the demo's mentions in the columns of its file, in order of their dates.

    The last rows are broken, each in one way; ``FAULTS`` are as many. Touchpoints stand there as
    people write them: mostly by label, sometimes by id or in capitals; some are not the study's.
    """
    words = demo_words()["mentions"]
    columns = dict(study.mentions.columns)
    known = {item.id: item.label.within("de") for item in study.touchpoints}
    rows = [
        row
        for name, rates in {**words["touchpoints"], **words["unknown"]}.items()
        for row in _about(name, known.get(name, name), rates, words, rng)
    ]
    frame = pd.DataFrame(rows, columns=list(columns), dtype=object)
    days = pd.Timestamp(words["from"]) + pd.to_timedelta(
        rng.integers(0, (words["to"] - words["from"]).days + 1, len(frame)), unit="D"
    )
    frame["date"] = pd.Series(days, dtype=object)
    frame["source"] = _sources(words["sources"], len(frame), rng)
    said = [_written(study, kind, rng) for kind in frame["valence"]]
    frame["valence"] = pd.Series(said, dtype=object)
    frame = _told_apart(frame).sort_values("date", kind="stable", ignore_index=True)
    return pd.concat([frame, _broken(frame)], ignore_index=True).rename(columns=columns)


def _told_apart(frame: pd.DataFrame) -> pd.DataFrame:
    """Move mentions that are alike word for word to different days."""
    while (again := frame.duplicated(["date", "source", "touchpoint", "text"])).any():
        frame.loc[again, "date"] = frame.loc[again, "date"] - pd.Timedelta(days=1)
    return frame


def _broken(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each fault; the last repeats the one before it word for word."""
    broken = frame.tail(len(FAULTS)).reset_index(drop=True)
    for place, (key, value) in enumerate(FAULTS):
        broken.loc[place, key] = value
    return pd.concat([broken, broken.tail(1)], ignore_index=True)


def _about(
    name: str,
    label: str,
    rates: Mapping[str, float],
    words: Mapping[str, Any],
    rng: np.random.Generator,
) -> list[dict[str, object]]:
    """Return the mentions of one touchpoint, in the numbers that were planted."""
    n = int(rates["n"])
    counts = {kind: round(n * rates[kind]) for kind in ("negative", "positive")}
    counts["neutral"] = n - sum(counts.values())
    rows: list[dict[str, object]] = []
    for kind in KINDS:
        said: Sequence[str] = words["says"][name][kind]
        for _ in range(counts[kind] if said else 0):
            text = said[int(rng.integers(len(said)))]
            text = text.format(n=int(rng.integers(20, 60)), k=int(rng.integers(3, 6)))
            rows.append({"touchpoint": _named(name, label, rng), "valence": kind, "text": text})
    return rows


def _named(name: str, label: str, rng: np.random.Generator) -> str:
    """Write a touchpoint as one of the people who keep the list does."""
    ways = {0: name, 1: label.upper()}
    return ways.get(int(rng.integers(_WAYS)), label)


def _sources(shares: Mapping[str, float], n: int, rng: np.random.Generator) -> Any:  # noqa: ANN401
    return rng.choice(np.array(list(shares), dtype=object), size=n, p=list(shares.values()))


def _written(study: Study, kind: Valence, rng: np.random.Generator) -> object:
    code = study.mentions.valence[kind][int(rng.integers(2))]
    return int(code) if isinstance(code, float) else code
