"""Coded data back as .sav: the same answers in the words of the study, as SPSS can hold them."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from hostile_study import CONTROLS, hostile_study
from real_data import real_data
from supertouch.errors import OutputError, UnsupportedError
from supertouch.findings.answers import read_answers
from supertouch.findings.performance import bands, points
from supertouch.intake import ingest_wave, read, validate_wave
from supertouch.intake.coded import empty_codes, write_coded
from supertouch.intake.readers.raw import FILE
from supertouch.study import load_study
from supertouch.study.model import (
    BRAND_COLUMN,
    EMPTIES,
    Codes,
    Columns,
    Contact,
    Quality,
    Scale,
    Segment,
    StatusRule,
    Text,
    Wave,
    Weighting,
)

EXAMPLES = Path(__file__).parents[1] / "examples"
STUDY = """\
[study]
id = "coded"
title = { de = "Straße & Öl", en = "Street & oil" }
languages = [LANGUAGES]

[data]
respondent = "ID"
weight = "W"

[data.status]
column = "STATUS"
current = [1]
former = [2]
potential = [3]

[[data.exclude]]
column = "TEST"
values = [1]
reason = "Test"

[quality]
duration = "SECONDS"

[scales.rating]
min = 1
max = 6
best = 1
delighted = 1
disappointed = 4
labels = { 1 = { de = "sehr gut", en = "very good" }, 6 = { de = "ungenügend", en = "poor" } }

[scales.half]
min = 0.5
max = 3.5
best = 3.5
step = 0.1

[scales.slider]
min = 0
max = 100
best = 100
step = 0

[scales.likely]
min = 0
max = 10
best = 10

[codes]
not_met = [-1]
dont_know = [-2]

[contact]
met = ["yes"]
not_met = ["no"]
dont_know = ["?"]

[touchpoints.hotline]
label = { de = "Telefon", en = "Phone" }
phase = "after"
rating = "R1"
contact = "C1"
brand_fit = "F1"
brand_fit_scale = "half"

[touchpoints.shop]
label = "Shop"
phase = "during"
rating = "R2"
scale = "slider"

[outcomes.loyalty]
label = { de = "Treue", en = "Loyalty" }
role = "loyalty"
items = ["L1", "L2"]
reversed = ["L2"]
min_items = 1

[outcomes.recommendation]
label = { de = "Weiterempfehlung", en = "Recommendation" }
role = "recommendation"
column = "NPS"
scale = "likely"

[segments.region]
label = "Region"
column = "REGION"
values = { 3 = "Nord", 7 = "Süd" }

[segments.channel]
label = { de = "Kanal", en = "Channel" }
column = "CHANNEL"
values = { web = "Web", shop = "Shop" }

[segments.town]
label = { de = "Ort", en = "Town" }
column = "TOWN"

