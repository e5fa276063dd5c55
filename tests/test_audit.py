"""The inside view: sheets for auditors, written and read back."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.formula import ArrayFormula
from typer.testing import CliRunner

from real_data import real_data
from study_base import BASE, edited, load
from supertouch import pipeline
from supertouch.cli import app
from supertouch.errors import DataError, OutputError, UnsupportedError
from supertouch.instruments.audit import (
    list_touchpoints,
    plan_start_lists,
    plan_templates,
    read_sheets,
    write_filled,
    write_planned,
)
from supertouch.instruments.audit.cells import number_of
from supertouch.language import language
from supertouch.study.model import Audit, Text

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FILES = ("a.xlsx", "mentions.csv")
PROMISE = Text({"de": "Sofort ist jemand da.", "en": "Somebody is there at once."})


@pytest.fixture
def study(tmp_path):
    """A study of three touchpoints whose texts would be formulas elsewhere."""
    text = edited(
        ('label = "Hotline"', 'label = "=Hotline()"\nowner = "@Service"\ncontrol = "low"'),
    )
    made = load(tmp_path, text)
    return replace(made, raw=tmp_path / "raw", audit=Audit(promise=PROMISE))


def put(study, name, rows, *, code="de", auditor=None):
    path = study.raw / "audit" / name
    return write_filled(study, path, rows=rows, language=code, auditor=auditor or name)


def rated(study, **changes):
    """Rows in which every touchpoint is rated alike but for changes to the hotline's."""
    rows = [
        {"touchpoint": item.id, "importance": 4, "performance": 2, "kept": "ja"}
        for item in study.touchpoints
    ]
    rows[2] |= changes
    return rows


def main_page(book):
    return next(page for page in book.worksheets if page["A5"].value == "supertouch:keys")


@pytest.mark.parametrize("code", ["de", "en"])
def test_a_template_is_protected_and_says_what_to_do(study, tmp_path, code):
    planned = plan_templates(study, tmp_path / "out", auditors=["Änne O'Hara", "Bob"], code=code)
    files = write_planned(planned)
    assert [path.name for path in files] == ["audit_demo_Aenne_O_Hara.xlsx", "audit_demo_Bob.xlsx"]
    assert [path.name for path in (tmp_path / "out").iterdir() if path.name.startswith(".")] == []
    book = load_workbook(files[0])
    page, words = main_page(book), language(code)
    assert book["supertouch"].sheet_state == "veryHidden"
    assert page.protection.sheet
    assert page.protection.password is None
    assert page.freeze_panes == "D8"
    assert page.print_title_rows == "$6:$7"
    assert page.page_setup.orientation == "landscape"
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page["C3"].value == "Änne O'Hara"
    assert page["C4"].value == study.audit.promise.within(code)
    keys = {cell.value: cell.column for cell in page[5]}
    for key, place in list(keys.items())[1:]:
        assert page.cell(6, place).value == words.say(f"audit_column.{key}")
        assert page.cell(7, place).value == words.say(f"audit_question.{key}", points=5)
        body = page.cell(8, place)
        assert body.protection.locked == (key in ("phase", "touchpoint")), key
        assert body.alignment.wrap_text
        assert not page.cell(12, place).protection.locked, key
    assert all(cell.protection.locked for row in page.iter_rows(max_row=2) for cell in row)
    phases = [page.cell(row, keys["phase"]).value for row in (8, 9, 10)]
    assert phases == [words.say(f"phase.{name}") for name in ("before", "during", "after")]
    hotline = page[10]
    assert [cell.data_type for cell in hotline if cell.value] == ["s"] * 5
    assert hotline[2].value == "=Hotline()"
    assert hotline[2].quotePrefix
    assert (hotline[5].value, hotline[7].value) == ("@Service", words.say("level.low"))
    assert page.cell(8, keys["cost"]).value == 1200
    rules = {
        min(area.min_col for area in rule.sqref.ranges): rule
        for rule in page.data_validations.dataValidation
    }
    assert {key for key, place in keys.items() if place in rules} == {
        "phase", "importance", "performance", "cost", "control",
    }  # fmt: skip
    for rule in rules.values():
        assert rule.showErrorMessage
        assert 20 < len(rule.error) < 256
        assert rule.errorTitle == words.say("audit_error.title")
    assert rules[keys["importance"]].formula1 == '"1,2,3,4,5"'
    assert words.say("level.medium") in rules[keys["control"]].formula1


