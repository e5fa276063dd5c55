"""The verdict on every touchpoint with every criterion, and the numbers that it rests on."""

from __future__ import annotations

from supertouch.report.answer import badge, verdict_text
from supertouch.report.blocks import (
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
    Stack,
    Tone,
)
from supertouch.report.evidence import Evidence, Record
from supertouch.study.model import Outcome, Wave

__all__ = [
    "CRITERIA",
    "components",
    "importance",
    "quality_cells",
    "reach",
    "share_cell",
    "verdicts",
]

CRITERIA: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("eligible", ("reach_ok", "base_ok", "admitted")),
    (
        "loyalty",
        ("loyalty_share_ok", "loyalty_effect_ok", "loyalty_model_ok", "loyalty_material"),
    ),
    (
        "recommendation",
        (
            "recommendation_share_ok",
            "recommendation_effect_ok",
            "recommendation_model_ok",
            "recommendation_material",
        ),
    ),
    ("together", ("significant", "brand_fit_ok", "purchase_ok")),
)
MARKS: dict[bool | None, tuple[str, Tone]] = {
    True: ("✓", "yes"),
    False: ("✗", "no"),
    None: ("○", "open"),
}
ORDER = (
    "super",
    "candidate",
    "loyalty_builder",
    "recommendation_builder",
    "none",
    "too_few",
    "undetermined",
)


def verdict_order(row: Record) -> tuple[int, float]:
    """Sort by verdict, then by P(super) from high to low."""
    probability = row["probability"]
    return ORDER.index(row["verdict"]), 1.0 if probability is None else -float(probability)


def verdicts(evidence: Evidence, pictures: dict[str, Picture]) -> Section:
    """Make the verdict table of each wave and its trend picture."""
    words = evidence.words
    waves = ByWave(tuple((wave.id, _verdicts_in(evidence, wave)) for wave in evidence.waves))
    trend = [pictures["trend"]] if "trend" in pictures else []
    return Section(
        "verdicts",
        words.say("section.verdicts"),
        (waves, *trend),
        intro=words.say(
            "verdicts.intro",
            min_reach=words.percent(evidence.study.rule.min_reach),
            min_base=words.integer(evidence.study.rule.min_base),
            alpha=words.percent(evidence.study.rule.alpha),
            materiality=words.number(evidence.study.rule.materiality, 2),
        ),
    )


def _verdicts_in(evidence: Evidence, wave: Wave) -> tuple[Plain, ...]:
    words = evidence.words
    records = sorted(evidence.rows("supertouchpoints", wave.id), key=verdict_order)
    if not records:
        return (Prose((words.say("answer.no_verdicts", wave=evidence.label(wave)),), "warning"),)
    numbers = ("probability", "rank_probability", "share_loyalty", "share_recommendation")
    names = (*numbers, "p_adjusted")
    fair = words.series(
        dict.fromkeys(
            words.percent(row["fair_share"], 1) for row in records if row["fair_share"] is not None
        )
    )
    top = words.integer(records[0]["top"])
    heads = [Column(words.say("column.touchpoint")), Column(words.say("column.verdict"))]
    heads += [Column(words.say(f"column.{name}", top=top), numeric=True) for name in names]
    heads += [
        Column(words.say(f"criterion.{name}"), upright=True)
        for _, criteria in CRITERIA
        for name in criteria
    ]
    groups = (
        ("", 2),
        (words.say("criteria.numbers"), len(names)),
        *((words.say(f"criteria.{group}"), len(criteria)) for group, criteria in CRITERIA),
    )
    grid = Grid(
        words.say("verdicts.caption", wave=evidence.label(wave)),
        tuple(heads),
        tuple(_verdict_row(evidence, record) for record in records),
        evidence.base(wave.id, words.say("verdicts.base"), words.say("verdicts.marks", fair=fair or "–")),
        groups=groups,
        sortable=True,
    )
    return (grid,)


def _verdict_row(evidence: Evidence, record: Record) -> Row:
    words = evidence.words
    text = verdict_text(evidence, record)
    trend = words.known("trend", record["trend"]) if record["trend"] else ""
    order = verdict_order(record)
    cells = [
        Cell(evidence.item_label(record["touchpoint"])),
        Cell(text, trend, sort=order[0] + 0.5 * (1 + order[1]) / 2, tone=badge(record)),
    ]
    for name, digits in (("probability", 0), ("rank_probability", 0)):
        cells.append(Cell(words.percent(record[name], digits), sort=record[name], numeric=True))
    for name in ("share_loyalty", "share_recommendation"):
        cells.append(Cell(words.percent(record[name], 1), sort=record[name], numeric=True))
    p_value = record["p_adjusted"]
    cells.append(Cell(words.p_value(p_value), sort=p_value, numeric=True))
    for _, criteria in CRITERIA:
        for name in criteria:
            met = None if record[name] is None else bool(record[name])
            mark, tone = MARKS[met]
            spoken = words.say(f"mark.{tone}")
            cells.append(Cell(mark, spoken, sort={True: 2, False: 1, None: 0}[met], tone=tone))
    return Row(tuple(cells), strong=record["verdict"] == "super")


