"""Mentions and missing touchpoints: read row by row, counted, joined; nothing lost, nobody told."""

from dataclasses import replace
from datetime import date
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from supertouch.decisions.incidents import incidents, told_sources
from supertouch.decisions.missing import missing
from supertouch.errors import DataError
from supertouch.intake import (
    accept,
    ingest_wave,
    read_mentions,
    read_wave,
    validate_wave,
    wave_ends,
)
from supertouch.intake.mentions.named import names_in
from supertouch.study.model import (
    BRAND_COLUMN,
    Brand,
    Columns,
    Fieldwork,
    Mentions,
    Outcome,
    Scale,
    Study,
    Text,
    Touchpoint,
    Wave,
)
from supertouch.study.naming import known_names, name_key

TODAY = date(2026, 11, 1)
LONG = "Ich habe vierzig Minuten in der Warteschleife gehangen."


def study_in(folder, *, waves=("w",), **changes):
    """A study of three touchpoints with labels in two languages."""
    labels = {
        "hotline": {"de": "Kundenhotline", "en": "Customer hotline"},
        "search": {"de": "Händlersuche", "en": "Dealer search"},
        "advice": {"de": "Beratung und Verkauf", "en": "Advice and sales"},
    }
    study = Study(
        id="s",
        title=Text(),
        file=folder / "study.toml",
        folder=folder,
        raw=folder,
        touchpoints=tuple(
            Touchpoint(name, Text(label), "after", rating=Columns(f"R_{name}"))
            for name, label in labels.items()
        ),
        outcomes=(
            Outcome("nps", Text(), "recommendation", (Columns("NPS"),), (False,), "nps",
                    waves=tuple(waves)),
        ),
        waves=tuple(Wave(name, Text(), f"{name}.csv") for name in waves),
        scales={"rating": Scale("rating", 1, 5, 5), "nps": Scale("nps", 0, 10, 10)},
        mentions=Mentions(file="mentions.csv"),
    )  # fmt: skip
    return replace(study, **changes)


def written(folder, text, name="mentions.csv"):
    (folder / name).write_text(text, encoding="utf-8")


def taken(study):
    read = read_mentions(study, today=TODAY)
    assert read.n_read == len(read.mentions) + read.n_quarantined
    assert read.n_quarantined == read.mention_quarantine.row.nunique()
    assert not set(read.mention_quarantine.row) & set(read.mentions.row)
    return read


# --- the file of mentions -------------------------------------------------------------------------


def test_touchpoints_are_known_by_id_and_label_whatever_the_spelling(tmp_path):
    written(
        tmp_path,
        "Datum;Quelle;Kontaktpunkt;Wertung;Text\n"
        "05.01.2026;Beschwerde;hotline;negativ;zu lange\n"
        "2026-01-06;Portal;KUNDEN-HOTLINE;-1;besetzt\n"
        "06.01.2026;Portal;haendler suche;positiv;gut\n"
        "06.01.2026;Portal;Advice and Sales;+;prima\n"
        "06.01.2026;Portal;Dealer serch;0;geht so\n"
        "06.01.2026;Portal;;neutral;allgemein\n",
    )
    read = taken(study_in(tmp_path))
    assert read.mention_quarantine.empty
    assert read.mentions.touchpoint.tolist() == ["hotline", "hotline", "search", "advice", "", ""]
    assert read.mentions.named.tolist()[4:] == ["Dealer serch", ""]
    assert read.mentions.valence.tolist() == [
        "negative", "negative", "positive", "positive", "neutral", "neutral",
    ]  # fmt: skip
    assert read.mentions.date.tolist()[:2] == ["2026-01-05", "2026-01-06"]
    assert read.mentions.row.tolist() == [2, 3, 4, 5, 6, 7]


