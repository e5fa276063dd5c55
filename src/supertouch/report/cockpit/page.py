"""Renders the content of a report as one offline page that works in every language at once."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from supertouch.report import palette
from supertouch.report.blocks import Content, Span
from supertouch.report.figures.layout import FONTS

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["page"]

FONT = f"font-family: {FONTS}; "


def page(contents: Sequence[Content], drawings: Mapping[tuple[str, str], str]) -> str:
    """Return the page.

    Parameters
    ----------
    contents
        The report in each language, the default language first.
    drawings
        SVG of each figure by (language, name).
    """
    environment = _environment()
    drawn = _Drawings(drawings)
    script = _source("cockpit.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return environment.get_template("cockpit.html.j2").render(
        contents=contents,
        style=_source("cockpit.css"),
        script=script,
        script_hash=f"sha256-{digest}",
        drawing=drawn.inline,
        waves=contents[0].waves,
        several_waves=len(contents[0].waves) > 1,
        shown=_shown(len(contents), len(contents[0].waves)),
    )


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("supertouch.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["across"] = _across
    environment.filters["sortable"] = _sortable
    return environment


def _source(name: str) -> str:
    environment = _environment()
    loader = environment.loader
    if loader is None:
        return ""
    return loader.get_source(environment, name)[0]


def _across(value: float, span: Span) -> str:
    width = span.maximum - span.minimum or 1.0
    place = 100 * (value - span.minimum) / width
    return f"{min(max(place, 0.0), 100.0):.2f}"


def _sortable(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.6g}"


def _shown(languages: int, waves: int) -> str:
    rules = [
        f':root:has(#language-{k}:checked) [data-language]:not([data-language="{k}"])'
        for k in range(languages)
    ]
    rules += [
        f':root:has(#wave-{k}:checked) [data-wave]:not([data-wave="{k}"])' for k in range(waves)
    ]
    return ",\n".join(rules) + " { display: none !important; }"


class _Drawings:
    """Makes SVGs fit to stand within one page: ids of their own, the page's colours."""

    def __init__(self, drawings: Mapping[tuple[str, str], str]) -> None:
        self._drawings = drawings
        self._count = 0

    def inline(self, language: str, name: str, alt: str) -> Markup:
        """Return the figure ``name`` as inline SVG that says ``alt`` to a screen reader."""
        self._count += 1
        prefix = f"f{self._count}-"
        svg = self._drawings[language, name]
        body = svg[svg.index("<svg") :]
        for pattern in (r"<metadata>.*?</metadata>", r"<!--.*?-->"):
            body = re.sub(pattern, "", body, flags=re.DOTALL)
        body = re.sub(r'<g id="[^"]*">', "<g>", body)
        body = re.sub(r' transform="rotate\(-?0 [^"]*"', "", body)
        body = body.replace(FONT, "")
        body = re.sub(r'(\bid="|xlink:href="#|url\(#)', rf"\g<1>{prefix}", body)
        body = re.sub(r"<defs>\s*</defs>", "", body)
        body = re.sub(r"\s*\n\s*", " ", re.sub(r">\s+<", "><", body))
        body = re.sub(r"(\.\d{3})\d+", r"\1", body)
        for colour, variable in palette.VARIABLES.items():
            body = body.replace(colour, f"var(--{variable})")
        return Markup(_opening(body[: body.index(">")], alt) + body[body.index(">") :])


def _opening(head: str, alt: str) -> str:
    box = re.search(r'viewBox="[^"]*"', head)
    return (
        f'<svg class="chart" {box.group(0) if box else ""} role="img" aria-label="{escape(alt)}" '
        'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    )
