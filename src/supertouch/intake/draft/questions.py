"""The questions that a draft would put to a person; each has a default."""

from __future__ import annotations

from collections.abc import Mapping

from supertouch.intake.draft.columns import Survey
from supertouch.intake.draft.found import Design, Question
from supertouch.intake.draft.grids import Sorted
from supertouch.intake.draft.names import short
from supertouch.intake.draft.outcomes import Candidates

__all__ = ["choose_weight", "grid_question", "outcome_questions"]

_NONE = "none"
_MOST_CHOICES = 6


def choose_weight(design: Design, answers: Mapping[str, str]) -> tuple[Design, list[Question]]:
    """Return the design with the chosen weight, and the question where there are several."""
    others = design.others.get("weight", ())
    if not others:
        return design, []
    name, why = design.columns["weight"]
    choices = dict.fromkeys((name, *others), "") | {_NONE: "no weight"}
    question = Question("weight", "Which column is the weight?", name, choices)
    chosen = answers.get("weight", name)
    columns = {use: value for use, value in design.columns.items() if use != "weight"}
    if chosen != _NONE:
        columns["weight"] = (chosen, why if chosen == name else "chosen")
    return Design(columns, design.others), [question]


def outcome_questions(survey: Survey, found: Candidates) -> list[Question]:
    """Return the questions for recommendation and loyalty."""
    questions = []
    for name, text, names in (
        ("recommendation", "Which question asks for recommendation?", found.recommendation),
        ("loyalty", "Which question stands for loyalty?", (*found.loyalty[:1], *found.overall)),
    ):
        choices = {n: short(survey.columns[n].wording) for n in names[:_MOST_CHOICES]} | {
            _NONE: "it was not asked"
        }
        if len(choices) > 1:
            questions.append(Question(name, text, next(iter(choices)), choices))
    return questions


def grid_question(order: Sorted) -> list[Question]:
    """Return the question for the grids of touchpoints, where there are several."""
    stems: dict[str, int] = {}
    for grid in order.touchpoints:
        stems[grid.stem] = stems.get(grid.stem, 0) + len(grid.columns)
    if len([n for n in stems.values() if n >= 3]) < 2:
        return []
    choices = {"all": "all of them"} | {
        stem: f"{n} column{'s' if n > 1 else ''}" for stem, n in stems.items() if n >= 3
    }
    return [Question("grids", "Which grids hold ratings of touchpoints?", "all", choices)]
