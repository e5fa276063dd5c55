"""Reads a report's content as a reader sees it: one wave, one group, every outcome."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from supertouch.report.blocks import Block, ByGroup, ByOutcome, ByWave, Content, Plain


def section_blocks(
    report: Content, section: str, wave: int = -1, group: str = ""
) -> Iterator[Plain]:
    """Yield the plain blocks of a section in the order of the page."""
    found = next(item for item in report.sections if item.id == section)
    yield from flat(found.blocks, wave=wave, group=group)


def flat(blocks: Iterable[Block], *, wave: int = -1, group: str = "") -> Iterator[Plain]:
    """Yield plain blocks: of one wave and one group, of every outcome."""
    for block in blocks:
        if isinstance(block, ByWave):
            yield from flat(block.waves[wave][1], wave=wave, group=group)
        elif isinstance(block, ByGroup):
            yield from flat(dict(block.groups)[group], wave=wave, group=group)
        elif isinstance(block, ByOutcome):
            for _, parts in block.outcomes:
                yield from parts
        else:
            yield block
