"""Which questions of a wave are tallied, and what answers each of them can have."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from supertouch.errors import Problem, UnsupportedError
from supertouch.findings.streams.layout import Layout
from supertouch.findings.streams.tallies import Tallied
from supertouch.study.model import Outcome, Scale, Study, Touchpoint

__all__ = ["CONTACTS", "POINTS", "questions_of"]

POINTS = (-100.0, 0.0, 100.0)
_MOST_ANSWERS = 1001
_CLOSE = 1e-6
CONTACTS = 3


def questions_of(study: Study, layout: Layout) -> tuple[Tallied, ...]:
    """Return every question that tables of levels, comparisons and banner tables rest on.

    Raises
    ------
    UnsupportedError
        If a question has no set of answers that could be counted.
    """
    found = [Tallied("respondent", "", "", (1.0,))]
    for outcome in layout.outcomes:
        found += _of_outcome(study, outcome)
    scored = study.outcome_of("recommendation", layout.wave) is not None
    for touchpoint in layout.touchpoints:
        found += _of_touchpoint(study, layout.wave, touchpoint, scored=scored)
    return tuple(found)


def _of_outcome(study: Study, outcome: Outcome) -> Iterator[Tallied]:
    scale = study.scales[outcome.scale]
    codes = _codes(scale)
    several = len(outcome.items)
    least = max(outcome.min_items, 1)
    values = codes if several == 1 else _means_of(codes, scale, range(least, several + 1))
    yield Tallied("outcome", outcome.id, f"{outcome.id}.score", values)
    for number in range(1, several + 1) if several > 1 else ():
        column = f"{outcome.id}.item{number}"
        yield Tallied("item", f"{outcome.id}.{number}", column, codes)


def _of_touchpoint(
    study: Study, wave: str, touchpoint: Touchpoint, *, scored: bool
) -> Iterator[Tallied]:
    contact = f"{touchpoint.id}.contact"
    yield Tallied("contact", touchpoint.id, contact, (0.0, 1.0))
    if scored:
        yield Tallied("nps_by_contact", touchpoint.id, contact, POINTS * CONTACTS)
    codes = _codes(study.scales[touchpoint.scale])
    yield Tallied("rating", touchpoint.id, f"{touchpoint.id}.rating", codes)
    if touchpoint.brand_fit.within(wave) is not None:
        codes = _codes(study.scales[touchpoint.brand_fit_scale])
        yield Tallied("brand_fit", touchpoint.id, f"{touchpoint.id}.brand_fit", codes)


def _codes(scale: Scale) -> tuple[float, ...]:
    """Return the answers that a scale offers, which are the same after turning it."""
    if not scale.step:
        raise _uncounted(scale, "0", "A scale without steps has no answers that can be counted.")
    count = round((scale.maximum - scale.minimum) / scale.step) + 1
    if count > _MOST_ANSWERS:
        rule = f"A scale of more than {_MOST_ANSWERS} answers is not counted answer by answer."
        raise _uncounted(scale, str(count), rule)
    return tuple((scale.minimum + scale.step * np.arange(count)).tolist())


def _means_of(codes: tuple[float, ...], scale: Scale, answered: range) -> tuple[float, ...]:
    """Return the means that so many items' answers can have."""
    sums = {(total, n) for n in answered for total in range(n * (len(codes) - 1) + 1)}
    every = np.array(sorted(total / n for total, n in sums))
    values = every[np.append(True, np.diff(every) > _CLOSE)]
    if len(values) > _MOST_ANSWERS:
        rule = f"Scores of more than {_MOST_ANSWERS} values are not counted value by value."
        raise _uncounted(scale, str(len(values)), rule)
    return tuple((scale.minimum + scale.step * values).tolist())


def _uncounted(scale: Scale, value: str, rule: str) -> UnsupportedError:
    return UnsupportedError(
        Problem(
            f"study.toml, scale '{scale.id}'",
            value,
            f"{rule} Waves of more rows than stream_above are counted so.",
            "Give the scale the step of its answers, or set stream_above in [engine] above the"
            " number of respondents.",
        )
    )
