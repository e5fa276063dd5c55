"""Charts on what touchpoints contribute: reach against effect, importance, phases."""

from __future__ import annotations

from typing import Any

from supertouch.report.blocks import Chart, Tone
from supertouch.report.evidence import Evidence
from supertouch.report.figures.parts import base_of, experience, leading, verdict_of
from supertouch.report.native.numbers import by_kind, estimates, values
from supertouch.study.model import PHASES, Outcome, Wave

__all__ = ["importances", "phases", "reach_impacts"]

NAMED = 3
VERDICTS: tuple[Tone, ...] = (
    "super",
    "candidate",
    "loyalty_builder",
    "recommendation_builder",
    "none",
    "too_few",
    "undetermined",
)


def reach_impacts(evidence: Evidence, wave: Wave) -> list[Chart]:
    """Place touchpoints by reach and by the effect of their experience, an outcome each."""
    found = (_reach_impact(evidence, wave, item) for item in evidence.driven(wave.id))
    return [chart for chart in found if chart is not None]


def _reach_impact(evidence: Evidence, wave: Wave, outcome: Outcome) -> Chart | None:
    words = evidence.words
    rows = []
    for row in experience(evidence, wave, outcome):
        met = evidence.row("performance", wave.id, row["touchpoint"])
        asked = evidence.contact_asked(row["touchpoint"], wave.id)
        if asked and met is not None and None not in (met["reach"], row["effect"]):
            rows.append({**row, "reach": met["reach"]})
    if not rows:
        return None
    rows.sort(key=lambda row: -float(row["effect"]))
    kinds = [verdict_of(evidence, wave, row["touchpoint"]) for row in rows]
    label = evidence.outcome_label(outcome)
    caption = words.say("figure.reach_impact_caption", outcome=label, wave=evidence.label(wave))
    return Chart(
        name=f"reach_impact_{wave.id}_{outcome.id}",
        form="scatter",
        title=caption,
        categories=_names(evidence, rows),
        series=by_kind(
            kinds,
            {kind: words.say(f"verdict.{kind}") for kind in VERDICTS},
            x=values(rows, "reach"),
            y=values(rows, "effect"),
        ),
        x_title=words.say("figure.reach_axis"),
        y_title=words.say("figure.effect_axis", outcome=evidence.label(outcome)),
        x_number="percent",
        base=base_of(evidence, wave, [outcome]),
        alt=words.say(
            "figure.reach_impact_alt",
            n=words.integer(len(rows)),
            outcome=label,
            leaders=_leaders(evidence, outcome, rows, value="effect"),
        ),
    )


def importances(evidence: Evidence, wave: Wave) -> list[Chart]:
    """Show shares of importance with intervals, an outcome each, the largest first."""
    outcomes = [item for item in evidence.driven(wave.id) if experience(evidence, wave, item)]
    outcomes = outcomes or [
        item for item in evidence.outcomes(wave.id) if experience(evidence, wave, item)
    ]
    return [_importance(evidence, wave, item) for item in outcomes]


def _importance(evidence: Evidence, wave: Wave, outcome: Outcome) -> Chart:
    words = evidence.words
    rows = sorted(experience(evidence, wave, outcome), key=lambda row: int(row["rank"]))
    tones = [_tone(evidence, wave, row) for row in rows]
    share = estimates(rows, "share", words.say("column.share"), tones=tones)
    leaders = words.series(
        words.say("figure.leader", touchpoint=evidence.item_label(str(row["touchpoint"])),
                  value=words.percent(row["share"], 1))
        for row in rows[:NAMED]
    )  # fmt: skip
    return Chart(
        name=f"importance_{wave.id}_{outcome.id}",
        form="bar",
        title=words.say(
            "native.importance",
            outcome=evidence.outcome_label(outcome),
            wave=evidence.label(wave),
        ),
        categories=_names(evidence, rows),
        series=(share,),
        x_title=words.say("figure.share_axis"),
        number="percent",
        reference=float(rows[0]["fair_share"]),
        base=" · ".join(
            (
                base_of(evidence, wave, [outcome]),
                words.say("figure.interval", level=evidence.confidence()),
            )
        ),
        alt=words.say("native.bars", leaders=leaders),
    )


def phases(evidence: Evidence, wave: Wave) -> list[Chart]:
    """Show the share of each phase of the journey in what experience contributes."""
    words = evidence.words
    found = [
        (item, [evidence.row("phases", wave.id, item.id, phase, "experience") for phase in PHASES])
        for item in evidence.driven(wave.id) or evidence.outcomes(wave.id)
    ]
    told = [(item, rows) for item, rows in found if any(rows)]
    shown = [phase for k, phase in enumerate(PHASES) if any(rows[k] for _, rows in told)]
    if not told:
        return []
    blank: dict[str, Any] = dict.fromkeys(("share", "share_low", "share_high"))
    tones: tuple[Tone, ...] = ("super", "recommendation_builder")
    series = tuple(
        estimates(
            [rows[PHASES.index(phase)] or blank for phase in shown],
            "share",
            evidence.outcome_label(outcome),
            tone=tones[k] if k < len(tones) else "",
        )
        for k, (outcome, rows) in enumerate(told)
    )
    leaders = "; ".join(
        words.say("figure.leader", touchpoint=words.say(f"phase.{phase}"),
                  value=", ".join(words.percent(one.values[k]) for one in series))
        for k, phase in enumerate(shown)
    )  # fmt: skip
    return [
        Chart(
            name=f"phases_{wave.id}",
            form="bar",
            title=words.say("native.phases", wave=evidence.label(wave)),
            categories=tuple(words.say(f"phase.{phase}") for phase in shown),
            series=series,
            x_title=words.say("figure.share_axis"),
            number="percent",
            base=base_of(evidence, wave, [item for item, _ in told]),
            alt=words.say("native.bars", leaders=leaders),
        )
    ]


def _tone(evidence: Evidence, wave: Wave, row: dict[str, Any]) -> Tone:
    verdict: Tone = verdict_of(evidence, wave, row["touchpoint"])  # type: ignore[assignment]
    return verdict


def _names(evidence: Evidence, rows: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(evidence.item_label(str(row["touchpoint"])) for row in rows)


def _leaders(
    evidence: Evidence, outcome: Outcome, rows: list[dict[str, Any]], *, value: str
) -> str:
    import pandas as pd

    return leading(evidence, outcome, pd.DataFrame(rows), value=value)
