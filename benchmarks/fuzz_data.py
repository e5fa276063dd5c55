"""Hand in spoilt data files of each format: each is read, or refused in words.

Targets have the shape of those of ``fuzz_study``: a random generator and an empty folder in, and
``accepted`` or ``refused`` out; whatever else happens is a defect. A sound file is made once per
format and spoilt: bytes changed, cut, doubled or filled with numbers that bring readers down. Of a
workbook, which a changed byte only makes unreadable, the parts inside are spoilt and packed again.
"""

from __future__ import annotations

import io
import random
import struct
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from benchmarks.fuzz_fence import Answer, Target, held  # noqa: E402

import corpus_data  # noqa: E402
from supertouch.intake import headers, read  # noqa: E402
from supertouch.intake.draft import draft  # noqa: E402
from supertouch.intake.mentions import read_mentions  # noqa: E402
from supertouch.intake.readers import ingest_wave  # noqa: E402
from supertouch.study import load_study  # noqa: E402

__all__ = ["TARGETS", "atheris_target", "prepare", "spoilt"]

SIGNS = (
    b"\0", b'"', b",", b";", b"\t", b"\r", b"\n", b"\xff\xfe", b"\xef\xbb\xbf",
    b"\xed\xa0\x80", b"=1+1", b"<!DOCTYPE x>", b"&a;", b"1e400", b"nan", b"-", b"9" * 400,
    b"\x1b[31m", b"[", b"{",
)  # fmt: skip
NUMBERS = (0, 1, -1, 255, 2**16, 10**6, 2**24, 2**31 - 1, -(2**31))


def spoilt(data: bytes, rng: random.Random, *, near: int = 0) -> bytes:
    """Return bytes with one to sixteen changes, more than half of them before ``near``."""
    found = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        if not found:
            break
        place = rng.randrange(len(found))
        if near and rng.random() < 0.6:
            place = rng.randrange(min(len(found), near))
        CHANGES[rng.randrange(len(CHANGES))](found, place, rng)
    return bytes(found)


def _byte(data: bytearray, place: int, rng: random.Random) -> None:
    data[place] = rng.randrange(256)


def _bit(data: bytearray, place: int, rng: random.Random) -> None:
    data[place] ^= 1 << rng.randrange(8)


def _number(data: bytearray, place: int, rng: random.Random) -> None:
    data[place : place + 4] = struct.pack(rng.choice("<>") + "i", rng.choice(NUMBERS))


def _cut(data: bytearray, place: int, rng: random.Random) -> None:
    del data[place:]


def _gap(data: bytearray, place: int, rng: random.Random) -> None:
    del data[place : place + rng.randrange(1, 60)]


def _twice(data: bytearray, place: int, rng: random.Random) -> None:
    start = rng.randrange(len(data))
    data[place:place] = data[start : start + rng.randrange(1, 200)]


def _sign(data: bytearray, place: int, rng: random.Random) -> None:
    data[place:place] = rng.choice(SIGNS) * rng.choice((1, 1, 1, 3, 1_000))


CHANGES = (_byte, _bit, _number, _cut, _gap, _twice, _sign)


@cache
def _sound(name: str) -> bytes:
    case = next(case for case in corpus_data.CASES if case.name == name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"sound{case.suffix}"
        case.make(path)
        return path.read_bytes()


def prepare() -> None:
    """Make the sound files once, before processes of their own spoil them."""
    for case in corpus_data.CASES:
        if case.name.endswith("sound") or case.name == "csv-utf16":
            _sound(case.name)


def _repacked(data: bytes, rng: random.Random) -> bytes:
    """Return a workbook with one of its parts spoilt, or with its bytes spoilt now and then."""
    if rng.random() < 0.2:
        return spoilt(data, rng)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = rng.choice(list(parts))
    parts[name] = spoilt(parts[name], rng)
    file = io.BytesIO()
    with zipfile.ZipFile(
        file, "w", rng.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))
    ) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def _opened(path: Path) -> None:
    """Read a file in every way that is offered without a study."""
    names = headers(path)
    raw = read(path)
    frame = raw.frame
    told = [name for name in raw.columns if not name.startswith("__")]
    if len(frame) != raw.n_rows or names != told:
        message = f"{raw.n_rows} rows told and {len(frame)} handed out, {names} and {told}"
        raise ValueError(message)


