"""The shape of the tables that decisions rest on: audit, mentions, portfolio, plan."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from supertouch.study.fields import (
    CodesField,
    Count,
    Name,
    Spec,
    SpecField,
    Texts,
    TextsField,
)
from supertouch.study.model import Audit, Goal, Mentions, PlanRule, Portfolio, Questionnaire
from supertouch.study.sections import Table

__all__ = [
    "AuditTable",
    "MentionsColumns",
    "MentionsTable",
    "MentionsValence",
    "PhasesTable",
    "PlanTable",
    "PortfolioTable",
    "QuestionnaireTable",
]

_AUDIT = Audit()
_MENTIONS = Mentions()
_PORTFOLIO = Portfolio()
_PLAN = PlanRule()
_QUESTIONNAIRE = Questionnaire()

Part = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
Money = Annotated[float, Field(ge=0, le=1e15, allow_inf_nan=False)]


class AuditTable(Table):
    """The inside view: what auditors fill in."""

    files: Name = _AUDIT.files
    points: Annotated[int, Field(ge=3, le=10)] = _AUDIT.points
    promise: TextsField = Texts()


class MentionsColumns(Table):
    """Names of the columns of the file of mentions, where they are others."""

    date: Name | None = None
    source: Name | None = None
    touchpoint: Name | None = None
    valence: Name | None = None
    text: Name | None = None


class MentionsValence(Table):
    """How the file of mentions says what is good and what is bad."""

    negative: CodesField = ()
    neutral: CodesField = ()
    positive: CodesField = ()


class MentionsTable(Table):
    """Complaints, reviews, comments, and the open question for what is missing."""

    file: Name | None = None
    sheet: Name | None = None
    columns: MentionsColumns = MentionsColumns()
    valence: MentionsValence = MentionsValence()
    missing: SpecField = Spec()
    least: Count = _MENTIONS.least


class PortfolioTable(Table):
    """The rule by which each touchpoint gets one decision."""

    effect: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)] = _PORTFOLIO.effect
    overlap: Part = _PORTFOLIO.overlap
    cost: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = _PORTFOLIO.cost
    quick: Part = _PORTFOLIO.quick
    step: Part = _PORTFOLIO.step


class PlanTable(Table):
    """Where the plan of measures lies, what it aims at, and its budget."""

    file: Name = _PLAN.file
    goal: Goal = _PLAN.goal
    budget: Money | None = None
    certain: bool = _PLAN.certain


class PhasesTable(Table):
    """Headings of the phases in the questionnaire, where they are others than the usual ones."""

    before: TextsField = Texts()
    during: TextsField = Texts()
    after: TextsField = Texts()


class QuestionnaireTable(Table):
    """How the questionnaire is made from the study."""

    most: Annotated[int, Field(ge=2, le=1000)] = _QUESTIONNAIRE.most
    period: TextsField = Texts()
    intro: TextsField = Texts()
    name: TextsField = Texts()
    phases: PhasesTable = PhasesTable()
    contact: TextsField = Texts()
    rating: TextsField = Texts()
    brand_fit: TextsField = Texts()
