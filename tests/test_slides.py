"""The deck: titles from the numbers, native charts that are right twice, nothing cut or covered."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import fields, is_dataclass, replace
from functools import cache
from itertools import combinations
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pptx
import pytest
from pptx.oxml.ns import qn

from hostile_study import hostile_study
from report_decision_tables import decision_tables
from report_tables import MANIFEST, study, tables, variant
from supertouch.errors import OutputError, StudyError
from supertouch.language import language
from supertouch.report.blocks import Chart, Headline, Series, Simulator
from supertouch.report.content import content
from supertouch.report.evidence import Evidence
from supertouch.report.labels import text_width
from supertouch.report.native import native_charts
from supertouch.report.native.ends import ends_of
from supertouch.report.sections.budgets import budget_line, frontier
from supertouch.report.slides import write_slides
from supertouch.report.slides.charts import scatter_frame
from supertouch.report.slides.drawing import TITLE_SIZES, leading, told
from supertouch.report.slides.finding import blocks_of, first
from supertouch.report.slides.names import named
from supertouch.report.slides.points import placed
from supertouch.report.slides.template import Area
from supertouch.report.slides.texts import height_of, plain
from supertouch.report.slides.titles import (
    bands_title,
    course_title,
    groups_title,
    importance_title,
    moved_title,
    parts_title,
    phases_title,
    reach_impact_title,
)
from supertouch.study import load_study

LAID_OUT = ("full", "proxy", "recommendation_only", "refused", "one_wave", "hundred", "grades")
POINT = 12700
EXAMPLES = Path(__file__).parents[1] / "examples"


def told_in(made, found, code="de"):
    words = language(code)
    evidence = Evidence(made, found, words=words)
    return evidence, content(made, found, MANIFEST, words=words)


def written(made, found, path, code="de"):
    evidence, report = told_in(made, found, code)
    write_slides(evidence, report, path=path)
    return pptx.Presentation(path)


@pytest.fixture(scope="module")
def decks(tmp_path_factory):
    """Return a function from a situation and a language to its deck, written once."""

    @cache
    def deck(name, code="de"):
        folder = tmp_path_factory.mktemp(name)
        return written(*variant(name, folder), folder / "slides.pptx", code)

    return deck


def charts_of(deck):
    return [
        (slide, shape.chart) for slide in deck.slides for shape in slide.shapes if shape.has_chart
    ]


def box(shape):
    left, top = shape.left, shape.top
    return left, top, left + shape.width, top + shape.height


def is_foot(shape):
    return shape.is_placeholder and shape.placeholder_format.idx != 0


@pytest.mark.parametrize("name", LAID_OUT)
def test_nothing_is_cut_or_covered(name, decks):
    deck = decks(name, "en" if name == "proxy" else "de")
    assert len(deck.slides) >= 4
    for slide in deck.slides:
        assert slide.shapes.title.text_frame.text.strip()
        for shape in slide.shapes:
            left, top, right, bottom = box(shape)
            assert min(left, top) >= 0
            assert right <= deck.slide_width
            assert bottom <= deck.slide_height
            if shape.has_text_frame and not is_foot(shape):
                fits(shape)
        for one, other in combinations(slide.shapes, 2):
            a, b = box(one), box(other)
            apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
            assert apart, (slide.shapes.title.text_frame.text, one.name, other.name)


def fits(shape):
    paragraphs = [item for item in shape.text_frame.paragraphs if item.text]
    if not paragraphs:
        return
    size = max(run.font.size.pt for item in paragraphs for run in item.runs)
    high = height_of([item.text for item in paragraphs], points=shape.width / POINT - 14, size=size)
    assert size >= 8
    assert high <= shape.height / POINT, shape.text_frame.text


@pytest.mark.parametrize("code", ["de", "en"])
def test_notes_say_base_weight_test_and_method(code, decks):
    deck = decks("full" if code == "de" else "proxy", code)
    words = language(code)
    _, *slides = deck.slides
    assert len(slides) > 12
    for slide in slides:
        notes = slide.notes_slide.notes_text_frame.text
        assert "n = " in notes
        for lead in ("base", "weight", "test", "method"):
            line = words.say("slides.note", lead=words.say(f"slides.lead_{lead}"), text="")
            assert re.search(rf"^{line.strip()} \S", notes, re.MULTILINE), (line, notes)


def test_titles_are_the_sentences_of_the_report(tmp_path, decks):
    made, found = variant("full", tmp_path)
    _, report = told_in(made, found)
    deck = decks("full")
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    wave = made.waves[-1].id
    for section in ("answer", "targets"):
        headline = first(report, section, wave, Headline)
        assert plain(headline.text) in titles
    assert len(set(titles)) == len(titles)


def numbers_of(element, sheet):
    """Return (cached, in the workbook) of every reference in an element of a chart."""
    for reference in element.iter(qn("c:numRef"), qn("c:strRef")):
        place = reference.find(qn("c:f")).text.replace("$", "").split("!")[1]
        cells = [cell for row in sheet[place] for cell in row] if ":" in place else [sheet[place]]
        cached = {int(point.get("idx")): point.find(qn("c:v")).text
                  for point in reference.iter(qn("c:pt"))}  # fmt: skip
        count = int(next(reference.iter(qn("c:ptCount"))).get("val"))
        assert count == len(cells)
        yield place, [cached.get(k) for k in range(count)], [cell.value for cell in cells]


@pytest.mark.parametrize("name", ["full", "grades", "hundred"])
def test_cached_values_are_those_of_the_workbook(name, decks):
    every = charts_of(decks(name))
    assert len(every) >= 8
    bars = 0
    for _, chart in every:
        book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
        sheet = book.worksheets[0]
        references = list(numbers_of(chart._chartSpace, sheet))
        bars += sum(1 for _ in chart._chartSpace.iter(qn("c:errBars")))
        assert len(references) >= 3
        for place, cached, cells in references:
            for one, other in zip(cached, cells, strict=True):
                if isinstance(other, (int, float)):
                    assert float(one) == pytest.approx(other, abs=1e-12), place
                else:
                    assert one == other, place
    assert bars >= 6


def test_charts_show_the_numbers_of_the_tables(tmp_path):
    made, found = variant("full", tmp_path)
    evidence, _ = told_in(made, found)
    wave = made.waves[-1]
    charts = {chart.name: chart for chart in native_charts(evidence, wave)}
    importance = charts[f"importance_{wave.id}_loyalty"]
    table = found["importance"].query(
        "wave == @wave.id and segment == '' and outcome == 'loyalty' and method == 'lmg' "
        "and component == 'experience'"
    ).sort_values("rank")  # fmt: skip
    (series,) = importance.series
    assert list(series.values) == pytest.approx(list(table.share))
    assert list(series.low) == pytest.approx(list(table.share_low))
    assert importance.reference == pytest.approx(1 / len(table))
    stacked = charts[f"bands_{wave.id}"]
    for parts in zip(*(one.values for one in stacked.series), strict=True):
        assert sum(parts) == pytest.approx(1.0)


@pytest.mark.parametrize("name", LAID_OUT)
def test_every_series_is_as_long_as_the_categories(name, tmp_path):
    made, found = variant(name, tmp_path)
    evidence, _ = told_in(made, found, "en")
    for wave in evidence.waves:
        charts = native_charts(evidence, wave)
        assert charts
        assert len({chart.name for chart in charts}) == len(charts)
        for chart in charts:
            assert all((chart.base, chart.alt, chart.title))
            for series in chart.series:
                for values in (series.low, series.high, series.x, series.tones):
                    assert not values or len(values) == len(chart.categories) == len(series.values)
                if series.low:
                    for low, value, high in zip(
                        series.low, series.values, series.high, strict=True
                    ):
                        if None not in (low, value, high):
                            assert low <= value <= high


def test_grades_are_told_as_they_were_given(tmp_path):
    made, found = variant("grades", tmp_path)
    found = found | {"portfolio": portfolio_rows(made, found)}
    evidence, _ = told_in(made, found)
    wave = made.waves[-1]
    chart = next(c for c in native_charts(evidence, wave) if c.name == f"portfolio_{wave.id}")
    assert chart.x_turned
    row = found["portfolio"].query("wave == @wave.id").iloc[0]
    label = evidence.item_label(row.touchpoint)
    at = chart.categories.index(label)
    (x,) = [series.x[at] for series in chart.series if series.x[at] is not None]
    assert x == pytest.approx(7 - row.satisfaction)


def portfolio_rows(made, found):
    return decision_tables(made, found)["portfolio"]


def test_names_beside_points_cover_nothing(tmp_path):
    made, found = variant("hundred", tmp_path)
    evidence, _ = told_in(made, found)
    chart = native_charts(evidence, made.waves[-1])[0]
    assert chart.form == "scatter"
    assert len(chart.categories) > 90
    area = Area(0.0, 0.0, 880.0, 360.0)
    frame = scatter_frame(chart, area)
    names = placed(chart, frame)
    assert 5 < len(names) < len(chart.categories)
    boxes = [name.box for name in names]
    for a, b in combinations(boxes, 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
    supers = {k for k, series in enumerate(chart.series) if series.tone == "super"}
    named = {name.point for name in names if name.series in supers}
    assert named == {k for s in supers for k, v in enumerate(chart.series[s].values)
                     if v is not None}  # fmt: skip


def test_the_one_to_drop_is_named_before_those_to_neglect():
    series = (
        Series("drop", (0.010, None, None), x=(0.50, None, None), tone="drop"),
        Series("neglect", (None, 0.011, 0.5), x=(None, 0.60, 0.9), tone="neglect"),
    )
    names = ("Advertising (posters, ads, spots)", "Forum", "Shop")
    chart = Chart("p", "scatter", "t", names, series, x_number="percent", number="percent")
    found = placed(chart, scatter_frame(chart, Area(0.0, 0.0, 420.0, 300.0)))
    texts = {name.point: name.text for name in found}
    assert texts[0].startswith("Advert")


def test_texts_that_mean_harm_stay_texts(tmp_path):
    made, found = hostile_study(tmp_path)
    path = tmp_path / "slides.pptx"
    deck = written(made, found, path)
    names = {plain(item.label.within("de")) for item in made.touchpoints}
    said = "".join(slide.notes_slide.notes_text_frame.text for slide in deck.slides)
    assert any(name in said for name in names if name.startswith("="))
    with ZipFile(path) as package:
        for item in package.namelist():
            text = package.read(item)
            assert b"<script>" not in text or item.endswith(".xlsx")
            assert not re.search(rb"_x00(0[0-8BCEF]|1[0-9A-F])_", text) or item.endswith(".xlsx")
            if item.endswith(".rels"):
                assert b'TargetMode="External"' not in text
    checked = 0
    for _, chart in charts_of(deck):
        book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
        for row in book.worksheets[0].iter_rows():
            for cell in row:
                checked += 1
                assert cell.data_type != "f"
                assert cell.hyperlink is None
    assert checked > 500


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory):
    """Return a function that writes the slides of one study upon a template, beside it."""
    made, found = variant("one_wave", tmp_path_factory.mktemp("laid_out"))
    _, report = told_in(made, found)

    def deck(template):
        own = replace(made, reporting=replace(made.reporting, template=template))
        evidence = Evidence(own, found, words=language("de"))
        path = write_slides(evidence, report, path=template.with_name("slides.pptx"))
        return made, report, pptx.Presentation(path)

    return deck


@pytest.fixture
def agency(tmp_path):
    """A file of an agency's: 4:3, with two old slides and layouts of its own names."""
    deck = pptx.Presentation()
    for layout in (0, 1):
        deck.slides.add_slide(deck.slide_layouts[layout]).shapes.title.text = "Old slide"
    for layout in deck.slide_layouts:
        layout.name = f"Agency {layout.name}"
    deck.save(tmp_path / "house.pptx")
    return tmp_path / "house.pptx"


