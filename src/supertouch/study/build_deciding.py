"""Make the records that decisions rest on: audit, mentions, portfolio, plan, questionnaire."""

from __future__ import annotations

from supertouch.study.document import Document
from supertouch.study.fields import Texts
from supertouch.study.model import (
    PHASES,
    Audit,
    Code,
    Mentions,
    Phase,
    PlanRule,
    Portfolio,
    Questionnaire,
    Valence,
)
from supertouch.study.sections_deciding import MentionsTable, PlanTable, PortfolioTable
from supertouch.study.written import columns_of, text_of

__all__ = ["audit", "mentions", "plan", "portfolio", "questionnaire"]


def audit(document: Document) -> Audit:
    """Make what is asked of auditors."""
    table, languages = document.audit, tuple(document.study.languages)
    return Audit(table.files, table.points, text_of(table.promise, languages))


def mentions(table: MentionsTable) -> Mentions:
    """Make where mentions and the open question are found; only what the file says is there."""
    kinds: dict[Valence, tuple[Code, ...]] = {
        "negative": table.valence.negative,
        "neutral": table.valence.neutral,
        "positive": table.valence.positive,
    }
    return Mentions(
        file=table.file,
        sheet=table.sheet,
        columns=table.columns.model_dump(exclude_none=True),
        valence={kind: codes for kind, codes in kinds.items() if codes},
        missing=columns_of(table.missing),
        least=table.least,
    )


def portfolio(table: PortfolioTable) -> Portfolio:
    """Make the rule by which each touchpoint gets one decision."""
    return Portfolio(**table.model_dump())


def plan(table: PlanTable) -> PlanRule:
    """Make where the plan lies and what it aims at."""
    return PlanRule(table.file, table.goal, table.budget, table.certain)


def questionnaire(document: Document) -> Questionnaire:
    """Make how the questionnaire is made."""
    table, languages = document.questionnaire, tuple(document.study.languages)
    headings: dict[Phase, Texts] = {phase: getattr(table.phases, phase) for phase in PHASES}
    return Questionnaire(
        most=table.most,
        period=text_of(table.period, languages),
        intro=text_of(table.intro, languages),
        name=text_of(table.name, languages),
        phases={p: text_of(texts, languages) for p, texts in headings.items() if texts != Texts()},
        contact=text_of(table.contact, languages),
        rating=text_of(table.rating, languages),
        brand_fit=text_of(table.brand_fit, languages),
    )
