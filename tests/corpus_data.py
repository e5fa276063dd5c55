"""Data files that no study expects, made by code: each with what has to come of it.

A case writes the file of wave ``w2`` of a small study. It is either read, with so many rows, or
refused in words that hold what the case says. Sizes are those of attacks, scaled down where the
bound would take long to reach.
"""

from __future__ import annotations

import csv
import io
import json
import random
import re
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat

__all__ = ["CASES", "STUDY", "Case", "frame", "table", "text", "workbook", "write_study"]

STUDY = """\
[study]
id = "fuzz"
title = "Fuzz"

[data]
raw = "raw"
respondent = "ID"
weight = "W"

[scales.rating]
min = 1
max = 5
best = 5

[scales.likely]
min = 0
max = 10
best = 10

[codes]
dont_know = [98]

[columns]
rating = "R_{id}"
contact = "C_{id}"

[touchpoints.web]
label = "Web"
phase = "before"

[touchpoints.shop]
label = "Shop"
phase = "during"

[touchpoints.desk]
label = "Desk"
phase = "after"

[outcomes.loyalty]
label = "Loyalty"
role = "loyalty"
items = ["L1", "L2"]

[outcomes.nps]
label = "Recommendation"
role = "recommendation"
column = "NPS"
scale = "likely"

[waves.w1]
label = "2025"
file = "w1.csv"

[waves.w2]
label = "2026"
file = "w2.*"

[segments.region]
label = "Region"
column = "REGION"
values = { north = "North", south = "South" }

[super]
min_base = 30

[analysis]
replicates = 100
"""

TOUCHPOINTS = ("web", "shop", "desk")
Rows = list[list[object]]


def table(n: int = 60, *, seed: int = 2) -> tuple[list[str], Rows]:
    """Return the header and rows of a wave that has nothing wrong with it."""
    chance = random.Random(seed)
    asked = [f"{letter}_{id_}" for id_ in TOUCHPOINTS for letter in "CR"]
    header = ["ID", "W", *asked, "L1", "L2", "NPS", "REGION"]
    return header, [_answers(chance, f"p{seed}{i}") for i in range(n)]


def _answers(chance: random.Random, who: str) -> list[object]:
    mood = chance.gauss(0, 1)

    def rated(middle: float, low: int, high: int) -> int:
        return min(high, max(low, round(middle + mood * (high - low) / 4 + chance.gauss(0, 0.7))))

    row: list[object] = [who, round(chance.uniform(0.5, 2), 2)]
    for _ in TOUCHPOINTS:
        met = chance.random() < 0.7
        row += [int(met), rated(3.4, 1, 5) if met else None]
    return [*row, rated(3.3, 1, 5), rated(3.3, 1, 5), rated(6.5, 0, 10),
            chance.choice(("north", "south"))]  # fmt: skip


def frame(n: int = 60, *, seed: int = 2) -> pd.DataFrame:
    header, rows = table(n, seed=seed)
    return pd.DataFrame(rows, columns=header)


def text(
    header: Sequence[object], rows: Iterable[Sequence[object]], *, delimiter: str = ","
) -> str:
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter, lineterminator="\n").writerows([header, *rows])
    return file.getvalue()


def write_study(folder: Path) -> Path:
    """Write the study with its first wave; the second one is missing."""
    (folder / "raw").mkdir(parents=True)
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    (folder / "raw" / "w1.csv").write_text(text(*table(seed=1)), encoding="utf-8")
    return folder / "raw"


@dataclass(frozen=True)
class Case:
    """A file: its suffix, who writes it, and what has to come of it."""

    name: str
    suffix: str
    make: Callable[[Path], object]
    rows: int | None = None
    refused: str = ""


CASES: list[Case] = []


def _add(
    suffix: str, *, rows: int | None = None, refused: str = "", name: str = ""
) -> Callable[[Callable[[Path], object]], Callable[[Path], object]]:
    def add(make: Callable[[Path], object]) -> Callable[[Path], object]:
        shown = name or make.__name__.strip("_")
        CASES.append(Case(f"{suffix[1:]}-{shown}", suffix, make, rows, refused))
        return make

    return add


