"""What the change of an outcome is made up of: parts of touchpoints that add up to the total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from supertouch.report.blocks import Cell, Column, Grid, Picture, Plain, Prose, Row
from supertouch.report.evidence import Evidence, Record
from supertouch.report.sections.compared import Compared
from supertouch.report.sections.measures import change_texts
from supertouch.study.model import Outcome

__all__ = ["PARTS", "Explained", "explained", "explanation", "is_sure", "part_sum", "traded"]

PARTS = ("experience", "reach", "effect")
LISTED = 6
CANCELLED = 0.5


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


def part_sum(found: Explained, part: str) -> Record | None:
    """Return a part's sum over all touchpoints."""
    return next((row for row in found.sums if row["part"] == part), None)


def traded(found: Explained) -> float | None:
    """Return what effects and the rest come to together, where they all but cancel; else None.

    They do where nearly everybody met the touchpoints: what one of them takes, the other gives.
    """
    effect = part_sum(found, "effect")
    if effect is None or found.rest is None:
        return None
    one, other = float(effect["change"]), float(found.rest["change"])
    cancelled = one * other < 0 and abs(one + other) < CANCELLED * min(abs(one), abs(other))
    return one + other if cancelled else None


def is_sure(evidence: Evidence, row: Record) -> bool | None:
    """Tell whether a part is significant; None where nothing tests it."""
    p_value = row["p_adjusted"]
    return None if p_value is None else float(p_value) <= evidence.study.rule.alpha


def explanation(
    evidence: Evidence, compared: Compared, pictures: dict[str, Picture], *, first: bool
) -> list[Plain]:
    """Say what the change of each outcome is made up of, with its table.

    Of a wave's comparisons the ``first`` has the picture, and says why parts trade off.
    """
    words = evidence.words
    every = explained(evidence, compared)
    if not every:
        return []
    lead = words.say("explained.lead", against=evidence.label(compared.against))
    blocks: list[Plain] = [Prose((lead,), bullets=tuple(_line(evidence, one) for one in every))]
    blocks += _trade(evidence, every, first=first)
    name = f"explained_{compared.wave.id}"
    blocks += [pictures[name]] if first and name in pictures else []
    return [*blocks, *(_grid(evidence, compared, one) for one in every)]


def _trade(evidence: Evidence, every: Sequence[Explained], *, first: bool) -> list[Plain]:
    """Say where effects and the rest only trade off, and what they come to together."""
    words = evidence.words
    names = []
    for found in every:
        both = traded(found)
        if both is None:
            continue
        names.append(
            f"{evidence.outcome_label(found.outcome)} {words.number(both, 3, signed=True)}"
        )
    return (
        [
            Prose(
                (
                    words.say(
                        "explained.trade" if first else "explained.trade_too",
                        names=words.series(names),
                    ),
                ),
                "note",
            )
        ]
        if names
        else []
    )


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
    sure = [_sure_ones(evidence, found, part) for part in PARTS]
    if not any(sure):
        return f"{text} {words.say('explained.none_sure')}"
    return f"{text} {words.say('explained.sure', names=words.series(filter(None, sure)))}"


def _sure_ones(evidence: Evidence, found: Explained, part: str) -> str:
    """Name the touchpoints whose contribution to a part is significant; "" without any."""
    words = evidence.words
    rows = [row for row in found.parts if row["part"] == part and is_sure(evidence, row)]
    names = [
        words.say(
            "figure.leader",
            touchpoint=words.say("quote", text=evidence.item_label(str(row["touchpoint"]))),
            value=change_texts(words, row, "change", measure="part")[0],
        )
        for row in rows
    ]
    if len(names) > LISTED + 1:
        more = words.integer(len(names) - LISTED)
        told = words.say("changes.more", names=", ".join(names[:LISTED]), n=more)
    else:
        told = words.series(names)
    return words.say(f"explained.sure_{part}", names=told) if names else ""


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
