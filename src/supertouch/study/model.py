"""What was asked: the study as frozen records, all that a stage needs of a questionnaire."""
# ruff: noqa: RUF009 - the records are frozen

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from supertouch.study.computing import Computing
from supertouch.study.deciding import (
    Audit,
    Effort,
    Goal,
    Measure,
    Mentions,
    PlanRule,
    Portfolio,
    Questionnaire,
    Valence,
)
from supertouch.study.items import (
    BRAND_COLUMN,
    EMPTIES,
    FLAGS,
    PHASES,
    Channel,
    Code,
    Codes,
    Columns,
    Comparison,
    Contact,
    ContactState,
    Contradiction,
    Control,
    Dialogue,
    Empty,
    Flag,
    Origin,
    Outcome,
    Phase,
    Role,
    Scale,
    Status,
    Target,
    Text,
    Touchpoint,
)
from supertouch.study.rules import (
    Analysis,
    Block,
    Brand,
    Exclusion,
    Fieldwork,
    Implausible,
    Margin,
    Privacy,
    Quality,
    Segment,
    StatusRule,
    SuperRule,
    Tracking,
    Wave,
    Weighting,
)
from supertouch.study.telling import Reporting

__all__ = [
    "BRAND_COLUMN",
    "EMPTIES",
    "FLAGS",
    "PHASES",
    "Analysis",
    "Audit",
    "Block",
    "Brand",
    "Channel",
    "Code",
    "Codes",
    "Columns",
    "Comparison",
    "Computing",
    "Contact",
    "ContactState",
    "Contradiction",
    "Control",
    "Dialogue",
    "Effort",
    "Empty",
    "Exclusion",
    "Fieldwork",
    "Flag",
    "Goal",
    "Implausible",
    "Margin",
    "Measure",
    "Mentions",
    "Origin",
    "Outcome",
    "Phase",
    "PlanRule",
    "Portfolio",
    "Privacy",
    "Quality",
    "Questionnaire",
    "Reporting",
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
    "Valence",
    "Wave",
    "Weighting",
]


@dataclass(frozen=True, slots=True)
class Study:
    """A study: what was asked of whom, in which waves, and where its folder lies.

    ``brand`` is the column that names the brand a row is about, where each respondent has a row
    per brand. With ``panel``, ids of respondents (or clusters) mean the same unit in all waves.
    ``most_ratings`` is how many touchpoints each respondent rated at most, drawn at random from
    those met. ``brands`` are those of a file with a column per brand; once its rows are stacked,
    the column ``brand`` (``__brand__``) holds their ids. ``planned`` are waves without answers yet:
    they are not among ``waves``, and only their questionnaire can be made. ``stamp`` is size and
    time of change of the file when it was read.
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
    planned: tuple[Wave, ...] = ()
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
    audit: Audit = Audit()
    mentions: Mentions = Mentions()
    portfolio: Portfolio = Portfolio()
    plan: PlanRule = PlanRule()
    questionnaire: Questionnaire = Questionnaire()
    reporting: Reporting = Reporting()
    computing: Computing = Computing()
    stamp: tuple[int, int] | None = field(default=None, compare=False, repr=False)

    @property
    def processed(self) -> Path:
        """Folder of everything between the raw files and the reports."""
        return self.folder / "data" / "processed"

    @property
    def own_words(self) -> Path:
        """Folder of the study's own languages, and of words in place of those of supertouch."""
        return self.folder / "languages"

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