def _bytes(
    suffix: str, name: str, data: Callable[[], bytes], *, rows: int | None = None, refused: str = ""
) -> None:
    _add(suffix, rows=rows, refused=refused, name=name)(lambda path: path.write_bytes(data()))


def _plain() -> str:
    return text(*table())


def _with(cell: object, *, column: str = "R_web", rows: Sequence[int] = (0,)) -> str:
    header, found = table()
    for number in rows:
        found[number][header.index(column)] = cell
    return text(header, found)


def _extra(name: str, cell: str) -> bytes:
    header, rows = table()
    return text([*header, name], [[*row, cell] for row in rows]).encode()


# delimited text: where it ends, how it is written

_bytes(".csv", "sound", lambda: _plain().encode(), rows=60)
_bytes(".csv", "no_bytes", lambda: b"", refused="is empty")
_bytes(".csv", "blanks_only", lambda: b" \r\n\t\n" * 9, refused="is empty")
_bytes(".csv", "only_a_mark", lambda: b"\xef\xbb\xbf", refused="is empty")
_bytes(".csv", "header_only", lambda: _plain().split("\n")[0].encode(), refused="no rows")
_bytes(".csv", "header_and_blank_rows", lambda: (_plain().split("\n")[0] + "\n,,\n" * 9).encode(),
       refused="no rows")  # fmt: skip
_bytes(".csv", "one_respondent", lambda: text(*table(1)).encode(), rows=1)
_bytes(".csv", "all_cells_blank_but_ids",
       lambda: text(table()[0], [[r[0]] + [""] * 11 for r in table()[1]]).encode(), rows=60)  # fmt: skip  # noqa: E501
_bytes(".csv", "all_the_same", lambda: text(table()[0], table(1)[1] * 60).encode(), rows=60)
_bytes(".csv", "cut_in_a_cell", lambda: _plain().encode()[:-7], rows=60)
_bytes(".csv", "cut_in_a_quote", lambda: (_plain() + '"p2').encode(), refused="cannot be split")
_bytes(".csv", "cut_in_a_sign", lambda: _plain().encode() + "p99,ä".encode()[:-1], rows=61)
_bytes(".csv", "utf16", lambda: _plain().encode("utf-16"), rows=60)
_bytes(".csv", "utf16_big", lambda: b"\xfe\xff" + _plain().encode("utf-16-be"), rows=60)
_bytes(".csv", "utf16_no_mark", lambda: _plain().encode("utf-16-le"), refused="not a text file")
_bytes(".csv", "utf16_cut", lambda: _plain().encode("utf-16")[:-1], refused="cannot be decoded")
_bytes(".csv", "utf16_half_sign", lambda: _plain().encode("utf-16") + b"\x3d\xd8",
       refused="cannot be decoded")  # fmt: skip
_bytes(".csv", "utf32", lambda: _plain().encode("utf-32"), refused="")
_bytes(".csv", "mixed_encodings",
       lambda: _extra("N", "ü") + "x,1,1,1,1,1,1,1,1,1,1,north,ü\n".encode("cp1252"), rows=61)  # fmt: skip  # noqa: E501
_bytes(".csv", "lone_surrogate", lambda: _with("\ud800").encode("utf-8", "surrogatepass"), rows=60)
_bytes(".csv", "nul", lambda: _plain().encode()[:200] + b"\0" + _plain().encode()[200:],
       refused="not a text file")  # fmt: skip
_bytes(".csv", "carriage_returns", lambda: _plain().replace("\n", "\r").encode(), rows=60)
_bytes(".csv", "mark_twice", lambda: b"\xef\xbb\xbf\xef\xbb\xbf" + _plain().encode(), rows=60)
_bytes(".csv", "open_quote_of_1e7_signs", lambda: _plain().encode() + b'"' + b"x" * 10**7,
       refused="cannot be split")  # fmt: skip
_bytes(".csv", "open_quote_of_1e6_lines", lambda: _plain().encode() + b'"' + b"x\n" * 10**6,
       refused="cannot be split")  # fmt: skip