def test_columns_and_words_of_ones_own_and_stars(tmp_path):
    words = {"negative": (1.0, 2.0), "neutral": (3.0,), "positive": (4.0, 5.0, "super")}
    columns = {"date": "When", "touchpoint": "About", "valence": "Stars"}
    study = study_in(
        tmp_path,
        mentions=Mentions("m.xlsx", sheet="All", columns=columns, valence=words),
    )
    frame = pd.DataFrame(
        {
            "When": [pd.Timestamp(2026, 3, 1), pd.Timestamp(2026, 3, 2)] * 3,
            "About": ["hotline"] * 6,
            "Stars": [1, 3, 5, "SUPER", 0, -1],
        }
    )
    with pd.ExcelWriter(tmp_path / "m.xlsx") as book:
        frame.to_excel(book, sheet_name="All", index=False)
        frame.head(1).to_excel(book, sheet_name="Other", index=False)
    read = taken(study)
    assert read.mentions.valence.tolist() == ["negative", "neutral", "positive", "positive"]
    assert read.mentions.date.iloc[0] == "2026-03-01"
    assert set(read.mentions.source) == set(read.mentions.text) == {""}
    assert read.mention_quarantine.value.tolist() == ["0", "-1"], (
        "-1, 0, 1 mean nothing beside stars"
    )
    assert set(read.mention_quarantine.sheet) == {"All"}


def test_stars_that_nobody_declared_are_not_guessed(tmp_path):
    written(tmp_path, "date,touchpoint,sentiment\n2026-01-05,hotline,5\n2026-01-05,hotline,1\n")
    read = taken(study_in(tmp_path))
    assert read.mention_quarantine.value.tolist() == ["5"]
    assert "mentions.valence" in read.mention_quarantine.remedy[0]


def test_each_broken_row_says_where_what_and_what_to_do(tmp_path):
    written(
        tmp_path,
        "date,source,touchpoint,valence,text\n"
        "2026-13-05,mail,hotline,negative,a\n"
        ",mail,hotline,positive,b\n"
        "2026-12-24,mail,hotline,positive,c\n"
        "1026-01-05,mail,hotline,schlimm,d\n"
        f"2026-01-05,mail,hotline,negative,{LONG}\n"
        f"2026-01-05,mail,Hotline,-1,{LONG.upper()}\n"
        f"2026-01-06,mail,hotline,negative,{LONG}\n"
        "2026-01-05,mail,hotline,,e\n"
        "2026-01-05,mail,hotline,negative,kurz\n"
        "2026-01-05,mail,hotline,negative,kurz\n"
        "2026-01-05,mail\n",
    )
    read = taken(study_in(tmp_path))
    lines = [
        (line.row, line.column, line.value, line.rule)
        for line in read.mention_quarantine.itertuples()
    ]
    assert lines[:7] == [
        (2, "date", "2026-13-05", "is no date"),
        (3, "date", "", "the date is blank"),
        (4, "date", "2026-12-24", "lies in the future"),
        (5, "date", "1026-01-05", "lies before 1990"),
        (5, "valence", "schlimm", "is no valence that the study knows"),
        (7, "text", LONG.upper(), "repeats row 6 word for word"),
        (9, "valence", "", "the valence is blank"),
    ]
    assert {row for row, *_ in lines[7:]} == {12}
    assert (read.mention_quarantine.remedy != "").all()
    assert set(read.mention_quarantine.file) == {"mentions.csv"}
    assert read.mentions.row.tolist() == [6, 8, 10, 11]


def test_a_label_of_two_touchpoints_stands_for_neither(tmp_path):
    study = study_in(tmp_path)
    twins = [replace(item, label=Text({"de": "Telefon"})) for item in study.touchpoints[:2]]
    study = replace(study, touchpoints=(*twins, study.touchpoints[2]))
    assert known_names(study)["telefon"] == ""
    written(tmp_path, "date,touchpoint,valence\n2026-01-05,telefon,-\n2026-01-05,hotline,-\n")
    read = taken(study)
    assert read.mentions.touchpoint.tolist() == ["hotline"]
    assert read.mention_quarantine.rule.tolist() == ["is the label of several touchpoints"]


