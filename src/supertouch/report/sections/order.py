"""How sure the order is: ranks under other methods, and what general mood leaves of importance."""

from __future__ import annotations

from supertouch.report.blocks import (
    ByOutcome,
    ByWave,
    Cell,
    Column,
    Grid,
    Picture,
    Plain,
    Prose,
    Row,
    Section,
    Span,
)
from supertouch.report.evidence import Evidence, Record
from supertouch.report.sampled import weighted_sample
from supertouch.report.sections.choices import by_outcome
from supertouch.study.model import Outcome, Wave

__all__ = ["METHODS", "banded", "order"]

METHODS = ("lmg", "johnson", "beta", "correlation", "ordered_logit", "random_forest")
FINE, FAIR = 0.9, 0.7


def order(evidence: Evidence, pictures: dict[str, Picture]) -> Section | None:
    """Show ranks under each method and the halo band; None where there are neither."""
    if not any(evidence.rows("robustness", wave.id) for wave in evidence.waves):
        return None
    words = evidence.words
    waves = ByWave(tuple((wave.id, _in_wave(evidence, wave, pictures)) for wave in evidence.waves))
    return Section("order", words.say("section.order"), (waves,), words.say("order.intro"))


def banded(evidence: Evidence, wave: Wave, outcome: Outcome) -> list[Record]:
    """Return the halo bands of an outcome, the most important touchpoint first."""
    rows = [row for row in evidence.rows("halo", wave.id) if row["outcome"] == outcome.id]
    return sorted(rows, key=lambda row: int(row["rank_importance"]))


def _in_wave(
    evidence: Evidence, wave: Wave, pictures: dict[str, Picture]
) -> tuple[Plain | ByOutcome, ...]:
    words = evidence.words
    outcomes = [item for item in evidence.outcomes(wave.id) if _ranked(evidence, wave, item)]
    if not outcomes:
        return (Prose((words.say("order.nothing", wave=evidence.label(wave)),), "warning"),)
    driven = [item for item in evidence.driven(wave.id) if item in outcomes] or outcomes[:1]
    blocks: list[Plain] = [Prose(tuple(_lead(evidence, wave, item) for item in driven))]
    if f"halo_{wave.id}" in pictures:
        blocks.append(pictures[f"halo_{wave.id}"])
    top = evidence.study.rule.top
    found = []
    for outcome in outcomes:
        rows = _ranked(evidence, wave, outcome)
        grids = [_grid(evidence, wave, outcome, rows, key="order.caption", folded=True)]
        if outcome in driven and len(rows) > top:
            grids.insert(0, _grid(evidence, wave, outcome, rows[:top], key="order.top"))
        found.append((outcome, grids))
    return (*blocks, *by_outcome(found), _agreement(evidence, wave, outcomes))


def _ranked(evidence: Evidence, wave: Wave, outcome: Outcome) -> list[Record]:
    rows = [
        row
        for row in evidence.rows("robustness", wave.id)
        if (row["outcome"], row["method"]) == (outcome.id, "lmg") and row["rank"] is not None
    ]
    return sorted(rows, key=lambda row: int(row["rank"]))


def _lead(evidence: Evidence, wave: Wave, outcome: Outcome) -> str:
    words = evidence.words
    rows = _ranked(evidence, wave, outcome)
    top = evidence.study.rule.top
    label = evidence.outcome_label(outcome)
    together = evidence.row("agreement", wave.id, outcome.id, "all") or {}
    concordance = together.get("concordance")
    parts = []
    if concordance is not None:
        grade = "fine" if concordance >= FINE else "fair" if concordance >= FAIR else "poor"
        parts.append(
            words.say(
                f"order.agreement.{grade}",
                outcome=label,
                methods=words.integer(together["methods"]),
                w=words.number(concordance),
            )
        )
    if len(rows) > top:
        parts += _steady(evidence, rows, banded(evidence, wave, outcome))
    return " ".join(parts)


def _steady(evidence: Evidence, rows: list[Record], bands: list[Record]) -> list[str]:
    """Name what is among the first by every method, and what is so with mood taken out."""
    top = evidence.study.rule.top
    steady = [str(row["touchpoint"]) for row in rows
              if row["rank_worst"] is not None and row["rank_worst"] <= top]  # fmt: skip
    if not bands:
        return [_named(evidence, "order.steady", steady, top)]
    sure = [str(row["touchpoint"]) for row in bands if row["rank_high"] <= top]
    if steady and set(steady) == set(sure):
        return [_named(evidence, "order.both", steady, top)]
    return [
        _named(evidence, "order.steady", steady, top),
        _named(evidence, "order.mood", sure, top),
    ]


def _named(evidence: Evidence, key: str, touchpoints: list[str], top: int) -> str:
    words = evidence.words
    place = {"top": words.integer(top)}
    if not touchpoints:
        return words.say(f"{key}_none", **place)
    labels = [evidence.item_label(name) for name in touchpoints]
    names = words.series(words.say("quote", text=label) for label in labels)
    return words.say(key, names=names, **place)