_bytes(".csv", "quotes_only", lambda: b'"' * 100_001, refused="cannot be split")
_bytes(".csv", "line_of_2e7_signs", lambda: b"ID," + b"x" * (2 * 10**7), refused="more than")
_bytes(".csv", "line_of_blanks", lambda: _plain().encode() + b" " * 10**6 + b"\n",
       refused="cannot be split")  # fmt: skip
_bytes(".csv", "more_fields_than_names", lambda: _plain().encode() + b"a" + b"," * 50 + b"\n",
       refused="are more than")  # fmt: skip
_bytes(".csv", "a_million_commas", lambda: b"," * 10**6, refused="")
_bytes(".csv", "a_picture", lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 9,
       refused="not a text file")  # fmt: skip
_bytes(".csv", "a_workbook", lambda: workbook(), refused="not a text file")
_bytes(".tsv", "hint_and_nothing", lambda: b"sep=;\n", refused="")
_bytes(".txt", "one_word", lambda: b"word", refused="no rows")

# headers

_bytes(".csv", "name_twice", lambda: _plain().replace("NPS", "L1", 1).encode(),
       refused="more than once")  # fmt: skip
_bytes(".csv", "10000_columns",
       lambda: text([*table()[0], *(f"X{i}" for i in range(10_000))],
                    [[*row, *([3] * 10_000)] for row in table(5)[1]]).encode(), rows=5)  # fmt: skip
_bytes(".csv", "10000_names_alike",
       lambda: text([*table()[0], *(["X"] * 10_000)],
                    [[*row, *([3] * 10_000)] for row in table(3)[1]]).encode(),
       refused="more than once")  # fmt: skip
_bytes(".csv", "5000_names_twice",
       lambda: text([*table()[0], *(f"X{i % 5000}" for i in range(10_000))],
                    [[*row, *([3] * 10_000)] for row in table(3)[1]]).encode(),
       refused="more than once")  # fmt: skip
_bytes(".csv", "name_of_100000_signs", lambda: _extra("X" * 100_000, "1"), rows=60)
_bytes(".csv", "name_of_100000_brackets", lambda: _extra("Q[" * 50_000, "1"), rows=60)
_bytes(".csv", "names_of_machines", lambda: _plain().replace("REGION", "__row__", 1).encode(),
       refused="keeps for itself")  # fmt: skip
_bytes(".csv", "signs_of_terminals", lambda: _extra("\x1b[31mX\x07\u202e", "\x1b]0;x\x07"), rows=60)
_bytes(".csv", "formula_as_name", lambda: _extra("=cmd|' /C calc'!A0", "=1+1"), rows=60)
_bytes(".csv", "script_as_name", lambda: _extra("<script>alert(1)</script>", "<b>"), rows=60)
_bytes(".csv", "platform_names_alike",
       lambda: text(["lfdn", "dispcode", *(["v_1"] * 10_000)], [[1] * 10_002] * 3).encode(),
       rows=3)  # fmt: skip
_bytes(".csv", "limesurvey_brackets",
       lambda: text(["id", "submitdate", "lastpage", "Q" + " [a]" * 20_000 + "x"],
                    [[1, 2, 3, 4]]).encode(), rows=1)  # fmt: skip
_bytes(".csv", "qualtrics_nested",
       lambda: text(["ResponseId", "Status"], [["Response ID", "Status"], ["[" * 90_000, ""],
                    ["R_1", "0"]]).encode(), rows=3)  # fmt: skip

# cells

for _cell in ("1e308", "-1e308", "1e400", "inf", "-inf", "nan", "9" * 400, "9" * 5000, "1e-400",
              "0x10", "١", "²", "1_000", "=1+1", "+1", "44927", "\u200b", "'3"):  # fmt: skip
    _bytes(".csv", f"rating_{ascii(_cell)[:12]}", lambda c=_cell: _with(c, rows=(0, 1)).encode(),
           rows=60)  # fmt: skip
    _bytes(".csv", f"weight_{ascii(_cell)[:12]}",
           lambda c=_cell: _with(c, column="W", rows=(0, 1)).encode(), rows=60)  # fmt: skip
