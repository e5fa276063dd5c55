"""What the results hang on: blanks, a few answers, twins among touchpoints, questions, scales."""

from __future__ import annotations

from supertouch.report.blocks import (
    ByOutcome,
    ByWave,
    Cell,
    Column,
    Grid,
    Plain,
    Prose,
    Row,
    Section,
)
from supertouch.report.evidence import Evidence, Record
from supertouch.report.sampled import weighted_sample
from supertouch.report.sections.choices import by_outcome
from supertouch.report.sections.doubts import suspicions, unreliable
from supertouch.study.model import Outcome, Wave

__all__ = ["footing"]

LISTED = 8
TREATMENTS = ("complete", "impute")
TOLD = ("hinges_share", "hinges_effect", "collinear", "strongly_entangled", "twin")


def footing(evidence: Evidence) -> Section | None:
    """Show what hangs on blanks, on few answers and on the questions; None where nothing is."""
    tables = ("sensitivity", "collinearity", "reliability")
    if not any(evidence.rows(table, wave.id) for table in tables for wave in evidence.waves):
        return None
    words = evidence.words
    waves = ByWave(tuple((wave.id, _in_wave(evidence, wave)) for wave in evidence.waves))
    return Section("footing", words.say("section.footing"), (waves,), words.say("footing.intro"))


def _in_wave(evidence: Evidence, wave: Wave) -> tuple[Plain | ByOutcome, ...]:
    words = evidence.words
    outcomes = evidence.outcomes(wave.id)
    driven = evidence.driven(wave.id) or outcomes
    warned = [*suspicions(evidence, wave), *unreliable(evidence, wave, outcomes)]
    blocks: list[Plain | ByOutcome] = []
    if warned:
        blocks.append(Prose((words.say("footing.warned"),), "warning", bullets=tuple(warned)))
    lines = [*_blanks(evidence, wave, driven), *_scales(evidence, wave, outcomes)]
    alike = _alike(evidence, wave, driven)
    if not alike and any(evidence.rows("collinearity", wave.id)):
        lines.append(words.say("footing.alike_none"))
    blocks += [Prose(tuple(lines))] if lines else []
    if alike:
        blocks.append(Prose((words.say("footing.alike"),), bullets=tuple(alike)))
    grids = [(outcome, _grid(evidence, wave, outcome)) for outcome in outcomes]
    blocks += by_outcome([(outcome, [grid]) for outcome, grid in grids if grid is not None])
    items = _items(evidence, wave)
    if items.rows:
        blocks.append(items)
    nothing = words.say("footing.nothing", wave=evidence.label(wave))
    return tuple(blocks) or (Prose((nothing,), "note"),)


def _blanks(evidence: Evidence, wave: Wave, outcomes: list[Outcome]) -> list[str]:
    """Say how many cases are complete, and where a treatment of blanks turns the criteria."""
    words = evidence.words
    lines = []
    for outcome in outcomes:
        rows = [row for row in evidence.rows("sensitivity", wave.id)
                if row["outcome"] == outcome.id]  # fmt: skip
        first = {str(row["missing"]): row for row in reversed(rows)}
        if "complete" not in first or "available" not in first:
            continue
        places = {
            "outcome": evidence.outcome_label(outcome),
            "n": words.integer(first["complete"]["n"]),
            "all": words.integer(first["available"]["n"]),
        }
        told = [_flips(evidence, rows, missing) for missing in TREATMENTS]
        turned = " ".join(text for text in told if text) or words.say("footing.no_flips")
        lines.append(f"{words.say('footing.complete', **places)} {turned}")
    return lines


def _flips(evidence: Evidence, rows: list[Record], missing: str) -> str:
    words = evidence.words
    mine = [row for row in rows if row["missing"] == missing]
    if not any(row["share"] is not None for row in mine):
        return words.say(f"footing.too_few.{missing}")
    names = [
        words.say("quote", text=evidence.item_label(row["touchpoint"]))
        for row in mine
        if row["flips"]
    ]
    return words.say(f"footing.flips.{missing}", names=words.series(names)) if names else ""


def _scales(evidence: Evidence, wave: Wave, outcomes: list[Outcome]) -> list[str]:
    words = evidence.words
    lines = []
    for outcome in outcomes:
        row = evidence.row("reliability", wave.id, outcome.id, "")
        if row is not None and not row["flag"] and row["alpha"] is not None:
            lines.append(
                words.say(
                    "reliability.fine",
                    outcome=evidence.label(outcome),
                    items=words.integer(row["n_items"]),
                    alpha=words.number(row["alpha"]),
                    interval=words.interval(row["alpha_low"], row["alpha_high"]),
                )
            )
    return lines


def _alike(evidence: Evidence, wave: Wave, outcomes: list[Outcome]) -> list[str]:
    """Say which touchpoints are hard to tell apart or hang on few, each once, worst first."""
    words = evidence.words
    lines: dict[str, None] = {}
    for code in TOLD:
        for outcome in outcomes:
            for row in evidence.rows("collinearity", wave.id):
                if row["outcome"] != outcome.id or code not in str(row["codes"]).split():
                    continue
                pair = [evidence.item_label(str(row[name])) for name in ("touchpoint", "nearest")]
                if code == "twin":
                    pair.sort()
                near = [abs(row[k]) for k in ("correlation", "alike") if row[k] is not None]
                text = words.say(
                    f"alike.{code}",
                    touchpoint=words.say("quote", text=pair[0]),
                    other=words.say("quote", text=pair[1]),
                    outcome=evidence.label(outcome),
                    vif=words.number(row["vif"], 1),
                    correlation=words.number(max(near, default=None)),
                )
                lines[text] = None
    told = list(lines)
    if len(told) > LISTED + 1:
        more = words.say("footing.more", n=words.integer(len(told) - LISTED))
        return [*told[:LISTED], more]
    return told


