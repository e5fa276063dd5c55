"""How each measure is written: shares in percent, means in the questionnaire's own codes."""

from __future__ import annotations

from supertouch.language import Language
from supertouch.report.evidence import Evidence, Record
from supertouch.study.model import Scale

__all__ = [
    "MEASURES",
    "change_texts",
    "read_change",
    "read_value",
    "scale_of",
    "size_text",
    "subject_of",
    "value_text",
    "value_texts",
]

MEASURES = (
    "mean",
    "nps",
    "satisfaction",
    "disappointed",
    "delighted",
    "reach",
    "share",
    "importance",
    "effect",
    "rank",
    "r2",
)
PERCENT = {"reach": 0, "disappointed": 0, "delighted": 0, "share": 1, "r2": 1}
PLACES = {"nps": 0, "rank": 0, "importance": 3, "part": 3}
SIGNED = frozenset({"nps", "effect"})


def subject_of(evidence: Evidence, row: Record, *, short: bool = False) -> tuple[str, str]:
    """Return what a row is about, and the outcome and component where it has them."""
    words = evidence.words
    if not row["touchpoint"]:
        return evidence.item_label(str(row["outcome"])), ""
    about = [evidence.item_label(str(row["outcome"]))] if row["outcome"] else []
    if row.get("component") == "contact":
        about.append(words.say("item.contact" if short else "component.contact"))
    return evidence.item_label(str(row["touchpoint"])), " · ".join(about)


def scale_of(evidence: Evidence, row: Record, *, measure: str) -> Scale | None:
    """Return the scale that a mean is told on; None for every other measure."""
    scales = evidence.study.scales
    if measure == "mean":
        return scales.get(evidence.study.outcome(str(row["outcome"])).scale)
    if measure == "satisfaction":
        return scales.get(evidence.study.touchpoint(str(row["touchpoint"])).scale)
    return None


def read_value(value: float | None, *, scale: Scale | None) -> float | None:
    """Return a value as it is read: means in the codes of ``scale``, which tables hold turned."""
    if scale is None or not scale.reversed or value is None:
        return value
    return scale.turned(float(value))


def read_change(value: float | None, *, measure: str) -> float | None:
    """Return a difference as it is read: shares in percentage points."""
    return 100 * float(value) if measure in PERCENT and value is not None else value


def value_text(
    words: Language,
    measure: str,
    value: float | None,
    *,
    scale: Scale | None = None,
    exact: bool = False,
) -> str:
    """Return a value of a measure; means in the codes of ``scale``, which tables hold turned.

    With ``exact`` shares of respondents and NPS get a decimal.
    """
    if measure in PERCENT:
        return words.percent(value, 1 if exact else PERCENT[measure])
    value = read_value(value, scale=scale)
    digits = 1 if exact and measure == "nps" else PLACES.get(measure, 2)
    return words.number(value, digits, signed=measure in SIGNED)


def value_texts(
    words: Language,
    row: Record,
    name: str,
    *,
    measure: str,
    scale: Scale | None,
    exact: bool = False,
) -> tuple[str, str]:
    """Return the estimate ``name`` of a row, and its interval ("" where it has none).

    With ``exact`` shares of respondents get a decimal.
    """
    exact = exact and measure in PERCENT
    ends = [row[f"{name}_low"], row[f"{name}_high"]]
    text = value_text(words, measure, row[name], scale=scale, exact=exact)
    if None in ends:
        return text, ""
    if scale is not None and scale.reversed:
        ends.reverse()
    low, high = (value_text(words, measure, end, scale=scale) for end in ends)
    if measure in PERCENT:
        return text, words.percent_interval(ends[0], ends[1], 1 if exact else PERCENT[measure])
    return text, words.say("format.range", low=low, high=high)


def change_texts(words: Language, row: Record, name: str, *, measure: str) -> tuple[str, str]:
    """Return a difference of two values of a measure, and its interval; plus = better or more."""
    parts = [read_change(part, measure=measure)
             for part in (row[name], row.get(f"{name}_low"), row.get(f"{name}_high"))]  # fmt: skip
    if measure in PERCENT:
        value, low, high = parts
        text = words.number(value, 1, signed=True)
        told = text if value is None else words.say("differences.points", value=text)
        return told, words.interval(low, high, 1, signed=True)
    digits = PLACES.get(measure, 2)
    return (
        words.number(parts[0], digits, signed=True),
        words.interval(parts[1], parts[2], digits, signed=True),
    )


def size_text(words: Language, measure: str, size: float | None, *, unit: bool = True) -> str:
    """Return how large a difference is, whichever its sign; shares in percentage points."""
    if measure not in PERCENT or size is None:
        return words.number(size, PLACES.get(measure, 2))
    text = words.number(read_change(size, measure=measure), 1)
    return words.say("differences.points", value=text) if unit else text
