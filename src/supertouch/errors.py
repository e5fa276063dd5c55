"""What can go wrong, in words that say where, which value, which rule and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from unicodedata import category

__all__ = [
    "ClusterError",
    "DataError",
    "OutputError",
    "Problem",
    "StudyError",
    "SupertouchError",
    "SupertouchWarning",
    "UnsupportedError",
    "legible",
]

_HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
_LONGEST = {"place": 400, "value": 400, "rule": 1_500, "remedy": 4_000}


def legible(text: str, *, keep: str = "\n\t") -> str:
    r"""Return a text with invisible signs written out, so that none of them acts on a terminal.

    Examples
    --------
    >>> print(legible("a\x1b[31mb\u202ec"))
    a\x1b[31mb\u202ec
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        sign.encode("unicode_escape").decode()
        if category(sign) in _HIDDEN and sign not in keep
        else sign
        for sign in text
    )


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where it stands, the value found, the rule it breaks and the remedy.

    What files and people gave is made legible in it: cut where it is endless, with invisible signs
    written out.
    """

    place: str
    value: str
    rule: str
    remedy: str

    def __post_init__(self) -> None:
        for field in fields(self):
            text, longest = str(getattr(self, field.name)), _LONGEST[field.name]
            cut = text if len(text) <= longest else f"{text[: longest - 1]}…"
            object.__setattr__(self, field.name, legible(cut))

    def __str__(self) -> str:
        value = f" {self.value}:" if self.value else ""
        return f"{self.place}:{value} {self.rule} {self.remedy}".rstrip()


class SupertouchError(Exception):
    """Anything that the user can mend; carries every problem found, not the first alone."""

    exit_code = 1

    def __init__(self, problems: Sequence[Problem] | Problem | str) -> None:
        if isinstance(problems, str):
            problems = Problem(problems, "", "", "")
        self.problems: tuple[Problem, ...] = (
            (problems,) if isinstance(problems, Problem) else tuple(problems)
        )
        super().__init__("\n".join(_line(problem) for problem in self.problems))


def _line(problem: Problem) -> str:
    return str(problem) if problem.rule else problem.place


class StudyError(SupertouchError):
    """The study file is wrong."""

    exit_code = 3


class DataError(SupertouchError):
    """A raw file cannot be used as a whole."""

    exit_code = 4


class UnsupportedError(SupertouchError):
    """A combination of options or inputs that has no right answer here."""

    exit_code = 5


class OutputError(SupertouchError):
    """A result cannot be written, or one that is needed is missing or broken."""

    exit_code = 6


class ClusterError(SupertouchError):
    """The machines that compute cannot be reached, do not fit, or gave up."""

    exit_code = 7


class SupertouchWarning(UserWarning):
    """Something the user should know of, though the numbers stand."""
