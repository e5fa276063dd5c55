"""Who was asked what, and what came in: the sample, its quarantine and its blanks."""

from __future__ import annotations

from supertouch.report.blocks import Block, ByWave, Cell, Column, Grid, Plain, Prose, Row, Section
from supertouch.report.evidence import Evidence, Record, one_line
from supertouch.report.sections.scales import mean_cell, scale_text
from supertouch.report.sections.wording import rule_text
from supertouch.study.model import Outcome, Wave

__all__ = ["asked", "sample"]

EMPTY_COLUMNS = ("n", "n_answered", "not_met", "not_asked", "dont_know", "refused")


def asked(evidence: Evidence) -> Section:
    """Tell who was asked what, wave by wave."""
    words = evidence.words
    about = evidence.study.about.within(words.code)
    blocks: list[Block] = []
    if about:
        blocks.append(Prose(tuple(one_line(part) for part in about.split("\n\n"))))
    blocks.append(ByWave(tuple((wave.id, _asked_in(evidence, wave)) for wave in evidence.waves)))
    return Section("asked", words.say("section.asked"), tuple(blocks))


def _asked_in(evidence: Evidence, wave: Wave) -> tuple[Plain, ...]:
    words = evidence.words
    touchpoints = evidence.touchpoints(wave.id)
    contact = sum(item.contact.within(wave.id) is not None for item in touchpoints)
    scales = {item.scale for item in touchpoints}
    lines = [
        words.count("asked.touchpoints", len(touchpoints), wave=evidence.label(wave)),
        _contact_line(evidence, contact, len(touchpoints)),
        *(
            words.say("asked.scale", scale=scale_text(evidence, evidence.study.scales[name]))
            for name in sorted(scales)
            if name in evidence.study.scales
        ),
        sentence(evidence.weighting(wave.id)),
    ]
    missing = [item for item in evidence.study.touchpoints if item not in touchpoints]
    if missing:
        names = words.series(evidence.label(item) for item in missing)
        lines.append(words.say("asked.missing", names=names))
    rows = tuple(_outcome_row(evidence, wave, item) for item in evidence.outcomes(wave.id))
    columns = ("outcome", "role", "question", "scale", "n", "n_eff", "mean", "nps")
    grid = Grid(
        words.say("asked.outcomes", wave=evidence.label(wave)),
        tuple(
            Column(words.say(f"column.{name}"), numeric=place > 3)
            for place, name in enumerate(columns)
        ),
        rows,
        evidence.base(wave.id, words.say("base.interval", level=evidence.confidence())),
    )
    return Prose((), bullets=tuple(lines)), grid


def _contact_line(evidence: Evidence, asked: int, every: int) -> str:
    words = evidence.words
    if asked in (0, every):
        return words.say("asked.contact_all" if asked else "asked.contact_none")
    return words.say("asked.contact_some", n=words.integer(asked), all=words.integer(every))


def _outcome_row(evidence: Evidence, wave: Wave, outcome: Outcome) -> Row:
    words = evidence.words
    level: Record = evidence.row("outcomes", wave.id, outcome.id) or {}
    scale = evidence.study.scales.get(outcome.scale)
    question = one_line(outcome.question.within(words.code))
    items = words.count("asked.items", len(outcome.items))
    cells = (
        Cell(evidence.outcome_label(outcome)),
        Cell(words.say(f"role.{outcome.role}")),
        Cell(question or "–", items),
        Cell(scale_text(evidence, scale) if scale else "–"),
        Cell(words.integer(level.get("n")), sort=level.get("n"), numeric=True),
        Cell(words.integer(level.get("n_eff")), sort=level.get("n_eff"), numeric=True),
        mean_cell(evidence, level, "mean", scale, noted=True),
        Cell(
            words.number(level.get("nps"), 0, signed=True),
            words.interval(level.get("nps_low"), level.get("nps_high"), 0, signed=True),
            sort=level.get("nps"),
            numeric=True,
        ),
    )
    return Row(cells)


def sentence(text: str) -> str:
    """Return ``text`` with a capital at its beginning and a full stop at its end."""
    return f"{text[:1].upper()}{text[1:]}."


