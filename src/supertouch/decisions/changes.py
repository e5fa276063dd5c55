"""Changes of experience as people write them: hotline=+0.4, invoice=2.1."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from supertouch.errors import Problem, UnsupportedError
from supertouch.study.amounts import amount_of, is_ambiguous, plainly
from supertouch.study.model import Study
from supertouch.study.wording import nearest

__all__ = ["Change", "parse_amount", "parse_changes", "parse_costs", "problems_of"]

NUMBER = re.compile(r"[+\-\u2212]?(\d+([.,]\d+)?|[.,]\d+)")
SIGNS = "+-\u2212"
LISTED = 12
AMBIGUOUS = "may be thousands or a fraction."
HOW = "Write touchpoint=+0.4 for an improvement, or touchpoint=2.1 for the mean aimed at."
CONTACT = (
    "cannot be moved, only experience can be moved: who meets a touchpoint chose to, so that what "
    "goes with contact may be selection as well as effect."
)


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a touchpoint's experience: an improvement, or the mean aimed at.

    ``improvement`` is in rating points, and plus is better, also where 1 is the best grade.
    ``level`` is in the questionnaire's own codes. One of the two is None.
    """

    touchpoint: str
    improvement: float | None = None
    level: float | None = None


def parse_changes(texts: Sequence[str], *, study: Study | None = None) -> tuple[Change, ...]:
    """Read changes: a sign makes a number an improvement; without one it is the mean aimed at.

    Parameters
    ----------
    texts : sequence of str
        Such as ``hotline=+0.4`` or ``invoice=2,1``.
    study : Study, optional
        To find unknown touchpoints and means off the scale at once.

    Raises
    ------
    UnsupportedError
        With all problems.

    Examples
    --------
    >>> parse_changes(["hotline=+0,4"])
    (Change(touchpoint='hotline', improvement=0.4, level=None),)
    """
    read = [_change(text) for text in texts]
    problems = [item for item in read if isinstance(item, Problem)]
    changes = tuple(item for item in read if isinstance(item, Change))
    problems += _repeated(changes)
    if study is not None:
        problems += problems_of(study, changes)
    if not texts:
        problems.append(Problem("changes", "none", "nothing would change.", HOW))
    if problems:
        raise UnsupportedError(problems)
    return changes


def _change(text: str) -> Change | Problem:
    name, equals, number = (part.strip() for part in text.partition("="))
    touchpoint, dot, what = name.rpartition(".")
    if dot and what in ("reach", "contact"):
        return Problem("change", name, CONTACT, f"Write {touchpoint}=+0.4.")
    if not (name and equals and NUMBER.fullmatch(number)):
        return Problem("change", repr(text), "is not a touchpoint and a number.", HOW)
    if is_ambiguous(number.lstrip(SIGNS)):
        whole = f"{name}={re.sub('[.,]', '', number)}"
        remedy = f"Write {name}={number}0 for the fraction, or {whole}."
        return Problem("change", text, AMBIGUOUS, remedy)
    value = _number(number)
    return Change(name, improvement=value) if number[0] in SIGNS else Change(name, level=value)


def _number(text: str) -> float:
    return float(text.replace(",", ".").replace("\u2212", "-"))


def _repeated(changes: Iterable[Change]) -> list[Problem]:
    names = [change.touchpoint for change in changes]
    return [
        Problem("change", name, "is named more than once.", "Keep one.")
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]


def problems_of(study: Study, changes: Iterable[Change]) -> list[Problem]:
    """Find touchpoints that the study does not have, and means off their scale."""
    known = {item.id: study.scales[item.scale] for item in study.touchpoints}
    problems = []
    for change in changes:
        scale = known.get(change.touchpoint)
        if scale is None:
            rule = "is no touchpoint of the study."
            problems.append(Problem("change", change.touchpoint, rule, _meant(change, known)))
        elif change.level is not None and not scale.minimum <= change.level <= scale.maximum:
            rule = f"lies off the scale from {scale.minimum:g} to {scale.maximum:g}."
            remedy = f"Name a mean on it, or an improvement such as {change.touchpoint}=+0.4."
            problems.append(Problem(change.touchpoint, f"{change.level:g}", rule, remedy))
    return problems


def _meant(change: Change, known: Collection[str]) -> str:
    near = nearest(change.touchpoint, known)
    if near is not None:
        return f"Did you mean {near}?"
    more = " …" if len(known) > LISTED else ""
    return f"Its touchpoints are {', '.join(list(known)[:LISTED])}{more}."


def parse_costs(texts: Sequence[str]) -> dict[str, float]:
    """Read costs by touchpoint, such as ``hotline=50000``.

    Raises
    ------
    UnsupportedError
        With all problems; a number such as 50.000, which means different things in different
        countries, is one.
    """
    costs: dict[str, float] = {}
    problems = []
    for text in texts:
        name, _, number = (part.strip() for part in text.partition("="))
        value = amount_of(number)
        if is_ambiguous(number):
            problems.append(Problem("cost", text, AMBIGUOUS, f"Write {name}={plainly(number)}."))
        elif not name or value is None:
            rule = "is not a touchpoint and a cost."
            remedy = f"Write {name or 'touchpoint'}={plainly(number)}."
            problems.append(Problem("cost", repr(text), rule, remedy))
        elif name in costs:
            problems.append(Problem("cost", name, "is named more than once.", "Keep one."))
        else:
            costs[name] = value
    if problems:
        raise UnsupportedError(problems)
    return costs


def parse_amount(text: str) -> float:
    """Read a budget, such as ``150000`` or ``150000,50``.

    Raises
    ------
    UnsupportedError
        If it is none; a number such as 150.000 may be two.
    """
    value = amount_of(text)
    if value is None:
        rule = AMBIGUOUS if is_ambiguous(text) else "is no amount of zero or more."
        remedy = f"Write {plainly(text, otherwise='150000')}."
        raise UnsupportedError(Problem("budget", text, rule, remedy))
    return value
