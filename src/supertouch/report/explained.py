"""What the change of an outcome is made up of: parts of touchpoints that add up to the total."""

from __future__ import annotations

from dataclasses import dataclass

from supertouch.report.blocks import Cell, Column, Grid, Picture, Plain, Prose, Row
from supertouch.report.compared import Compared
from supertouch.report.evidence import Evidence, Record
from supertouch.report.measures import change_texts
from supertouch.study.model import Outcome

__all__ = ["Explained", "Step", "explained", "explanation", "steps"]

PARTS = ("experience", "reach", "effect")
SHOWN = 9
LISTED = 6
TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Explained:
    """The change of one outcome's mean and its parts, the largest first.

    ``before`` and ``after`` are the means (turned, more is better) where the table of changes has
    them and they differ by the total; None otherwise. ``sums`` are the parts over all touchpoints.
    """

    outcome: Outcome
    before: Record | None
    total: Record
    rest: Record | None
    sums: tuple[Record, ...]
    parts: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way from before to after: what it is, how large, with its interval.

    ``sure`` tells whether it is significant after the many tests are allowed for; None where
    nothing tests it, as for parts gathered.
    """

    kind: str
    label: str
    change: float
    low: float | None = None
    high: float | None = None
    sure: bool | None = None


def explained(evidence: Evidence, compared: Compared) -> list[Explained]:
    """Return what the tables say of the change of each outcome, those of the verdict first."""
    rows = [
        row
        for row in evidence.rows("change_explained", compared.wave.id)
        if row["comparison"] == compared.kind
    ]
    found = []
    for outcome in evidence.outcomes(compared.wave.id):
        own = [row for row in rows if row["outcome"] == outcome.id]
        total = next((row for row in own if row["part"] == "total"), None)
        if total is None:
            continue
        parts = [row for row in own if row["touchpoint"]]
        found.append(
            Explained(
                outcome,
                _levels(compared, total),
                total,
                next((row for row in own if row["part"] == "rest"), None),
                tuple(row for part in PARTS for row in own
                      if row["part"] == part and not row["touchpoint"]),
                tuple(sorted(parts, key=lambda row: -abs(float(row["change"])))),
            )
        )  # fmt: skip
    return found


def _levels(compared: Compared, total: Record) -> Record | None:
    row = next(
        (
            row
            for row in compared.rows
            if (row["measure"], row["outcome"]) == ("mean", total["outcome"])
        ),
        None,
    )
    if row is None or None in (row["before"], row["after"]):
        return None
    gap = float(row["after"]) - float(row["before"]) - float(total["change"])
    return row if abs(gap) < 1e-6 else None


def steps(evidence: Evidence, found: Explained) -> list[Step]:
    """Return the steps from before to after; what is small is gathered, and the sum is exact."""
    words = evidence.words
    shown = found.parts[: SHOWN + 1]
    shown = shown if len(found.parts) == len(shown) else shown[:SHOWN]
    listed = [
        Step(
            str(row["part"]),
            words.say(
                "explained.step",
                touchpoint=evidence.item_label(str(row["touchpoint"])),
                part=words.say(f"part.{row['part']}"),
            ),
            float(row["change"]),
            row["change_low"],
            row["change_high"],
            _sure(evidence, row),
        )
        for row in shown
    ]
    left = len(found.parts) - len(shown)
    small = sum(float(row["change"]) for row in found.parts[len(shown) :])
    if left:
        listed.append(Step("others", words.count("explained.others", left), small))
    rest = float(found.total["change"]) - sum(step.change for step in listed)
    low, high = (found.rest[f"change_{end}"] if found.rest else None for end in ("low", "high"))
    if abs(rest) > TINY or found.rest is not None:
        sure = _sure(evidence, found.rest) if found.rest else None
        listed.append(Step("rest", words.say("part.rest"), rest, low, high, sure))
    return listed


def _sure(evidence: Evidence, row: Record) -> bool | None:
    p_value = row["p_adjusted"]
    return None if p_value is None else float(p_value) <= evidence.study.rule.alpha


def explanation(
    evidence: Evidence, compared: Compared, pictures: dict[str, Picture]
) -> list[Plain]:
    """Say what the change of each outcome is made up of, with its picture and its table."""
    words = evidence.words
    every = explained(evidence, compared)
    if not every:
        return []
    lead = words.say("explained.lead", against=evidence.label(compared.against))
    blocks: list[Plain] = [Prose((lead,), bullets=tuple(_line(evidence, one) for one in every))]
    name = f"explained_{compared.wave.id}"
    blocks += [pictures[name]] if name in pictures else []
    return [*blocks, *(_grid(evidence, compared, one) for one in every)]


def _line(evidence: Evidence, found: Explained) -> str:
    words = evidence.words
    change, interval = change_texts(words, found.total, "change", measure="part")
    parts = [
        words.say(
            "explained.sum",
            part=words.say(f"part.{row['part']}"),
            change=change_texts(words, row, "change", measure="part")[0],
        )
        for row in (*found.sums, *([found.rest] if found.rest else []))
    ]
    text = words.say(
        "explained.line",
        outcome=evidence.outcome_label(found.outcome),
        change=change,
        interval=interval or "–",
        parts=words.series(parts) or "–",
    )
    sure = [
        words.say("explained.step", touchpoint=evidence.item_label(str(row["touchpoint"])),
                  part=words.say(f"part.{row['part']}"))
        for row in found.parts
        if _sure(evidence, row)
    ]  # fmt: skip
    if not sure:
        return f"{text} {words.say('explained.none_sure')}"
    more = len(sure) - LISTED
    names = (
        words.series(sure)
        if more <= 0
        else words.say("changes.more", names=", ".join(sure[:LISTED]), n=words.integer(more))
    )
    return f"{text} {words.say('explained.sure', names=names)}"


def _grid(evidence: Evidence, compared: Compared, found: Explained) -> Grid:
    words = evidence.words
    label = evidence.outcome_label(found.outcome)
    rest = [found.rest] if found.rest else []
    rows = [_row(evidence, row) for row in (found.total, *found.sums, *rest, *found.parts)]
    size = words.say(
        "explained.size",
        against=evidence.label(compared.against),
        before=words.integer(found.total["n_before"]),
        wave=evidence.label(compared.wave),
        after=words.integer(found.total["n_after"]),
    )
    note = words.say("explained.base", level=evidence.confidence())
    heads = (Column(words.say("column.subject")), Column(words.say("column.part")),
             Column(words.say("column.change"), numeric=True),
             Column(words.say("column.p_adjusted"), numeric=True))  # fmt: skip
    return Grid(
        words.say("explained.caption", outcome=label, against=evidence.label(compared.against),
                  wave=evidence.label(compared.wave)),
        heads,
        tuple(rows),
        " · ".join((size, evidence.weighting(compared.wave.id), note)),
        sortable=True,
        folded=True,
    )  # fmt: skip


def _row(evidence: Evidence, row: Record) -> Row:
    words = evidence.words
    change, interval = change_texts(words, row, "change", measure="part")
    alone = str(row["part"]) in ("rest", "total")
    subject = evidence.item_label(str(row["touchpoint"])) if row["touchpoint"] else ""
    if not subject:
        subject = words.say("explained.whole" if alone else "explained.all_touchpoints")
    p_value = row["p_adjusted"]
    return Row(
        (
            Cell(subject),
            Cell(words.say(f"part.{row['part']}")),
            Cell(change, interval, sort=row["change"], numeric=True),
            Cell(words.p_value(p_value), sort=p_value, numeric=True),
        ),
        strong=row["part"] == "total",
    )
