"""A questionnaire as records: pages of questions, each with the columns that its answers fill."""
# ruff: noqa: RUF009 - the records are frozen

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from supertouch.study.model import Text

__all__ = [
    "Added",
    "Block",
    "Choice",
    "Condition",
    "Item",
    "Kind",
    "Page",
    "Question",
    "Questionnaire",
]

Kind = Literal["matrix", "single", "open"]


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer to choose: ``code`` is what the data file holds, as the study expects it."""

    code: str
    label: Text


@dataclass(frozen=True, slots=True)
class Condition:
    """Shown only to those whose answer in ``column`` is one of ``codes``."""

    column: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a question: ``column`` of the data file is filled by its answer.

    ``touchpoint`` is empty where it is about none. Every one of ``shown_if`` must hold.
    """

    column: str
    label: Text
    touchpoint: str = ""
    shown_if: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question to the respondent; a matrix has several items on the same choices.

    A single or open question has one item. ``not_answered`` are choices apart from the scale:
    don't know, no answer. ``required`` asks for an answer before going on.
    """

    id: str
    kind: Kind
    text: Text
    items: tuple[Item, ...]
    choices: tuple[Choice, ...] = ()
    not_answered: tuple[Choice, ...] = ()
    hint: Text = Text()
    required: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Questions shown together."""

    id: str
    title: Text
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """One version of a split questionnaire: ``code`` stands in the block's column."""

    code: str
    touchpoints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Added:
    """A column that the study reads and no question fills: the institute or platform adds it.

    ``kind`` is what it holds: ``respondent``, ``date``, ``duration``, ``weight`` …
    """

    column: str
    purpose: Text
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """All that is asked in a wave, in the study's languages, the first being the default.

    ``block_column`` is filled by chance with one of ``blocks``; "" where everybody is asked about
    all touchpoints. The conditions of the items name the block as well. Of more touchpoints met
    than ``most_ratings`` that many are drawn by chance for the rating; None where all are rated.
    ``added`` are columns that no question fills; ``remarks`` what its author should think about.
    ``own_words`` is the folder of the study's own languages.
    """

    study: str
    wave: str
    title: Text
    intro: Text
    thanks: Text
    languages: tuple[str, ...]
    pages: tuple[Page, ...]
    block_column: str = ""
    blocks: tuple[Block, ...] = ()
    most_ratings: int | None = None
    added: tuple[Added, ...] = ()
    remarks: tuple[Text, ...] = ()
    own_words: Path | None = None

    @property
    def without_regions(self) -> tuple[str, ...]:
        """The languages as survey platforms know them: ``de`` for ``de-CH``."""
        return tuple(dict.fromkeys(code.partition("-")[0] for code in self.languages))
