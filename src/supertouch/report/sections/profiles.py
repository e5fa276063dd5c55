"""Everything about one touchpoint on one page: quality, effects and segments, wave by wave."""

from __future__ import annotations

from dataclasses import replace

from supertouch.report.blocks import Cell, Column, Grid, Profile, Profiles, Prose, Row, Section
from supertouch.report.evidence import DRIVEN, Evidence, Record, one_line
from supertouch.report.sampled import in_samples
from supertouch.report.sections.cards import badge, failed_criteria, verdict_text
from supertouch.report.sections.drivers import component_columns, components, share_cell
from supertouch.report.sections.factors import factor_cells, factor_columns
from supertouch.report.sections.grounds import grounds
from supertouch.report.sections.inside import gap_points, gap_text
from supertouch.report.sections.portfolio import decision_text, decision_tone, gain_cell
from supertouch.report.sections.quality import quality_cells, quality_columns
from supertouch.report.sections.segments import modelled
from supertouch.study.model import Touchpoint

__all__ = ["profiles"]


def profiles(evidence: Evidence) -> Section:
    """Make the profile of every touchpoint, in the study's order."""
    words = evidence.words
    every = tuple(_profile(evidence, item) for item in evidence.study.touchpoints)
    intro = words.say("profiles.intro")
    return Section("profiles", words.say("section.profiles"), (Profiles(every),), intro)


def _profile(evidence: Evidence, touchpoint: Touchpoint) -> Profile:
    words = evidence.words
    verdicts = [
        (wave.id, row)
        for wave in evidence.waves
        if (row := evidence.row("supertouchpoints", wave.id, touchpoint.id)) is not None
    ]
    question = one_line(touchpoint.question.within(words.code))
    blocks: list[Grid | Prose] = []
    if question:
        blocks.append(Prose((words.say("profiles.question", question=question),)))
    blocks += [
        grid
        for grid in (
            _verdicts(evidence, touchpoint),
            _quality(evidence, touchpoint),
            _effects(evidence, touchpoint),
            _factors(evidence, touchpoint),
            _decisions(evidence, touchpoint),
            _segments(evidence, touchpoint),
        )
        if grid.rows
    ]
    return Profile(
        id=touchpoint.id,
        title=evidence.label(touchpoint),
        subtitle=" · ".join(_attributes(evidence, touchpoint)),
        badges=tuple((wave, verdict_text(evidence, row), badge(row)) for wave, row in verdicts),
        blocks=tuple(blocks),
    )


def _attributes(evidence: Evidence, touchpoint: Touchpoint) -> list[str]:
    words = evidence.words
    parts = [words.say(f"phase.{touchpoint.phase}")]
    for name in ("origin", "dialogue", "channel"):
        value = getattr(touchpoint, name)
        if value:
            parts.append(words.say(f"{name}.{value}"))
    if touchpoint.control:
        parts.append(words.say("attribute.control", level=words.say(f"level.{touchpoint.control}")))
    if touchpoint.owner:
        parts.append(words.say("attribute.owner", owner=one_line(touchpoint.owner)))
    if touchpoint.cost is not None:
        parts.append(words.say("attribute.cost", cost=words.integer(touchpoint.cost)))
    return parts


def _verdicts(evidence: Evidence, touchpoint: Touchpoint) -> Grid:
    words = evidence.words
    rows = []
    ranked = any(evidence.rank_told(wave.id) for wave in evidence.waves)
    for wave in evidence.waves:
        row = evidence.row("supertouchpoints", wave.id, touchpoint.id)
        if row is None:
            continue
        cells = [
            Cell(evidence.label(wave)),
            Cell(verdict_text(evidence, row), tone=badge(row)),
            Cell(words.chance(row["probability"]), sort=row["probability"], numeric=True),
            Cell(words.known("trend", row["trend"]) if row["trend"] else "–"),
            Cell(words.series(failed_criteria(evidence, row)) or "–"),
        ]
        if ranked:
            told = row["rank_probability"] if evidence.rank_told(wave.id) else None
            cells.insert(3, Cell(words.chance(told), sort=told, numeric=True))
        rows.append(Row(tuple(cells)))
    top = words.integer(evidence.study.rule.top)
    numeric = ("probability", "rank_probability") if ranked else ("probability",)
    names = ("wave", "verdict", *numeric, "trend", "failed")
    return Grid(
        words.say("profiles.verdict"),
        tuple(Column(words.say(f"column.{name}", top=top), name in numeric) for name in names),
        tuple(rows),
        f"{words.say('verdicts.base')} · {words.say('explain.probability')}",
    )


def _quality(evidence: Evidence, touchpoint: Touchpoint) -> Grid:
    words = evidence.words
    rows = tuple(
        Row((Cell(evidence.label(wave)), *quality_cells(evidence, record)))
        for wave in evidence.waves
        if (record := evidence.row("performance", wave.id, touchpoint.id)) is not None
    )
    base = words.say("reach.base")
    linear = words.say("base.linear", level=evidence.confidence())
    return Grid(
        words.say("profiles.quality"),
        (Column(words.say("column.wave")), *quality_columns(evidence)),
        rows,
        f"{base} · {evidence.weightings()} · {linear}",
    )


