"""What was asked: the study as frozen records, all that a stage needs of a questionnaire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal, get_args

__all__ = [
    "BRAND_COLUMN",
    "EMPTIES",
    "FLAGS",
    "PHASES",
    "Analysis",
    "Block",
    "Brand",
    "Codes",
    "Columns",
    "Comparison",
    "Contact",
    "Empty",
    "Exclusion",
    "Fieldwork",
    "Flag",
    "Implausible",
    "Margin",
    "Outcome",
    "Phase",
    "Privacy",
    "Quality",
    "Role",
    "Scale",
    "Segment",
    "Status",
    "StatusRule",
    "Study",
    "SuperRule",
    "Target",
    "Text",
    "Touchpoint",
    "Tracking",
    "Wave",
    "Weighting",
]

Empty = Literal["not_met", "not_asked", "dont_know", "refused"]
Phase = Literal["before", "during", "after"]
Origin = Literal["direct", "indirect"]
Dialogue = Literal["one_way", "two_way"]
Channel = Literal["online", "offline"]
Control = Literal["high", "medium", "low"]
Role = Literal["loyalty", "recommendation", "purchase", "satisfaction", "behaviour"]
Status = Literal["current", "former", "potential"]
ContactState = Literal["met", "not_met", "unknown"]
Contradiction = Literal["rating_wins", "contact_wins", "quarantine"]
Flag = Literal["duplicate", "speeder", "straight_liner", "implausible"]
Comparison = Literal["previous", "year", "baseline"]
Target = Literal["reach", "satisfaction", "disappointed", "delighted", "mean", "nps"]
Code = float | str

EMPTIES: tuple[Empty, ...] = get_args(Empty)
PHASES: tuple[Phase, ...] = get_args(Phase)
FLAGS: tuple[Flag, ...] = get_args(Flag)
BRAND_COLUMN = "__brand__"


@dataclass(frozen=True, slots=True)
class Text:
    """A text per language, falling back to any language that has one."""

    by_language: Mapping[str, str] = field(default_factory=dict)

    def within(self, language: str) -> str:
        """Return the text in ``language``, else in English, else in the first that there is."""
        texts = self.by_language
        return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")


@dataclass(frozen=True, slots=True)
class Columns:
    """The column that holds an item: one name for all waves, with another or none in some."""

    default: str | None = None
    by_wave: Mapping[str, str | None] = field(default_factory=dict)

    def within(self, wave: str) -> str | None:
        """Return the column's name in ``wave``, or None where the item was not asked."""
        return self.by_wave.get(wave, self.default)


@dataclass(frozen=True, slots=True)
class Codes:
    """Values that stand for the four kinds of empty, and what a blank cell means."""

    not_met: tuple[Code, ...] = ()
    not_asked: tuple[Code, ...] = ()
    dont_know: tuple[Code, ...] = ()
    refused: tuple[Code, ...] = ()
    blank: Empty = "refused"


@dataclass(frozen=True, slots=True)
class Scale:
    """A bounded answer scale; ``best`` is the end that is good, ``step`` 0 means continuous.

    Bands are in the scale's own codes: answers at ``disappointed`` or worse, at ``delighted`` or
    better.
    """

    id: str
    minimum: float
    maximum: float
    best: float
    step: float = 1.0
    disappointed: float | None = None
    delighted: float | None = None
    labels: Mapping[float, Text] = field(default_factory=dict)

    @property
    def reversed(self) -> bool:
        """Whether the smallest code is the best answer."""
        return self.best == self.minimum

    @property
    def midpoint(self) -> float:
        """Middle of the scale, the same before and after turning."""
        return (self.minimum + self.maximum) / 2

    def turned(self, code: float) -> float:
        """Return ``code`` on the turned scale, where more is better."""
        return self.minimum + self.maximum - code if self.reversed else code


@dataclass(frozen=True, slots=True)
class Contact:
    """How contact with a touchpoint is coded, and what its empties and contradictions mean."""

    met: tuple[Code, ...] = (1.0,)
    not_met: tuple[Code, ...] = (0.0, 2.0)
    dont_know: tuple[Code, ...] = ()
    not_asked: tuple[Code, ...] = ()
    refused: tuple[Code, ...] = ()
    when_blank: ContactState = "unknown"
    when_dont_know: ContactState = "unknown"
    contradiction: Contradiction = "rating_wins"


