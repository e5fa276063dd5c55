"""The columns that a study reads from its raw files, and where it names them."""

from __future__ import annotations

from collections.abc import Iterator

from supertouch.study.checks.draft import Draft
from supertouch.study.checks.items import asked_columns
from supertouch.study.model import Columns, Wave
from supertouch.study.wording import Loc

__all__ = ["PART", "expanded", "named_columns"]

PART = "{brand}"


def expanded(draft: Draft, column: str) -> list[str]:
    """Return the columns of a file that a name stands for: one per brand where it says so."""
    if PART not in column or not draft.study.brands:
        return [column]
    return [column.replace(PART, brand.column_part) for brand in draft.study.brands]


def named_columns(draft: Draft, wave: Wave) -> Iterator[tuple[Loc, str]]:
    """Yield place and name of every column that the study reads in a wave.

    Names that stand for a column per brand have ``{brand}`` in them.
    """
    study = draft.study
    by_row = wave.values or wave.start or wave.end
    keys = ["respondent", "weight", "cluster", "stratum"] + ([] if study.brands else ["brand"])
    columns: list[tuple[Loc, Columns]] = [(("data", key), getattr(study, key)) for key in keys]
    columns += [(("data", "wave"), study.wave_column)] if by_row else []
    columns += [(("data", "status", "column"), study.status.column)] if study.status else []
    columns += [
        (("data", "exclude", index, "column"), exclusion.column)
        for index, exclusion in enumerate(study.exclusions)
    ]
    columns += [
        (("data", "blocks", index, "column"), block.column)
        for index, block in enumerate(study.blocks)
    ]
    columns += [
        (("segments", segment.id, "column"), segment.column)
        for segment in study.segments
        if segment.id in draft.document.segments
    ]
    columns += [(("quality", "duration"), study.quality.duration)]
    columns += [
        (("quality", "implausible", index, "columns", number, "column"), part)
        for index, pattern in enumerate(study.quality.implausible)
        for number, (part, _) in enumerate(pattern.columns)
    ]
    columns += [(("field", "date"), study.fieldwork.date)]
    columns += [(("mentions", "missing"), study.mentions.missing)]
    yield from ((loc, name) for loc, spec in columns if (name := spec.within(wave.id)))
    yield from asked_columns(draft, wave.id)
