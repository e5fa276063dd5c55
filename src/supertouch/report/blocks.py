"""What a report is made of: plain records that every renderer can draw, in one language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

__all__ = [
    "Block",
    "ByGroup",
    "ByOutcome",
    "ByWave",
    "Card",
    "Cards",
    "Cell",
    "Chart",
    "Code",
    "Column",
    "Content",
    "Fact",
    "Facts",
    "Grid",
    "Headline",
    "Picture",
    "Profile",
    "Profiles",
    "Prose",
    "Row",
    "Section",
    "Series",
    "Simulator",
    "Span",
    "Stack",
    "Terms",
    "Tone",
]

Tone = Literal[
    "",
    "good",
    "note",
    "warning",
    "yes",
    "no",
    "open",
    "super",
    "candidate",
    "loyalty_builder",
    "recommendation_builder",
    "none",
    "too_few",
    "undetermined",
    "met",
    "not_met",
    "stop",
    "look",
    "concentrate",
    "recombine",
    "neglect",
    "drop",
    "undecided",
    "planned",
    "synergy",
    "cannibalisation",
    "blind_spot",
    "pet",
    "agreed",
]


@dataclass(frozen=True, slots=True)
class Span:
    """A value with its interval, drawn from ``minimum`` to ``maximum``; a line at ``reference``.

    The minimum is larger than the maximum where small codes are best: right is better.
    """

    value: float
    low: float
    high: float
    minimum: float
    maximum: float
    reference: float | None = None


@dataclass(frozen=True, slots=True)
class Stack:
    """Shares (0-1) that add to one: disappointed, okay, delighted."""

    disappointed: float
    okay: float
    delighted: float


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: a text, a smaller second line, what to sort by, and perhaps a drawing."""

    text: str
    detail: str = ""
    sort: float | str | None = None
    tone: Tone = ""
    numeric: bool = False
    drawing: Span | Stack | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """Head of a column; ``upright`` ones are narrow, with turned heads, ``wide`` hold sentences."""

    text: str
    numeric: bool = False
    upright: bool = False
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a grid, shown only with its wave and its outcome where those are given."""

    cells: tuple[Cell, ...]
    wave: str = ""
    strong: bool = False
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with its caption; ``base`` states n, n_eff, weighting and method.

    A ``folded`` grid is long detail: closed until a reader opens it, open in print.
    """

    kind: ClassVar[str] = "grid"
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    base: str = ""
    groups: tuple[tuple[str, int], ...] = ()
    sortable: bool = False
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Prose:
    """Paragraphs; a tone sets them off as a note or a warning.

    ``links`` are (id of a section of the same page, text).
    """

    kind: ClassVar[str] = "prose"
    paragraphs: tuple[str, ...]
    tone: Tone = ""
    title: str = ""
    bullets: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Headline:
    """The one sentence that a reader should take away."""

    kind: ClassVar[str] = "headline"
    text: str
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One super-touchpoint and why it is one; ``lines`` and ``details`` are (lead, sentence).

    The details are closed until a reader opens them.
    """

    title: str
    badge: str
    tone: Tone
    lines: tuple[tuple[str, str], ...]
    link: str = ""
    details: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Cards:
    """Cards side by side, and what they rest on; a base alone where there are none."""

    kind: ClassVar[str] = "cards"
    cards: tuple[Card, ...]
    base: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One key figure, large, with what belongs to it in small lines below."""

    label: str
    value: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """Key figures side by side."""

    kind: ClassVar[str] = "facts"
    facts: tuple[Fact, ...]
    base: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure by the name of its file, with what it shows in words."""

    kind: ClassVar[str] = "picture"
    name: str
    caption: str
    alt: str
    base: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """Lines to be copied as they are, with a button that does so."""

    kind: ClassVar[str] = "code"
    caption: str
    text: str


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms and what they mean."""

    kind: ClassVar[str] = "terms"
    terms: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything about one touchpoint; ``badges`` are (wave, text, tone)."""

    id: str
    title: str
    subtitle: str
    badges: tuple[tuple[str, str, Tone], ...]
    blocks: tuple[Grid | Prose, ...]


@dataclass(frozen=True, slots=True)
class Profiles:
    """The touchpoints one below the other, each folded away under its name."""

    kind: ClassVar[str] = "profiles"
    profiles: tuple[Profile, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """Values of a chart, one per category; None where there is none.

    ``low`` and ``high`` are the ends of intervals; ``x`` places the points of a scatter;
    ``tones`` colours single values, ``tone`` all of them.
    """

    name: str
    values: tuple[float | None, ...]
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    x: tuple[float | None, ...] = ()
    tone: Tone = ""
    tones: tuple[Tone, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart as data, drawn natively by slides and workbook; ``base`` states n and method.

    With ``x_turned`` the axis across runs from large to small, as for grades of which 1 is best;
    the points of a ``joined`` scatter are joined by lines, in their order.
    """

    kind: ClassVar[str] = "chart"
    name: str
    form: Literal["bar", "stacked", "line", "scatter"]
    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    x_title: str = ""
    y_title: str = ""
    number: Literal["percent", "number", "signed", "integer"] = "number"
    x_number: Literal["percent", "number", "signed", "integer"] = "number"
    reference: float | None = None
    base: str = ""
    alt: str = ""
    x_turned: bool = False
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Simulator:
    """What the page needs to recompute a what-if; ``data`` is put into it as JSON.

    ``shared`` are the numbers, the same in every language; they stand in the page once, under
    ``key``.
    """

    kind: ClassVar[str] = "simulator"
    caption: str
    data: Mapping[str, Any]
    base: str = ""
    key: str = ""
    shared: Mapping[str, Any] = field(default_factory=dict)


Plain = Grid | Prose | Headline | Cards | Facts | Picture | Code | Terms | Profiles | Simulator


@dataclass(frozen=True, slots=True)
class ByOutcome:
    """Blocks of each outcome (id, blocks), of which one or all are shown."""

    kind: ClassVar[str] = "by_outcome"
    outcomes: tuple[tuple[str, tuple[Plain, ...]], ...]


@dataclass(frozen=True, slots=True)
class ByGroup:
    """Blocks of each group of respondents (key, blocks), of which one is shown.

    A key is "" for everybody, else ``segment=value``.
    """

    kind: ClassVar[str] = "by_group"
    groups: tuple[tuple[str, tuple[Plain | ByOutcome, ...]], ...]


@dataclass(frozen=True, slots=True)
class ByWave:
    """Blocks of each wave, of which one wave at a time is shown."""

    kind: ClassVar[str] = "by_wave"
    waves: tuple[tuple[str, tuple[Plain | ByOutcome | ByGroup, ...]], ...]


Block = Plain | ByOutcome | ByGroup | ByWave


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter of the report."""

    id: str
    title: str
    blocks: tuple[Block, ...]
    intro: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """The report as data, in one language; ``waves`` are (id, label), oldest first.

    ``groups`` are the (key, label) of groups of respondents and ``outcomes`` the (id, label) of
    outcomes that a reader can choose; none where there is nothing to choose.
    """

    language: str
    language_name: str
    title: str
    company: str
    subtitle: str
    made: str
    waves: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    words: dict[str, str]
    groups: tuple[tuple[str, str], ...] = ()
    outcomes: tuple[tuple[str, str], ...] = ()
