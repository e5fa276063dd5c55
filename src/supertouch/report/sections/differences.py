"""What differs between groups of respondents, after the many tests are allowed for."""

from __future__ import annotations

from supertouch.report.blocks import Cell, Column, Grid, Plain, Prose, Row
from supertouch.report.evidence import Evidence, Record
from supertouch.report.sections.measures import (
    change_texts,
    read_change,
    read_value,
    scale_of,
    value_text,
)
from supertouch.study.model import Scale, Wave

__all__ = ["differences"]

METRICS = ("level", "nps", "share", "effect", "satisfaction", "reach")
EACH = 2
MOST = 60


def differences(evidence: Evidence, wave: Wave) -> tuple[Plain, ...]:
    """Show the largest differences per metric, and fold the other significant ones away."""
    words = evidence.words
    rows = evidence.every("comparison", wave.id)
    tested = [row for row in rows if row["p_adjusted"] is not None]
    if not tested:
        return ()
    found = [row for row in tested if row["p_adjusted"] < evidence.study.rule.alpha]
    counts = {"n": words.integer(len(found)), "all": words.integer(len(tested))}
    if not found:
        return (Prose((words.say("differences.none", **counts),), "note"),)
    found.sort(key=_importance)
    leading = [row for metric in METRICS
               for row in [row for row in found if row["metric"] == metric][:EACH]]  # fmt: skip
    lead = Prose((_lead(evidence, found, counts), *_overlap(evidence, found)))
    label = evidence.label(wave)
    first = _grid(evidence, wave, leading, words.say("differences.caption", wave=label))
    if len(found) == len(leading):
        return lead, first
    shown = found[:MOST]
    key = "differences.all" if len(shown) == len(found) else "differences.many"
    caption = words.say(key, wave=label, shown=words.integer(len(shown)), n=counts["n"])
    return lead, first, _grid(evidence, wave, shown, caption, folded=True)


def _importance(row: Record) -> tuple[int, float]:
    return METRICS.index(str(row["metric"])), float(row["p_adjusted"])


def _lead(evidence: Evidence, found: list[Record], counts: dict[str, str]) -> str:
    words = evidence.words
    kinds = {metric: sum(row["metric"] == metric for row in found) for metric in METRICS}
    named = words.series(
        words.say("differences.kind", metric=words.say(f"metric.{metric}"), n=words.integer(n))
        for metric, n in kinds.items()
        if n
    )
    alike = [words.say(f"metric.{metric}") for metric in ("share", "effect") if not kinds[metric]]
    text = words.say("differences.lead", kinds=named, **counts)
    if alike:
        text = f"{text} {words.say('differences.alike', metrics=words.series(alike))}"
    return text


def _overlap(evidence: Evidence, found: list[Record]) -> list[str]:
    """Name pairs of groups that share respondents, other than with everybody."""
    words = evidence.words
    pairs: dict[str, None] = {}
    for row in found:
        if row["overlap"] and row["other_segment"]:
            groups = [_group(evidence, row, name) for name in ("segment", "other_segment")]
            pairs[
                words.say(
                    "differences.pair",
                    first=groups[0],
                    second=groups[1],
                    n=words.integer(row["n_both"]),
                )
            ] = None
    return [words.say("differences.overlap", pairs="; ".join(pairs))] if pairs else []


def _group(evidence: Evidence, row: Record, name: str) -> str:
    if not row[name]:
        return evidence.words.say("differences.everybody")
    value = "segment_value" if name == "segment" else "other_value"
    return evidence.value_label(str(row[name]), str(row[value]))


def _grid(
    evidence: Evidence, wave: Wave, rows: list[Record], caption: str, *, folded: bool = False
) -> Grid:
    words = evidence.words
    numeric = ("value", "other", "difference", "p_adjusted")
    names = ("metric", "group", "value", "against", "other", "difference", "p_adjusted")
    return Grid(
        caption,
        (
            Column(words.say("column.subject")),
            *(Column(words.say(f"column.{name}"), name in numeric) for name in names),
        ),
        tuple(_row(evidence, row) for row in rows),
        evidence.base(wave.id, words.say("differences.base", level=evidence.confidence())),
        sortable=True,
        folded=folded,
    )


def _row(evidence: Evidence, row: Record) -> Row:
    words = evidence.words
    subject = evidence.item_label(str(row["touchpoint"] or row["outcome"]))
    about = evidence.item_label(str(row["outcome"])) if row["touchpoint"] else ""
    scale = scale_of(evidence, row, measure=_measure(row))
    return Row(
        (
            Cell(subject, about),
            Cell(words.say(f"metric.{row['metric']}"), _common(evidence, row)),
            Cell(_group(evidence, row, "segment"), evidence.segment_label(row["segment"])),
            _value(evidence, row, "value", "n", scale),
            Cell(_group(evidence, row, "other_segment")),
            _value(evidence, row, "other", "n_other", scale),
            _difference(evidence, row),
            Cell(words.p_value(row["p_adjusted"]), sort=row["p_adjusted"], numeric=True),
        )
    )


def _common(evidence: Evidence, row: Record) -> str:
    if row["metric"] != "share":
        return ""
    return evidence.words.say("differences.common", n=evidence.words.integer(row["n_common"]))


def _measure(row: Record) -> str:
    return "mean" if row["metric"] == "level" else str(row["metric"])


def _value(evidence: Evidence, row: Record, name: str, n: str, scale: Scale | None) -> Cell:
    words = evidence.words
    base = words.say("base.n", n=words.integer(row[n]))
    text = value_text(words, _measure(row), row[name], scale=scale)
    return Cell(text, base, sort=read_value(row[name], scale=scale), numeric=True)


def _difference(evidence: Evidence, row: Record) -> Cell:
    measure = _measure(row)
    text, interval = change_texts(evidence.words, row, "difference", measure=measure)
    value = read_change(row["difference"], measure=measure)
    return Cell(text, interval, sort=value, numeric=True)
