"""Touchpoints that customers miss: named in the open question or in mentions."""

from __future__ import annotations

from supertouch.report.blocks import Cell, Column, Grid, Row
from supertouch.report.evidence import Evidence, Record
from supertouch.study.model import Wave

__all__ = ["missing", "missing_rows"]


def missing_rows(evidence: Evidence, wave: Wave) -> list[Record]:
    """Return what is missing in a wave, the most often named first; all that few named last."""
    rows = evidence.rows("missing", wave.id)
    return sorted(rows, key=lambda row: (not row["named"], -int(row["n"])))


def missing(evidence: Evidence, wave: Wave) -> tuple[Grid, ...]:
    """Make the table of missing touchpoints; none where nothing is missing."""
    words = evidence.words
    rows = missing_rows(evidence, wave)
    if not rows:
        return ()
    names = ("named", "share_named", "n_survey", "n_mentions", "n_named_inside", "sources")
    numeric = ("share_named", "n_survey", "n_mentions", "n_named_inside")
    return (
        Grid(
            words.say("absent.caption", wave=evidence.label(wave)),
            tuple(Column(words.say(f"column.{name}"), name in numeric) for name in names),
            tuple(_row(evidence, row) for row in rows),
            " · ".join((evidence.weighting(wave.id),
                        words.say("absent.base", least=words.integer(evidence.study.mentions.least),
                                  level=evidence.confidence()))),
            sortable=True,
        ),
    )  # fmt: skip


def _row(evidence: Evidence, row: Record) -> Row:
    words = evidence.words
    asked = ""
    if row["n_asked"]:
        asked = words.say("absent.asked", n=words.integer(row["n_asked"]))
    interval = words.percent_interval(row["share_low"], row["share_high"], 1)
    return Row(
        (
            Cell(str(row["named"]) or words.say("absent.others")),
            Cell(words.percent(row["share"], 1), interval, sort=row["share"], numeric=True),
            Cell(words.integer(row["n_survey"]), asked, sort=row["n_survey"], numeric=True),
            Cell(words.integer(row["n_mentions"]), sort=row["n_mentions"], numeric=True),
            Cell(words.integer(row["n_auditors"]), sort=row["n_auditors"], numeric=True),
            Cell(str(row["sources"]) or "–"),
        )
    )
