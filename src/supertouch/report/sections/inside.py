"""Inside against outside: what auditors think of touchpoints, and what customers say."""

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
    Tone,
)
from supertouch.report.evidence import Evidence, Record
from supertouch.report.sections.naming import named
from supertouch.report.sections.scales import best_text, one_scale
from supertouch.study.model import Scale, Wave

__all__ = ["KINDS", "gap_points", "gap_rows", "gap_text", "inside"]

KINDS: tuple[Tone, ...] = ("blind_spot", "pet", "agreed", "undecided")
GRADES = ((0.9, "excellent"), (0.75, "good"), (0.5, "moderate"))
SIDES = ("gap", "inside", "outside")
MEASURES = ("importance", "performance")


def inside(evidence: Evidence, pictures: dict[str, Picture]) -> Section | None:
    """Show the inside view against the outside view; None where nobody filled in a sheet."""
    if not any(evidence.rows(name, wave.id)
               for name in ("gap", "auditors") for wave in evidence.waves):  # fmt: skip
        return None
    words = evidence.words
    waves = ByWave(tuple((wave.id, _in_wave(evidence, wave, pictures)) for wave in evidence.waves))
    return Section("inside", words.say("section.inside"), (waves,), words.say("inside.intro"))


def gap_rows(evidence: Evidence, wave: Wave) -> list[Record]:
    """Return the touchpoints of a wave: blind spots, pets, agreed; the widest gap first."""
    return sorted(evidence.rows("gap", wave.id), key=_by_gap)


def _by_gap(row: Record) -> tuple[int, float]:
    gap = row["importance_gap"]
    return KINDS.index(row["kind"]), 0.0 if gap is None else -abs(float(gap))


def gap_text(evidence: Evidence, value: float | None) -> str:
    """Return a gap of shares in percentage points, plus = higher inside."""
    return evidence.words.number(gap_points(value), 0, signed=True)


def gap_points(value: float | None) -> float | None:
    """Return a gap of shares in percentage points."""
    return None if value is None else 100 * float(value)


def _in_wave(evidence: Evidence, wave: Wave, pictures: dict[str, Picture]) -> tuple[Plain, ...]:
    words = evidence.words
    rows = gap_rows(evidence, wave)
    agreements = evidence.rows("auditors", wave.id)
    if not rows and not agreements:
        return (Prose((words.say("inside.nothing", wave=evidence.label(wave)),), "note"),)
    blocks: list[Plain] = [_headline(evidence, wave, rows)] if rows else []
    lines = [line for row in agreements if (line := _agreement_line(evidence, row))]
    lines += _quarantined(evidence)
    if lines:
        blocks.append(Prose((), bullets=tuple(lines)))
    if f"gap_{wave.id}" in pictures:
        blocks.append(pictures[f"gap_{wave.id}"])
    blocks += [_grid(evidence, wave, rows)] if rows else []
    blocks += [_agreement(evidence, wave, agreements)] if agreements else []
    return tuple(blocks)


def _headline(evidence: Evidence, wave: Wave, rows: Sequence[Record]) -> Headline:
    words = evidence.words
    label = evidence.label(wave)
    found = {kind: [row for row in rows if row["kind"] == kind] for kind in KINDS}
    told = [
        words.count(f"inside.{kind}", len(found[kind]), names=named(evidence, found[kind]))
        for kind in ("blind_spot", "pet")
        if found[kind]
    ]
    if told:
        return Headline(words.say("inside.lead", wave=label, found=" ".join(told)), "warning")
    if len(found["undecided"]) == len(rows):
        return Headline(words.say("inside.undecided", wave=label), "none")
    return Headline(words.say("inside.agreed", wave=label), "none")


