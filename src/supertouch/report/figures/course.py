"""The figure on satisfaction over the waves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from supertouch.report.blocks import Picture
from supertouch.report.charts.trend import trend
from supertouch.report.evidence import Evidence, Record
from supertouch.report.figures.layout import WIDTH, Plan, page, place
from supertouch.report.figures.parts import labels_of, panel_title
from supertouch.report.sections.changes import wave_size
from supertouch.report.sections.compared import changed, comparisons
from supertouch.report.sections.verdicts import verdict_order
from supertouch.study.model import Scale, Wave

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["course_plan"]

LINES = 6
OPEN = frozenset({"undetermined", "too_few"})


def course_plan(evidence: Evidence) -> Plan | None:
    """Plan satisfaction over the waves; None where nothing was compared."""
    newest = next((wave for wave in reversed(evidence.waves)
                   if evidence.rows("tracking", wave.id)), None)  # fmt: skip
    if newest is None:
        return None
    rows = [
        row
        for wave in evidence.waves
        for row in evidence.rows("performance", wave.id)
        if row["satisfaction"] is not None
    ]
    scale = _common_scale(evidence, rows)
    own = {item.id for item in evidence.study.touchpoints if item.scale == scale}
    rows = [row for row in rows if row["touchpoint"] in own]
    asked = Counter(str(row["touchpoint"]) for row in rows)
    several = {name for name, times in asked.items() if times > 1}
    moved = [name for name in _moved(evidence, newest) if name in several]
    steady = [name for name in _leading(evidence, newest) if name in several - set(moved)]
    panels = {"moved": moved[:LINES], "steady": steady[: LINES - 1]}
    frames = {
        name: pd.DataFrame([row for row in rows if row["touchpoint"] in keys])
        for name, keys in panels.items()
        if keys
    }
    if not frames:
        return None
    words = evidence.words
    sizes = "; ".join(wave_size(evidence, wave) for wave in evidence.waves)
    base = words.say("figure.course_base", level=evidence.confidence(), sizes=sizes)
    if len(moved) > LINES:
        base = f"{base} · {words.say('figure.course_cut', shown=LINES, all=len(moved))}"
    names = [words.say("quote", text=evidence.item_label(name)) for name in panels["moved"]]
    leaders = words.series(names) or words.say("figure.course_none")
    picture = Picture("course", words.say("figure.course_caption"),
                      words.say("figure.course_alt", leaders=leaders), base)  # fmt: skip
    return Plan(picture, lambda: _course_figure(evidence, frames, scale, base))


def _common_scale(evidence: Evidence, rows: Sequence[Record]) -> str:
    scales = Counter(evidence.study.touchpoint(str(row["touchpoint"])).scale for row in rows)
    return max(scales, key=lambda name: scales[name], default="")


def _moved(evidence: Evidence, newest: Wave) -> list[str]:
    """Return the touchpoints whose satisfaction changed, in the newest wave's comparisons first."""
    older = [wave for wave in reversed(evidence.waves) if wave is not newest]
    rows = [
        row
        for wave in (newest, *older)
        for compared in comparisons(evidence, wave)
        for row in changed(compared.rows)
    ]
    return list(dict.fromkeys(str(row["touchpoint"]) for row in rows
                              if row["measure"] == "satisfaction"))  # fmt: skip


def _leading(evidence: Evidence, wave: Wave) -> list[str]:
    rows = sorted(evidence.rows("supertouchpoints", wave.id), key=verdict_order)
    return [str(row["touchpoint"]) for row in rows if row["verdict"] not in OPEN]


def _course_figure(
    evidence: Evidence, frames: dict[str, pd.DataFrame], name: str, base: str
) -> Figure:
    words = evidence.words
    figure, bottom, _ = page(evidence, 3.3, words.say("figure.course_title"), base, extra=0.95)
    slot = (WIDTH - 0.2) / max(len(frames), 2)
    every = pd.concat(frames.values())
    low = float(every.satisfaction_low.astype(float).min())
    high = float(every.satisfaction_high.astype(float).max())
    room = max(high - low, 0.1) * 0.06
    scale: Scale | None = evidence.study.scales.get(name)
    told = scale.turned if scale is not None and scale.reversed else None
    for k, (panel, frame) in enumerate(frames.items()):
        waves = [wave for wave in evidence.waves if wave.id in set(frame.wave)]
        ax = place(figure, 0.65 + k * slot, bottom + 0.7, slot - 2.55, 3.3)
        trend(
            frame.astype({f"satisfaction{end}": float for end in ("", "_low", "_high")}),
            waves=[wave.id for wave in waves],
            wave_labels=[evidence.label(wave) for wave in waves],
            labels=labels_of(evidence, frame),
            words=words,
            ax=ax,
            value="satisfaction",
            limits=(low - room, high + room),
            told=told,
        )
        panel_title(ax, words.say(f"figure.course_{panel}"), inches=slot - 0.6)
    return figure