def test_a_file_that_cannot_be_used_says_all_that_is_wrong(tmp_path):
    study = study_in(tmp_path)
    with pytest.raises(DataError, match="is not there"):
        read_mentions(study)
    written(tmp_path, "Datun,Thema,Urteil\n2026-01-05,hotline,-\n")
    with pytest.raises(DataError) as refusal:
        read_mentions(study)
    assert len(refusal.value.problems) == 3
    assert "Did you mean 'Datun'?" not in str(refusal.value), "'date' is not near to it"
    named = Mentions("mentions.csv", columns={"date": "Datum", "source": "Quele"})
    with pytest.raises(DataError, match="Did you mean 'Datun'"):
        read_mentions(replace(study, mentions=named))
    written(tmp_path, "date,touchpoint,valence\n3/4/2026,hotline,-\n")
    with pytest.raises(DataError, match="day or the month stands first"):
        read_mentions(study)
    assert read_mentions(replace(study, mentions=Mentions())).mentions.empty
    written(tmp_path, "date,touchpoint,valence\n")
    assert (read_mentions(study).mentions.empty, read_mentions(study).n_read) == (True, 0)


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x00"), max_size=8)
DATES = st.sampled_from(["2026-01-05", "5.1.26", "", "31.02.2026", "2099-01-01", "gestern"])
NAMES = CELLS | st.sampled_from(["hotline", "Händlersuche", "Chat"])
VALENCES = CELLS | st.sampled_from(["negativ", "+", "0", "1"])


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@example(rows=[("", "", "", " ")])
@given(rows=st.lists(st.tuples(DATES, NAMES, VALENCES, CELLS), min_size=1, max_size=6))
def test_every_row_is_accounted_for(tmp_path, rows):
    study = study_in(tmp_path)
    frame = pd.DataFrame(rows, columns=["date", "touchpoint", "valence", "text"])
    frame.loc[len(frame)] = ["2026-01-05", "hotline", "-", "x"]
    frame.to_csv(tmp_path / "mentions.csv", index=False)
    read = taken(study)
    assert read.n_read == sum(any(map(str.strip, row)) for row in frame.itertuples(index=False))
    assert set(read.mentions.touchpoint) <= {"", "hotline", "search", "advice"}


# --- which wave a mention counts to ---------------------------------------------------------------


def test_a_wave_has_the_mentions_since_the_wave_before(tmp_path):
    ends = {"w1": date(2026, 1, 31), "w2": date(2026, 4, 30), "w3": date(2026, 7, 31)}
    study = study_in(tmp_path, waves=tuple(ends))
    days = ("2025-06-01", "2026-01-31", "2026-02-01", "2026-07-01", "2026-10-01")
    written(tmp_path, "date,touchpoint,valence\n" + "".join(f"{d},hotline,-\n" for d in days))
    assert set(taken(study).mentions.wave) == {"w3"}, "ends are not known"
    waves = [replace(wave, start=ends[wave.id], end=ends[wave.id]) for wave in study.waves]
    dated = replace(study, waves=tuple(waves))
    assert taken(dated).mentions.wave.tolist() == ["w1", "w1", "w2", "w3", "w3"]
    backwards = replace(study, waves=(waves[1], waves[0], waves[2]))
    assert set(taken(backwards).mentions.wave) == {"w3"}


def test_a_waves_end_is_told_by_its_interviews(tmp_path):
    study = study_in(tmp_path, waves=("w1", "w2"), fieldwork=Fieldwork(date=Columns("DAY")))
    days = ["01.02.2026"] * 198 + ["11.02.2026", "11.11.2062"]
    rows_of(days=days).to_csv(tmp_path / "w1.csv", index=False)
    accept(study, ingest_wave(study, "w1"))
    written(tmp_path, "date,touchpoint,valence\n2026-02-01,search,-\n2026-02-02,search,+\n")
    assert taken(study).mentions.wave.tolist() == ["w1", "w2"]
    assert wave_ends(study) == {"w1": date(2026, 2, 1)}


def rows_of(answers=("",) * 200, days=None, **more):
    n = len(days or answers)
    rng = np.random.default_rng(1)
    columns = {f"R_{name}": rng.integers(1, 6, n) for name in ("hotline", "search", "advice")}
    columns |= {"NPS": rng.integers(0, 11, n)} | more
    return pd.DataFrame(columns | ({"DAY": days} if days else {"FEHLT": list(answers)}))


# --- what respondents miss ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        ("Chat, WhatsApp; ein Rückruf\nApp", ["Chat", "WhatsApp", "Rückruf", "App"]),
        ("Chat und chat and CHAT.", ["Chat"]),
        ("die App", ["App"]),
        ("nichts", []),
        ("  - ", []),
        ("weiß nicht; k.A.", []),
        ("Weiss ich nicht", []),
        ("99", []),
        ("Hotline, Kunden-Hotline, Beratung und Verkauf", []),
        ("Beratung und Verkauf, Chat", ["Chat"]),
        ("Händlersuche und Chat", ["Chat"]),
        ("Hundert und eins", ["Hundert", "eins"]),
        ("Click & Collect", ["Click & Collect"]),
        ("Brandschutz", ["Brandschutz"]),
    ],
)
def test_an_answer_names_each_missing_touchpoint_once(tmp_path, answer, names):
    assert list(names_in(answer, known_names(study_in(tmp_path))).values()) == names


