"""Check brands that have columns of their own, and the blocks of a split questionnaire."""

from __future__ import annotations

from collections.abc import Iterator

from supertouch.errors import Problem
from supertouch.study.checks.columns import PART, expanded
from supertouch.study.checks.draft import Draft
from supertouch.study.checks.items import asked_columns
from supertouch.study.document import found_in
from supertouch.study.fields import Spec
from supertouch.study.wording import Loc, listed, place

__all__ = ["check_blocks", "check_brand_columns"]

_ITEMS = ("columns", "touchpoints", "outcomes", "segments")
_ROWS = (("data", "weight"), ("data", "status"), ("data", "exclude"))


def check_brand_columns(draft: Draft) -> Iterator[Problem]:
    """Find brands that no column stands for, and column names that stand for no brand."""
    document = draft.document
    if draft.broken("brands"):
        return
    if document.brands and document.data.brand != Spec():
        yield draft.problem(
            ("data", "brand"),
            next(iter(document.data.brand.names), None),
            "one column holds the brand of each row, but [brands] says that each brand has "
            "columns of its own.",
            "Keep brand for a file with a row per brand, or [brands] for one with columns per "
            "brand.",
        )
    written = [
        (loc, name) for loc, spec in found_in(document, Spec) for name in spec.names if PART in name
    ]
    if document.brands and not written:
        yield draft.problem(
            ("brands",),
            None,
            "no column's name has {brand}, so that nothing tells the brands apart.",
            'Write {brand} where the brand stands in the name: rating = "R_{id}_{brand}".',
        )
    for loc, name in written:
        yield from _misplaced(draft, loc, name)
    yield from _parts(draft)


def _misplaced(draft: Draft, loc: Loc, name: str) -> Iterator[Problem]:
    if not draft.document.brands:
        yield draft.problem(
            loc,
            name,
            "has {brand}, but the study has no [brands].",
            'Add [brands.ID] with label and part = "…" for each brand.',
        )
    elif loc[0] not in _ITEMS and loc[:2] not in _ROWS:
        yield draft.problem(
            loc,
            name,
            "has {brand}, but is about the respondent, who is one and the same for all brands.",
            "Name one column.",
        )


def _parts(draft: Draft) -> Iterator[Problem]:
    """Find parts that two brands share, and columns that two items would read."""
    first: dict[str, str] = {}
    for brand in draft.study.brands:
        if first.setdefault(brand.column_part, brand.id) != brand.id:
            yield draft.problem(
                ("brands", brand.id, "part"),
                brand.column_part,
                f"brand '{first[brand.column_part]}' has the same columns.",
                "Write what stands for this brand in the names of columns.",
            )
    if len(first) < len(draft.study.brands):
        return
    yield from _clashes(draft)


def _clashes(draft: Draft) -> Iterator[Problem]:
    """Find columns of a brand that another item reads as well."""
    told: set[str] = set()
    for wave in draft.study.waves:
        users: dict[str, tuple[Loc, str]] = {}
        for loc, name in asked_columns(draft, wave.id):
            for column in expanded(draft, name):
                other, theirs = users.setdefault(column, (loc, name))
                if theirs != name and column not in told:
                    told.add(column)
                    user = place("", other).removeprefix(", ")
                    yield draft.problem(
                        loc,
                        name,
                        f"is column '{column}' for one of the brands, which {user} reads as "
                        f"'{theirs}' (wave '{wave.id}').",
                        "Give each item its own columns.",
                    )


def check_blocks(draft: Draft) -> Iterator[Problem]:
    """Find blocks that hold nobody, and touchpoints in them that nobody was asked about."""
    study = draft.study
    for index, block in enumerate(study.blocks):
        at: Loc = ("data", "blocks", index)
        if draft.broken(*at):
            continue
        if not block.values:
            yield draft.problem((*at, "values"), (), "lists no value.", "Write values = [1].")
        waves = [wave.id for wave in study.waves if block.column.within(wave.id)]
        if study.waves and not waves and not any(block.column.by_wave.values()):
            yield draft.problem(
                (*at, "column"),
                None,
                "has no column in any wave.",
                "Name the column that holds the block, or take the block out.",
            )
        for name in dict.fromkeys(block.touchpoints):
            yield from _touchpoint(draft, (*at, "touchpoints"), name, waves)
            if block.touchpoints.count(name) > 1:
                times = block.touchpoints.count(name)
                yield draft.problem(
                    (*at, "touchpoints"), name, f"stands {times} times.", "Name it once."
                )


def _touchpoint(draft: Draft, loc: Loc, name: str, waves: list[str]) -> Iterator[Problem]:
    problem = draft.unknown(loc, name, table="touchpoints")
    if problem is not None:
        yield problem
    elif name in draft.document.touchpoints and not draft.broken("touchpoints", name, "rating"):
        rating = draft.study.touchpoint(name).rating
        if waves and not any(rating.within(wave) for wave in waves):
            yield draft.problem(
                loc,
                name,
                f"has no rating in {listed(waves)}, where the block has a column.",
                "Name its rating column, or take it out of the block.",
            )