_bytes(".csv", "ids_alike", lambda: _with("p20", column="ID", rows=range(9)).encode(), rows=60)
_bytes(".csv", "ids_of_the_wave_before",
       lambda: text(table()[0], [[b[0], *a[1:]] for a, b in
                    zip(table()[1], table(seed=1)[1], strict=True)]).encode(), rows=60)  # fmt: skip
_bytes(".csv", "ids_blank", lambda: _with("", column="ID", rows=range(9)).encode(), rows=60)
_bytes(".csv", "cell_of_1e5_signs", lambda: _extra("T", "x" * 100_000)[: 10**6], refused="")
_bytes(
    ".csv", "all_weights_nothing", lambda: _with(0, column="W", rows=range(60)).encode(), rows=60
)
_bytes(".csv", "weights_huge", lambda: _with("1e308", column="W", rows=range(60)).encode(), rows=60)


# Excel

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def sheet(rows: str, *, behind: str = "", before: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<worksheet xmlns="{MAIN}">'
        f"<sheetData>{rows}</sheetData>{behind}</worksheet>"
    )


def cells(header: Sequence[object], rows: Sequence[Sequence[object]]) -> str:
    """Return the rows of a sheet as XML, texts inline."""
    return "".join(
        f'<row r="{i}">'
        + "".join(_cell_of(i, k, value) for k, value in enumerate(row) if value is not None)
        + "</row>"
        for i, row in enumerate([header, *rows], start=1)
    )


def _cell_of(row: int, column: int, value: object) -> str:
    place = f"{chr(65 + column)}{row}"
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


def workbook(
    content: str = "", *, parts: Sequence[tuple[str, str | bytes]] = (), sheets: int = 1
) -> bytes:
    """Return a workbook by hand: its sheet's XML, and parts beside or in place of the usual."""
    content = content or sheet(cells(*table()))
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    names = "".join(f'<sheet name="S{i}" sheetId="{i}" r:id="r1"/>' for i in range(1, sheets + 1))
    usual: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override '
        f'PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/><Override PartName='
        f'"/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/><Override PartName='
        f'"/xl/sharedStrings.xml" ContentType="{kind}.sharedStrings+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type='
        f'"{RELS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELS}"><sheets>{names}</sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{RELS}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{RELS}/sharedStrings" Target="sharedStrings.xml"/>'
        "</Relationships>",
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>x</t></si></sst>',
        "xl/worksheets/sheet1.xml": content,
    }
    usual |= {name: data for name, data in parts if name in usual}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, data in [*usual.items(), *(p for p in parts if p[0] not in usual)]:
            archive.writestr(name, data)
    return file.getvalue()


def _book(
    name: str, make: Callable[[], bytes], *, rows: int | None = None, refused: str = ""
) -> None:
    _bytes(".xlsx", name, make, rows=rows, refused=refused)


LAUGHS = (
    "<!DOCTYPE x [<!ENTITY a 'haha'>"
    + "".join(
        f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefghi", "bcdefghij", strict=True)
    )
    + "]>"
)
SWOLLEN = 60 << 20


def _swollen() -> bytes:
    return workbook(parts=[("xl/worksheets/sheet1.xml", b" " * SWOLLEN)])


def _lzma() -> bytes:
    file = io.BytesIO(workbook())
    with zipfile.ZipFile(file, "a", zipfile.ZIP_LZMA) as archive:
        archive.writestr("xl/media/more.bin", b"\0" * 10**6)
    return file.getvalue()


def _lying_size() -> bytes:
    """Return a workbook whose sheet is larger than its directory says."""
    data = bytearray(workbook())
    place = data.rindex(b"xl/worksheets/sheet1.xml") - 46
    data[place + 24 : place + 28] = struct.pack("<I", 100)
    return bytes(data)


