"""In which encoding a text file is written, found out without holding the file in memory."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from supertouch.errors import DataError
from supertouch.intake.readers.raw import unusable

__all__ = ["blocks", "encoding_of", "mixed"]

_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_BLOCK = 1 << 22
_BLANK = b"\xef\xbb\xbf\xff\xfe \t\r\n\0"
_MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)


@dataclass(frozen=True, slots=True)
class _Look:
    """Whether a file's text holds anything but blanks, and whether it holds a NUL."""

    filled: bool
    nul: bool


def blocks(path: Path) -> Iterator[bytes]:
    """Yield a file's bytes in blocks of some megabytes."""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def encoding_of(path: Path) -> str:
    """Return the encoding in which the whole file can be read without loss.

    A byte order mark decides; without one the file is UTF-8 if all of it is, and otherwise
    Windows Western European (cp1252).

    Raises
    ------
    DataError
        If the file is empty, is no text, or fits neither encoding.
    """
    start = next(blocks(path), b"")
    marked = next((name for mark, name in _MARKS.items() if start.startswith(mark)), "")
    for name in (marked,) if marked else ("utf-8", "cp1252"):
        look = _decoded(path, name)
        if look is not None:
            if look.filled and not look.nul:
                return name
            break
    raise _undecodable(path, marked=bool(marked))


def _decoded(path: Path, encoding: str) -> _Look | None:
    """Return what the text looks like, or None where the encoding does not fit."""
    decoder = codecs.getincrementaldecoder(encoding)()
    filled = nul = False
    try:
        for block in blocks(path):
            text = decoder.decode(block)
            filled = filled or bool(text.strip())
            nul = nul or "\0" in text
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return None
    return _Look(filled, nul)


def _undecodable(path: Path, *, marked: bool) -> DataError:
    if not any(block.strip(_BLANK) for block in blocks(path)):
        return unusable(path.name, "is empty.", "Export the file again.")
    if not marked and any(b"\0" in block for block in blocks(path)):
        return unusable(
            path.name,
            "is not a text file.",
            "Save it as CSV (UTF-8), or give it its right suffix.",
        )
    return unusable(
        path.name,
        "cannot be decoded without loss, neither as UTF-8 nor as Windows text.",
        "Save it as CSV (UTF-8).",
    )


def mixed(path: Path) -> Iterator[str]:
    """Tell of characters that are whole in UTF-8, in a file that as a whole is not UTF-8."""
    n, first, line, before, rest = 0, b"", 0, 0, b""
    for block in blocks(path):
        content = rest + block
        done = max(len(content) - 3, 0)
        for found in _MULTIBYTE.finditer(content):
            if not n:
                first = found.group()
                line = before + content.count(b"\n", 0, found.start()) + 1
            n += 1
            done = max(done, found.end())
        before += content.count(b"\n", 0, done)
        rest = content[done:]
    if n:
        yield (
            f"two encodings seem to be mixed: {n} character(s), the first in line {line}, "
            "look like UTF-8 in a file that is not; read as cp1252 they come out wrong, as in "
            f"'{first.decode('cp1252', errors='replace')}'. Save it as CSV (UTF-8)"
        )