def test_the_layout_of_an_agency_is_taken(agency, tmp_path, laid_out):
    _, _, deck = laid_out(agency)
    assert (deck.slide_width, deck.slide_height) == (9144000, 6858000)
    assert all(slide.slide_layout.name.startswith("Agency") for slide in deck.slides)
    assert deck.slides[0].slide_layout.name == "Agency Title Slide"
    with ZipFile(tmp_path / "slides.pptx") as package:
        slides = [name for name in package.namelist() if re.match(r"ppt/slides/slide\d+", name)]
        assert len(slides) == len(deck.slides)
        assert not any(b"Old slide" in package.read(name) for name in slides)


def rebuilt(source, path, change):
    """Write a package anew; ``change`` returns what a part becomes, or None to leave it out."""
    with ZipFile(source) as old, ZipFile(path, "w") as new:
        for item in old.namelist():
            data = change(item, old.read(item))
            if data is not None:
                new.writestr(item, data)


BROKEN = {
    "layout_cut": lambda item, data: data[:-50] if item.endswith("slideLayout6.xml") else data,
    "layout_gone": lambda item, data: None if item.endswith("slideLayout6.xml") else data,
    "master_gone": lambda item, data: None if item.endswith("slideMaster1.xml") else data,
    "list_cut": lambda item, data: data[:-50] if item == "ppt/presentation.xml" else data,
}
NAMED_WRONG = {
    "missing": "cannot be read",
    "not_powerpoint": "not a PowerPoint file",
    "no_room": "no layout",
    "too_small": "no layout",
    "password": "protected with a password",
} | dict.fromkeys(BROKEN, "damaged")


