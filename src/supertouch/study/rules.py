"""How a study is run: waves, segments, design, quality, weights, privacy and thresholds."""
# ruff: noqa: RUF009 - the records are frozen

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from supertouch.study.items import (
    Code,
    Columns,
    Comparison,
    Flag,
    Status,
    Text,
)

__all__ = [
    "Analysis",
    "Block",
    "Brand",
    "Exclusion",
    "Fieldwork",
    "Implausible",
    "Margin",
    "Privacy",
    "Quality",
    "Segment",
    "StatusRule",
    "SuperRule",
    "Tracking",
    "Wave",
    "Weighting",
]


@dataclass(frozen=True, slots=True)
class Wave:
    """One round of fieldwork: a file of its own, or the rows of a shared file that match.

    With ``accept_drift`` the wave is taken although its questionnaire changed in a way that
    otherwise holds it back. A wave that is ``planned`` has no answers yet: its ``file`` may be "".
    """

    id: str
    label: Text
    file: str
    sheet: str | None = None
    values: tuple[Code, ...] = ()
    start: date | None = None
    end: date | None = None
    accept_drift: bool = False
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """A grouping of respondents; ``values`` maps codes to labels, in the order to show.

    Without ``values`` every distinct answer is a group of its own. ``question`` is how respondents
    are asked for it.
    """

    id: str
    label: Text
    column: Columns
    values: Mapping[Code, Text] = field(default_factory=dict)
    question: Text = Text()


@dataclass(frozen=True, slots=True)
class StatusRule:
    """The column that says whether a respondent is a current, former or potential customer."""

    column: Columns
    codes: Mapping[Status, tuple[Code, ...]]
    question: Text = Text()


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Rows that the study leaves out on purpose, and why."""

    column: Columns
    values: tuple[Code, ...]
    reason: Text


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand of a file that has a column per brand: ``{brand}`` in column names stands for it."""

    id: str
    label: Text
    column_part: str


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a split design: who holds one of ``values`` was asked about ``touchpoints``.

    A touchpoint that is in some block was asked of nobody else.
    """

    column: Columns
    values: tuple[Code, ...]
    touchpoints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Implausible:
    """A pattern of answers that cannot be: every column holds one of its values."""

    label: Text
    columns: tuple[tuple[Columns, tuple[Code, ...]], ...]


@dataclass(frozen=True, slots=True)
class Quality:
    """What makes a respondent suspect, and which of these are left out.

    ``speeder`` is the share of the wave's median duration below which a respondent is too fast;
    ``straight_line`` how many ratings, all alike, make a straight-liner.
    """

    duration: Columns = Columns()
    speeder: float = 0.4
    straight_line: int = 8
    implausible: tuple[Implausible, ...] = ()
    exclude: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class Margin:
    """Known shares or counts of a segment's values, by which weights are raked.

    ``by_wave`` has the targets of single waves in place of ``default``.
    """

    segment: str
    default: Mapping[str, float] = field(default_factory=dict)
    by_wave: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def within(self, wave: str) -> Mapping[str, float]:
        """Return the targets in ``wave`` by segment value; empty where there are none."""
        return self.by_wave.get(wave, self.default)


@dataclass(frozen=True, slots=True)
class Weighting:
    """How weights are made or bounded.

    ``trim`` are the least and the largest weight in parts of the mean weight; None leaves them.
    """

    margins: tuple[Margin, ...] = ()
    trim: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Fieldwork:
    """What is asked of a wave while it is in the field.

    ``precision`` is the half width of the confidence interval that a mean rating should have, in
    rating points; ``quotas`` are interviews wanted by segment and value.
    """

    date: Columns = Columns()
    target: int | None = None
    precision: float = 0.2
    quotas: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Privacy:
    """What of a person is stored and shown.

    ``keep`` names columns of open ends or contact data to store although they look personal,
    ``drop`` further columns not to store. Groups of fewer than ``min_base`` respondents are
    suppressed in every output. With ``protect_unknown`` fewer respondents of unknown value are such
    a group as well, at the price of another one that is hidden with them.
    """

    hash_ids: bool = True
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    min_base: int = 10
    protect_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Tracking:
    """Which waves a wave is compared with.

    ``year`` is the same period last year, ``waves_per_year`` waves ago; ``baseline`` is a wave's
    id, the first wave where none is named.
    """

    compare: tuple[Comparison, ...] = ("previous", "year", "baseline")
    baseline: str | None = None
    waves_per_year: int | None = None


@dataclass(frozen=True, slots=True)
class SuperRule:
    """Thresholds of the super-touchpoint rule."""

    min_reach: float = 0.05
    min_base: int = 50
    alpha: float = 0.05
    materiality: float = 0.01
    candidate: float = 0.8
    top: int = 5


@dataclass(frozen=True, slots=True)
class Analysis:
    """Settings of the estimation.

    ``covariates`` are ids of segments that driver models hold fixed, beside the brand where
    brands are stacked; ``imputations`` serve the sensitivity check for missing ratings.
    """

    replicates: int = 1000
    groups: int = 400
    confidence: float = 0.95
    exact_up_to: int = 25
    min_pair: int = 30
    min_segment: int = 100
    covariates: tuple[str, ...] = ()
    imputations: int = 20
