"""Columns that describe the sample and the fieldwork, found by name and by their numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import numpy as np

from supertouch.intake.draft.columns import Column, Survey
from supertouch.intake.draft.found import Design, ExclusionFound
from supertouch.study.model import Code

__all__ = ["find_design", "find_exclusions"]

_NAMES: Mapping[str, str] = {
    "respondent": (
        r"^\W*(resp(ondent)?[ _]?(num|nr|id|no)?|response[ _]?id|resp\w*id|case[ _]?id|case|id"
        r"|lfd[ _]?(nr|n)?|uuid|record(no|id)?|participant\w*|interview\w*id|serial|v1|befragt\w*)$"
    ),
    "weight": r"weight|gewicht|(^|_)(wgt|wt|gew|w8|pond|wght)(\d|_|$)",
    "cluster": (
        r"^(run|run_?id|cluster\w*|psu|klumpen|filiale?n?(_?(id|nr))?"
        r"|flight_?run|sample_?point)$"
    ),
    "stratum": r"^(strat(a|um)?|schicht\w*|stratum_?id)$",
    "wave": r"^(wave|welle|wave_?(id|no|nr)|quarter|quartal|qtr|jahr|year|erhebung\w*|messung)$",
    "duration": (
        r"^duration|dauer(_?(sek|sec|min)\w*)?$|^total ?time$|interview_?time|elapsed"
        r"|duration.*seconds|bearbeitungszeit|^loi$"
    ),
    "date": (
        r"start_?date|date ?started|startdatum|startzeit|start_?time|interview_?date|^date$|^datum$"
        r"|end_?date|recorded_?date|submit_?date|date ?submitted|^int_?dat(e|um)$|datetime"
    ),
}
_PREVIEW = re.compile(r"preview|vorschau|survey test|^test|testinterview")


def find_design(survey: Survey) -> Design:
    """Return the columns for respondent, weight, cluster, stratum, wave, duration and date.

    A column serves a use when its name says so and its numbers allow it: ids do not repeat,
    weights are positive with a mean near 1, clusters have several rows each.
    """
    columns: dict[str, tuple[str, str]] = {}
    others: dict[str, tuple[str, ...]] = {}
    for use, pattern in _NAMES.items():
        named = [
            c for c in survey.columns.values() if re.search(pattern, c.name.strip().casefold())
        ]
        fits = [(c, why) for c in named if (why := _FITS[use](c))]
        if fits:
            columns[use] = (fits[0][0].name, fits[0][1])
            others[use] = tuple(column.name for column, _ in fits[1:])
    return Design(columns, others)


def _respondent(column: Column) -> str:
    if column.distinct < 0.98 * (column.n + column.blank):
        return ""
    spare = column.n + column.blank - column.distinct
    return f"its name; blank or repeated in {spare} cells" if spare else "its name; none twice"


def _weight(column: Column) -> str:
    values = column.values[~np.isnan(column.values)]
    useless = column.n + column.blank - int((values > 0).sum())
    if useless > 0.2 * (column.n + column.blank) or column.distinct < 2:
        return ""
    mean = float(values[values > 0].mean())
    blank = f"; no weight in {useless} cells" if useless else ""
    return f"its name; positive, mean {mean:.2f}{blank}" if 0.2 <= mean <= 5 else ""


def _cluster(column: Column) -> str:
    several = column.distinct >= 10 and column.n >= 2 * column.distinct
    return f"its name; {column.distinct} units of several respondents" if several else ""


def _stratum(column: Column) -> str:
    fits = 2 <= column.distinct <= 200 and column.n >= 5 * column.distinct
    return f"its name; {column.distinct} values" if fits else ""


def _wave(column: Column) -> str:
    fits = 2 <= column.distinct <= 40 and not column.blank and column.n >= 30 * column.distinct
    return f"its name; {column.distinct} values" if fits else ""


def _duration(column: Column) -> str:
    values = column.values[~np.isnan(column.values)]
    told = len(values) > column.blank and column.distinct > 5
    return f"its name; median {np.median(values):.0f}" if told and values.min() >= 0 else ""


def _date(column: Column) -> str:
    found = column.days
    if found is None or found.notna().mean() < 0.5:
        return ""
    return f"holds dates, {found.min():%Y-%m-%d} to {found.max():%Y-%m-%d}"


_FITS: Mapping[str, Callable[[Column], str]] = {
    "respondent": _respondent,
    "weight": _weight,
    "cluster": _cluster,
    "stratum": _stratum,
    "wave": _wave,
    "duration": _duration,
    "date": _date,
}


def find_exclusions(survey: Survey) -> tuple[ExclusionFound, ...]:
    """Return previews and unfinished interviews, as survey platforms mark them."""
    found = []
    for column in survey.columns.values():
        name = re.sub(r"[\W_]+", "", column.name.casefold())
        mark = _HOUSEKEEPING.get(name)
        if mark:
            rule, reason = mark
            values = tuple(code for code, label in _values(column) if rule(code, label))
            n = sum(
                column.counts.get(v, 0) if isinstance(v, float) else column.words.get(v, 0)
                for v in values
            )
            if n and n < column.n:
                found.append(ExclusionFound(column.name, values, reason, n))
    return tuple(found)


def _values(column: Column) -> list[tuple[Code, str]]:
    labels = column.number_labels
    numbers: list[tuple[Code, str]] = [(code, labels.get(code, "")) for code in column.counts]
    return numbers + [(word, word) for word in column.words]


def _says_preview(_: Code, label: str) -> bool:
    return bool(_PREVIEW.search(label.casefold()))


def _is_preview(code: Code, label: str) -> bool:
    return bool(_PREVIEW.search(label.casefold())) or code == 1.0


def _is_unfinished(code: Code, label: str) -> bool:
    word = str(label).casefold()
    return code == 0.0 or word in ("false", "falsch", "no", "nein", "unvollständig", "incomplete")


def _is_test(code: Code, label: str) -> bool:
    return str(label).casefold() in ("yes", "ja", "true", "test") or code == 1.0


_HOUSEKEEPING: Mapping[str, tuple[Callable[[Code, str], bool], str]] = {
    "status": (_says_preview, "Preview"),
    "responsetype": (_is_preview, "Preview"),
    "distributionchannel": (_says_preview, "Preview"),
    "finished": (_is_unfinished, "Not finished"),
    "beendet": (_is_unfinished, "Not finished"),
    "completed": (_is_unfinished, "Not finished"),
    "testfall": (_is_test, "Test interview"),
    "test": (_is_test, "Test interview"),
    "testinterview": (_is_test, "Test interview"),
}