@pytest.mark.parametrize("kind", NAMED_WRONG)
def test_a_file_that_is_no_template_is_named(kind, tmp_path, laid_out):
    path = tmp_path / "house.pptx"
    deck = pptx.Presentation()
    if kind == "not_powerpoint":
        path.write_text("no zip at all")
    if kind == "password":
        path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4096))
    if kind == "no_room":
        for layout in list(deck.slide_layouts):
            if layout.name != "Blank":
                deck.slide_layouts.remove(layout)
        deck.save(path)
    if kind == "too_small":
        deck.slide_width, deck.slide_height = 300 * POINT, 200 * POINT
        deck.save(path)
    if kind in BROKEN:
        deck.save(tmp_path / "whole.pptx")
        rebuilt(tmp_path / "whole.pptx", path, BROKEN[kind])
    with pytest.raises(OutputError, match=rf"house\.pptx.*{NAMED_WRONG[kind]}"):
        laid_out(path)
    assert not path.with_name("slides.pptx").exists()


@pytest.mark.parametrize("kind", ["no_cover", "upright", "picture_first", "potx"])
def test_templates_that_are_not_as_ours(kind, tmp_path, laid_out):
    deck = pptx.Presentation()
    path = tmp_path / ("house.potx" if kind == "potx" else "house.pptx")
    if kind == "no_cover":
        for layout in list(deck.slide_layouts):
            if layout.name not in ("Title Only", "Title and Content"):
                deck.slide_layouts.remove(layout)
    if kind == "upright":
        deck.slide_width, deck.slide_height = 540 * POINT, 960 * POINT
    if kind == "picture_first":
        cover = deck.slide_layouts.get_by_name("Title Slide")
        cover.placeholders[0]._element.addprevious(
            deepcopy(
                deck.slide_layouts.get_by_name("Picture with Caption").placeholders[1]._element
            )
        )
    own = deck.core_properties
    own.comments, own.keywords, own.category, own.author = ("left over",) * 4
    deck.save(path)
    if kind == "potx":
        main = b"presentationml.presentation.main+xml", b"presentationml.template.main+xml"
        path.rename(tmp_path / "whole.pptx")
        rebuilt(tmp_path / "whole.pptx", path, lambda _, data: data.replace(*main))
    made, report, done = laid_out(path)
    cover = " ".join(
        shape.text_frame.text for shape in done.slides[0].shapes if shape.has_text_frame
    )
    for text in (report.title, report.company, made.waves[-1].label.within("de"), report.made):
        assert text in cover
    for slide in done.slides:
        for shape in slide.shapes:
            left, top, right, bottom = box(shape)
            assert min(left, top) >= 0
            assert right <= done.slide_width + POINT
            assert bottom <= done.slide_height + POINT
    with ZipFile(tmp_path / "slides.pptx") as package:
        assert not any(b"left over" in package.read(name) for name in package.namelist())
        assert "docProps/app.xml" not in package.namelist()
    numbers_are_whole(done)


