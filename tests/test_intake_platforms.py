"""Exports of survey platforms as they come: recognised by structure, told, values unchanged."""

import csv
import json
import shutil

import openpyxl
import pandas as pd
import pyreadstat
import pytest

from raw_study import study
from real_data import real_data
from supertouch.errors import DataError
from supertouch.intake import headers, ingest_wave, read
from supertouch.intake.readers import text as text_files
from supertouch.intake.recode import numbers
from supertouch.study.model import Text, Wave


def noted(raw, *words):
    return any(all(word in note for word in words) for note in raw.notes)


def plain_rows(path, encoding, n_header):
    with path.open(encoding=encoding, newline="") as file:
        return [row for row in list(csv.reader(file))[n_header:] if any(row)]


def agree(raw, rows):
    """The values are the file's own, cell by cell."""
    own = raw.frame.drop(columns="__row__")
    assert [["" if pd.isna(cell) else cell for cell in row] for row in own.to_numpy()] == [
        [cell if cell.strip() else "" for cell in row] for row in rows
    ]


@pytest.mark.parametrize(
    ("name", "encoding", "n_header", "n", "some_labels", "words"),
    [
        (
            "matrix.csv",
            "utf-8-sig",
            2,
            5,
            {"V7": "Status", "Q2_3": "Click to write the question text-Click to write Statement 3"},
            ["5 test responses", "'V7'"],
        ),
        (
            "no_basis_insights.csv",
            "utf-8",
            3,
            15,
            {
                "Q2_-1": "Check all statements you agree with-No basis for evaluation",
                "Q3_2": "Indicate how you feel about the following vegetables-Cucumbers",
            },
            ["'No basis for evaluation'", "Q2_-1, Q2_-2, Q5_1_-1"],
        ),
        (
            "no_basis_legacy.csv",
            "utf-8-sig",
            2,
            15,
            {"Q2_4": "Check all statements you agree with-No basis for evaluation"},
            ["15 test responses", "'V7'"],
        ),
        (
            "three_headers_de.csv",
            "utf-8",
            3,
            1,
            {
                "Status": "Antworttyp",
                "Finished": "Beendet",
                "Q1": "This is a multiple choice question.",
            },
            ["3 header rows, data from row 4"],
        ),
        (
            "two_headers_legacy.csv",
            "utf-8-sig",
            2,
            1,
            {"V10": "Finished", "Q2": "This is a free text question."},
            ["2 header rows, data from row 3"],
        ),
    ],
)
def test_qualtrics(name, encoding, n_header, n, some_labels, words):
    path = real_data("qualtrics", name)
    raw = read(path)
    assert (raw.platform, raw.n_rows, raw.encoding) == ("qualtrics", n, encoding)
    assert noted(raw, "recognised as a Qualtrics export", f"{n_header} header rows")
    assert noted(raw, *words)
    assert headers(path) == list(raw.columns)[:-1]
    assert some_labels.items() <= raw.column_labels.items()
    assert raw.frame["__row__"].tolist() == list(range(n_header + 1, n_header + 1 + n))
    agree(raw, plain_rows(path, encoding, n_header))


def test_qualtrics_numbers_headers_that_stand_more_than_once():
    raw = read(real_data("qualtrics", "matrix.csv"))
    assert raw.original_names["question_one.2"] == "question_one"
    assert raw.original_names["question_three.3"] == "question_three"
    assert raw.frame["question_one.3"].tolist()[:2] == ["13", "13"]
    assert noted(raw, "6 header(s)", "question_one.2")


@pytest.mark.parametrize(
    ("name", "column", "boxes"),
    [
        ("no_basis_insights.csv", "Q1", ("Q2_1", "Q2_2", "Q2_3", "Q2_-1", "Q2_-2")),
        ("no_basis_legacy.csv", "Q1", ("Q2_1", "Q2_2", "Q2_3", "Q2_4", "Q2_5")),
    ],
)
def test_qualtrics_survey_file_gives_labels_and_sets(tmp_path, name, column, boxes):
    shutil.copy(real_data("qualtrics", name), tmp_path / "w.csv")
    shutil.copy(real_data("qualtrics", "no_basis.qsf"), tmp_path / "w.qsf")
    raw = read(tmp_path / "w.csv")
    feel = {1.0: "Great", 2.0: "In the middle", 3.0: "Awful", -1.0: "No opinion"}
    assert raw.value_labels[column] == feel
    assert raw.value_labels["Q4_3"][-2.0] == "Never tried it"
    assert raw.sets["Q2"] == boxes
    assert len(raw.sets) == 7
    assert noted(raw, "w.qsf", "9 column(s)", "7 select-all")
    (tmp_path / "w.qsf").write_text("{", encoding="utf-8")
    assert noted(read(tmp_path / "w.csv"), "w.qsf cannot be read")


