"""The figure on ranks in two waves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from supertouch.report import palette
from supertouch.report.blocks import Picture
from supertouch.report.charts.slopes import slopes
from supertouch.report.evidence import Evidence
from supertouch.report.figures.layout import WIDTH, Plan, page, place
from supertouch.report.figures.parts import brief, labels_of
from supertouch.report.labels import shortened
from supertouch.report.sections.changes import wave_size
from supertouch.report.sections.compared import Compared, changed
from supertouch.study.model import Outcome

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["slope_plan"]

RANKED = 30


def slope_plan(evidence: Evidence, compared: Compared) -> Plan | None:
    """Plan the ranks of two waves; None where there are none."""
    frames: list[tuple[Outcome, pd.DataFrame]] = []
    total = 0
    for outcome in evidence.driven(compared.wave.id):
        rows = _ranked(compared, outcome)
        total = max(total, len(rows))
        if len(rows) > 1:
            frames.append((outcome, pd.DataFrame(rows[:RANKED])))
    if not frames:
        return None
    words = evidence.words
    about = {"wave": evidence.label(compared.wave), "against": evidence.label(compared.against)}
    sizes = "; ".join(wave_size(evidence, wave) for wave in (compared.against, compared.wave))
    base = words.say("figure.slope_base", level=evidence.confidence(), sizes=sizes)
    if total > RANKED:
        base = f"{base} · {words.say('figure.cut', shown=RANKED, all=total)}"
    moved = [evidence.item_label(str(name)) for _, frame in frames
             for name in frame.touchpoint[frame.moved]]  # fmt: skip
    leaders = words.series(dict.fromkeys(moved)) or words.say("figure.slope_none")
    picture = Picture(f"rank_change_{compared.wave.id}",
                      words.say("figure.slope_caption", **about),
                      words.say("figure.slope_alt", leaders=leaders, **about), base)  # fmt: skip
    title = words.say("figure.slope_title", **brief(about))
    return Plan(picture, lambda: _slope_figure(evidence, compared, frames, title, base))


def _ranked(compared: Compared, outcome: Outcome) -> list[dict[str, Any]]:
    own = [row for row in compared.rows if row["outcome"] == outcome.id and row["touchpoint"]]
    own = [row for row in own if row["component"] in ("", "experience")]
    moved = {row["touchpoint"] for row in changed(own)
             if row["measure"] in ("share", "rank", "importance")}  # fmt: skip
    rows = [
        {**row, "moved": row["touchpoint"] in moved}
        for row in own
        if row["measure"] == "rank" and None not in (row["before"], row["after"])
    ]
    return sorted(rows, key=lambda row: (min(row["before"], row["after"]), row["after"]))


def _slope_figure(
    evidence: Evidence,
    compared: Compared,
    frames: Sequence[tuple[Outcome, pd.DataFrame]],
    title: str,
    base: str,
) -> Figure:
    rows = 0.205 * max(len(frame) for _, frame in frames) + 0.25
    figure, bottom, _ = page(evidence, rows, title, base, extra=0.75)
    slot = (WIDTH - 0.3) / max(len(frames), 1.4)
    beside = 2.12 if len(frames) > 1 else 2.75
    ends = (evidence.label(compared.against), evidence.label(compared.wave))
    for k, (outcome, frame) in enumerate(frames):
        left = 0.15 + k * slot
        high = 0.205 * len(frame) + 0.25
        ax = place(figure, left + beside, bottom + 0.2 + rows - high, slot - 2 * beside, high)
        slopes(frame, labels=labels_of(evidence, frame), words=evidence.words, ends=ends,
               room=72 * beside, ax=ax)  # fmt: skip
        height = float(figure.get_size_inches()[1])
        figure.text(left / WIDTH, (bottom + 0.2 + rows + 0.4) / height,
                    shortened(evidence.outcome_label(outcome), 60), fontsize=9.5, weight="bold",
                    color=palette.INK, va="center")  # fmt: skip
    return figure
