"""LimeSurvey's codes for columns and questions, and expressions that refer to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from supertouch.instruments.questionnaire.asked import Condition, Questionnaire
from supertouch.instruments.questionnaire.platform_rules import column_codes
from supertouch.study.exported_names import MOST, bare

__all__ = ["ALWAYS", "Names", "either", "kept"]

ALWAYS = "1"


@dataclass(frozen=True, slots=True)
class Names:
    """LimeSurvey's names.

    Attributes
    ----------
    codes : mapping
        Code of each column.
    questions : mapping
        Code of each matrix, by its first column.
    variables : mapping
        What each column is called in expressions.
    draw, start : str
        Codes of the equations that draw a block and keep the time of the start.
    """

    codes: Mapping[str, str]
    questions: Mapping[str, str]
    variables: Mapping[str, str]
    draw: str
    start: str

    @classmethod
    def of(cls, questionnaire: Questionnaire) -> Names:
        """Give every question and column its name."""
        codes = column_codes(questionnaire)
        taken = {code.casefold() for code in codes.values()}
        questions: dict[str, str] = {}
        variables = dict(codes)
        for page in questionnaire.pages:
            for question in page.questions:
                if question.kind == "matrix":
                    own = _free(bare(question.id), taken)
                    questions[question.items[0].column] = own
                    variables |= {i.column: f"{own}_{codes[i.column]}" for i in question.items}
        return cls(codes, questions, variables, _free("blockdraw", taken), _free("begun", taken))

    def relevance(self, conditions: Sequence[Condition]) -> str:
        """Return the expression that every condition holds."""
        parts = []
        for condition in conditions:
            variable = f"{self.variables[condition.column]}.NAOK"
            parts.append(either([f'{variable} == "{code}"' for code in condition.codes]))
        return " and ".join(parts) or ALWAYS


def _free(name: str, taken: set[str]) -> str:
    """Return a question code like ``name`` that is not taken, and take it."""
    stem = name if name[:1].isalpha() else f"q{name}"
    tries = (stem[:MOST], *(f"{stem[: MOST - 4]}{number}" for number in range(2, len(taken) + 3)))
    free = next(code for code in tries if code.casefold() not in taken)
    taken.add(free.casefold())
    return free


def kept(code: str, equation: str) -> str:
    """Return an equation that is worked out once and keeps its value from then on."""
    return f"{{if(is_empty({code}.NAOK), {equation}, {code}.NAOK)}}"


def either(expressions: Sequence[str]) -> str:
    """Return the expression that one of several holds; each one is named once."""
    once = list(dict.fromkeys(expressions))
    if ALWAYS in once:
        return ALWAYS
    return once[0] if len(once) == 1 else "(" + " or ".join(f"({part})" for part in once) + ")"
