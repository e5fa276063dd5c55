"""What a draft has found in a raw file: records, each with the reason for the guess."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from supertouch.intake.draft.scales import Guess, Reading
from supertouch.study.model import Code, Phase, Role

__all__ = [
    "ContactFound",
    "Design",
    "ExclusionFound",
    "Found",
    "LeftOut",
    "OutcomeFound",
    "Question",
    "SegmentFound",
    "TouchpointFound",
    "WaveFound",
]


@dataclass(frozen=True, slots=True)
class Question:
    """Something worth asking a person: id, words, default, choices with their meaning."""

    id: str
    text: str
    default: str
    choices: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Columns that the draft does not use, and why."""

    columns: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class ContactFound:
    """A contact question: its column, what its codes mean, why it belongs to the rating."""

    column: str
    met: tuple[Code, ...]
    not_met: tuple[Code, ...]
    empties: Mapping[Code, Guess]
    blank_means_not_met: bool
    why: str
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class TouchpointFound:
    """A touchpoint: its id, label, phase (with the word that told it), rating and contact."""

    id: str
    column: str
    label: str
    reading: Reading
    phase: Phase = "during"
    phase_word: str = ""
    contact: ContactFound | None = None
    brand_fit: str = ""
    brand_fit_reading: Reading | None = None
    blank: float = 0.0
    doubt: str = ""
    question: str = ""


@dataclass(frozen=True, slots=True)
class OutcomeFound:
    """An outcome: role, items, those worded the other way, reading and reason."""

    id: str
    label: str
    role: Role
    items: tuple[str, ...]
    reading: Reading
    why: str
    reversed_items: tuple[str, ...] = ()
    proxy: bool = False
    doubtful: bool = False
    question: str = ""


@dataclass(frozen=True, slots=True)
class ExclusionFound:
    """Rows that do not belong to the sample."""

    column: str
    values: tuple[Code, ...]
    reason: str
    n: int


@dataclass(frozen=True, slots=True)
class SegmentFound:
    """A grouping of respondents with its codes, and the reason.

    ``unlabelled`` are codes whose meaning the file does not tell, ``no_answer`` codes that were
    left out because they seem to mean that there is no answer, each with its cells.
    """

    id: str
    label: str
    column: str
    values: Mapping[Code, str]
    why: str
    unlabelled: Mapping[Code, int] = field(default_factory=dict)
    no_answer: Mapping[Code, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WaveFound:
    """A wave: the rows with one of ``values``, or of the days from ``start`` to ``end``.

    ``labels`` are its label by language, where it has one.
    """

    id: str
    label: str
    values: tuple[Code, ...] = ()
    start: date | None = None
    end: date | None = None
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Design:
    """Columns that describe respondents and fieldwork: name and reason per use.

    ``columns`` has the uses ``respondent``, ``weight``, ``cluster``, ``stratum``, ``wave``,
    ``duration`` and ``date``, where one was found; ``others`` further columns that might serve.
    """

    columns: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def column(self, use: str) -> str:
        """Return the column of a use; empty where there is none."""
        return self.columns.get(use, ("", ""))[0]


@dataclass(frozen=True, slots=True)
class Found:
    """All that a draft says of a raw file."""

    touchpoints: tuple[TouchpointFound, ...]
    outcomes: tuple[OutcomeFound, ...]
    design: Design
    waves: tuple[WaveFound, ...]
    segments: tuple[SegmentFound, ...] = ()
    exclusions: tuple[ExclusionFound, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    questions: tuple[Question, ...] = ()
    languages: tuple[str, ...] = ("en", "de")
    wave_rule: str = ""
