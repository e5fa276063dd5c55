"""Which questions stand for recommendation, loyalty, purchase and overall satisfaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from supertouch.intake.draft.columns import Column, Survey
from supertouch.intake.draft.found import OutcomeFound
from supertouch.intake.draft.names import short, stem_of
from supertouch.intake.draft.patterns import agreement
from supertouch.intake.draft.scales import Guess, Reading, beyond_scale, is_slip
from supertouch.intake.draft.words import (
    empty_meant,
    family_of,
    is_turned,
    says_no,
    says_yes,
    topics,
)
from supertouch.study.model import Code

__all__ = ["Candidates", "answers_of", "candidates", "mood_of", "outcomes_of", "stand_in"]

_MOST_ITEMS = 6
_NO_OUTCOME = ("fit", "importance", "frequency", "rank")
_GOES_WITH = 0.2
_AGAINST = -0.1
NONE = "none"


@dataclass(frozen=True, slots=True)
class Candidates:
    """Columns that might be an outcome, the likeliest first, with their readings."""

    recommendation: tuple[str, ...]
    loyalty: tuple[str, ...]
    overall: tuple[str, ...]
    purchase: tuple[str, ...]
    readings: Mapping[str, Reading]


def candidates(
    survey: Survey,
    readings: Mapping[str, Reading],
    overall: Sequence[str],
    taken: Sequence[str],
    mood: NDArray[np.float64],
) -> Candidates:
    """Find the columns whose name or wording speaks of an outcome, or that are asked from 0 to 10.

    Without words of recommendation, a column from 0 to 10 must speak of likelihood or go with the
    ratings (``mood``).
    """
    known: dict[str, Reading] = {}
    about: dict[str, set[str]] = {}
    for column in survey.columns.values():
        if column.name in taken:
            continue
        found: set[str] = set(topics(column.name, column.wording))
        reading = readings.get(column.name) or _plain(column)
        if reading is not None and "recommendation" in found:
            reading = _from_zero(column, reading)
        if reading is not None and reading.family not in _NO_OUTCOME:
            known[column.name] = reading
            about[column.name] = found
    recommendation = [
        n
        for n in known
        if _recommends(about[n], known[n]) > 0
        and (
            "recommendation" in about[n]
            or known[n].family == "likelihood"
            or agreement(answers_of(survey.columns[n], known[n]), mood) >= _GOES_WITH
        )
    ]
    recommendation.sort(key=lambda n: -_recommends(about[n], known[n]))
    rest = [n for n in known if n not in recommendation]
    sizes = {n: sum(stem_of(other) == stem_of(n) for other in readings) for n in overall}
    return Candidates(
        tuple(recommendation),
        tuple(n for n in rest if "loyalty" in about[n] and known[n].points >= 4),
        tuple(sorted((n for n in overall if n in known), key=lambda n: -sizes[n])),
        tuple(n for n in rest if "purchase" in about[n]),
        known,
    )


def _from_zero(column: Column, reading: Reading) -> Reading:
    """Return 0 to 10 for a recommendation asked up to 10, though nobody in the data says 0."""
    if reading.sure or reading.maximum < 9 or max(column.counts, default=0) < 9:
        return reading
    return _between(column, 0, 10, 10, "0 to 10, as recommendation is asked", sure=True)


def _recommends(about: set[str], reading: Reading) -> int:
    """Score a column as the recommendation question: words count 5, the scale 0-10 counts 3."""
    tens = (reading.minimum, reading.maximum) == (0, 10)
    words = "recommendation" in about and reading.points >= 4
    if "overall" in about and not words:
        return 0
    return 5 * words + 3 * tens + (reading.family == "likelihood" and (words or tens))


def _plain(column: Column) -> Reading | None:
    """Read a lone column of numbers: yes and no, 0 to 10, else 1 to the last code of its run."""
    if not column.coded:
        return None
    labels = column.number_labels
    yes = [code for code, label in labels.items() if says_yes(label)]
    no = [code for code, label in labels.items() if says_no(label)]
    codes = {c for c in column.counts if not empty_meant(labels.get(c, "")) and -1 < c < 66}
    if len(yes) == len(no) == 1:
        return _between(column, min(*yes, *no), max(*yes, *no), yes[0], "labels", sure=True)
    common = {c for c in codes if not is_slip(c, column.counts[c] / column.n) or c <= 10}
    if common <= set(range(12)) and len(common) >= 8 and {0.0, 10.0} <= common:
        return _between(column, 0, 10, 10, "0 to 10", sure=True)
    if codes == {0.0, 1.0}:
        return _between(column, 0, 1, 1, "0 and 1", sure=False)
    top = max((c for c in codes if c <= 10), default=0)
    if 1 in codes and 4 <= top <= 10 and len(codes) >= top - 1:
        return _between(column, 1, top, top, "large codes are usually good", sure=False)
    return None


def _between(
    column: Column, low: float, high: float, best: float, why: str, *, sure: bool
) -> Reading:
    labels = column.number_labels
    empties: dict[Code, Guess] = {
        code: Guess(kind, f'label "{label}"')
        for code, label in labels.items()
        if not low <= code <= high and (kind := empty_meant(label))
    }
    beyond, slips = beyond_scale(column, low=low, high=high, known=empties)
    family = family_of(column.wording)
    return Reading(low, high, best, why, sure, family, empties | beyond, strays=slips)


def answers_of(column: Column, reading: Reading) -> NDArray[np.float64]:
    """Return a column's answers, turned so that more is better; NaN where there is none."""
    values = column.values
    inside = (values >= reading.minimum) & (values <= reading.maximum)
    inside &= ~np.isin(values, [c for c in reading.empties if not isinstance(c, str)])
    turned = (
        values if reading.best == reading.maximum else reading.minimum + reading.maximum - values
    )
    return np.where(inside, turned, np.nan)