def numbers_are_whole(deck):
    """Hold that tables may cut texts, but never a number."""
    for slide in deck.slides:
        for table in [shape.table for shape in slide.shapes if shape.has_table]:
            for row in list(table.rows)[1:]:
                for cell in row.cells:
                    text = cell.text_frame.text
                    assert not (re.match(r"[<>+−\d]", text) and "…" in text), text


@pytest.mark.parametrize(
    ("name", "fault"),
    [("a\\u0000b.pptx", "no file name can hold"), ("house.ppt", r"no \.pptx or \.potx file")],
)
def test_names_of_templates_that_cannot_be(name, fault, tmp_path):
    text = (EXAMPLES / "sfo" / "study.toml").read_text(encoding="utf-8")
    path = tmp_path / "study.toml"
    path.write_text(f'{text}\n[report]\ntemplate = "{name}"\n', encoding="utf-8")
    with pytest.raises(StudyError, match=fault):
        load_study(path)
    path.write_text(f'{text}\n[report]\ntemplate = "house.potx"\n', encoding="utf-8")
    assert load_study(path).reporting.template == tmp_path / "house.potx"


def altered(made, found, name, **columns):
    table = found[name].copy()
    for column, value in columns.items():
        table[column] = value
    return Evidence(made, found | {name: table}, words=language("en"))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ("rank", r"^Customer loyalty: “[^”]+” leads \(\d+%\)\.$"),
        ("first", r"^Customer loyalty: “.*” and \d+ more lead, level"),
    ],
)
def test_the_title_on_importance_knows_ties(changed, expected, tmp_path):
    made = study(tmp_path, waves=1)
    found = tables(made)
    ranks = found["importance"]["rank"] if changed == "rank" else 1
    evidence = altered(made, found, "importance", rank_low=ranks)
    title = importance_title(evidence, made.waves[0], [made.outcomes[0]])
    assert re.search(expected, title), title


