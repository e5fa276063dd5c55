"""New columns that look like an outcome which the study does not have: drafts of its table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from supertouch.intake.draft.words import empty_meant, family_of, topics
from supertouch.intake.drift.differences import Comparison, Difference
from supertouch.intake.drift.outline import ColumnProfile
from supertouch.intake.drift.uses import Use
from supertouch.intake.drift.written import Name, lines
from supertouch.intake.recode import is_code
from supertouch.study.model import EMPTIES, Code

__all__ = ["named_from_here", "new_outcome"]

_TENS = range(11)
_MOST_CODES = 8
_PLEASED = 0.5
_FEWEST = 20


def new_outcome(
    both: Comparison, name: str, column: ColumnProfile, *, on_scale: Callable[[], Use | None]
) -> Difference | None:
    """Return the report of a column that the study may want as an outcome, None for others.

    Parameters
    ----------
    both : Comparison
        The waves.
    name, column
        A new column that the study does not read.
    on_scale : callable
        Finds a rating whose scale the column's answers are on.
    """
    about = topics(name, column.question)
    roles = {outcome.role for outcome in both.study.outcomes}
    if "recommendation" not in roles and _recommends(column, about):
        return _drafted(both, name, column, "recommendation", _on_tens(both, column))
    overall = "satisfaction" in roles or any(outcome.proxy for outcome in both.study.outcomes)
    rating = on_scale() if "overall" in about and not overall else None
    if rating is not None:
        scale: dict[str, object] = {"scale": both.study.touchpoint(rating.id).scale}
        return _drafted(
            both, name, column, "satisfaction", {**scale, **both.written.codes_of(rating)}
        )
    return None


def _recommends(column: ColumnProfile, about: Sequence[str]) -> bool:
    """Tell whether answers are from 0 to 10, by words on recommendation or mostly high ones."""
    counts = {value: n for code, n in column.counts.items() if (value := is_code(code)) is not None}
    tens = {value: n for value, n in counts.items() if value in _TENS}
    n = sum(tens.values())
    if not column.listed or n < _FEWEST or len(tens) < _MOST_CODES or not {0, 10} <= set(tens):
        return False
    if "recommendation" in about or family_of(column.question) == "likelihood":
        return True
    strays = [value for value in counts if value not in _TENS and value != 11 and value < 66]
    high = sum(n for value, n in tens.items() if value >= 7)
    return not strays and not column.question and high > _PLEASED * n


def _on_tens(both: Comparison, column: ColumnProfile) -> dict[str, object]:
    """Return scale and codes of a question from 0 to 10; codes of all items are no answers here."""
    codes: dict[str, tuple[Code, ...]] = {}
    for kind in EMPTIES:
        shared: Sequence[Code] = (
            getattr(both.written.document.codes, kind) if both.written.document else None
        ) or ()
        rest = tuple(code for code in shared if isinstance(code, str) or code not in _TENS)
        if rest != tuple(shared):
            codes[kind] = rest
    for code in column.counts:
        value = is_code(code)
        if value in _TENS:
            continue
        kind = empty_meant(column.labels.get(code) or code) or "refused"
        codes[kind] = (*codes.get(kind, ()), code if value is None else value)
    known = both.study.scales.values()
    fits = (s.id for s in known if (s.minimum, s.maximum, s.best, s.step) == (0, 10, 10, 1))
    return {"scale": next(fits, "rating_0_10")} | ({"codes": codes} if codes else {})


def _drafted(
    both: Comparison, name: str, column: ColumnProfile, role: str, content: Mapping[str, object]
) -> Difference:
    taken = {outcome.id for outcome in both.study.outcomes}
    taken |= {point.id for point in both.study.touchpoints}
    id_ = "recommendation" if role == "recommendation" else "overall"
    while id_ in taken:
        id_ += "_new"
    remark = f"a draft: {name} looks like a question on {_MEANT[role]}"
    if "codes" in content:
        remark += "; correct what its codes stand for"
    texts = []
    if content["scale"] not in both.study.scales:
        texts.append(lines(f"scales.{content['scale']}", {"min": 0, "max": 10, "best": 10}))
    table = {
        "label": column.question or name,
        "role": role,
        "column": named_from_here(both, name),
        **content,
    }
    texts.append(lines(f"outcomes.{id_}", table, remark=remark))
    return Difference("look", "column_added", id_, name, "", name, edit="\n".join(texts))


_MEANT = {"recommendation": "recommendation, from 0 to 10", "satisfaction": "overall satisfaction"}


def named_from_here(both: Comparison, name: str) -> dict[str, Name]:
    """Return a column's name in this wave and, if it is the last one, in those to come."""
    waves = [wave.id for wave in both.study.waves]
    if both.wave != waves[-1]:
        return {"default": False, both.wave: name}
    return {"default": name, **dict.fromkeys(waves[:-1], False)}
