"""What decisions rest on besides answers: audit sheets, mentions, portfolio rule, plan."""
# ruff: noqa: RUF009 - the records are frozen

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from supertouch.study.items import Code, Columns, Phase, Text

__all__ = [
    "Audit",
    "Effort",
    "Goal",
    "Measure",
    "Mentions",
    "PlanRule",
    "Portfolio",
    "Questionnaire",
    "Valence",
]

Valence = Literal["negative", "neutral", "positive"]
Goal = Literal["both", "loyalty", "recommendation"]
Effort = Literal["low", "medium", "high"]


@dataclass(frozen=True, slots=True)
class Audit:
    """The inside view: where auditors' filled sheets lie, below the folder of raw files.

    ``promise`` is the brand promise that every touchpoint is held against. Importance and
    performance are rated from 1 to ``points``, which is best.
    """

    files: str = "audit/*.xlsx"
    points: int = 5
    promise: Text = Text()


@dataclass(frozen=True, slots=True)
class Mentions:
    """Complaints, reviews, comments and web monitoring as one table, and the open question.

    ``file`` lies in the folder of raw files; None where there is none. ``columns`` names the
    file's columns for date, source, touchpoint, valence and text where they differ; ``valence``
    the file's words for negative, neutral and positive. ``missing`` is the survey's open question
    for touchpoints that the respondent misses. A missing touchpoint is told from ``least``
    mentions on.
    """

    file: str | None = None
    sheet: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    valence: Mapping[Valence, tuple[Code, ...]] = field(default_factory=dict)
    missing: Columns = Columns()
    least: int = 5


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The rule by which each touchpoint gets one decision, and what makes a quick win.

    Attributes
    ----------
    effect : float
        Share of a touchpoint's experience in units of the fair share, from which it counts as
        effective on an outcome.
    overlap : float
        Correlation of two touchpoints' contacts from which they are met as one.
    cost : float
        Share of all touchpoints' costs per customer met below which a touchpoint is cheap: a
        cheap touchpoint without effect is neglected, another one dropped.
    quick : float
        The share of touchpoints with the largest gain that a quick win must be among.
    step : float
        The improvement by which gains are compared, as a share of the rating scale's range.
    """

    effect: float = 1.5
    overlap: float = 0.5
    cost: float = 0.5
    quick: float = 1 / 3
    step: float = 0.1


@dataclass(frozen=True, slots=True)
class PlanRule:
    """Where the plan of measures lies beside the study file, what it aims at, and its budget.

    With ``certain``, a budget buys only measures whose gain is demonstrably above zero.
    """

    file: str = "plan.toml"
    goal: Goal = "both"
    budget: float | None = None
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of the plan: what is done at a touchpoint, by whom, for how much, to what end.

    ``target`` is the mean rating aimed at (Soll), turned so that more is better. ``based_on`` is
    the wave whose results it was planned on; ``excludes`` are measures that it cannot go with.
    """

    id: str
    touchpoint: str
    label: Text
    target: float
    based_on: str
    owner: str = ""
    cost: float | None = None
    start: date | None = None
    effort: Effort | None = None
    excludes: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """How the questionnaire is made from the study.

    ``most`` is how many touchpoints a respondent is asked about at most: of more touchpoints
    blocks are made. ``period`` says what contact refers to, such as "in the past twelve months";
    ``intro`` greets the respondent. ``name`` is the company as sentences have it behind "with";
    ``phases`` are headings in place of "before the purchase" and so on. ``contact``, ``rating`` and
    ``brand_fit`` are the questions that are put about all touchpoints.
    """

    most: int = 30
    period: Text = Text()
    intro: Text = Text()
    name: Text = Text()
    phases: Mapping[Phase, Text] = field(default_factory=dict)
    contact: Text = Text()
    rating: Text = Text()
    brand_fit: Text = Text()
