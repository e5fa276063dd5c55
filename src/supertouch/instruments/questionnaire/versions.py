"""The versions of a split questionnaire: who is asked about which touchpoints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from supertouch.errors import Problem, UnsupportedError
from supertouch.instruments.questionnaire.asked import Block, Condition
from supertouch.stats.blocks import BlockPlan, balanced_blocks
from supertouch.study.model import PHASES, Study, Touchpoint
from supertouch.study.wording import plain, toml_value

__all__ = ["Versions", "block_tables", "in_time_order", "versions"]

COLUMN = "BLOCK"


@dataclass(frozen=True, slots=True)
class Versions:
    """The blocks of a wave; ``plan`` is there where they were made here, not in the study file.

    ``known`` tells that another question fills the block's column, so that it is not by chance.
    """

    column: str = ""
    blocks: tuple[Block, ...] = ()
    plan: BlockPlan | None = None
    known: bool = False

    def asking(self, touchpoint: str) -> tuple[Condition, ...]:
        """Return the condition under which ``touchpoint`` is asked; none if it always is."""
        codes = tuple(block.code for block in self.blocks if touchpoint in block.touchpoints)
        return () if len(codes) == len(self.blocks) else (Condition(self.column, codes),)


def in_time_order(study: Study, wave: str) -> tuple[Touchpoint, ...]:
    """Return the touchpoints of a wave along the journey, within a phase as the study has them."""
    held = study.touchpoints_in(wave)
    return tuple(item for phase in PHASES for item in held if item.phase == phase)


def versions(study: Study, wave: str) -> Versions:
    """Return the study's blocks in this wave, or balanced ones where it asks too much at once.

    Raises
    ------
    UnsupportedError
        If the study has blocks in several columns, or asks for a plan that cannot be.
    """
    columns = {name for block in study.blocks if (name := block.column.within(wave))}
    if len(columns) > 1:
        rule = "are several columns; a questionnaire can draw one block for each respondent."
        remedy = "Describe the blocks of this wave by one column."
        place = f"{study.file.name}, [[data.blocks]], wave '{wave}'"
        raise UnsupportedError(Problem(place, ", ".join(sorted(columns)), rule, remedy))
    if columns:
        return _named(study, wave, columns.pop())
    touchpoints = in_time_order(study, wave)
    most = study.questionnaire.most
    if len(touchpoints) <= most:
        return Versions()
    plan = balanced_blocks(len(touchpoints), most, seed=study.seed)
    blocks = tuple(
        Block(str(number), tuple(touchpoints[place].id for place in places))
        for number, places in enumerate(plan.blocks, start=1)
    )
    return Versions(_free_column(study, wave), blocks, plan)


def _named(study: Study, wave: str, column: str) -> Versions:
    """Return a version per code of the block's column; codes that ask the same are one."""
    held = [block for block in study.blocks if block.column.within(wave) == column]
    somewhere = {name for block in held for name in block.touchpoints}
    found: dict[tuple[str, ...], str] = {}
    for code in dict.fromkeys(code for block in held for code in block.values):
        own = {name for block in held if code in block.values for name in block.touchpoints}
        asked = tuple(
            item.id
            for item in in_time_order(study, wave)
            if item.id in own or item.id not in somewhere
        )
        found.setdefault(asked, plain(code))
    blocks = tuple(Block(code, asked) for asked, code in found.items())
    return Versions(column, blocks, known=column in _filled_elsewhere(study, wave))


def _filled_elsewhere(study: Study, wave: str) -> set[str]:
    """Return the columns of questions that respondents answer about themselves."""
    columns = {segment.column.within(wave) for segment in study.segments if segment.values}
    columns |= {study.status.column.within(wave)} if study.status else set()
    return {column for column in columns if column}


def _free_column(study: Study, wave: str) -> str:
    """Return a name for the block's column that the study does not use in this wave."""
    named = _filled_elsewhere(study, wave)
    for item in study.touchpoints_in(wave):
        parts = (item.rating, item.contact, item.brand_fit)
        named |= {part.within(wave) or "" for part in parts}
    folded = {name.casefold() for name in named}
    names = (COLUMN, *(f"{COLUMN}_{number}" for number in range(2, len(folded) + 3)))
    return next(name for name in names if name.casefold() not in folded)


def block_tables(wave: str, column: str, blocks: tuple[Block, ...]) -> str:
    """Return the ``[[data.blocks]]`` that the study file needs to understand the answers."""
    key = wave if wave.replace("_", "").replace("-", "").isalnum() else toml_value(wave)
    tables: list[Mapping[str, str]] = [
        {
            "column": f"{{ {key} = {toml_value(column)} }}",
            "values": f"[{block.code}]",
            "touchpoints": toml_value(block.touchpoints),
        }
        for block in blocks
    ]
    return "\n\n".join(
        "\n".join(["[[data.blocks]]", *(f"{key} = {value}" for key, value in table.items())])
        for table in tables
    )
