"""What a numeric cell sorts by is the number that a reader sees, in its unit and direction."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

import report_decision_tables
import report_tables
from supertouch.language import language
from supertouch.report.blocks import Cell, Grid, Profiles, Row, Span
from supertouch.report.cockpit.cells import cells
from supertouch.report.cockpit.chapters import every_block
from supertouch.report.content import content
from supertouch.study.model import Fieldwork, Implausible, Margin, Quality, Text, Weighting

NUMBER = re.compile(r"[−+]?\d[\d.,’\u202f]*")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    found = {}
    for name in ("full", "grades", "proxy", "refused"):
        study, tables = report_tables.variant(name, folder)
        more = report_decision_tables.decision_tables(study, tables)
        pattern = Implausible(Text({"de": "Alter 999", "en": "Aged 999"}), ())
        if name == "full":
            study = replace(
                study,
                quality=Quality(implausible=(pattern,), exclude=("duplicate",)),
                weighting=Weighting((Margin("region", {"1": 0.55, "2": 0.45}),)),
                fieldwork=Fieldwork(target=1500),
            )
            more = report_tables.tables(study) | more
        found[name] = study, tables | more
    return found


def grids(report):
    for section in report.sections:
        for block in every_block(section.blocks):
            parts = [block]
            if isinstance(block, Profiles):
                parts = [part for profile in block.profiles for part in profile.blocks]
            for part in parts:
                if isinstance(part, Grid):
                    yield section.id, part


def numbers(text, words):
    """Return (value, half of its last digit) of every number in a text, shares as such."""
    found = []
    for match in NUMBER.finditer(text):
        plain = match.group().rstrip(".,’").replace(words.thousands, "").replace("−", "-")
        plain = plain.replace(words.decimal, ".")
        digits = len(plain.partition(".")[2])
        percent = 0.01 if "%" in text else 1.0
        found.append((percent * float(plain), percent * 0.5000001 * 10.0**-digits))
    return found


def shown(value, text, words):
    if "<" in text or ">" in text:
        (limit, _) = numbers(text, words)[0]
        return value <= limit if "<" in text else value >= limit
    return any(abs(value - number) <= half + 1e-12 for number, half in numbers(text, words))


def faults(cell: Cell, words) -> list[str]:
    """Say what a numeric cell sorts or draws that its reader does not see."""
    if not any(sign.isdigit() for sign in cell.text):
        return []
    value = cell.sort
    if isinstance(value, (bool, str)) or value is None:
        return [f"sorts by {value!r}"]
    found = [] if shown(value, cell.text, words) else [f"sorts by {value!r}"]
    if isinstance(cell.drawing, Span) and len(numbers(cell.text, words)) == 1:
        said = cell.detail + cell.text[-1:] if cell.detail else ""
        ends = (cell.drawing.low, cell.drawing.high) if said else ()
        found += [f"draws {end!r}" for end in ends if not shown(end, said, words)]
    return found


@pytest.mark.parametrize("name", ["full", "grades", "proxy", "refused"])
@pytest.mark.parametrize("code", ["de", "en"])
def test_a_numeric_cell_sorts_by_what_is_read(made, name, code):
    words = language(code)
    report = content(*made[name], report_tables.MANIFEST, words=words)
    wrong = {}
    seen = 0
    for section, grid in grids(report):
        for row in grid.rows:
            for column, cell in zip(grid.columns, row.cells, strict=True):
                seen += cell.numeric
                if cell.numeric or column.numeric:
                    for fault in faults(cell, words):
                        wrong[section, column.text] = f"{cell.text!r} {cell.detail!r} {fault}"
    assert seen > 500
    assert not wrong, "\n".join(f"{key}: {text}" for key, text in wrong.items())


@pytest.mark.parametrize(("start", "end"), [(1.0, 5.0), (5.0, 1.0)])
def test_an_axis_may_run_from_large_to_small(start, end):
    drawn = Span(2.0, 1.5, 3.0, start, end, reference=2.5)
    html = cells(Row((Cell("a"), Cell("2,0", numeric=True, drawing=drawn))))
    place = {name: float(value) for name, value in re.findall(r"--(\w):(-?[\d.]+)", html)}
    left, right = ((place[name] - place["m"]) / place["w"] for name in "lh")
    assert 0 <= left < (place["v"] - place["m"]) / place["w"] < right <= 1