def test_names_are_the_same_whatever_their_spelling():
    assert name_key("What's App") == name_key("whatsapp") == name_key("WHATS-APP")
    assert name_key("Händler") == name_key("Haendler") == name_key("Ha\u0308ndler")
    assert name_key("Handler") != name_key("Händler")


def test_missing_names_are_counted_with_weights_and_kept_in_the_store(tmp_path):
    words = "Ein Chat mit einem Menschen wäre schön und hilfreich gewesen"
    answers = ["Chat", "chat, Chat", "nichts", "", "WhatsApp und Chat", "Hotline", words] * 10
    rows = rows_of(answers, W=[1, 2, 1, 1, 1, 1, 1] * 10, OPEN=[f"{words} {i}" for i in range(70)])
    rows.to_csv(tmp_path / "w.csv", index=False)
    asked = Mentions(missing=Columns("FEHLT"))
    study = study_in(tmp_path, weight=Columns("W"), mentions=asked)
    accept(study, ingest_wave(study, "w"))
    stored = read_wave(study, "w")
    assert "FEHLT" in stored.columns
    assert "OPEN" not in stored.columns, "texts that the study does not name are not stored"
    found = validate_wave(study, "w", stored, "w.csv").missing_named.set_index("named")
    assert (found.n[""], found.weighted[""]) == (70, pytest.approx(80))
    assert (found.n["Chat"], found.weighted["Chat"]) == (30, pytest.approx(40))
    assert found.n["WhatsApp"] == 10
    assert "Hotline" not in found.index
    assert found.index[1] == "Chat", "the most frequent first"
    silent = study_in(tmp_path, mentions=Mentions())
    assert validate_wave(silent, "w", stored, "w.csv").missing_named.empty
    without = stored.drop(columns="FEHLT")
    with pytest.raises(DataError, match="question for missing touchpoints"):
        validate_wave(study, "w", without, "w.csv")


def test_where_brands_are_stacked_each_respondent_counts_once(tmp_path):
    study = study_in(
        tmp_path,
        brand=Columns(BRAND_COLUMN),
        brands=(Brand("a", Text(), "1"), Brand("b", Text(), "2")),
        mentions=Mentions(missing=Columns("FEHLT")),
    )
    study = replace(
        study,
        touchpoints=tuple(
            replace(item, rating=Columns(f"R_{item.id}_{{brand}}")) for item in study.touchpoints
        ),
    )
    rows = rows_of(["Chat"] * 40 + [""] * 60)
    wide = pd.concat([rows.add_suffix("_1"), rows.add_suffix("_2")], axis=1).assign(
        FEHLT=rows.FEHLT, NPS=rows.NPS, __row__=range(2, 102)
    )
    validated = validate_wave(study, "w", wide, "w.csv")
    assert len(validated.responses) == 200
    found = validated.missing_named.set_index("named")
    assert found.n.to_dict() == {"": 100, "Chat": 40}


# --- told together with the survey ----------------------------------------------------------------


def mentions_of(*rows):
    names = ["wave", "date", "source", "touchpoint", "named", "valence"]
    return pd.DataFrame(rows, columns=names).assign(row=range(2, 2 + len(rows)), text="secret")


def named_of(**counts):
    rows = [("w", name, n, float(n)) for name, n in counts.items()]
    return pd.DataFrame([("w", "", 200, 200.0), *rows], columns=["wave", "named", "n", "weighted"])