_book("sound", workbook, rows=60)
_book("no_bytes", lambda: b"", refused="is empty")
_book("cut", lambda: workbook()[:-200], refused="damaged")
_book("cut_early", lambda: workbook()[:60], refused="damaged")
_book("only_pk", lambda: b"PK\3\4", refused="damaged")
_book("an_empty_archive", lambda: b"PK\5\6" + b"\0" * 18, refused="damaged")
_book("nothing_in_it", lambda: workbook(sheet("")), refused="")
_book("header_only", lambda: workbook(sheet(cells(table()[0], []))), refused="no rows")
_book("one_respondent", lambda: workbook(sheet(cells(*table(1)))), rows=1)
_book("zip_bomb", _swollen, refused="times its own size")
_book(
    "bomb_beside",
    lambda: workbook(parts=[("xl/media/a.bin", b" " * SWOLLEN)]),
    refused="times its own",
)
_book("nested_archives", lambda: workbook(parts=[("xl/media/a.zip", workbook())]), rows=60)
_book("laughs_in_sheet", lambda: workbook(sheet("<row r='1'><c><v>&j;</v></c></row>", before=LAUGHS)),  # noqa: E501
      refused="document type")  # fmt: skip
_book("laughs_in_strings",
      lambda: workbook(parts=[("xl/sharedStrings.xml", LAUGHS + f"<sst xmlns='{MAIN}'/>")]),
      refused="document type")  # fmt: skip
_book("laughs_in_utf16",
      lambda: workbook(parts=[("xl/worksheets/sheet1.xml",
                               ('<?xml version="1.0" encoding="UTF-16"?>' + LAUGHS + "<x/>").encode("utf-16"))]),  # noqa: E501
      refused="document type")  # fmt: skip
_book("file_of_the_system",
      lambda: workbook(sheet("<row r='1'><c t='str'><v>&x;</v></c></row>",
                             before="<!DOCTYPE x [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>")),
      refused="document type")  # fmt: skip
_book("remarks_before_all", lambda: workbook(sheet("", before="<!--" + "x" * 10**6 + "-->")),
      refused="document type")  # fmt: skip
_book("encoding_unknown", lambda: workbook('<?xml version="1.0" encoding="utf-7"?><x/>'),
      refused="damaged")  # fmt: skip
_book("packed_otherwise", _lzma, refused="packed in a way")
_book("lying_about_size", _lying_size, refused="damaged")
_book("part_twice", lambda: workbook(parts=[("a.xml", "<x/>"), ("a.xml", "<y/>")]),
      refused="more than once")  # fmt: skip
_book("20000_parts", lambda: workbook(parts=[(f"x/{i}", "") for i in range(20_000)]),
      refused="parts")  # fmt: skip
_book("parts_that_lead_out", lambda: workbook(parts=[("../../../../evil.toml", "x = 1"),
                                                     ("/etc/evil", "x")]), rows=60)  # fmt: skip
_book("700_sheets", lambda: workbook(sheets=700), refused="sheets")
_book("row_1e12", lambda: workbook(sheet('<row r="1"><c><v>1</v></c></row><row r="1000000000000"/>')),  # noqa: E501
      refused="row numbered")  # fmt: skip
_book("row_2e6", lambda: workbook(sheet('<row r="1"><c><v>1</v></c></row><row r="2000000"/>')),
      refused="row numbered")  # fmt: skip
_book("rows_out_of_order",
      lambda: workbook(sheet(cells(*table()) + '<row r="7"><c r="A7"><v>1</v></c></row>')),
      refused="behind row")  # fmt: skip
_book("cells_out_of_order",
      lambda: workbook(sheet('<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>')),
      refused="behind a later one")  # fmt: skip
_book("cell_of_another_row", lambda: workbook(sheet('<row r="1"><c r="A9"><v>1</v></c></row>')),
      refused="in row 1")  # fmt: skip
_book("cells_far_to_the_right",
      lambda: workbook(sheet("".join(f'<row r="{i}"><c r="A{i}"><v>{i}</v></c><c r="XFD{i}"><v>1</v>'  # noqa: E501
                                     "</c></row>" for i in range(1, 9_000)))),
      refused="more than the")  # fmt: skip
