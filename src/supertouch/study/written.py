"""Texts and column names as written in a study file become those of its records."""

from __future__ import annotations

from supertouch.study.fields import Spec, Texts
from supertouch.study.model import Columns, Text

__all__ = ["columns_of", "text_of"]


def text_of(texts: Texts, languages: tuple[str, ...]) -> Text:
    """Return a text per language; one that is written once holds for all languages."""
    everywhere = texts.by_language.get("")
    return Text(dict.fromkeys(languages, everywhere) if everywhere else dict(texts.by_language))


def columns_of(spec: Spec, *, pattern: Spec | None = None, item: str = "") -> Columns:
    """Return the column names of an item: its own where it names any, the pattern's elsewhere."""
    default, by_wave = spec.default, dict(spec.by_wave)
    if default is None and pattern is not None:
        default, by_wave = pattern.default, {**pattern.by_wave, **by_wave}
    return Columns(
        _named(default, item), {wave: _named(name, item) for wave, name in by_wave.items()}
    )


def _named(name: str | bool | None, item: str) -> str | None:
    return name.replace("{id}", item or "{id}") if isinstance(name, str) else None
