"""The dictionary of an SPSS system file, walked before a library in C trusts what it says."""

from __future__ import annotations

import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, Protocol

__all__ = ["Dictionary", "walked"]

_ORDERS: Mapping[bytes, str] = MappingProxyType({b"\2\0\0\0": "<", b"\3\0\0\0": "<",
                                                 b"\0\0\0\2": ">", b"\0\0\0\3": ">"})  # fmt: skip
_MAGIC = (b"$FL2", b"$FL3")
_END = 999
_NUMBERS = {3: 32, 4: 24}
_LONGEST_LABEL = 1 << 16
_NOTHING, _LAST, _PLAIN = 0, 252, 253


class _OddError(Exception):
    """The dictionary says what no program writes."""


@dataclass(slots=True)
class Dictionary:
    """What a file says of its own size.

    Attributes
    ----------
    cases : int
        Rows; -1 where the file does not say.
    width : int
        Values of 8 bytes in a row.
    compression : int
        0 none, 1 by bytes, 2 by bytes and zlib (.zsav).
    odd : bool
        Whether something in it is as no program writes it, so that reading it may go wrong.
    system : bool
        Whether it begins as such files do; the library refuses all others at once.
    start : int
        Where its values begin.
    """

    cases: int = -1
    width: int = 0
    compression: int = 0
    odd: bool = False
    system: bool = False
    start: int = 0

    def stored(self, path: Path) -> int | None:
        """Return how many whole rows stand in the file, which the rows it declares should be.

        None where that cannot be told without unpacking it (.zsav) or the dictionary is odd.
        """
        if self.odd or not self.width or self.compression not in (0, 1):
            return None
        if not self.compression:
            return (path.stat().st_size - self.start) // (8 * self.width)
        return _packed_values(path, self.start) // self.width


def walked(path: Path) -> Dictionary:
    """Return what the dictionary of a system file says; no more than its records is read."""
    found = Dictionary()
    with path.open("rb") as file:
        try:
            _walk(_Reading(file, path.stat().st_size), found)
        except (_OddError, struct.error):
            found.odd = True
    return found


@dataclass(slots=True)
class _Reading:
    """A file read number by number; it ends where no program ends it: that is odd."""

    file: BinaryIO
    size: int
    order: str = "<"

    def take(self, n: int) -> bytes:
        if n < 0 or n > self.size:
            raise _OddError
        data = self.file.read(n)
        if len(data) < n:
            raise _OddError
        return data

    def number(self) -> int:
        return int(struct.unpack(f"{self.order}i", self.take(4))[0])

    def numbers(self, n: int) -> tuple[int, ...]:
        if n < 0 or n > self.size:
            raise _OddError
        return struct.unpack(f"{self.order}{n}i", self.take(4 * n))


class _Record(Protocol):
    def __call__(self, reading: _Reading, found: Dictionary, seen: list[int]) -> None: ...


def _walk(reading: _Reading, found: Dictionary) -> None:
    header = reading.take(176)
    found.system = header[:4] in _MAGIC
    reading.order = _ORDERS.get(header[64:68], "")
    if not found.system or not reading.order:
        raise _OddError
    of = struct.unpack(f"{reading.order}iiii", header[68:84])
    case_size, found.compression, weight, found.cases = of
    bias = struct.unpack(f"{reading.order}d", header[84:92])[0]
    zipped = header[:4] == b"$FL3"
    fits = found.compression == 2 if zipped else found.compression in (0, 1)
    if not fits or bias != 100 or found.cases < -1 or not -1 <= case_size <= reading.size:
        raise _OddError
    seen: list[int] = []
    kinds = []
    while (kind := reading.number()) != _END:
        if kind not in _RECORDS:
            raise _OddError
        kinds.append(kind)
        _RECORDS[kind](reading, found, seen)
    reading.take(4)
    found.start = reading.file.tell()
    if (seen and seen[-1] > 0) or case_size not in (-1, 0, found.width) or weight > found.width:
        raise _OddError
    if any(kind == 3 and after != 4 for kind, after in zip(kinds, [*kinds[1:], 0], strict=True)):
        raise _OddError


def _variable(reading: _Reading, found: Dictionary, seen: list[int]) -> None:
    """Read a variable; ``seen`` holds, per variable, how many continuations are still to come."""
    kind, labelled, missing, *formats = reading.numbers(5)
    name = reading.take(8)
    found.width += 1
    due = seen[-1] if seen else 0
    if kind == -1:
        if not due:
            raise _OddError
        seen.append(due - 1)
        return
    blank = not name.strip() or name[:1] == b" "
    if due or not 0 <= kind <= 255 or blank or labelled not in (0, 1) or not -3 <= missing <= 3:
        raise _OddError
    if missing == -1 or any(not 1 <= spec >> 16 & 0xFF <= 41 for spec in formats):
        raise _OddError
    seen.append((kind + 7) // 8 - 1 if kind else 0)
    if labelled:
        length = reading.number()
        if not 0 <= length <= _LONGEST_LABEL:
            raise _OddError
        reading.take((length + 3) // 4 * 4)
    reading.take(8 * abs(missing))


def _value_labels(reading: _Reading, found: Dictionary, seen: list[int]) -> None:
    del found, seen
    for _ in range(_counted(reading)):
        reading.take(8)
        length = reading.take(1)[0]
        reading.take((length + 8) // 8 * 8 - 1)


def _labelled(reading: _Reading, found: Dictionary, seen: list[int]) -> None:
    del seen
    places = reading.numbers(_counted(reading))
    if not places or not all(1 <= place <= found.width for place in places):
        raise _OddError


def _document(reading: _Reading, found: Dictionary, seen: list[int]) -> None:
    del found, seen
    reading.take(80 * _counted(reading))


def _extension(reading: _Reading, found: Dictionary, seen: list[int]) -> None:
    del found, seen
    kind, size, count = reading.numbers(3)
    if size < 0 or count < 0:
        raise _OddError
    data = reading.take(size * count)
    if size * count != _NUMBERS.get(kind, size * count):
        raise _OddError
    if kind == 14 and not all(
        _long_string(pair) for pair in data.split(b"\t") if pair.strip(b"\0")
    ):
        raise _OddError


def _long_string(pair: bytes) -> bool:
    """Tell whether an entry of very long strings is ``NAME=width``."""
    width = pair.partition(b"=")[2].strip(b"\0 ")
    return width.isdigit() and 0 < int(width[:9]) <= 32767


def _packed_values(path: Path, start: int) -> int:
    """Count the values of a file that is packed by bytes: eight codes, then what they announce."""
    n = 0
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        place, size = start, len(data)
        while place < size:
            codes = data[place : place + 8]
            if _LAST in codes:
                codes = codes[: codes.index(_LAST)]
                size = 0
            place += 8 + 8 * codes.count(_PLAIN)
            n += len(codes) - codes.count(_NOTHING)
    return n


def _counted(reading: _Reading) -> int:
    count = reading.number()
    if not 0 <= count <= reading.size:
        raise _OddError
    return count


_RECORDS: Mapping[int, _Record] = MappingProxyType(
    {2: _variable, 3: _value_labels, 4: _labelled, 6: _document, 7: _extension}
)
