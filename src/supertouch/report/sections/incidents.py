"""Critical incidents: what people complain of, and how much it matters."""

from __future__ import annotations

from collections.abc import Sequence

from supertouch.report.blocks import (
    ByWave,
    Cell,
    Column,
    Grid,
    Headline,
    Picture,
    Plain,
    Prose,
    Row,
    Section,
)
from supertouch.report.evidence import Evidence, Record
from supertouch.report.sections.naming import listed, quoted
from supertouch.study.model import Wave

__all__ = ["incident_rows", "incidents", "negatives"]

NAMED = 3


def incidents(evidence: Evidence, pictures: dict[str, Picture]) -> Section | None:
    """Show how often each touchpoint is complained of and how much it matters; None without any."""
    if not any(evidence.rows("incidents", wave.id) for wave in evidence.waves):
        return None
    words = evidence.words
    waves = ByWave(tuple((wave.id, _in_wave(evidence, wave, pictures)) for wave in evidence.waves))
    return Section("incidents", words.say("section.incidents"), (waves,),
                   words.say("incidents.intro"))  # fmt: skip


def incident_rows(evidence: Evidence, wave: Wave) -> list[Record]:
    """Return the touchpoints with mentions, the most critical first."""
    rows = [row for row in evidence.rows("incidents", wave.id) if row["n"]]
    return sorted(rows, key=_by_rank)


def negatives(evidence: Evidence, wave: Wave) -> dict[str, str]:
    """Return how many mentions are negative, and how many of these name no touchpoint."""
    words = evidence.words
    rows = evidence.rows("incidents", wave.id)
    told = sum(int(row["n_negative"]) for row in rows)
    every = next((round(int(row["n_negative"]) / float(row["frequency"])) for row in rows
                  if row["n_negative"] and row["frequency"]), told)  # fmt: skip
    return {"all": words.integer(every), "others": words.integer(every - told)}


def _by_rank(row: Record) -> tuple[float, float]:
    rank = float("inf") if row["rank"] is None else float(row["rank"])
    return rank, -float(row["n_negative"])


def _in_wave(evidence: Evidence, wave: Wave, pictures: dict[str, Picture]) -> tuple[Plain, ...]:
    words = evidence.words
    rows = incident_rows(evidence, wave)
    if not rows:
        return (Prose((words.say("incidents.nothing", wave=evidence.label(wave)),), "note"),)
    blocks: list[Plain] = [_headline(evidence, wave, rows)]
    if f"incidents_{wave.id}" in pictures:
        blocks.append(pictures[f"incidents_{wave.id}"])
    return (*blocks, _grid(evidence, wave, rows))


def _headline(evidence: Evidence, wave: Wave, rows: Sequence[Record]) -> Headline:
    words = evidence.words
    label = evidence.label(wave)
    ranked = [row for row in rows if row["critical"]]
    if not any(row["n_negative"] for row in rows):
        return Headline(words.say("incidents.none", wave=label), "met")
    if not ranked:
        often = sorted(rows, key=lambda row: -int(row["n_negative"]))[:NAMED]
        names = listed(evidence, [quoted(evidence, str(row["touchpoint"])) for row in often])
        return Headline(words.say("incidents.often", wave=label, names=names), "warning")
    names = listed(
        evidence,
        [
            words.say("figure.leader", touchpoint=quoted(evidence, str(row["touchpoint"])),
                      value=words.percent(row["critical"]))
            for row in ranked[:NAMED]
        ],
    )  # fmt: skip
    return Headline(words.say("incidents.lead", wave=label, names=names), "warning")


def _grid(evidence: Evidence, wave: Wave, rows: Sequence[Record]) -> Grid:
    words = evidence.words
    numeric = ("critical", "frequency", "relevance", "valences", "disappointed", "n_mentions")
    names = ("touchpoint", *numeric, "sources", "period")
    dates = [str(row[name]) for row in rows for name in ("first", "last") if row[name]]
    every = words.integer(sum(int(row["n"]) for row in rows))
    negative = words.integer(sum(int(row["n_negative"]) for row in rows))
    period = ""
    if dates:
        period = words.say("format.range", low=words.day(min(dates)), high=words.day(max(dates)))
    sample = evidence.row("sample", wave.id) or {}
    survey = words.say("incidents.survey", n=words.integer(sample.get("n_accepted")),
                       n_eff=words.integer(sample.get("n_eff")),
                       weighting=evidence.weighting(wave.id))  # fmt: skip
    silent = sum(not row["n"] for row in evidence.rows("incidents", wave.id))
    base = (
        words.say("incidents.size", n=every, negative=negative),
        words.count("incidents.silent", silent) if silent else "",
        period,
        survey,
        words.say("incidents.base", level=evidence.confidence(), **negatives(evidence, wave)),
    )
    return Grid(
        words.say("incidents.caption", wave=evidence.label(wave)),
        tuple(Column(words.say(f"column.{name}"), name in numeric) for name in names),
        tuple(_row(evidence, row) for row in rows),
        " · ".join(part for part in base if part),
        sortable=True,
    )


def _row(evidence: Evidence, row: Record) -> Row:
    words = evidence.words
    rank = "" if row["rank"] is None else words.say("incidents.rank",
                                                    rank=words.integer(row["rank"]))  # fmt: skip
    interval = words.percent_interval(row["frequency_low"], row["frequency_high"])
    counts = " · ".join(words.integer(row[f"n_{name}"])
                        for name in ("negative", "neutral", "positive"))  # fmt: skip
    dates = [words.day(str(row[name]), short=True).replace(" ", "\u00a0")
             for name in ("first", "last") if row[name]]  # fmt: skip
    return Row(
        (
            Cell(evidence.item_label(str(row["touchpoint"]))),
            Cell(words.percent(row["critical"]), rank, sort=row["critical"], numeric=True),
            Cell(words.percent(row["frequency"]), interval, sort=row["frequency"], numeric=True),
            Cell(words.percent(row["relevance"], 1), sort=row["relevance"], numeric=True),
            Cell(counts, sort=row["n_negative"], numeric=True),
            Cell(words.percent(row["disappointed"]), sort=row["disappointed"], numeric=True),
            Cell(words.integer(row["n"]), sort=row["n"], numeric=True),
            Cell(str(row["sources"]) or "–"),
            Cell(" – ".join(dict.fromkeys(dates)) or "–", sort=str(row["last"])),
        )
    )
