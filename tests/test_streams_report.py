"""What the report says of waves analysed in parts: which numbers rest on a sample of the rows."""

from __future__ import annotations

import re
import warnings

import numpy as np
import openpyxl
import pandas as pd
import pytest
from benchmarks.large_study import batch, study_text
from pptx import Presentation

from packed_pages import unpacked
from supertouch import pipeline
from supertouch.language import language
from supertouch.pipeline.gathering import all_tables
from supertouch.report.evidence import Evidence
from supertouch.report.sampled import PARTLY, SAMPLED, partly_sampled, sampled
from supertouch.report.workbook.heads import table_title

TOUCHPOINTS, ROWS, DRAWN = 6, 900, 500
EXTRA = """
[analysis]
replicates = 100

[engine]
stream_above = 300
sample = 500
"""
NOTE = re.compile(rf"Stichprobe: {DRAWN} von {ROWS} Befragten, nach Schichten gezogen")
CHAPTERS = {"answer", "danger", "mix", "portfolio", "profiles", "order", "footing", "methods",
            "diagnostics"}  # fmt: skip
OTHERS = {"reach", "importance", "verdicts", "phases", "changes", "whatif", "segments", "sample"}
SLIDES = {"answer", "card", "asymmetry", "mix", "portfolio"}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A study of two waves, each analysed in parts, with every output made."""
    folder = tmp_path_factory.mktemp("large")
    (folder / "data/raw").mkdir(parents=True)
    text = study_text(TOUCHPOINTS, 2, 1, EXTRA).replace('languages = ["en"]', 'languages = ["de"]')
    (folder / "study.toml").write_text(text, encoding="utf-8")
    for wave in range(2):
        rng = np.random.default_rng(wave)
        rows = batch(rng, ROWS, 0, TOUCHPOINTS, 1).to_pandas()
        asked = {"ID": "respondent", "W": "weight", "STRATUM": "stratum", "S0": "segment.s0",
                 "L1": "loyalty.item1", "L2": "loyalty.item2", "NPS": "recommendation.score",
                 **{f"C_t{j}": f"t{j}.contact" for j in range(TOUCHPOINTS)}}  # fmt: skip
        raw = pd.DataFrame({name: rows[column] for name, column in asked.items()})
        for j in range(TOUCHPOINTS):
            raw[f"R_t{j}"] = rows[f"t{j}.rating"].where(rows[f"t{j}.contact"] == 1)
        raw.to_csv(folder / f"data/raw/w{wave}.csv", index=False)
    study = pipeline.open_study(folder / "study.toml")
    pipeline.run(study)
    return study


def test_the_page_says_it_in_the_chapters_that_rest_on_a_sample(study):
    page = unpacked((study.reports / "cockpit.html").read_text(encoding="utf-8"))
    parts = re.split(r'<section id="de-([a-z_]+)"', page)
    chapters = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert chapters.keys() >= CHAPTERS | OTHERS
    assert {name for name, text in chapters.items() if NOTE.search(text)} == CHAPTERS
    assert f"der {DRAWN} Befragten der Stichprobe" in chapters["mix"]
    assert re.search(r"mehr als 300\s*Befragten werden in Teilen ausgewertet", chapters["methods"])


def test_the_slides_say_it_in_their_notes(study):
    methods = {text: kind for kind, text in language("de").group("slides.method").items()}
    noted: dict[str, list[bool]] = {}
    for slide in Presentation(study.reports / "slides.pptx").slides:
        text = slide.notes_slide.notes_text_frame.text
        seen = " ".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
        assert bool(NOTE.search(seen)) == bool(NOTE.search(text))
        for kind in (kind for method, kind in methods.items() if method in text):
            noted.setdefault(kind, []).append(bool(NOTE.search(text)))
    assert noted.keys() >= SLIDES | {"reach_impact", "importance", "verdicts", "bands", "course"}
    assert {kind for kind, told in noted.items() if all(told)} == SLIDES
    assert not any(any(told) for kind, told in noted.items() if kind not in SLIDES)


def test_the_workbook_says_it_on_the_sheets_that_rest_on_a_sample(study):
    words = language("de")
    with warnings.catch_warnings(action="ignore"):
        book = openpyxl.load_workbook(study.reports / "tables.xlsx", read_only=True)
    above = {sheet.title: str(sheet.cell(3, 1).value) for sheet in book if sheet.max_row > 3}
    rests = {table_title(words, name) for name in SAMPLED | PARTLY}
    assert rests <= above.keys()
    assert {title for title, text in above.items() if NOTE.search(text)} == rests
    assert above[table_title(words, "asymmetry")].count("Stichprobe: ") == len(study.waves)


def test_it_is_said_in_every_language_and_only_where_a_sample_was_drawn(study):
    tables = all_tables(study)
    told = Evidence(study, tables, words=language("en"))
    assert sampled(told, "w1") == "sample: 500 of 900 respondents, drawn by strata"
    assert partly_sampled(told, "w1").endswith("from a " + sampled(told, "w1"))
    notes = tables["diagnostics"]
    assert set(notes[notes.code == "groups_as_units"].value) == {ROWS}
    for rows in (notes[notes.code != "sampled_rows"], notes.replace({"value": {DRAWN: ROWS}})):
        whole = Evidence(study, tables | {"diagnostics": rows}, words=language("en"))
        assert sampled(whole, "w1") == partly_sampled(whole, "w1") == ""