def test_a_filled_sheet_is_never_overwritten(study, tmp_path):
    folder = tmp_path / "out"
    planned = plan_templates(study, folder, auditors=["Ann", "Bob"])
    write_planned(planned)
    write_planned(planned)
    (folder / "audit_demo_Bob.xlsx").write_text("notes")
    write_filled(
        study, folder / "audit_demo_Ann.xlsx", rows=rated(study), language="de", auditor="Ann"
    )
    before = {path: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(OutputError) as caught:
        write_planned(planned)
    assert [problem.rule for problem in caught.value.problems] == [
        "is there already, and filled in.",
        "is there already, and no sheet that can be read.",
    ]
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    write_planned(planned, force=True)
    write_planned(planned)
    with pytest.raises(UnsupportedError, match="same file"):
        plan_templates(study, folder, auditors=["a b", "A_B"])


ROWS = [
    {"touchpoint": "hotline", "importance": 5, "performance": 1, "control": "medium",
     "owner": "-Team", "cost": 12.5, "kept": "=SUM(A1:A9)", "expectation": "+1", "annoyance": "@x",
     "surprise": "ä\nö\x07"},
    {"touchpoint": "website", "importance": 3},
    {"named": "Chat", "phase": "during", "importance": 4, "kept": "sofort"},
]  # fmt: skip


@pytest.mark.parametrize("code", ["de", "en"])
def test_what_was_filled_in_comes_back(study, code):
    path = put(study, "a.xlsx", ROWS, code=code, auditor="Ann")
    before = path.read_bytes()
    found = read_sheets(study)
    assert path.read_bytes() == before
    assert found.files == (path,)
    assert found.audit_quarantine.empty
    table = found.audits.set_index("touchpoint")
    assert list(table.index) == ["website", "advice", "hotline"]
    assert set(table.auditor) == {"Ann"}
    told = table.loc["hotline"]
    for key, value in ROWS[0].items():
        if key not in ("touchpoint", "surprise"):
            assert told[key] == value, key
    assert told.surprise == "ä\nö"
    assert table.loc["website", ["importance", "cost"]].tolist() == [3, 1200]
    assert np.isnan(table.loc["website", "performance"])
    assert np.isnan(table.loc["advice", "importance"])
    named = found.missing.iloc[0]
    assert (named.named, named.phase, named.importance, named.kept) == (
        "Chat",
        "during",
        4,
        "sofort",
    )


def spoil(path, change):
    book = load_workbook(path)
    change(book, main_page(book))
    book.save(path)


def _renamed(book, page):
    page.title = "Meins"
    page["C8"] = "Unsere Website"
    page["C10"] = "Telefon"


def _relabelled(book, page):
    page["C10"] = "Fax"


def _cleared(book, page):
    page["C10"] = None


@pytest.mark.parametrize(("change", "value"), [(_relabelled, "Fax"), (_cleared, "")])
def test_a_name_over_that_of_a_touchpoint_is_told(study, change, value):
    spoil(put(study, "a.xlsx", ROWS[:2]), change)
    found = read_sheets(study)
    line = found.audit_quarantine.iloc[0]
    assert len(found.audit_quarantine) == 1
    assert (line.row, line.column, line.value) == (10, "Kontaktpunkt", value)
    assert line.rule.startswith("stands in the row of '=Hotline()'")
    assert found.audits.set_index("touchpoint").loc["hotline", "importance"] == 5


def _sorted(columns):
    def change(book, page):
        for one, other in zip(page[8], page[10], strict=True):
            if one.column_letter in columns:
                one.value, other.value = other.value, one.value
                for cell in (one, other):
                    cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type

    return change


def _moved(book, page):
    page.move_range("D5:E20", cols=20)
    page.insert_rows(1, amount=2)


@pytest.mark.parametrize(
    "change", [_renamed, _sorted("ABCDEFGHIJKL"), _sorted("BCDEFGHIJKL"), _moved],
    ids=["renamed", "sorted", "sorted without the hidden column", "moved"],
)  # fmt: skip
def test_rows_are_known_wherever_they_went(study, change):
    spoil(put(study, "a.xlsx", ROWS[:2], auditor="Ann"), change)
    table = read_sheets(study).audits.set_index("touchpoint")
    assert table.loc[["hotline", "website"], "importance"].tolist() == [5, 3]
    assert table.loc["hotline", "kept"] == "=SUM(A1:A9)"


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("importance", "4", 4),
        ("importance", "4,0", 4),
        ("importance", "vier", "is no whole number from 1 to 5."),
        ("importance", 4.5, "is no whole number from 1 to 5."),
        ("performance", 6, "is no whole number from 1 to 5."),
        ("performance", 0, "is no whole number from 1 to 5."),
        ("performance", True, "is no whole number from 1 to 5."),
        ("performance", "#NAME?", "is an error of a formula."),
        ("cost", "1.000 €", 1000),
        ("cost", "12,5", 12.5),
        ("cost", "1.234.567,50 EUR", 1234567.5),
        ("cost", "CHF 60'000.–", 60000),
        ("cost", "1,000", "could mean thousands or decimals."),
        ("cost", "60 TEUR", "is no amount."),
        ("cost", -5, "is no amount."),
        ("cost", "5000-6000", "is no amount."),
        ("control", "MITTEL ", "medium"),
        ("control", "high", "high"),
        ("control", "hoch bis mittel", "is not one of hoch, mittel, gering."),
        ("owner", 4711, "4711"),
        ("kept", "   ", ""),
        ("kept", "#NV", "is an error of a formula."),
        ("kept", "#TODO", "#TODO"),
    ],
)
def test_a_cell_is_used_or_set_apart(study, key, value, told):
    put(study, "a.xlsx", rated(study, **{key: value}))
    found = read_sheets(study)
    row = found.audits.set_index("touchpoint").loc["hotline"]
    others = {"importance": 4, "performance": 2}
    assert all(row[name] == rating for name, rating in others.items() if name != key)
    if isinstance(told, str) and told.endswith("."):
        line = found.audit_quarantine.iloc[0]
        assert len(found.audit_quarantine) == 1
        assert (line.file, line.sheet, line.row) == ("a.xlsx", "Innensicht", 10)
        assert line.column == language("de").say(f"audit_column.{key}")
        assert (line.rule, bool(line.remedy)) == (told, True)
        assert row[key] == "" if key in ("control", "kept") else np.isnan(row[key])
    else:
        assert found.audit_quarantine.empty
        assert row[key] == told