def test_titles_say_when_nothing_is_certain(tmp_path):
    made = study(tmp_path, waves=1)
    found = tables(made)
    wave, outcome = made.waves[0], made.outcomes[0]
    unsure = altered(made, found, "importance", p_adjusted=0.4)
    assert "no single experience" in reach_impact_title(unsure, wave, outcome)
    sure = altered(made, found, "importance", p_adjusted=0.001)
    assert "goes most closely with" in reach_impact_title(sure, wave, outcome)
    level = altered(made, found, "phases", share=0.33, share_low=0.2, share_high=0.5)
    assert "but not significantly" in phases_title(level, wave, [outcome])
    best = found["phases"].phase == "during"
    apart = altered(made, found, "phases", share=0.2 + 0.5 * best, share_low=0.1 + 0.5 * best,
                    share_high=0.3 + 0.5 * best)  # fmt: skip
    assert "contributes most (70%)" in phases_title(apart, wave, [outcome])


@pytest.mark.parametrize(
    ("tones", "expected"),
    [
        (("undecided", "undecided"), "has not changed significantly"),
        (("super", "undecided"), "more satisfied with “Shop”."),
        (("undecided", "drop"), "less satisfied with “Fair”."),
        (
            ("super", "drop"),
            "more satisfied with “Shop”; Customers are demonstrably less satisfied with “Fair”.",
        ),
    ],
)
def test_the_title_on_changes_names_what_is_certain(tones, expected, tmp_path):
    made = study(tmp_path, waves=1)
    evidence = Evidence(made, tables(made), words=language("en"))
    chart = Chart("changes_x", "bar", "Change", ("Shop", "Fair"),
                  (Series("Change", (0.4, -0.3), tones=tones),), reference=0.0)  # fmt: skip
    assert expected in moved_title(evidence, chart)
    named = [tone for tone in tones if tone != "undecided"]
    said = {0: "no single part", 1: "only ", 2: "are significant"}[len(named)]
    assert said in parts_title(evidence, chart)


