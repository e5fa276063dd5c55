"""Stacked brands and panels: which rows are accepted, and which of them form one sampling unit."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from supertouch.errors import DataError
from supertouch.intake import ingest_wave, validate_wave
from supertouch.study.model import Columns, Outcome, Scale, Study, Text, Touchpoint, Wave

STACKED = """\
ID,MARKE,RUN,R,N
101,A,x,4,9
101,B,x,2,5
102,A,,5,10
102.0, A ,,3,7
103,A,y,4,8
103,,y,3,6
,B,y,3,6
104,B,y,1,0
"""
FRESH = "ID,MARKE,RUN,R,N\n101,A,,3,7\n105,A,x,5,9\n"


def study(folder, **design):
    return Study(
        id="s",
        title=Text(),
        file=folder / "study.toml",
        folder=folder,
        raw=folder,
        touchpoints=(Touchpoint("shop", Text(), "during", rating=Columns("R")),),
        outcomes=(
            Outcome(
                "nps", Text(), "recommendation", (Columns("N"),), (False,), "nps", waves=("a", "b")
            ),
        ),
        waves=(Wave("a", Text(), "a*.csv"), Wave("b", Text(), "b*.csv")),
        scales={"rating": Scale("rating", 1, 5, 5), "nps": Scale("nps", 0, 10, 10)},
        **design,
    )


def validated(folder: Path, wave="a", **design):
    for name, text in {"a1.csv": STACKED, "b1.csv": FRESH}.items():
        (folder / name).write_text(text, encoding="utf-8")
    asked = study(folder, **design)
    incoming = ingest_wave(asked, wave)
    return validate_wave(asked, wave, incoming.frame(), f"{wave}1.csv", meta=incoming.meta())


BRANDS = {"respondent": Columns("ID"), "brand": Columns("MARKE")}


def test_a_respondent_has_a_row_per_brand_and_is_one_sampling_unit(tmp_path):
    v = validated(tmp_path, **BRANDS)
    found = v.responses
    assert list(found.columns[:4]) == ["row", "respondent", "brand", "weight"]
    assert found[["row", "respondent", "brand", "cluster"]].values.tolist() == [
        [2, "101", "A", "a:2"],
        [3, "101", "B", "a:2"],
        [4, "102", "A", "a:4"],
        [6, "103", "A", "a:6"],
        [9, "104", "B", "a:9"],
    ]
    assert found["brand"].dtype == "str"
    assert v.quarantine[["row", "column", "value", "rule"]].values.tolist() == [
        [
            5,
            "ID",
            "ID 102, MARKE A",
            "the respondent has an earlier row about this brand as well",
        ],
        [7, "MARKE", "", "the brand is blank or declared missing in the file"],
        [8, "ID", "", "the respondent's id is blank"],
    ]
    assert json.loads(v.quarantine["record"][0])["MARKE"] == " A "
    counts = v.sample[["n_read", "n_accepted", "n_quarantined", "n_clusters"]]
    assert counts.values.tolist() == [[8, 5, 3, 4]]
    assert v.rejections["n"].tolist() == [1, 1, 1]


def test_units_hang_on_the_place_of_the_answers_and_not_on_the_id(tmp_path):
    first = validated(tmp_path, **BRANDS).responses["cluster"]
    other = STACKED.replace("101", "zz9").replace("102", "a1").replace(",A,,3,7", ",A,,3,7")
    (tmp_path / "a1.csv").write_text(other, encoding="utf-8")
    asked = study(tmp_path, **BRANDS)
    frame = ingest_wave(asked, "a").frame()
    found = validate_wave(asked, "a", frame, "a1.csv").responses
    assert set(found["respondent"]) > {"zz9", "a1"}
    assert found["cluster"].tolist()[:3] == first.tolist()[:3]


def test_a_cluster_of_the_study_comes_before_the_respondent(tmp_path):
    found = validated(tmp_path, **BRANDS, cluster=Columns("RUN")).responses
    assert found["cluster"].tolist() == ["x", "x", "respondent:a:4", "y", "y"]


def test_without_brands_a_respondent_has_one_row(tmp_path):
    v = validated(tmp_path, respondent=Columns("ID"))
    assert v.responses["respondent"].tolist() == ["101", "102", "103", "104"]
    assert set(v.responses["brand"]) == {""}
    assert v.quarantine["row"].tolist() == [3, 5, 7, 8]
    only_later = validated(tmp_path, **{**BRANDS, "brand": Columns("MARKE", {"a": None})})
    assert only_later.quarantine.equals(v.quarantine)


def test_a_brand_that_the_file_declares_missing_is_none(tmp_path):
    (tmp_path / "a1.csv").write_text("ID,MARKE,R,N\n1,1,3,7\n1,99,3,7\n", encoding="utf-8")
    asked = study(tmp_path, **BRANDS)
    frame, meta = ingest_wave(asked, "a").frame(), {}
    meta |= {"missing_codes": {"MARKE": [[99.0, 99.0]]}, "value_labels": {"MARKE": {"99": "None"}}}
    v = validate_wave(asked, "a", frame, "a1.csv", meta=meta)
    assert v.responses["brand"].tolist() == ["1"]
    assert v.quarantine[["value", "rule"]].values.tolist() == [
        [
            "99",
            'the brand is blank or declared missing in the file (the file labels it "None")',
        ]
    ]


def test_a_file_without_the_brand_s_column_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"column 'MARK'.*needed for the brand.*'MARKE'"):
        validated(tmp_path, **{**BRANDS, "brand": Columns("MARK")})


def units(folder, **design):
    return [
        validated(folder, wave, panel=True, **design).responses["cluster"].tolist()
        for wave in ("a", "b")
    ]


def test_a_panel_s_units_have_one_name_in_all_waves_and_share_it_with_nobody(tmp_path):
    assert units(tmp_path, **BRANDS) == [["101", "101", "102", "103", "104"], ["101", "105"]]
    assert units(tmp_path, **BRANDS, cluster=Columns("RUN")) == [
        ["x", "x", "respondent:a:102", "y", "y"],
        ["respondent:b:101", "x"],
    ]


@pytest.mark.parametrize("several", [False, True], ids=["one file", "two files"])
@pytest.mark.parametrize("cluster", [None, "RUN"])
def test_rows_without_an_id_are_units_of_one_wave_alone(tmp_path, several, cluster):
    """Two waves of a panel read files of the same names from different folders."""
    names = ["x.csv", "y.csv"] if several else ["x.csv"]
    for wave in ("a", "b"):
        (tmp_path / wave).mkdir()
        for name in names:
            (tmp_path / wave / name).write_text("RUN,R,N\n,3,7\n,4,8\n", encoding="utf-8")
    waves = (Wave("a", Text(), "a/*.csv"), Wave("b", Text(), "b/*.csv"))
    asked = replace(study(tmp_path, panel=True, cluster=Columns(cluster)), waves=waves)
    found = []
    for wave in ("a", "b"):
        frame = ingest_wave(asked, wave).frame()
        found += validate_wave(asked, wave, frame, "x.csv").responses["cluster"].tolist()
    assert len(set(found)) == len(found) == 4 * len(names)
