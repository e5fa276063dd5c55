"""The chapters of a page in one language: what stands in it, and what is set aside in packs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from supertouch.report.blocks import ByGroup, ByOutcome, ByWave, Content, Grid, Profile, Section
from supertouch.report.cockpit.cells import cells
from supertouch.report.cockpit.packs import Packs
from supertouch.report.cockpit.texts import cleaned

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["Chapters", "choices_of_groups", "every_block"]

EVERYBODY = ""
INNER = {"by_wave": "waves", "by_group": "groups", "by_outcome": "outcomes"}
WORDS = {"prose", "terms", "code", "headline", *INNER}


def choices_of_groups(content: Content) -> list[tuple[str, str]]:
    """Return (key, label) of the groups that a reader can choose, everybody first; [] for none."""
    others = [(key, label) for key, label in content.groups if key != EVERYBODY]
    everybody = dict(content.groups).get(EVERYBODY, content.words["group_all"])
    return [(EVERYBODY, everybody), *others] if others else []


class Chapters:
    """Renders the blocks of one content, and sets aside what is shown after a choice only.

    The newest wave, everybody and all outcomes stand in the page; another wave, a group of
    respondents within a wave, and what the profiles of touchpoints hold go to packs of their own.

    Parameters
    ----------
    content
        The report in one language.
    number
        Place of its language among those of the page.
    template
        The macros that draw single blocks.
    packs
        Where parts are set aside.
    """

    def __init__(self, content: Content, number: int, *, template: Template, packs: Packs) -> None:
        self._content = content
        self._number = number
        self._packs = packs
        self._waves = [wave for wave, _ in content.waves]
        self._groups = choices_of_groups(content)
        self._outcomes = [outcome for outcome, _ in content.outcomes]
        self._profiles = f"{number}-p"
        tools = {
            "content": content,
            "place": self._place,
            "outcome": self._outcome,
            "later": self._later,
            "set_aside": self._set_aside,
            "set_profile_aside": self._set_profile_aside,
            "profiles_pack": self._profiles,
            "cells": cells,
            "missing_rows": self._missing_rows,
        }
        macros: Any = template.make_module(tools)
        self._draw = macros.block
        self._kinds: Mapping[str, Callable[[Any, str], str]] = {
            "by_wave": self._by_wave,
            "by_group": self._by_group,
            "by_outcome": self._by_outcome,
        }

    def html(self, section: Section) -> Markup:
        """Return the blocks of a section as they stand in the page of this language."""
        return Markup(self._blocks(section.blocks, ""))

    def whole(self, section: Section) -> bool:
        """Return whether a section shows figures of everybody, whichever group is chosen."""
        if not self._groups:
            return False
        kinds = {item.kind for item in every_block(section.blocks)}
        return "by_group" not in kinds and bool(kinds - WORDS)

    def opens_with_picture(self, section: Section) -> bool:
        """Return whether a figure comes first in a section, below its title."""
        inner = (item for item in every_block(section.blocks) if item.kind not in INNER)
        first = next(inner, None)
        return first is not None and first.kind == "picture"

    def _place(self, wave: str) -> int:
        return self._waves.index(wave) if wave in self._waves else -1

    def _later(self, wave: str) -> bool:
        return 0 <= self._place(wave) < len(self._waves) - 1

    def _set_aside(self, wave: str, html: str) -> str:
        return self._packs.set_aside(f"{self._number}-{self._place(wave)}", str(html))

    def _set_profile_aside(self, profile: Profile) -> str:
        return self._packs.set_aside(self._profiles, self._blocks(profile.blocks, ""))

    def _blocks(self, blocks: Sequence[Any], wave: str) -> str:
        return "\n".join(self._block(item, wave) for item in blocks)

    def _block(self, item: Any, wave: str) -> str:  # noqa: ANN401
        kind = self._kinds.get(item.kind)
        return kind(item, wave) if kind else str(self._draw(item))

    def _by_wave(self, item: ByWave, wave: str) -> str:  # noqa: ARG002
        parts = []
        for known, blocks in item.waves:
            place = self._place(known)
            html = self._blocks(blocks, known)
            if self._later(known):
                named = self._set_aside(known, html)
                parts.append(f'<div class="of-wave" data-wave="{place}" id="{named}"></div>')
            else:
                parts.append(f'<div class="of-wave" data-wave="{place}">{html}</div>')
        return "\n".join(parts)

    def _by_group(self, item: ByGroup, wave: str) -> str:
        found = dict(item.groups)
        shown = self._blocks(found.get(EVERYBODY, ()), wave)
        parts = [f'<div class="of-group" data-group="0">{shown}</div>']
        over = self._number if wave == "" else f"{self._number}-{self._place(wave)}"
        for place, (key, label) in enumerate(self._groups[1:], start=1):
            html = self._of_group(found[key], label, wave) if key in found else self._none(label)
            named = self._packs.set_aside(f"{over}-g{place}", html)
            parts.append(f'<div class="of-group" data-group="{place}" id="{named}"></div>')
        return "\n".join(parts)

    def _of_group(self, blocks: Sequence[Any], label: str, wave: str) -> str:
        name = _said('<p class="of">{}</p>', self._content.words["group_of"], group=label)
        return f"{name}\n{self._blocks(blocks, wave)}"

    def _none(self, label: str) -> str:
        text = self._content.words["group_none"]
        return _said('<p class="box tone-warning">{}</p>', text, group=label)

    def _by_outcome(self, item: ByOutcome, wave: str) -> str:
        parts = [
            f'<div class="of-outcome" data-outcome="{self._outcome(outcome)}">'
            f"{self._blocks(blocks, wave)}</div>"
            for outcome, blocks in item.outcomes
        ]
        return "\n".join([*parts, *self._missing({outcome for outcome, _ in item.outcomes})])

    def _missing(self, known: Collection[str]) -> list[str]:
        """Return a sentence for each outcome that is not known, to be shown once it is chosen."""
        return [
            f'<div class="only" data-outcome="{place}">{self._no_outcome(label)}</div>'
            for place, (outcome, label) in enumerate(self._content.outcomes)
            if outcome not in known
        ]

    def _no_outcome(self, label: str) -> str:
        text = self._content.words["outcome_none"]
        return _said('<p class="box tone-warning">{}</p>', text, outcome=label)

    def _missing_rows(self, grid: Grid) -> str:
        outcomes = {row.outcome for row in grid.rows}
        return "" if "" in outcomes or not outcomes else "".join(self._missing(outcomes))

    def _outcome(self, outcome: str) -> int:
        return self._outcomes.index(outcome) if outcome in self._outcomes else -1


def _said(tag: str, text: str, **names: str) -> str:
    for name, label in names.items():
        text = text.replace(f"{{{name}}}", label)
    return str(Markup(tag).format(cleaned(text)))


def every_block(blocks: Sequence[Any]) -> Iterator[Any]:
    """Yield every block, those within waves, groups and outcomes as well."""
    for item in blocks:
        yield item
        for _, inner in getattr(item, INNER[item.kind]) if item.kind in INNER else ():
            yield from every_block(inner)