def _agreement_line(evidence: Evidence, row: Record) -> str:
    """Say how far auditors agree with each other, and with the customers."""
    words = evidence.words
    measure = words.say(f"inside.of_{row['measure']}")
    parts = []
    if row["icc"] is not None:
        places = {
            "measure": words.say(f"inside.measure_{row['measure']}"),
            "auditors": words.integer(row["n_auditors"]),
            "icc": words.number(row["icc"]),
            "interval": words.interval(row["icc_low"], row["icc_high"]),
            "grade": _grade(evidence, row, "icc"),
        }
        parts.append(words.say("inside.among", **places))
    if row["rank_correlation"] is not None:
        low, high = row["rank_correlation_low"], row["rank_correlation_high"]
        key = "inside.with_customers"
        if not parts:
            key = "inside.with_customers_only"
        interval = words.interval(low, high)
        parts.append(words.say(key, measure=measure, r=words.number(row["rank_correlation"]),
                               interval=interval or "–"))  # fmt: skip
    if not parts and row["reason"]:
        reason = _reason(evidence, row)
        parts.append(words.say("inside.not_estimated", measure=measure, reason=reason))
    return " ".join(parts)


def _reason(evidence: Evidence, row: Record) -> str:
    codes = str(row["reason"]).split()
    return "; ".join(evidence.words.known("auditors_reason", code) for code in codes)


def _grade(evidence: Evidence, row: Record, name: str) -> str:
    """Return agreement in words by both ends of the interval (Koo and Li 2016)."""
    ends = [row[f"{name}_low"], row[f"{name}_high"]]
    values = [float(row[name]) if end is None else float(end) for end in ends]
    grades = [next((grade for limit, grade in GRADES if value >= limit), "poor")
              for value in values]  # fmt: skip
    texts = [evidence.words.say(f"agreement.{grade}") for grade in dict.fromkeys(grades)]
    if len(texts) == 1:
        return texts[0]
    return evidence.words.say("format.range", low=texts[0], high=texts[1])


def _quarantined(evidence: Evidence) -> list[str]:
    rows = [row for row in evidence.rows("brought", "") if row["kind"] == "audit"]
    number = sum(int(row["n_quarantined"]) for row in rows)
    if not number:
        return []
    words = evidence.words
    every = words.integer(sum(int(row["n_read"]) for row in rows))
    files = words.integer(sum(int(row["n_quarantined"]) > 0 for row in rows))
    return [words.count("inside.quarantine", number, all=every, files=files)]


def _grid(evidence: Evidence, wave: Wave, rows: Sequence[Record]) -> Grid:
    words = evidence.words
    scale = _scale(evidence, rows)
    sides = [Column(words.say(f"column.{side}_share"), numeric=True) for side in SIDES]
    told = [Column(text, numeric=True) for text in _level_heads(evidence, scale)]
    heads = [Column(words.say(f"inside.measure_{name}")) for name in MEASURES]
    return Grid(
        words.say("inside.caption", wave=evidence.label(wave)),
        (
            *(Column(words.say(f"column.{name}")) for name in ("touchpoint", "inside_kind")),
            *sides,
            *sides[:1],
            *told,
            Column(words.say("column.n"), numeric=True),
        ),
        tuple(_row(evidence, row, noted=scale is None) for row in rows),
        f"{evidence.weighting(wave.id)} · {words.say('inside.base', level=evidence.confidence())}",
        groups=(("", 2), *((head.text, len(SIDES)) for head in heads), ("", 1)),
        sortable=True,
    )


def _scale(evidence: Evidence, rows: Sequence[Record]) -> Scale | None:
    return one_scale(evidence, (evidence.study.touchpoint(str(row["touchpoint"])).scale
                                for row in rows))  # fmt: skip


def _level_heads(evidence: Evidence, scale: Scale | None) -> tuple[str, str]:
    """Return the heads of performance inside and outside, with which end is best of each."""
    words = evidence.words
    points = words.integer(evidence.study.audit.points)
    inside_ = words.say("inside.best", points=points)
    heads = [words.say(f"column.{side}_share") for side in SIDES[1:]]
    inner = words.say("scale.head", head=heads[0], best=inside_)
    if scale is None:
        return inner, heads[1]
    return inner, words.say("scale.head", head=heads[1], best=best_text(evidence, scale))


def _row(evidence: Evidence, row: Record, *, noted: bool) -> Row:
    words = evidence.words
    kind: Tone = row["kind"]
    auditors = words.count("inside.auditors", int(row["n_auditors"]))
    n_eff = words.say("base.n_eff", n_eff=words.integer(row["n_eff"]))
    return Row(
        (
            Cell(evidence.item_label(str(row["touchpoint"]))),
            Cell(words.say(f"inside_kind.{kind}"), sort=KINDS.index(kind), tone=kind),
            *(cell for measure in MEASURES for cell in _sides(evidence, row, measure, noted=noted)),
            Cell(words.integer(row["n"]), f"{n_eff}\n{auditors}", sort=row["n"], numeric=True),
        ),
        strong=kind in ("blind_spot", "pet"),
    )


