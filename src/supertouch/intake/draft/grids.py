"""Grids of ratings: which readings are of touchpoints, and which are something else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from supertouch.intake.draft.columns import Column, Survey
from supertouch.intake.draft.found import LeftOut
from supertouch.intake.draft.names import item_labels, item_of, stem_of
from supertouch.intake.draft.scales import Reading
from supertouch.intake.draft.words import RATING_FAMILIES, Family, Topic, topics

__all__ = ["Grid", "Sorted", "grids_of", "sort_grids"]

_WHY: Mapping[Family, str] = {
    "rank": "an order of preference, not a rating",
    "importance": "importance, not experience",
    "agreement": "agreement with statements, not ratings of touchpoints",
    "frequency": "how often, not how good",
    "likelihood": "likelihood, not a rating",
    "fit": "fit to the brand, not a rating",
    "": "labels that do not speak of satisfaction or quality",
}
_SELDOM = 0.005
_COMMON = 0.05


@dataclass(frozen=True, slots=True)
class Grid:
    """Columns that are rated on one scale under one stem, with a label for each."""

    stem: str
    columns: tuple[str, ...]
    labels: tuple[str, ...]
    reading: Reading
    labelled: bool

    @property
    def family(self) -> Family:
        """What kind of judgement the grid asks for."""
        return self.reading.family


@dataclass(frozen=True, slots=True)
class Sorted:
    """Grids of touchpoints; overall judgements taken out of them; what was left out."""

    touchpoints: tuple[Grid, ...]
    overall: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    fit: tuple[Grid, ...] = ()


def grids_of(survey: Survey, readings: Mapping[str, Reading]) -> tuple[Grid, ...]:
    """Group readings that share a stem, a scale and a family, in the file's order."""
    groups: dict[tuple[object, ...], list[str]] = {}
    for name in sorted(readings, key=lambda n: survey.columns[n].place):
        reading = readings[name]
        groups.setdefault((stem_of(name), reading.scale, reading.family), []).append(name)
    return tuple(_grid(survey, names, readings) for names in groups.values())


def _grid(survey: Survey, names: Sequence[str], readings: Mapping[str, Reading]) -> Grid:
    wordings = [survey.columns[name].wording for name in names]
    reading = readings[names[0]]
    labels = item_labels(names, wordings)
    return Grid(stem_of(names[0]), tuple(names), tuple(labels), reading, reading.sure)


def sort_grids(
    survey: Survey, grids: Sequence[Grid], readings: Mapping[str, Reading], *, wanted: str = ""
) -> Sorted:
    """Tell grids of touchpoints from importance, agreement, likelihood and overall judgements.

    Labelled grids count when they speak of satisfaction, quality, ease or favour; where none
    does, agreement is taken. ``wanted`` names one stem, or "all".
    """
    families = RATING_FAMILIES
    rated = [grid for grid in grids if _is_rating(grid, families)]
    if not rated:
        rated = [grid for grid in grids if grid.family == "agreement" and len(grid.columns) >= 3]
    left = [_left(grid) for grid in grids if grid not in rated and grid.family != "likelihood"]
    if wanted and wanted != "all":
        left += [
            LeftOut(grid.columns, "another grid was chosen")
            for grid in rated
            if grid.stem != wanted
        ]
        rated = [grid for grid in rated if grid.stem == wanted]
    kept: list[Grid] = []
    overall: list[str] = []
    reach = _has_not_met(survey, rated, readings)
    for grid in rated:
        chosen, judged, out = _cleaned(survey, grid, readings, reach=reach)
        overall += judged
        left += out
        if chosen:
            kept.append(chosen)
    kept, other = _main_scale(survey, kept, readings, reach=reach)
    kept, twins = _without_twins(kept)
    left += other
    left += twins
    fit = tuple(grid for grid in grids if grid.family == "fit")
    return Sorted(tuple(kept), tuple(overall), tuple(left), fit)


def _is_rating(grid: Grid, families: Sequence[Family]) -> bool:
    return grid.family in families or (not grid.labelled and grid.family == "")


