"""What changed between waves, what of it is more than chance, why, and whether targets were met."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from supertouch.errors import UnsupportedError
from supertouch.findings.streams.wave import StreamedWave
from supertouch.findings.tracking.aims import targets
from supertouch.findings.tracking.effects import effect_changes
from supertouch.findings.tracking.explained import change_explained
from supertouch.findings.tracking.fits import Fits, Refused
from supertouch.findings.tracking.levels import (
    Level,
    level_changes,
    levels_of,
)
from supertouch.findings.tracking.pairs import (
    Pair,
    StreamedAnswers,
    Tracked,
    WaveAnswers,
    check_alike,
    pairs,
    tracked,
)
from supertouch.stats.inference import adjust
from supertouch.study.model import Study
from supertouch.tables import checked

__all__ = ["TABLES", "track"]

Progress = Callable[[int, int, str], None]
Frames = list[pd.DataFrame]
Levels = dict[tuple[str, bool], dict[str, Level]]

TABLES = ("tracking", "change_explained", "targets")

FAMILY = ["measure", "outcome", "component", "weighted"]


def track(
    study: Study,
    responses: Mapping[str, pd.DataFrame | StreamedWave],
    tables: Mapping[str, Mapping[str, pd.DataFrame]],
    *,
    progress: Progress | None = None,
) -> dict[str, pd.DataFrame]:
    """Compare each wave with earlier ones, as the study asks, and with its targets.

    Levels (reach, satisfaction and bands of touchpoints, mean and NPS of outcomes) are compared
    wherever both waves asked. Effects, importance, shares, ranks and R² rest on the touchpoints
    that both waves can estimate, with the models fitted anew where the lists differ. In a panel,
    who was in both waves counts as one unit. p-values are adjusted by Benjamini & Hochberg over
    the rows of a measure, outcome and component in one comparison.

    Parameters
    ----------
    study : Study
    responses : mapping of str to DataFrame or StreamedWave
        Accepted responses per wave.
    tables : mapping of str to mapping of str to DataFrame
        What :func:`supertouch.findings.analyze_wave` found, per wave: ``performance``
        and ``outcomes`` are read for targets, ``importance`` for what a wave's own model says.
    progress : callable, optional
        Told before each pair of waves: number done, number in all, text.

    Returns
    -------
    dict of str to DataFrame
        The tables ``tracking``, ``change_explained`` and ``targets``; empty where nothing is
        compared or aimed at.
    """
    check_alike(study, responses)
    names = [wave.id for wave in study.waves if wave.id in responses]
    waves = {name: tracked(study, name, responses[name]) for name in names}
    todo = pairs(study, names)
    fits, levels = Fits(study, tables), Levels()
    found: dict[str, Frames] = {name: [] for name in TABLES}
    for done, pair in enumerate(todo):
        if progress:
            progress(done, len(todo), f"{pair.against} → {pair.wave}")
        changed, explained = _compared(study, pair, waves, fits, levels)
        found["tracking"].append(changed)
        found["change_explained"].append(explained)
    found["targets"] = [targets(study, name, tables[name]) for name in names if name in tables]
    if progress:
        progress(len(todo), len(todo), "")
    return {name: checked(_joined(frames), table=name) for name, frames in found.items()}


def _joined(frames: Frames) -> pd.DataFrame:
    filled = [frame for frame in frames if not frame.empty]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()


def _compared(
    study: Study, pair: Pair, waves: Mapping[str, Tracked], fits: Fits, levels: Levels
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare two waves: every change, and what explains those of the outcomes."""
    before, after = waves[pair.against], waves[pair.wave]
    changed = [_level_changes(study, before, after, levels, weighted=True)]
    if before.weighs or after.weighs:
        changed.append(_level_changes(study, before, after, levels, weighted=False))
    both, refused = fits.both(before, after)
    changed[0] = changed[0].assign(note=_notes(changed[0], refused))
    means = changed[0][changed[0].measure == "mean"].set_index("outcome").to_dict("index")
    explained = []
    for estimates in both:
        rows = effect_changes(study, estimates, interviews=after.interviews)
        changed.append(rows.assign(weighted=True))
        total = means[estimates[1].base.outcome.id]
        explained.append(change_explained(study, estimates, total))
    overlap = _overlap(study, before, after)
    table = _adjusted(study, _joined(changed)).assign(overlap=overlap)
    return _placed(table, pair), _placed(_joined(explained), pair)


def _levels(study: Study, wave: Tracked, *, weighted: bool) -> dict[str, Level]:
    if isinstance(wave, WaveAnswers):
        return levels_of(study, wave if weighted else wave.unweighted())
    if isinstance(wave, StreamedAnswers):
        from supertouch.findings.tracking.levels import levels_of_tally

        tally = wave.wave.tally()
        return levels_of_tally(study, wave.wave.layout, tally if weighted else tally.unweighted())
    raise UnsupportedError(f"Levels of wave '{wave.id}' cannot be compared.")


def _level_changes(
    study: Study, before: Tracked, after: Tracked, levels: Levels, *, weighted: bool
) -> pd.DataFrame:
    for wave in (before, after):
        if (wave.id, weighted) not in levels:
            levels[wave.id, weighted] = _levels(study, wave, weighted=weighted)
    sides = (levels[before.id, weighted], levels[after.id, weighted])
    return level_changes(study, before, after, sides).assign(weighted=weighted)


def _notes(changed: pd.DataFrame, refused: Refused) -> list[str]:
    """Say at the mean of an outcome, and at a touchpoint's satisfaction, why there is no effect."""
    sources = {
        "mean": ("outcome", refused.outcomes),
        "satisfaction": ("touchpoint", refused.touchpoints),
    }
    notes = []
    for row in changed.to_dict("records"):
        key, codes = sources.get(row["measure"], ("measure", {}))
        notes.append(codes.get(row[key], ""))
    return notes


def _overlap(study: Study, before: Tracked, after: Tracked) -> float:
    return after.met_again(before) if study.panel else 0.0


def _adjusted(study: Study, table: pd.DataFrame) -> pd.DataFrame:
    if table.empty:
        return table
    columns = {"note": "", "p_value": np.nan, "detectable": np.nan, "n_needed": np.nan}
    table = table.reindex(columns=[*table.columns, *(set(columns) - set(table.columns))])
    table["note"] = table["note"].fillna("")
    families = table.groupby(FAMILY, sort=False, dropna=False)["p_value"]
    table["p_adjusted"] = families.transform(lambda p: adjust(p.to_numpy(float)))
    significant = (table["p_adjusted"] <= study.rule.alpha).astype("boolean")
    table["significant"] = significant.mask(table["p_adjusted"].isna())
    return table


def _placed(table: pd.DataFrame, pair: Pair) -> pd.DataFrame:
    """Put the pair before its rows, once for each reason to compare it."""
    if table.empty:
        return table
    return pd.concat(
        [
            table.assign(wave=pair.wave, against=pair.against, comparison=comparison)
            for comparison in pair.comparisons
        ],
        ignore_index=True,
    )
