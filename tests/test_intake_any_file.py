"""Any file at all: read without losing a row, or refused with words; never a traceback."""

import csv

import pandas as pd
import pyreadstat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from supertouch.errors import SupertouchError
from supertouch.intake import headers, read


def table(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def attempt(path, *openers):
    """Open a file in several ways; what is refused is refused with the file's name."""
    opened = None
    for opener in openers:
        try:
            opened = opener(path)
        except SupertouchError as error:
            if path.name not in str(error):
                pytest.fail(f"the error does not name the file: {error}")
            return None
    return opened


FRAME = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"], "day": pd.Timestamp("2021-01-31")})
MAKERS = {
    ".xlsx": lambda path: FRAME.to_excel(path, index=False),
    ".sav": lambda path: pyreadstat.write_sav(FRAME, path),
    ".por": lambda path: pyreadstat.write_por(FRAME, path),
    ".parquet": lambda path: FRAME.to_parquet(path),
}
CELLS = st.text(st.sampled_from("ab1,5;.\"'\n\t|ä漢\x00\x1c -"), max_size=6)
QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@QUICK
@given(content=st.binary(max_size=300), suffix=st.sampled_from([".csv", ".sav", ".xlsx", ".por"]))
def test_no_bytes_let_anything_but_our_own_errors_out(tmp_path, content, suffix):
    path = tmp_path / f"w{suffix}"
    path.write_bytes(content)
    attempt(path, headers, read)


@QUICK
@given(
    rows=st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=2, max_size=8),
    delimiter=st.sampled_from(",;\t"),
    ending=st.sampled_from(["\r\n", "\n", "\r"]),
)
def test_no_row_of_a_table_vanishes(tmp_path, rows, delimiter, ending):
    path = tmp_path / "w.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter, lineterminator=ending).writerows(rows)
    raw = attempt(path, read)
    if raw is None:
        return
    with path.open(encoding="utf-8", newline="") as file:
        records = list(csv.reader(file, delimiter=raw.delimiter))
    blank = [int(n.split()[0]) for n in raw.notes if "wholly blank row(s)" in n]
    assert raw.n_rows == len(raw.frame) == len(records) - 1 - sum(blank)
    assert raw.frame["__row__"].is_monotonic_increasing
    assert list(raw.columns) == list(raw.frame.columns)
    for number, (_, row) in zip(raw.frame["__row__"], raw.frame.iterrows(), strict=True):
        found = [
            value
            for value in row.drop(["__row__", "__fault__"], errors="ignore")
            if pd.notna(value)
        ]
        told = [cell for cell in records[number - 1] if cell.strip()]
        assert [cell.replace(".", ",") for cell in found] == [
            cell.replace(".", ",") for cell in told
        ]


@QUICK
@given(
    head=st.lists(
        st.sampled_from(["lfdn", "dispcode", "ResponseID", "Status", "V1", "Respondent ID", "id",
                         "submitdate", "lastpage", "", "Response", '{"ImportId":"status"}', "["]),
        min_size=1, max_size=12,
    ),
    width=st.integers(1, 4),
)  # fmt: skip
def test_odd_headers_are_read_or_refused(tmp_path, head, width):
    rows = [head[i : i + width] for i in range(0, len(head), width)]
    raw = attempt(table(tmp_path / "w.csv", rows), read)
    if raw is None:
        return
    assert len(set(raw.columns)) == len(raw.columns)
    assert headers(tmp_path / "w.csv") == [
        c for c in raw.columns if c not in ("__row__", "__fault__")
    ]


@QUICK
@given(place=st.integers(0, 5000), byte=st.integers(0, 255), suffix=st.sampled_from(sorted(MAKERS)))
def test_a_wrong_byte_in_a_file_is_told_or_harmless(tmp_path, place, byte, suffix):
    path, whole = tmp_path / f"w{suffix}", tmp_path / f"whole{suffix}"
    if not whole.exists():
        MAKERS[suffix](whole)
    content = bytearray(whole.read_bytes())
    content[place % len(content)] = byte
    path.write_bytes(content)
    attempt(path, read)