def _effects(evidence: Evidence, touchpoint: Touchpoint) -> Grid:
    words = evidence.words
    rows = []
    highest = _highest_share(evidence, touchpoint)
    for wave in evidence.waves:
        for outcome in evidence.outcomes(wave.id):
            cells = components(evidence, wave.id, outcome, touchpoint.id, maximum=highest)
            model = evidence.row("models", wave.id, outcome.id)
            if cells is not None and model is not None:
                n = words.say("base.n", n=words.integer(model["n"]))
                n_eff = words.say("base.n_eff", n_eff=words.integer(model["n_eff"]))
                label = Cell(evidence.label(wave), f"{n}\n{n_eff}")
                name = Cell(evidence.outcome_label(outcome))
                rows.append(Row((label, name, *cells), outcome=outcome.id))
    heads = (Column(words.say("column.wave")), Column(words.say("column.outcome")))
    base = words.say("importance.base", level=evidence.confidence())
    return Grid(
        words.say("profiles.effects"),
        (*heads, *component_columns(evidence)),
        tuple(rows),
        f"{evidence.weightings()} · {base}",
        groups=(
            ("", 2),
            (words.say("component.experience"), 6),
            (words.say("component.contact"), 3),
        ),
    )


def _factors(evidence: Evidence, touchpoint: Touchpoint) -> Grid:
    words = evidence.words
    rows = []
    for wave in evidence.waves:
        for outcome in evidence.driven(wave.id):
            row = evidence.row("asymmetry", wave.id, outcome.id, touchpoint.id)
            if row is not None:
                n = words.say("base.n", n=words.integer(row["n"]))
                cells = factor_cells(evidence, row)
                name = Cell(evidence.outcome_label(outcome))
                label = Cell(evidence.label(wave), n)
                rows.append(Row((label, name, *cells), outcome=outcome.id))
    heads = (Column(words.say("column.wave")), Column(words.say("column.outcome")))
    base = words.say("danger.base", level=evidence.confidence())
    return Grid(
        words.say("profiles.factors"),
        (*heads, *factor_columns(evidence)),
        tuple(rows),
        " · ".join(text for text in (evidence.weightings(), in_samples(evidence), base) if text),
        folded=True,
    )


def _decisions(evidence: Evidence, touchpoint: Touchpoint) -> Grid:
    words = evidence.words
    rows = []
    for wave in evidence.waves:
        decision, gap, incident = (evidence.row(name, wave.id, touchpoint.id)
                                   for name in ("portfolio", "gap", "incidents"))  # fmt: skip
        if decision is None and gap is None and incident is None:
            continue
        cells = [Cell(evidence.label(wave))]
        if decision is None:
            cells += [Cell("–"), Cell("–"), Cell("–", numeric=True)]
        else:
            cells += [
                Cell(decision_text(evidence, decision), tone=decision_tone(decision)),
                Cell(grounds(evidence, decision)),
                gain_cell(evidence, decision),
            ]
        kind = words.say(f"inside_kind.{gap['kind']}") if gap else ""
        text = gap_text(evidence, gap["importance_gap"]) if gap else "–"
        points = gap_points(gap["importance_gap"]) if gap else None
        cells += [Cell(text, kind, sort=points, numeric=True), _incidents(evidence, incident)]
        rows.append(Row(tuple(cells)))
    names = ("wave", "decision", "why", "gain", "gap_points", "incidents")
    numeric = ("gain", "gap_points", "incidents")
    noted = [text] if (text := in_samples(evidence, partly=True)) else []
    return Grid(
        words.say("portfolio.profile"),
        tuple(Column(words.say(f"column.{name}"), name in numeric, wide=name == "why")
              for name in names),
        tuple(rows),
        " · ".join((evidence.weightings(), *noted, words.say("portfolio.profile_base"))),
    )  # fmt: skip


def _incidents(evidence: Evidence, row: Record | None) -> Cell:
    """Return how many mentions are negative, and how critical they make the touchpoint."""
    words = evidence.words
    if row is None:
        return Cell("–", numeric=True)
    every = words.say("base.of_n", part=words.integer(row["n_negative"]),
                      n=words.integer(row["n"]))  # fmt: skip
    rank = ""
    if row["rank"] is not None:
        rank = words.say("incidents.rank", rank=words.integer(row["rank"]))
    return Cell(every, rank, sort=row["n_negative"], numeric=True)


def _highest_share(evidence: Evidence, touchpoint: Touchpoint) -> float:
    highest = 0.0
    for wave in evidence.waves:
        for outcome in evidence.outcomes(wave.id):
            key = (outcome.id, touchpoint.id, "experience", "lmg")
            row = evidence.row("importance", wave.id, *key)
            if row is not None:
                highest = max(highest, float(row["share_high"] or 0), float(row["fair_share"]))
    return highest


def _segments(evidence: Evidence, touchpoint: Touchpoint) -> Grid:
    words = evidence.words
    rows = []
    for wave in evidence.waves:
        for group in evidence.groups(wave.id):
            record = evidence.row("performance", wave.id, touchpoint.id, group=group)
            if record is None:
                continue
            label = Cell(evidence.value_label(*group), evidence.segment_label(group[0]))
            quality = quality_cells(evidence, record)[:4]
            shares = []
            for role in DRIVEN:
                outcome = evidence.study.outcome_of(role, wave.id)
                key = (outcome.id if outcome else "", touchpoint.id, "experience", "lmg")
                found = evidence.row("importance", wave.id, *key, group=group)
                model = evidence.row("models", wave.id, key[0], group=group)
                cell = share_cell(evidence, found, maximum=0.0)
                parts = (cell.detail, modelled(evidence, wave, model, short=True) if found else "")
                shares.append(replace(cell, detail="\n".join(part for part in parts if part)))
            cells = (Cell(evidence.label(wave)), label, *quality, *shares)
            rows.append(Row(cells, wave=wave.id))
    heads = (Column(words.say("column.wave")), Column(words.say("column.segment")))
    shares_heads = (
        Column(words.say(f"column.share_{role}", top=""), numeric=True) for role in DRIVEN
    )
    return Grid(
        words.say("profiles.segments"),
        (*heads, *quality_columns(evidence)[:4], *shares_heads),
        tuple(rows),
        words.say("profiles.segments_base"),
    )