def _grid(evidence: Evidence, wave: Wave, outcome: Outcome) -> Grid | None:
    words = evidence.words
    names = [
        item.id
        for item in evidence.touchpoints(wave.id)
        if evidence.row("sensitivity", wave.id, outcome.id, item.id, "available") is not None
        or evidence.row("collinearity", wave.id, outcome.id, item.id) is not None
    ]
    if not names:
        return None
    rows = [Row((Cell(evidence.item_label(name)), *_cells(evidence, wave, outcome, name)))
            for name in names]  # fmt: skip
    treated = ("available", *TREATMENTS)
    bases = [
        words.say("footing.size", treatment=words.say(f"missing.{missing}"),
                  n=words.integer(row["n"]), n_eff=words.integer(row["n_eff"]))
        for missing in treated
        if (row := evidence.row("sensitivity", wave.id, outcome.id, names[0], missing)) is not None
    ]  # fmt: skip
    numeric = ("vif", "alike", "influence")
    return Grid(
        words.say(
            "footing.caption",
            outcome=evidence.outcome_label(outcome),
            wave=evidence.label(wave),
        ),
        (
            Column(words.say("column.touchpoint")),
            *(Column(words.say(f"missing.{missing}"), numeric=True) for missing in treated),
            *(Column(words.say(f"column.{name}"), name in numeric)
              for name in ("vif", "alike", "influence", "noticed")),
        ),
        tuple(rows),
        " · ".join(
            (
                *bases,
                weighted_sample(evidence, wave.id),
                words.say("footing.base", level=evidence.confidence()),
            )
        ),
        groups=(("", 1), (words.say("footing.shares"), 3), (words.say("footing.likeness"), 4)),
        sortable=True,
        folded=True,
    )  # fmt: skip


def _cells(evidence: Evidence, wave: Wave, outcome: Outcome, name: str) -> tuple[Cell, ...]:
    words = evidence.words
    cells = []
    for missing in ("available", *TREATMENTS):
        row = evidence.row("sensitivity", wave.id, outcome.id, name, missing) or {}
        share = row.get("share")
        parts = [words.percent_interval(row.get("share_low"), row.get("share_high"), 1)]
        parts += [words.say(f"footing.{mark}") for mark in ("flipped", "different")
                  if row.get({"flipped": "flips", "different": "differs"}[mark])]  # fmt: skip
        detail = "\n".join(part for part in parts if part)
        cells.append(Cell(words.percent(share, 1), detail, sort=share, numeric=True))
    found = evidence.row("collinearity", wave.id, outcome.id, name) or {}
    near = str(found.get("nearest") or "")
    codes = [words.known("noticed", code) for code in str(found.get("codes") or "").split()]
    size = found.get("influence")
    group = ""
    if size is not None:
        n, part = words.integer(found["influence_n"]), found["influence_weight"]
        group = words.say("base.n", n=n)
        if part is not None:
            group = words.say("footing.group", n=n, share=words.percent(part, 1))
    alike = found.get("alike")
    return (
        *cells,
        Cell(words.number(found.get("vif"), 1), sort=found.get("vif"), numeric=True),
        Cell(words.number(alike), evidence.item_label(near), sort=alike, numeric=True),
        Cell(words.number(size), group, sort=size, numeric=True),
        Cell("; ".join(codes) or "–"),
    )


def _items(evidence: Evidence, wave: Wave) -> Grid:
    words = evidence.words
    rows = []
    for row in evidence.rows("reliability", wave.id):
        label = evidence.label(evidence.study.outcome(str(row["outcome"])))
        item = str(row["item"]).removeprefix("item")
        named = words.say("reliability.item", item=item) if item else words.say("reliability.scale")
        flag = words.known("reliability_flag", str(row["flag"])) if row["flag"] else "–"
        n_eff = words.say("base.n_eff", n_eff=words.integer(row["n_eff"]))
        rows.append(
            Row(
                (
                    Cell(label, named),
                    Cell(words.integer(row["n"]), n_eff, sort=row["n"], numeric=True),
                    Cell(
                        words.number(row["alpha"]),
                        words.interval(row["alpha_low"], row["alpha_high"]),
                        sort=row["alpha"],
                        numeric=True,
                    ),
                    Cell(words.number(row["item_rest"]), sort=row["item_rest"], numeric=True),
                    Cell(flag),
                ),
                strong=not item,
            )
        )
    names = ("n", "alpha", "item_rest")
    return Grid(
        words.say("reliability.caption", wave=evidence.label(wave)),
        (
            Column(words.say("column.scale")),
            *(Column(words.say(f"column.{name}"), numeric=True) for name in names),
            Column(words.say("column.noticed")),
        ),
        tuple(rows),
        f"{weighted_sample(evidence, wave.id)} · "
        + words.say("reliability.base", level=evidence.confidence()),
        folded=True,
    )