QUALTRICS = (
    ["StartDate", "Status", "Finished", "ResponseId", "Q1"],
    ["Anfangsdatum", "Antworttyp", "Beendet", "Antwort-ID", "Wie zufrieden?"],
    ['{"ImportId":"startDate"}', '{"ImportId":"status"}', '{"ImportId":"finished"}',
     '{"ImportId":"_recordId"}', '{"ImportId":"QID1"}'],
)  # fmt: skip


@pytest.mark.parametrize(
    ("preview", "unfinished"),
    [("1", "0"), ("Umfragevorschau", "Falsch"), ("Survey Preview", "False")],
)
@pytest.mark.parametrize("excel", [False, True])
def test_qualtrics_previews_and_unfinished_responses_are_told_and_stay(
    tmp_path, preview, unfinished, excel
):
    day = "2021-01-31 10:22:33"
    rows = [[day, preview, "1", "R_1", "3"], [day, "0", unfinished, "R_2", ""]]
    rows = [*QUALTRICS, *rows, [day, "0", "True", "R_3", "4"]]
    path = workbook(tmp_path / "w.xlsx", {"S": rows}) if excel else table(tmp_path / "w.csv", rows)
    raw = read(path)
    assert noted(raw, "1 previews", f"{preview} = 1", "until the study excludes them")
    assert noted(raw, "1 unfinished responses", f"{unfinished} = 1")
    assert raw.frame["__row__"].tolist() == [4, 5, 6]
    assert raw.column_labels["Q1"] == "Wie zufrieden?"


def workbook(path, sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    book.save(path)
    return path


def table(path, rows, *, delimiter=",", encoding="utf-8"):
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def test_limesurvey_with_its_syntax_file():
    path = real_data("limesurvey", "limonaid_survey_998192_R_data_file.csv")
    raw = read(path)
    assert (raw.platform, raw.n_rows, raw.encoding) == ("limesurvey", 7, "utf-8-sig")
    names = ["id", "submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp",
             "generalIntro", "informedConsent", "gender", "gender_other", "age"]  # fmt: skip
    assert list(raw.columns)[:12] == headers(path)[:12] == names
    assert raw.column_labels["gender_other"] == "[Other] How do you identify?"
    assert raw.value_labels["gender"] == {"man": "Man", "woman": "Woman"}
    assert raw.value_labels["education_primary"] == {1.0: "Yes", 0.0: "Not selected"}
    assert raw.value_labels["personality_open"][7.0] == "7 agree strongly"
    assert len(raw.value_labels) == 29
    assert list(raw.sets) == ["education"]
    assert raw.sets["education"][1:3] == ("education_secondary", "education_tertairy")
    assert raw.frame["gender"].tolist()[1] == "man"
    assert raw.frame["__row__"].tolist() == list(range(2, 9))
    assert noted(raw, "5 unfinished responses")
    assert noted(raw, "20 column(s)", "keep their headings")
    agree(raw, plain_rows(path, "utf-8-sig", 1))


def test_limesurvey_results_without_syntax_file(tmp_path):
    path = tmp_path / "results.csv"
    shutil.copy(real_data("limesurvey", "limonaid_survey_998192_R_data_file.csv"), path)
    raw = read(path)
    assert raw.platform == "limesurvey"
    names = list(raw.columns)
    assert names[:7] == [
        "id",
        "submitdate",
        "lastpage",
        "startlanguage",
        "seed",
        "startdate",
        "datestamp",
    ]
    assert "How do you identify? [Other]" in names
    assert max(map(len, names)) <= 84
    assert any(name.endswith("[Secondary School]") for name in names)
    assert raw.original_names["id"] == "Response ID"
    assert noted(raw, "shortened to 80")
    agree(raw, plain_rows(path, "utf-8-sig", 1))


@pytest.mark.parametrize(
    ("first", "names", "labels"),
    [
        (
            ["id", "submitdate", "lastpage", "G1Q1", "G1Q2[SQ1]"],
            ["id", "submitdate", "lastpage", "G1Q1", "G1Q2[SQ1]"],
            {},
        ),
        (
            ["id. Antwort ID", "submitdate. Datum Abgeschickt", "lastpage. Letzte Seite",
             "G1Q1. Wie alt sind Sie?", "G1Q2[SQ1]. Was nutzen Sie? [Laden]"],
            ["id", "submitdate", "lastpage", "G1Q1", "G1Q2[SQ1]"],
            {"G1Q1": "Wie alt sind Sie?", "G1Q2[SQ1]": "Was nutzen Sie? [Laden]"},
        ),
    ],
)  # fmt: skip
def test_limesurvey_headings_with_codes(tmp_path, first, names, labels):
    raw = read(table(tmp_path / "w.csv", [first, ["1", "2021-01-01", "3", "44", "Y"]]))
    assert raw.platform == "limesurvey"
    assert list(raw.columns)[:-1] == names
    assert labels.items() <= raw.column_labels.items()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('names(data)[1] <- "a"\nnames(data)[2] <- "b"\n' * 3 + 'names(data)[9] <- "z"', "names 3"),
        ('names(data)[1] <- "a"\nnames(data)[2] <- "b"\n', "other question texts"),
    ],
)
def test_limesurvey_syntax_of_another_export_is_passed_over(tmp_path, content, words):
    rows = [["Response ID", "Date submitted", "Last page"], ["1", "2021-01-01", "3"]]
    path = table(tmp_path / "w_R_data_file.csv", rows)
    (tmp_path / "w_R_syntax_file.R").write_text(content, encoding="utf-8")
    raw = read(path)
    assert noted(raw, "w_R_syntax_file.R", words, "passed over")
    assert list(raw.columns)[:3] == ["id", "submitdate", "lastpage"]


