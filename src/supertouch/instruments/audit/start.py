"""The start list: touchpoints that companies usually have, for those who begin with nothing."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

__all__ = ["Start", "start_list"]


@dataclass(frozen=True, slots=True)
class Start:
    """A usual touchpoint: its id, its label by language, and phase, origin, dialogue, channel."""

    id: str
    label: Mapping[str, str]
    attributes: Mapping[str, str]


def start_list() -> tuple[Start, ...]:
    """Return the usual touchpoints in order of time.

    >>> [item.id for item in start_list()][:3]
    ['website', 'social_media', 'advertising']
    """
    file = resources.files("supertouch.instruments.audit") / "start_list.toml"
    found = tomllib.loads(file.read_text("utf-8"))
    return tuple(
        Start(id_, table["label"], {key: table[key] for key in table if key != "label"})
        for id_, table in found.items()
    )
