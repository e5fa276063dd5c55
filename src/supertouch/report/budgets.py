"""What a budget buys of the plan's measures, from no money to all of them."""

from __future__ import annotations

from collections.abc import Sequence

from supertouch.report.blocks import Cell, Column, Grid, Picture, Plain, Prose, Row
from supertouch.report.evidence import Evidence, Record
from supertouch.report.naming import listed
from supertouch.study.model import Wave

__all__ = ["budgets", "frontier", "measure_label", "outcome_size"]

LISTED = 10


def budgets(evidence: Evidence, wave: Wave, pictures: dict[str, Picture]) -> list[Plain]:
    """Show what the plan's budget buys and what others would; nothing where none was weighed."""
    rows = frontier(evidence, wave)
    if not rows:
        return []
    picture = pictures.get(f"budget_{wave.id}")
    return [
        Prose((_budget_line(evidence, rows),)),
        *([picture] if picture is not None else []),
        _frontier_grid(evidence, wave, rows),
        *_not_weighed(evidence),
    ]


def measure_label(evidence: Evidence, measure: str) -> str:
    """Return what a measure is called in this language, else in the study's first one."""
    found = evidence.row("measures", "", measure, evidence.words.code)
    if found is not None and found["label"]:
        return str(found["label"])
    labels = (str(row["label"]) for row in evidence.table("plan") if row["measure"] == measure)
    return next((label for label in labels if label), evidence.item_label(measure))


def frontier(evidence: Evidence, wave: Wave) -> list[Record]:
    """Return the best sets of measures from no budget to all."""
    rows = evidence.rows("budget", wave.id)
    return sorted(rows, key=lambda row: float(row["cost"]))


def outcome_size(evidence: Evidence, row: Record) -> str:
    """Return n and n_eff behind a row on an outcome."""
    words = evidence.words
    outcome = evidence.study.outcome(str(row["outcome"]))
    return words.say("base.rows", outcome=evidence.outcome_label(outcome),
                     n=words.integer(row["n"]), n_eff=words.integer(row["n_eff"]))  # fmt: skip


def _budget_line(evidence: Evidence, rows: Sequence[Record]) -> str:
    """Say what the plan's own budget buys; without one, what all measures cost."""
    words = evidence.words
    chosen = next((row for row in rows if row["chosen"]), None)
    row = chosen or rows[-1]
    measures = str(row["measures"]).split()
    names = listed(evidence, [words.say("quote", text=measure_label(evidence, name))
                              for name in measures])  # fmt: skip
    places = {
        "budget": words.integer(row["budget"]),
        "cost": words.integer(row["cost"]),
        "names": names,
        "goal": words.say(f"goal.{row['goal']}"),
        "loyalty": _bought(evidence, row, "loyalty", 2),
        "nps": _bought(evidence, row, "nps", 1),
    }
    if not measures:
        return words.say("budget.nothing", **places)
    key = "budget.chosen" if chosen is not None else "budget.all"
    return words.count(key, len(measures), **places)


def _bought(evidence: Evidence, row: Record, name: str, digits: int) -> str:
    words = evidence.words
    interval = words.interval(row[f"{name}_low"], row[f"{name}_high"], digits, signed=True)
    text = words.number(row[name], digits, signed=True)
    return words.say("figure.leader", touchpoint=text, value=interval) if interval else text


def _frontier_grid(evidence: Evidence, wave: Wave, rows: Sequence[Record]) -> Grid:
    words = evidence.words
    cells = []
    for row in rows:
        measures = [measure_label(evidence, name) for name in str(row["measures"]).split()]
        detail = words.say("budget.chosen_mark") if row["chosen"] else ""
        cells.append(
            Row(
                (
                    Cell(words.integer(row["budget"]), detail, sort=row["budget"], numeric=True),
                    Cell(words.integer(row["cost"]), sort=row["cost"], numeric=True),
                    Cell("; ".join(measures) or "–"),
                    *(_bought_cell(evidence, row, name, digits)
                      for name, digits in (("value", 3), ("loyalty", 2), ("nps", 1))),
                    Cell(words.say(f"mix.proven_{'yes' if row['proven'] else 'no'}")),
                ),
                strong=bool(row["chosen"]),
            )
        )  # fmt: skip
    names = ("budget", "spent", "bought", "value_sd", "gain_loyalty", "gain_nps", "proven")
    goal = words.say(f"goal.{rows[0]['goal']}")
    size = " · ".join(dict.fromkeys(outcome_size(evidence, row)
                                    for row in evidence.rows("whatif", wave.id)))  # fmt: skip
    notes = [words.say("budget.base", goal=goal, level=evidence.confidence())]
    if not all(row["complete"] for row in rows):
        notes.append(words.say("budget.grid"))
    return Grid(
        words.say("budget.caption", wave=evidence.label(wave)),
        tuple(Column(words.say(f"column.{name}"), name not in ("budget", "bought", "proven"),
                     wide=name == "bought") for name in names),
        tuple(cells),
        " · ".join((size or evidence.base(wave.id), evidence.weighting(wave.id), *notes)),
        folded=len(rows) > LISTED,
    )  # fmt: skip


def _bought_cell(evidence: Evidence, row: Record, name: str, digits: int) -> Cell:
    words = evidence.words
    interval = words.interval(row[f"{name}_low"], row[f"{name}_high"], digits, signed=True)
    return Cell(words.number(row[name], digits, signed=True), interval, sort=row[name],
                numeric=True)  # fmt: skip


def _not_weighed(evidence: Evidence) -> list[Plain]:
    """Say which measures no budget could choose, and why."""
    words = evidence.words
    codes = {str(row["measure"]): str(row["weighed"]) for row in evidence.table("plan")}
    lines = [
        words.say("budget.left_out", measure=measure_label(evidence, measure),
                  reason=words.known("not_weighed", code))
        for measure, code in codes.items()
        if code
    ]  # fmt: skip
    return [Prose((words.say("budget.not_weighed"),), bullets=tuple(lines))] if lines else []