@pytest.fixture(scope="module")
def decided(tmp_path_factory):
    """Return a study with every table of decisions: its evidence, its report and its deck."""
    folder = tmp_path_factory.mktemp("decided")
    made, found = variant("full", folder)
    found = found | decision_tables(made, found)
    evidence, report = told_in(made, found)
    path = write_slides(evidence, report, path=folder / "slides.pptx")
    return evidence, report, pptx.Presentation(path)


def texts_of(block):
    """Return every text within a block, however deep."""
    if isinstance(block, str):
        return {plain(block)}
    if isinstance(block, Mapping):
        return texts_of(list(block.values()))
    if isinstance(block, (list, tuple)):
        return {text for each in block for text in texts_of(each)}
    return {text for field in fields(block) for text in texts_of(getattr(block, field.name))} if (
        is_dataclass(block)) else set()  # fmt: skip


def test_the_budget_has_its_own_title(decided):
    evidence, report, deck = decided
    wave = evidence.waves[-1]
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    line = plain(budget_line(evidence, frontier(evidence, wave)))
    assert any(line.startswith(title.rstrip(" …")) for title in titles)
    blocks = blocks_of(report, "whatif", wave.id)
    place = next((k for k, block in enumerate(blocks) if isinstance(block, Simulator)), None)
    spoken = texts_of(blocks[place]) | texts_of(blocks[place - 1]) if place is not None else set()
    assert not spoken & set(titles)


def test_complaints_are_sorted_by_what_is_drawn_and_weighted_as_told(decided):
    evidence, _, deck = decided
    wave = evidence.waves[-1]
    chart = next(c for c in native_charts(evidence, wave) if c.name == f"incidents_{wave.id}")
    critical, often = chart.series
    known = [value for value in critical.values if value is not None]
    assert known == sorted(known, reverse=True)
    assert not critical.low
    assert often.low
    slide = next(slide for slide, drawn in charts_of(deck)
                 if drawn.plots[0].series[0].name == plain(critical.name))  # fmt: skip
    notes = slide.notes_slide.notes_text_frame.text
    assert re.search(r"^Gewichtung: Erwähnungen ungewichtet", notes, re.MULTILINE)


def test_what_a_budget_buys_is_marked_in_one_order(decided):
    evidence, _, _ = decided
    wave = evidence.waves[-1]
    drawn = [c for c in native_charts(evidence, wave) if c.name.startswith("whatif_")]
    assert len(drawn) > 1
    chosen = next(row for row in frontier(evidence, wave) if row["chosen"])
    for chart in drawn:
        assert sum(name.startswith("✓ ") for name in chart.categories) <= chosen["n_measures"]
        assert chart.categories == drawn[0].categories
        assert "✓ =" in chart.base