_book("20000_cells_in_a_row", lambda: workbook(sheet('<row r="1">' + "<c/>" * 20_000 + "</row>")),
      refused="columns of Excel")  # fmt: skip
_book("merged_everything",
      lambda: workbook(sheet(cells(*table()), behind='<mergeCells><mergeCell ref="A1:XFD1048576"/>'
                                                     "</mergeCells>")), refused="are merged")  # fmt: skip  # noqa: E501
_book("string_that_is_not_there", lambda: workbook(sheet('<row r="1"><c t="s"><v>99</v></c></row>')),  # noqa: E501
      refused="damaged")  # fmt: skip
_book("cells_in_depth", lambda: workbook(sheet('<row r="1">' + "<c>" * 200_000 + "</c>" * 200_000 + "</row>")),  # noqa: E501
      refused="")  # fmt: skip
_book("name_of_100000_signs",
      lambda: workbook(sheet(cells([*table()[0], "X" * 100_000], table()[1]))), rows=60)  # fmt: skip  # noqa: E501
for _cell in ("1e308", "1e400", "-1e400", "NaN", "9" * 400, "9" * 5000, "1e-400", "abc", ""):
    _book(f"weight_{_cell[:6]}", lambda c=_cell: workbook(sheet(_weighing(c))))


def _weighing(value: str) -> str:
    """Return the rows of a sheet whose first respondent weighs what the text says."""
    return re.sub(r'(<c r="B2"><v>)[^<]*', rf"\g<1>{value}", cells(*table()))


def _dated(path: Path, number: float) -> None:
    """Write a workbook with a cell that is a date by its format and no date by its number."""
    from openpyxl import Workbook

    book = Workbook()
    header, rows = table()
    book.active.append([*header, "DAY"])
    for row in rows:
        book.active.append([*row, number])
        book.active.cell(book.active.max_row, 13).number_format = "yyyy-mm-dd"
    book.save(path)


for _number in (44927, -5, 1e308, 3_000_000):
    _add(".xlsx", rows=60, name=f"day_{_number:g}")(lambda path, n=_number: _dated(path, n))


# SPSS

LABELS = {"column_labels": {"R_web": "How was it?"}, "missing_ranges": {"R_web": [98]},
          "variable_value_labels": {"R_web": {1.0: "bad", 5.0: "good"}}}  # fmt: skip
SPSS = {"plain.sav": {}, "packed.sav": {"row_compress": True}, "zipped.zsav": {"compress": True}}


def _sav(path: Path, kind: str, change: Callable[[bytes], bytes] = bytes) -> None:
    pyreadstat.write_sav(frame(), path, **LABELS, **SPSS[kind])
    path.write_bytes(change(path.read_bytes()))


def _at(place: int, value: bytes) -> Callable[[bytes], bytes]:
    return lambda data: data[:place] + value + data[place + len(value) :]


def _spss(
    name: str,
    change: Callable[[bytes], bytes],
    *,
    rows: int | None = None,
    refused: str = "",
    kinds: Iterable[str] = tuple(SPSS),
) -> None:
    for kind in kinds:
        stem, _, suffix = kind.partition(".")
        make = _add(f".{suffix}", rows=rows, refused=refused, name=f"{stem}_{name}")
        make(lambda path, k=kind, c=change: _sav(path, k, c))