def test_surveymonkey():
    path = real_data("surveymonkey", "star_wars.csv")
    raw = read(path)
    assert (raw.platform, raw.n_rows, raw.encoding) == ("surveymonkey", 1186, "cp1252")
    names = list(raw.columns)
    assert len(set(names)) == 39
    seen = names[3:9]
    assert seen[0] == (
        "Which of the following Star Wars films have you: Star Wars: Episode I The Phantom Menace"
    )
    assert list(raw.sets.values()) == [tuple(seen)]
    assert raw.column_labels[seen[3]] == (
        "Which of the following Star Wars films have you seen? Please select all that apply.: "
        "Star Wars: Episode IV A New Hope"
    )
    assert raw.column_labels[names[15]].endswith("unfamiliar with him/her.: Han Solo")
    assert raw.frame[seen[0]].notna().sum() == 673
    assert raw.frame["Gender"].value_counts().to_dict() == {"Female": 549, "Male": 497}
    assert raw.frame["__row__"].tolist()[::1185] == [3, 1188]
    assert raw.original_names[seen[1]] == ""
    assert noted(raw, "not UTF-8", "cp1252")
    assert noted(raw, "select-all question", "6 options")
    agree(raw, plain_rows(path, "cp1252", 2))


def test_surveymonkey_other_texts_do_not_hide_a_select_all_question(tmp_path):
    first = ["Respondent ID", "What do you use?", "", "", "How was it?", ""]
    second = ["", "Shop", " Web ", "Other (please specify)", "Speed", "Price"]
    rows = [["1", "Shop", "", "by pigeon", "Good", "Bad"], ["2", "", " Web ", "", "Bad", "Bad"]]
    raw = read(table(tmp_path / "w.csv", [first, second, *rows]))
    assert raw.sets == {"What do you use?": ("What do you use?: Shop", "What do you use?: Web")}
    excel = read(workbook(tmp_path / "w.xlsx", {"S": [first, second, *rows]}))
    assert (excel.sets, excel.columns) == (raw.sets, raw.columns)


TIVIAN = (
    ["lfdn", "external_lfdn", "tester", "dispcode", "v_1", "v_2", "zeit"],
    ["1", "0", "0", "31", "5", "1", "12,5"],
    ["2", "0", "1", "31", "-77", "2", "1.012,25"],
    ["3", "0", "0", "22", "-66", "-99", "7"],
)
CODEBOOK = (
    ["Projekt", "Kundenbefragung", ""],
    ["Variable", "Frage", "Code", "Label"],
    ["v_1", "Wie zufrieden sind Sie mit der Hotline?", "", ""],
    ["", "", "1", "sehr unzufrieden"],
    ["", "", "5", "sehr zufrieden"],
    ["v_2", "Filiale besucht?", "1", "ja"],
    ["v_2", "Filiale besucht?", "2", "nein"],
    ["v_9", "Nicht exportiert", "1", "ja"],
)