def test_english_and_german_thousands_are_not_mixed_up():
    assert [number_of(text, ",") for text in ("1,000", "1.000", "1,234.5")] == [1000, None, 1234.5]
    assert [number_of(text, ".") for text in ("1.000", "1,000", "1.234,5")] == [1000, None, 1234.5]


def test_rows_that_cannot_be_used_are_told(study):
    rows = [{"named": "Website"}, {"named": None, "kept": "?"}, {"named": "Chat", "importance": 9}]
    path = put(study, "a.xlsx", rated(study) + rows)

    def change(book, page):
        page["D9"] = "=1/0"
        page["A10"] = "id:advice"
        page["C10"] = "Advice"

    spoil(path, change)
    found = read_sheets(study)
    rules = list(found.audit_quarantine.rule)
    assert [rule.split(";")[0].split(",")[0] for rule in rules] == [
        "is a formula without a stored result.",
        "stands in row 9 already",
        "has a row of its own above",
        "is empty",
        "is no whole number from 1 to 5.",
    ]
    assert list(found.missing.named) == ["Chat"]
    other = replace(study, touchpoints=study.touchpoints[:1])
    gone = read_sheets(other).audit_quarantine
    assert gone.rule.str.contains("is not among the study's touchpoints").sum() == 2


def test_files_that_cannot_be_used_are_told_all_at_once(study, tmp_path):
    put(study, "a.xlsx", rated(study), auditor="Ann")
    put(study, "b.xlsx", rated(study), auditor=" ann ")
    put(replace(study, id="other"), "c.xlsx", rated(study))
    put(replace(study, audit=Audit(points=7)), "d.xlsx", rated(study))
    pd.DataFrame({"x": [1]}).to_excel(study.raw / "audit" / "e.xlsx")
    (study.raw / "audit" / "f.xlsx").write_text("no workbook")
    spoil(put(study, "g.xlsx", []), lambda book, page: book["supertouch"].delete_rows(1, 3))
    spoil(put(study, "h.xlsx", []), lambda book, page: page.delete_rows(5))
    write_planned(plan_start_lists(study.raw / "audit"))
    (study.raw / "audit" / "~$a.xlsx").write_text("open in Excel")
    with pytest.raises(DataError) as caught:
        read_sheets(study)
    told = {problem.place: f"{problem.value}: {problem.rule}" for problem in caught.value.problems}
    assert set(told) == {*(f"{name}.xlsx" for name in "bcdefgh"), "touchpoints.xlsx"}
    assert "same auditor as 'a.xlsx'" in told["b.xlsx"]
    assert told["c.xlsx"].startswith("other: belongs to another study")
    assert "from 1 to 7; the study says 1 to 5" in told["d.xlsx"]
    assert "no audit sheet" in told["e.xlsx"]
    assert "cannot be opened" in told["f.xlsx"]
    assert "hidden sheet was changed" in told["g.xlsx"]
    assert "hidden row" in told["h.xlsx"]
    assert all(problem.remedy for problem in caught.value.problems)


