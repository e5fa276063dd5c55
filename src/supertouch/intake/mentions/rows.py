"""The rows of a file of mentions, typed, and the rules that each has to keep."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from supertouch.errors import DataError, Problem
from supertouch.intake.mentions.words import said, valence_words
from supertouch.intake.readers import FAULT, ROW
from supertouch.intake.readers.days import dates
from supertouch.intake.recode import texts
from supertouch.intake.schema import breaches
from supertouch.study.model import Study
from supertouch.study.naming import known_names, name_key

__all__ = ["Rows", "broken"]

EARLIEST = date(1990, 1, 1)
LONG_ENOUGH = 30
UNKNOWN = "?"
_WRITE_A_DATE = "Write the day as 2026-07-22 or 22.07.2026."
_SEVERAL = "Write the touchpoint's id in place of its label."


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The rows of a file of mentions, typed; what cannot be is missing.

    Attributes
    ----------
    frame : DataFrame
        As read.
    columns : mapping of str to str
        The file's column by what it holds.
    day : Series of datetime64
    valence, touchpoint : Series of str
        The touchpoint's id, empty where the name is not known.
    several : Series of bool
        Whether the name is the label of more than one touchpoint.
    today : date
    words : tuple of str
        What the file may say for a valence.
    """

    frame: pd.DataFrame
    columns: Mapping[str, str]
    day: pd.Series
    valence: pd.Series
    touchpoint: pd.Series
    several: pd.Series
    today: date
    words: tuple[str, ...]

    @classmethod
    def of(
        cls,
        study: Study,
        path: Path,
        frame: pd.DataFrame,
        columns: Mapping[str, str],
        *,
        today: date,
    ) -> Rows:
        """Type the rows of ``frame``.

        Raises
        ------
        DataError
            If no date can be read, or day and month cannot be told apart.
        """
        words = valence_words(study.mentions)
        known = known_names(study)
        keys = texts(frame[columns["touchpoint"]]).fillna("").map(name_key)
        found = keys.map(lambda key: known.get(key, UNKNOWN))
        given = texts(frame[columns["valence"]])
        return cls(
            frame=frame,
            columns=columns,
            day=_days(frame[columns["date"]], path.name, columns["date"]),
            valence=given.map(lambda cell: words.get(said(cell)), na_action="ignore"),
            touchpoint=found.replace(UNKNOWN, "").astype("str"),
            several=(found == "") & (keys != ""),
            today=today,
            words=tuple(words),
        )


def _days(column: pd.Series, file: str, name: str) -> pd.Series:
    place = f"{file}, column '{name}'"
    try:
        return dates(column, place=place)
    except DataError as error:
        told = [
            Problem(item.place, item.value, item.rule, _WRITE_A_DATE) for item in error.problems
        ]
        raise DataError(told) from error


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a cell has to be: the mask of those that are, the rule in words, what to do."""

    role: str
    holds: Callable[[Rows], pd.Series]
    rule: str
    remedy: str


def _given(role: str) -> Callable[[Rows], pd.Series]:
    return lambda rows: texts(rows.frame[rows.columns[role]]).notna()


def _is_day(rows: Rows) -> pd.Series:
    return rows.day.notna() | ~_given("date")(rows)


def _is_past(rows: Rows) -> pd.Series:
    return ~(rows.day > pd.Timestamp(rows.today))


def _is_recent(rows: Rows) -> pd.Series:
    return ~(rows.day < pd.Timestamp(EARLIEST))


def _is_valence(rows: Rows) -> pd.Series:
    return rows.valence.notna() | ~_given("valence")(rows)


def _is_one(rows: Rows) -> pd.Series:
    return ~rows.several


_RULES = (
    _Rule("date", _given("date"), "the date is blank", _WRITE_A_DATE),
    _Rule("date", _is_day, "is no date", _WRITE_A_DATE),
    _Rule("date", _is_past, "lies in the future", _WRITE_A_DATE),
    _Rule("date", _is_recent, f"lies before {EARLIEST.year}", _WRITE_A_DATE),
    _Rule(
        "valence",
        _given("valence"),
        "the valence is blank",
        "Write negative, neutral or positive.",
    ),
    _Rule(
        "valence",
        _is_valence,
        "is no valence that the study knows",
        "Name it in [mentions.valence] as negative, neutral or positive.",
    ),
    _Rule("touchpoint", _is_one, "is the label of several touchpoints", _SEVERAL),
)


def broken(rows: Rows) -> pd.DataFrame:
    """Return a line for each rule that a row breaks: row, column, value, rule, remedy.

    Of rows that break none, those are left out that repeat an earlier one: the same day, source,
    touchpoint and valence, and the same text of some length.
    """
    frame = rows.frame.reset_index(drop=True)
    checks: dict[str, list[pa.Check]] = {name: [] for name in rows.columns.values()}
    for rule in _RULES:
        checks[rows.columns[rule.role]].append(_check(rule, rows))
    columns = {name: pa.Column(nullable=True, checks=own) for name, own in checks.items()}
    cut = "too few fields: the row may be cut off or shifted"
    blank = pa.Check(lambda column: column.isna(), error=cut, ignore_na=False)
    columns[FAULT] = pa.Column(nullable=True, required=False, checks=blank)
    found = breaches(pa.DataFrameSchema(columns), frame)
    remedies = {rule.rule: rule.remedy for rule in _RULES}
    found["remedy"] = found["rule"].map(remedies).fillna("Export the file again.")
    again = pd.DataFrame(_repeated(rows, frame, set(found["position"])))
    found = pd.concat([found, again], ignore_index=True) if len(again) else found
    found = found.sort_values("position", kind="stable", ignore_index=True)
    return pd.DataFrame(
        {
            "row": frame[ROW].to_numpy()[found["position"].to_numpy(int)],
            "column": found["column"].replace(FAULT, "(whole row)"),
            "value": [
                _shown(frame, *place) for place in zip(found.position, found.column, strict=True)
            ],
            "rule": found["rule"],
            "remedy": found["remedy"],
        }
    )


def _check(rule: _Rule, rows: Rows) -> pa.Check:
    holds = rule.holds(rows).reset_index(drop=True)
    return pa.Check(lambda column: holds.loc[column.index], error=rule.rule, ignore_na=False)


def _repeated(rows: Rows, frame: pd.DataFrame, gone: set[int]) -> Iterator[dict[str, object]]:
    """Yield rows that repeat an earlier one, with the row that they repeat."""
    if "text" not in rows.columns:
        return
    first: dict[tuple[object, ...], int] = {}
    words = texts(frame[rows.columns["text"]]).fillna("").map(name_key)
    named = texts(frame[rows.columns["touchpoint"]]).fillna("").map(name_key)
    source = rows.columns.get("source")
    sources = texts(frame[source]).fillna("") if source else pd.Series("", index=frame.index)
    keys = zip(rows.day, sources, named, rows.valence, words, strict=True)
    for place, key in enumerate(keys):
        if place in gone or len(words[place]) < LONG_ENOUGH:
            continue
        earlier = first.setdefault(key, place)
        if earlier != place:
            yield {
                "position": place,
                "column": rows.columns["text"],
                "rule": f"repeats row {frame[ROW][earlier]} word for word",
                "remedy": "Nothing, if it was exported twice; otherwise tell them apart.",
            }


def _shown(frame: pd.DataFrame, place: int, column: str) -> str:
    value = texts(frame[column].iloc[[place]]).iloc[0]
    return "" if pd.isna(value) else str(value)
