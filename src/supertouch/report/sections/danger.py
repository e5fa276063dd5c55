"""Where the danger is: what disappoints more than it delights, and what lets a journey down."""

from __future__ import annotations

from collections.abc import Callable

from supertouch.report.blocks import (
    ByOutcome,
    ByWave,
    Cell,
    Column,
    Grid,
    Picture,
    Plain,
    Prose,
    Row,
    Section,
)
from supertouch.report.evidence import Evidence, Record
from supertouch.report.sampled import weighted_sample
from supertouch.report.sections.choices import by_outcome
from supertouch.report.sections.factors import KNOWN, factor_cells, factor_columns
from supertouch.report.sections.weakest import weakest
from supertouch.study.model import Outcome, Wave

__all__ = ["at_risk", "danger", "estimated"]

NAMED = 3


def danger(evidence: Evidence, pictures: dict[str, Picture]) -> Section | None:
    """Show penalty, reward and risk, and the weakest touchpoint; None where nothing is known."""
    if not any(evidence.rows("asymmetry", wave.id) for wave in evidence.waves):
        return None
    words = evidence.words
    waves = ByWave(tuple((wave.id, _in_wave(evidence, wave, pictures)) for wave in evidence.waves))
    return Section("danger", words.say("section.danger"), (waves,), words.say("danger.intro"))


def estimated(evidence: Evidence, wave: Wave, outcome: Outcome) -> list[Record]:
    """Return the rows of an outcome that have a penalty or a reward, the largest risk first."""
    rows = [
        row
        for row in evidence.rows("asymmetry", wave.id)
        if row["outcome"] == outcome.id and (row["penalty"], row["reward"]) != (None, None)
    ]
    return sorted(rows, key=_by_risk)


def at_risk(evidence: Evidence, wave: Wave, outcome: Outcome) -> list[Record]:
    """Return the rows whose penalty is significant, the largest risk first."""
    alpha = evidence.study.rule.alpha
    return [
        row
        for row in estimated(evidence, wave, outcome)
        if row["penalty_p_adjusted"] is not None
        and row["penalty_p_adjusted"] < alpha
        and row["penalty"] < 0
    ]


def _by_risk(row: Record) -> float:
    return 1.0 if row["risk"] is None else -float(row["risk"])


def _in_wave(
    evidence: Evidence, wave: Wave, pictures: dict[str, Picture]
) -> tuple[Plain | ByOutcome, ...]:
    words = evidence.words
    driven = evidence.driven(wave.id) or evidence.outcomes(wave.id)
    told = [outcome for outcome in driven if estimated(evidence, wave, outcome)]
    blocks: list[Plain | ByOutcome] = []
    if told:
        lines = [_lead(evidence, wave, outcome) for outcome in told]
        blocks.append(Prose((*lines, *_factors(evidence, wave, told))))
    else:
        blocks.append(Prose((words.say("danger.nothing", wave=evidence.label(wave)),), "warning"))
    if f"asymmetry_{wave.id}" in pictures:
        blocks.append(pictures[f"asymmetry_{wave.id}"])
    found = [
        (outcome, _grids(evidence, wave, outcome, leading=outcome in told))
        for outcome in evidence.outcomes(wave.id)
    ]
    return (*blocks, *by_outcome(found), *weakest(evidence, wave))


def _grids(evidence: Evidence, wave: Wave, outcome: Outcome, *, leading: bool) -> list[Grid]:
    """Return the largest risks of an outcome, and all its touchpoints folded away."""
    words = evidence.words
    about = _about(evidence, wave, outcome)
    top = evidence.study.rule.top
    everything = estimated(evidence, wave, outcome)
    rows = [row for row in everything if row["risk"]][:top]
    grids = []
    if leading and rows and len(everything) > top:
        caption = words.say("danger.top", **about, n=words.integer(len(rows)))
        grids.append(_grid(evidence, wave, outcome, rows, caption))
    rows = [row for row in evidence.rows("asymmetry", wave.id) if row["outcome"] == outcome.id]
    if rows:
        caption = words.say("danger.caption", **about)
        rows.sort(key=_by_risk)
        grids.append(_grid(evidence, wave, outcome, rows, caption, folded=True))
    return grids


def _about(evidence: Evidence, wave: Wave, outcome: Outcome) -> dict[str, str]:
    return {"outcome": evidence.outcome_label(outcome), "wave": evidence.label(wave)}


def _lead(evidence: Evidence, wave: Wave, outcome: Outcome) -> str:
    words = evidence.words
    label = evidence.outcome_label(outcome)
    rows = at_risk(evidence, wave, outcome)[:NAMED]
    if not rows:
        known = any(row["penalty"] is not None for row in estimated(evidence, wave, outcome))
        key = "danger.none_at_risk" if known else "danger.unknown"
        return words.say(key, outcome=label)
    names = [
        words.say(
            "danger.name",
            touchpoint=evidence.item_label(row["touchpoint"]),
            penalty=words.number(row["penalty"], signed=True),
            disappointed=words.percent(row["disappointed"]),
        )
        for row in rows
    ]
    return words.say("danger.lead", outcome=label, names=words.series(names))


def _factors(evidence: Evidence, wave: Wave, outcomes: list[Outcome]) -> list[str]:
    """Name basic and excitement factors; say what it means where there is none."""
    words = evidence.words

    def named(factor: str) -> str:
        found: dict[str, list[str]] = {}
        for outcome in outcomes:
            for row in estimated(evidence, wave, outcome):
                if row["factor"] == factor:
                    found.setdefault(str(row["touchpoint"]), []).append(evidence.label(outcome))
        return words.series(
            words.say(
                "danger.factor_name",
                touchpoint=evidence.item_label(name),
                outcomes=words.series(labels),
            )
            for name, labels in found.items()
        )

    keys: dict[str, Callable[[str], str]] = {
        "basic": lambda names: words.say("protects.lead", names=names),
        "excitement": lambda names: words.say("danger.excitement", names=names),
    }
    lines = [write(names) for factor, write in keys.items() if (names := named(factor))]
    sorted_out = any(
        row["factor"] in KNOWN for outcome in outcomes for row in estimated(evidence, wave, outcome)
    )
    return lines or ([words.say("danger.balanced")] if sorted_out else [])


def _grid(
    evidence: Evidence,
    wave: Wave,
    outcome: Outcome,
    rows: list[Record],
    caption: str,
    *,
    folded: bool = False,
) -> Grid:
    words = evidence.words
    cells = [
        Row((Cell(evidence.item_label(row["touchpoint"])), *factor_cells(evidence, row)))
        for row in rows
    ]
    return Grid(
        caption,
        (Column(words.say("column.touchpoint")), *factor_columns(evidence)),
        tuple(cells),
        " · ".join(
            (
                evidence.rows_base(outcome, rows),
                weighted_sample(evidence, wave.id),
                words.say("danger.base", level=evidence.confidence()),
            )
        ),
        sortable=True,
        folded=folded,
    )
