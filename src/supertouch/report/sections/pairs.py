"""Pairs of touchpoints: worth more or less together than apart, and met by the same customers."""

from __future__ import annotations

from collections.abc import Sequence

from supertouch.report.blocks import Cell, Column, Grid, Picture, Plain, Prose, Row, Tone
from supertouch.report.evidence import Evidence, Record
from supertouch.report.sampled import weighted_sample
from supertouch.report.sections.naming import listed, quoted
from supertouch.report.sections.units import PER, gain_texts, goes_with, unit_of
from supertouch.study.model import Wave

__all__ = ["overlaps", "synergies"]

FIRST = 15
EVERY = 100
NAMED = 5
TONES: dict[str, Tone] = {"synergy": "synergy", "cannibalisation": "cannibalisation"}


def synergies(evidence: Evidence, wave: Wave) -> list[Plain]:
    """Tell which pairs are worth more or less than both apart; the significant ones first."""
    rows = sorted(
        (row for row in evidence.rows("synergy", wave.id) if row["effect"] is not None),
        key=lambda row: (row["kind"] == "none", _p(row), -abs(float(row["effect"]))),
    )
    if not rows:
        return []
    words = evidence.words
    sure = [row for row in rows if row["kind"] != "none"]
    lines = [_kind_line(evidence, kind, found) for kind in TONES
             if (found := [row for row in sure if row["kind"] == kind])]  # fmt: skip
    if not lines:
        lines = [words.say("pairs.none", n=words.integer(len(rows)))]
    blocks: list[Plain] = [Prose((words.say("pairs.lead"),), bullets=tuple(lines))]
    shown = max(FIRST, len(sure))
    if sure:
        blocks.append(_synergy_grid(evidence, wave, sure, len(rows), "pairs.sure"))
    key = "pairs.every" if len(rows) <= shown else "pairs.every_cut"
    blocks.append(_synergy_grid(evidence, wave, rows[: max(shown, EVERY)], len(rows), key,
                                folded=True))  # fmt: skip
    return blocks


def _p(row: Record) -> float:
    return 1.0 if row["p_adjusted"] is None else float(row["p_adjusted"])


def _kind_line(evidence: Evidence, kind: str, rows: Sequence[Record]) -> str:
    words = evidence.words
    pairs: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        key = (str(row["touchpoint"]), str(row["other"]))
        pairs.setdefault(key, []).append(goes_with(evidence, row))
    names = [
        words.say("pairs.pair", one=quoted(evidence, one), other=quoted(evidence, other),
                  effect="; ".join(texts))
        for (one, other), texts in pairs.items()
    ]  # fmt: skip
    return words.say(f"pairs.{kind}_line", names=listed(evidence, names, most=NAMED))


def _synergy_grid(
    evidence: Evidence,
    wave: Wave,
    rows: Sequence[Record],
    number: int,
    key: str,
    *,
    folded: bool = False,
) -> Grid:
    words = evidence.words
    cells = [
        Row(
            (
                Cell(evidence.item_label(str(row["touchpoint"])),
                     words.say("pairs.with", other=evidence.item_label(str(row["other"])))),
                Cell(evidence.item_label(str(row["outcome"]))),
                Cell(words.say(f"pair_kind.{row['kind']}"), tone=TONES.get(str(row["kind"]), "")),
                _effect_cell(evidence, row),
                Cell(words.p_value(row["p_adjusted"]), sort=row["p_adjusted"], numeric=True),
                Cell(words.integer(row["n_both"]), sort=row["n_both"], numeric=True),
                Cell(words.integer(row["n"]),
                     words.say("base.n_eff", n_eff=words.integer(row["n_eff"])),
                     sort=row["n"], numeric=True),
            )
        )
        for row in rows
    ]  # fmt: skip
    names = ("pair", "outcome", "kind", "pair_effect", "p_adjusted", "n_both", "n")
    numeric = ("pair_effect", "p_adjusted", "n_both", "n")
    return Grid(
        words.say(key, wave=evidence.label(wave), n=words.integer(number),
                  shown=words.integer(len(rows))),
        tuple(Column(words.say(f"column.{name}"), name in numeric) for name in names),
        tuple(cells),
        " · ".join((weighted_sample(evidence, wave.id),
                    words.say("pairs.base", level=evidence.confidence()))),
        sortable=True,
        folded=folded,
    )  # fmt: skip


def _effect_cell(evidence: Evidence, row: Record) -> Cell:
    unit = unit_of(evidence, str(row["outcome"]))
    text, interval = gain_texts(evidence, row, "effect", unit=unit)
    if unit == "share":
        text = evidence.words.say("whatif.share_points", value=text)
    return Cell(text, interval, sort=PER[unit] * float(row["effect"]), numeric=True)


def overlaps(evidence: Evidence, wave: Wave, picture: Picture | None) -> list[Plain]:
    """Tell which touchpoints are met by the same customers, the most alike pairs first."""
    rows = [row for row in evidence.rows("overlap", wave.id) if row["correlation"] is not None]
    if not rows:
        return []
    words = evidence.words
    rows.sort(key=lambda row: -float(row["correlation"]))
    limit = evidence.study.portfolio.overlap
    close = [row for row in rows if float(row["correlation"]) >= limit]
    limit_text = words.number(limit)
    text = words.say("pairs.no_overlap", limit=limit_text)
    if close:
        names = [
            words.say("pairs.pair", one=quoted(evidence, str(row["touchpoint"])),
                      other=quoted(evidence, str(row["other"])),
                      effect=words.number(row["correlation"]))
            for row in close
        ]  # fmt: skip
        text = words.count("pairs.overlap", len(close), limit=limit_text,
                           names=listed(evidence, names, most=NAMED))  # fmt: skip
    blocks: list[Plain] = [Prose((text,))]
    blocks += [picture] if picture is not None else []
    return [*blocks, _overlap_grid(evidence, wave, rows[:FIRST], len(rows))]


def _overlap_grid(evidence: Evidence, wave: Wave, rows: Sequence[Record], number: int) -> Grid:
    words = evidence.words
    cells = [
        Row(
            (
                Cell(evidence.item_label(str(row["touchpoint"])),
                     words.say("pairs.with", other=evidence.item_label(str(row["other"])))),
                Cell(words.number(row["correlation"]),
                     words.interval(row["correlation_low"], row["correlation_high"]),
                     sort=row["correlation"], numeric=True),
                Cell(words.p_value(row["p_adjusted"]), sort=row["p_adjusted"], numeric=True),
                Cell(words.percent(row["both"]),
                     words.say("base.n", n=words.integer(row["n_both"])),
                     sort=row["both"], numeric=True),
                Cell(words.percent(row["jaccard"]), sort=row["jaccard"], numeric=True),
                Cell(words.number(row["lift"], 1), sort=row["lift"], numeric=True),
                Cell(words.integer(row["n"]),
                     words.say("base.n_eff", n_eff=words.integer(row["n_eff"])),
                     sort=row["n"], numeric=True),
            )
        )
        for row in rows
    ]  # fmt: skip
    names = ("contact_correlation", "p_adjusted", "both", "jaccard", "overlap_lift", "n")
    return Grid(
        words.say("pairs.overlap_caption", wave=evidence.label(wave),
                  shown=words.integer(len(rows)), n=words.integer(number)),
        (Column(words.say("column.pair")),
         *(Column(words.say(f"column.{name}"), numeric=True) for name in names)),
        tuple(cells),
        " · ".join((weighted_sample(evidence, wave.id),
                    words.say("pairs.overlap_base", level=evidence.confidence()))),
        sortable=True,
    )  # fmt: skip
