"""What changed between waves, in sentences and tables; that nothing did is a result, too."""

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
from supertouch.report.sections.change_lines import lines
from supertouch.report.sections.compared import Compared, changed, comparisons, order, significant
from supertouch.report.sections.explained import explanation
from supertouch.report.sections.lasting import lasting
from supertouch.report.sections.measures import (
    MEASURES,
    change_texts,
    read_change,
    read_value,
    scale_of,
    size_text,
    subject_of,
    value_texts,
)
from supertouch.study.model import Wave

__all__ = ["change_headline", "changes"]

MOST = 40
OPEN = 12
LONGEST = 120
FAR = 100
FARTHEST = 50_000


def changes(
    evidence: Evidence, pictures: dict[str, Picture], *, whole: bool = False
) -> Section | None:
    """Show what changed in each wave since earlier ones; None where nothing was compared.

    With ``whole`` every comparison gets its full table; otherwise that with the previous wave
    does, as far as a page bears it.
    """
    if not any(evidence.rows("tracking", wave.id) for wave in evidence.waves):
        return None
    words = evidence.words
    waves = tuple(
        (wave.id, _in_wave(evidence, wave, pictures, whole=whole)) for wave in evidence.waves
    )
    course = [pictures["course"]] if "course" in pictures else []
    alpha = words.percent(evidence.study.rule.alpha)
    intro = words.say("changes.intro", alpha=alpha)
    return Section("changes", words.say("section.changes"), (ByWave(waves), *course), intro)


def change_headline(evidence: Evidence, compared: Compared) -> Headline:
    """Return in one sentence how many changes are significant between two waves."""
    words = evidence.words
    tested = [row for row in compared.rows if row["p_adjusted"] is not None]
    found = sum(significant(row) for row in tested)
    kinds = words.series(words.say(f"comparison.{kind}") for kind in compared.kinds)
    places = {
        "wave": evidence.label(compared.wave),
        "against": evidence.label(compared.against),
        "kinds": kinds,
    }
    if not tested:
        return Headline(words.say("changes.untested", **places), "warning")
    total = words.integer(len(tested))
    if not found:
        return Headline(words.say("changes.none", all=total, **places), "none")
    return Headline(words.count("changes.some", found, all=total, **places), "super")


def _in_wave(
    evidence: Evidence, wave: Wave, pictures: dict[str, Picture], *, whole: bool
) -> tuple[Plain, ...]:
    words = evidence.words
    found = comparisons(evidence, wave)
    if not found:
        return (Prose((words.say("changes.nothing", wave=evidence.label(wave)),), "note"),)
    blocks: list[Plain] = []
    for place, compared in enumerate(found):
        blocks.append(change_headline(evidence, compared))
        blocks.append(Prose((), bullets=tuple(lines(evidence, compared))))
        if place == 0:
            blocks += lasting(evidence, wave, linked=not whole)
        blocks += _significant(evidence, compared, first=place == 0)
        drawn = [f"rank_change_{wave.id}"] if place == 0 else []
        blocks += [pictures[name] for name in drawn if name in pictures]
        blocks += explanation(evidence, compared, pictures, first=place == 0)
        if whole or place == 0:
            blocks.append(_every(evidence, compared, most=None if whole else LONGEST))
        if whole and compared.unweighted:
            rows = sorted(compared.unweighted, key=order)
            caption = _caption(evidence, compared, "changes.unweighted", rows, rows)
            blocks.append(_grid(evidence, compared, rows, caption, folded=True))
    return tuple(blocks)


def _significant(evidence: Evidence, compared: Compared, *, first: bool) -> list[Grid]:
    rows = changed(compared.rows)
    if not rows:
        return []
    shown = rows[:MOST]
    key = "changes.caption" if len(shown) == len(rows) else "changes.caption_cut"
    caption = _caption(evidence, compared, key, shown, rows)
    return [_grid(evidence, compared, shown, caption, folded=not first or len(shown) > OPEN)]


def _every(evidence: Evidence, compared: Compared, *, most: int | None) -> Grid:
    rows = sorted(compared.rows, key=lambda row: (not significant(row), *order(row)))
    shown = rows[:most]
    key = "changes.every" if len(shown) == len(rows) else "changes.every_cut"
    caption = _caption(evidence, compared, key, shown, rows)
    return _grid(evidence, compared, shown, caption, folded=True)


def _caption(
    evidence: Evidence,
    compared: Compared,
    key: str,
    shown: Sequence[Record],
    rows: Sequence[Record],
) -> str:
    words = evidence.words
    return words.say(
        key,
        shown=words.integer(len(shown)),
        n=words.integer(len(rows)),
        wave=evidence.label(compared.wave),
        against=evidence.label(compared.against),
    )


