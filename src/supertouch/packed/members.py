"""What a zipped document holds: how much it unpacks to, and XML that declares entities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from supertouch.errors import DataError, Problem

__all__ = ["look_into", "opened_archive", "reject_harmful", "unsound"]

MOST_BYTES = 2 << 30
MOST_MEMBERS = 10_000
MOST_RATIO = 250
FREE = 8 << 20
PROLOG = 1 << 16
ENCRYPTED = 0x1

DAMAGED = "is damaged, or no such document."
AGAIN = "Copy or download it again, or open it in its own program and save it anew."
SMALLER = "Save the answers as CSV, which is read in parts, or take out what is not needed."


@dataclass(slots=True)
class _Prolog:
    """What stands before an XML document's contents."""

    root: str = ""
    declares: bool = False


def look_into(path: Path, *, most: int = MOST_BYTES) -> dict[str, str]:
    """Return the root element of each XML part, once the document has been found harmless.

    Nothing is unpacked but the first bytes of each part.

    Parameters
    ----------
    path : Path
        The document.
    most : int
        Bytes that it may unpack to.

    Raises
    ------
    DataError
        If it is no archive, has too many parts or one name twice, would unpack to more than
        ``most`` bytes or to more than 250 times its own size, is encrypted or packed in a way that
        such documents are not, or if a part declares a document type, and with it entities.
    """
    with opened_archive(path) as archive:
        members = archive.infolist()
        _reject_many(path, members)
        for member in members:
            _reject_packing(path, member)
        size = path.stat().st_size
        _reject_swelling(path, sum(member.file_size for member in members), size, most)
        roots = {}
        for member in members:
            with archive.open(member) as part:
                found = _prolog(part)
            if found.declares:
                rule = f"declares a document type in its part '{_shown(member)}', which may hide "
                raise unsound(path, f"{rule}text that grows without bound.", AGAIN)
            if found.root:
                roots[member.filename] = found.root
        return roots


def reject_harmful(path: Path, *, most: int = MOST_BYTES) -> None:
    """Raise if a zipped document would unpack or expand to more than it shows; see `look_into`."""
    look_into(path, most=most)


@contextmanager
def opened_archive(path: Path) -> Iterator[ZipFile]:
    """Open a zipped document; whatever is broken in it becomes the error that says so.

    Raises
    ------
    DataError
        If it is damaged, or no archive.
    """
    try:
        with ZipFile(path) as archive:
            yield archive
    except (DataError, OSError):
        raise
    except Exception as error:  # those of zipfile, zlib, struct and expat have no other parent
        raise unsound(path, DAMAGED, AGAIN, value=str(error)) from error


def unsound(path: Path, rule: str, remedy: str, *, value: str = "") -> DataError:
    """Return the error for a document that is not opened."""
    return DataError(Problem(path.name, value[:200], rule, remedy))


def _reject_many(path: Path, members: list[ZipInfo]) -> None:
    if len(members) > MOST_MEMBERS:
        rule = f"holds {len(members):,} parts, more than {MOST_MEMBERS:,}."
        raise unsound(path, rule, "Save it anew, without what is not needed.")
    names = Counter(member.filename for member in members)
    double = next((member for member in members if names[member.filename] > 1), None)
    if double is not None:
        rule = f"holds the part '{_shown(double)}' more than once."
        raise unsound(path, rule, AGAIN)


def _reject_packing(path: Path, member: ZipInfo) -> None:
    if member.flag_bits & ENCRYPTED:
        rule = f"is encrypted (part '{_shown(member)}')."
        raise unsound(path, rule, "Save it without a password.")
    if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        rule = f"is packed in a way that such documents are not (part '{_shown(member)}')."
        raise unsound(path, rule, "Open it in its own program and save it anew.")


def _reject_swelling(path: Path, unpacked: int, size: int, most: int) -> None:
    told = f"would unpack to {max(unpacked >> 20, 1):,} MB"
    if unpacked > most:
        raise unsound(path, f"{told}, more than the {most >> 20:,} MB that are read.", SMALLER)
    if unpacked > FREE and unpacked > MOST_RATIO * size:
        rule = f"{told}, more than {MOST_RATIO} times its own size: no real document does."
        raise unsound(path, rule, SMALLER)


def _prolog(part: IO[bytes]) -> _Prolog:
    """Read a part up to its root element; a part that is no XML has none."""
    found = _Prolog()
    parser = expat.ParserCreate(namespace_separator="}")

    def declared(*_: object) -> None:
        found.declares = True

    def begun(name: str, _: object) -> None:
        found.root = found.root or name.rpartition("}")[2]

    parser.StartDoctypeDeclHandler = declared
    parser.EntityDeclHandler = declared
    parser.StartElementHandler = begun
    seen = 0
    try:
        while not found.root and not found.declares and seen < PROLOG:
            block = part.read(1024)
            parser.Parse(block, not block)
            seen += len(block)
            if not block:
                break
    except expat.ExpatError as error:
        odd = error.code == expat.errors.codes[expat.errors.XML_ERROR_UNKNOWN_ENCODING]
        found.declares = found.declares or odd
    if seen >= PROLOG and not found.root:
        found.declares = True
    return found


def _shown(member: ZipInfo) -> str:
    name = member.filename
    return "".join(sign if sign.isprintable() else "?" for sign in name)[:80]