def sample(evidence: Evidence) -> Section:
    """Account for every row read, every rejected row and every blank."""
    words = evidence.words
    waves = ByWave(tuple((wave.id, _sample_in(evidence, wave)) for wave in evidence.waves))
    return Section(
        "sample",
        words.say("section.sample"),
        (_balance(evidence), waves),
        intro=words.say("sample.intro"),
    )


def _balance(evidence: Evidence) -> Grid:
    words = evidence.words
    counts = ("n_read", "n_accepted", "n_quarantined", "n_excluded")
    columns = ("wave", *counts, "n_eff", "design_effect", "n_clusters", "n_strata", "weight_sum")
    digits = {"design_effect": 2}
    rows = []
    for wave in evidence.waves:
        record = evidence.row("sample", wave.id) or {}
        cells = [
            Cell(
                words.number(record.get(name), digits.get(name, 0)),
                sort=record.get(name),
                numeric=True,
            )
            for name in columns[1:]
        ]
        rows.append(Row((Cell(evidence.label(wave), evidence.weighting(wave.id)), *cells)))
    heads = tuple(Column(words.say(f"column.{name}"), name != "wave") for name in columns)
    base = words.say("sample.base")
    return Grid(words.say("sample.caption"), heads, tuple(rows), base)


def _sample_in(evidence: Evidence, wave: Wave) -> tuple[Plain, ...]:
    return (_rejections(evidence, wave), _empties(evidence, wave), _contradictions(evidence, wave))


def _rejections(evidence: Evidence, wave: Wave) -> Plain:
    words = evidence.words
    records = evidence.rows("rejections", wave.id)
    if not records:
        return Prose((words.say("sample.no_rejections", wave=evidence.label(wave)),))
    rows = tuple(
        Row(
            (
                Cell(words.say(f"rejection.{record['kind']}")),
                Cell(words.known("raw_column", str(record["column"])) or "–"),
                Cell(rule_text(evidence.study, str(record["rule"]), words=words)),
                Cell(words.integer(record["n"]), sort=record["n"], numeric=True),
            )
        )
        for record in records
    )
    heads = [Column(words.say(f"column.{name}")) for name in ("kind", "column", "rule")]
    return Grid(
        words.say("sample.rejections", wave=evidence.label(wave)),
        (*heads, Column(words.say("column.n_rows"), numeric=True)),
        rows,
        words.say("sample.rejections_base"),
    )


def _empties(evidence: Evidence, wave: Wave) -> Plain:
    words = evidence.words
    rows = []
    for record in evidence.rows("empties", wave.id):
        cells = [
            Cell(words.integer(record[name]), sort=record[name], numeric=True)
            for name in EMPTY_COLUMNS
        ]
        label = Cell(evidence.item_label(record["item"]), words.say(f"item.{record['kind']}"))
        rows.append(Row((label, *cells)))
    heads = [Column(words.say(f"empty.{name}"), numeric=True) for name in EMPTY_COLUMNS]
    return Grid(
        words.say("sample.empties", wave=evidence.label(wave)),
        (Column(words.say("column.item")), *heads),
        tuple(rows),
        words.say("sample.empties_base"),
        sortable=True,
        folded=True,
    )


def _contradictions(evidence: Evidence, wave: Wave) -> Plain:
    words = evidence.words
    records = [row for row in evidence.rows("contradictions", wave.id) if row["n"]]
    if not records:
        return Prose((words.say("sample.no_contradictions", wave=evidence.label(wave)),))
    rows = tuple(
        Row(
            (
                Cell(evidence.item_label(record["touchpoint"])),
                Cell(words.known("contradiction", record["kind"])),
                Cell(words.known("resolution", record["resolution"])),
                Cell(words.integer(record["n"]), sort=record["n"], numeric=True),
            )
        )
        for record in records
    )
    names = ("touchpoint", "contradiction", "resolution")
    heads = [Column(words.say(f"column.{name}")) for name in names]
    return Grid(
        words.say("sample.contradictions", wave=evidence.label(wave)),
        (*heads, Column(words.say("column.n"), numeric=True)),
        rows,
        words.say("sample.contradictions_base"),
        sortable=True,
    )
