"""Texts and column names as written in a study file become those of its records."""

from __future__ import annotations

from collections.abc import Sequence

from supertouch.study.fields import Spec, Texts
from supertouch.study.model import Columns, Text

__all__ = ["BETWEEN", "columns_of", "text_of", "wordings_of"]

BETWEEN = " / "


def text_of(texts: Texts, languages: tuple[str, ...]) -> Text:
    """Return a text per language; one that is written once holds for all languages."""
    everywhere = texts.by_language.get("")
    return Text(dict.fromkeys(languages, everywhere) if everywhere else dict(texts.by_language))


def wordings_of(
    question: Texts, questions: Sequence[Texts], languages: tuple[str, ...], *, items: int
) -> tuple[Text, tuple[Text, ...]]:
    """Return the wording of all items together, and that of each.

    The items' own wordings are those of ``questions``, or what stands in ``question`` with " / "
    between them; none where they are not as many as there are items in every language.
    """
    if questions:
        each = tuple(text_of(texts, languages) for texts in questions)
        return Text({code: BETWEEN.join(t.within(code) for t in each) for code in languages}), each
    whole = text_of(question, languages)
    if items == 1:
        return whole, (whole,) if any(whole.by_language.values()) else ()
    parts = {
        code: [part.strip() for part in text.split(BETWEEN)]
        for code, text in whole.by_language.items()
    }
    if not parts or any(len(texts) != items or not all(texts) for texts in parts.values()):
        return whole, ()
    return whole, tuple(Text({c: texts[k] for c, texts in parts.items()}) for k in range(items))


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
