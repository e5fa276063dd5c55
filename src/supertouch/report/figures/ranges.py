"""The figures on danger and mood: penalty against reward, and the band of importance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from supertouch.report import palette
from supertouch.report.blocks import Picture
from supertouch.report.charts.bars import bands, penalty_reward
from supertouch.report.evidence import Evidence
from supertouch.report.figures.layout import WIDTH, Plan, page, place
from supertouch.report.figures.parts import (
    SHOWN,
    brief,
    name_rows,
    panel_title,
    verdict_of,
)
from supertouch.report.sampled import weighted_sample
from supertouch.report.sections.danger import at_risk, estimated
from supertouch.report.sections.order import banded
from supertouch.study.model import Outcome, Wave

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["asymmetry_plan", "halo_plan"]

NAMED = 3
LEFT, GAP, ROW = 2.75, 0.35, 0.235

Panel = Callable[["Axes"], object]


def asymmetry_plan(evidence: Evidence, wave: Wave) -> Plan | None:
    """Plan penalty against reward; None where nothing is estimated."""
    outcomes = _shown(evidence, wave, lambda outcome: bool(estimated(evidence, wave, outcome)))
    if not outcomes:
        return None
    words = evidence.words
    found = [estimated(evidence, wave, outcome) for outcome in outcomes]
    order = list(dict.fromkeys(str(row["touchpoint"]) for rows in found for row in rows))
    alpha = evidence.study.rule.alpha
    frames = []
    for rows in found:
        table = pd.DataFrame(rows)
        for name in ("penalty", "reward"):
            table[name] = table[name].astype(float)
            for part in ("low", "high"):
                table[f"{name}_{part}"] = table[f"{name}_{part}"].astype(float)
            table[f"{name}_significant"] = table[f"{name}_p_adjusted"].astype(float) < alpha
        frames.append(table)
    factors = [
        {str(row["touchpoint"]): words.say(f"factor_short.{row['factor']}") for row in rows}
        for rows in found
    ]
    first = evidence.outcome_label(outcomes[0])
    note = words.say("figure.asymmetry_note", level=evidence.confidence(), outcome=first)
    leaders = " ".join(
        words.say(
            "figure.leading",
            outcome=evidence.outcome_label(outcome),
            names=words.series(
                words.say(
                    "figure.leader",
                    touchpoint=evidence.item_label(row["touchpoint"]),
                    value=words.number(row["penalty"], signed=True),
                )
                for row in rows[:NAMED]
            ),
        )
        for outcome in outcomes
        if (rows := at_risk(evidence, wave, outcome))
    )
    bases = [evidence.rows_base(*pair) for pair in zip(outcomes, found, strict=True)]
    about = {"wave": evidence.label(wave)}
    picture = Picture(
        f"asymmetry_{wave.id}",
        words.say("figure.asymmetry_caption", **about),
        words.say("figure.asymmetry_alt", leaders=leaders).rstrip(),
        _base(evidence, wave, bases, note, len(order)),
    )
    shown = order[:SHOWN]

    def panel(k: int) -> Panel:
        return lambda ax: penalty_reward(
            frames[k], order=shown, factors=factors[k], words=words, ax=ax
        )

    title = words.say("figure.asymmetry_title", **brief(about))
    return Plan(picture, lambda: _figure(evidence, wave, outcomes, shown, panel, title, picture))


def halo_plan(evidence: Evidence, wave: Wave) -> Plan | None:
    """Plan the band of importance with and without mood; None where there is none."""
    outcomes = _shown(evidence, wave, lambda outcome: bool(banded(evidence, wave, outcome)))
    if not outcomes:
        return None
    words = evidence.words
    found = [banded(evidence, wave, outcome) for outcome in outcomes]
    order = list(dict.fromkeys(str(row["touchpoint"]) for rows in found for row in rows))
    frames = [pd.DataFrame(rows) for rows in found]
    for frame in frames:
        frame["verdict"] = [verdict_of(evidence, wave, name) for name in frame.touchpoint]
    leaders = " ".join(
        words.say(
            "figure.leading",
            outcome=evidence.outcome_label(outcome),
            names=words.series(
                words.say(
                    "figure.leader",
                    touchpoint=evidence.item_label(row["touchpoint"]),
                    value=words.interval(row["gain"], row["importance"], 3),
                )
                for row in rows[:NAMED]
            ),
        )
        for outcome, rows in zip(outcomes, found, strict=True)
    )
    bases = [evidence.rows_base(*pair) for pair in zip(outcomes, found, strict=True)]
    about = {"wave": evidence.label(wave)}
    picture = Picture(
        f"halo_{wave.id}",
        words.say("figure.halo_caption", **about),
        words.say("figure.halo_alt", leaders=leaders),
        _base(evidence, wave, bases, words.say("figure.halo_note"), len(order)),
    )
    shown = order[:SHOWN]

    def panel(k: int) -> Panel:
        return lambda ax: bands(frames[k], order=shown, words=words, ax=ax)

    title = words.say("figure.halo_title", **brief(about))
    seen = [str(verdict) for frame in frames for verdict in frame.verdict]
    return Plan(
        picture,
        lambda: _figure(evidence, wave, outcomes, shown, panel, title, picture, verdicts=seen),
    )


def _shown(evidence: Evidence, wave: Wave, known: Callable[[Outcome], bool]) -> list[Outcome]:
    outcomes = [outcome for outcome in evidence.driven(wave.id) if known(outcome)]
    return outcomes or [item for item in evidence.outcomes(wave.id) if known(item)][:2]


def _base(evidence: Evidence, wave: Wave, bases: Sequence[str], note: str, number: int) -> str:
    parts = [*bases, weighted_sample(evidence, wave.id), note]
    if number > SHOWN:
        parts.append(evidence.words.say("figure.cut", shown=SHOWN, all=number))
    return " · ".join(parts)


def _figure(
    evidence: Evidence,
    wave: Wave,
    outcomes: Sequence[Outcome],
    order: Sequence[str],
    panel: Callable[[int], Panel],
    title: str,
    picture: Picture,
    *,
    verdicts: Sequence[str] = (),
) -> Figure:
    rows = ROW * len(order) + 0.4
    figure, bottom, top = page(
        evidence,
        rows,
        title,
        picture.base,
        verdicts=verdicts,
        proxy=bool(evidence.proxies(wave.id)),
        extra=0.85 if verdicts else 1.1,
    )
    if not verdicts:
        _bar_key(figure, evidence, top)
    wide = (WIDTH - LEFT - 0.2 - GAP * (len(outcomes) - 1)) / max(len(outcomes), 1.35)
    supers = {name for name in order if verdict_of(evidence, wave, name) == "super"}
    labels = {name: evidence.item_label(name) for name in order}
    for k, outcome in enumerate(outcomes):
        ax = place(figure, LEFT + k * (wide + GAP), bottom + 0.5, wide, rows)
        panel(k)(ax)
        panel_title(ax, evidence.outcome_label(outcome), inches=wide)
        if k == 0:
            name_rows(ax, order, labels, bold=supers)
    return figure


def _bar_key(figure: Figure, evidence: Evidence, top: float) -> None:
    from matplotlib.patches import Patch

    height = float(figure.get_size_inches()[1])
    handles = [
        Patch(facecolor=colour, label=evidence.words.say(f"figure.asymmetry_key_{name}"))
        for name, colour in (("penalty", palette.NO), ("reward", palette.YES))
    ]
    figure.legend(handles=handles, loc="upper left", ncols=2, frameon=False, fontsize=8,
                  bbox_to_anchor=(0.1 / WIDTH, 1 - (top - 0.06) / height), borderaxespad=0.0,
                  labelcolor=palette.INK, handletextpad=0.5, columnspacing=1.4,
                  handlelength=1.2)  # fmt: skip