def mood_of(
    survey: Survey, readings: Mapping[str, Reading], rated: Sequence[str]
) -> NDArray[np.float64]:
    """Return each respondent's mean rating, on scales turned and stretched from 0 to 1."""
    total = np.zeros(survey.n_rows)
    n = np.zeros(survey.n_rows)
    for name in rated:
        reading = readings[name]
        values = answers_of(survey.columns[name], reading)
        stretched = (values - reading.minimum) / (reading.maximum - reading.minimum)
        n += ~np.isnan(stretched)
        total += np.nan_to_num(stretched)
    mood: NDArray[np.float64] = np.full(survey.n_rows, np.nan)
    np.divide(total, n, out=mood, where=n > 0)
    return mood


def outcomes_of(
    survey: Survey, found: Candidates, answers: Mapping[str, str]
) -> tuple[OutcomeFound, ...]:
    """Return the outcomes: what a person answered, else the likeliest candidates."""
    chosen = [*_recommendation(survey, found, answers), *_loyalty(survey, found, answers)]
    return (*chosen, *_purchase(survey, found))


def _recommendation(
    survey: Survey, found: Candidates, answers: Mapping[str, str]
) -> list[OutcomeFound]:
    name = answers.get("recommendation") or next(iter(found.recommendation), NONE)
    if name == NONE or name not in found.readings:
        return []
    reading = found.readings[name]
    column = survey.columns[name]
    worded = "recommendation" in topics(name, column.wording)
    tens = (reading.minimum, reading.maximum) == (0, 10)
    likely = tens and reading.family == "likelihood"
    if not tens:
        ends = f"{reading.minimum:g} to {reading.maximum:g}"
        why = (
            f"its words; as role recommendation it would have to be asked from 0 to 10, not {ends}"
        )
    elif worded:
        why = "its words and the scale 0-10"
    else:
        why = (
            "likelihood from 0 to 10" if likely else "the only kind of question asked from 0 to 10"
        )
    return [
        OutcomeFound(
            "recommendation",
            "",
            "recommendation" if tens else "behaviour",
            (name,),
            reading,
            why,
            doubtful=not (tens and (worded or likely)),
            question=column.wording,
        )
    ]


def _loyalty(survey: Survey, found: Candidates, answers: Mapping[str, str]) -> list[OutcomeFound]:
    chosen = answers.get("loyalty", "")
    items = _same_scale(found) if not chosen or chosen in found.loyalty else ()
    made: list[OutcomeFound] = []
    if items:
        words = {name: survey.columns[name].wording for name in items}
        turned = _turned(survey, items, found.readings[items[0]])
        made.append(
            OutcomeFound(
                "loyalty", "", "loyalty", items, found.readings[items[0]], "its words", turned,
                doubtful=bool(turned) or not found.readings[items[0]].sure,
                question=words[items[0]] if len(items) == 1 else "",
            )
        )  # fmt: skip
    overall = chosen if chosen and not items else next(iter(found.overall), NONE)
    if overall != NONE and overall in found.readings:
        made.append(_overall(survey, overall, found.readings[overall], alone=not items))
    return made


def _turned(survey: Survey, items: Sequence[str], reading: Reading) -> tuple[str, ...]:
    """Return the items worded the other way: against the others in the data, or by their words."""
    values = {name: answers_of(survey.columns[name], reading) for name in items}
    found = []
    for name in items:
        against = [agreement(values[name], values[other]) for other in items if other != name]
        if against and sum(against) / len(against) <= _AGAINST:
            found.append(name)
    if len(found) > len(items) / 2 or not any(np.isfinite(v).sum() > 30 for v in values.values()):
        found = [n for n in items if len(items) > 1 and is_turned(survey.columns[n].wording)]
    return tuple(found)


def _overall(survey: Survey, name: str, reading: Reading, *, alone: bool) -> OutcomeFound:
    why = "an overall judgement"
    if alone:
        why += "; no question on loyalty was found, so it stands in for loyalty (a proxy)"
    return OutcomeFound(
        "overall", "", "loyalty" if alone else "satisfaction", (name,), reading, why,
        proxy=alone, doubtful=alone, question=survey.columns[name].wording,
    )  # fmt: skip


def _same_scale(found: Candidates) -> tuple[str, ...]:
    if not found.loyalty:
        return ()
    scale = found.readings[found.loyalty[0]].scale
    alike = [name for name in found.loyalty if found.readings[name].scale == scale]
    return tuple(alike[:_MOST_ITEMS])


def _purchase(survey: Survey, found: Candidates) -> list[OutcomeFound]:
    return [
        OutcomeFound(
            "purchase", "", "purchase", (name,), found.readings[name], "its words",
            doubtful=not found.readings[name].sure, question=survey.columns[name].wording,
        )
        for name in found.purchase[:1]
    ]  # fmt: skip


def stand_in(
    survey: Survey, readings: Mapping[str, Reading], rated: Sequence[str]
) -> OutcomeFound | None:
    """Return the rating that goes most with the others, for a file without any outcome.

    It only makes the draft loadable: a person has to say what the outcome is.
    """
    if len(rated) < 3:
        return None
    values = {name: answers_of(survey.columns[name], readings[name]) for name in rated}
    together: Callable[[str], float] = lambda name: sum(  # noqa: E731
        agreement(values[name], values[other]) for other in rated if other != name
    )
    name = max(rated, key=together)
    why = "NO OUTCOME WAS FOUND: the rating that goes most with all others only fills the place"
    label = short(survey.columns[name].wording) or name
    return OutcomeFound(
        "outcome", label, "satisfaction", (name,), readings[name], why, doubtful=True
    )
