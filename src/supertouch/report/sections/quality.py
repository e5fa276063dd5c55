"""How many come into contact with each touchpoint and how good it is for them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

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
    Stack,
)
from supertouch.report.evidence import Evidence, Record
from supertouch.report.sections.choices import (
    Group,
    by_group,
    by_outcome,
    group_base,
    group_label,
)
from supertouch.report.sections.scales import mean_cell, mean_head, one_scale
from supertouch.study.model import Columns, Scale, Wave

__all__ = ["quality_cells", "quality_columns", "reach"]


def reach(evidence: Evidence, pictures: dict[str, Picture]) -> Section:
    """Show reach × effect and the quality of each touchpoint."""
    words = evidence.words

    def write(wave: Wave, group: Group) -> Sequence[Plain | ByOutcome]:
        grid = _performance(evidence, wave, group)
        if group[0]:
            return (Prose((words.say("choice.no_pictures"),), "note"), grid)
        maps = [
            (outcome, [pictures[name]])
            for outcome in evidence.driven(wave.id)
            if (name := f"reach_impact_{wave.id}_{outcome.id}") in pictures
        ]
        return (*by_outcome(maps), grid)

    waves = tuple(
        (wave.id, by_group(evidence, wave, partial(write, wave))) for wave in evidence.waves
    )
    return Section(
        "reach", words.say("section.reach"), (ByWave(waves),), intro=words.say("reach.intro")
    )


def _performance(evidence: Evidence, wave: Wave, group: Group) -> Grid:
    words = evidence.words
    rows = []
    for touchpoint in evidence.touchpoints(wave.id):
        record = evidence.row("performance", wave.id, touchpoint.id, group=group)
        if record is not None:
            phase = words.say(f"phase.{touchpoint.phase}")
            label = Cell(evidence.label(touchpoint), phase)
            rows.append(Row((label, *quality_cells(evidence, record))))
    caption = words.say("reach.caption", wave=evidence.label(wave))
    if group[0]:
        caption = words.say("choice.caption", text=caption, group=group_label(evidence, group))
    return Grid(
        caption,
        (Column(words.say("column.touchpoint")), *quality_columns(evidence)),
        tuple(rows),
        group_base(
            evidence,
            wave,
            group,
            words.say("reach.base"),
            words.say("base.linear", level=evidence.confidence()),
        ),
        sortable=True,
    )


def quality_columns(evidence: Evidence) -> tuple[Column, ...]:
    """Return the heads that belong to ``quality_cells``."""
    names = ["reach", "n_rated", "satisfaction", "bands", "nps_met", "nps_not_met"]
    names += ["brand_fit"] if _fit_asked(evidence) else []
    scales = {"satisfaction": _rating(evidence), "brand_fit": _fit(evidence)}
    return tuple(
        Column(mean_head(evidence, name, scales.get(name)), numeric=name != "bands")
        for name in names
    )


def quality_cells(evidence: Evidence, record: Record) -> tuple[Cell, ...]:
    """Return reach, base, satisfaction, the three bands, both NPS and brand fit of one row."""
    words = evidence.words
    touchpoint = evidence.study.touchpoint(record["touchpoint"])
    scales = evidence.study.scales

    def nps(name: str) -> Cell:
        low, high = record[f"{name}_low"], record[f"{name}_high"]
        interval = words.interval(low, high, 0, signed=True)
        base = words.say("base.n", n=words.integer(record[f"n_{name}"]))
        detail = f"{interval}\n{base}" if interval else base
        text = words.number(record[name], 0, signed=True)
        return Cell(text, detail, sort=record[name], numeric=True)

    rated_eff = words.say("base.n_eff", n_eff=words.integer(record["n_rated_eff"]))
    rating = scales.get(touchpoint.scale)
    noted = _rating(evidence) is None
    fit = Cell("–", numeric=True)
    if record["n_brand_fit"]:
        base = words.say("base.n", n=words.integer(record["n_brand_fit"]))
        scale = scales.get(touchpoint.brand_fit_scale)
        few = _fit(evidence) is None
        fit = mean_cell(evidence, record, "brand_fit", scale, noted=few, base=base)
    cells = (
        _reach(evidence, record),
        Cell(words.integer(record["n_rated"]), rated_eff, sort=record["n_rated"], numeric=True),
        mean_cell(evidence, record, "satisfaction", rating, noted=noted),
        _bands(evidence, record),
        nps("nps_met"),
        nps("nps_not_met"),
        fit,
    )
    return cells if _fit_asked(evidence) else cells[:-1]


def _rating(evidence: Evidence) -> Scale | None:
    return one_scale(evidence, (item.scale for item in evidence.study.touchpoints))


def _fit_asked(evidence: Evidence) -> bool:
    return any(item.brand_fit != Columns() for item in evidence.study.touchpoints)


def _fit(evidence: Evidence) -> Scale | None:
    asked = (item for item in evidence.study.touchpoints if item.brand_fit != Columns())
    return one_scale(evidence, (item.brand_fit_scale for item in asked))


def _reach(evidence: Evidence, record: Record) -> Cell:
    words = evidence.words
    if not evidence.contact_asked(record["touchpoint"], record["wave"]):
        return Cell("–", words.say("reach.not_asked"), numeric=True)
    interval = words.percent_interval(record["reach_low"], record["reach_high"])
    known = words.say("base.n", n=words.integer(record["n_known"]))
    detail = "\n".join(part for part in (interval, known) if part)
    return Cell(words.percent(record["reach"]), detail, sort=record["reach"], numeric=True)


def _bands(evidence: Evidence, record: Record) -> Cell:
    words = evidence.words
    names = ("disappointed", "okay", "delighted")
    shares = [record[name] for name in names]
    if any(share is None for share in shares):
        return Cell("–")
    text = " · ".join(words.percent(share) for share in shares)
    return Cell(text, sort=shares[2], drawing=Stack(*(float(share) for share in shares)))
