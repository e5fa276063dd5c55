"""Charts on segments: how groups differ from all respondents."""

from __future__ import annotations

from supertouch.report.blocks import Chart, Tone
from supertouch.report.evidence import Evidence, Record
from supertouch.report.native.numbers import estimates
from supertouch.report.sections.measures import change_texts
from supertouch.study.model import Outcome, Wave

__all__ = ["compared_groups", "differs", "segments"]

NAMED = 3
METRICS = {"nps": "nps", "level": "mean"}


def segments(evidence: Evidence, wave: Wave) -> list[Chart]:
    """Show by how much each group lies above or below all respondents, an outcome each."""
    found = ((outcome, *compared_groups(evidence, wave, outcome))
             for outcome in evidence.driven(wave.id))  # fmt: skip
    return [_differences(evidence, wave, outcome, metric, rows)
            for outcome, metric, rows in found if rows]  # fmt: skip


def compared_groups(evidence: Evidence, wave: Wave, outcome: Outcome) -> tuple[str, list[Record]]:
    """Return how groups differ from all respondents: in NPS, where there is one, else in means.

    The metric is "nps" or "level"; there are no rows where nothing was compared.
    """
    for metric in METRICS:
        known = {
            (str(row["segment"]), str(row["segment_value"])): row
            for row in evidence.every("comparison", wave.id)
            if (row["outcome"], row["metric"]) == (outcome.id, metric)
            and not row["other_segment"]
            and not row["touchpoint"]
            and row["difference"] is not None
        }
        rows = [known[group] for group in evidence.groups(wave.id) if group in known]
        if rows:
            return metric, rows
    return "", []


def differs(evidence: Evidence, row: Record) -> Tone:
    """Return whether a group lies above ("super") or below ("drop") for certain."""
    if row["p_adjusted"] is None or row["p_adjusted"] >= evidence.study.rule.alpha:
        return "undecided"
    return "super" if float(row["difference"]) > 0 else "drop"


def _differences(
    evidence: Evidence, wave: Wave, outcome: Outcome, metric: str, rows: list[Record]
) -> Chart:
    words = evidence.words
    label = evidence.outcome_label(outcome)
    head = words.say("native.nps", outcome=label) if metric == "nps" else label
    labels = [
        words.say(
            "native.group",
            segment=evidence.segment_label(str(row["segment"])),
            value=evidence.value_label(str(row["segment"]), str(row["segment_value"])),
            n=words.integer(row["n"]),
        )
        for row in rows
    ]
    leaders = words.series(
        words.say("figure.leader", touchpoint=name,
                  value=change_texts(words, row, "difference", measure=METRICS[metric])[0])
        for name, row in zip(labels[:NAMED], rows, strict=False)
    )  # fmt: skip
    tones = [differs(evidence, row) for row in rows]
    return Chart(
        name=f"segments_{wave.id}_{outcome.id}",
        form="bar",
        title=words.say("native.segments", measure=head, wave=evidence.label(wave)),
        categories=tuple(labels),
        series=(estimates(rows, "difference", head, tones=tones),),
        x_title=words.say("native.segments_axis"),
        number="signed",
        reference=0.0,
        base=evidence.base(wave.id, words.say("native.grey", level=evidence.confidence())),
        alt=words.say("native.bars", leaders=leaders),
    )
