"""Bad plans, audit sheets, mentions, own words and hostile wordings of questionnaires."""

from __future__ import annotations

import csv
import io
import json
import random
import shutil
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

from benchmarks.fuzz_fence import ROOT, Answer, Target, held
from benchmarks.fuzz_values import (
    DAYS,
    IDS,
    NUMBERS,
    TEXTS,
    bytes_of,
    document_of,
    mutated,
    text_of,
)

from supertouch.study import Study, load_study

__all__ = ["TARGETS"]

DEMO = ROOT / "src/supertouch/demo"
WORDS = ROOT / "src/supertouch/languages"
FAR = 2_000
HEAD = ("date", "source", "touchpoint", "valence", "text")


@cache
def demo() -> Study:
    """Return the demo's study."""
    return load_study(DEMO / "study.toml")


def plan_text(rng: random.Random, folder: Path) -> Answer:
    """A plan in TOML."""
    from supertouch.instruments import read_measures

    path = folder / "plan.toml"
    document = document_of(DEMO / "plan.toml")
    for _ in range(rng.choice((1, 1, 2, 5))):
        document = mutated(document, rng)
    content = text_of(document).encode()
    path.write_bytes(content if rng.random() < 0.7 else bytes_of(_plan_bytes(), rng))
    return held(folder, lambda: read_measures(demo(), path))


def _plan_bytes() -> bytes:
    return (DEMO / "plan.toml").read_bytes()


def plan_sheet(rng: random.Random, folder: Path) -> Answer:
    """A plan in Excel with other things in some of its cells."""
    from supertouch.instruments import read_measures, write_plan

    path = folder / "plan.xlsx"
    measures = read_measures(demo(), DEMO / "plan.toml")
    write_plan(demo(), measures, path, language="de")
    _spoil(path, rng)
    return held(folder, lambda: read_measures(demo(), path))


def audit_sheet(rng: random.Random, folder: Path) -> Answer:
    """An auditor's sheet with other things in some of its cells."""
    from supertouch.instruments import read_sheets
    from supertouch.instruments.audit import write_filled

    study = _at(folder)
    path = study.raw / "audit" / "audit_x.xlsx"
    rows = [{"touchpoint": item.id, "importance": 3} for item in study.touchpoints[:5]]
    write_filled(study, path, rows=rows, language="de", auditor="x")
    _spoil(path, rng)
    return held(folder, lambda: read_sheets(study))


def _at(folder: Path) -> Study:
    """Return the demo's study as if it lay in a folder."""
    from dataclasses import replace

    return replace(demo(), file=folder / "study.toml", folder=folder, raw=folder / "raw")


def _spoil(path: Path, rng: random.Random) -> None:
    """Put hostile values into cells of a workbook, move rows, merge cells, or spoil the file."""
    from openpyxl import load_workbook

    book = load_workbook(path)
    for _ in range(rng.choice((1, 1, 3, 30))):
        page = rng.choice(book.worksheets)
        if page.max_row < FAR and page.max_column < FAR:
            rng.choice(SPOILS)(page, rng)
    book.save(path)
    if rng.random() < 0.15:
        path.write_bytes(bytes_of(path.read_bytes(), rng))


def _cell(page: Any, rng: random.Random) -> None:
    from openpyxl.utils.exceptions import IllegalCharacterError

    cell = page.cell(rng.randrange(1, page.max_row + 3), rng.randrange(1, page.max_column + 3))
    value = rng.choice((*NUMBERS, *TEXTS, *IDS, *(day for day in DAYS if not _zoned(day))))
    try:
        cell.value = value if not isinstance(value, int) or abs(value) < 2**64 else str(value)
    except (ValueError, AttributeError, IllegalCharacterError):
        return  # no workbook can hold it, or the cell is merged with another one


def _zoned(day: Any) -> bool:
    return getattr(day, "tzinfo", None) is not None or getattr(day, "year", 2000) < 1900


def _far(page: Any, rng: random.Random) -> None:
    row, column = rng.choice(((1_048_576, 1), (1, 16_384), (1_048_576, 16_384), (9_000, 3)))
    page.cell(row, column).value = "x"


def _lines(page: Any, rng: random.Random) -> None:
    at = rng.randrange(1, min(page.max_row, 60) + 1)
    rng.choice((page.delete_rows, page.insert_rows))(at, rng.choice((1, 3)))


def _columns(page: Any, rng: random.Random) -> None:
    at = rng.randrange(1, min(page.max_column, 20) + 1)
    rng.choice((page.delete_cols, page.insert_cols))(at, 1)


def _merge(page: Any, rng: random.Random) -> None:
    page.merge_cells(rng.choice(("A1:C9", "B7:B9", "A8:Z8", "C1:C400")))


SPOILS = (_cell, _cell, _cell, _cell, _cell, _cell, _far, _lines, _columns, _merge)