def test_the_journey_and_the_groups_are_told_from_the_tables(decks, tmp_path):
    made, found = variant("full", tmp_path)
    evidence, _ = told_in(made, found)
    wave = made.waves[-1]
    charts = {chart.name: chart for chart in native_charts(evidence, wave)}
    journey = [chart for name, chart in charts.items() if name.startswith("journey_")]
    supers = {evidence.item_label(str(row["touchpoint"]))
              for row in evidence.rows("supertouchpoints", wave.id)
              if row["verdict"] == "super"}  # fmt: skip
    starred = {name.removeprefix("★ ") for c in journey for name in c.categories if name[0] == "★"}
    assert starred == supers
    assert sum(len(chart.categories) for chart in journey) == len(evidence.touchpoints(wave.id))
    labels = {evidence.item_label(item.id): item.id for item in made.touchpoints}
    for chart in journey:
        reach, disappointed = chart.series
        for k, name in enumerate(chart.categories):
            row = evidence.row("performance", wave.id, labels[name.removeprefix("★ ")])
            assert disappointed.values[k] == pytest.approx(row["disappointed"])
            asked = evidence.contact_asked(row["touchpoint"], wave.id)
            assert reach.values[k] == (pytest.approx(row["reach"]) if asked else None)
    drawn = {slide.slide_id for slide, chart in charts_of(decks("full"))
             if "★" in "".join(chart.plots[0].categories)}  # fmt: skip
    assert len(drawn) == 1
    assert any(name.startswith("segments_") for name in charts) == any(
        row["metric"] in ("nps", "level") and not row["other_segment"]
        for row in evidence.every("comparison", wave.id)
    )


def about(evidence, wave, kind):
    """Return the charts of a kind by what they are about."""
    start = f"{kind}_{wave.id}_"
    return {chart.name.removeprefix(start): chart for chart in native_charts(evidence, wave)
            if chart.name.startswith(start)}  # fmt: skip


@pytest.mark.parametrize(("p_value", "expected"), [(0.001, "higher for “"), (0.5, "No group")])
def test_the_title_on_groups_names_what_is_certain(p_value, expected, tmp_path):
    made, found = variant("full", tmp_path)
    wave = made.waves[-1]
    rows = found["comparison"]
    table = rows[rows.metric.isin(["nps", "level"]) & (rows.other_segment == "")].copy()
    assert len(table)
    table["difference"], table["p_adjusted"] = 0.4, p_value
    evidence = Evidence(made, found | {"comparison": table}, words=language("en"))
    charts = about(evidence, wave, "segments")
    title = groups_title(evidence, wave, charts)
    assert expected in title
    assert "lower" not in title


@pytest.mark.parametrize("significant", [True, False])
def test_the_title_on_the_course_is_about_the_outcomes_shown(significant, tmp_path):
    made, found = variant("full", tmp_path)
    wave = made.waves[-1]
    table = found["tracking"].copy()
    table["significant"] = significant
    evidence = Evidence(made, found | {"tracking": table}, words=language("en"))
    charts = about(evidence, wave, "course")
    title = course_title(evidence, wave, charts)
    assert title.count("(significant)" if significant else "(not significant)") == len(charts)
    for chart in charts.values():
        low, high, _ = ends_of(chart)
        widest = max(b - a for one in chart.series for a, b in zip(one.low, one.high, strict=True))
        assert high - low >= 5 * widest


@pytest.mark.parametrize(
    ("rated", "disappointed", "delighted", "expected"),
    [
        (900, 0.2, 0.3, r"disappoint most often \(20% each\); .* delight most often \(30% each\)"),
        (900, 0.0, 0.3, r"^“[^;]*” and .* delight most often \(30% each\)\.$"),
        (900, 0.0, 0.0, "^Disappointed, okay, delighted"),
        (2, 0.2, 0.3, "^Disappointed, okay, delighted"),
    ],
)
def test_the_title_on_bands_names_nobody_without_reason(
    rated, disappointed, delighted, expected, tmp_path
):
    made = study(tmp_path, waves=1)
    evidence = altered(made, tables(made), "performance", n_rated=rated,
                       disappointed=disappointed, delighted=delighted)  # fmt: skip
    wave = made.waves[0]
    chart = next(c for c in native_charts(evidence, wave) if c.name.startswith("bands_"))
    assert re.search(expected, bands_title(evidence, wave, chart))


