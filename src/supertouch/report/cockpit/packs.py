"""Parts of a page that a reader sees only after a choice: compressed, and unpacked then."""

from __future__ import annotations

import base64
import gzip
import json

__all__ = ["Packs"]


class Packs:
    """Holds parts of a page by the choice that shows them.

    Each part has a place in the page (an empty element with an id); the page's script puts the
    part there when its choice is made.
    """

    def __init__(self) -> None:
        self._parts: dict[str, list[tuple[str, str]]] = {}
        self._count = 0

    def set_aside(self, key: str, html: str) -> str:
        """Put ``html`` into the pack ``key`` and return the id of the place that it belongs to."""
        self._count += 1
        place = f"part-{self._count}"
        self._parts.setdefault(key, []).append((place, html))
        return place

    def packed(self) -> list[tuple[str, str]]:
        """Return each pack as (key, text): JSON of (place, html), gzip, base64."""
        return [(key, _packed(parts)) for key, parts in self._parts.items()]


def _packed(parts: list[tuple[str, str]]) -> str:
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode()