def _many(book, page):
    for line in range(30, 2100):
        page.cell(line, 4, 3)


def _large(path):
    with ZipFile(path, "w", ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b" " * 40_000_000)


@pytest.mark.parametrize(
    ("spoilt", "rule"),
    [
        (lambda path: path.write_bytes(b""), "is empty"),
        (lambda path: path.write_bytes(OLE + bytes(900)), "locked by a password, or in the old"),
        (lambda path: path.write_bytes(path.read_bytes()[:3000]), "it is damaged"),
        (lambda path: Workbook().save(path), "is no audit sheet"),
        (lambda path: spoil(path, _many), "more than 2,000 rows"),
        (_large, "far larger than a sheet that people fill in (40 MB unpacked)"),
        (lambda path: spoil(path, lambda book, page: page.delete_cols(4)), "column, or has it"),
        (lambda path: spoil(path, lambda book, page: page.delete_cols(1)), "hidden row"),
        (lambda path: spoil(path, lambda book, page: page.__setitem__("M5", "cost")), ": cost."),
        (lambda path: spoil(path, lambda book, page: book.remove(book["supertouch"])), "no audit"),
    ],
)
def test_a_spoilt_file_is_told(study, spoilt, rule):
    spoilt(put(study, "a.xlsx", rated(study)))
    with pytest.raises(DataError) as caught:
        read_sheets(study)
    (problem,) = caught.value.problems
    assert problem.place == "a.xlsx"
    assert rule in problem.rule
    assert problem.remedy


def test_what_was_merged_or_stands_beside_is_told(study):
    path = put(study, "a.xlsx", rated(study))

    def change(book, page):
        page["D9"] = None
        page["D8"] = 5
        page.merge_cells("D8:D9")
        page.merge_cells("J9:K9")
        page["D10"] = ArrayFormula("D10", "=SUM(D8:D9)")
        page["N9"] = "Bitte beachten"
        page["N30"] = "Rückfragen an Anna"
        page.row_dimensions[9].hidden = True
        page.move_range("E5:E20", cols=20)

    spoil(path, change)
    found = read_sheets(study)
    assert found.audits.importance.tolist()[0] == 5
    assert np.isnan(found.audits.importance.tolist()[1:]).all()
    assert found.audits.performance.tolist() == [2, 2, 2]
    lines = found.audit_quarantine
    assert list(zip(lines.row, lines.column, lines.value, strict=True)) == [
        (9, "N", "Bitte beachten"),
        (9, "Wichtigkeit", ""),
        (10, "Wichtigkeit", "=SUM(D8:D9)"),
        (30, "N", "Rückfragen an Anna"),
    ]
    assert "merged" in lines.rule[1]


