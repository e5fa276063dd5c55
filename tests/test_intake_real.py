"""Real survey files: they are read as published, and their known peculiarities come out right."""

import datetime as dt
import hashlib
import os
from pathlib import Path

import pytest

from supertouch.intake import headers, ingest_wave, read, validate_wave
from supertouch.study.model import (
    Codes,
    Columns,
    Contact,
    Outcome,
    Scale,
    Segment,
    Study,
    Text,
    Touchpoint,
    Wave,
)

FOLDER = os.environ.get("SUPERTOUCH_REAL_DATA")
pytestmark = pytest.mark.skipif(not FOLDER, reason="SUPERTOUCH_REAL_DATA is not set")
DATA = Path(FOLDER or ".")
SCALES = {"rating": Scale("rating", 1, 5, 5), "nps": Scale("nps", 0, 10, 10)}
RATED = Codes(not_met=(6.0,), refused=(0.0,))
WIFI = {"2013": "Q7I_WIFI"}
OVERALL = {"2013": "Q7O_WHOLE"}
YEARS = ("2013", "2014", "2015", "2016", "2017")
ROWS = {"2013": 3535, "2014": 2818, "2015": 2958, "2016": 3087, "2017": 2831}


def sfo(resolution="rating_wins", blank=("Blank",)):
    rule = Contact((1.0,), (2.0,), (3.0, 4.0), refused=(0.0,), contradiction=resolution)
    wifi = Touchpoint(
        "wifi",
        Text(),
        "during",
        rating=Columns("Q7WIFI", WIFI),
        contact=Columns("Q4WIFI"),
        codes=RATED,
        contact_rule=rule,
    )
    codes = Codes(not_met=(6.0,), refused=(0.0, *blank))
    overall = Outcome(
        "overall",
        Text(),
        "satisfaction",
        (Columns("Q7ALL", OVERALL),),
        (False,),
        "rating",
        codes,
        waves=YEARS,
    )
    nps = Outcome(
        "nps",
        Text(),
        "recommendation",
        (Columns("NETPRO"),),
        (False,),
        "nps",
        Codes(refused=(11.0,)),
        waves=("2017",),
    )
    return Study(
        id="sfo",
        title=Text(),
        file=DATA / "study.toml",
        folder=DATA,
        raw=DATA / "sfo" / "raw",
        touchpoints=(wifi,),
        outcomes=(overall, nps),
        waves=tuple(Wave(year, Text(), f"{year}_SFO*.csv") for year in YEARS),
        scales=SCALES,
        respondent=Columns("RESPNUM", {"2016": "*RESPNUM"}),
        weight=Columns("WEIGHT"),
        cluster=Columns("RUNID", {"2013": "RUN", "2014": "RUN"}),
        stratum=Columns("STRATA"),
    )


@pytest.mark.parametrize("year", YEARS)
def test_sfo_waves_are_read_whole_and_balance(year):
    study = sfo()
    path = next(study.raw.glob(f"{year}*"))
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    incoming = ingest_wave(study, year)
    frame, meta = incoming.frame(), incoming.meta()
    v = validate_wave(study, year, frame, path.name, meta=meta)
    assert (meta["n_rows"], meta["n_unassigned"]) == (ROWS[year], 0)
    assert frame["__row__"].tolist() == list(range(2, ROWS[year] + 2))
    assert v.sample["n_accepted"].tolist() == [ROWS[year]]
    assert v.sample["n_strata"].tolist() == [3]
    assert v.sample["weight_sum"].iloc[0] == pytest.approx(ROWS[year], rel=0.001)
    assert meta["files"][0]["sha256"] == before == hashlib.sha256(path.read_bytes()).hexdigest()


def test_sfo_2016_keeps_its_starred_header():
    assert headers(next((DATA / "sfo" / "raw").glob("2016*")))[0] == "*RESPNUM"


def test_sfo_2017_blank_written_as_a_word_is_quarantined_until_declared():
    frame = ingest_wave(sfo(), "2017").frame()
    undeclared = validate_wave(sfo(blank=()), "2017", frame, "2017.csv")
    assert undeclared.rejections[["column", "n"]].values.tolist() == [["Q7ALL", 143]]
    assert set(undeclared.quarantine["value"]) == {"Blank"}
    declared = validate_wave(sfo(), "2017", frame, "2017.csv")
    counted = declared.empties.set_index("item").loc["overall"]
    assert (counted["n_answered"], counted["refused"]) == (2688, 143)


@pytest.mark.parametrize("resolution", ["rating_wins", "contact_wins", "quarantine"])
def test_sfo_2017_559_of_1091_who_did_not_use_wifi_still_rated_it(resolution):
    study = sfo(resolution)
    frame = ingest_wave(study, "2017").frame()
    v = validate_wave(study, "2017", frame, "2017.csv")
    assert (frame["Q4WIFI"] == "2").sum() == 1091
    n = v.contradictions.set_index("kind")["n"]
    assert (n["rated_but_not_met"], n["rated_but_contact_unknown"]) == (559, 253)
    answered = v.empties.set_index("kind").loc["rating", "n_answered"]
    assert answered == {"rating_wins": 2142, "contact_wins": 1583, "quarantine": 1583}[resolution]
    out = n.drop("rated_but_contact_unknown").sum() if resolution == "quarantine" else 0
    assert v.sample["n_quarantined"].tolist() == [out]


