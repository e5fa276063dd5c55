"""Questions on what the touchpoints are held to drive, in the study's wording or a usual one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from supertouch.errors import Problem, StudyError
from supertouch.instruments.questionnaire.asked import Condition, Item, Question
from supertouch.instruments.questionnaire.choices import (
    company_of,
    name_of,
    not_answered,
    said,
    scale_choices,
    written,
)
from supertouch.language import Language
from supertouch.study.model import Outcome, Study, Text
from supertouch.study.wording import plain
from supertouch.study.written import BETWEEN

__all__ = ["outcome_questions"]


def outcome_questions(
    study: Study, wave: str, *, languages: Sequence[Language], taken: set[str]
) -> tuple[Question, ...]:
    """Return a question per outcome of the wave, but for columns that are ``taken`` already.

    An outcome that stands in for another one and is read from the same column is asked once.

    Raises
    ------
    StudyError
        If an outcome of several items has no wording for each of them; all outcomes at once.
    """
    found, problems = [], []
    for outcome in study.outcomes_in(wave):
        columns = [item.within(wave) or "" for item in outcome.items]
        if all(column in taken for column in columns):
            continue
        texts = _worded(study, outcome, languages)
        if len(texts) != len(columns):
            problems.append(_unworded(study, outcome, len(columns)))
            continue
        lines = {c: t for c, t in zip(columns, texts, strict=True) if c not in taken}
        found.append(_question(study, wave, outcome, lines, languages))
        taken |= set(columns)
    if problems:
        raise StudyError(problems)
    return tuple(found)


def _question(
    study: Study,
    wave: str,
    outcome: Outcome,
    lines: Mapping[str, Text],
    languages: Sequence[Language],
) -> Question:
    several = len(outcome.items) > 1
    beside = not_answered(outcome.codes, languages=languages)
    shown = _open_to(study, wave, outcome)
    asked = said(languages, f"questionnaire.ask_{_items_of(outcome)}")
    return Question(
        id=outcome.id,
        kind="matrix" if several else "single",
        text=asked if several else next(iter(lines.values())),
        items=tuple(
            Item(column, text if several else outcome.label, shown_if=shown)
            for column, text in lines.items()
        ),
        choices=scale_choices(
            study.scales[outcome.scale], ends=_wording_of(outcome), languages=languages
        ),
        not_answered=beside,
        required=bool(beside),
    )


def _items_of(outcome: Outcome) -> str:
    return "agree" if outcome.role in {"loyalty", "behaviour"} else "rate"


def _wording_of(outcome: Outcome) -> str:
    """Return whose usual wording holds: loyalty that is stood in for is asked as satisfaction."""
    return "satisfaction" if outcome.proxy else outcome.role


def _open_to(study: Study, wave: str, outcome: Outcome) -> tuple[Condition, ...]:
    column = study.status.column.within(wave) if study.status else None
    if study.status is None or column is None or set(study.status.codes) <= set(outcome.status):
        return ()
    codes = [code for kind in outcome.status for code in study.status.codes.get(kind, ())]
    return (Condition(column, tuple(map(plain, codes))),)


def _worded(study: Study, outcome: Outcome, languages: Sequence[Language]) -> list[Text]:
    """Return the wording of each item; fewer than there are items where some have none."""
    if written(outcome.question):
        return list(outcome.questions)
    return _usual(study, outcome, languages)


def _usual(study: Study, outcome: Outcome, languages: Sequence[Language]) -> list[Text]:
    """Return the usual wording of an outcome's role: statements for loyalty, else one question."""
    role = _wording_of(outcome)
    known = {"company": company_of(study, languages), "name": name_of(study, languages)}
    if role != "loyalty" or len(outcome.items) == 1:
        key = f"questionnaire.usual_{role}"
        return [said(languages, key, **known, label=outcome.label)]
    left = {
        turned: list(languages[0].group(f"questionnaire.loyalty_{kind}"))
        for turned, kind in ((False, "plain"), (True, "reversed"))
    }
    texts = []
    for turned in outcome.reversed_items:
        if not left[turned]:
            return []
        kind = "reversed" if turned else "plain"
        key = f"questionnaire.loyalty_{kind}.{left[turned].pop(0)}"
        texts.append(said(languages, key, **known))
    return texts


def _unworded(study: Study, outcome: Outcome, count: int) -> Problem:
    return Problem(
        f"{study.file.name}, outcome '{outcome.id}': question",
        "",
        f"has no wording for each of its {count} items.",
        f"Write questions = [...] with {count} wordings, or all of them in question with "
        f"'{BETWEEN}' between.",
    )