def _grid(
    evidence: Evidence,
    compared: Compared,
    rows: Sequence[Record],
    caption: str,
    *,
    folded: bool = False,
) -> Grid:
    words = evidence.words
    names = ("before", "after", "change", "p_adjusted", "detectable")
    waves = {"before": compared.against, "after": compared.wave}
    heads = [
        Column(
            evidence.label(waves[name]) if name in waves else words.say(f"column.{name}"),
            numeric=True,
        )
        for name in names
    ]
    return Grid(
        caption,
        (Column(words.say("column.subject")), Column(words.say("column.metric")), *heads),
        tuple(_row(evidence, row) for row in rows),
        _base(evidence, compared),
        sortable=True,
        folded=folded,
    )


def _row(evidence: Evidence, row: Record) -> Row:
    words = evidence.words
    measure = str(row["measure"])
    change, interval = change_texts(words, row, "change", measure=measure)
    note = note_text(evidence, str(row["note"]))
    return Row(
        (
            Cell(*subject_of(evidence, row)),
            Cell(words.say(f"track.{measure}")),
            _level(evidence, row, "before"),
            _level(evidence, row, "after"),
            Cell(change, "\n".join(part for part in (interval, note) if part),
                 sort=read_change(row["change"], measure=measure), numeric=True),
            Cell(words.p_value(row["p_adjusted"]), sort=row["p_adjusted"], numeric=True),
            Cell(size_text(words, measure, row["detectable"]), _planned(evidence, row),
                 sort=read_change(row["detectable"], measure=measure), numeric=True),
        ),
        strong=significant(row),
    )  # fmt: skip


def _planned(evidence: Evidence, row: Record) -> str:
    """Say how many respondents would find a change as large as this, where anybody has them."""
    words = evidence.words
    needed = row["n_needed"]
    if needed is None:
        return ""
    if needed > min(FARTHEST, FAR * max(int(row["n_after"]), 1)):
        return words.say("changes.out_of_reach")
    return words.say("changes.n_needed", n=words.integer(needed))


def note_text(evidence: Evidence, note: str) -> str:
    """Say why a change has no effects beside it: which wave has no model, or lacks the touchpoint.

    A note that the catalogue does not know is returned as it is.
    """
    kind, _, rest = note.partition(" ")
    wave, _, reason = rest.partition(" ")
    words = evidence.words
    known = next((item for item in evidence.study.waves if item.id == wave), None)
    if known is None or f"tracking_note.{kind}" not in words.words:
        return note
    why = words.known("refusal" if kind == "no_model" else "left_out", reason)
    return words.say(f"tracking_note.{kind}", wave=evidence.label(known), reason=why)


def _level(evidence: Evidence, row: Record, name: str) -> Cell:
    words = evidence.words
    measure = str(row["measure"])
    scale = scale_of(evidence, row, measure=measure)
    text, interval = value_texts(words, row, name, measure=measure, scale=scale, exact=True)
    n = words.say("base.n", n=words.integer(row[f"n_{name}"]))
    n_eff = row[f"n_eff_{name}"]
    base = n if n_eff is None else f"{n}; {words.say('base.n_eff', n_eff=words.integer(n_eff))}"
    detail = "\n".join(part for part in (interval, base) if part)
    return Cell(text, detail, sort=read_value(row[name], scale=scale), numeric=True)


def _base(evidence: Evidence, compared: Compared) -> str:
    words = evidence.words
    parts = [wave_size(evidence, wave) for wave in (compared.against, compared.wave)]
    untested = {str(row["measure"]) for row in compared.rows if row["p_adjusted"] is None}
    if untested:
        names = words.series(words.say(f"track.{name}") for name in MEASURES if name in untested)
        tested = sum(row["p_adjusted"] is not None for row in compared.rows)
        parts.append(words.say("changes.tested", all=words.integer(len(compared.rows)),
                               n=words.integer(tested), names=names))  # fmt: skip
    shared = [float(row["overlap"]) for row in compared.rows if row["overlap"]]
    if shared:
        ends = words.percent_interval(min(shared), max(shared))
        one = words.percent(max(shared))
        overlap = one if words.percent(min(shared)) == one else ends
        parts.append(words.say("changes.overlap", overlap=overlap))
    else:
        parts.append(words.say("changes.apart"))
    parts.append(words.say("changes.base", level=evidence.confidence()))
    return " · ".join(parts)


def wave_size(evidence: Evidence, wave: Wave) -> str:
    """Return n, n_eff and weighting of a wave."""
    words = evidence.words
    sample = evidence.row("sample", wave.id) or {}
    return words.say(
        "figure.trend_size",
        wave=evidence.label(wave),
        n=words.integer(sample.get("n_accepted")),
        n_eff=words.integer(sample.get("n_eff")),
        weighting=evidence.weighting(wave.id),
    )
