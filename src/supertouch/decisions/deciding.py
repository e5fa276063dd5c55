"""All decisions of a study, from its tables and what people brought besides answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from supertouch.decisions.auditors import auditors
from supertouch.decisions.budget import budget, left_out
from supertouch.decisions.changes import Change
from supertouch.decisions.incidents import incidents, told_sources
from supertouch.decisions.inside import gap
from supertouch.decisions.missing import missing
from supertouch.decisions.monitoring import monitor, with_ends
from supertouch.decisions.portfolio import portfolio
from supertouch.decisions.simulator import simulator
from supertouch.decisions.whatif import TOGETHER, whatif
from supertouch.errors import UnsupportedError
from supertouch.study.model import Measure, Study
from supertouch.tables import checked

__all__ = ["Brought", "decide"]

Progress = Callable[[int, int, str], None]
Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True, slots=True, eq=False)
class Brought:
    """What people brought besides answers.

    Attributes
    ----------
    audits : DataFrame
        What auditors filled in, as in the table ``audits``.
    named : DataFrame
        Touchpoints that auditors miss, in the column ``named``.
    mentions : DataFrame
        As in the table ``mentions``.
    measures : tuple of Measure
        The plan.
    ends : mapping of str to date
        The last day of interviews, by wave, as far as it is known.
    """

    audits: pd.DataFrame
    named: pd.DataFrame
    mentions: pd.DataFrame
    measures: tuple[Measure, ...]
    ends: Mapping[str, date] = field(default_factory=dict)


def decide(
    study: Study,
    tables: Mapping[str, pd.DataFrame],
    brought: Brought,
    *,
    progress: Progress | None = None,
) -> Tables:
    """Decide on each touchpoint; weigh the inside view, mentions and the plan.

    Parameters
    ----------
    study : Study
    tables : mapping of str to DataFrame
        All waves together: performance, outcomes, models, importance, draws, asymmetry, levers,
        overlap, synergy, supertouchpoints, tracking, change_explained, sample, missing_named.
    brought : Brought
    progress : callable, optional
        Told after each part: number done, number in all, text.

    Returns
    -------
    dict of str to DataFrame
        ``portfolio``, ``gap``, ``auditors``, ``incidents``, ``missing``, ``plan``,
        ``budget``, ``whatif``, ``measures`` and ``simulator``; what nobody brought leaves its
        table empty.
    """
    found: Tables = {}
    study, known = with_ends(study, brought.ends), dict(tables)
    mentions = told_sources(study, brought.mentions)
    parts: dict[str, Callable[[], pd.DataFrame]] = {
        "portfolio": lambda: portfolio(study, known),
        "gap": lambda: gap(study, known, brought.audits),
        "auditors": lambda: auditors(study, known, brought.audits),
        "incidents": lambda: incidents(study, known, mentions),
        "missing": lambda: missing(study, known, mentions, brought.named),
        "budget": lambda: _budget(study, known, brought.measures),
        "plan": lambda: monitor(
            study, known, brought.measures, weighed=_not_weighed(study, known, brought.measures)
        ),
        "whatif": lambda: _weighed(study, known, brought.measures),
        "measures": lambda: _named(study, brought.measures),
        "simulator": lambda: simulator(study, known),
    }
    for done, (name, made) in enumerate(parts.items()):
        if progress:
            progress(done, len(parts), name)
        found[name] = known[name] = checked(made(), table=name)
    if progress:
        progress(len(parts), len(parts), "")
    return found


def _budget(study: Study, tables: Tables, measures: Sequence[Measure]) -> pd.DataFrame:
    """Return the frontier of the plan in the last wave; nothing where none of it can be weighed."""
    try:
        return budget(
            study,
            tables,
            measures,
            wave=study.waves[-1].id,
            goal=study.plan.goal,
            budget=study.plan.budget,
        )
    except UnsupportedError:
        return pd.DataFrame()


def _not_weighed(study: Study, tables: Tables, measures: Sequence[Measure]) -> dict[str, str]:
    """Return why the last wave's budget cannot choose a measure: a code by its id."""
    try:
        wave, goal = study.waves[-1].id, study.plan.goal
        found = left_out(study, tables, measures, wave=wave, goal=goal)
    except UnsupportedError:  # the wave has no effects on the goal
        return {measure.id: "no_effect" for measure in measures}
    return {item.measure: item.code for item in found}


def _weighed(study: Study, tables: Tables, measures: Sequence[Measure]) -> pd.DataFrame:
    """Return what each measure would bring in the last wave, and the best set of them together."""
    single = [_alone(study, tables, measure) for measure in measures]
    chosen = _best(tables["budget"])
    return pd.concat(
        [*single, _together(study, tables, [item for item in measures if item.id in chosen])],
        ignore_index=True,
    )


def _named(study: Study, measures: Sequence[Measure]) -> pd.DataFrame:
    rows = [
        {"measure": item.id, "language": language, "label": item.label.within(language)}
        for item in measures
        for language in study.languages
    ]
    return pd.DataFrame(rows)


def _alone(study: Study, tables: Tables, measure: Measure) -> pd.DataFrame:
    found = _whatif(study, tables, [measure])
    if found.empty:
        return found
    rows = found[found.scenario != TOGETHER].assign(scenario=measure.id)
    return rows if (rows.given > 0).any() else rows.iloc[:0]


def _best(frontier: pd.DataFrame) -> set[str]:
    """Return the measures of the plan's own budget, or else the best there are."""
    if frontier.empty:
        return set()
    own = frontier[frontier.chosen]
    return set(str((own if len(own) else frontier).measures.iloc[-1]).split())


def _together(study: Study, tables: Tables, measures: Sequence[Measure]) -> pd.DataFrame:
    found = _whatif(study, tables, measures)
    return found[found.scenario == TOGETHER] if len(found) else found


def _whatif(study: Study, tables: Tables, measures: Sequence[Measure]) -> pd.DataFrame:
    if not measures:
        return pd.DataFrame()
    changes, costs = [], {}
    for measure in measures:
        scale = study.scales[study.touchpoint(measure.touchpoint).scale]
        changes.append(Change(measure.touchpoint, level=scale.turned(measure.target)))
        if measure.cost is not None:
            costs[measure.touchpoint] = measure.cost
    try:
        return whatif(study, tables, changes, wave=study.waves[-1].id, costs=costs)
    except UnsupportedError:  # the touchpoint is in no model of the wave
        return pd.DataFrame()
