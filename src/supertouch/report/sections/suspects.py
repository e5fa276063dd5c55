"""Data quality: suspect respondents, weights, groups too small to show, and drift of the file."""

from __future__ import annotations

from collections.abc import Sequence

from supertouch.report.blocks import (
    Block,
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
from supertouch.report.sections.drifts import drift_grid, drift_line
from supertouch.report.sections.wording import rule_text
from supertouch.study.model import Wave

__all__ = ["data_quality"]

MOST = 60
NAMED = 6
FEW = 3
TABLES = ("quality", "weights", "margins", "suppressed", "drift")
REFUSED = ("missing", "zero", "negative", "extreme")


def data_quality(evidence: Evidence) -> Section | None:
    """Show who looks suspect and how weights came about; None where no table tells of it."""
    if not any(evidence.every(table, wave.id) for table in TABLES for wave in evidence.waves):
        return None
    words = evidence.words
    weights = _weights(evidence)
    blocks: list[Block] = [weights] if weights is not None else []
    waves = tuple((wave.id, _in_wave(evidence, wave)) for wave in evidence.waves)
    if any(parts for _, parts in waves):
        blocks.append(ByWave(waves))
    intro = words.say("quality.intro")
    return Section("quality", words.say("section.quality"), tuple(blocks), intro)


def _in_wave(evidence: Evidence, wave: Wave) -> tuple[Plain, ...]:
    words = evidence.words
    blocks: list[Plain] = []
    suspects = evidence.rows("quality", wave.id)
    if suspects:
        blocks += [Prose((_suspect_line(evidence, wave, suspects),))]
        blocks.append(_suspects(evidence, wave, suspects))
    margins = evidence.every("margins", wave.id)
    if margins:
        blocks.append(_margins(evidence, wave, margins))
    hidden = evidence.every("suppressed", wave.id)
    if hidden:
        blocks.append(_suppressed(evidence, hidden))
    drifted = evidence.rows("drift", wave.id)
    if drifted:
        blocks += [Prose((drift_line(evidence, wave, drifted),)),
                   drift_grid(evidence, wave, drifted, folded=True, most=MOST)]  # fmt: skip
    if not blocks:
        blocks.append(Prose((words.say("quality.nothing", wave=evidence.label(wave)),), "note"))
    return tuple(blocks)


def _suspect_line(evidence: Evidence, wave: Wave, rows: Sequence[Record]) -> str:
    words = evidence.words
    found = [row for row in rows if row["n"]]
    if not found:
        return words.say("quality.clean", wave=evidence.label(wave))
    names = words.series(
        words.say(
            "quality.found",
            flag=words.say(f"flag.{row['flag']}"),
            n=words.integer(row["n"]),
            share=words.percent(row["share"], 1),
        )
        for row in found
    )
    excluded = any(row["excluded"] for row in found)
    every = all(row["excluded"] for row in found)
    fate = "quality.all_out" if every else "quality.some_out" if excluded else "quality.all_kept"
    out, kept = (
        words.series(
            words.say("quality.fated", flag=words.say(f"flag.{row['flag']}"),
                      n=words.integer(row["n"]))
            for row in found
            if bool(row["excluded"]) == fated
        )
        for fated in (True, False)
    )  # fmt: skip
    lead = words.say("quality.lead", wave=evidence.label(wave), names=names)
    return f"{lead} {words.say(fate, out=out, kept=kept)}"


def _suspects(evidence: Evidence, wave: Wave, rows: Sequence[Record]) -> Grid:
    words = evidence.words
    names = ("flag", "rule", "threshold", "n_checked", "n", "share", "fate")
    numeric = ("threshold", "n_checked", "n", "share")
    return Grid(
        words.say("quality.caption", wave=evidence.label(wave)),
        tuple(
            Column(words.say(f"column.{'flagged' if name == 'n' else name}"), name in numeric)
            for name in names
        ),
        tuple(_suspect(evidence, row) for row in rows),
        words.say("quality.base"),
    )


def _suspect(evidence: Evidence, row: Record) -> Row:
    words = evidence.words
    threshold = row["threshold"]
    limit = "–"
    if threshold is not None:
        digits = 0 if float(threshold).is_integer() else 1
        number = words.number(threshold, digits)
        limit = words.say(f"threshold.{row['flag']}", value=number)
    chance = row.get("expected")
    expected = words.say("quality.by_chance", n=words.number(chance, 1)) if chance else ""
    fate = "out" if row["excluded"] else "kept"
    unchecked = not row["n_checked"]
    return Row(
        (
            Cell(words.say(f"flag.{row['flag']}")),
            Cell(rule_text(evidence.study, str(row["rule"]), words=words)),
            Cell(limit, sort=threshold, numeric=True),
            Cell(words.integer(row["n_checked"]), sort=row["n_checked"], numeric=True),
            Cell(words.integer(row["n"]), expected, sort=row["n"], numeric=True),
            Cell(words.percent(row["share"], 1), sort=row["share"], numeric=True),
            Cell(words.say("quality.unchecked" if unchecked else f"fate.{fate}")),
        )
    )


def _weights(evidence: Evidence) -> Grid | None:
    words = evidence.words
    found = [(wave, row) for wave in evidence.waves for row in evidence.rows("weights", wave.id)]
    if not found:
        return None
    names = ("source", "weight_range", "median", "n_trimmed", "n_refused", "iterations",
             "design_effect", "n", "n_eff")  # fmt: skip
    rows = []
    for wave, row in found:
        refused = {kind: int(row[f"n_{kind}"]) for kind in REFUSED}
        why = ", ".join(
            words.say(f"weight.{kind}", n=words.integer(n)) for kind, n in refused.items() if n
        )
        gap = row["largest_gap"]
        left = words.say("quality.gap", gap=words.number(100 * float(gap), 2)) if gap else ""
        spread = words.interval(row["minimum"], row["maximum"]) or "–"
        cells = (
            Cell(evidence.label(wave)),
            Cell(words.say(f"weight_source.{row['source']}"), evidence.weighting(wave.id)),
            Cell(spread, sort=row["maximum"], numeric=True),
            Cell(words.number(row["median"]), sort=row["median"], numeric=True),
            Cell(words.integer(row["n_trimmed"]), sort=row["n_trimmed"], numeric=True),
            Cell(
                words.integer(sum(refused.values())), why, sort=sum(refused.values()), numeric=True
            ),
            Cell(words.integer(row["iterations"]), left, sort=row["iterations"], numeric=True),
            Cell(words.number(row["design_effect"]), sort=row["design_effect"], numeric=True),
            Cell(words.integer(row["n"]), sort=row["n"], numeric=True),
            Cell(words.integer(row["n_eff"]), sort=row["n_eff"], numeric=True),
        )
        rows.append(Row(cells))
    heads = (Column(words.say(f"column.{name}"), name != "source") for name in names)
    return Grid(
        words.say("quality.weights"),
        (Column(words.say("column.wave")), *heads),
        tuple(rows),
        words.say("quality.weights_base"),
    )


def _margins(evidence: Evidence, wave: Wave, rows: Sequence[Record]) -> Grid:
    words = evidence.words
    cells = []
    for row in rows:
        segment, value = str(row["segment"]), str(row["segment_value"])
        label = evidence.value_label(segment, value) if value else words.say("quality.unknown")
        cells.append(
            Row(
                (
                    Cell(label, evidence.segment_label(segment)),
                    Cell(words.integer(row["n"]), sort=row["n"], numeric=True),
                    *(
                        Cell(words.percent(row[name], 1), sort=row[name], numeric=True)
                        for name in ("before", "after", "target")
                    ),
                )
            )
        )
    names = ("n", "unweighted", "weighted", "target")
    heads = (Column(words.say(f"column.{name}"), numeric=True) for name in names)
    return Grid(
        words.say("quality.margins", wave=evidence.label(wave)),
        (Column(words.say("column.group")), *heads),
        tuple(cells),
        words.say("quality.margins_base"),
        sortable=True,
        folded=len(cells) > 12,
    )


def _suppressed(evidence: Evidence, rows: Sequence[Record]) -> Prose:
    words = evidence.words
    minimum = words.integer(max(int(row["min_base"]) for row in rows))
    named = [
        words.say(
            "quality.hidden" if row["segment_value"] else "quality.hidden_few",
            segment=evidence.segment_label(str(row["segment"])),
            value=evidence.value_label(str(row["segment"]), str(row["segment_value"] or "")),
        )
        for row in rows
    ]
    many = len(named) > NAMED
    shown = "; ".join(named[:FEW] if many else named)
    key = "quality.suppressed_many" if many else "quality.suppressed"
    lines = [words.say(key, minimum=minimum, names=shown, n=words.integer(len(named)))]
    if any(row["complementary"] for row in rows):
        lines.append(words.say("quality.complementary"))
    return Prose(tuple(lines), "note")
