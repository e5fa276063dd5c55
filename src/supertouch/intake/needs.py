"""The raw columns that a wave needs, and what each is needed for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from supertouch.errors import DataError, Problem
from supertouch.study.model import BRAND_COLUMN, Code, Study

__all__ = [
    "PART",
    "group_columns",
    "item_columns",
    "needed_columns",
    "raw_columns",
    "reject_missing",
]

PART = "{brand}"


def needed_columns(study: Study, wave_id: str) -> dict[str, str]:
    """Return the columns of a wave in the study's order, each with its first use in words.

    Where a file has a column per brand, these are the columns after stacking: names with
    ``{brand}`` and the brand's own column.
    """
    needed: dict[str, str] = {}
    for column, use in (*_design(study, wave_id), *_items(study, wave_id)):
        if column:
            needed.setdefault(column, use)
    return needed


def raw_columns(study: Study, wave_id: str) -> dict[str, str]:
    """Return the columns that a wave's raw file must have, each with its first use in words."""
    needed: dict[str, str] = {}
    for column, use in needed_columns(study, wave_id).items():
        if column == BRAND_COLUMN and study.brands:
            continue
        parts = study.brands if PART in column else study.brands[:0]
        names = [column.replace(PART, brand.column_part) for brand in parts] or [column]
        needed |= {name: needed.get(name, use) for name in names}
    return needed


def item_columns(study: Study, wave_id: str) -> tuple[str, ...]:
    """Return the columns of the items of a wave."""
    return tuple(dict.fromkeys(column for column, _ in _items(study, wave_id) if column))


def _design(study: Study, wave_id: str) -> Iterator[tuple[str | None, str]]:
    yield study.respondent.within(wave_id), "the respondent"
    yield study.brand.within(wave_id), "the brand"
    yield study.weight.within(wave_id), "the weight"
    yield study.cluster.within(wave_id), "the cluster"
    yield study.stratum.within(wave_id), "the stratum"
    if study.status:
        yield study.status.column.within(wave_id), "the customer status"
    for exclusion in study.exclusions:
        yield exclusion.column.within(wave_id), "an exclusion"
    for block in study.blocks:
        yield block.column.within(wave_id), "the blocks of the questionnaire"
    yield study.quality.duration.within(wave_id), "the duration of the interview"
    for pattern in study.quality.implausible:
        for columns, _ in pattern.columns:
            yield columns.within(wave_id), "an implausible pattern"
    yield study.fieldwork.date.within(wave_id), "the day of the interview"
    yield study.mentions.missing.within(wave_id), "the question for missing touchpoints"
    for segment in study.segments:
        yield segment.column.within(wave_id), f"segment '{segment.id}'"


def _items(study: Study, wave_id: str) -> Iterator[tuple[str | None, str]]:
    for outcome in study.outcomes_in(wave_id):
        for item in outcome.items:
            yield item.within(wave_id), f"outcome '{outcome.id}'"
    for touchpoint in study.touchpoints_in(wave_id):
        yield touchpoint.contact.within(wave_id), f"contact with touchpoint '{touchpoint.id}'"
        yield touchpoint.rating.within(wave_id), f"the rating of touchpoint '{touchpoint.id}'"
        yield touchpoint.brand_fit.within(wave_id), f"brand fit of touchpoint '{touchpoint.id}'"


def reject_missing(study: Study, wave_id: str, columns: Sequence[str], source_name: str) -> None:
    """Raise if the raw file lacks a column that the wave needs, naming all of them.

    Raises
    ------
    DataError
        With one problem per missing column, and the nearest name that the file has.
    """
    problems = [
        Problem(
            f"{source_name}, wave '{wave_id}'",
            f"column '{column}'",
            f"is missing; it is needed for {use}.",
            _nearest(column, columns),
        )
        for column, use in needed_columns(study, wave_id).items()
        if column not in columns
    ]
    if problems:
        raise DataError(problems)


def _nearest(column: str, columns: Sequence[str]) -> str:
    folded = {name.casefold(): name for name in reversed(columns)}
    near = get_close_matches(column.casefold(), folded, n=1, cutoff=0.7)
    hint = f"Did you mean '{folded[near[0]]}'? " if near else ""
    return f"{hint}Correct the column's name for this wave in the study file."


def group_columns(study: Study, wave_id: str) -> dict[str, tuple[Code, ...]]:
    """Return columns of segments, status, blocks and brand, with the codes listed for them.

    Columns that hold an item as well are left out: the item's codes say what they mean.
    """
    groups: dict[str, tuple[Code, ...]] = {}
    for segment in study.segments:
        column = segment.column.within(wave_id)
        if column:
            groups[column] = groups.get(column, ()) + tuple(segment.values)
    if study.status and (column := study.status.column.within(wave_id)):
        codes = tuple(code for group in study.status.codes.values() for code in group)
        groups[column] = groups.get(column, ()) + codes
    for block in study.blocks:
        if column := block.column.within(wave_id):
            groups[column] = groups.get(column, ()) + block.values
    if brand := study.brand.within(wave_id):
        groups.setdefault(brand, ())
    items = set(item_columns(study, wave_id))
    return {column: codes for column, codes in groups.items() if column not in items}