def test_no_sheets_are_no_error(study):
    found = read_sheets(study)
    assert (len(found.audits), len(found.missing), found.files) == (0, 0, ())
    assert list(found.audits.columns)[:3] == ["auditor", "file", "touchpoint"]
    with pytest.raises(UnsupportedError, match="each once"):
        put(study, "a.xlsx", [{"touchpoint": "fax"}])


def test_a_start_list_becomes_touchpoints(tmp_path):
    ann, bob = write_planned(plan_start_lists(tmp_path, auditors=["Ann", "Bob"], code="de"))

    def first(book, page):
        page["B8"] = "Kauf"
        page["D9"] = "nein"
        page["C10"] = None
        page["C11"] = 'Bericht "Kaffee=gut"'
        page["C23"] = "Website"
        page["B23"] = "vielleicht"
        page["C24"] = "Segment"
        page["B24"] = "Nachkauf"
        page["I24"] = "1.500 €"

    def second(book, page):
        page["C10"] = None
        page["C24"] = "segment"
        page["B24"] = "Vorkauf"

    spoil(ann, first)
    spoil(bob, second)
    listed = list_touchpoints([ann, bob])
    tables = tomllib.loads(listed.text)["touchpoints"]
    assert tuple(tables) == listed.touchpoints
    assert "advertising" not in tables
    assert tables["social_media"]["label"] == {"de": "Soziale Medien", "en": "Social media"}
    assert tables["website"]["phase"] == "during"
    assert tables["reports"]["label"] == {
        "de": 'Bericht "Kaffee=gut"', "en": "Reports in press, portals and forums",
    }  # fmt: skip
    assert tables["touchpoint_segment"] | {"label": 0} == {
        "label": 0, "phase": "after", "cost": 1500,
    }  # fmt: skip
    for doubt in ('Bob: phase = "before"', "Ann: not there", "vielleicht is not one of"):
        assert f"# CHECK: {doubt}" in listed.text or doubt in listed.text
    start = BASE.index("[touchpoints.website]")
    made = load(tmp_path, BASE[:start] + listed.text + BASE[BASE.index("[outcomes.loyalty]") :])
    assert len(made.touchpoints) == len(tables)
    with pytest.raises(DataError, match="cannot be opened"):
        list_touchpoints([tmp_path / "study.toml"])


def test_a_renamed_row_stays_one_touchpoint(tmp_path):
    auditors = ["Anna", "Ben", "Cleo"]
    german = write_planned(plan_start_lists(tmp_path / "de", auditors=auditors, code="de"))
    english = write_planned(plan_start_lists(tmp_path / "en", auditors=["Dan"], code="en"))
    spoil(german[0], lambda book, page: page.__setitem__("C8", "Internetseite"))
    spoil(german[2], lambda book, page: page.__setitem__("C23", "internet-seite"))
    every = [german[1], german[0], *german[2:], *english]
    listed = list_touchpoints(every)
    assert len(listed.touchpoints) == 14
    website = tomllib.loads(listed.text)["touchpoints"]["website"]
    assert website["label"] == {"de": "Internetseite", "en": "Website"}
    part = listed.text.split("[touchpoints.")[1]
    assert [line for line in part.splitlines() if "CHECK" in line] == [
        '# CHECK: Ben: label.de = "Website"',
        '# CHECK: Cleo: label.de = "Website"',
        '# CHECK: Cleo: label.de = "internet-seite"',
        '# CHECK: label.de was "Website" in the start list',
        "# CHECK: label.en is still that of the start list",
    ]
    spoil(english[0], lambda book, page: page.__setitem__("C8", "Web pages"))
    website = tomllib.loads(list_touchpoints(every).text)["touchpoints"]["website"]
    assert website["label"] == {"de": "Internetseite", "en": "Web pages"}


def run(*arguments):
    return CliRunner().invoke(app, ["audit", *map(str, arguments)], catch_exceptions=False)


