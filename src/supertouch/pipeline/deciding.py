"""What-if and budget on the finished tables of a wave, in a few records for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from supertouch.errors import OutputError, Problem
from supertouch.pipeline import files
from supertouch.pipeline.plans import refuse_existing
from supertouch.pipeline.rules import out_of_date, targets
from supertouch.study.model import Goal, Scale, Study

if TYPE_CHECKING:
    import pandas as pd

    from supertouch.decisions.whatif import Shift

__all__ = ["BestSet", "Bought", "Gain", "Weighed", "budget", "whatif"]

TABLES = ("levers", "draws", "outcomes", "models", "diagnostics", "performance")


@dataclass(frozen=True, slots=True)
class Gain:
    """What an improvement would bring an outcome: ``touchpoint``, an id, is empty for all together.

    ``before`` is in the questionnaire's own codes or NPS points; ``turned`` tells that less is
    better there, ``share`` that the outcome is a share, on a scale from 0 to 1. ``asked`` and
    ``given`` are improvements in rating points, ``gain`` and its bounds are points of the outcome
    or of the NPS, in all of which plus is better. ``cost`` is None where there is none.
    """

    touchpoint: str
    outcome: str
    unit: str
    turned: bool
    share: bool
    n: int
    n_eff: float
    before: float
    asked: float
    given: float
    gain: float
    low: float
    high: float
    cost: float | None
    cost_per_point: float | None
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Weighed:
    """What changes would bring in a wave; ``refused`` are outcomes without a driver model.

    ``shifts`` are the changes themselves. ``stale`` tells that the tables are older than what they
    are made from.
    """

    wave: str
    confidence: float
    shifts: tuple[Shift, ...]
    gains: tuple[Gain, ...]
    refused: tuple[str, ...]
    stale: bool
    file: Path | None


@dataclass(frozen=True, slots=True)
class BestSet:
    """The best measures for an amount: value in standard deviations of the goal's outcomes.

    ``loyalty`` and ``nps`` are gains in points with their bounds, None where there is no effect.
    """

    amount: float
    cost: float
    measures: tuple[str, ...]
    value: tuple[float, float, float]
    loyalty: tuple[float, float, float] | None
    nps: tuple[float, float, float] | None
    proven: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class Bought:
    """What a budget buys in a wave: the best sets by rising cost, and measures left out.

    ``asked`` is the goal that was asked for, ``goal`` the part of it that has effects; ``share``
    tells that loyalty is a share, on a scale from 0 to 1, and ``under_way`` that some measures were
    left out because they are under way.
    """

    wave: str
    confidence: float
    asked: Goal
    goal: Goal
    sets: tuple[BestSet, ...]
    complete: bool
    left_out: tuple[tuple[str, str], ...]
    under_way: bool
    share: bool
    n: int
    n_eff: float
    proxies: tuple[str, ...]
    stale: bool
    file: Path | None


def whatif(
    study: Study,
    changes: Sequence[str],
    *,
    wave: str = "",
    costs: Sequence[str] = (),
    to: Path | None = None,
    force: bool = False,
) -> Weighed:
    """Weigh changes such as ``hotline=+0.4`` on the tables of a wave, the last one by default.

    Raises
    ------
    UnsupportedError
        With all that is wrong about the changes.
    OutputError
        If the wave was not analysed yet, or the file cannot be written, is there already without
        ``force``, is no .csv or lies among the raw files.
    """
    from supertouch.decisions.changes import parse_changes, parse_costs
    from supertouch.decisions.whatif import shifts
    from supertouch.decisions.whatif import whatif as weighed

    _refuse(study, to, force=force)
    wave = wave or study.waves[-1].id
    parsed, paid = parse_changes(changes, study=study), parse_costs(costs)
    tables = _tables(study, wave)
    frame = weighed(study, tables, parsed, wave=wave, costs=paid)
    if to is not None:
        _write(frame, to, table="whatif")
    models = tables["models"]
    refused = models[(models.segment == "") & ~models.admitted]
    return Weighed(
        wave=wave,
        confidence=study.analysis.confidence,
        shifts=shifts(study, tables["performance"], parsed, wave=wave),
        gains=tuple(_gain(study, row) for row in files.lines_of(frame)),
        refused=tuple(study.outcome(str(name)).label.within("en") for name in refused.outcome),
        stale=_stale(study, wave),
        file=to,
    )


def _gain(study: Study, row: dict[str, Any]) -> Gain:
    outcome = study.outcome(row["outcome"])
    scale = study.scales[outcome.scale]
    own = row["unit"] == "mean"
    return Gain(
        touchpoint=row["touchpoint"],
        outcome=outcome.label.within("en"),
        unit=row["unit"],
        turned=own and scale.reversed,
        share=own and _is_share(scale),
        n=int(row["n"]),
        n_eff=float(row["n_eff"]),
        before=scale.turned(row["before"]) if own else float(row["before"]),
        asked=float(row["asked"]),
        given=float(row["given"]),
        gain=float(row["gain"]),
        low=float(row["gain_low"]),
        high=float(row["gain_high"]),
        cost=_known(row["cost"]),
        cost_per_point=_known(row["cost_per_point"]),
        warnings=tuple(row["warnings"].split()),
    )


def budget(
    study: Study,
    *,
    wave: str = "",
    amount: float | None = None,
    goal: Goal | None = None,
    to: Path | None = None,
    force: bool = False,
) -> Bought:
    """Find the best measures of the plan for an amount, and for every other.

    Amount and goal are those of the study's plan unless they are given.

    Raises
    ------
    UnsupportedError
        If no measure can be weighed, with the reason for each.
    StudyError
        If the plan has mistakes.
    OutputError
        If the wave was not analysed yet, or the file cannot be written, is there already without
        ``force``, is no .csv or lies among the raw files.
    """
    from supertouch.decisions.budget import budget as bought
    from supertouch.decisions.budget import left_out
    from supertouch.decisions.monitoring import with_ends
    from supertouch.instruments.plan import read_plan
    from supertouch.intake import wave_ends

    _refuse(study, to, force=force)
    wave, goal = wave or study.waves[-1].id, goal or study.plan.goal
    amount = study.plan.budget if amount is None else amount
    measures, tables = read_plan(study), _tables(study, wave)
    study = with_ends(study, wave_ends(study))
    frame = bought(study, tables, measures, wave=wave, goal=goal, budget=amount)
    if to is not None:
        _write(frame, to, table="budget")
    labels = {item.id: item.label.within("en") or item.id for item in measures}
    left = left_out(study, tables, measures, wave=wave, goal=goal)
    outcomes = tables["outcomes"]
    roles = ("loyalty", "recommendation") if frame.goal[0] == "both" else (frame.goal[0],)
    loyalty = study.outcome_of("loyalty", wave)
    weighed = outcomes[(outcomes.segment == "") & outcomes.role.isin(roles)]
    return Bought(
        wave=wave,
        confidence=study.analysis.confidence,
        asked=goal,
        goal=frame.goal[0],
        sets=tuple(_best_set(row, labels) for row in files.lines_of(frame)),
        complete=bool(frame.complete.all()),
        left_out=tuple((labels[item.measure], item.reason) for item in left),
        under_way=any(item.code == "under_way" for item in left),
        share=loyalty is not None and _is_share(study.scales[loyalty.scale]),
        n=int(weighed.n.min()),
        n_eff=float(weighed.n_eff.min()),
        proxies=tuple(
            study.outcome(str(name)).label.within("en") for name in weighed.outcome[weighed.proxy]
        ),
        stale=_stale(study, wave),
        file=to,
    )


def _best_set(row: dict[str, Any], labels: dict[str, str]) -> BestSet:
    def points(name: str) -> tuple[float, float, float]:
        low, high = (float(row[f"{name}_{end}"]) for end in ("low", "high"))
        return float(row[name]), low, high

    return BestSet(
        amount=float(row["budget"]),
        cost=float(row["cost"]),
        measures=tuple(labels[name] for name in row["measures"].split()),
        value=points("value"),
        loyalty=None if _known(row["loyalty"]) is None else points("loyalty"),
        nps=None if _known(row["nps"]) is None else points("nps"),
        proven=bool(row["proven"]),
        chosen=bool(row["chosen"]),
    )


def _is_share(scale: Scale) -> bool:
    return (scale.minimum, scale.maximum) == (0, 1)


def _known(value: float) -> float | None:
    return float(value) if value == value else None


def _tables(study: Study, wave: str) -> dict[str, pd.DataFrame]:
    folder = study.processed / "analyze" / wave
    if not (folder / "stage.json").exists() or not (folder / "levers.parquet").exists():
        rule = "has no finished results of this version to weigh changes with."
        remedy = "Run `make analyze`, or `supertouch analyze`, first."
        raise OutputError(Problem(f"wave '{wave}'", "", rule, remedy))
    return {name: files.read_table(folder / f"{name}.parquet", table=name) for name in TABLES}


def _stale(study: Study, wave: str) -> bool:
    """Tell whether the wave's tables are older than what they are made from."""
    steps = [step for step in targets(study) if step.stage in ("ingest", "validate", "analyze")]
    due = out_of_date([step for step in steps if step.wave == wave])
    return bool(due)


def _refuse(study: Study, to: Path | None, *, force: bool) -> None:
    """Refuse a file that a table must not be written to."""
    if to is None:
        return
    if to.resolve().is_relative_to(study.raw.resolve()):
        rule = "lies among the raw files of the study, which are never changed."
        raise OutputError(Problem(str(to), "", rule, "Name a file elsewhere by --to."))
    if to.suffix.lower() != ".csv":
        raise OutputError(Problem(str(to), "", "is no .csv file.", "Name one by --to."))
    refuse_existing(to, force=force)


def _write(frame: pd.DataFrame, to: Path, *, table: str) -> None:
    from supertouch.tables import checked

    files.write_csv(checked(frame, table=table), to)
