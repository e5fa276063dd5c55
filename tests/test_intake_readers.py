"""Raw files of every format: what is found out, what is kept, what is refused."""

import datetime as dt
import hashlib
import json
import re
import zipfile

import openpyxl
import openpyxl.chart
import pandas as pd
import pyreadstat
import pytest

from raw_study import study
from supertouch.errors import DataError
from supertouch.intake import headers, ingest_wave, read
from supertouch.intake.recode import texts
from supertouch.study.model import Text, Wave


def write(folder, content, name="w.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("cp1252", "cp1252"),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_encoding_and_delimiter_are_found_out(tmp_path, encoding, found, delimiter):
    lines = ["id", " Größe ", "text"], ["1", "5", '"a, b; c\nd"'], ["2", "", "NA"]
    path = write(tmp_path, "\n".join(delimiter.join(x) for x in lines) + "\n", encoding=encoding)
    raw = read(path)
    assert (raw.encoding, raw.delimiter, raw.n_rows) == (found, delimiter, 2)
    assert headers(path) == ["id", "Größe", "text"]
    assert list(raw.frame.columns) == ["id", "Größe", "text", "__row__"]
    assert raw.original_names == {"Größe": " Größe "}
    assert raw.frame["text"].tolist() == ["a, b; c\nd", "NA"]
    assert raw.frame["Größe"].isna().tolist() == [False, True]
    assert raw.frame["__row__"].tolist() == [2, 3]
    assert any(found in note for note in raw.notes)


@pytest.mark.parametrize(
    ("content", "mixed"),
    [
        ("a\nä\nGröße\n".encode("cp1252"), False),
        ("a\nx\nGröße\n".encode() + "ä\n".encode("cp1252"), True),
        ("a\nä\n".encode("cp1252") + "b\nc\n漢\n".encode(), True),
    ],
)
def test_csv_of_mixed_encodings_is_told(tmp_path, content, mixed):
    raw = read(write(tmp_path, content))
    assert raw.encoding == "cp1252"
    notes = [note for note in raw.notes if "two encodings" in note]
    assert bool(notes) == mixed
    if mixed:
        first = content.split(b"\n").index("Größe".encode() if b"x" in content else "漢".encode())
        assert f"line {first + 1}," in notes[0]


def test_csv_delimiter_follows_the_header_not_the_decimal_commas(tmp_path):
    raw = read(write(tmp_path, "a;b\n1,25;3,5\n2,5;4,0\n"))
    assert raw.delimiter == ";"
    assert raw.frame["a"].tolist() == ["1.25", "2.5"]


def test_csv_of_one_column_is_legal(tmp_path):
    assert read(write(tmp_path, "a\n1\n2\n")).frame["a"].tolist() == ["1", "2"]


def test_csv_blank_rows_keep_their_number_and_are_told(tmp_path):
    raw = read(write(tmp_path, "a,b\n1,2\n\n,\n3,4\n"))
    assert raw.frame["__row__"].tolist() == [2, 5]
    assert any("2 wholly blank row(s)" in note for note in raw.notes)


def test_csv_hint_of_excel_is_no_header(tmp_path):
    path = write(tmp_path, "sep=;\na;b\n1;2\n")
    assert headers(path) == ["a", "b"]
    assert read(path).delimiter == ";"


def test_csv_short_rows_are_marked_not_filled_in_silence(tmp_path):
    frame = read(write(tmp_path, "a,b,c\n1,2,3\n4,5\n")).frame
    assert frame["__fault__"].isna().tolist() == [True, False]
    assert frame["__fault__"].iloc[1] == "the row has 2 fields and the header 3"


def test_csv_blank_header_gets_a_name_and_a_note(tmp_path):
    raw = read(write(tmp_path, "a,,c\n1,2,3\n"))
    assert list(raw.frame.columns) == ["a", "column_2", "c", "__row__"]
    assert any("column_2" in note for note in raw.notes)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ["is empty"]),
        (b"\xef\xbb\xbf", ["is empty"]),
        (b"  \n ", ["is empty"]),
        ("a,b\n", ["no rows of data"]),
        ("a,b\n1,2,3\n4,5\n6,7,8\n", ["row 2, 4", "3 fields", "the 2 of the header"]),
        ("a,b,a\n1,2,3\n", ["column 'a'", "positions 1, 3"]),
        ("a, a \n1,2\n", ["column 'a'", "positions 1, 2"]),
        ("a,__row__\n1,2\n", ["column '__row__'", "keeps for itself"]),
        ('a,b\n1,2\n3,"open\n4,5\n', ["row 3", "quotation mark"]),
        (b"PK\x03\x04\0\0\0\0", ["is not a text file"]),
        (b"a,b\n\x81,\xff\n", ["without loss", "UTF-8"]),
    ],
)
def test_csv_that_cannot_be_used(tmp_path, content, words):
    with pytest.raises(DataError) as error:
        read(write(tmp_path, content))
    assert "w.csv" in str(error.value)
    for word in words:
        assert word in str(error.value)


