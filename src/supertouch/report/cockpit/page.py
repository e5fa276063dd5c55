"""Renders the content of a report as one offline page that works in every language at once."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from supertouch.report.blocks import Content, Simulator
from supertouch.report.cockpit.chapters import Chapters, choices_of_groups, every_block
from supertouch.report.cockpit.drawings import Drawings
from supertouch.report.cockpit.packs import Packs
from supertouch.report.cockpit.texts import cleaned

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["page"]

SCRIPTS = (
    "frame.js",
    "address.js",
    "choices.js",
    "tables.js",
    "downloads.js",
    "reading.js",
    "simulator.js",
    "cockpit.js",
)
STYLES = ("cockpit.css", "simulator.css")


def page(contents: Sequence[Content], drawings: Mapping[tuple[str, str], str]) -> str:
    """Return the page.

    The first language's newest wave stands in it as HTML and can be read by any browser; every
    other part is compressed, and unpacked when a reader chooses it.

    Parameters
    ----------
    contents
        The report in each language, the default language first.
    drawings
        SVG of each figure by (language, name).
    """
    environment = _environment()
    environment.globals["drawing"] = Drawings(drawings).inline
    packs = Packs()
    pages = [_language(contents, number, packs) for number in range(len(contents))]
    script = "\n".join(["(() => {", '"use strict";', *_sources(SCRIPTS), "})();"])
    colours = environment.get_template("colours.css.j2").render()
    style = "\n".join([colours, *_sources(STYLES), _shown(contents[0])])
    return environment.get_template("cockpit.html.j2").render(
        contents=contents,
        pages=pages,
        packs=packs.packed(),
        shared=_shared(contents),
        choices=_choices(contents),
        style=Markup(style),
        style_hash=_hash(style),
        script=Markup(script),
        script_hash=_hash(script),
        newest=len(contents[0].waves) - 1,
    )


def _language(contents: Sequence[Content], number: int, packs: Packs) -> Markup:
    environment = _environment()
    content = contents[number]
    template = environment.get_template("blocks.html.j2")
    chapters = Chapters(content, number, template=template, packs=packs)
    html = environment.get_template("page.html.j2").render(content=content, chapters=chapters)
    place = packs.set_aside(str(number), html) if number else ""
    found = environment.get_template("language.html.j2").render(
        content=content, number=number, place=place, html="" if number else Markup(html)
    )
    return Markup(found)


def _shared(contents: Sequence[Content]) -> dict[str, Markup]:
    found = {}
    for content in contents:
        for section in content.sections:
            for item in every_block(section.blocks):
                if isinstance(item, Simulator) and item.key not in found:
                    text = _json(item.shared).replace("<", "\\u003c")
                    found[item.key] = Markup(text)
    return found


def _choices(contents: Sequence[Content]) -> str:
    return _json(
        [
            {
                "code": content.language,
                "name": content.language_name,
                "title": content.title,
                "waves": content.waves,
                "groups": choices_of_groups(content),
                "outcomes": content.outcomes,
                "words": content.words,
            }
            for content in contents
        ]
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
        finalize=_finalized,
    )
    environment.filters["json"] = _json
    return environment


def _finalized(value: object) -> object:
    return cleaned(value) if type(value) is str else value


def _sources(names: Iterable[str]) -> list[str]:
    environment = _environment()
    loader = environment.loader
    if loader is None:
        return []
    return [loader.get_source(environment, name)[0] for name in names]


def _json(data: object) -> str:
    return json.dumps(_clean(data), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _clean(data: object) -> object:
    if isinstance(data, str):
        return cleaned(data)
    if isinstance(data, Mapping):
        return {key: _clean(value) for key, value in data.items()}
    return [_clean(value) for value in data] if isinstance(data, list | tuple) else data


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _shown(content: Content) -> str:
    sizes = {
        "wave": len(content.waves),
        "group": len(choices_of_groups(content)),
        "outcome": len(content.outcomes),
    }
    rules = [
        f':root[data-shown-{name}="{k}"] [data-{name}]:not([data-{name}="{k}"])'
        for name, size in sizes.items()
        for k in range(size)
    ]
    return ",\n".join([".never", *rules]) + " { display: none !important; }"