@dataclass(frozen=True, slots=True)
class Touchpoint:
    """A point of contact, its description and its columns.

    ``brand_fit_codes`` are the codes of the brand-fit question; None where ``codes`` hold for it.
    ``targets`` are what the study aims at (Soll): reach and shares from 0 to 1, satisfaction on
    the turned scale, where more is better.
    """

    id: str
    label: Text
    phase: Phase
    origin: Origin | None = None
    dialogue: Dialogue | None = None
    channel: Channel | None = None
    owner: str | None = None
    cost: float | None = None
    control: Control | None = None
    rating: Columns = Columns()
    contact: Columns = Columns()
    brand_fit: Columns = Columns()
    scale: str = "rating"
    brand_fit_scale: str = "rating"
    codes: Codes = Codes()
    brand_fit_codes: Codes | None = None
    contact_rule: Contact = Contact()
    question: Text = Text()
    targets: Mapping[Target, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the touchpoints are held to drive: a score of one or several items.

    ``targets`` are what the study aims at (Soll): the mean on the turned scale, NPS in points.
    """

    id: str
    label: Text
    role: Role
    items: tuple[Columns, ...]
    reversed_items: tuple[bool, ...]
    scale: str
    codes: Codes = Codes()
    min_items: int = 1
    proxy: bool = False
    waves: tuple[str, ...] = ()
    status: tuple[Status, ...] = ("current", "former", "potential")
    question: Text = Text()
    targets: Mapping[Target, float] = field(default_factory=dict)

    def asked_in(self, wave: str) -> bool:
        """Tell whether the outcome was asked in ``wave``."""
        return wave in self.waves


@dataclass(frozen=True, slots=True)
class Wave:
    """One round of fieldwork: a file of its own, or the rows of a shared file that match.

    With ``accept_drift`` the wave is taken although its questionnaire changed in a way that
    otherwise holds it back.
    """

    id: str
    label: Text
    file: str
    sheet: str | None = None
    values: tuple[Code, ...] = ()
    start: date | None = None
    end: date | None = None
    accept_drift: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """A grouping of respondents; ``values`` maps codes to labels, in the order to show.

    Without ``values`` every distinct answer is a group of its own.
    """

    id: str
    label: Text
    column: Columns
    values: Mapping[Code, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StatusRule:
    """The column that says whether a respondent is a current, former or potential customer."""

    column: Columns
    codes: Mapping[Status, tuple[Code, ...]]


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
    suppressed in every output.
    """

    hash_ids: bool = True
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    min_base: int = 10


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


@dataclass(frozen=True, slots=True)
class Study:
    """A study: what was asked of whom, in which waves, and where its folder lies.

    ``brand`` is the column that names the brand a row is about, where each respondent has a row
    per brand. With ``panel``, ids of respondents (or clusters) mean the same unit in all waves.
    ``most_ratings`` is how many touchpoints each respondent rated at most, drawn at random from
    those met. ``brands`` are those of a file with a column per brand; once its rows are stacked,
    the column ``brand`` (``__brand__``) holds their ids.
    """

    id: str
    title: Text
    file: Path
    folder: Path
    raw: Path
    touchpoints: tuple[Touchpoint, ...]
    outcomes: tuple[Outcome, ...]
    waves: tuple[Wave, ...]
    scales: Mapping[str, Scale]
    company: Text = Text()
    about: Text = Text()
    languages: tuple[str, ...] = ("de", "en")
    seed: int = 1
    segments: tuple[Segment, ...] = ()
    wave_column: Columns = Columns()
    respondent: Columns = Columns()
    weight: Columns = Columns()
    cluster: Columns = Columns()
    stratum: Columns = Columns()
    brand: Columns = Columns()
    panel: bool = False
    most_ratings: int | None = None
    status: StatusRule | None = None
    exclusions: tuple[Exclusion, ...] = ()
    brands: tuple[Brand, ...] = ()
    blocks: tuple[Block, ...] = ()
    quality: Quality = Quality()
    weighting: Weighting = Weighting()
    fieldwork: Fieldwork = Fieldwork()
    privacy: Privacy = Privacy()
    tracking: Tracking = Tracking()
    rule: SuperRule = SuperRule()
    analysis: Analysis = Analysis()

    @property
    def processed(self) -> Path:
        """Folder of everything between the raw files and the reports."""
        return self.folder / "data" / "processed"

    @property
    def reports(self) -> Path:
        """Folder of what is handed to people."""
        return self.folder / "reports"

    def wave(self, wave: str) -> Wave:
        """Return the wave of that id."""
        return next(item for item in self.waves if item.id == wave)

    def touchpoint(self, touchpoint: str) -> Touchpoint:
        """Return the touchpoint of that id."""
        return next(item for item in self.touchpoints if item.id == touchpoint)

    def outcome(self, outcome: str) -> Outcome:
        """Return the outcome of that id."""
        return next(item for item in self.outcomes if item.id == outcome)

    def touchpoints_in(self, wave: str) -> tuple[Touchpoint, ...]:
        """Return the touchpoints that were rated in ``wave``, in the study's order."""
        return tuple(item for item in self.touchpoints if item.rating.within(wave))

    def outcomes_in(self, wave: str) -> tuple[Outcome, ...]:
        """Return the outcomes asked in ``wave``; a proxy only where the real one is missing."""
        asked = [item for item in self.outcomes if item.asked_in(wave)]
        real = {item.role for item in asked if not item.proxy}
        return tuple(item for item in asked if not item.proxy or item.role not in real)

    def outcome_of(self, role: Role, wave: str) -> Outcome | None:
        """Return the outcome that plays ``role`` in ``wave``, or None."""
        return next((item for item in self.outcomes_in(wave) if item.role == role), None)