[waves.w1]
label = { de = "Herbst 2025", en = "Autumn 2025" }
file = "one_*.csv"
"""

ROWS = """\
ID,W,STATUS,TEST,SECONDS,R1,C1,F1,R2,L1,L2,NPS,REGION,CHANNEL,TOWN
a1,1.5,1,0,300,1,yes,0.7,55.25,2,5,9,3,web,Ulm
a2,0.5,2,0,300,4,yes,3.3,-1,,5,6,7,shop,Köln
a3,1,3,0,300,-1,no,-1,100,6,1,7,3,,Ulm
a4,1,,0,20,-2,yes,-2,0,,,-2,,web,
a5,1,1,0,300,9,yes,1,1,1,1,1,3,web,Ulm
a6,1,1,1,300,2,yes,1,1,1,1,1,3,web,Ulm
"""
SECOND = """\
ID,W,STATUS,TEST,SECONDS,R1,C1,F1,R2,L1,L2,NPS,REGION,CHANNEL,TOWN
b1,1,1,0,300,,?,,,1,6,10,3,web,Bonn
b2,1,1,0,20,3,yes,2.1,3,3,3,3,3,web,Bonn
"""


def coded_study(folder, languages='"de", "en"'):
    (folder / "data" / "raw").mkdir(parents=True)
    (folder / "data" / "raw" / "one_a.csv").write_text(ROWS, encoding="utf-8")
    (folder / "data" / "raw" / "one_b.csv").write_text(SECOND, encoding="utf-8")
    path = folder / "study.toml"
    path.write_text(STUDY.replace("[LANGUAGES]", f"[{languages}]"), encoding="utf-8")
    return load_study(path)


def validated(study, wave):
    incoming = ingest_wave(study, wave)
    raw = incoming.frame()
    names = ", ".join(file.path.name for file in incoming.files)
    found = validate_wave(study, wave, raw, names, meta=incoming.meta())
    files = raw[FILE].iloc[found.position].astype("str") if FILE in raw else None
    return found, files


def written(study, wave, path):
    found, files = validated(study, wave)
    write_coded(study, wave, found.responses, found.flags, path=path, files=files)
    frame, meta = pyreadstat.read_sav(path, user_missing=True)
    return found, frame, meta


def as_delivered(study, wave, file):
    """Return the study of somebody who was handed the coded file of one wave and nothing else."""
    first = empty_codes(study).first
    codes = Codes(**{kind: (first + k,) for k, kind in enumerate(EMPTIES)})
    others = {kind: (first + k,) for k, kind in enumerate(EMPTIES) if kind != "not_met"}
    touchpoints = tuple(
        replace(
            item,
            rating=Columns(f"{item.id}.rating"),
            contact=Columns(f"{item.id}.contact"),
            brand_fit=Columns(f"{item.id}.brand_fit" if item.brand_fit.within(wave) else None),
            codes=codes,
            brand_fit_codes=None,
            contact_rule=Contact(met=(1.0,), not_met=(0.0,), **others),
        )
        for item in study.touchpoints_in(wave)
    )
    outcomes = tuple(
        replace(
            item,
            items=tuple(Columns(f"{item.id}.item{k + 1}") for k in range(len(item.items))),
            codes=codes,
            waves=(wave,),
        )
        for item in study.outcomes_in(wave)
    )
    segments = tuple(
        replace(item, column=Columns(f"segment.{item.id}"), values=_numbered(item))
        for item in study.segments
    )
    status = {name: (k + 1.0,) for k, name in enumerate(("current", "former", "potential"))}
    return replace(
        study,
        raw=file.parent,
        touchpoints=touchpoints,
        outcomes=outcomes,
        segments=segments,
        waves=(Wave(wave, Text(), file.name),),
        wave_column=Columns(),
        respondent=Columns("respondent"),
        weight=Columns("weight"),
        cluster=Columns("cluster"),
        stratum=Columns("stratum") if study.stratum != Columns() else Columns(),
        status=StatusRule(Columns("status"), status) if study.status else None,
        exclusions=(),
        blocks=(),
        quality=Quality(),
        weighting=Weighting(),
    )


def _numbered(segment: Segment):
    if all(isinstance(code, float) for code in segment.values):
        return segment.values
    return {k + 1.0: text for k, text in enumerate(segment.values.values())}


def _airport(folder):
    return load_study(EXAMPLES / "sfo" / "study.toml", raw=real_data("sfo", "raw"))


@pytest.mark.parametrize(("make", "wave"), [(coded_study, "w1"), (_airport, "2017")])
def test_the_answers_come_back_as_they_went_out(tmp_path, make, wave):
    study = make(tmp_path)
    file = tmp_path / "coded.sav"
    found, frame, _ = written(study, wave, file)
    back, _ = validated(as_delivered(study, wave, file), wave)
    was, now = found.responses, back.responses
    assert len(was) == len(now) == len(frame)
    assert len(back.quarantine) == 0
    several = {f"{item.id}.empty" for item in study.outcomes if len(item.items) > 1}
    own = {"row", "brand", "cluster", "respondent", *several, *_numbered_columns(study)}
    filled = {f"{item.id}.contact" for item in study.touchpoints_in(wave)}
    for name in filled:  # some contacts are known from the rating alone
        was.loc[was[name].notna(), f"{name}_empty"] = ""
    for name in [name for name in was.columns if name not in own]:
        pd.testing.assert_series_equal(now[name], was[name], check_dtype=False, obj=name)
    _bands_of_the_results(study, wave, was, frame)
    for name in several:
        assert ((was[name] == "") == (now[name] == "")).all()
    for name in _numbered_columns(study):
        assert (now[name].groupby(was[name]).nunique() == 1).all()


def _bands_of_the_results(study, wave, responses, frame):
    answers = read_answers(study, wave, responses)
    worst, best = bands(study, answers)
    rated = ~np.isnan(answers.rating)
    for j, item in enumerate(answers.touchpoints):
        band = frame.loc[rated[:, j], f"{item.id}.band"].to_numpy()
        assert (band == 2 - worst[rated[:, j], j] + best[rated[:, j], j]).all()
    outcome = study.outcome_of("recommendation", wave)
    level = points(answers.outcome[:, answers.outcomes.index(outcome)])
    group = frame[f"{outcome.id}.nps"].to_numpy()
    told = group <= 3
    assert told.any()
    assert (100 * (group - 2) == level)[told].all()


def _numbered_columns(study):
    return {
        f"segment.{item.id}"
        for item in study.segments
        if item.values and not all(isinstance(code, float) for code in item.values)
    }


def test_codes_are_those_of_the_questionnaire_and_bands_those_of_the_results(tmp_path):
    _, frame, meta = written(coded_study(tmp_path), "w1", tmp_path / "coded.sav")
    frame = frame.set_index("respondent")
    assert len(frame.index) == 6  # a5 broke a rule, a6 is left out
    assert frame.loc["a1", "hotline.rating"] == 1
    expected = {
        "hotline.rating": [1, 4, 996, 998, 997, 3],
        "hotline.band": [3, 1, 996, 998, 997, 2],
        "hotline.contact": [1, 1, 0, 1, 998, 1],
        "hotline.brand_fit": [0.7, 3.3, 996, 998, 997, 2.1],
        "shop.rating": [55.25, 996, 100, 0, 999, 3],
        "shop.band": [2, 996, 3, 1, 999, 1],
        "loyalty.item1": [2, np.nan, 6, np.nan, 1, 3],
        "loyalty.item2": [5, 5, 1, np.nan, 6, 3],
        "loyalty.score": [5, 5, 1, 999, 6, 3.5],
        "recommendation.item1": [9, 6, 7, 998, 10, 3],
        "recommendation.nps": [3, 1, 2, 998, 3, 1],
        "segment.region": [3, 7, 3, np.nan, 3, 3],
        "segment.channel": [1, 2, np.nan, 1, 1, 1],
        "status": [1, 2, 3, np.nan, 1, 1],
        "weight": [1.5, 0.5, 1, 1, 1, 1],
        "row": [2, 3, 4, 5, 2, 3],
        "flag.speeder": [0, 0, 0, 1, 0, 1],
        "flag.duplicate": [0] * 6,
    }
    for name, values in expected.items():
        np.testing.assert_array_equal(frame[name].to_numpy(float), values, err_msg=name)
    assert frame["file"].tolist() == ["one_a.csv"] * 4 + ["one_b.csv"] * 2
    assert frame["segment.town"].tolist() == ["Ulm", "Köln", "Ulm", "", "Bonn", "Bonn"]
    assert meta.missing_ranges["hotline.band"] == [{"lo": 996.0, "hi": 999.0}]
    assert "status" not in meta.missing_ranges
    levels = {"hotline.rating": "ordinal", "weight": "scale", "segment.region": "nominal"}
    assert {name: meta.variable_measure[name] for name in levels} == levels


@pytest.mark.parametrize(
    ("languages", "title", "label", "kind", "answer", "note"),
    [
        ('"de", "en"', "Straße & Öl", "Telefon: Bewertung", "weiß nicht", "sehr gut", "Gewichten"),
        ('"en", "de"', "Street & oil", "Phone: rating", "don't know", "very good", "weights"),
        (
            '"de-CH", "en"',
            "Straße & Öl",
            "Telefon: Bewertung",
            "weiss nicht",
            "sehr gut",
            "Gewichten",
        ),
    ],
)
def test_it_speaks_the_first_language(tmp_path, languages, title, label, kind, answer, note):
    study = coded_study(tmp_path, languages)
    _, _, meta = written(study, "w1", tmp_path / "coded.sav")
    assert meta.file_label == title
    assert meta.column_names_to_labels["hotline.rating"] == label
    assert meta.variable_value_labels["hotline.rating"][998.0] == kind
    assert meta.variable_value_labels["hotline.rating"][1.0] == answer
    assert note in " ".join(meta.notes)
    raw = read(tmp_path / "coded.sav")
    assert raw.missing_codes["hotline.rating"] == ((996.0, 999.0),)
    assert raw.value_labels["hotline.rating"][998.0] == kind


def test_questions_stand_in_the_labels_of_their_variables(tmp_path):
    study = coded_study(tmp_path)
    asked = (Text({"de": "Ich bleibe."}), Text({"de": "Ich gehe " + 60 * "bald "}))
    outcomes = tuple(
        replace(item, questions=asked) if item.id == "loyalty" else item for item in study.outcomes
    )
    _, _, meta = written(replace(study, outcomes=outcomes), "w1", tmp_path / "coded.sav")
    labels = meta.column_names_to_labels
    assert labels["loyalty.item1"] == "Treue: Ich bleibe. Frage 1 (Spalte L1)"
    assert labels["loyalty.item2"].startswith("Treue: Ich gehe bald ")
    assert labels["loyalty.item2"].endswith("…: Frage 2 (Spalte L2)")
    assert labels["loyalty.score"] == "Treue: Gesamtwert, höher = besser"


def test_flags_belong_to_a_file_and_a_row(tmp_path):
    study = coded_study(tmp_path)
    found, files = validated(study, "w1")
    with pytest.raises(UnsupportedError, match=r"one_a\.csv, one_b\.csv"):
        write_coded(study, "w1", found.responses, found.flags, path=tmp_path / "coded.sav")
    assert not list(tmp_path.glob("*.sav"))
    one = found.flags[found.flags["file"] == "one_b.csv"]
    path = write_coded(study, "w1", found.responses, one, path=tmp_path / "coded.sav", files=files)
    frame, _ = pyreadstat.read_sav(path)
    assert frame.loc[frame["flag.speeder"] == 1, "respondent"].tolist() == ["b2"]


@pytest.mark.parametrize("kept", [0, 0.1, 0.5, 0.9, 0.999, "garbled", "refused"])
def test_a_file_that_is_not_whole_replaces_nothing(tmp_path, monkeypatch, kept):
    study = coded_study(tmp_path)
    path = tmp_path / "coded.sav"
    written(study, "w1", path)
    good = path.read_bytes()
    write = pyreadstat.write_sav

    def on_a_full_disk(table, part, **told):
        if kept == "refused":
            raise pyreadstat.ReadstatError("Unable to write data")
        if kept == "garbled":
            table = table.assign(**{"hotline.rating": 1.0})
        write(table, part, **told)
        if isinstance(kept, float | int):
            Path(part).write_bytes(Path(part).read_bytes()[: int(kept * len(good))])

    monkeypatch.setattr(pyreadstat, "write_sav", on_a_full_disk)
    with pytest.raises(OutputError, match=r"coded\.sav"):
        written(study, "w1", path)
    assert path.read_bytes() == good
    assert not list(tmp_path.glob(".*part"))


@pytest.mark.parametrize(
    ("scales", "first"),
    [
        ([(1, 5)], 96),
        ([(1, 5), (0, 95)], 96),
        ([(0, 96)], 996),
        ([(0, 100), (-5, 5)], 996),
        ([(0, 100), (990, 1000)], 9996),
        ([(100, 900)], 96),
    ],
)
def test_kinds_of_empty_never_look_like_an_answer(tmp_path, scales, first):
    made = {str(k): Scale(str(k), low, high, high) for k, (low, high) in enumerate(scales)}
    codes = empty_codes(replace(coded_study(tmp_path), scales=made))
    assert [codes.of(kind) for kind in EMPTIES] == [first + k for k in range(4)]


def test_a_study_that_means_harm_stays_within_what_spss_can_hold(tmp_path):
    study, _ = hostile_study(tmp_path)
    long = [replace(item, id=f"{item.id}_{'x' * 70}") for item in study.touchpoints[:3]]
    study = replace(study, touchpoints=(*long, *study.touchpoints[3:]), brand=Columns(BRAND_COLUMN))
    wave = study.waves[-1].id
    answers = _answers(study, wave)
    flags = pd.DataFrame({"wave": wave, "file": "f", "row": [2], "flag": "speeder"})
    path = write_coded(study, wave, answers, flags, path=tmp_path / "coded.sav")
    frame, meta = pyreadstat.read_sav(path, user_missing=True)
    names = list(frame.columns)
    assert len({name.casefold() for name in names}) == len(names)
    assert all(len(name.encode()) <= 64 and not name.endswith(".") for name in names)
    labels = meta.column_names_to_labels
    assert all(0 < len(labels[name].encode()) <= 256 for name in names)
    values = [text for held in meta.variable_value_labels.values() for text in held.values()]
    assert all(0 < len(text.encode()) <= 120 for text in values)
    assert all(len(line.encode()) < 80 for line in meta.notes)
    shown = "".join([*labels.values(), *values, *meta.notes, meta.file_label])
    assert not {unicodedata.category(sign) for sign in shown} & {"Cc", "Cs", "Cn", "Zl", "Zp"}
    assert not set(shown) & set("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2069\ufeff")
    assert frame["brand"].str.rstrip().tolist() == ["=1+1", "ab" + " " * len(CONTROLS) + "cd"]
    last = study.touchpoints_in(wave)[-1]
    assert frame[f"{last.id}.rating"].tolist() == [study.scales[last.scale].best, 96]
    assert len(read(path).frame) == len(answers)


def _answers(study, wave):
    """Return two responses: one who answered everything, one who was asked nothing."""
    columns = {
        "row": [2, 3],
        "respondent": ["1", "2"],
        "brand": ["=1+1", f"ab{CONTROLS}cd"],
        "weight": [1.0, 1.0],
        "cluster": ["1", "2"],
        "stratum": ["", ""],
        "status": ["current", ""],
    }
    for segment in study.segments:
        columns[f"segment.{segment.id}"] = ["", ""]
    for outcome in study.outcomes_in(wave):
        top = study.scales[outcome.scale].maximum
        columns[f"{outcome.id}.score"] = [top, np.nan]
        columns[f"{outcome.id}.empty"] = ["", "not_asked"]
        for k in range(len(outcome.items)):
            columns[f"{outcome.id}.item{k + 1}"] = [top, np.nan]
    for item in study.touchpoints_in(wave):
        top = study.scales[item.scale].maximum
        columns[f"{item.id}.contact"] = pd.array([1, 0], dtype="Int8")
        columns[f"{item.id}.contact_empty"] = ["", ""]
        columns[f"{item.id}.rating"] = [top, np.nan]
        columns[f"{item.id}.rating_empty"] = ["", "not_met"]
    return pd.DataFrame(columns)
