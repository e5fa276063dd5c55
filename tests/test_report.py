"""The report: what it says, that nothing of the study can break it, and that files are whole."""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pandas as pd
import pytest

import report_tables
from packed_pages import unpacked
from report_reading import section_blocks as blocks
from supertouch.errors import OutputError, UnsupportedError
from supertouch.language import language
from supertouch.report import write_report
from supertouch.report.blocks import Cards, Cell, Content, Grid, Headline, Profiles, Prose
from supertouch.report.cockpit.chapters import every_block
from supertouch.report.cockpit.page import page
from supertouch.report.content import content
from supertouch.report.content import told as tell
from supertouch.report.evidence import REPORTED, Evidence
from supertouch.report.figures.plans import plans
from supertouch.tables import TABLES, checked

TINY = '<svg viewBox="0 0 2 1"><rect id="r" width="2" height="1" style="fill: #1b1f24"/></svg>'


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    return {name: report_tables.variant(name, folder) for name in report_tables.VARIANTS}


def told(made, name, code="en") -> Content:
    study, tables = made[name]
    evidence = Evidence(study, tables, words=language(code))
    pictures = [plan.picture for plan in plans(evidence)]
    return tell(evidence, report_tables.MANIFEST, pictures=pictures)


def rendered(made, name) -> str:
    contents = [told(made, name, code) for code in ("de", "en")]
    evidence = Evidence(*made[name], words=language("en"))
    names = [plan.picture.name for plan in plans(evidence)]
    return page(contents, {(code, name): TINY for code in ("de", "en") for name in names})


def headline(report: Content, wave: int = -1) -> str:
    return next(item.text for item in blocks(report, "answer", wave) if isinstance(item, Headline))


def prose(report: Content, section: str = "answer", wave: int = -1) -> str:
    parts = [item for item in blocks(report, section, wave) if isinstance(item, Prose)]
    return "\n".join(line for item in parts for line in (*item.paragraphs, *item.bullets))