def reach(evidence: Evidence, pictures: dict[str, Picture]) -> Section:
    """Show reach × effect and the quality of each touchpoint."""
    words = evidence.words
    waves = []
    for wave in evidence.waves:
        maps = [
            pictures[name]
            for outcome in evidence.driven(wave.id)
            if (name := f"reach_impact_{wave.id}_{outcome.id}") in pictures
        ]
        waves.append((wave.id, (*maps, _performance(evidence, wave))))
    return Section(
        "reach",
        words.say("section.reach"),
        (ByWave(tuple(waves)),),
        intro=words.say("reach.intro"),
    )


def _performance(evidence: Evidence, wave: Wave) -> Grid:
    words = evidence.words
    rows = []
    for touchpoint in evidence.touchpoints(wave.id):
        record = evidence.row("performance", wave.id, touchpoint.id)
        if record is not None:
            phase = words.say(f"phase.{touchpoint.phase}")
            label = Cell(evidence.label(touchpoint), phase)
            rows.append(Row((label, *quality_cells(evidence, record))))
    return Grid(
        words.say("reach.caption", wave=evidence.label(wave)),
        (Column(words.say("column.touchpoint")), *quality_columns(evidence)),
        tuple(rows),
        evidence.base(
            wave.id, words.say("reach.base"), words.say("base.linear", level=evidence.confidence())
        ),
        sortable=True,
    )


def quality_columns(evidence: Evidence) -> tuple[Column, ...]:
    """Return the heads that belong to ``quality_cells``."""
    names = ("reach", "n_rated", "satisfaction", "bands", "nps_met", "nps_not_met", "brand_fit")
    return tuple(
        Column(evidence.words.say(f"column.{name}"), numeric=name != "bands") for name in names
    )


def quality_cells(evidence: Evidence, record: Record) -> tuple[Cell, ...]:
    """Return reach, base, satisfaction, the three bands, both NPS and brand fit of one row."""
    words = evidence.words

    def nps(name: str) -> Cell:
        low, high = record[f"{name}_low"], record[f"{name}_high"]
        interval = words.interval(low, high, 0, signed=True)
        base = words.say("base.n", n=words.integer(record[f"n_{name}"]))
        detail = f"{interval}\n{base}" if interval else base
        text = words.number(record[name], 0, signed=True)
        return Cell(text, detail, sort=record[name], numeric=True)

    def mean(name: str, base: str = "") -> Cell:
        interval = words.interval(record[f"{name}_low"], record[f"{name}_high"])
        detail = "\n".join(part for part in (interval, base) if part)
        return Cell(words.number(record[name]), detail, sort=record[name], numeric=True)

    interval = words.percent_interval(record["reach_low"], record["reach_high"])
    known = words.say("base.n", n=words.integer(record["n_known"]))
    reach_detail = "\n".join(part for part in (interval, known) if part)
    rated_eff = words.say("base.n_eff", n_eff=words.integer(record["n_rated_eff"]))
    fit = words.say("base.n", n=words.integer(record["n_brand_fit"]))
    asked_fit = bool(record["n_brand_fit"])
    return (
        Cell(words.percent(record["reach"]), reach_detail, sort=record["reach"], numeric=True),
        Cell(words.integer(record["n_rated"]), rated_eff, sort=record["n_rated"], numeric=True),
        mean("satisfaction"),
        _bands(evidence, record),
        nps("nps_met"),
        nps("nps_not_met"),
        mean("brand_fit", fit) if asked_fit else Cell("–", numeric=True),
    )


def _bands(evidence: Evidence, record: Record) -> Cell:
    words = evidence.words
    names = ("disappointed", "okay", "delighted")
    shares = [record[name] for name in names]
    if any(share is None for share in shares):
        return Cell("–")
    text = " · ".join(words.percent(share) for share in shares)
    return Cell(text, sort=shares[2], drawing=Stack(*(float(share) for share in shares)))


def importance(evidence: Evidence, pictures: dict[str, Picture]) -> Section:
    """Show importance with intervals, ranks, and the table of both components."""
    words = evidence.words
    waves = []
    for wave in evidence.waves:
        blocks: list[Plain] = [
            pictures[name]
            for name in (f"importance_{wave.id}", f"ranks_{wave.id}")
            if name in pictures
        ]
        blocks += [
            grid
            for outcome in evidence.outcomes(wave.id)
            if (grid := _importance_grid(evidence, wave, outcome)) is not None
        ]
        if not blocks:
            blocks = [
                Prose((words.say("importance.nothing", wave=evidence.label(wave)),), "warning")
            ]
        waves.append((wave.id, tuple(blocks)))
    return Section(
        "importance",
        words.say("section.importance"),
        (ByWave(tuple(waves)),),
        intro=words.say("importance.intro"),
    )