PLAIN, PACKED = ("plain.sav",), ("plain.sav", "packed.sav")
_spss("sound", bytes, rows=60)
_spss("no_bytes", lambda _: b"", refused="is empty")
_spss("cut_in_header", lambda data: data[:90], refused="damaged")
_spss("cut_in_dictionary", lambda data: data[:700], refused="damaged")
_spss("cut_in_data", lambda data: data[:-90], refused="damaged")
_spss("declares_2e9_rows", _at(80, struct.pack("<i", 2**31 - 1)), refused="more than can be")
_spss("declares_1000_rows_more", _at(80, struct.pack("<i", 1060)), refused="", kinds=SPSS)
_spss("declares_10_rows", _at(80, struct.pack("<i", 10)), refused="would be lost", kinds=PACKED)
_spss("declares_no_rows", _at(80, struct.pack("<i", 0)), refused="would be lost", kinds=PACKED)
_spss("does_not_say", _at(80, struct.pack("<i", -1)), rows=60)
_spss("case_size_2e9", _at(68, struct.pack("<i", 2**31 - 1)))
_spss("weight_of_column_9999", _at(76, struct.pack("<i", 9999)))
_spss("compression_9", _at(72, struct.pack("<i", 9)))
_spss("order_turned", _at(64, b"\0\0\0\2"))
_spss("noise", lambda data: data[:176] + random.Random(1).randbytes(5_000), refused="damaged")
_spss("text", lambda _: _plain().encode(), refused="damaged")
_add(".por", rows=60, name="sound")(lambda path: pyreadstat.write_por(frame(), path))
_bytes(".por", "no_bytes", lambda: b"", refused="is empty")
_bytes(".por", "noise", lambda: random.Random(2).randbytes(9_000), refused="damaged")


@_add(".por", refused="damaged", name="cut")
def _cut_por(path: Path) -> None:
    pyreadstat.write_por(frame(), path)
    path.write_bytes(path.read_bytes()[:-900])


@_add(".sav", rows=60)
def _signs_of_terminals(path: Path) -> None:
    changed = frame().assign(T="=1+1\x1b[31m")
    pyreadstat.write_sav(changed, path, column_labels={"T": "<script>x()</script>\x1b[31m"})


# Parquet


def _pq(
    name: str, make: Callable[[Path], object], *, rows: int | None = None, refused: str = ""
) -> None:
    _add(".parquet", rows=rows, refused=refused, name=name)(make)


def _cut_parquet(path: Path, n: int) -> None:
    frame().to_parquet(path)
    data = path.read_bytes()
    path.write_bytes(data[:n] + data[-8:])


def _column(values: object, kind: pa.DataType | None = None) -> Callable[[Path], object]:
    def make(path: Path) -> None:
        found = pa.Table.from_pandas(frame(2), preserve_index=False)
        pq.write_table(found.append_column("X", pa.array(values, kind)), path)

    return make


_pq("sound", lambda path: frame().to_parquet(path), rows=60)
_pq("no_rows", lambda path: frame(0).to_parquet(path), refused="no rows")
_pq("no_bytes", lambda path: path.write_bytes(b""), refused="damaged")
_pq("cut", lambda path: _cut_parquet(path, 900), refused="damaged")
_pq("only_marks", lambda path: path.write_bytes(b"PAR1" * 4), refused="damaged")
_pq("a_billion_nothings",
    lambda path: pq.write_table(pa.table({"a": pa.nulls(10**8), "b": pa.nulls(10**8)}), path),
    refused="in a file of")  # fmt: skip
_pq("names_alike", lambda path: pq.write_table(pa.table([[1], [2]], names=["a", "a"]), path),
    refused="more than once")  # fmt: skip
for _label, _values, _kind in (
    ("bytes", [b"\xff\0", None], pa.binary()),
    ("lists", [[1, 2], None], pa.list_(pa.int64())),
    ("maps", [[("a", 1)], None], pa.map_(pa.string(), pa.int64())),
    ("moments_far", [2**63 - 1, -(2**63) + 1], pa.timestamp("us")),
    ("moments_ns", [2**63 - 1, None], pa.timestamp("ns", "Europe/Berlin")),
    ("times", [1_000, None], pa.time64("ns")),
    ("durations", [2**63 - 1, None], pa.duration("s")),
    ("decimals", [None, 10**37], pa.decimal256(50, 3)),
    ("unsigned", [2**64 - 1, None], pa.uint64()),
    ("halves", np.array([np.inf, np.nan], dtype=np.float16), pa.float16()),
    ("nothings", [None, None], pa.null()),
    ("truths", [True, None], pa.bool_()),
    ("nuls", ["a\0b", "\x1b[31m"], pa.string()),
):
    _pq(_label, _column(_values, _kind), rows=2)
