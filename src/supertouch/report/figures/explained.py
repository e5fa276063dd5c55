"""The figure on what the change of an outcome is made up of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from supertouch.report import palette
from supertouch.report.blocks import Picture
from supertouch.report.charts.waterfall import COLOURS, waterfall
from supertouch.report.evidence import Evidence
from supertouch.report.figures.layout import WIDTH, Plan, page, place
from supertouch.report.figures.parts import brief, name_rows
from supertouch.report.labels import shortened
from supertouch.report.sections.changes import wave_size
from supertouch.report.sections.compared import Compared
from supertouch.report.sections.explained import Explained, explained
from supertouch.report.sections.measures import change_texts
from supertouch.report.sections.steps import Step, steps

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["explained_plan"]

NAMED = 3


def explained_plan(evidence: Evidence, compared: Compared) -> Plan | None:
    """Plan what the change of loyalty and recommendation is made up of; None without it."""
    driven = evidence.driven(compared.wave.id)
    found = [one for one in explained(evidence, compared) if one.outcome in driven]
    if not found:
        return None
    words = evidence.words
    about = {"wave": evidence.label(compared.wave), "against": evidence.label(compared.against)}
    sizes = "; ".join(wave_size(evidence, wave) for wave in (compared.against, compared.wave))
    base = words.say("figure.explained_base", level=evidence.confidence(), sizes=sizes)
    leaders = " ".join(
        words.say(
            "figure.largest",
            outcome=evidence.outcome_label(one.outcome),
            names=words.series(
                words.say("figure.leader", touchpoint=step.label,
                          value=words.number(step.change, 3, signed=True))
                for step in sorted(steps(evidence, one), key=_weight)[:NAMED]
            ),
        )
        for one in found
    )  # fmt: skip
    picture = Picture(
        f"explained_{compared.wave.id}",
        words.say("figure.explained_caption", **about),
        words.say("figure.explained_alt", leaders=leaders, **about),
        base,
    )
    title = words.say("figure.explained_title", **brief(about))
    return Plan(picture, lambda: _explained_figure(evidence, compared, found, title, base))


def _weight(step: Step) -> tuple[bool, float]:
    """Sort steps: the significant ones first, then the larger ones."""
    return step.sure is not True, -abs(step.change)


def _explained_figure(
    evidence: Evidence, compared: Compared, found: Sequence[Explained], title: str, base: str
) -> Figure:
    every = [steps(evidence, one) for one in found]
    rows = 0.27 * (max(len(listed) for listed in every) + 2)
    figure, bottom, top = page(evidence, rows, title, base, extra=1.05)
    _part_key(figure, evidence, top, {step.kind for listed in every for step in listed})
    slot = (WIDTH - 0.3) / max(len(found), 1.4)
    names = 2.55
    for k, (one, listed) in enumerate(zip(found, every, strict=True)):
        high = 0.27 * (len(listed) + 2)
        left = 0.15 + k * slot
        wide = slot - names - 0.15
        ax = place(figure, left + names, bottom + 0.45 + rows - high, wide, high)
        _draw_steps(evidence, compared, one, listed, ax)
        _head(figure, evidence.outcome_label(one.outcome), left, bottom + 0.45 + rows)
    return figure


def _head(figure: Figure, text: str, left: float, top: float) -> None:
    height = float(figure.get_size_inches()[1])
    figure.text(left / WIDTH, (top + 0.14) / height, shortened(text, 60), fontsize=9.5,
                weight="bold", color=palette.INK, va="center")  # fmt: skip


def _draw_steps(
    evidence: Evidence,
    compared: Compared,
    one: Explained,
    listed: list[Step],
    ax: Axes,
) -> None:
    words = evidence.words
    scale = evidence.study.scales.get(one.outcome.scale)
    turned = scale is not None and scale.reversed and one.before is not None
    told = scale.turned if scale is not None and turned else None
    start, ends = 0.0, [(None, None), (one.total["change_low"], one.total["change_high"])]
    levels = (0.0, float(one.total["change"]))
    if one.before is not None:
        start = float(one.before["before"])
        levels = (start, float(one.before["after"]))
        ends = [(one.before[f"{name}_low"], one.before[f"{name}_high"])
                for name in ("before", "after")]  # fmt: skip
    waterfall(listed, start=start, ends=ends, words=words, ax=ax, told=told)
    waves = (compared.against, compared.wave)
    order = ["", *(str(k) for k in range(len(listed))), " "]
    names = {str(k): step.label for k, step in enumerate(listed)}
    for name, wave, level in zip((order[0], order[-1]), waves, levels, strict=True):
        value = words.number(told(level) if told else level, 2, signed=one.before is None)
        names[name] = words.say("figure.leader", touchpoint=evidence.label(wave), value=value)
    name_rows(ax, order, names, bold={order[0], order[-1]})
    change = change_texts(words, one.total, "change", measure="part")[0]
    ax.set_xlabel(words.say("figure.explained_axis", change=change), fontsize=8)


def _part_key(figure: Figure, evidence: Evidence, top: float, kinds: set[str]) -> None:
    from matplotlib.patches import Patch

    height = float(figure.get_size_inches()[1])
    handles = [
        Patch(facecolor=colour, label=evidence.words.say(f"part.{kind}"))
        for kind, colour in COLOURS.items()
        if kind in kinds
    ]
    figure.legend(handles=handles, loc="upper left", ncols=len(handles), frameon=False,
                  fontsize=8, bbox_to_anchor=(0.1 / WIDTH, 1 - (top - 0.06) / height),
                  borderaxespad=0.0, labelcolor=palette.INK, handletextpad=0.5,
                  columnspacing=1.4, handlelength=1.2)  # fmt: skip
