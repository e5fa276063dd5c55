"""What was asked: texts, columns, codes, scales, touchpoints and outcomes as frozen records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

__all__ = [
    "BRAND_COLUMN",
    "EMPTIES",
    "FLAGS",
    "PHASES",
    "Channel",
    "Code",
    "Codes",
    "Columns",
    "Comparison",
    "Contact",
    "ContactState",
    "Contradiction",
    "Control",
    "Dialogue",
    "Empty",
    "Flag",
    "Origin",
    "Outcome",
    "Phase",
    "Role",
    "Scale",
    "Status",
    "Target",
    "Text",
    "Touchpoint",
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
    """A text per language or region, falling back to any language that has one.

    >>> text = Text({"en": "Invoice", "de": "Rechnung"})
    >>> text.within("de-CH"), text.within("fr")
    ('Rechnung', 'Invoice')
    """

    by_language: Mapping[str, str] = field(default_factory=dict)

    def within(self, language: str) -> str:
        """Return the text in ``language``, else in English, else in the first that there is.

        A region without a text of its own has that of its language, or of another region of it.
        """
        texts = self.by_language
        if text := texts.get(language):
            return text
        for wanted in (language.partition("-")[0], "en"):
            for code, text in texts.items():
                if text and code.partition("-")[0] == wanted:
                    return text
        return next(iter(texts.values()), "")


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

    ``question`` is the wording of all items, ``questions`` that of each; empty where the file does
    not tell them apart. ``targets`` are what the study aims at (Soll): the mean on the turned
    scale, NPS in points.
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
    questions: tuple[Text, ...] = ()
    targets: Mapping[Target, float] = field(default_factory=dict)

    def asked_in(self, wave: str) -> bool:
        """Tell whether the outcome was asked in ``wave``."""
        return wave in self.waves
