"""What a touchpoint's disappointing and delighting experiences go with, in words and cells."""

from __future__ import annotations

from supertouch.report.blocks import Cell, Column
from supertouch.report.evidence import Evidence, Record
from supertouch.study.model import Outcome

__all__ = ["KNOWN", "factor_cells", "factor_columns", "protected", "protects"]

KNOWN = ("basic", "performance", "excitement", "none")


def protected(evidence: Evidence, wave: str, touchpoint: str) -> list[Outcome]:
    """Return loyalty and recommendation as far as the touchpoint is a basic factor for them."""
    return [
        outcome
        for outcome in evidence.driven(wave)
        if (row := evidence.row("asymmetry", wave, outcome.id, touchpoint)) is not None
        and row["factor"] == "basic"
    ]


def protects(evidence: Evidence, wave: str, touchpoint: str) -> str:
    """Return the label that goes with the verdict on a basic factor; "" where it is none."""
    outcomes = protected(evidence, wave, touchpoint)
    if not outcomes:
        return ""
    names = evidence.words.series(evidence.label(outcome) for outcome in outcomes)
    return evidence.words.say("protects.label", outcomes=names)


def factor_columns(evidence: Evidence) -> tuple[Column, ...]:
    """Return the heads that belong to ``factor_cells``."""
    names = ("risk", "disappointed", "penalty", "reward")
    heads = [Column(evidence.words.say(f"column.{name}"), numeric=True) for name in names]
    return (*heads, Column(evidence.words.say("column.factor")))


def factor_cells(evidence: Evidence, row: Record) -> tuple[Cell, ...]:
    """Return risk, share disappointed, penalty, reward and factor of one row."""
    words = evidence.words
    counts = [row[f"n_{band}"] for band in ("disappointed", "okay", "delighted")]
    few = ""
    if None not in counts:
        raters = words.integer(sum(map(int, counts)))
        few = words.say("base.of_n", part=words.integer(counts[0]), n=raters)
    share = row["disappointed"]
    return (
        _points_cell(evidence, row, "risk", digits=3),
        Cell(words.percent(share), few, sort=share, numeric=True),
        _points_cell(evidence, row, "penalty"),
        _points_cell(evidence, row, "reward"),
        _factor_cell(evidence, row),
    )


def _points_cell(evidence: Evidence, row: Record, name: str, *, digits: int = 2) -> Cell:
    words = evidence.words
    signed = name != "risk"
    parts = [words.interval(row[f"{name}_low"], row[f"{name}_high"], digits, signed=signed)]
    if row.get(f"{name}_p_adjusted") is not None:
        p_value = words.related(words.p_value(row[f"{name}_p_adjusted"]))
        parts.append(words.say("base.p", p_value=p_value))
    detail = "\n".join(part for part in parts if part)
    text = words.number(row[name], digits, signed=signed)
    return Cell(text, detail, sort=row[name], numeric=True)


def _factor_cell(evidence: Evidence, row: Record) -> Cell:
    words = evidence.words
    factor = str(row["factor"])
    detail = ""
    if factor in KNOWN:
        detail = words.say("danger.certainty", chance=words.chance(row[f"probability_{factor}"]))
    elif row["reason"]:
        reason = str(row["reason"])
        known = f"factor_reason.{reason}" in words.words
        detail = words.known("factor_reason" if known else "refusal", reason)
    return Cell(words.known("factor", factor), detail)
