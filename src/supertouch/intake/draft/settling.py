"""The good end and the code for "not used" of ratings without labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from supertouch.intake.draft.columns import Column, Survey
from supertouch.intake.draft.found import Question
from supertouch.intake.draft.patterns import Patterns, agreement
from supertouch.intake.draft.scales import Guess, Reading
from supertouch.intake.draft.words import topics

__all__ = ["settle"]

_NONE = "none"
_CLEAR = 0.1
_CLEAR_WITHOUT_WORDS = 0.3
_KIND = -0.15


def settle(
    survey: Survey,
    patterns: Patterns,
    readings: Mapping[str, Reading],
    answers: Mapping[str, str],
) -> tuple[dict[str, Reading], list[Question]]:
    """Settle the good end and the code for "not used" of unlabelled ratings."""
    made = dict(readings)
    names = [name for name in patterns.readings if readings[name].maximum < 10] or list(
        patterns.readings
    )
    if not names:
        return made, []
    first = readings[names[0]]
    up, why, sure = _direction(survey, patterns, names)
    questions = []
    if not sure:
        ends = {f"{first.maximum:g}": "the largest code", f"{first.minimum:g}": "the smallest"}
        default = list(ends)[0 if up else 1]
        questions.append(Question("best", "Which end of the scale is good?", default, ends))
        if "best" in answers:
            up, why = answers["best"] == f"{first.maximum:g}", "as answered"
    for name in patterns.readings:
        if (made[name].minimum, made[name].maximum) != (0, 10):
            high = up == (patterns.signs[name] > 0)
            best = made[name].maximum if high else made[name].minimum
            made[name] = replace(made[name], best=best, why_best=why)
    asked = _not_met_question(first)
    if asked:
        questions.append(asked)
        if "not_met" in answers:
            made |= {n: _with_not_met(made[n], answers["not_met"]) for n in names}
    return made, questions


def _direction(survey: Survey, patterns: Patterns, names: Sequence[str]) -> tuple[bool, str, bool]:
    """Return whether large codes are good, why, and whether that is safe to say."""
    for column in survey.columns.values():
        if _from_0_to_10(column):
            values = np.where(column.values <= 10, column.values, np.nan)
            r = agreement(patterns.mood, values)
            words = "recommendation" in topics(column.name, column.wording)
            if abs(r) >= (_CLEAR if words else _CLEAR_WITHOUT_WORDS):
                return r > 0, f"goes with {column.name}, 0 to 10 (correlation {r:+.2f})", True
    shares = []
    for name in names:
        reading, values = patterns.readings[name], survey.columns[name].values
        inside = values[(values >= reading.minimum) & (values <= reading.maximum)]
        position = (inside.mean() - reading.minimum) / (reading.maximum - reading.minimum)
        shares.append((position - 0.5) * patterns.signs[name])
    up = float(np.mean(shares)) > _KIND
    kind = "most answers lie near this end, and people mostly rate kindly"
    return (
        up,
        kind if abs(float(np.mean(shares))) > _CLEAR else "large codes are usually good",
        False,
    )


def _from_0_to_10(column: Column) -> bool:
    near = sum(n for code, n in column.counts.items() if 0 <= code <= 11)
    words = "recommendation" in topics(column.name, column.wording)
    spans = 10 in column.counts and (words or 0 in column.counts)
    return column.coded and spans and near >= 0.9 * column.n


def _not_met_question(reading: Reading) -> Question | None:
    codes = {c: g for c, g in reading.empties.items() if not isinstance(c, str) and g.doubtful}
    if not codes:
        return None
    default = next((f"{c:g}" for c, g in codes.items() if g.kind == "not_met"), _NONE)
    choices = {f"{c:g}": g.why for c, g in codes.items()} | {_NONE: "no code says so"}
    return Question("not_met", 'Which code means "not used, not met"?', default, choices)


def _with_not_met(reading: Reading, chosen: str) -> Reading:
    empties = dict(reading.empties)
    for code, guess in reading.empties.items():
        if not isinstance(code, str) and guess.doubtful:
            if f"{code:g}" == chosen:
                empties[code] = Guess("not_met", "as answered")
            elif guess.kind == "not_met":
                empties[code] = Guess("refused", "beyond the scale", True)
    return replace(reading, empties=empties)
