"""Write a plan of measures as TOML or as an Excel sheet to edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from supertouch.errors import Problem, UnsupportedError
from supertouch.saving import save
from supertouch.study.model import Measure, Study
from supertouch.study.wording import toml_value

__all__ = ["write_plan"]

HEADING = """\
# The plan: what is done at which touchpoint, by whom, for how much, and what it aims at.
# target is the mean rating aimed at (Soll), as in the questionnaire; based_on the wave that it was
# planned on: the waves after that one tell whether the target was met.
"""


def write_plan(
    study: Study,
    measures: Sequence[Measure],
    path: Path,
    *,
    language: str,
    facts: Mapping[str, Mapping[str, object]] | None = None,
) -> Path:
    """Write the plan whole or not at all, and return where.

    Parameters
    ----------
    study
    measures
    path
        A ``.toml`` or ``.xlsx`` file.
    language
        Of the Excel sheet's headers.
    facts
        What people want to see beside a touchpoint in Excel, by its id: ``decision``, a word, and
        ``now``, its mean rating in the questionnaire's codes.

    Raises
    ------
    UnsupportedError
        If the path ends otherwise.
    OutputError
        If it cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix == ".toml":
        text = _toml(study, measures)
        return save(path, lambda part: part.write_text(text, encoding="utf-8", newline="\n"))
    if suffix == ".xlsx":
        from supertouch.instruments.plan.sheet import write_sheet

        return save(
            path,
            lambda part: write_sheet(study, measures, part, language=language, facts=facts or {}),
        )
    rule = "is no plan: a plan is a .toml or an .xlsx file."
    raise UnsupportedError(Problem(str(path), "", rule, "Name such a file."))


def _toml(study: Study, measures: Sequence[Measure]) -> str:
    parts = [HEADING]
    for measure in measures:
        lines = [f"[measures.{measure.id}]"]
        lines += [f"{key} = {_value(value)}" for key, value in _values(study, measure).items()]
        if measure.cost is None:
            lines.append("# cost = 50000, needed for budgets")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _values(study: Study, measure: Measure) -> dict[str, object]:
    scale = study.scales[study.touchpoint(measure.touchpoint).scale]
    given: dict[str, object] = {
        "touchpoint": measure.touchpoint,
        "label": dict(measure.label.by_language),
        "target": round(float(scale.turned(measure.target)), 6),
        "based_on": measure.based_on,
        "owner": measure.owner,
        "cost": measure.cost,
        "start": measure.start,
        "effort": measure.effort,
        "excludes": list(measure.excludes),
        "note": measure.note,
    }
    return {key: value for key, value in given.items() if value not in (None, "", [])}


def _value(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, Mapping):
        return (
            "{ " + ", ".join(f"{key} = {_quoted(str(text))}" for key, text in value.items()) + " }"
        )
    return toml_value(value)


def _quoted(text: str) -> str:
    """Write a text as a TOML string on one line, whatever it holds."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    signs = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return '"' + "".join(signs.get(sign, _sign(sign)) for sign in escaped) + '"'


def _sign(sign: str) -> str:
    return f"\\u{ord(sign):04x}" if ord(sign) < 32 or ord(sign) == 127 else sign
