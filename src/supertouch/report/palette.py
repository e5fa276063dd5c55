"""The colours of the report: one palette that colour-blind readers can tell apart."""

from __future__ import annotations

__all__ = [
    "DECISIONS",
    "FILLED",
    "GRID",
    "INK",
    "MARKERS",
    "MUTED",
    "NO",
    "PAPER",
    "SERIES",
    "VARIABLES",
    "VERDICTS",
    "YES",
]

INK = "#1b1f24"
MUTED = "#57606a"
GRID = "#d8dee4"
PAPER = "#ffffff"
YES = "#0072b2"
NO = "#d55e00"

VERDICTS: dict[str, str] = {
    "super": "#0072b2",
    "candidate": "#56b4e9",
    "loyalty_builder": "#009e73",
    "recommendation_builder": "#e69f00",
    "none": "#7d868f",
    "too_few": "#a3abb3",
    "undetermined": "#a3abb2",
}
MARKERS: dict[str, str] = {
    "super": "*",
    "candidate": "D",
    "loyalty_builder": "^",
    "recommendation_builder": "s",
    "none": "o",
    "too_few": "X",
    "undetermined": "o",
}
FILLED = frozenset({"super", "candidate", "loyalty_builder", "recommendation_builder", "none"})
DECISIONS: dict[str, str] = {
    "concentrate": "#0072b2",
    "recombine": "#009e73",
    "neglect": "#7d868f",
    "drop": "#d55e00",
    "undecided": "#a3abb3",
}
SERIES = (
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#cc79a7",
    "#e69f00",
    "#56b4e9",
    MUTED,
    INK,
)

VARIABLES: dict[str, str] = {
    INK: "ink",
    MUTED: "muted",
    GRID: "grid",
    PAPER: "paper",
    YES: "c-super",
    NO: "c-no",
    "#56b4e9": "c-candidate",
    "#009e73": "c-loyalty",
    "#e69f00": "c-recommendation",
    "#7d868f": "c-none",
    "#a3abb3": "c-few",
    "#a3abb2": "c-few",
    "#cc79a7": "c-other",
}
