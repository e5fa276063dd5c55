"""Delimited text (.csv, .txt, .tsv): encoding and delimiter are found out, cells stay text."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from supertouch.errors import DataError, Problem
from supertouch.intake.readers.raw import FAULT, RawFile, header_names, unusable, with_rows

__all__ = ["headers", "read"]

_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 300
_LISTED = 8
_MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


def headers(path: Path, sheet: str | None = None) -> list[str]:
    """Return the column names of a delimited text file."""
    text, _ = _decode(path, sheet)
    text = _without_hint(text)[0]
    first = next(_records(text, _delimiter(text), path.name), [])
    return header_names(first, path.name)[0]


def read(path: Path, sheet: str | None = None) -> RawFile:
    """Read a delimited text file; blank cells are missing, everything else stays as text.

    Raises
    ------
    DataError
        If the file is empty, cannot be decoded without loss, has broken quotes, or has rows with
        more fields than its header.
    """
    text, encoding = _decode(path, sheet)
    text, hint = _without_hint(text)
    delimiter = hint or _delimiter(text)
    records = list(_records(text, delimiter, path.name))
    names, changed, notes = header_names(records[0], path.name)
    numbers = [n for n, record in enumerate(records[1:], start=2) if any(map(str.strip, record))]
    rows = [records[number - 1] for number in numbers]
    _reject_long(rows, numbers, len(names), path.name)
    frame = with_rows(_columns(rows, names), numbers, path.name)
    faults = _short(rows, len(names))
    if faults is not None:
        frame[FAULT] = faults
    return RawFile(
        frame,
        "csv",
        encoding=encoding,
        delimiter=delimiter,
        n_rows=len(frame),
        original_names=changed,
        notes=(
            *_found(encoding, delimiter),
            *(_mixed(path.read_bytes()) if encoding == "cp1252" else ()),
            *notes,
            *_left_out(len(records) - 1 - len(rows)),
        ),
    )


def _found(encoding: str, delimiter: str) -> Iterator[str]:
    yield f"encoding {encoding}, delimiter {_NAMES.get(delimiter, repr(delimiter))} found out"
    if encoding == "cp1252":
        yield "not UTF-8, so read as Windows Western European (cp1252); check the accents"


def _mixed(content: bytes) -> Iterator[str]:
    """Tell of characters that are whole in UTF-8, in a file that as a whole is not UTF-8."""
    found = list(_MULTIBYTE.finditer(content))
    if found:
        line = content.count(b"\n", 0, found[0].start()) + 1
        yield (
            f"two encodings seem to be mixed: {len(found)} character(s), the first in line {line}, "
            "look like UTF-8 in a file that is not; read as cp1252 they come out wrong, as in "
            f"'{found[0].group().decode('cp1252', errors='replace')}'. Save it as CSV (UTF-8)"
        )


def _left_out(n_blank: int) -> Iterator[str]:
    if n_blank:
        yield f"{n_blank} wholly blank row(s) passed over; they keep their row number"


def _decode(path: Path, sheet: str | None) -> tuple[str, str]:
    if sheet is not None:
        raise unusable(
            path.name,
            "is a text file and has no sheets.",
            "Take the key 'sheet' out of the wave, or name the Excel file.",
            value=f"sheet '{sheet}'",
        )
    content = path.read_bytes()
    encoding = next((name for mark, name in _MARKS.items() if content.startswith(mark)), "")
    tries = (encoding,) if encoding else ("utf-8", "cp1252")
    text = next(filter(None, (_try(content, name) for name in tries)), None)
    if text is None or not text[0].strip() or "\0" in text[0]:
        raise _undecodable(path.name, content)
    return text


def _try(content: bytes, encoding: str) -> tuple[str, str] | None:
    try:
        return content.decode(encoding), encoding
    except UnicodeDecodeError:
        return None


def _undecodable(place: str, content: bytes) -> DataError:
    if not content.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        return unusable(place, "is empty.", "Export the file again.")
    if b"\0" in content and not content.startswith(tuple(_MARKS)):
        return unusable(
            place, "is not a text file.", "Save it as CSV (UTF-8), or give it its right suffix."
        )
    return unusable(
        place,
        "cannot be decoded without loss, neither as UTF-8 nor as Windows text.",
        "Save it as CSV (UTF-8).",
    )


def _without_hint(text: str) -> tuple[str, str | None]:
    """Take off Excel's first line ``sep=;``, which is no header, and return its delimiter."""
    line, _, rest = text.partition("\n")
    hint = line.strip("\r\n\"' ")
    if hint.lower().startswith("sep=") and len(hint) == len("sep=") + 1:
        return rest, hint[-1]
    return text, None


def _delimiter(text: str) -> str:
    """Return the delimiter that gives most records as many fields as the header has."""
    scores = {delimiter: _consistency(text, delimiter) for delimiter in _DELIMITERS}
    best = max(scores, key=lambda delimiter: scores[delimiter])
    return best if scores[best] > (0.0, 0) else ","


def _consistency(text: str, delimiter: str) -> tuple[float, int]:
    widths: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        widths.extend(len(record) for record in itertools.islice(reader, _SAMPLE) if record)
    except csv.Error:
        widths.append(0)
    if not widths or widths[0] < 2:
        return (0.0, 0)
    return (sum(width == widths[0] for width in widths) / len(widths), widths[0])


def _records(text: str, delimiter: str, place: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    done = 0
    try:
        for record in reader:
            done += 1
            yield record
    except csv.Error as error:
        raise unusable(
            place,
            f"cannot be split into fields at row {done + 1} (line {reader.line_num}): {error}.",
            "Look for a quotation mark that is not closed, or not doubled inside a quoted field.",
        ) from error


def _reject_long(
    rows: Sequence[Sequence[str]], numbers: Sequence[int], width: int, place: str
) -> None:
    long = [
        (number, len(row)) for number, row in zip(numbers, rows, strict=True) if len(row) > width
    ]
    if long:
        more = f" (and {len(long) - _LISTED} more)" if len(long) > _LISTED else ""
        raise DataError(
            Problem(
                f"{place}, row {', '.join(str(number) for number, _ in long[:_LISTED])}{more}",
                f"{long[0][1]} fields",
                f"are more than the {width} of the header.",
                "Put fields that hold the delimiter in quotation marks, or export the file again.",
            )
        )


def _columns(rows: Sequence[Sequence[str]], names: Sequence[str]) -> pd.DataFrame:
    cells = itertools.zip_longest(*rows, fillvalue="")
    columns = itertools.chain(cells, itertools.repeat(("",) * len(rows)))
    data = {
        name: pd.Series(list(column), dtype="str")
        for name, column in zip(names, columns, strict=False)
    }
    return pd.DataFrame({name: text.mask(text.str.strip() == "") for name, text in data.items()})


def _short(rows: Sequence[Sequence[str]], width: int) -> pd.Series[str] | None:
    faults = [
        f"the row has {len(row)} fields and the header {width}" if len(row) < width else None
        for row in rows
    ]
    return pd.Series(faults, dtype="str") if any(faults) else None