def workbook(path, sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    book.save(path)
    return path


def test_excel_keeps_types_and_chooses_sheets(tmp_path):
    rows = [
        [" id ", "rating", "day", "mixed", None, "flag"],
        [1, 6, dt.datetime(2019, 7, 22), "Blank", 1, True],
        [None, " ", None],
        [2, 6.5, dt.datetime(2019, 7, 23), 3, 2, None],
        [None, None],
    ]
    path = workbook(tmp_path / "w.xlsx", {"First": [["a"], [1]], "Data": rows})
    assert headers(path, "First") == ["a"]
    assert headers(path, "Data") == ["id", "rating", "day", "mixed", "column_5", "flag"]
    raw = read(path, sheet="Data")
    assert (raw.sheet, raw.n_rows) == ("Data", 2)
    assert raw.frame["__row__"].tolist() == [2, 4]
    assert raw.frame["rating"].tolist() == [6, 6.5]
    assert raw.frame["day"].dt.date.tolist() == [dt.date(2019, 7, 22), dt.date(2019, 7, 23)]
    assert raw.frame["mixed"].tolist() == ["Blank", 3]
    with pytest.raises(DataError, match=r"sheet 'Nope'.*'First', 'Data'"):
        read(path, sheet="Nope")
    stored = ingest_wave(study(tmp_path, Wave("w", Text(), "w.xlsx", sheet="Data")), "w").frame()
    assert stored["mixed"].tolist() == ["Blank", "3"]
    stored.to_parquet(tmp_path / "stored.parquet")


def edited(path, edit, rows=(("id", "r"), (1, 3), (2, 4), (3, 5))):
    workbook(path, {"S": rows})
    book = openpyxl.load_workbook(path)
    edit(book["S"])
    book.save(path)
    return path


def formulas(page):
    for row in range(2, 5):
        page.cell(row, 2).value = f"=1+{row}"


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (formulas, ["B2, B3, B4", "formula", "Open the file in Excel and save it"]),
        (lambda page: page.merge_cells("B2:B4"), ["B2:B4", "merged", "Unmerge"]),
        (lambda page: page.merge_cells("A1:A2"), ["A1:A2", "merged", "Unmerge"]),
    ],
)
def test_excel_cells_that_show_what_the_file_does_not_hold(tmp_path, edit, words):
    with pytest.raises(DataError) as error:
        read(edited(tmp_path / "w.xlsx", edit))
    for word in ["w.xlsx, sheet 'S'", *words]:
        assert word in str(error.value)