@pytest.mark.parametrize(
    "book", ["w_codebook.csv", "Codebook Projekt.csv", "w-Codebuch.xlsx", "sheet"]
)
def test_tivian_with_codebook(tmp_path, book):
    if book == "sheet":
        path = workbook(tmp_path / "w.xlsx", {"Variablen": CODEBOOK, "Daten": TIVIAN})
        assert read(path).sheet == "Daten"
    else:
        path = table(tmp_path / "w.csv", TIVIAN, delimiter=";", encoding="cp1252")
        if book.endswith("csv"):
            table(tmp_path / book, CODEBOOK, delimiter=";", encoding="cp1252")
        else:
            workbook(tmp_path / book, {"Codebuch": CODEBOOK})
    raw = read(path)
    assert raw.platform == "tivian"
    assert raw.column_labels["v_1"] == "Wie zufrieden sind Sie mit der Hotline?"
    assert raw.value_labels == {
        "v_1": {1.0: "sehr unzufrieden", 5.0: "sehr zufrieden"},
        "v_2": {1.0: "ja", 2.0: "nein"},
    }
    assert raw.missing_codes == {"v_1": ((-77.0, -77.0), (-66.0, -66.0)), "v_2": ((-99.0, -99.0),)}
    assert noted(raw, "-77 stands for no answer in 1 cell(s) of 1 column(s): v_1")
    assert noted(raw, "1 test records")
    assert noted(raw, "1 unfinished responses", "22 = 1")
    assert noted(raw, "2 column(s)", "1 of its variables are no column")
    assert raw.frame["v_1"].astype(str).tolist() == ["5", "-77", "-66"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a;b\n1;2\n", "has no columns"),
        ("", "cannot be read"),
        ("Variable;Frage\nx;y\n", "none of"),
    ],
)
def test_codebooks_that_do_not_fit_are_told(tmp_path, content, words):
    path = table(tmp_path / "w.csv", TIVIAN, delimiter=";")
    (tmp_path / "w_codebook.csv").write_text(content, encoding="utf-8")
    raw = read(path)
    assert noted(raw, "w_codebook.csv", words)
    assert raw.n_rows == 3


@pytest.mark.parametrize(
    ("values", "delimiter", "expected", "words"),
    [
        (["3,5", "1.234,5", "2", "-0,25"], ";", ["3.5", "1234.5", "2", "-0.25"], "decimal commas"),
        (["1,250", "0,5"], ";", ["1.250", "0.5"], "decimal commas"),
        (["1,234", "2,500"], ";", ["1,234", "2,500"], "thousands or decimals"),
        (["1,5", "2.5"], ";", ["1,5", "2.5"], "beside other texts"),
        (["1,5", "1.234"], "\t", ["1,5", "1.234"], "beside other texts"),
        (["1,2", "3,5"], ",", ["1,2", "3,5"], "several codes"),
        (["1,2,3", "1,2"], ";", ["1,2,3", "1,2"], None),
        (["well, no", "1,2"], ";", ["well, no", "1,2"], None),
    ],
)
def test_decimal_commas(tmp_path, values, delimiter, expected, words):
    rows = [["a", "b"], *([value, "x"] for value in values)]
    raw = read(table(tmp_path / "w.csv", rows, delimiter=delimiter))
    assert raw.frame["a"].tolist() == expected
    assert words is None or noted(raw, words, " a")
    assert any(", in " in n or " in a" in n for n in raw.notes) == (words is not None)
    if words == "decimal commas":
        before = numbers(pd.Series(values, dtype="str")).tolist()
        assert numbers(raw.frame["a"]).tolist() == before


def test_sheets_are_never_guessed(tmp_path):
    data, more = [["x", "y"], [1, 2]], [["u", "v"], [3, 4]]
    remarks = [["Made on Monday"], ["by us"]]
    with pytest.raises(DataError, match=r"sheets 'A', 'B'.*sheet = \"A\""):
        read(workbook(tmp_path / "w.xlsx", {"A": data, "B": more}))
    raw = read(workbook(tmp_path / "w.xlsx", {"Info": remarks, "B": data, "Empty": []}))
    assert raw.sheet == "B"
    assert noted(raw, "sheet 'B' taken", "passed over: 'Info'")
    assert read(workbook(tmp_path / "w.xlsx", {"Variablen": data})).sheet == "Variablen"


