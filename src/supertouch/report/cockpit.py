"""Renders the content of a report as one offline page that works in every language at once."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from supertouch.report import palette
from supertouch.report.blocks import Content, Span

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["page"]

VERDICT_TONES = tuple(palette.VERDICTS)


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
    script = _source("cockpit.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return environment.get_template("cockpit.html.j2").render(
        contents=contents,
        style=_source("cockpit.css"),
        script=script,
        script_hash=f"sha256-{digest}",
        drawing=lambda code, name, alt: _inline(drawings[code, name], f"{code}-{name}", alt),
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


def _shown(languages: int, waves: int) -> str:
    rules = [
        f':root:has(#language-{k}:checked) [data-language]:not([data-language="{k}"])'
        for k in range(languages)
    ]
    rules += [
        f':root:has(#wave-{k}:checked) [data-wave]:not([data-wave="{k}"])' for k in range(waves)
    ]
    return ",\n".join(rules) + " { display: none !important; }"


def _inline(svg: str, prefix: str, alt: str) -> str:
    """Return an SVG fit to stand within the page: ids of its own, the page's colours, a text."""
    from markupsafe import Markup, escape

    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL)
    body = re.sub(r'(\bid="|xlink:href="#|url\(#)', rf"\g<1>{prefix}-", body)
    body = re.sub(r"\s*\n\s*", " ", body)
    for colour, name in palette.VARIABLES.items():
        body = body.replace(colour, f"var(--{name})")
    head = body[: body.index(">")]
    box = re.search(r'viewBox="[^"]*"', head)
    label = f'role="img" aria-label="{escape(alt)}"'
    start = f'<svg class="chart" {box.group(0) if box else ""} {label}'
    links = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return Markup(f"{start} {links}{body[len(head) :]}")