def _left(grid: Grid) -> LeftOut:
    return LeftOut(grid.columns, _WHY.get(grid.family, "not a rating"))


def _has_not_met(survey: Survey, grids: Sequence[Grid], readings: Mapping[str, Reading]) -> bool:
    """Tell whether most ratings have a code for "not used" that occurs."""
    names = [name for grid in grids for name in grid.columns]
    often = [_not_met_share(survey.columns[name], readings[name]) >= _COMMON for name in names]
    return bool(often) and sum(often) >= 0.5 * len(often)


def _not_met_share(column: Column, reading: Reading) -> float:
    codes = [code for code, guess in reading.empties.items() if guess.kind == "not_met"]
    return sum(column.counts.get(code, 0) for code in codes if not isinstance(code, str)) / max(
        column.n, 1
    )


def _cleaned(
    survey: Survey, grid: Grid, readings: Mapping[str, Reading], *, reach: bool
) -> tuple[Grid | None, list[str], list[LeftOut]]:
    """Take overall judgements and outcomes out of a grid; doubtful lone columns too."""
    several = len(grid.columns) > 1
    chosen: list[tuple[str, str]] = []
    overall: list[str] = []
    out: list[LeftOut] = []
    for name, label in zip(grid.columns, grid.labels, strict=True):
        column = survey.columns[name]
        about = topics(item_of(name) if several else name, label if several else column.wording)
        outcome = set(about) & _OUTCOMES[several]
        if "overall" in about or outcome:
            overall += [name] if "overall" in about and not outcome else []
        elif "state" in about:
            out.append(LeftOut((name,), "a feeling or an image, not a touchpoint"))
        elif not several and reach and _not_met_share(column, readings[name]) < _SELDOM:
            out.append(LeftOut((name,), "stands alone, and everybody answered: a touchpoint?"))
        else:
            chosen.append((name, label))
    if not chosen:
        return None, overall, out
    names, labels = zip(*chosen, strict=True)
    return Grid(grid.stem, names, labels, grid.reading, grid.labelled), overall, out


_OUTCOMES: Mapping[bool, frozenset[Topic]] = {
    True: frozenset(),
    False: frozenset({"recommendation", "loyalty", "purchase"}),
}


def _main_scale(
    survey: Survey, grids: Sequence[Grid], readings: Mapping[str, Reading], *, reach: bool
) -> tuple[list[Grid], list[LeftOut]]:
    """Leave out unlabelled grids on another scale that everybody answered.

    Where touchpoints have a code for "not used", a grid without it rather holds statements.
    """
    unlabelled = [grid for grid in grids if not grid.labelled]
    if not reach or not unlabelled:
        return list(grids), []
    main = max(unlabelled, key=lambda grid: len(grid.columns)).reading
    ends = main.minimum, main.maximum
    out = [
        grid
        for grid in unlabelled
        if (grid.reading.minimum, grid.reading.maximum) != ends
        and all(_not_met_share(survey.columns[n], readings[n]) < _COMMON for n in grid.columns)
    ]
    why = "another scale, and everybody answered: statements, such as on loyalty?"
    return [grid for grid in grids if grid not in out], [LeftOut(g.columns, why) for g in out]


def _without_twins(grids: Sequence[Grid]) -> tuple[list[Grid], list[LeftOut]]:
    """Keep the first of unlabelled grids whose columns are named alike but for the stem."""
    kept: list[Grid] = []
    out: list[LeftOut] = []
    for grid in grids:
        items = {item_of(name) for name in grid.columns}
        twin = next(
            (
                other
                for other in kept
                if len(items) >= 3
                and len(items & {item_of(name) for name in other.columns}) >= 0.8 * len(items)
                and not grid.labelled
                and not any(item.isdigit() for item in items)
            ),
            None,
        )
        if twin is None:
            kept.append(grid)
        else:
            why = f"the same items as {twin.stem}: importance or fit to the brand?"
            out.append(LeftOut(grid.columns, why))
    return kept, out