def mobiles(*waves, not_known=(6.0,)):
    efforts = tuple(
        Touchpoint(
            f"effort{i}",
            Text(),
            "after",
            rating=Columns(f"Q12_{i}"),
            codes=Codes(dont_know=not_known),
            contact_rule=Contact(when_dont_know="not_met"),
        )
        for i in range(1, 7)
    )
    nps = Outcome("nps", Text(), "recommendation", (Columns("Q8"),), (False,), "nps")
    return Study(
        id="mobiles",
        title=Text(),
        file=DATA / "study.toml",
        folder=DATA,
        raw=DATA / "spss",
        touchpoints=efforts,
        outcomes=(nps,),
        waves=waves,
        scales=SCALES,
        wave_column=Columns("StartDate"),
        segments=(Segment("operator", Text(), Columns("Q7")),),
    )


def week(start, end):
    dates = dt.date(2019, *start), dt.date(2019, *end)
    return Wave("w", Text(), "mobiles*.sav", start=dates[0], end=dates[1])


def test_mobiles_user_missing_6_is_kept_and_named_where_the_study_forgot_it():
    everything = Wave("w", Text(), "mobiles_feedback_4_weeks.sav")
    incoming = ingest_wave(mobiles(everything), "w")
    frame, meta = incoming.frame(), incoming.meta()
    assert meta["files"][0]["n_rows"] == len(frame) == 895
    assert meta["missing_codes"]["Q12_1"] == [[6.0, 6.0]]
    n_six = int((frame["Q12_1"] == 6).sum())
    assert n_six > 0
    v = validate_wave(mobiles(everything), "w", frame, "m.sav", meta=meta)
    rating = v.empties[v.empties.kind == "rating"].set_index("item")
    assert rating.loc["effort1", "not_met"] == n_six
    assert v.sample["n_accepted"].tolist() == [895]
    forgotten = validate_wave(mobiles(everything, not_known=()), "w", frame, "m.sav", meta=meta)
    assert set(forgotten.quarantine["rule"]) == {
        'code 6 is declared missing in the file ("Don\'t know") but not in the study: '
        "add it to [codes]"
    }


def test_mobiles_weeks_are_waves_by_date():
    first, rest = week((7, 22), (7, 28)), week((7, 29), (12, 31))
    incoming = ingest_wave(mobiles(first), "w")
    frame, meta = incoming.frame(), incoming.meta()
    later = ingest_wave(mobiles(rest), "w").frame()
    assert 0 < len(frame) < 895
    assert meta["n_unassigned"] == 895 - len(frame) == len(later)
    assert frame["StartDate"].dt.date.max() <= dt.date(2019, 7, 28)


@pytest.mark.parametrize(
    ("name", "n_rows", "column", "first"),
    [
        ("pyreadstat_sample.zsav", 5, "mychar", "a"),
        ("pyreadstat_sample_missing.sav", 7, "mynum", 1.1),
        ("pyreadstat_simple_alltypes.sav", 6, "str", "red"),
        ("rforeign_testdata.sav", 5, "factor_n_coded_miss", 1.0),
        ("haven_umlauts.sav", 4, "var1", 1.0),
        ("haven_datetime.sav", 2, "time", 43870.09),
    ],
)
def test_spss_edge_cases_are_read_and_can_be_stored(tmp_path, name, n_rows, column, first):
    raw = read(DATA / "spss" / name)
    assert raw.n_rows == n_rows
    assert raw.frame[column].iloc[0] == first
    study = mobiles(Wave("w", Text(), name))
    ingest_wave(study, "w").frame().to_parquet(tmp_path / "w.parquet")


def test_spss_umlauts_ranges_and_late_dates():
    umlauts = read(DATA / "spss" / "haven_umlauts.sav").value_labels["var1"]
    assert list(umlauts.values()) == ["the ä umlaut", "the ü umlaut", "the ö umlaut"]
    missing = read(DATA / "spss" / "pyreadstat_simple_alltypes.sav").missing_codes
    assert missing["z"] == ((-999.0, 0.0), (999.0, 999.0))
    strings = read(DATA / "spss" / "rforeign_testdata.sav").missing_codes["string_miss"]
    assert strings == (("a", "a"), ("b", "b"))
    late = read(DATA / "spss" / "haven_datetime.sav")
    assert late.frame["date"].dt.year.tolist() == [2014, 2014]
    assert any("date.posix" in note for note in late.notes)


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("limesurvey/limonaid_survey_998192_R_data_file.csv", "utf-8-sig"),
        ("qualtrics/three_headers_de.csv", "utf-8"),
        ("surveymonkey/star_wars.csv", "cp1252"),
    ],
)
def test_platform_exports_are_read_without_loss(name, encoding):
    raw = read(DATA / name)
    assert raw.encoding == encoding
    assert headers(DATA / name) == list(raw.frame.columns[:-1])