def _grid(
    evidence: Evidence,
    wave: Wave,
    outcome: Outcome,
    rows: list[Record],
    *,
    key: str,
    folded: bool = False,
) -> Grid:
    words = evidence.words
    bands = {str(row["touchpoint"]): row for row in banded(evidence, wave, outcome)}
    highest = max((float(row["importance"]) for row in bands.values()), default=0.0)
    cells = []
    for row in rows:
        name = str(row["touchpoint"])
        cells.append(
            Row(
                (
                    Cell(evidence.item_label(name)),
                    *(_rank_cell(evidence, wave, outcome, name, method) for method in METHODS),
                    _range_cell(evidence, row, "rank_best", "rank_worst"),
                    *_band_cells(evidence, bands.get(name), highest),
                )
            )
        )
    heads = [Column(words.say(f"robust.{name}"), numeric=True) for name in METHODS]
    heads += [Column(words.say(f"column.{name}"), numeric=True)
              for name in ("rank_range", "band", "band_ranks")]  # fmt: skip
    return Grid(
        words.say(
            key,
            outcome=evidence.outcome_label(outcome),
            wave=evidence.label(wave),
            n=words.integer(len(rows)),
        ),
        (Column(words.say("column.touchpoint")), *heads),
        tuple(cells),
        _base(evidence, wave, outcome),
        groups=(
            ("", 1),
            (words.say("order.ranks"), len(METHODS) + 1),
            (words.say("order.halo"), 2),
        ),
        sortable=True,
        folded=folded,
    )


def _base(evidence: Evidence, wave: Wave, outcome: Outcome) -> str:
    words = evidence.words
    rows = [row for row in evidence.rows("robustness", wave.id) if row["outcome"] == outcome.id]
    return " · ".join(
        (
            evidence.rows_base(outcome, rows),
            weighted_sample(evidence, wave.id),
            words.say("order.base"),
            words.say("order.halo_base", level=evidence.confidence()),
        )
    )


def _rank_cell(
    evidence: Evidence, wave: Wave, outcome: Outcome, touchpoint: str, method: str
) -> Cell:
    row = evidence.row("robustness", wave.id, outcome.id, touchpoint, method)
    if row is None or row["rank"] is None:
        return Cell("–", numeric=True)
    return Cell(evidence.words.integer(row["rank"]), sort=row["rank"], numeric=True)


def _range_cell(evidence: Evidence, row: Record, low: str, high: str) -> Cell:
    words = evidence.words
    if row[low] is None or row[high] is None:
        return Cell("–", numeric=True)
    ends = [words.integer(row[name]) for name in (low, high)]
    text = words.say("format.range", low=ends[0], high=ends[1]) if ends[0] != ends[1] else ends[0]
    return Cell(text, sort=row[high], numeric=True)


def _band_cells(evidence: Evidence, row: Record | None, highest: float) -> tuple[Cell, Cell]:
    if row is None:
        return Cell("–", numeric=True), Cell("–", numeric=True)
    words = evidence.words
    low, high = float(row["gain"]), float(row["importance"])
    gain = words.interval(row["gain_low"], row["gain_high"], 3)
    drawing = Span(high, min(low, high), max(low, high), 0.0, highest) if highest > 0 else None
    band = Cell(
        words.interval(low, high, 3),
        words.say("order.lower_end", interval=gain) if gain else "",
        sort=high,
        numeric=True,
        drawing=drawing,
    )
    return band, _range_cell(evidence, row, "rank_low", "rank_high")


def _agreement(evidence: Evidence, wave: Wave, outcomes: list[Outcome]) -> Grid:
    words = evidence.words
    rows = []
    for outcome in outcomes:
        for method in (*METHODS[1:], "all"):
            row = evidence.row("agreement", wave.id, outcome.id, method)
            if row is None:
                continue
            fit = row["concordance"] if method == "all" else row["spearman"]
            reason = words.known("robust_reason", row["reason"]) if row["reason"] else ""
            held = row["r2_held_out"]
            if held is not None:
                reason = words.say("order.held_out", r2=words.percent(held))
            overlap = row["top_overlap"]
            n_eff = words.say("base.n_eff", n_eff=words.integer(row["n_eff"]))
            rows.append(
                Row(
                    (
                        Cell(words.say(f"robust.{method}"), reason),
                        Cell(evidence.outcome_label(outcome)),
                        Cell(words.integer(row["n"]), n_eff, sort=row["n"], numeric=True),
                        Cell(words.number(fit), sort=fit, numeric=True),
                        Cell(words.number(row["kendall"]), sort=row["kendall"], numeric=True),
                        Cell(words.percent(overlap), sort=overlap, numeric=True),
                    )
                )
            )
    names = ("outcome", "n", "spearman", "kendall", "top_overlap")
    top = words.integer(evidence.study.rule.top)
    return Grid(
        words.say("order.agreement_caption", wave=evidence.label(wave)),
        (
            Column(words.say("column.method")),
            *(Column(words.say(f"column.{name}", top=top), name != "outcome") for name in names),
        ),
        tuple(rows),
        f"{weighted_sample(evidence, wave.id)} · {words.say('order.agreement_base')}",
        folded=True,
    )
