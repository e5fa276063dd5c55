"""Pages for the tests in a real browser: made once, with few figures drawn, and the browser."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import hostile_study
import report_decision_tables
import report_tables
from supertouch.language import language
from supertouch.report.blocks import (
    ByGroup,
    ByOutcome,
    ByWave,
    Cell,
    Code,
    Column,
    Content,
    Grid,
    Prose,
    Row,
    Section,
    Span,
    Stack,
)
from supertouch.report.cockpit.page import page
from supertouch.report.content import told
from supertouch.report.evidence import Evidence
from supertouch.report.figures.layout import drawn
from supertouch.report.figures.plans import plans

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
TINY = (
    '<svg viewBox="0 0 40 20"><style>*{fill:none}</style>'
    '<g id="a"><rect id="r" width="40" height="20" style="fill: #ffffff"/>'
    '<text x="2.12345" y="9" style="fill: #1b1f24">1.505 #1b1f24 id="r"</text></g></svg>'
)


def whole_page(study, tables, *, figures: int = 0) -> str:
    """Return the cockpit of a study; ``figures`` of the newest wave are real, the others tiny."""
    contents, drawings = [], {}
    for code in study.languages:
        evidence = Evidence(study, tables, words=language(code))
        planned = plans(evidence)
        newest = [plan for plan in planned if plan.picture.name.endswith(study.waves[-1].id)]
        for plan in planned:
            svg = drawn(plan)[1].decode() if plan in newest[:figures] else TINY
            drawings[code, plan.picture.name] = svg
        pictures = [plan.picture for plan in planned]
        contents.append(told(evidence, report_tables.MANIFEST, pictures=pictures))
    return page(contents, drawings)


def study_page(folder: Path) -> str:
    study = report_tables.study(folder, waves=2, touchpoints=5)
    tables = report_tables.tables(study)
    tables |= report_decision_tables.decision_tables(study, tables)
    return whole_page(study, tables, figures=1)


def hostile_page(folder: Path) -> str:
    return whole_page(*hostile_study.hostile_study(folder, touchpoints=6))


def grades_page(folder: Path) -> str:
    study, tables = report_tables.variant("grades", folder)
    return whole_page(study, tables | report_decision_tables.decision_tables(study, tables))


def numbers_page(folder: Path) -> str:
    """Return a page with one table of numbers that are hard to read."""
    content = replace(_content("de"), groups=(), waves=(("2023", "2023"),))
    return page([replace(content, sections=(Section("all", "Alles", (NUMBERS,)),))], {})


def _number(text, sort=None, detail="", drawing=None) -> Cell:
    return Cell(text, detail, sort=sort, numeric=True, drawing=drawing)


def _row(name, *numbers) -> Row:
    return Row((Cell(name), *numbers, Cell("22 % · 60 % · 18 %", drawing=Stack(0.22, 0.6, 0.18))))


NUMBERS = Grid(
    "Zahlen",
    (
        *(
            Column(name, numeric=True)
            for name in ("Name", "Note", "Punkte", "Anteil", "Klein", "Mehrere", "Groß")
        ),
        Column("enttäuscht · okay · begeistert"),
    ),
    (
        _row(
            "a",
            _number("1,50", 4.5, "1,40 bis 1,60", Span(4.5, 4.4, 4.6, 1, 5)),
            _number("−0,2", -0.00152827),
            _number("45 %", 0.4512, "44 bis 46 %\nn = 1.485", Span(0.4512, 0.4404, 0.4602, 0, 1)),
            _number("< 0,001", 0.00012),
            _number("9 · 2 · 1", 9),
            _number("1.234.567", 1234567),
        ),
        _row(
            "b",
            _number("2,75", 3.25, "2,70 bis 2,80", Span(3.25, 3.2, 3.3, 1, 5)),
            _number("+14,5", 0.144643, "+12,5 bis +16,5"),
            _number("9 %", 0.0912, "8 bis 10 %", Span(0.0912, 0.0804, 0.1002, 0, 1)),
            _number("0,03", 0.0312),
            _number("−14,5 Punkte", -0.144643),
            _number("12", 12),
        ),
    ),
    groups=(("", 1), ("Erlebnis", 2), ("", 5)),
    base="n = 2",
    sortable=True,
)

LABELS = {
    "de": ("Alle", "Region: Nord", "Region: Süd", "Loyalität", "Weiterempfehlung"),
    "en": ("All", "Region: North", "Region: South", "Loyalty", "Recommendation"),
}
GROUPS = ("", "region=1", "region=2")


def chosen_page(folder: Path) -> str:
    """Return a page of few blocks that knows waves, groups and outcomes."""
    return page([_content(code) for code in ("de", "en")], {})


def _content(code: str) -> Content:
    words = language(code)
    labels = LABELS[code]
    waves = tuple((wave, f"{words.say('page.wave')} {wave}") for wave in ("2022", "2023"))
    chapter = ByWave(tuple((wave, (_groups(code, wave),)) for wave, _ in waves))
    plain = Section("whole", "Gesamt", (_grid(code, "2023", "", "whole", rows=20, waves=True),))
    words_only = Section("words", "Worte", (Prose(("Text",)), Code("study.toml", "[a]\nb = 1")))
    named = replace(_grid(code, "2023", "", "part"), caption="Qualität und Größe")
    part = Section("part", "Teil", (ByOutcome((("loyalty", (named,)),)),))
    return Content(
        language=code,
        language_name=words.say("language.name"),
        title=f"Page {code}",
        company="",
        subtitle="sub",
        made="made",
        waves=waves,
        sections=(Section("choice", "Wahl", (chapter,)), plain, part, words_only),
        words=words.group("page") | {"decimal": words.decimal, "thousands": words.thousands},
        groups=tuple(zip(GROUPS, labels[:3], strict=True)),
        outcomes=tuple(zip(("loyalty", "nps"), labels[3:], strict=True)),
    )


def _groups(code: str, wave: str) -> ByGroup:
    known = GROUPS if wave == "2023" else GROUPS[:2]
    return ByGroup(
        tuple(
            (
                key,
                (
                    ByOutcome(
                        tuple((o, (_grid(code, wave, key, o),)) for o in ("loyalty", "nps")),
                    ),
                ),
            )
            for key in known
        )
    )


def _grid(code, wave, group, outcome, *, rows=3, waves=False) -> Grid:
    words = language(code)
    values = [1234.5, -0.25, 7.0, *range(20)][:rows]
    found = tuple(
        Row(
            (
                Cell(f"{'=1+1' if k == 0 else 'Zeile'} {k}, \"{group}\""),
                Cell(words.number(value, 1), "detail", sort=value, numeric=True,
                     drawing=Span(value, value - 1, value + 1, -5, 2000)),
                Cell(words.number(value, 1), numeric=True),
            )
        )
        for k, value in enumerate(values)
    )  # fmt: skip
    if waves:
        found += tuple(replace(row, wave="2022") for row in found[:2])
    columns = (Column("Name"), Column("Wert", numeric=True), Column("Zahl", numeric=True))
    caption = f"{code} {wave} {group or 'alle'} {outcome}"
    return Grid(caption, columns, found, base=f"n = 100, {caption}", sortable=True)


@dataclass
class Watched:
    """An open page, what it said to the console and what it asked of the network."""

    page: object
    console: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def problems(self) -> list[str]:
        return self.console + self.requests


@contextmanager
def opened(browser, path: Path, *, address: str = "", **context):
    """Open a page, ready for use, and fail if it says or asks for anything that it should not."""
    options = {"locale": "de-DE", "viewport": {"width": 1300, "height": 900}} | context
    where = browser.new_context(**options)
    where.grant_permissions(["clipboard-read", "clipboard-write"])
    tab = where.new_page()
    seen = Watched(tab)
    tab.on("console", lambda message: seen.console.append(message.text))
    tab.on("pageerror", lambda error: seen.console.append(str(error)))
    tab.on("request", lambda request: seen.requests.append(request.url))
    tab.goto(f"file://{path}{address}")
    if options.get("java_script_enabled", True):
        tab.wait_for_selector("html.ready", state="attached")
    seen.requests = [url for url in seen.requests if not url.startswith(f"file://{path}")]
    try:
        yield tab
        own = ("data:", "blob:", f"file://{path}")
        asked = [url[:200] for url in seen.requests if not url.startswith(own)]
        assert seen.console + asked == []
    finally:
        where.close()