_pq("days_far", _column([2**31 - 1, -(2**31)], pa.date32()), refused="out of range")
_pq("categories", lambda path: frame().assign(X=pd.Categorical([None, "a"] * 30)).to_parquet(path),
    rows=60)  # fmt: skip


# what lies beside a file: codebooks, survey files, syntax files; harm in them passes them over


def _beside(
    name: str, suffix: str, files: dict[str, Callable[[], bytes]], data: Callable[[], str] = _plain
) -> None:
    def make(path: Path) -> None:
        path.write_text(data(), encoding="utf-8")
        for other, content in files.items():
            path.with_name(other).write_bytes(content())

    _add(suffix, rows=60, name=name)(make)


def _qualtrics() -> str:
    header, rows = table()
    own = ["ResponseId", "Status", *header]
    ids = [json.dumps({"ImportId": name}) for name in ("_recordId", "status", *header)]
    return text(own, [["Response ID", "Response Type", *header], ids,
                      *(["R", "0", *row] for row in rows)])  # fmt: skip


def _limesurvey() -> str:
    header, rows = table()
    return text(["id", "submitdate", "lastpage", *header], [[1, 1, 1, *row] for row in rows])


def _survey(choices: str) -> bytes:
    question = (f'{{"Element": "SQ", "Payload": {{"DataExportTag": "NPS", "QuestionType": "MC", '
                f'"Choices": {choices}}}}}')  # fmt: skip
    return f'{{"SurveyElements": [{question}]}}'.encode()


_beside("codebook_bomb", ".csv", {"w2_codebook.xlsx": _swollen})
_beside("codebook_noise", ".csv", {"w2_codebook.csv": lambda: random.Random(3).randbytes(4_000)})
_beside(
    "codebook_huge_codes",
    ".csv",
    {
        "w2_codebook.csv": lambda: (
            f"variable,code,label\nNPS,{'9' * 400},a\nNPS,{'9' * 5000},b\nNPS,1e400,c\n"
        ).encode()
    },
)
_beside(
    "codebook_deep_quotes", ".csv", {"w2_codebook.csv": lambda: b'variable,code,label\n"' * 5_000}
)
_beside("survey_deep", ".csv", {"w2.qsf": lambda: b"[" * 10**6}, _qualtrics)
_beside("survey_noise", ".csv", {"w2.qsf": lambda: random.Random(4).randbytes(4_000)}, _qualtrics)
_beside(
    "survey_huge_codes",
    ".csv",
    {
        "w2.qsf": lambda: _survey(
            json.dumps({"9" * 400: {"Display": "a"}, "9" * 5000: {"Display": "b"}})
        )
    },
    _qualtrics,
)
_beside("survey_huge_number", ".csv", {"w2.qsf": lambda: _survey("9" * 10_000)}, _qualtrics)
_beside(
    "survey_tags",
    ".csv",
    {"w2.qsf": lambda: _survey(json.dumps({"1": {"Display": "<" * 200_000}}))},
    _qualtrics,
)
_beside("syntax_noise", ".csv", {"w2.R": lambda: random.Random(5).randbytes(4_000)}, _limesurvey)
_beside(
    "syntax_unending",
    ".csv",
    {"w2.R": lambda: b"data[, 1] <- factor(data[, 1], levels=c(" * 4_000},
    _limesurvey,
)
_beside(
    "syntax_unending_quotes",
    ".csv",
    {"w2.R": lambda: b'variable.labels[1] <- "' + b"\\" * 200_001 + b'names(data)[1] <- "' * 5_000},
    _limesurvey,
)
_beside(
    "syntax_huge_number",
    ".csv",
    {"w2.R": lambda: f'names(data)[{"9" * 5000}] <- "a"\n'.encode()},
    _limesurvey,
)


def _beyond() -> bytes:
    names = ["id", "submitdate", "lastpage", *table()[0]]
    lines = [f'names(data)[{i}] <- "{name}"' for i, name in enumerate(names, start=1)]
    return "\n".join([*lines, 'variable.labels[0] <- "x"', 'variable.labels[999] <- "y"']).encode()


_beside("syntax_of_columns_beyond", ".csv", {"w2.R": _beyond}, _limesurvey)