def test_spss_files_of_all_kinds():
    raw = read(real_data("spss", "mobiles_feedback_4_weeks.sav"))
    assert raw.n_rows == 895
    assert raw.column_labels["Q12_1"] == "Effort to: Understand your bill"
    assert raw.missing_codes["Q12_6"] == ((6.0, 6.0),)
    assert raw.sets == {"Race": tuple(f"Q6_{i}_r" for i in range(1, 9))}
    assert noted(raw, "category set 'Satisfaction'", "Q11_1, Q11_2, Q11_3")
    raw = read(real_data("spss", "haven_datetime.sav"))
    assert raw.frame["date"].dt.year.tolist() == [2014, 2014]
    assert raw.frame["date.posix"].str.fullmatch(r"\d{4,}-.*").all()
    assert noted(raw, "after the year 9999", "date.posix")
    raw = read(real_data("spss", "haven_umlauts.sav"))
    assert raw.value_labels["var1"][2.0] == "the ü umlaut"
    raw = read(real_data("spss", "pyreadstat_sample_missing.sav"))
    assert raw.missing_codes["mynum"] == ((2000.0, 3000.0), (-1.0, -1.0))
    raw = read(real_data("spss", "pyreadstat_sample.zsav"))
    assert raw.frame["mydate"].dt.year.tolist()[:2] == [2018, 1880]
    raw = read(real_data("spss", "pyreadstat_simple_alltypes.sav"))
    assert raw.missing_codes["z"] == ((-999.0, 0.0), (999.0, 999.0))
    assert raw.sets == {"mymrset": ("bool1", "bool2", "bool3")}
    raw = read(real_data("spss", "rforeign_testdata.sav"))
    assert raw.missing_codes["string_miss"] == (("a", "a"), ("b", "b"))
    assert read(real_data("oracle", "bank_tidied.sav")).n_rows == 896


def test_portable_spss_files(tmp_path):
    path = tmp_path / "w.por"
    pyreadstat.write_por(pd.DataFrame({"Q1": [1.0, 2.0, None], "S": ["a", "", "b"]}), path)
    raw = read(path)
    assert headers(path) == ["Q1", "S"]
    assert raw.frame["Q1"].tolist()[:2] == [1.0, 2.0]
    assert raw.frame["S"].isna().tolist() == [False, True, False]
    assert noted(raw, "portable", "declares missing")
    for content in (b"", b"a,b\n1,2\n", path.read_bytes()[:300]):
        path.write_bytes(content)
        with pytest.raises(DataError, match=r"empty|damaged"):
            read(path)


def test_sfo_files_have_the_rows_that_were_published():
    published = {2013: 3535, 2014: 2818, 2015: 2958, 2016: 3087, 2017: 2831}
    for year, n in published.items():
        raw = read(real_data("sfo", "raw", f"{year}_SFO_Customer_Survey_20250817.csv"))
        assert (raw.n_rows, raw.platform) == (n, "")
    wave = read(real_data("sfo", "raw", "2016_SFO_Customer_Survey_20250817.csv"))
    assert wave.columns[0] == "*RESPNUM"


def test_text_files_come_in_parts_that_agree(tmp_path, monkeypatch):
    monkeypatch.setattr(text_files, "_BLOCK", 20_000)
    rows = [[str(i), "x" * 50, "" if i < 2000 else "3,5"] for i in range(3000)]
    rows[1500] = ["1500", "short"]
    rows.insert(10, ["", " ", ""])
    table(tmp_path / "w_a.csv", [["id", "t", "n"], *rows], delimiter=";")
    table(tmp_path / "w_b.csv", [["n", "t", "id"], ["7", "y", "last"]])
    heard = []
    incoming = ingest_wave(
        study(tmp_path, Wave("w", Text(), "w_*.csv")),
        "w",
        progress=lambda *told: heard.append(told),
    )
    looked = len(heard)
    parts = list(incoming.chunks())
    assert len(parts) > 5
    assert len({tuple(part.dtypes.items()) for part in parts}) == 1
    whole = incoming.frame()
    assert whole["id"].tolist() == [str(i) for i in range(3000)] + ["last"]
    assert whole["__row__"].tolist()[9:11] == [11, 13]
    assert whole["__fault__"].notna().sum() == 1
    assert set(whole["n"].dropna()) == {"3.5", "7"}
    meta = incoming.meta()
    assert json.loads(json.dumps(meta)) == meta
    assert meta["n_rows"] == len(whole) == sum(map(len, parts))
    for told in (heard[:looked], heard[looked : looked + len(parts)]):
        assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
        assert told[-1][:2] == (told[-1][1], sum(file["bytes"] for file in meta["files"]))


def test_a_file_that_changes_between_two_looks_is_refused(tmp_path):
    path = table(tmp_path / "w.csv", [["a"], ["1"], ["2"]])
    incoming = ingest_wave(study(tmp_path, Wave("w", Text(), "w.csv")), "w")
    table(path, [["a"], ["1"]])
    with pytest.raises(DataError, match="changed while it was read"):
        incoming.frame()