def test_excel_formulas_with_a_result_and_empty_merges_are_harmless(tmp_path):
    def edit(page):
        formulas(page)
        page.merge_cells("A1:B1")
        page.merge_cells("D2:D4")

    path = edited(tmp_path / "w.xlsx", edit)
    parts = {}
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    solved = re.sub(rb"<f>1\+(\d)</f><v>?\s*(/>|</v>)", rb"<f>1+\1</f><v>\1</v>", parts[sheet])
    parts[sheet] = solved.replace(
        b'<c r="B4"><f>1+4</f><v>4</v>', b'<c r="B4" t="str"><f>1+4</f><v></v>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    frame = read(path).frame
    assert frame["column_2"].tolist()[:2] == [2, 3]
    assert frame["column_2"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize("drawn", [True, False])
def test_excel_takes_the_first_sheet_with_cells_not_a_chart(tmp_path, drawn):
    path = workbook(tmp_path / "w.xlsx", {"Data": [["a"], [1]]})
    book = openpyxl.load_workbook(path)
    chart = openpyxl.chart.BarChart()
    chart.add_data(openpyxl.chart.Reference(book["Data"], min_col=1, min_row=1, max_row=2))
    page = book.create_chartsheet("Chart", 0)
    if drawn:
        page.add_chart(chart)
    book.save(path)
    assert headers(path) == ["a"]
    assert (read(path).sheet, read(path).frame["a"].tolist()) == ("Data", [1])
    del book["Data"]
    book.save(path)
    with pytest.raises(DataError, match=r"w\.xlsx: holds no sheet with cells"):
        read(path)


@pytest.mark.parametrize("suffix", [".xlsx", ".sav", ".zsav", ".parquet"])
def test_files_that_are_damaged_empty_or_something_else(tmp_path, suffix):
    frame = pd.DataFrame({"a": [1.0, 2.0] * 500, "b": ["x", "y"] * 500})
    whole = tmp_path / f"whole{suffix}"
    makers = {
        ".xlsx": lambda: frame.to_excel(whole, index=False),
        ".sav": lambda: pyreadstat.write_sav(frame, whole),
        ".zsav": lambda: pyreadstat.write_sav(frame, whole, compress=True),
        ".parquet": lambda: frame.to_parquet(whole),
    }
    makers[suffix]()
    assert headers(whole) == ["a", "b"]
    assert read(whole).n_rows == 1000
    content = whole.read_bytes()
    for name, part in {
        "half": content[: len(content) // 2],
        "empty": b"",
        "text": b"a,b\n1,2\n",
        "ole": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    }.items():
        path = write(tmp_path, part, f"{name}{suffix}")
        with pytest.raises(DataError) as error:
            read(path)
        problem = error.value.problems[0]
        assert name in problem.place
        assert problem.rule
        assert problem.remedy


def test_password_is_named_for_locked_workbooks(tmp_path):
    path = write(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "locked.xlsx")
    with pytest.raises(DataError, match="locked by a password"):
        headers(path)


@pytest.mark.parametrize("name", ["w.xls", "w.docx", "w"])
def test_unknown_suffix_lists_the_known_ones(tmp_path, name):
    with pytest.raises(DataError, match=r"\.csv, .*\.xlsx, .*\.sav, .*\.parquet"):
        read(write(tmp_path, "a\n1\n", name))


@pytest.mark.parametrize("name", ["w.csv", "w.xlsx"])
def test_a_title_above_the_header_is_refused(tmp_path, name):
    rows = [["Wave 1", "", ""], ["a", "b", "c"], ["1", "2", "3"]]
    if name == "w.xlsx":
        path = workbook(tmp_path / name, {"S": rows})
    else:
        path = write(tmp_path, "\n".join(map(",".join, rows)) + "\n", name)
    for looked_at in (read, headers):
        with pytest.raises(DataError, match=r"'Wave 1': is the only name for 3 columns"):
            looked_at(path)


@pytest.mark.parametrize("name", ["w.csv", "w.parquet"])
def test_sheet_of_a_file_without_sheets_is_refused(tmp_path, name):
    with pytest.raises(DataError, match="no sheets"):
        read(write(tmp_path, "a\n1\n", name), sheet="x")


def test_spss_keeps_codes_labels_and_declared_missing(tmp_path):
    frame = pd.DataFrame({"r": [1.0, 6.0, None, 99.0], "s": ["a", "", "x", "b"]})
    pyreadstat.write_sav(
        frame,
        tmp_path / "w.sav",
        variable_value_labels={"r": {1: "bad", 6: "Don't know"}},
        missing_ranges={"r": [6, {"lo": 90, "hi": 99}], "s": ["x"]},
    )
    raw = read(tmp_path / "w.sav")
    assert raw.frame["r"].tolist()[:2] == [1, 6]
    assert raw.frame["r"].isna().tolist() == [False, False, True, False]
    assert raw.frame["s"].isna().tolist() == [False, True, False, False]
    assert raw.frame["__row__"].tolist() == [1, 2, 3, 4]
    assert sorted(raw.missing_codes["r"]) == [(6, 6), (90, 99)]
    meta = ingest_wave(study(tmp_path, Wave("w", Text(), "w.sav")), "w").meta()
    assert json.loads(json.dumps(meta)) == meta
    assert meta["value_labels"] == {"r": {"1": "bad", "6": "Don't know"}}
    assert sorted(meta["missing_codes"]["r"]) == [[6.0, 6.0], [90.0, 99.0]]


def test_parquet_keeps_types(tmp_path):
    frame = pd.DataFrame(
        {
            "i": pd.array([1, None], dtype="Int64"),
            "c": pd.Categorical(["x", None]),
            "d": pd.to_datetime(["2019-07-22", None]),
            "l": [[1, 2], None],
        }
    )
    frame.to_parquet(tmp_path / "w.parquet")
    raw = read(tmp_path / "w.parquet")
    assert raw.frame["c"].tolist()[0] == "x"
    assert raw.frame["d"].dt.year.tolist()[0] == 2019
    stored = ingest_wave(study(tmp_path, Wave("w", Text(), "w.parquet")), "w").frame()
    stored.to_parquet(tmp_path / "again.parquet")


def test_several_files_make_one_wave_and_raw_files_stay_untouched(tmp_path):
    for name, text in {"w_b.csv": "b;id\n1;3\n", "w_a.csv": "id,b\n1,2\n2,2\n"}.items():
        write(tmp_path, text, name)
    before = {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in tmp_path.iterdir()}
    incoming = ingest_wave(study(tmp_path, Wave("w", Text(), "w_*.csv")), "w")
    frame, meta = incoming.frame(), incoming.meta()
    assert frame["id"].tolist() == ["1", "2", "3"]
    assert frame["__file__"].tolist() == ["w_a.csv", "w_a.csv", "w_b.csv"]
    assert frame["__row__"].tolist() == [2, 3, 2]
    assert [f["name"] for f in meta["files"]] == ["w_a.csv", "w_b.csv"]
    assert [f["delimiter"] for f in meta["files"]] == [",", ";"]
    assert [f["sha256"] for f in meta["files"]] == [
        hashlib.sha256(before[name][0]).hexdigest() for name in ("w_a.csv", "w_b.csv")
    ]
    assert before == {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in tmp_path.iterdir()}


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path):
    for folder in ("north", "south"):
        (tmp_path / "w" / folder).mkdir(parents=True)
        write(tmp_path / "w" / folder, "id,b\n1,2\n", "all.csv")
    frame = ingest_wave(study(tmp_path, Wave("w", Text(), "w/*/all.csv")), "w").frame()
    assert frame["__file__"].tolist() == ["north/all.csv", "south/all.csv"]


def test_files_of_a_wave_must_agree_in_their_columns(tmp_path):
    write(tmp_path, "id,b\n1,2\n", "w_a.csv")
    write(tmp_path, "id,c\n1,2\n", "w_b.csv")
    with pytest.raises(DataError) as error:
        ingest_wave(study(tmp_path, Wave("w", Text(), "w_*.csv")), "w")
    assert "'b'" in str(error.value)
    assert "'c'" in str(error.value)


def test_all_broken_files_of_a_wave_are_named_at_once(tmp_path):
    write(tmp_path, "", "w_a.csv")
    write(tmp_path, "id,id\n1,2\n", "w_b.csv")
    with pytest.raises(DataError) as error:
        ingest_wave(study(tmp_path, Wave("w", Text(), "w_*.csv")), "w")
    assert len(error.value.problems) == 2


def test_missing_file_says_what_the_folder_holds(tmp_path):
    write(tmp_path, "a\n1\n", "other.csv")
    with pytest.raises(DataError, match=r"(?s)'gone\*\.csv'.*other\.csv"):
        ingest_wave(study(tmp_path, Wave("w", Text(), "gone*.csv")), "w")


def test_waves_of_a_shared_file_by_value(tmp_path):
    write(tmp_path, "W,x\n1,a\n2.0,b\n3,c\n,d\n1,e\n")
    shared = study(
        tmp_path,
        Wave("w1", Text(), "w.csv", values=(1.0,)),
        Wave("w2", Text(), "w.csv", values=("2",)),
        column="W",
    )
    incoming = ingest_wave(shared, "w1")
    first, meta = incoming.frame(), incoming.meta()
    second = ingest_wave(shared, "w2").frame()
    assert (first["x"].tolist(), second["x"].tolist()) == (["a", "e"], ["b"])
    assert first["__row__"].tolist() == [2, 6]
    assert (meta["n_rows"], meta["n_unassigned"], meta["files"][0]["n_rows"]) == (2, 2, 5)
    assert meta["no_wave"] == [
        {"column": "W", "rule": "blank or unreadable wave", "n": 1},
        {"column": "W", "rule": "outside all waves", "n": 1},
    ]
    later = ingest_wave(shared, "w2").meta()
    assert (later["n_unassigned"], later["no_wave"]) == (2, [])


@pytest.mark.parametrize(
    "days",
    [
        ["2019-07-22", "2019-07-28T23:59:00", "2019-07-29", ""],
        ["22.07.2019", "28.07.2019 23:59", "29.07.2019", ""],
        ["22/07/2019", "28/07/2019", "29/07/2019", ""],
        ["7/22/2019", "7/28/2019", "7/29/2019", ""],
        ["22.07.19 10:22", "28.07.19", "29.07.19", ""],
        ["2019/07/22", "2019/7/28 23:59", "2019/07/29", ""],
        ["07/22/2019 10:22:33 AM", "07/28/2019 11:59:00 PM", "07/29/2019 12:00:00 AM", ""],
    ],
)
def test_waves_of_a_shared_file_by_date_with_both_ends(tmp_path, days):
    write(tmp_path, "day,x\n" + "".join(f"{day},{i}\n" for i, day in enumerate(days)))
    wave = Wave("w", Text(), "w.csv", start=dt.date(2019, 7, 22), end=dt.date(2019, 7, 28))
    incoming = ingest_wave(study(tmp_path, wave, column="day"), "w")
    frame, meta = incoming.frame(), incoming.meta()
    assert frame["x"].tolist() == ["0", "1"]
    assert [f"3 date(s) such as '{days[0]}'" in note for note in meta["notes"]].count(True) == 1
    assert meta["n_unassigned"] == 2
    assert [(line["rule"], line["n"]) for line in meta["no_wave"]] == [
        ("blank or unreadable wave", 1),
        ("outside all waves", 1),
    ]


def test_dates_that_cannot_be_read_are_told_as_rows_of_no_wave(tmp_path):
    days = ["2026-01-05", "", "2026-13-45", "soon", "2025-12-31", "2026-02-01"]
    write(tmp_path, "day,x\n" + "".join(f"{day},1\n" for day in days))
    waves = [
        Wave("w1", Text(), "w.csv", start=dt.date(2026, 1, 1), end=dt.date(2026, 1, 31)),
        Wave("w2", Text(), "w.csv", start=dt.date(2026, 2, 1), end=dt.date(2026, 2, 28)),
    ]
    metas = [ingest_wave(study(tmp_path, *waves, column="day"), w).meta() for w in ("w1", "w2")]
    assert [meta["n_unassigned"] for meta in metas] == [4, 4]
    counts = [{line["rule"]: line["n"] for line in meta["no_wave"]} for meta in metas]
    assert counts == [{"blank or unreadable wave": 3, "outside all waves": 1}, {}]


def test_a_file_that_is_one_wave_has_no_rows_of_no_wave(tmp_path):
    write(tmp_path, "day,x\n,1\n")
    meta = ingest_wave(study(tmp_path, Wave("w", Text(), "w.csv")), "w").meta()
    assert (meta["n_unassigned"], meta["no_wave"]) == (0, [])


def test_two_sheets_of_a_workbook_are_two_waves(tmp_path):
    sheets = {"A": [["x"], [1], [2]], "B": [["x"], [3]]}
    workbook(tmp_path / "w.xlsx", sheets)
    both = study(
        tmp_path,
        *(Wave(f"w{title}", Text(), "w.xlsx", sheet=title) for title in sheets),
    )
    assert ingest_wave(both, "wA").frame()["x"].tolist() == [1, 2]
    assert ingest_wave(both, "wB").frame()["x"].tolist() == [3]


@pytest.mark.parametrize(
    ("column", "first", "second", "expected"),
    [
        ("id", ["1", "2", "01"], ["1.0", "02", "3.0"], ["1", "2", "01", "1", "02", "3"]),
        ("id", ["1", "2"], [1.0, 2.5], ["1", "2", "1", "2.5"]),
        ("id", [True, False], [1, 0], ["true", "false", "1", "0"]),
    ],
)
def test_values_of_two_files_are_told_apart_as_people_do(tmp_path, column, first, second, expected):
    for name, values in (("w_a", first), ("w_b", second)):
        pd.DataFrame({column: values}).to_parquet(tmp_path / f"{name}.parquet")
    frame = ingest_wave(study(tmp_path, Wave("w", Text(), "w_*.parquet")), "w").frame()
    assert texts(frame[column]).tolist() == expected


@pytest.mark.parametrize(
    ("text", "waves", "words"),
    [
        ("day\n01/02/2019\n", [{"start": dt.date(2019, 1, 1)}], "day or the month"),
        ("day\nsoon\n", [{"start": dt.date(2019, 1, 1)}], "'soon'"),
        ("other\n1\n", [{"values": (1.0,)}], "column 'day'"),
        ("day\n5\n", [{"values": (1.0,)}], "no row of this wave"),
        ("day\n1\n", [{"values": (1.0,)}, {"values": ("1",)}], "wave 'w1' as well"),
    ],
)
def test_shared_files_that_cannot_be_told_apart(tmp_path, text, waves, words):
    write(tmp_path, text)
    listed = [Wave(f"w{i}", Text(), "w.csv", **keys) for i, keys in enumerate(waves)]
    with pytest.raises(DataError, match=words):
        ingest_wave(study(tmp_path, *listed, column="day"), "w0")


def test_names_that_look_like_patterns_are_taken_literally(tmp_path):
    write(tmp_path, "a\n1\n", "wave [1].csv")
    frame = ingest_wave(study(tmp_path, Wave("w", Text(), "wave [1].csv")), "w").frame()
    assert len(frame) == 1
