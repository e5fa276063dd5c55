"""What the figures share: the rows that they draw, their words, and the heads of panels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any

import pandas as pd

from supertouch.report import palette
from supertouch.report.evidence import Evidence
from supertouch.report.labels import fitted, shortened
from supertouch.study.model import Outcome, Wave

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "SHOWN",
    "base_of",
    "brief",
    "experience",
    "labels_of",
    "leading",
    "name_rows",
    "panel_title",
    "verdict_of",
]

SHOWN = 40
HEAD = 9.5


def brief(about: dict[str, str]) -> dict[str, str]:
    """Return the texts, each short enough for a title."""
    return {key: shortened(text, 50) for key, text in about.items()}


def experience(evidence: Evidence, wave: Wave, outcome: Outcome) -> list[dict[str, Any]]:
    """Return the rows on experience that have a share."""
    key = (outcome.id, "experience", "lmg")
    return [
        dict(row)
        for row in evidence.rows("importance", wave.id)
        if (row["outcome"], row["component"], row["method"]) == key and row["share"] is not None
    ]


def verdict_of(evidence: Evidence, wave: Wave, touchpoint: str) -> str:
    """Return the verdict on a touchpoint in a wave."""
    row = evidence.row("supertouchpoints", wave.id, touchpoint)
    return str(row["verdict"]) if row else "undetermined"


def labels_of(evidence: Evidence, table: pd.DataFrame) -> dict[str, str]:
    """Return the label of every touchpoint in a table."""
    return {str(name): evidence.item_label(str(name)) for name in table.touchpoint}


def leading(evidence: Evidence, outcome: Outcome, table: pd.DataFrame, *, value: str) -> str:
    """Name the first three touchpoints of a sorted table with their values, in a sentence."""
    words = evidence.words
    names = []
    for row in table.head(3).to_dict("records"):
        text = {
            "effect": lambda row: words.number(row["effect"], signed=True),
            "share": lambda row: words.percent(row["share"], 1),
            "rank": lambda row: words.say(
                "figure.rank_range", low=row["rank_low"], high=row["rank_high"]
            ),
        }[value](row)
        label = evidence.item_label(str(row["touchpoint"]))
        names.append(words.say("figure.leader", touchpoint=label, value=text))
    outcome_label = evidence.outcome_label(outcome)
    return words.say("figure.leading", outcome=outcome_label, names=words.series(names))


def base_of(evidence: Evidence, wave: Wave, outcomes: Sequence[Outcome], *notes: str) -> str:
    """Return the line below a figure: base, weighting, notes on the base, and models."""
    models = [evidence.model_base(wave.id, outcome) for outcome in outcomes]
    return evidence.base(wave.id, *notes, *models)


def panel_title(ax: Axes, text: str, *, inches: float) -> None:
    """Write the head of a panel, cut to its width."""
    ax.set_title(
        fitted(text, points=72 * inches, size=HEAD, bold=True),
        fontsize=HEAD,
        color=palette.INK,
        loc="left",
        weight="bold",
    )


def name_rows(
    ax: Axes,
    order: Sequence[str],
    labels: Mapping[str, str],
    *,
    bold: Set[str] = frozenset(),
    inset: float = 6.0,
    places: Sequence[float] | None = None,
) -> None:
    """Write the names of the rows left of a panel, ``inset`` points away from it.

    ``places`` are where the rows stand; by default one below the other from 0.
    """
    for at, name in zip(range(len(order)) if places is None else places, order, strict=True):
        weight = "bold" if name in bold else "normal"
        label = fitted(labels[name], points=176, size=8.0, bold=name in bold)
        ax.annotate(label, (0, at), (-inset, 0), textcoords="offset points",
                    xycoords=("axes fraction", "data"), fontsize=8.0, weight=weight,
                    color=palette.INK, ha="right", va="center", annotation_clip=False)  # fmt: skip