@pytest.mark.parametrize("name", LAID_OUT)
def test_no_table_is_made_of_dashes(name, decks):
    deck = decks(name, "en" if name == "proxy" else "de")
    for slide in deck.slides:
        for table in [shape.table for shape in slide.shapes if shape.has_table]:
            cells = [cell.text_frame.text for row in list(table.rows)[1:] for cell in row.cells]
            assert sum(text == "–" for text in cells) < len(cells) / 2
    numbers_are_whole(deck)


def test_long_names_of_series_leave_the_legend_readable():
    long = "Ein sehr langer Name eines Kontaktpunkts " * 12
    series = tuple(Series(f"{k} {long}", (0.1, 0.2)) for k in range(3))
    area = Area(0.0, 0.0, 400.0, 300.0)
    shown = named(Chart("trend_x", "line", "t", ("a", "b"), series), area)
    for one in shown.series:
        assert text_width(one.name, size=10.0) <= area.width / 2
    assert len({one.name for one in shown.series}) == 3


def test_long_titles_end_where_a_reader_can_stop():
    title = Area(0, 0, 880, 66)
    short = "Wave 1: two of nine changed."
    assert told(short, title) == short
    long = f"{short} {'And here is much more to say about all that changed. ' * 9}"
    assert told(long, title) == short
    names = ", ".join(f"“A rather long name of a touchpoint, number {k}”" for k in range(30))
    cut = told(f"Wave 1: concentrate on these – {names}", title)
    assert cut == "Wave 1: concentrate on these"
    assert TITLE_SIZES[-1] >= 14


def test_the_certain_changes_stay_where_not_all_have_room():
    names = tuple(f"T{k}" for k in range(30))
    values = tuple(0.3 - 0.02 * k for k in range(30))
    tones = tuple("drop" if k == 29 else "super" if k == 15 else "undecided" for k in range(30))
    chart = Chart("c", "bar", "t", names, (Series("s", values, tones=tones),), reference=0.0)
    shown = leading(chart, 6)
    assert len(shown.categories) == 6
    assert {"T15", "T29", "T0"} <= set(shown.categories)
    assert list(shown.categories) == sorted(shown.categories, key=names.index)
    plain_chart = replace(chart, reference=None)
    assert leading(plain_chart, 6).categories == names[:6]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_shows_every_slide(tmp_path):
    made, found = variant("one_wave", tmp_path)
    deck = written(made, found, tmp_path / "slides.pptx")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    done = subprocess.run(
        [*command, str(tmp_path / "slides.pptx")], capture_output=True, timeout=120, check=False
    )
    pdf = tmp_path / "slides.pdf"
    if not pdf.exists() and b"no export filter" in done.stderr:
        pytest.skip("LibreOffice Impress is not installed")
    pages = re.findall(rb"/Type\s*/Page\b(?!s)", pdf.read_bytes())
    assert len(pages) == len(deck.slides)


def test_names_that_have_room_are_whole(decks):
    names = [name for _, chart in charts_of(decks("full")) for plot in chart.plots
             for name in plot.categories]  # fmt: skip
    assert len(names) > 100
    assert not [name for name in names if "…" in name and len(name) < 30]


def test_the_same_report_gives_the_same_slides(tmp_path):
    made, found = variant("one_wave", tmp_path)
    for name in ("a", "b"):
        written(made, found, tmp_path / f"{name}.pptx")
    parts = []
    for name in ("a", "b"):
        with ZipFile(tmp_path / f"{name}.pptx") as package:
            parts.append({item: package.read(item) for item in package.namelist()
                          if not item.endswith(".xlsx")})  # fmt: skip
    assert parts[0] == parts[1]


def test_a_report_in_a_folder_that_is_not_there(tmp_path):
    made, found = variant("refused", tmp_path)
    target = tmp_path / "reports" / "slides.pptx"
    written(made, found, target)
    assert target.is_file()
    assert [path.name for path in Path(target).parent.iterdir()] == ["slides.pptx"]
