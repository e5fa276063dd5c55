"""Waves of a file: by its wave column, by its dates, or the file as one wave."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

import pandas as pd

from supertouch.intake.draft.columns import Survey
from supertouch.intake.draft.found import Design, Question, WaveFound
from supertouch.study.model import Code

__all__ = ["find_waves"]

_HINTS: Mapping[str, str] = {
    "week": r"weeks?(\b|_)|wochen?",
    "month": r"months?(\b|_)|monate?",
    "quarter": r"quarters?(\b|_)|quartale?|\bq[1-4]",
}
_LEAST_DAYS = 14
_MOST_WAVES = 40


def find_waves(
    survey: Survey, design: Design, answers: Mapping[str, str]
) -> tuple[tuple[WaveFound, ...], str, Question | None]:
    """Return the waves, the rule that made them, and the question to ask about it.

    A wave column gives a wave per value. Dates split the file only when a person says so, or when
    the file's name speaks of weeks, months or quarters.
    """
    name = design.column("wave")
    if name:
        return _by_values(survey, name), f"one per value of {name}", None
    dates = design.column("date")
    days = survey.columns[dates].days if dates else None
    if days is None or (days.max() - days.min()).days < _LEAST_DAYS:
        return (_whole(survey, days),), "the whole file", None
    stem = survey.path.stem.casefold()
    hint = next((unit for unit, words in _HINTS.items() if re.search(words, stem)), "none")
    choices = {"none": "one wave", **{unit: f"a wave per {unit}" for unit in _UNITS}}
    question = Question("waves", f"Split the file into waves by {dates}?", hint, choices)
    unit = answers.get("waves", hint)
    made = _by_days(days, unit) if unit != "none" else ()
    if not made or len(made) > _MOST_WAVES:
        return (_whole(survey, days),), "the whole file", question
    return made, f"one per {unit} of {dates}", question


def _whole(survey: Survey, days: pd.Series[pd.Timestamp] | None) -> WaveFound:
    year = re.search(r"(19|20)\d\d", survey.path.stem)
    text = year.group() if year else ""
    if not text and days is not None and days.min().year == days.max().year:
        text = str(days.min().year)
    return WaveFound(text or "w1", text or "Wave 1")


def _by_values(survey: Survey, name: str) -> tuple[WaveFound, ...]:
    column = survey.columns[name]
    labels = column.number_labels
    numbers: list[Code] = list(column.counts)
    made: list[WaveFound] = []
    for code in [*numbers, *sorted(column.words)]:
        text = str(code) if isinstance(code, str) else f"{code:g}"
        made.append(
            WaveFound(
                _wave_id(text, made),
                labels.get(code, text) if not isinstance(code, str) else text,
                (code,),
            )
        )
    return tuple(made)


def _wave_id(text: str, made: list[WaveFound]) -> str:
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", text.encode("ascii", "ignore").decode()).strip("-")
    plain = plain if plain and plain != "default" else "w"
    plain = f"w{plain}" if plain.isdigit() and len(plain) < 4 else plain
    taken = {wave.id.casefold() for wave in made}
    return plain if plain.casefold() not in taken else f"{plain}-{len(made) + 1}"


def _week(day: date) -> tuple[date, date, str]:
    start = day - timedelta(days=day.weekday())
    year, week, _ = day.isocalendar()
    return start, start + timedelta(days=6), f"{year}-w{week:02}"


def _month(day: date) -> tuple[date, date, str]:
    start = day.replace(day=1)
    return start, _next_month(start) - timedelta(days=1), f"{day:%Y-%m}"


def _quarter(day: date) -> tuple[date, date, str]:
    start = day.replace(month=3 * ((day.month - 1) // 3) + 1, day=1)
    end = _next_month(_next_month(_next_month(start))) - timedelta(days=1)
    return start, end, f"{day.year}-q{(day.month - 1) // 3 + 1}"


def _year(day: date) -> tuple[date, date, str]:
    return day.replace(month=1, day=1), day.replace(month=12, day=31), str(day.year)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


_UNITS: Mapping[str, Callable[[date], tuple[date, date, str]]] = {
    "week": _week,
    "month": _month,
    "quarter": _quarter,
    "year": _year,
}


def _by_days(days: pd.Series[pd.Timestamp], unit: str) -> tuple[WaveFound, ...]:
    spans = sorted({_UNITS[unit](stamp.date()) for stamp in days.dropna().unique()})
    named = [(start, end, name, _LABELS[unit](start)) for start, end, name in spans]
    return tuple(
        WaveFound(name, labels["en"], start=start, end=end, labels=labels)
        for start, end, name, labels in named
    )


def _week_labels(start: date) -> dict[str, str]:
    year, week, _ = start.isocalendar()
    return {"en": f"Week {week}, {year}", "de": f"KW {week}/{year}"}


def _month_labels(start: date) -> dict[str, str]:
    return {
        language: f"{names.split()[start.month - 1]} {start.year}"
        for language, names in _MONTHS.items()
    }


def _quarter_labels(start: date) -> dict[str, str]:
    number = (start.month - 1) // 3 + 1
    return {"en": f"Q{number} {start.year}", "de": f"{number}. Quartal {start.year}"}


def _year_labels(start: date) -> dict[str, str]:
    return {"en": str(start.year), "de": str(start.year)}


_MONTHS: Mapping[str, str] = {
    "en": ("January February March April May June July August September October November December"),
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
}
_LABELS: Mapping[str, Callable[[date], dict[str, str]]] = {
    "week": _week_labels,
    "month": _month_labels,
    "quarter": _quarter_labels,
    "year": _year_labels,
}
