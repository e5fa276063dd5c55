"""Blocks of the report that slides tell again, so that the two cannot disagree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from supertouch.report.blocks import (
    Block,
    ByGroup,
    ByOutcome,
    ByWave,
    Cards,
    Content,
    Grid,
    Headline,
    Plain,
    Prose,
)

__all__ = ["blocks_of", "first", "headline"]

Kind = TypeVar("Kind", Cards, Grid, Headline, Prose)


def blocks_of(content: Content, section: str, wave: str) -> list[Plain]:
    """Return the blocks of a section that are shown for a wave and all respondents."""
    found = (item for item in content.sections if item.id == section)
    return [plain for item in found for block in item.blocks for plain in _opened(block, wave)]


def _opened(block: Block, wave: str) -> Iterator[Plain]:
    """Open blocks that are chosen among: those of the wave, of everybody, of every outcome."""
    chosen: Iterable[Block] | None = None
    if isinstance(block, ByWave):
        chosen = dict(block.waves).get(wave, ())
    elif isinstance(block, ByGroup):
        chosen = dict(block.groups).get("", ())
    elif isinstance(block, ByOutcome):
        chosen = [plain for _, blocks in block.outcomes for plain in blocks]
    else:
        yield block
    for inner in chosen or ():
        yield from _opened(inner, wave)


def first(content: Content, section: str, wave: str, kind: type[Kind]) -> Kind | None:
    """Return the first block of a kind in a section; None where there is none."""
    found = (block for block in blocks_of(content, section, wave) if isinstance(block, kind))
    return next(found, None)


def headline(content: Content, section: str, wave: str) -> str:
    """Return the sentence that a section is to be remembered by; "" where it has none."""
    found = first(content, section, wave, Headline)
    return found.text if found is not None else ""
