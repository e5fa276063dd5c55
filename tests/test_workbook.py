"""The workbook: typed cells, words beside ids, links, native charts, banner tables, safe text."""

import re
import zipfile
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import openpyxl
import pandas as pd
import pytest

import report_decision_tables
import report_tables
from hostile_study import HOSTILE, hostile_study
from report_banner_tables import banner_tables
from supertouch.errors import UnsupportedError
from supertouch.language import language
from supertouch.report.content import told
from supertouch.report.evidence import REPORTED, Evidence
from supertouch.report.workbook import write_workbook
from supertouch.report.workbook.heads import column_head, described, table_title
from supertouch.report.workbook.sheets import FIRST_ROW, HEAD_ROW
from supertouch.report.workbook.text import LONGEST, cell_text, chart_text, sheet_name
from supertouch.tables import TABLES

MADE = datetime(2026, 11, 22)
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


def write(study, tables, path, *, code="de"):
    evidence = Evidence(study, tables, words=language(code))
    content = told(evidence, report_tables.MANIFEST)
    return write_workbook(evidence, content, tables, path=path, made=MADE)


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """A small study with every kind of table, and its workbook in two languages."""
    folder = tmp_path_factory.mktemp("workbook")
    study = report_tables.study(folder, waves=2, touchpoints=8)
    tables = report_tables.tables(study, supers=0)
    tables |= report_decision_tables.decision_tables(study, tables)
    tables |= banner_tables(study)
    paths = {
        code: write(study, tables, folder / f"{code}.xlsx", code=code) for code in ("de", "en")
    }
    return study, tables, paths


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """The workbook of a study whose every text means harm."""
    folder = tmp_path_factory.mktemp("hostile")
    study, tables = hostile_study(folder, waves=1, touchpoints=24)
    return write(study, tables | banner_tables(study), folder / "hostile.xlsx")


