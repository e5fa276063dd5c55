"""Figures within the page: ids of their own, the page's colours, no weight that nobody sees."""

from __future__ import annotations

import re
from collections.abc import Mapping

from markupsafe import Markup, escape

from supertouch.report import palette
from supertouch.report.cockpit.texts import cleaned
from supertouch.report.figures.layout import FONTS

__all__ = ["Drawings"]

FONT = f"font-family: {FONTS}; "
NOISE = (
    (re.compile(r"<metadata>.*?</metadata>", re.DOTALL), ""),
    (re.compile(r"<!--.*?-->", re.DOTALL), ""),
    (re.compile(r"<style[^>]*>.*?</style>", re.DOTALL), ""),
    (re.compile(r'<g id="[^"]*">'), "<g>"),
    (re.compile(r' transform="rotate\(-?0 [^"]*"'), ""),
    (re.compile(r"<defs>\s*</defs>"), ""),
    (re.compile(r">\s+<"), "><"),
    (re.compile(r"\s*\n\s*"), " "),
)
TAG = re.compile(r"<[^>]+>")
DIGITS = re.compile(r"(\.\d{2})\d+")
COLOUR = re.compile("|".join(palette.VARIABLES))
NAMED = re.compile(r'(\bid="|xlink:href="#|url\(#)')


class Drawings:
    """Makes SVGs fit to stand within one page.

    Parameters
    ----------
    drawings
        SVG of each figure by (language, name).
    """

    def __init__(self, drawings: Mapping[tuple[str, str], str]) -> None:
        self._drawings = drawings
        self._count = 0

    def inline(self, language: str, name: str, alt: str) -> Markup:
        """Return the figure ``name`` as inline SVG that says ``alt`` to a screen reader."""
        self._count += 1
        svg = cleaned(self._drawings[language, name])
        body = svg[svg.index("<svg") :]
        for pattern, instead in NOISE:
            body = pattern.sub(instead, body)
        body = TAG.sub(lambda found: _tag(found[0], f"f{self._count}-"), body)
        return Markup(_opening(body[: body.index(">")], alt) + body[body.index(">") :])


def _tag(tag: str, prefix: str) -> str:
    tag = NAMED.sub(rf"\g<1>{prefix}", DIGITS.sub(r"\1", tag.replace(FONT, "")))
    return COLOUR.sub(lambda found: f"var(--{palette.VARIABLES[found[0]]})", tag)


def _opening(head: str, alt: str) -> str:
    box = re.search(r'viewBox="[^"]*"', head)
    return (
        f'<svg class="chart" {box.group(0) if box else ""} role="img" aria-label="'
        f'{escape(cleaned(alt))}" '
        'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    )