def test_the_commands(tmp_path):
    file = tmp_path / "study.toml"
    file.write_text(BASE, encoding="utf-8")
    out = tmp_path / "audit" / "audit_demo_Ann.xlsx"
    told = run("template", file, "--auditor", "Ann", "--dry-run")
    assert "Would write" in told.output
    assert not out.exists()
    assert "put them into" in run("template", file, "--auditor", "Ann", "--language", "en").output
    assert "No audit sheets" in run("check", file).output
    study = load(tmp_path)
    put(study, "a.xlsx", [*rated(study, importance="x"), {"named": "Chat"}], auditor="Ann")
    told = run("check", file).output
    assert "Ann (a.xlsx): 3 touchpoints, 9 cells filled, 1 bad" in told
    assert "importance: 1 of 3 not rated: Hotline" in told
    assert "a.xlsx, sheet 'Innensicht', row 10, Wichtigkeit: 'x' is no whole number" in told
    assert "Chat (Ann)" in told
    put(study, "b.xlsx", [{"named": " chat"}], auditor="Bob")
    rows = [*rated(study, performance=None), {"named": "Chat!"}, {"named": "CHAT"}]
    spoil(put(study, "c.xlsx", rows, auditor="Cleo"), lambda book, page: page.delete_rows(9))
    told = run("check", file).output
    assert "Bob (b.xlsx): 3 touchpoints, 1 cells filled, 0 bad\n  importance: no touch" in told
    assert "performance: 1 of 2 not rated: Hotline\n  not in the sheet, or not readable: " in told
    assert "Touchpoints that auditors miss (1):\n  Chat (Ann, Bob, Cleo)\n" in told
    assert "Kontaktpunkt: 'CHAT' stands in row 11 already" in told
    run("template", "--start-list", "--to", tmp_path / "list", "--language", "de")
    start, part = tmp_path / "list" / "touchpoints.xlsx", tmp_path / "part.toml"
    assert "[touchpoints.website]" in run("touchpoints", start).output
    assert "Would write" in run("touchpoints", start, "--to", part, "--dry-run").output
    run("touchpoints", start, "--to", part)
    assert len(tomllib.loads(part.read_text("utf-8"))["touchpoints"]) == 14
    with pytest.raises(OutputError, match="already"):
        run("touchpoints", start, "--to", part)


def test_check_reads_what_people_brought(tmp_path):
    file = tmp_path / "study.toml"
    file.write_text(f'{BASE}\n[mentions]\nfile = "mentions.csv"\n', encoding="utf-8")
    study = pipeline.open_study(file)
    put(study, "a.xlsx", rated(study, importance="x"), auditor="Ann")
    table = {"Datum": ["2026-02-01", "gestern"], "Kontaktpunkt": "Hotline", "Wertung": "negativ"}
    pd.DataFrame(table).to_csv(study.raw / "mentions.csv", index=False)

    def checked():
        found = CliRunner().invoke(app, ["check", str(file)])
        assert isinstance(found.exception, DataError)
        return found.output, {problem.place for problem in found.exception.problems}

    told, wrong = checked()
    counts = [
        line.split()[-3:] for line in told.splitlines() if line.strip().split(" ")[0] in FILES
    ]
    assert counts[:2] == [["10", "9", "1"], ["2", "1", "1"]]
    assert "a.xlsx, row 10, Wichtigkeit: 'x' is no whole number from 1 to 5." in told
    assert "mentions.csv, row 3, Datum: 'gestern' is no date." in told
    assert wrong == {"wave 'w1'", "wave 'w2'"}, "their answers are not there"
    (study.raw / "mentions.csv").write_text("Datum,Wertung\n1.2.2026,negativ\n", encoding="utf-8")
    (study.raw / "audit" / "b.xlsx").write_bytes(b"")
    (tmp_path / "plan.toml").write_text("measures = 1", encoding="utf-8")
    told, wrong = checked()
    places = {place.split(",")[0] for place in wrong}
    assert places == {"wave 'w1'", "wave 'w2'", "b.xlsx", "mentions.csv", "plan.toml"}


def test_an_airport_is_audited(tmp_path):
    root = Path(__file__).parents[1]
    study = pipeline.open_study(root / "examples/sfo", raw=real_data("sfo", "raw"))
    planned = plan_templates(study, tmp_path, auditors=["Ann"], code="de")
    write_planned(planned)
    assert len(planned[0].form.rows) == len(study.touchpoints) + 10
    assert not read_sheets(study).files