def test_missing_touchpoints_are_told_from_enough_mentions_on(tmp_path):
    study = study_in(tmp_path)
    mentions = mentions_of(
        *[("w", "2026-01-05", "mail", "", "chat", "negative")] * 3,
        *[("w", "2026-01-05", "portal", "", "Paketbox", "neutral")] * 5,
        ("w", "2026-01-05", "mail", "", "", "negative"),
        ("w", "2026-01-05", "mail", "hotline", "Hotline", "negative"),
    )
    tables = {
        "missing_named": named_of(Chat=20, Messe=4, **{"Frau Meier am Tresen": 1}),
        "sample": pd.DataFrame({"wave": ["w"], "n_eff": [100.0]}),
    }
    auditors = pd.DataFrame({"named": ["CHAT", "Showroom", "Kundenhotline"], "auditor": "a"})
    found = missing(study, tables, mentions, auditors).set_index("named")
    assert found.index.tolist() == ["Chat", "Paketbox", "Showroom", ""]
    chat = found.loc["Chat"]
    assert (chat.n, chat.n_survey, chat.n_mentions, chat.n_auditors) == (24, 20, 3, 1)
    assert (chat.n_asked, chat.sources) == (200, "mail")
    z = NormalDist().inv_cdf(0.975)
    centre, half = 0.1 + z * z / 200, z * np.sqrt(0.09 / 100 + z * z / 40_000)
    low, high = ((centre + sign * half) / (1 + z * z / 100) for sign in (-1, 1))
    assert (chat.share, chat.share_low, chat.share_high) == pytest.approx((0.1, low, high))
    assert found.loc["", ["n", "n_survey", "n_mentions"]].tolist() == [5, 5, 0]
    assert pd.isna(found.share[""])
    assert (
        not found.reset_index()
        .astype(str)
        .apply(lambda column: column.str.contains("Meier|secret"))
        .any(axis=None)
    )
    nothing = missing(study, {}, mentions.head(0), auditors.head(0))
    assert nothing.empty
    alone = missing(study, {}, mentions, auditors.head(0)).set_index("named")
    assert alone.n.to_dict() == {"Paketbox": 5, "": 3}
    assert alone.share.isna().all()


def test_a_source_of_few_mentions_is_not_named(tmp_path):
    mentions = mentions_of(
        *[("w", "2026-01-05", "portal", "hotline", "Hotline", "negative")] * 5,
        *[("w", "2026-01-05", "Xenia Muster", "hotline", "Hotline", "negative")] * 4,
    )
    told = told_sources(study_in(tmp_path), mentions)
    assert told.source.tolist() == ["portal"] * 5 + [""] * 4
    assert told.drop(columns="source").equals(mentions.drop(columns="source"))


def test_incidents_are_frequency_times_relevance(tmp_path):
    study = study_in(tmp_path, waves=("v", "w"))
    mentions = mentions_of(
        *[("w", "2026-01-05", "mail", "hotline", "Hotline", "negative")] * 6,
        *[("w", "2026-01-07", "portal", "search", "Suche", "negative")] * 2,
        *[("w", "2026-01-06", "portal", "hotline", "Hotline", "positive")] * 3,
        *[("w", "2026-01-06", "", "", "Chat", "negative")] * 2,
    )
    names = ["hotline", "search", "advice"]
    head = {"wave": "w", "segment": "", "touchpoint": names}
    tables = {
        "performance": pd.DataFrame(head | {"disappointed": [0.3, 0.1, 0.2]}),
        "models": pd.DataFrame([{"wave": "w", "segment": "", "outcome": "nps", "admitted": True,
                                 "p_value": 0.0, "units": 100, "strata": 1}]),
        "importance": pd.DataFrame(head | {
            "outcome": "nps", "component": "experience", "method": "lmg", "share": [0.2, 0.6, 0.2],
            "share_low": 0.0, "share_high": 1.0, "fair_share": 1 / 3, "lift": 1.0, "effect": 1.0,
            "effect_low": 0.5, "importance": 0.1}),
    }  # fmt: skip
    found = incidents(study, tables, mentions).set_index("touchpoint")
    assert found.index.tolist() == names
    assert set(found.wave) == {"w"}
    assert found.frequency.tolist() == pytest.approx([0.6, 0.2, 0.0])
    assert found.critical.tolist() == pytest.approx([0.5, 0.5, 0.0])
    assert found["rank"].tolist() == pytest.approx([1, 1, np.nan], nan_ok=True)
    assert (found.frequency_low < found.frequency)[:2].all()
    assert 0 < found.frequency_high["advice"] < 0.35
    row = found.loc["hotline"]
    assert (row.n, row.n_negative, row.n_neutral, row.n_positive) == (9, 6, 0, 3)
    assert (row["first"], row["last"]) == ("2026-01-05", "2026-01-06")
    assert row.sources == "mail, portal"
    assert found.disappointed["hotline"] == 0.3
    without = incidents(study, {"performance": tables["performance"]}, mentions)
    assert without.critical.isna().all()
    assert without.frequency.notna().all()
    assert incidents(study, tables, mentions.head(0)).empty