class Page(HTMLParser):
    """Counts what matters: ids, links, scripts, captions, and gathers the visible text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.links: list[str] = []
        self.tags: Counter[str] = Counter()
        self.text: list[str] = []
        self.handlers: list[str] = []
        self._hidden = 0
        self.feed(unpacked(text))

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        self._hidden += tag in ("style", "script", "title")
        for name, value in attrs:
            if name == "id":
                self.ids[value] += 1
            if name in ("href", "src", "xlink:href", "action"):
                self.links.append(value)
            if name.startswith("on"):
                self.handlers.append(name)

    def handle_endtag(self, tag):
        self._hidden -= tag in ("style", "script", "title")

    def handle_data(self, data):
        if not self._hidden:
            self.text.append(data)


@pytest.mark.parametrize("name", report_tables.VARIANTS)
def test_page_is_one_safe_offline_file(made, name):
    text = rendered(made, name)
    parsed = Page(text)
    assert "default-src 'none'" in text
    assert parsed.tags["script"] == 1
    assert not parsed.handlers
    assert not [key for key, times in parsed.ids.items() if times > 1]
    assert all(link.startswith("#") for link in parsed.links)
    assert {link[1:] for link in parsed.links} <= set(parsed.ids)
    assert parsed.tags["table"] == parsed.tags["caption"] > 10
    assert len(text.encode()) < 6e6
    said = " ".join(parsed.text)
    assert not re.search(r"\b(nan|None|NaN|NaT|inf)\b|\{\w*\}", said.replace("{klammer}", "")
                         .replace("{brace}", ""))  # fmt: skip


@pytest.mark.parametrize("name", report_tables.VARIANTS)
@pytest.mark.parametrize("code", ["de", "en"])
def test_everything_in_the_tables_is_told(made, name, code):
    study, tables = made[name]
    report = told(made, name, code)
    profiles = next(item for item in blocks(report, "profiles") if isinstance(item, Profiles))
    assert [item.id for item in profiles.profiles] == [item.id for item in study.touchpoints]
    for position, (wave, _) in enumerate(report.waves):
        verdicts = next(
            item for item in blocks(report, "verdicts", position) if isinstance(item, Grid)
        )
        assert len(verdicts.rows) == (tables["supertouchpoints"].wave == wave).sum()
        notes = next(
            item for item in blocks(report, "diagnostics", position) if isinstance(item, Grid)
        )
        assert "an_unknown_code" in {row.cells[0].text for row in notes.rows}
    for section in report.sections:
        for position in range(len(report.waves)):
            for block in blocks(report, section.id, position):
                if isinstance(block, Grid):
                    assert all(len(row.cells) == len(block.columns) for row in block.rows)
                    assert sum(span for _, span in block.groups) in (0, len(block.columns))
                    assert block.base or section.id == "run"


def test_super_touchpoints_are_named_with_their_reasons(made):
    report = told(made, "full")
    for position in range(3):
        assert headline(report, position).count("“") == 4
    cards = next(item for item in blocks(report, "answer") if isinstance(item, Cards)).cards
    assert {card.title for card in cards} == {
        "Personal advice", "Delivery", "Service hotline", "Online shop",
    }  # fmt: skip
    for card in cards:
        names = ["Reach", "Customer loyalty", "Willingness to recommend"]
        assert [name for name, _ in card.lines] == names
        assert {*names, "Certainty"} <= dict(card.details).keys()
        assert all(len(text) < 90 for _, text in card.lines)
        rank = next(text for name, text in card.lines if name == "Customer loyalty")
        assert re.fullmatch(r"rank \d+, [\d.]+% of the contribution \([\d.]+ to [\d.]+%\)\.", rank)
    assert "not proven causes" in prose(report)
    assert "proxy" not in prose(report)


def test_proxy_goes_with_every_verdict_and_missing_outcomes_leave_them_open(made):
    report = told(made, "proxy")
    assert headline(report, 0) == "Wave 2021: undetermined – not asked: recommendation."
    sentence = "Loyalty was not asked; “Overall satisfaction” stands in for it (proxy)."
    assert sentence in prose(report, wave=1)
    assert sentence in prose(report, "verdicts", wave=1)
    assert "Undetermined: Wave 2021 – not asked: recommendation." in prose(report, wave=1)
    assert "goes with “Overall satisfaction (proxy for loyalty)” only" in prose(report, wave=1)
    cards = next(item for item in blocks(report, "answer", 1) if isinstance(item, Cards)).cards
    assert {card.badge for card in cards} == {"super-touchpoint (proxy)"}
    grid = next(item for item in blocks(report, "verdicts", 1) if isinstance(item, Grid))
    decided = {row.cells[1].text for row in grid.rows} - {"base too small"}
    assert all(text.endswith("(proxy)") for text in decided)


def test_recommendation_alone_is_told_without_contact_effects(made):
    report = told(made, "recommendation_only", "de")
    assert headline(report) == "Welle 2022: unbestimmt – nicht gefragt: Loyalität."
    assert "größte Anteile am Erlebnis-Beitrag" in prose(report)
    grid = next(item for item in blocks(report, "importance") if isinstance(item, Grid))
    assert {cell.text for row in grid.rows for cell in row.cells[7:]} == {"–"}


def test_refusal_says_why_what_would_do_and_what_stands_instead(made):
    report = told(made, "refused")
    assert "No verdict possible" in headline(report)
    assert "n_eff is 150 with 48 model columns; 240 would do." in prose(report)
    assert "shares of the phases" in prose(report)
    captions = [item.caption for item in blocks(report, "gate") if isinstance(item, Grid)]
    assert len(captions) == 3
    assert "Each touchpoint on its own" in captions[1]
    grid = next(item for item in blocks(report, "gate") if isinstance(item, Grid))
    assert {row.cells[0].text for row in grid.rows} == {"Total", "North", "South"}


def test_none_yet_names_the_closest_and_what_they_miss(made):
    report = told(made, "one_wave")
    assert "No touchpoint is demonstrably" in headline(report)
    assert "lacking: " in prose(report)
    assert "segments" not in {section.id for section in report.sections}
    assert "unweighted" in next(
        item.base for item in blocks(report, "reach") if isinstance(item, Grid)
    )


def grids(report: Content, section: str, wave: int = -1) -> list[Grid]:
    return [item for item in blocks(report, section, wave) if isinstance(item, Grid)]


def column(grid: Grid, head: str) -> list[Cell]:
    place = next(k for k, item in enumerate(grid.columns) if item.text.startswith(head))
    return [row.cells[place] for row in grid.rows]


def test_grades_are_shown_as_asked_and_kept_turned(made, tmp_path):
    study, tables = made["grades"]
    grid = grids(told(made, "grades", "de"), "reach")[0]
    assert "Zufriedenheit (1 = sehr gut)" in [item.text for item in grid.columns]
    assert "Markenfit (1 = sehr gut)" in [item.text for item in grid.columns]
    turned = tables["performance"].query("wave == '2022' and segment == ''").set_index("touchpoint")
    de = language("de")
    for item, cell in zip(study.touchpoints_in("2022"), column(grid, "Zufried"), strict=True):
        level = turned.loc[item.id]
        assert cell.text == de.number(7 - level.satisfaction)
        assert cell.detail == de.interval(7 - level.satisfaction_high, 7 - level.satisfaction_low)
    loyalty = column(grids(told(made, "grades", "de"), "asked")[0], "Mittelwert")
    assert [cell.text for cell in loyalty] == ["3,30", "7,40"]
    assert loyalty[0].detail == "3,22 bis 3,38\n1 = sehr gut"
    unturned = grids(told(made, "full", "de"), "reach")[0]
    assert "Zufriedenheit" in [item.text for item in unturned.columns]


def test_scales_of_both_directions_are_told_apart_in_one_table(made):
    study, tables = made["grades"]
    mixed = tuple(
        replace(item, scale="ten") if item.id == "social" else item for item in study.touchpoints
    )
    report = content(
        replace(study, touchpoints=mixed), tables, report_tables.MANIFEST, words=language("en")
    )
    cells = column(grids(report, "reach")[0], "Satisfaction")
    assert [cell.detail.endswith("1 = very good") for cell in cells[:3]] == [True, False, True]


def test_ticks_explain_verdicts(made):
    for name in ("full", "proxy"):
        grid = grids(told(made, name), "verdicts")[0]
        for word, verdict in (("loyalty", "loyalty t"), ("recommendation", "recommendation t")):
            cells = column(grid, f"Significant: {word}")
            marked = {row.cells[1].text for row, cell in zip(grid.rows, cells, strict=True)
                      if cell.tone == "yes"}  # fmt: skip
            assert any(text.startswith(verdict) for text in marked)
            assert not any(text.startswith(("no evidence", "candidate")) for text in marked)


def test_segments_name_who_is_left_out_and_what_the_model_holds(made):
    report = told(made, "full")
    said = prose(report, "segments")
    assert "n is below the minimum of 100: Region “West” (n = 42)." in said
    assert "In no group of “Region”: 17 respondents" in said
    leaders = column(grids(report, "segments")[-1], "Most important")
    assert "24 of 24 touchpoints in the model" in {cell.detail for cell in leaders}
    profiles = next(item for item in blocks(report, "profiles") if isinstance(item, Profiles))
    grid = profiles.profiles[0].blocks[-1]
    assert isinstance(grid, Grid)
    assert any("24 of 24" in cell.detail for cell in column(grid, "Share, loyalty"))
    notes = {row.cells[0].text: row.cells for row in grids(report, "diagnostics")[0].rows}
    assert notes["Segment too small to be analysed on its own (n)"][3].text == "42"
    assert notes["Too few ratings: not in the model"][3].text.startswith("n = ")


def test_rank_probability_is_left_out_where_all_touchpoints_are_at_the_top(tmp_path):
    study = report_tables.study(tmp_path, waves=1, touchpoints=4)
    report = content(
        study, report_tables.tables(study), report_tables.MANIFEST, words=language("en")
    )
    heads = [item.text for item in grids(report, "verdicts")[0].columns]
    assert "P(super)" in heads
    assert not [head for head in heads if "rank" in head]
    assert "without the significance test" in grids(report, "verdicts")[0].base


def changed(made, name, table, change):
    study, tables = made[name]
    frame = tables[table].copy()
    change(frame)
    return content(study, tables | {table: frame}, report_tables.MANIFEST, words=language("en"))


@pytest.mark.parametrize(
    ("trend", "said"),
    [("", "Still super-touchpoints in the wave Wave 2022: “Online shop”. A decline cannot"),
     ("fading", "share demonstrably declined: “Online shop”")],
)  # fmt: skip
def test_what_was_super_before_is_named(made, trend, said):
    def lose(frame):
        lost = (frame.wave == "2023") & (frame.touchpoint == "shop")
        frame.loc[lost, "verdict"] = "none"
        frame.loc[lost, "trend"] = trend

    text = prose(changed(made, "full", "supertouchpoints", lose))
    assert said in text
    assert text.count("“Online shop”") == 1


def test_candidates_are_listed_once(made):
    def promote(frame):
        frame.loc[frame.index[:5], "verdict"] = "candidate"
        frame.loc[frame.index[:5], "probability"] = 0.9

    text = prose(changed(made, "one_wave", "supertouchpoints", promote))
    assert text.count("– candidate, P(super)") == 5
    assert "likely, but not yet confirmed" not in text


def test_a_wave_that_lost_many_rows_says_so_in_the_answer(made):
    def lose(frame):
        frame.loc[frame.wave == "2023", ["n_read", "n_quarantined"]] = [1600, 100]

    report = changed(made, "full", "sample", lose)
    assert "6.2% of this wave's rows (100 of 1,600) are in quarantine" in prose(report)
    assert "Main reasons: R_store: not a whole number from 1 to 5" in prose(report)
    assert "in quarantine" not in prose(report, wave=0)


def test_contact_that_was_never_asked_is_not_a_reach(made):
    report = told(made, "full")
    cells = {row.cells[0].text: row.cells[1] for row in grids(report, "reach")[0].rows}
    cell = cells.pop("Order by phone")
    assert (cell.text, cell.detail) == ("–", "contact was not asked")
    assert all(other.text.endswith("%") for other in cells.values())
    marks = column(grids(report, "verdicts")[0], "Reach suffices")
    assert [cell.tone for cell in marks].count("open") == 1
    study, tables = made["full"]
    pictures = [plan.picture for plan in plans(Evidence(study, tables, words=language("en")))]
    assert all(
        "1 touchpoint is left out, because contact was not asked" in picture.base
        for picture in pictures
        if picture.name.startswith("reach_impact")
    )


def test_what_matters_comes_first_and_long_detail_is_folded(made):
    report = told(made, "full")
    order = [section.id for section in report.sections]
    assert order == [
        "answer", "reach", "importance", "verdicts", "phases", "danger", "changes", "targets",
        "profiles", "segments", "order", "footing", "asked", "sample", "quality", "gate",
        "methods", "diagnostics", "run", "glossary",
    ]  # fmt: skip
    assert [grid.folded for grid in grids(report, "sample")] == [False, False, True, False]
    assert all(not grids(report, name)[0].folded for name in ("danger", "order", "segments"))
    assert all(
        any(grid.folded for grid in grids(report, name)) for name in ("danger", "order", "footing")
    )
    every = [block for section in report.sections for block in every_block(section.blocks)]
    assert sum(isinstance(block, Grid) and block.folded for block in every) > 25


def test_rules_of_the_quarantine_are_translated_and_unknown_ones_kept(made):
    study, tables = made["one_wave"]
    rejections = tables["rejections"].copy()
    rejections.loc[0, "rule"] = 'not a declared contact code (the file labels it "vielleicht")'
    rejections.loc[1, "rule"] = "a rule of tomorrow"
    report = content(
        study, tables | {"rejections": rejections}, report_tables.MANIFEST, words=language("de")
    )
    grids = [item for item in blocks(report, "sample") if isinstance(item, Grid)]
    assert [row.cells[2].text for row in grids[1].rows] == [
        "kein vereinbarter Kontakt-Code (in der Datei beschriftet mit „vielleicht“)",
        "a rule of tomorrow",
        "Testinterview",
    ]


def test_study_texts_stay_texts(made, tmp_path):
    study, tables = made["hostile"]
    steps: list[tuple[int, int, str]] = []
    respondents = {name: checked(pd.DataFrame(), table=name) for name in ("quarantine", "draws")}
    written = write_report(
        study,
        tables | respondents,
        report_tables.MANIFEST,
        folder=tmp_path,
        progress=lambda done, total, text: steps.append((done, total, text)),
    )
    text = (tmp_path / "cockpit.html").read_text("utf-8")
    parsed = Page(text)
    assert parsed.tags["script"] == 1
    assert parsed.tags["img"] == 0
    assert "&lt;script&gt;alert" in text
    assert set(parsed.links) <= {f"#{key}" for key in parsed.ids}
    assert not re.search(r'="https?://(?!www\.w3\.org/)', text)
    assert all(path.stat().st_size > 20 for path in written)
    assert sorted(path.stem for path in (tmp_path / "tables").iterdir()) == sorted(REPORTED)
    names = {path.name for path in (tmp_path / "figures").iterdir()}
    assert {name.rpartition(".")[0] for name in names if name.endswith("svg")} == {
        name.rpartition(".")[0] for name in names if name.endswith("png")
    }
    assert len(names) == sum(path.parent.name == "figures" for path in written)
    assert all(0 <= at <= total for at, total, _ in steps)
    assert steps[-1][0] == steps[-1][1] > 0
    for name in REPORTED:
        read = pd.read_csv(
            tmp_path / "tables" / f"{name}.csv",
            dtype={
                key: "str"
                for key, column in TABLES[name].to_schema().columns.items()
                if str(column.dtype).startswith("str")
            },
            float_precision="round_trip",
            keep_default_na=False,
            na_values={
                key: [""]
                for key, column in TABLES[name].to_schema().columns.items()
                if not str(column.dtype).startswith("str")
            },
        )
        pd.testing.assert_frame_equal(checked(read, table=name), tables[name], check_exact=True)


def test_a_failed_write_leaves_the_old_page(made, tmp_path, monkeypatch):
    study, tables = made["refused"]
    old = tmp_path / "cockpit.html"
    old.write_text("old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OutputError, match="No space left"):
        write_report(study, tables, report_tables.MANIFEST, folder=tmp_path)
    assert old.read_text() == "old"
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path != old]


def test_what_cannot_be_told_is_an_error(made, tmp_path):
    study, tables = made["refused"]
    with pytest.raises(UnsupportedError, match="languages: fr"):
        write_report(replace(study, languages=("fr",)), tables, {}, folder=tmp_path)
    empty = {name: checked(pd.DataFrame(), table=name) for name in tables}
    with pytest.raises(OutputError, match="no wave of the study"):
        write_report(study, empty, {}, folder=tmp_path)
    assert not list(tmp_path.rglob("*.html"))
