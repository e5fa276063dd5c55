"""Answer scales in words, and means as the questionnaire counts: in its own codes."""

from __future__ import annotations

from collections.abc import Iterable

from supertouch.report.blocks import Cell
from supertouch.report.evidence import Evidence, Record, one_line
from supertouch.study.model import Scale

__all__ = [
    "best_text",
    "code_text",
    "label_text",
    "mean_cell",
    "mean_head",
    "one_scale",
    "scale_text",
]


def scale_text(evidence: Evidence, scale: Scale) -> str:
    """Return a scale in words: its ends, which one is best, and the labels of its ends."""
    words = evidence.words

    def end(code: float) -> str:
        number = code_text(evidence, code)
        label = label_text(evidence, scale, code)
        return f"{number} ({label})" if label else number

    return words.say(
        "asked.scale_ends",
        low=end(scale.minimum),
        high=end(scale.maximum),
        best=code_text(evidence, scale.best),
    )


def best_text(evidence: Evidence, scale: Scale) -> str:
    """Return which code of a scale is best, as in "1 = very good"."""
    label = label_text(evidence, scale, scale.best) or evidence.words.say("scale.best")
    return f"{code_text(evidence, scale.best)} = {label}"


def one_scale(evidence: Evidence, names: Iterable[str]) -> Scale | None:
    """Return the scale that all names stand for; None where they differ."""
    found = {name: evidence.study.scales.get(name) for name in names}
    return next(iter(found.values())) if len(found) == 1 else None


def mean_head(evidence: Evidence, column: str, scale: Scale | None) -> str:
    """Return the head of a column of means; it says what is best where small codes are."""
    head = evidence.words.say(f"column.{column}")
    if scale is None or not scale.reversed:
        return head
    return evidence.words.say("scale.head", head=head, best=best_text(evidence, scale))


def mean_cell(
    evidence: Evidence,
    record: Record,
    name: str,
    scale: Scale | None,
    *,
    noted: bool = False,
    base: str = "",
) -> Cell:
    """Return a mean with its interval in the scale's own codes; tables hold it turned.

    Parameters
    ----------
    record, name
        Row of a table and the estimate in it.
    scale
        The scale of the answers; None shows the estimate as it stands.
    noted
        Say below the mean which code is best, where small codes are.
    base
        Further line below the interval.
    """
    words = evidence.words
    mean, low, high = (record.get(f"{name}{part}") for part in ("", "_low", "_high"))
    note = ""
    if scale is not None and scale.reversed and mean is not None:
        mean, low, high = (
            None if value is None else scale.turned(float(value)) for value in (mean, high, low)
        )
        note = best_text(evidence, scale) if noted else ""
    detail = "\n".join(part for part in (words.interval(low, high), note, base) if part)
    return Cell(words.number(mean), detail, sort=mean, numeric=True)


def code_text(evidence: Evidence, code: float) -> str:
    """Return an answer's code as a number."""
    return evidence.words.number(code, 0 if float(code).is_integer() else 1)


def label_text(evidence: Evidence, scale: Scale, code: float) -> str:
    """Return the label of an answer; "" where the study gives none."""
    text = scale.labels.get(code)
    return one_line(text.within(evidence.words.code)) if text else ""
