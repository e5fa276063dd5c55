"""What a budget buys of the plan's measures, from no money to all of them."""

from __future__ import annotations

from collections.abc import Sequence

from supertouch.report.blocks import Cell, Column, Grid, Picture, Plain, Prose, Row
from supertouch.report.evidence import Evidence, Record
from supertouch.report.sections.naming import listed
from supertouch.report.sections.units import gain_texts, read_gain, unit_of
from supertouch.study.model import Wave

__all__ = ["budget_line", "budgets", "frontier", "loyalty_unit", "measure_label", "outcome_size"]

LISTED = 10


def budgets(evidence: Evidence, wave: Wave, pictures: dict[str, Picture]) -> list[Plain]:
    """Show what the plan's budget buys and what others would; nothing where none was weighed."""
    rows = frontier(evidence, wave)
    if not rows:
        return []
    picture = pictures.get(f"budget_{wave.id}")
    return [
        Prose((budget_line(evidence, rows),)),
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


def budget_line(evidence: Evidence, rows: Sequence[Record]) -> str:
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
        "loyalty": _loyalty(evidence, row),
        "nps": _bought(evidence, row, "nps", unit="nps"),
    }
    if not measures:
        return words.say("budget.nothing", **places)
    key = "budget.chosen" if chosen is not None else "budget.all"
    return words.count(key, len(measures), **places)


def loyalty_unit(evidence: Evidence, wave: str) -> str:
    """Return in which unit a wave's gains in loyalty are told."""
    outcome = evidence.study.outcome_of("loyalty", wave)
    return "mean" if outcome is None else unit_of(evidence, outcome.id)


def _loyalty(evidence: Evidence, row: Record) -> str:
    unit = loyalty_unit(evidence, str(row["wave"]))
    key = "whatif.share_points" if unit == "share" else "whatif.points"
    return _bought(evidence, row, "loyalty", unit=unit, key=key)


def _bought(evidence: Evidence, row: Record, name: str, *, unit: str, key: str = "") -> str:
    words = evidence.words
    text, interval = gain_texts(evidence, row, name, unit=unit)
    told = words.say(key, value=text) if key else text
    return words.say("figure.leader", touchpoint=told, value=interval) if interval else told


def _frontier_grid(evidence: Evidence, wave: Wave, rows: Sequence[Record]) -> Grid:
    words = evidence.words
    loyalty = loyalty_unit(evidence, wave.id)
    units = (("loyalty", loyalty), ("nps", "nps"))
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
                    _value_cell(evidence, row),
                    *(_bought_cell(evidence, row, name, unit=unit) for name, unit in units),
                    Cell(words.say(f"mix.proven_{'yes' if row['proven'] else 'no'}")),
                ),
                strong=bool(row["chosen"]),
            )
        )  # fmt: skip
    told = "gain_loyalty_share" if loyalty == "share" else "gain_loyalty"
    names = ("budget", "spent", "bought", "value_sd", told, "gain_nps", "proven")
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


def _value_cell(evidence: Evidence, row: Record) -> Cell:
    """Return what was maximised, in standard deviations of the goal's outcomes."""
    words = evidence.words
    interval = words.interval(row["value_low"], row["value_high"], 3, signed=True)
    text = words.number(row["value"], 3, signed=True)
    return Cell(text, interval, sort=row["value"], numeric=True)


def _bought_cell(evidence: Evidence, row: Record, name: str, *, unit: str) -> Cell:
    text, interval = gain_texts(evidence, row, name, unit=unit)
    return Cell(text, interval, sort=read_gain(row, name, unit=unit), numeric=True)


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
