"""A wave in the field: returns per day, quotas, bases against what precision needs, drop-out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
    Span,
)
from supertouch.report.evidence import Evidence, Record
from supertouch.study.model import Wave

__all__ = ["day_text", "field_groups", "field_sections", "paced", "question_text", "quota_text"]

WORST = 8
MOST = 5


def field_sections(evidence: Evidence, pictures: dict[str, Picture]) -> list[Section]:
    """Return the sections of a wave in the field; those without a table are left out."""
    words = evidence.words
    found = []
    for name, tell in SECTIONS.items():
        waves = tuple((wave.id, tell(evidence, wave, pictures)) for wave in evidence.waves)
        if any(parts for _, parts in waves):
            intro = words.say(f"field.intro_{name}", level=evidence.confidence())
            if name == "returns" and any(paced(evidence, wave) for wave in evidence.waves):
                intro = f"{intro} {words.say('field.pace')}"
            found.append(Section(name, words.say(f"section.{name}"), (ByWave(waves),), intro))
    return found


def paced(evidence: Evidence, wave: Wave) -> bool:
    """Tell whether an even pace is known, for which the study must say how many it wants."""
    return any(row["expected"] is not None for row in evidence.rows("field_days", wave.id))


def day_text(evidence: Evidence, day: str) -> str:
    """Return a day as people write it; the text itself where it is no date."""
    return evidence.words.day(day) if day else evidence.words.say("field.undated")


def quota_text(evidence: Evidence, row: Record) -> tuple[str, str]:
    """Return whom a quota is about, and the segment below it."""
    segment, value = str(row["segment"]), str(row["segment_value"])
    if not segment:
        return evidence.words.say("field.everybody"), ""
    return evidence.value_label(segment, value), evidence.segment_label(segment)


def question_text(evidence: Evidence, row: Record) -> str:
    """Return the label of the touchpoint or outcome that a question is about; else its column."""
    item = str(row["item"])
    label = evidence.item_label(item)
    if not row["place"]:
        return evidence.words.say("field.before_first")
    if item and label != item:
        return evidence.words.say("field.question", item=label, column=row["column"])
    return str(row["column"])


def field_groups(evidence: Evidence, wave: Wave) -> list[tuple[str, str]]:
    """Return the groups whose bases are told, the total first."""
    rows = evidence.every("field_bases", wave.id)
    found = dict.fromkeys((str(row["segment"]), str(row["segment_value"])) for row in rows)
    order = [segment.id for segment in evidence.study.segments]
    return sorted(found, key=lambda group: order.index(group[0]) if group[0] in order else -1)


def _returns(evidence: Evidence, wave: Wave, pictures: dict[str, Picture]) -> tuple[Plain, ...]:
    words = evidence.words
    rows = evidence.rows("field_days", wave.id)
    dated = [row for row in rows if row["day"]]
    if not rows:
        return ()
    last = dated[-1] if dated else rows[-1]
    total, wanted = int(rows[-1]["total"]), evidence.study.fieldwork.target
    places = {"wave": evidence.label(wave), "n": words.integer(total),
              "day": day_text(evidence, str(last["day"]))}  # fmt: skip
    expected = last["expected"]
    key = "field.headline"
    if wanted:
        key = "field.headline_wanted"
        places |= {"wanted": words.integer(wanted), "share": words.percent(total / wanted)}
    behind = expected is not None and total < float(expected)
    blocks: list[Plain] = [Headline(words.say(key, **places), "warning" if behind else "good")]
    if expected is not None:
        pace = "field.behind" if behind else "field.ahead"
        blocks.append(Prose((words.say(pace, expected=words.integer(expected)),)))
    if f"field_days_{wave.id}" in pictures:
        blocks.append(pictures[f"field_days_{wave.id}"])
    return (*blocks, _days(evidence, wave, rows))


def _days(evidence: Evidence, wave: Wave, rows: Sequence[Record]) -> Grid:
    words = evidence.words
    names = ["n", "n_accepted", "total", *["expected"] * paced(evidence, wave)]
    cells = [
        Row(
            (
                Cell(day_text(evidence, str(row["day"])), sort=str(row["day"])),
                *(Cell(words.integer(row[name]), sort=row[name], numeric=True) for name in names),
            )
        )
        for row in rows
    ]
    heads = (Column(words.say(f"field.column_{name}"), numeric=True) for name in names)
    return Grid(
        words.say("field.days", wave=evidence.label(wave)),
        (Column(words.say("field.column_day")), *heads),
        tuple(cells),
        words.say("field.days_base"),
        folded=True,
    )


def _quotas(evidence: Evidence, wave: Wave, pictures: dict[str, Picture]) -> tuple[Plain, ...]:
    words = evidence.words
    rows = evidence.every("field_quotas", wave.id)
    if not rows:
        return ()
    open_ = [row for row in rows if row["missing"] > 0 and row["segment"]]
    names = words.series(
        words.say("field.quota_open", label=quota_text(evidence, row)[0],
                  n=words.integer(row["missing"]))
        for row in sorted(open_, key=lambda row: -int(row["missing"]))[:MOST]
    )  # fmt: skip
    text = words.say("field.quotas_open", names=names) if open_ else words.say("field.quotas_full")
    cells = []
    for row in rows:
        label, segment = quota_text(evidence, row)
        forecast = words.number(row["forecast"], 0)
        full = row["missing"] <= 0
        pace = words.say("field.full") if full else forecast
        cells.append(
            Row(
                (
                    Cell(label, segment),
                    Cell(words.integer(row["wanted"]), sort=row["wanted"], numeric=True),
                    Cell(words.integer(row["n"]), sort=row["n"], numeric=True),
                    Cell(words.percent(row["share"]), sort=row["share"], numeric=True),
                    Cell(words.integer(max(int(row["missing"]), 0)), sort=row["missing"],
                         numeric=True),
                    Cell(pace, sort=row["forecast"], numeric=True),
                )
            )
        )  # fmt: skip
    names_of = ("wanted", "done", "share", "missing", "forecast")
    grid = Grid(
        words.say("field.quotas", wave=evidence.label(wave)),
        (Column(words.say("column.group")),
         *(Column(words.say(f"field.column_{name}"), numeric=True) for name in names_of)),
        tuple(cells),
        words.say("field.quotas_base"),
        sortable=True,
        folded=f"field_quotas_{wave.id}" in pictures,
    )  # fmt: skip
    drawn = [pictures[name] for name in (f"field_quotas_{wave.id}",) if name in pictures]
    return (Headline(text, "warning" if open_ else "good"), *drawn, grid)


def _bases(evidence: Evidence, wave: Wave, pictures: dict[str, Picture]) -> tuple[Plain, ...]:
    words = evidence.words
    rows = evidence.every("field_bases", wave.id)
    if not rows:
        return ()
    total = [row for row in rows if not row["segment"]]
    short = [row for row in total if not row["enough"]]
    precision = words.number(rows[0]["precision"])
    counts = {"n": words.integer(len(short)), "all": words.integer(len(total)),
              "precision": precision}  # fmt: skip
    text = words.say("field.thin" if short else "field.enough", **counts)
    groups = [row for row in rows if row["segment"]]
    thin = sum(not row["enough"] for row in groups)
    if groups:
        key = "field.groups_thin" if thin else "field.groups_enough"
        told = words.say(key, n=words.integer(thin), all=words.integer(len(groups)))
        text = f"{text} {told}"
    blocks: list[Plain] = [Headline(text, "warning" if short or thin else "good")]
    worst = sorted(short, key=lambda row: -float(row["respondents_needed"] or 0))[:WORST]
    lines = tuple(_thin(evidence, row) for row in worst)
    if lines:
        blocks.append(Prose((words.say("field.thinnest"),), bullets=lines))
    if f"field_bases_{wave.id}" in pictures:
        blocks.append(pictures[f"field_bases_{wave.id}"])
    return (*blocks, _base_grid(evidence, wave, rows))


def _thin(evidence: Evidence, row: Record) -> str:
    words = evidence.words
    return words.say(
        "field.thin_one",
        touchpoint=evidence.item_label(str(row["touchpoint"])),
        n=words.integer(row["n_rated"]),
        half=words.number(row["half_width"]),
        needed=words.integer(row["n_needed"]),
        interviews=words.integer(row["respondents_needed"]),
    )


def _base_grid(evidence: Evidence, wave: Wave, rows: Sequence[Record]) -> Grid:
    words = evidence.words
    highest = max((float(row["half_width"]) for row in rows if row["half_width"] is not None),
                  default=0.0)  # fmt: skip
    cells = []
    for row in rows:
        half, precision = row["half_width"], float(row["precision"])
        drawing = None
        if half is not None and highest > 0:
            drawing = Span(float(half), 0.0, float(half), 0.0, highest, reference=precision)
        group = (str(row["segment"]), str(row["segment_value"]))
        cells.append(
            Row(
                (
                    Cell(evidence.item_label(str(row["touchpoint"]))),
                    Cell(evidence.value_label(*group) if group[0] else words.say("group.total"),
                         evidence.segment_label(group[0]) if group[0] else ""),
                    Cell(words.integer(row["n"]), sort=row["n"], numeric=True),
                    Cell(words.integer(row["n_rated"]),
                         words.say("base.n_eff", n_eff=words.integer(row["n_eff"])),
                         sort=row["n_rated"], numeric=True),
                    Cell(words.number(half), sort=half, numeric=True, drawing=drawing),
                    Cell(words.integer(row["n_needed"]), sort=row["n_needed"], numeric=True),
                    Cell(words.integer(row["respondents_needed"]),
                         sort=row["respondents_needed"], numeric=True),
                )
            )
        )  # fmt: skip
    names = ("asked", "rated", "half_width", "ratings_needed", "interviews_needed")
    heads = (Column(words.say(f"field.column_{name}"), numeric=True) for name in names)
    precision_text = words.number(rows[0]["precision"])
    return Grid(
        words.say("field.bases", wave=evidence.label(wave)),
        (Column(words.say("column.touchpoint")), Column(words.say("column.group")), *heads),
        tuple(cells),
        words.say("field.bases_base", level=evidence.confidence(), precision=precision_text),
        sortable=True,
        folded=True,
    )


def _dropout(evidence: Evidence, wave: Wave, pictures: dict[str, Picture]) -> tuple[Plain, ...]:
    words = evidence.words
    rows = evidence.rows("field_dropout", wave.id)
    if not rows:
        return ()
    broken = [row for row in rows[:-1] if row["n_last"]]
    worst = sorted(broken, key=lambda row: -int(row["n_last"]))[:MOST]
    names = "; ".join(
        words.say("field.break", question=question_text(evidence, row),
                  n=words.integer(row["n_last"]), share=words.percent(row["share_last"], 1))
        for row in worst
    )  # fmt: skip
    text = words.say("field.breaks", names=names) if worst else words.say("field.no_breaks")
    drawn = [pictures[name] for name in (f"field_dropout_{wave.id}",) if name in pictures]
    cells = [
        Row(
            (
                Cell(question_text(evidence, row)),
                *(Cell(words.integer(row[name]), sort=row[name], numeric=True)
                  for name in ("place", "n_reached", "n_answered", "n_last")),
                Cell(words.percent(row["share_last"], 1), sort=row["share_last"], numeric=True),
            )
        )
        for row in rows
    ]  # fmt: skip
    names_of = ("place", "reached", "answered", "last", "share_last")
    grid = Grid(
        words.say("field.dropout", wave=evidence.label(wave)),
        (Column(words.say("column.question")),
         *(Column(words.say(f"field.column_{name}"), numeric=True) for name in names_of)),
        tuple(cells),
        words.say("field.dropout_base"),
        sortable=True,
        folded=True,
    )  # fmt: skip
    return (Prose((text,)), *drawn, grid)


Tell = Callable[[Evidence, Wave, dict[str, Picture]], tuple[Plain, ...]]
SECTIONS: dict[str, Tell] = {
    "returns": _returns,
    "quotas": _quotas,
    "bases": _bases,
    "dropout": _dropout,
}