def _sides(
    evidence: Evidence, row: Record, measure: str, *, noted: bool
) -> tuple[Cell, Cell, Cell]:
    """Return the gap of a measure with its interval and p, and both sides."""
    words = evidence.words
    gap, p_value = row[f"{measure}_gap"], row[f"{measure}_p_adjusted"]
    low, high = (gap_points(row[f"{measure}_gap_{end}"]) for end in ("low", "high"))
    parts = [words.interval(low, high, 0, signed=True)]
    if p_value is not None:
        parts.append(words.say("base.p", p_value=words.related(words.p_value(p_value))))
    detail = "\n".join(part for part in parts if part)
    inside_, outside = (row[f"{measure}_{side}"] for side in ("inside", "outside"))
    means = ("", "")
    if measure == "performance":
        means = _means(evidence, row, noted=noted)
    return (
        Cell(gap_text(evidence, gap), detail, sort=gap_points(gap), numeric=True),
        Cell(words.percent(inside_), means[0], sort=inside_, numeric=True),
        Cell(words.percent(outside), means[1], sort=outside, numeric=True),
    )


def _means(evidence: Evidence, row: Record, *, noted: bool) -> tuple[str, str]:
    """Return both means of performance, each in the codes of its own scale."""
    points = float(evidence.study.audit.points)
    within = _mean(evidence, row["performance_inside"], 1.0, points)
    scale = evidence.study.scales.get(evidence.study.touchpoint(str(row["touchpoint"])).scale)
    if scale is None:
        return within, ""
    without = _mean(evidence, row["performance_outside"], scale.minimum, scale.maximum,
                    turned=scale.reversed)  # fmt: skip
    note = best_text(evidence, scale) if noted and without else ""
    return within, "\n".join(part for part in (without, note) if part)


def _mean(
    evidence: Evidence, share: float | None, low: float, high: float, *, turned: bool = False
) -> str:
    """Return a share of a scale's range as the mean in the scale's own codes."""
    if share is None:
        return ""
    part = 1 - float(share) if turned else float(share)
    return evidence.words.say("inside.mean", mean=evidence.words.number(low + part * (high - low)))


def _agreement(evidence: Evidence, wave: Wave, rows: Sequence[Record]) -> Grid:
    words = evidence.words
    cells = []
    for row in rows:
        reason = _reason(evidence, row)
        p_value = row["kendall_p"]
        p = "" if p_value is None else words.say("base.p", p_value=words.related(
            words.p_value(p_value)))  # fmt: skip
        w = row["kendall_w"]
        cells.append(
            Row(
                (
                    Cell(words.say(f"inside.measure_{row['measure']}"), reason),
                    Cell(words.integer(row["n_auditors"]), sort=row["n_auditors"], numeric=True),
                    Cell(
                        words.integer(row["n_touchpoints"]), sort=row["n_touchpoints"], numeric=True
                    ),
                    _estimate(evidence, row, "icc", graded=True),
                    _estimate(evidence, row, "icc_mean", graded=True),
                    Cell(words.number(w), p, sort=w, numeric=True),
                    _estimate(evidence, row, "rank_correlation", graded=False),
                )
            )
        )
    names = ("n_auditors", "n_touchpoints", "icc", "icc_mean", "kendall_w", "rank_correlation")
    return Grid(
        words.say("inside.agreement_caption", wave=evidence.label(wave)),
        (Column(words.say("column.measure")),
         *(Column(words.say(f"column.{name}"), numeric=True) for name in names)),
        tuple(cells),
        words.say("inside.agreement_base", level=evidence.confidence()),
    )  # fmt: skip


def _estimate(evidence: Evidence, row: Record, name: str, *, graded: bool) -> Cell:
    words = evidence.words
    parts = [words.interval(row[f"{name}_low"], row[f"{name}_high"])]
    if graded and row[name] is not None:
        parts.append(_grade(evidence, row, name))
    detail = "\n".join(part for part in parts if part)
    return Cell(words.number(row[name]), detail, sort=row[name], numeric=True)
