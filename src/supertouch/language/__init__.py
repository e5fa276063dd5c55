"""Words and number formats per language and region; the words stand in ``languages/``, as data."""

from __future__ import annotations

from supertouch.language.catalogue import available, language, speaks, spoken
from supertouch.language.words import Language

__all__ = ["Language", "available", "language", "speaks", "spoken"]