def links_of(sheet):
    """Return the cells of a sheet that lead somewhere, and where: sheet and cell."""
    found = [cell for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    places = [(cell, cell.hyperlink.location.rpartition("!")) for cell in found]
    return [(cell, name.strip("'").replace("''", "'"), to) for cell, (name, _, to) in places]


def machine_names(sheet):
    cells = sheet[HEAD_ROW + 2]
    return {cell.value: cell.column for cell in cells if cell.value}


@pytest.mark.parametrize("code", ["de", "en"])
def test_every_table_stands_in_a_sheet_with_the_values_it_has(case, code):
    _, tables, paths = case
    book = openpyxl.load_workbook(paths[code])
    words = language(code)
    for name in REPORTED:
        if name not in tables or tables[name].empty or name.startswith("banner"):
            continue
        sheet = book[sheet_name(table_title(words, name), taken=[])]
        places, frame = machine_names(sheet), tables[name]
        assert set(frame.columns) <= set(places), name
        assert sheet.max_row == FIRST_ROW + len(frame), name
        assert sheet.auto_filter.ref
        assert sheet.freeze_panes is not None
        for column in frame.columns:
            shown = [
                sheet.cell(FIRST_ROW + 1 + k, places[column]).value for k in (0, len(frame) - 1)
            ]
            for found, wanted in zip(shown, frame[column].iloc[[0, -1]].tolist(), strict=True):
                if pd.isna(wanted) or wanted == "":
                    assert found is None
                elif isinstance(found, datetime):
                    assert found.date().isoformat() == wanted
                elif isinstance(wanted, str):
                    assert found == wanted
                else:
                    assert type(found) in (bool, int, float)
                    assert found == pytest.approx(wanted, rel=1e-14)


@pytest.mark.parametrize(
    ("table", "column", "form"),
    [
        ("performance", "reach", "0.0%"),
        ("performance", "n_met", "#,##0"),
        ("performance", "satisfaction", "#,##0.00"),
        ("performance", "nps_met_low", "+0.0;-0.0;0.0"),
        ("importance", "p_adjusted", '[<0.001]"< 0,001";0.000'),
        ("importance", "effect", "+0.000;-0.000;0.000"),
        ("importance", "rank", "0"),
    ],
)
def test_numbers_have_the_format_of_what_they_are(case, table, column, form):
    sheet = openpyxl.load_workbook(case[2]["de"])[table_title(language("de"), table)]
    cell = sheet.cell(FIRST_ROW + 1, machine_names(sheet)[column])
    assert cell.number_format == form
    assert cell.data_type == "n"


@pytest.mark.parametrize(
    ("table", "column", "upper"),
    [("performance", "satisfaction", "satisfaction_high"), ("outcomes", "mean", "mean_high")],
)
def test_turned_means_stand_beside_their_codes_as_asked(case, tmp_path, table, column, upper):
    study, tables, paths = case
    graded = replace(study, scales=study.scales | {"rating": report_tables.GRADES})
    turned = openpyxl.load_workbook(write(graded, tables, tmp_path / "turned.xlsx"))
    sheet = turned[table_title(language("de"), table)]
    places = machine_names(sheet)
    for row in range(FIRST_ROW + 1, sheet.max_row + 1):
        value, asked, end, low = (
            sheet.cell(row, place).value
            for place in (places[column], places[column] + 1, places[upper], places[column] + 3)
        )
        scale = sheet.cell(row, places["touchpoint" if table == "performance" else "outcome"])
        if value is None or scale.value == "nps":
            assert asked is None
            continue
        assert asked == pytest.approx(7 - value)
        assert low == pytest.approx(7 - end)
    assert "1 = sehr gut" in sheet.cell(HEAD_ROW + 1, places[column] + 1).value
    plain = openpyxl.load_workbook(paths["de"])[sheet.title]
    assert machine_names(plain)[upper] == machine_names(plain)[column] + 2


def test_what_a_number_is_can_stand_in_its_row(case):
    sheet = openpyxl.load_workbook(case[2]["en"])["Changes"]
    places = machine_names(sheet)
    forms = {
        sheet.cell(row, places["measure"]).value: (
            sheet.cell(row, places["after"]).number_format,
            sheet.cell(row, places["change"]).number_format,
        )
        for row in range(FIRST_ROW + 1, sheet.max_row + 1)
    }
    assert forms["reach"] == ("0.0%", "+0.0%;-0.0%;0.0%")
    assert forms["satisfaction"] == ("#,##0.00", "+0.000;-0.000;0.000")
    assert forms["nps"] == ("+0.0;-0.0;0.0", "+0.0;-0.0;0.0")


@pytest.mark.parametrize(
    ("code", "touchpoint", "verdict", "total"),
    [
        ("de", "Anzeigen und Plakate", "kein Nachweis", "Gesamt"),
        ("en", "Adverts and posters", "no evidence", "Total"),
    ],
)
def test_labels_stand_beside_ids_in_the_language(case, code, touchpoint, verdict, total):
    words, book = language(code), openpyxl.load_workbook(case[2][code])
    sheet = book[table_title(words, "supertouchpoints")]
    place = machine_names(sheet)["touchpoint"]
    rows = range(FIRST_ROW + 1, sheet.max_row + 1)
    labels = {sheet.cell(k, place).value: sheet.cell(k, place + 1).value for k in rows}
    assert labels["adverts"] == touchpoint
    place = machine_names(sheet)["verdict"]
    labels = {sheet.cell(k, place).value: sheet.cell(k, place + 1).value for k in rows}
    assert labels["none"] == words.say("verdict.none")
    sheet = book[table_title(words, "performance")]
    place = machine_names(sheet)["segment"]
    assert sheet.cell(FIRST_ROW + 1, place + 1).value == words.say("group.total")


@pytest.mark.parametrize("code", ["de", "en"])
@pytest.mark.parametrize("name", REPORTED)
def test_every_table_and_column_has_words(name, code):
    words = language(code)
    if name.startswith("banner"):
        return
    assert table_title(words, name) != name or name in ("budget", "plan")
    assert described(words, name)
    for column in TABLES[name].to_schema().columns:
        head = column_head(words, name, column)
        assert head != column or column in ("n", "n_eff", "p"), (name, column)


@pytest.mark.parametrize("code", ["de", "en"])
def test_the_index_leads_to_every_sheet(case, code):
    _, tables, paths = case
    book = openpyxl.load_workbook(paths[code])
    first = book.worksheets[0]
    targets = {name for _, name, _ in links_of(first)}
    assert targets == {sheet.title for sheet in book.worksheets[1:]}
    text = "\n".join(str(cell.value) for row in first.iter_rows() for cell in row if cell.value)
    empty = [name for name in REPORTED if name in tables and tables[name].empty]
    assert empty
    for name in empty:
        assert table_title(language(code), name) in text
    for sheet in book.worksheets:
        for _, name, to in links_of(sheet):
            assert name in book.sheetnames
            assert re.fullmatch(r"A\d+", to)


def test_methods_are_those_of_the_report(case):
    sheet = openpyxl.load_workbook(case[2]["de"])["Methoden"]
    text = "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)
    for key in ("association", "contact", "correction"):
        assert language("de").say(f"methods.{key}") in text
    assert report_tables.MANIFEST["study_sha256"] in text


def chart_parts(path):
    with zipfile.ZipFile(path) as found:
        return [
            ElementTree.fromstring(found.read(name))
            for name in found.namelist()
            if re.fullmatch(r"xl/charts/chart\d+\.xml", name)
        ]


def test_charts_hold_the_numbers_of_the_cells_they_refer_to(case):
    path = case[2]["de"]
    book = openpyxl.load_workbook(path, data_only=True)
    charts = chart_parts(path)
    assert len(charts) >= 8
    compared = 0
    for chart in charts:
        for reference in chart.iter(f"{CHART}numRef"):
            name, _, cells = reference.find(f"{CHART}f").text.rpartition("!")
            area = book[name.strip("'")][cells.replace("$", "")]
            held = [row[0].value for row in area] if isinstance(area, tuple) else [area.value]
            cache = {
                int(point.get("idx")): float(point.find(f"{CHART}v").text)
                for point in reference.iter(f"{CHART}pt")
                if point.find(f"{CHART}v").text
            }
            assert cache == pytest.approx({k: v for k, v in enumerate(held) if v is not None})
            compared += len(cache)
    assert compared > 200


def test_no_interval_leaves_its_chart(case):
    seen = 0
    for chart in chart_parts(case[2]["de"]):
        axes = {}
        for axis in chart.iter(f"{CHART}valAx"):
            ends = [axis.find(f"{CHART}scaling/{CHART}{name}") for name in ("min", "max")]
            axes[axis.find(f"{CHART}axPos").get("val")] = [float(end.get("val")) for end in ends]
        for series in chart.iter(f"{CHART}ser"):
            bars = series.find(f"{CHART}errBars")
            if bars is None:
                continue
            across = chart.find(f".//{CHART}barDir")
            sides = "bt" if across is not None and across.get("val") == "bar" else "lr"
            low, high = next(ends for side, ends in axes.items() if side in sides)
            numbers = series.find(f"{CHART}val")
            values = _cached(series.find(f"{CHART}yVal") if numbers is None else numbers)
            for arm, sign in (("plus", 1), ("minus", -1)):
                for place, length in _cached(bars.find(f"{CHART}{arm}")).items():
                    end = values[place] + sign * length
                    assert low - 1e-9 <= end <= high + 1e-9
                    seen += 1
    assert seen > 100


def _cached(reference):
    points = reference.iter(f"{CHART}pt")
    return {int(point.get("idx")): float(point.find(f"{CHART}v").text) for point in points}


def test_banner_sheets_show_values_marks_and_bases(case):
    study, tables, paths = case
    book = openpyxl.load_workbook(paths["de"])
    wave = study.waves[-1]
    sheet = book[sheet_name(f"Tabellenband {wave.label.within('de')}", taken=[])]
    letters = {sheet.cell(7, column).value: column for column in range(2, sheet.max_column + 1)}
    titles = [cell.value for cell in sheet["A"]]
    start = titles.index("Katalog: Bewertung")
    rows = {titles[k]: k + 1 for k in range(len(titles) - 1, start, -1)}
    table = tables["banner"]
    found = table[(table.wave == wave.id) & (table.question == "catalogue")
                  & (table.kind == "touchpoint")].set_index(["measure", "letter"])  # fmt: skip
    for letter in ("A", "B"):
        row = found.loc[[("top2", letter)]].iloc[0]
        cell = sheet.cell(rows["Top-2 (4 + 5)"], letters[letter])
        assert cell.value == pytest.approx(row.value)
        marks = sheet.cell(cell.row, cell.column + 1).value or ""
        assert set(str(row.letters).split()) <= set(marks.split())
        base = sheet.cell(rows["Basis (ungewichtet)"], letters[letter])
        assert base.value == row.n
        assert ("*" in base.number_format) == bool(row.small)
    hidden = found[found.hidden].reset_index().iloc[0]
    assert sheet.cell(rows["Mittelwert"], letters[hidden.letter]).value == "gesperrt"


def test_banner_questions_lead_to_their_rows(case):
    book = openpyxl.load_workbook(case[2]["en"])
    first = book[language("en").say("banner.title")]
    links = [item for item in links_of(first) if item[0].column > 1]
    assert len(links) > 10
    for cell, name, to in links:
        assert book[name][to].value == first.cell(cell.row, 1).value


def test_no_text_of_a_study_is_a_formula_a_link_or_a_name(hostile):
    with zipfile.ZipFile(hostile) as found:
        parts = {name: found.read(name) for name in found.namelist()}
    for name, data in parts.items():
        if name.endswith((".xml", ".rels")):
            ElementTree.fromstring(data)
        if name.endswith(".rels"):
            assert b'TargetMode="External"' not in data
    assert not any("externalLink" in name or "vba" in name.lower() for name in parts)
    formula = re.compile(r"ABS\([A-Z]+\d+-[A-Z]+\d+\)")
    for name, data in parts.items():
        if name.startswith("xl/worksheets/sheet"):
            for text in re.findall(rb"<f>(.*?)</f>", data):
                assert formula.fullmatch(text.decode())
    book = openpyxl.load_workbook(hostile)
    for chart in chart_parts(hostile):
        for reference in chart.iter(f"{CHART}f"):
            name, _, cells = reference.text.rpartition("!")
            assert name.strip("'") in book.sheetnames
            assert re.fullmatch(r"\$[A-Z]+\$\d+(:\$[A-Z]+\$\d+)?", cells)
    risky = [cell for sheet in book for row in sheet.iter_rows() for cell in row
             if isinstance(cell.value, str) and cell.value.lstrip()[:1] in tuple("=+-@")
             and cell.data_type == "s"]  # fmt: skip
    assert len(risky) > 20
    assert all(cell.quotePrefix for cell in risky)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_held_as_texts(text):
    shown = cell_text(text)
    assert ElementTree.fromstring(f"<a>{escape(shown)}</a>").text == shown
    assert "\u202e" not in shown
    name = sheet_name(text, taken=["Blatt"])
    assert 0 < len(name) <= 31
    assert not set(name) & set("[]:*?/\\'")
    assert not re.match(r"^=?[^!]+!\$?[A-Z]+\$?\d+", chart_text(text))
    assert chart_text(text)[:1] not in ("=", "+", "-", "@")


@pytest.mark.parametrize(
    ("text", "length"),
    [("a" * LONGEST, LONGEST), ("a" * 40_000, LONGEST), ("😀" * 20_000, LONGEST - 1)],
)
def test_long_texts_are_cut_to_what_a_cell_holds(text, length):
    shown = cell_text(text)
    assert len(shown.encode("utf-16-le")) // 2 in (length, length - 1)
    assert shown == text or shown.endswith(" …")


@pytest.mark.parametrize(
    ("wanted", "taken", "name"),
    [
        ("Umsatz", ["umsatz"], "Umsatz 2"),
        ("Umsatz", ["umsatz", "Umsatz 2"], "Umsatz 3"),
        ("x" * 40, ["x" * 31], "x" * 29 + " 2"),
        ("History", [], "History 2"),
        ("'a'/b", [], "a b"),
        ("", [], "–"),
        ("😀" * 20, [], "😀" * 15),
    ],
)
def test_sheet_names_are_allowed_and_told_apart(wanted, taken, name):
    assert sheet_name(wanted, taken=taken) == name


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path):
    study, tables = report_tables.variant("one_wave", tmp_path)
    evidence = Evidence(study, tables, words=language("de"))
    content = told(evidence, report_tables.MANIFEST)
    one = tables["univariate"].iloc[[0]]
    tables["univariate"] = one.loc[one.index.repeat(1_048_576)]
    with pytest.raises(UnsupportedError, match=r"1048583 rows.*more than a sheet holds"):
        write_workbook(evidence, content, tables, path=tmp_path / "tables.xlsx")
    assert not list(tmp_path.glob("*.xlsx*"))


def test_the_same_numbers_make_the_same_file(tmp_path):
    study, tables = report_tables.variant("one_wave", tmp_path)
    files = [write(study, tables, tmp_path / f"{k}.xlsx").read_bytes() for k in (1, 2)]
    assert files[0] == files[1]
    assert len(zipfile.ZipFile(BytesIO(files[0])).namelist()) > 30