def _importance_grid(evidence: Evidence, wave: Wave, outcome: Outcome) -> Grid | None:
    words = evidence.words
    rows = []
    highest = max(
        (
            float(row["share_high"] or 0)
            for row in evidence.rows("importance", wave.id)
            if row["outcome"] == outcome.id and row["component"] == "experience"
        ),
        default=0.0,
    )
    for touchpoint in evidence.touchpoints(wave.id):
        cells = components(evidence, wave.id, outcome, touchpoint.id, maximum=highest)
        if cells is not None:
            rows.append(Row((Cell(evidence.label(touchpoint)), *cells)))
    if not rows:
        return None

    def share(row: Row) -> float:
        value = row.cells[1].sort
        return -float(value) if isinstance(value, (int, float)) else 1.0

    rows.sort(key=share)
    return Grid(
        words.say(
            "importance.caption",
            outcome=evidence.outcome_label(outcome),
            wave=evidence.label(wave),
        ),
        (Column(words.say("column.touchpoint")), *component_columns(evidence)),
        tuple(rows),
        " · ".join(
            (
                evidence.model_base(wave.id, outcome),
                evidence.weighting(wave.id),
                words.say("importance.base", level=evidence.confidence()),
            )
        ),
        groups=(
            ("", 1),
            (words.say("component.experience"), 6),
            (words.say("component.contact"), 3),
        ),
        sortable=True,
    )


def component_columns(evidence: Evidence) -> tuple[Column, ...]:
    """Return the heads that belong to ``components``."""
    names = ("share", "johnson", "rank", "importance", "effect", "p_adjusted")
    contact = ("importance", "contact_effect", "p_adjusted")
    return tuple(
        Column(evidence.words.say(f"column.{name}"), numeric=True) for name in (*names, *contact)
    )


def components(
    evidence: Evidence, wave: str, outcome: Outcome, touchpoint: str, *, maximum: float
) -> tuple[Cell, ...] | None:
    """Return the cells on experience and contact of one touchpoint, or None when it has none."""
    words = evidence.words
    row = evidence.row("importance", wave, outcome.id, touchpoint, "experience", "lmg")
    if row is None:
        return None
    johnson = evidence.row("importance", wave, outcome.id, touchpoint, "experience", "johnson")
    second = johnson["share"] if johnson else None
    contact = evidence.row("importance", wave, outcome.id, touchpoint, "contact", "lmg")
    rank = words.say("importance.rank_range", low=row["rank_low"], high=row["rank_high"])
    if row["tied_with_next"]:
        rank = f"{rank}\n{words.say('importance.tied')}"
    return (
        share_cell(evidence, row, maximum=maximum),
        Cell(words.percent(second, 1), sort=second, numeric=True),
        Cell(words.integer(row["rank"]), rank, sort=row["rank"], numeric=True),
        _points_cell(evidence, row),
        _effect_cell(evidence, row),
        Cell(words.p_value(row["p_adjusted"]), sort=row["p_adjusted"], numeric=True),
        _points_cell(evidence, contact),
        _effect_cell(evidence, contact),
        Cell(
            words.p_value(contact["p_adjusted"] if contact else None),
            sort=contact["p_adjusted"] if contact else None,
            numeric=True,
        ),
    )


def share_cell(evidence: Evidence, row: Record | None, *, maximum: float) -> Cell:
    """Return the share with its interval and its drawing; a dash when there is none."""
    words = evidence.words
    if row is None or row["share"] is None:
        return Cell("–", numeric=True)
    interval = words.percent_interval(row["share_low"], row["share_high"], 1)
    drawing = None
    if interval and maximum > 0:
        ends = (float(row["share"]), float(row["share_low"]), float(row["share_high"]))
        drawing = Span(*ends, 0.0, maximum, float(row["fair_share"]))
    return Cell(
        words.percent(row["share"], 1), interval, sort=row["share"], numeric=True, drawing=drawing
    )


def _points_cell(evidence: Evidence, row: Record | None) -> Cell:
    if row is None:
        return Cell("–", numeric=True)
    words = evidence.words
    interval = words.interval(row["importance_low"], row["importance_high"], 3)
    text = words.number(row["importance"], 3)
    return Cell(text, interval, sort=row["importance"], numeric=True)


def _effect_cell(evidence: Evidence, row: Record | None) -> Cell:
    if row is None:
        return Cell("–", numeric=True)
    words = evidence.words
    interval = words.interval(row["effect_low"], row["effect_high"], signed=True)
    text = words.number(row["effect"], signed=True)
    return Cell(text, interval, sort=row["effect"], numeric=True)