def _file(rng: random.Random, folder: Path, *, name: str, near: int = 0) -> Answer:
    suffix = next(case.suffix for case in corpus_data.CASES if case.name == name)
    path = folder / f"w2{suffix}"
    change = _repacked if suffix == ".xlsx" else partial(spoilt, near=near)
    path.write_bytes(change(_sound(name), rng))
    return held(folder, lambda: _opened(path))


def _drafted(rng: random.Random, folder: Path) -> Answer:
    path = folder / "w2.csv"
    path.write_bytes(spoilt(_sound("csv-sound"), rng))
    return held(folder, lambda: draft(path).text(""))


def _ingested(rng: random.Random, folder: Path) -> Answer:
    raw = corpus_data.write_study(folder / "study")
    (raw / "w2.csv").write_bytes(spoilt(_sound("csv-sound"), rng))
    study = load_study(folder / "study" / "study.toml")
    return held(folder, lambda: [len(chunk) for chunk in ingest_wave(study, "w2").chunks()])


def _mentioned(rng: random.Random, folder: Path) -> Answer:
    raw = corpus_data.write_study(folder / "study")
    file = folder / "study" / "study.toml"
    file.write_text(corpus_data.STUDY + '\n[mentions]\nfile = "m.csv"\n', encoding="utf-8")
    lines = "date,source,touchpoint,valence,text\n" + "2026-01-31,mail,Web,positive,good\n" * 9
    (raw / "m.csv").write_bytes(spoilt(lines.encode(), rng))
    study = load_study(file)
    return held(folder, lambda: read_mentions(study))


def _beside(rng: random.Random, folder: Path, *, other: str, content: bytes, first: str) -> Answer:
    """A sound data file with a spoilt file beside it, which must never keep it from being read."""
    path = folder / "w2.csv"
    path.write_text(first, encoding="utf-8")
    (folder / other).write_bytes(spoilt(content, rng))
    answer = held(folder, lambda: _opened(path))
    if answer == "refused":
        message = f"a spoilt {other} kept the data from being read"
        raise ValueError(message)
    return answer


SYNTAX = "".join(
    f'attributes(data)$variable.labels[{i}] <- "{name}"\nnames(data)[{i}] <- "{name}"\n'
    f'data[, {i}] <- factor(data[, {i}], levels=c(1,0),labels=c("yes","no"))\n'
    for i, name in enumerate(("id", "submitdate", "lastpage", *corpus_data.table()[0]), start=1)
).encode()
SURVEY = corpus_data._survey('{"1": {"Display": "<b>bad</b>"}, "2": {"Display": "good"}}')
CODEBOOK = b"variable,code,label\nNPS,1,bad\nNPS,2,good\nL1,98,none\n" * 3

TARGETS: Mapping[str, Target] = {
    "csv": partial(_file, name="csv-sound"),
    "csv_utf16": partial(_file, name="csv-utf16"),
    "xlsx": partial(_file, name="xlsx-sound"),
    "sav": partial(_file, name="sav-plain_sound", near=1_500),
    "sav_packed": partial(_file, name="sav-packed_sound", near=1_500),
    "zsav": partial(_file, name="zsav-zipped_sound", near=1_500),
    "por": partial(_file, name="por-sound", near=1_500),
    "parquet": partial(_file, name="parquet-sound"),
    "draft": _drafted,
    "ingest": _ingested,
    "mentions": _mentioned,
    "codebook": partial(
        _beside, other="w2_codebook.csv", content=CODEBOOK, first=corpus_data._plain()
    ),
    "qsf": partial(_beside, other="w2.qsf", content=SURVEY, first=corpus_data._qualtrics()),
    "limesurvey_r": partial(_beside, other="w2.R", content=SYNTAX, first=corpus_data._limesurvey()),
}  # fmt: skip


def atheris_target(name: str) -> Callable[[bytes], None]:
    """Return what atheris calls with bytes of its own making, as the file of a format."""
    suffix = next(case.suffix for case in corpus_data.CASES if case.name == name)
    folder = Path(tempfile.mkdtemp())
    path = folder / f"w2{suffix}"

    def one(data: bytes) -> None:
        path.write_bytes(data)
        held(folder, lambda: _opened(path))

    return one
