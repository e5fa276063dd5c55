"""Changes in plain sentences: how the outcomes moved, what rose, what fell, what stayed."""

from __future__ import annotations

from collections.abc import Sequence

from supertouch.report.evidence import Evidence, Record
from supertouch.report.sections.compared import Compared, changed, significant
from supertouch.report.sections.measures import (
    MEASURES,
    change_texts,
    scale_of,
    size_text,
    subject_of,
    value_text,
)

__all__ = ["lines"]

LEVELS = ("mean", "nps")
PLANNED = ("mean", "nps", "satisfaction", "reach")
LISTED = 6


def lines(evidence: Evidence, compared: Compared) -> list[str]:
    """Return the sentences on one pair of waves."""
    words = evidence.words
    rows = compared.rows
    told = [
        _level(evidence, row)
        for measure in LEVELS
        for row in rows
        if row["measure"] == measure and row["change"] is not None
    ]
    found = [row for row in changed(rows) if row["measure"] not in LEVELS]
    for measure in MEASURES:
        for way in ("up", "down"):
            moved = [row for row in found if row["measure"] == measure and _way(row) == way]
            if moved:
                told.append(words.say(f"track_{way}.{measure}", names=_names(evidence, moved)))
    told += _unchanged(evidence, rows)
    told += _one_wave(evidence, compared)
    told += _planned(evidence, rows)
    return told


def _way(row: Record) -> str:
    """Return where a change leads; a smaller rank is up."""
    rising = float(row["change"]) > 0
    return "up" if rising != (row["measure"] == "rank") else "down"


def _level(evidence: Evidence, row: Record) -> str:
    words = evidence.words
    measure = str(row["measure"])
    scale = scale_of(evidence, row, measure=measure)
    before, after = (
        value_text(words, measure, row[name], scale=scale) for name in ("before", "after")
    )
    change, interval = change_texts(words, row, "change", measure=measure)
    grade = "untested" if row["p_adjusted"] is None else "sure" if significant(row) else "unsure"
    return words.say(
        f"changes.level_{grade}",
        outcome=evidence.item_label(str(row["outcome"])),
        measure=words.say(f"track.{measure}"),
        before=before,
        after=after,
        change=change,
        interval=interval or "–",
        p=words.related(words.p_value(row["p_adjusted"])),
    )


def _names(evidence: Evidence, rows: Sequence[Record]) -> str:
    words = evidence.words
    names = []
    shown = len(rows) if len(rows) <= LISTED + 1 else LISTED
    for row in rows[:shown]:
        subject, about = subject_of(evidence, row, short=True)
        measure = str(row["measure"])
        change = change_texts(words, row, "change", measure=measure)[0]
        inside = f"{about}: {change}" if about else change
        quoted = words.say("quote", text=subject)
        names.append(words.say("figure.leader", touchpoint=quoted, value=inside))
    if len(rows) == shown:
        return words.series(names)
    more = words.integer(len(rows) - shown)
    return words.say("changes.more", names=", ".join(names), n=more)


def _unchanged(evidence: Evidence, rows: Sequence[Record]) -> list[str]:
    words = evidence.words
    tested = {str(row["measure"]) for row in rows if row["p_adjusted"] is not None}
    found = {str(row["measure"]) for row in rows if significant(row)}
    names = [words.say(f"track.{name}") for name in MEASURES
             if name in tested - found and name not in LEVELS]  # fmt: skip
    return [words.say("changes.unchanged", names=words.series(names))] if names else []


def _one_wave(evidence: Evidence, compared: Compared) -> list[str]:
    """Name the outcomes that only one of the two waves asked."""
    words = evidence.words
    waves = (compared.against.id, compared.wave.id)
    names = [
        words.say("quote", text=evidence.outcome_label(item))
        for item in evidence.study.outcomes
        if sum(item.asked_in(wave) for wave in waves) == 1
    ]
    return [words.say("changes.one_wave", names=words.series(names))] if names else []


def _planned(evidence: Evidence, rows: Sequence[Record]) -> list[str]:
    """Say what changes the next wave would find, if it is as large as this one."""
    words = evidence.words
    names = []
    for measure in PLANNED:
        sizes = [
            (float(row["detectable"]), row)
            for row in rows
            if row["measure"] == measure and row["detectable"]
        ]
        if not sizes:
            continue
        (low, _), (high, _) = min(sizes, key=_size), max(sizes, key=_size)
        text = size_text(words, measure, high)
        if measure not in LEVELS and size_text(words, measure, low) != text:
            text = words.say(
                "format.range", low=size_text(words, measure, low, unit=False), high=text
            )
        elif measure in LEVELS and len(sizes) > 1:
            text = words.series(
                words.say("figure.leader", touchpoint=evidence.item_label(str(row["outcome"])),
                          value=size_text(words, measure, size))
                for size, row in sizes
            )  # fmt: skip
        names.append(words.say("changes.planned_one", measure=words.say(f"track.{measure}"),
                               size=text))  # fmt: skip
    return [words.say("changes.planned", names="; ".join(names))] if names else []


def _size(found: tuple[float, Record]) -> float:
    return found[0]