def mentions(rng: random.Random, folder: Path) -> Answer:
    """A file of mentions with other things in its cells and lines."""
    from dataclasses import replace

    from supertouch.intake import read_mentions
    from supertouch.study.model import Mentions

    text = io.StringIO()
    writer = csv.writer(text, delimiter=rng.choice(",;\t"))
    writer.writerow(HEAD if rng.random() < 0.9 else [rng.choice(TEXTS[:40]) for _ in HEAD])
    touchpoints = [item.id for item in demo().touchpoints]
    for _ in range(rng.choice((0, 1, 5, 60))):
        usual = ["2026-05-01", "web", rng.choice(touchpoints), "negative", "too slow"]
        row: list[Any] = [v if rng.random() < 0.8 else _any(rng) for v in usual]
        writer.writerow(row[: rng.choice((5, 5, 5, 5, 3))] + ["x"] * rng.choice((0, 0, 0, 2)))
    content = text.getvalue().encode("utf-8", "replace")
    if rng.random() < 0.2:
        content = bytes_of(content or b"x", rng)
    study = replace(_at(folder), mentions=Mentions(file="mentions.csv"))
    study.raw.mkdir()
    (study.raw / "mentions.csv").write_bytes(content)
    return held(folder, lambda: _accounted(read_mentions(study)))


def _any(rng: random.Random) -> Any:
    return rng.choice((*NUMBERS[:20], *TEXTS, *IDS, *DAYS))


def _accounted(read: Any) -> None:
    if len(read.mentions) + read.n_quarantined != read.n_read:
        message = f"{read.n_read} rows read, {len(read.mentions)} kept, {read.n_quarantined} not"
        raise ValueError(message)


def own_words(rng: random.Random, folder: Path) -> Answer:
    """Words of a study's own."""
    from supertouch.language import spoken

    home = folder / "languages"
    home.mkdir()
    code = rng.choice(("de", "en", "de-CH", "fr", "de-AT", "ar", "xx", "zz-ZZ"))
    document = document_of(WORDS / rng.choice(("de.toml", "en.toml", "de-CH.toml")))
    if rng.random() < 0.5:
        document = {key: document[key] for key in rng.sample(sorted(document), 1)}
    if rng.random() < 0.3:
        document["spelling"] = {rng.choice(TEXTS[:60]): rng.choice(TEXTS[:60]) for _ in range(3)}
    for _ in range(rng.choice((0, 1, 1, 3))):
        document = mutated(document, rng)
    content = text_of(document).encode()
    (home / f"{code}.toml").write_bytes(content if rng.random() < 0.8 else bytes_of(content, rng))
    return held(folder, lambda: _told(spoken([code, "en"], home)))


def _told(languages: Any) -> None:
    """Say what needs no values in each language; see that its words have stayed small."""
    for language in languages:
        if sum(map(len, language.words.values())) > 10_000_000:
            message = "words that grew without bound"
            raise ValueError(message)
        for key in language.words:
            if key.endswith(".one") and "{" not in language.words[key].replace("{n}", ""):
                language.count(key.removesuffix(".one"), 2)


def wordings(rng: random.Random, folder: Path) -> Answer:
    """A study whose wordings mean harm, as a questionnaire for every platform."""
    from supertouch.pipeline import asked_files, write_asked

    document = document_of(DEMO / "study.toml")
    _reword(document, rng)
    path = folder / "study.toml"
    path.write_text(text_of(document), encoding="utf-8")

    def make() -> None:
        asked = asked_files(load_study(path), "2026q4", folder=folder / "out")
        for file in write_asked(asked.files):
            _sound(file)

    return held(folder, make)


def _reword(value: Any, rng: random.Random) -> None:
    """Replace some of the texts of a document by hostile ones, wherever they stand."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in list(items):
        if isinstance(item, dict | list):
            _reword(item, rng)
        elif isinstance(item, str) and key in ("de", "en") and rng.random() < 0.1:
            value[key] = rng.choice([text for text in TEXTS if text.strip()])


def _sound(file: Path) -> None:
    """Open what was written as the programs will that it is for."""
    openers = {".lss": _xml, ".qsf": _json, ".docx": _packed}
    openers.get(file.suffix, lambda path: path.read_text("utf-8"))(file)


def _xml(file: Path) -> None:
    ElementTree.fromstring(file.read_bytes())


def _json(file: Path) -> None:
    json.loads(file.read_text("utf-8"))


def _packed(file: Path) -> None:
    with ZipFile(file) as parts:
        for name in parts.namelist():
            if name.endswith(".xml"):
                ElementTree.fromstring(parts.read(name))


def template(rng: random.Random, folder: Path) -> Answer:
    """A template for the slides that was damaged."""
    from supertouch.report.slides.template import opened

    path = folder / "template.pptx"
    shutil.copy(_house(), path)
    path.write_bytes(bytes_of(path.read_bytes(), rng))
    return held(folder, lambda: opened(path))


@cache
def _house() -> Path:
    import tempfile

    from supertouch.report.slides.house import house

    path = Path(tempfile.mkdtemp(prefix="fuzz_house_")) / "house.pptx"
    house().save(str(path))
    return path


TARGETS: dict[str, Target] = {
    "plan": plan_text,
    "plan sheet": plan_sheet,
    "audit sheet": audit_sheet,
    "mentions": mentions,
    "own words": own_words,
    "wordings": wordings,
    "slide template": template,
}
