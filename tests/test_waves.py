"""The wave store: nothing is stored twice, nothing is overwritten, nobody is stored by name."""

import itertools
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow.dataset
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from real_data import real_data
from supertouch import locks
from supertouch.errors import DataError, OutputError, UnsupportedError
from supertouch.intake.readers import ingest_wave
from supertouch.intake.waves import accept, forget, read_wave, unchanged, versions
from supertouch.study import load_study
from supertouch.study.model import Columns, Privacy, Scale, Study, Text, Touchpoint, Wave

FIRST = pd.DataFrame(
    {
        "ID": ["1", "2", "3", "4"],
        "WAVE": ["1", "1", "1", "1"],
        "HOTLINE": ["5", "4", None, "1"],
        "OTHER": ["1", "2", "3", "4"],
        "COMMENT": ["too slow on Mondays", "kind people at the desk", None, "I would not go there"],
        "EMAIL": ["a@example.org", "b@example.org", None, "d@example.org"],
    }
)
SECOND = FIRST.assign(WAVE="2", ID=["3", "4", "5", "6"], HOTLINE=["2", "2", "5", "5"])
BOTH = pd.concat([FIRST, SECOND], ignore_index=True)
CHANGED = FIRST.assign(HOTLINE=["5", "4", None, "2"])


def study_in(folder, *, waves=("1",), file="all.csv", respondent="ID", column="WAVE", **privacy):
    """Return a study of one touchpoint whose waves share a file."""
    (folder / "raw").mkdir(parents=True, exist_ok=True)
    shared = [Wave(f"w{wave}", Text(), file, values=(float(wave),)) for wave in waves]
    return Study(
        id="study",
        title=Text(),
        file=folder / "study.toml",
        folder=folder,
        raw=folder / "raw",
        touchpoints=(Touchpoint("hotline", Text(), "after", rating=Columns("HOTLINE")),),
        outcomes=(),
        waves=tuple(shared) if column else (Wave("w1", Text(), file),),
        scales={"rating": Scale("rating", 1, 5, 5)},
        wave_column=Columns(column),
        respondent=Columns(respondent),
        privacy=Privacy(**privacy),
    )


def save(study, frame, name="all.csv"):
    frame.to_csv(study.raw / name, index=False)


def take(study, wave="w1", **options):
    return accept(study, ingest_wave(study, wave), **options)


def hotline(study, wave="w1", **options):
    return read_wave(study, wave, columns=["HOTLINE"], **options)["HOTLINE"].fillna("").tolist()


def everything_under(folder):
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


class Unread:
    """A wave whose rows must not be read."""

    wave = "w1"

    def chunks(self):
        raise AssertionError

    def meta(self):
        raise AssertionError


# --- idempotent and append-only -------------------------------------------------------------------


def test_a_wave_is_stored_once_and_its_versions_stay(tmp_path):
    study = study_in(tmp_path)
    assert unchanged(study, "w1") is None
    save(study, FIRST)
    first = take(study)
    assert (first.status, first.n_rows, first.version.number) == ("new", 4, 1)
    assert first.meta["files"][0]["name"] == "all.csv"
    again = accept(study, Unread())
    assert again.status == "unchanged"
    assert unchanged(study, "w1").version.fingerprint == first.version.fingerprint

    save(study, CHANGED)
    assert unchanged(study, "w1") is None
    with pytest.raises(DataError) as refusal:
        take(study)
    said = str(refusal.value)
    sha = first.meta["files"][0]["sha256"][:8]
    for part in ("all.csv", sha, "4 rows before, 4 now", "HOTLINE", "ingest --replace --wave w1"):
        assert part in said
    assert [version.number for version in versions(study, "w1")] == [1]

    replaced = take(study, replace=True)
    assert (replaced.status, replaced.version.number) == ("replaced", 2)
    assert hotline(study) == ["5", "4", "", "2"]
    assert hotline(study, version=1) == ["5", "4", "", "1"]
    assert [version.current for version in versions(study, "w1")] == [False, True]
    assert take(study, replace=True).status == "unchanged"


def test_a_shared_file_may_grow_by_a_wave(tmp_path):
    study = study_in(tmp_path)
    save(study, FIRST)
    first = take(study)
    grown = study_in(tmp_path, waves=("1", "2"))
    save(grown, BOTH.assign(NEW=[None] * 4 + ["1"] * 4).drop(columns="NEW"))
    again = take(grown)
    assert (again.status, again.version.number) == ("unchanged", 1)
    assert again.meta["files"][0]["sha256"] != first.meta["files"][0]["sha256"]
    assert again.version.fingerprint != first.version.fingerprint
    assert accept(grown, Unread()).status == "unchanged"
    assert take(grown, "w2").status == "new"
    assert hotline(grown, "w2") == ["2", "2", "5", "5"]


@pytest.mark.parametrize(
    ("frame", "status"),
    [
        pytest.param(pd.concat([SECOND, FIRST]), "reread", id="rows of another wave go before"),
        pytest.param(FIRST.assign(NEW=None), "reread", id="a blank column is new"),
        pytest.param(FIRST[FIRST.columns[::-1]], "unchanged", id="columns in another order"),
        pytest.param(FIRST.assign(EMAIL="z@example.org"), "unchanged", id="not stored anyhow"),
        pytest.param(FIRST.assign(NEW="1"), None, id="a filled column is new"),
        pytest.param(FIRST.drop(columns="OTHER"), None, id="a filled column is gone"),
        pytest.param(FIRST.iloc[:3], None, id="a row is gone"),
        pytest.param(FIRST.iloc[::-1], None, id="rows in another order"),
    ],
)
def test_only_other_answers_need_replace(tmp_path, frame, status):
    study = study_in(tmp_path)
    save(study, FIRST)
    take(study)
    save(study, frame)
    if status:
        assert take(study).status == status
    else:
        with pytest.raises(DataError, match="--replace"):
            take(study)
    assert hotline(study) == ["5", "4", "", "1"]


@pytest.mark.parametrize(
    ("other", "n_rows", "columns"),
    [
        ({"waves": ("2",)}, 4, 5),
        ({"keep": ("COMMENT",)}, 4, 6),
        ({"drop": ("OTHER",)}, 4, 4),
        ({"hash_ids": False}, 4, 5),
        ({"respondent": None}, 4, 4),
        ({"column": None}, 8, 5),
    ],
)
def test_a_study_that_selects_otherwise_reads_the_same_bytes_again(
    tmp_path, other, n_rows, columns
):
    study = study_in(tmp_path)
    save(study, BOTH)
    take(study)
    changed = study_in(tmp_path, **other)
    changed = replace(changed, waves=(replace(changed.waves[0], id="w1"),))
    result = take(changed)
    assert (result.status, result.n_rows, result.version.number) == ("reread", n_rows, 2)
    assert len(result.version.columns) == columns  # with __row__
    assert accept(changed, Unread()).status == "unchanged"
    assert len(read_wave(changed, "w1", version=1)) == 4


def test_a_column_that_came_later_can_be_asked_for_later(tmp_path):
    study = study_in(tmp_path)
    save(study, FIRST)
    take(study)
    save(study, FIRST.assign(PHONE=["+49 171 1234567", "+49 171 1234568", None, None]))
    assert take(study).status == "unchanged"
    kept = study_in(tmp_path, keep=("PHONE",))
    assert unchanged(kept, "w1") is None
    assert take(kept).status == "reread"
    assert "PHONE" in versions(kept, "w1")[-1].columns


def test_a_codebook_that_changes_is_looked_at_again(tmp_path):
    study = study_in(tmp_path)
    save(study, FIRST)
    before = take(study)
    (study.raw / "all_codebook.csv").write_text("variable;code;label\nHOTLINE;5;good\n")
    assert unchanged(study, "w1") is None
    after = take(study)
    assert (after.status, after.version.number) == ("unchanged", 1)
    assert after.version.fingerprint != before.version.fingerprint
    assert unchanged(study, "w1")


@pytest.mark.parametrize("kind", ["copied", "without ids", "cumulated", "panel", "accepted"])
def test_rows_of_another_wave_do_not_come_in_as_this_one(tmp_path, kind):
    items = tuple(Touchpoint(f"t{i}", Text(), "after", rating=Columns(f"T{i}")) for i in range(5))
    two = tuple(Wave(f"w{i}", Text(), f"w{i}.csv") for i in (1, 2))
    study = replace(study_in(tmp_path, column=None), touchpoints=items, waves=two)
    answers = {f"T{i}": [(k * (i + 2)) // 7 % 5 + 1 for k in range(100)] for i in range(5)}
    first = pd.DataFrame({"ID": [f"p{k}" for k in range(100)], **answers, "W": 1.0})
    second = first.assign(W=1.5, T0=6 - first.T0)
    if kind == "without ids":
        study = replace(study, respondent=Columns(None))
    if kind == "cumulated":
        second = pd.concat([first.assign(W=0.5), second.assign(ID="q" + second.ID)])
    elif kind != "panel":
        second = first
    if kind == "accepted":
        study = replace(study, waves=(two[0], replace(two[1], accept_drift=True)))
    save(study, first, "w1.csv")
    save(study, second, "w2.csv")
    take(study, "w1")
    if kind in ("panel", "accepted"):
        assert take(study, "w2").n_rows == 100
        return
    said = f"wave 'w2': 100 of {len(second)} rows: stand in wave 'w1' already"
    with pytest.raises(DataError, match=said):
        take(study, "w2")
    assert versions(study, "w2") == ()


def test_what_inspection_refuses_does_not_come_in(tmp_path):
    study = study_in(tmp_path)
    save(study, FIRST)
    seen = []

    def refuse(chunks, meta):
        seen.append((pd.concat(chunks()), pd.concat(chunks()), meta["dropped"]))
        raise DataError("drifted too far")

    with pytest.raises(DataError, match="drifted"):
        take(study, inspect=refuse)
    assert versions(study, "w1") == ()
    rows, same, dropped = seen[0]
    assert rows["HOTLINE"].tolist()[:2] == same["HOTLINE"].tolist()[:2] == ["5", "4"]
    assert {item["column"] for item in dropped} == {"EMAIL", "COMMENT"}
    assert not set(rows) & {"EMAIL", "COMMENT"}
    assert take(study, inspect=lambda chunks, meta: None).status == "new"


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path):
    study = study_in(tmp_path)
    save(study, FIRST)
    incoming = ingest_wave(study, "w1")

    class Meanwhile:
        wave = "w1"

        def chunks(self):
            yield from incoming.chunks()

        def meta(self):
            save(study, CHANGED)
            return incoming.meta()

    with pytest.raises(DataError, match="changed while it was read"):
        accept(study, Meanwhile())
    assert versions(study, "w1") == ()


def test_the_store_is_an_ordinary_partitioned_dataset(tmp_path):
    study = study_in(tmp_path, waves=("1", "2"))
    save(study, BOTH)
    take(study, "w1")
    take(study, "w2")
    dataset = pyarrow.dataset.dataset(study.processed / "store", partitioning="hive")
    frame = dataset.to_table(filter=pyarrow.dataset.field("wave") == "w2").to_pandas()
    assert frame["HOTLINE"].tolist() == ["2", "2", "5", "5"]
    assert set(frame["version"]) == {1}


def test_large_waves_are_cut_into_parts_and_read_by_column(tmp_path, monkeypatch):
    study = study_in(tmp_path)
    save(study, FIRST)
    rows = ingest_wave(study, "w1")

    class InParts:
        wave = "w1"
        meta = rows.meta

        def chunks(self):
            frame = rows.frame()
            return (frame.iloc[i : i + 1].reset_index(drop=True) for i in range(len(frame)))

    monkeypatch.setattr("supertouch.intake.waves.parts._ROWS_PER_PART", 2)
    accept(study, InParts())
    assert len(list(versions(study, "w1")[0].folder.glob("part-*.parquet"))) == 2
    assert list(read_wave(study, "w1", columns=["HOTLINE"])) == ["HOTLINE", "__row__"]
    assert hotline(study) == ["5", "4", "", "1"]
    whole = study_in(tmp_path / "whole")
    save(whole, FIRST)
    digests = take(whole).version.record["columns"]
    parts = versions(study, "w1")[0].record["columns"]
    assert digests["HOTLINE"] == parts["HOTLINE"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"columns": ["EMAIL"]}, "e-mail"),
        ({"columns": ["NOPE"]}, "not in the file"),
        ({"version": 7}, "It has: 1"),
        ({"wave": "w9"}, "ingest --wave w9"),
    ],
)
def test_what_is_not_stored_is_said_with_the_reason(tmp_path, options, message):
    study = study_in(tmp_path)
    save(study, FIRST)
    take(study)
    with pytest.raises(DataError, match=message):
        read_wave(study, options.pop("wave", "w1"), **options)


def spoil_json(folder):
    (folder / "_version.json").write_text('{"wave": ')


def spoil_keys(folder):
    (folder / "_version.json").write_text('{"format": 1}')


def spoil_types(folder):
    change_record(folder, lambda record: record.update(parts="abc", meta=3))


def spoil_counts(folder):
    change_record(folder, lambda record: record.update(n_rows=77))


def change_record(folder, change):
    record = json.loads((folder / "_version.json").read_text())
    change(record)
    (folder / "_version.json").write_text(json.dumps(record))


def lose_part(folder):
    (folder / "part-0000.parquet").unlink()


def grow_part(folder):
    with (folder / "part-0000.parquet").open("ab") as file:
        file.write(b"x")


def add_part(folder):
    shutil.copy(folder / "part-0000.parquet", folder / "part-0001.parquet")


def flip_bytes(folder):
    path = folder / "part-0000.parquet"
    content = bytearray(path.read_bytes())
    content[20:40] = bytes(byte ^ 255 for byte in content[20:40])
    path.write_bytes(content)


def other_rows(folder):
    path = folder / "part-0000.parquet"
    table = pq.read_table(path)
    pq.write_table(table.slice(0, 2), path)
    size = path.stat().st_size
    change_record(folder, lambda record: record["parts"][0].update(bytes=size))


@pytest.mark.parametrize(
    "damage",
    [
        spoil_json,
        spoil_keys,
        spoil_types,
        spoil_counts,
        lose_part,
        grow_part,
        add_part,
        flip_bytes,
        other_rows,
    ],
)
def test_damage_is_told_with_its_place_and_the_remedy(tmp_path, damage):
    study = study_in(tmp_path)
    save(study, FIRST)
    folder = take(study).version.folder
    damage(folder)
    with pytest.raises(OutputError, match="version=001") as error:
        read_wave(study, "w1")
    assert "ingest --force --replace --wave w1" in str(error.value)
    shutil.rmtree(folder)
    assert take(study, replace=True).status == "new"


# --- privacy at the door --------------------------------------------------------------------------

MANY = range(60)
SUSPECTS = {
    "contact": {
        "RecipientEmail": [None for _ in MANY],
        "q_mail": [f"someone{i}@example.org" for i in MANY],
        "remark": ["none"] * 59 + ["write to me: me@example.org"],
        "Vorname": [f"Name{i}" for i in MANY],
        "Strasse": [f"Am Weg {i}" for i in MANY],
        "Mobilnummer": [f"0171 23456{i:02d}" for i in MANY],
        "q17": [f"+49 171 23456{i:02d}" for i in MANY],
        "q18": [f"10.0.0.{i}" for i in MANY],
        "IPAddress": [f"fe80::{i}" for i in MANY],
        "account": ["DE89 3704 0044 0532 0130 00"] * 60,
        "LocationLatitude": ["48.137154"] * 60,
        "PLZ": [f"{80331 + i}" for i in MANY],
        "Geburtsdatum": [f"1970-01-{i % 28 + 1:02d}" for i in MANY],
        "GEB": [f"{i % 28 + 1:02d}.01.1970" for i in MANY],
    },
    "identifier": {
        "ResponseId": [f"R_{i:03d}xYzAbCdEfGh" for i in MANY],
        "lfdn": [str(i) for i in MANY],
        "key": [f"a{i:08d}b" for i in MANY],
        "customer": [str(10_000_000 + 7 * i) for i in MANY],
    },
    "open_end": {
        "likes": [f"I liked the number {i} very much" for i in MANY],
        "q9_text": [f"word{i}" for i in MANY],
        "half": ["nothing", "no idea"] * 15 + [f"it took {i} days to answer" for i in range(30)],
    },
    "": {
        "phone": ["1", "2"] * 30,
        "email_contact": ["Yes", "No"] * 30,
        "brand_name": ["Alpha Mobile", "Beta Phone"] * 30,
        "answer": ["Very satisfied with it", "Not at all satisfied"] * 30,
        "started": [f"2026-01-02 10:11:{i % 60:02d}" for i in MANY],
        "departure": [f"{i % 24}:{i % 60:02d}:00" for i in MANY],
        "weight": [f"0.{i + 100}" for i in MANY],
        "duration": [str(100 + i) for i in MANY],
        "age": [str(20 + i) for i in MANY],
        "hobby_other": [None] * 59 + ["1"],
        "blank": [None for _ in MANY],
    },
}


def test_what_looks_personal_is_dropped_and_said(tmp_path):
    study = study_in(tmp_path, column=None, respondent=None)
    columns = {name: values for kind in SUSPECTS.values() for name, values in kind.items()}
    save(study, pd.DataFrame(columns | {"HOTLINE": ["1"] * 60}))
    result = take(study)
    found = {item["column"]: item["kind"] for item in result.meta["dropped"]}
    expected = {name: kind for kind, names in SUSPECTS.items() if kind for name in names}
    assert found == expected
    assert all(item["reason"] for item in result.meta["dropped"])
    assert set(result.version.columns) == {*SUSPECTS[""], "HOTLINE", "__row__"}


def test_what_the_study_names_or_keeps_stays_and_what_it_drops_goes(tmp_path):
    study = study_in(tmp_path, keep=("COMMENT",), drop=("OTHER",))
    save(study, FIRST)
    named = replace(study, weight=Columns("EMAIL"))
    assert take(named).version.columns == tuple(
        name for name in [*FIRST, "__row__"] if name != "OTHER"
    )
    with pytest.raises(DataError, match=r"'HOTLINE'.*hotline"):
        take(study_in(tmp_path, drop=("HOTLINE",)))


@pytest.mark.parametrize(
    ("name", "dropped"),
    [
        ("spss/mobiles_feedback_4_weeks.sav", {"Q9", "Q10"}),
        ("surveymonkey/star_wars.csv", {"RespondentID"}),
        (
            "qualtrics/three_headers_de.csv",
            {"IPAddress", "ResponseId", "RecipientLastName", "RecipientFirstName", "Q2"}
            | {"RecipientEmail", "LocationLatitude", "LocationLongitude"},
        ),
        ("sfo/raw/2013_SFO_Customer_Survey_20250817.csv", {"CCGID", "Q17_CITY", "Q17_ZIP"}),
        ("sfo/raw/2016_SFO_Customer_Survey_20250817.csv", {"CCGID", "Q17CITY", "Q17ZIP"}),
    ],
)
def test_real_exports_lose_contact_fields_and_open_ends_only(tmp_path, name, dropped):
    path = real_data(name)
    study = study_in(tmp_path, column=None, respondent=None, file=path.name)
    named = {"spss": "Q8", "sfo": "RESPNUM"}.get(name.split("/")[0])
    if "2016" in name:
        named = "*RESPNUM"
    study = replace(study, raw=path.parent, touchpoints=(), weight=Columns(named))
    assert {item["column"] for item in take(study).meta["dropped"]} == dropped


def test_sfo_waves_are_stored_under_hashed_ids_and_second_time_untouched(tmp_path):
    raw = real_data("sfo", "raw")
    examples = Path(__file__).parents[1] / "examples"
    study = replace(load_study(examples / "sfo" / "study.toml", raw=raw), folder=tmp_path)
    assert take(study, "2015").n_rows == 2958
    ids = read_wave(study, "2015", columns=["RESPNUM"])["RESPNUM"]
    assert ids.is_unique
    assert ids.str.fullmatch("[0-9a-f]{20}").all()
    assert unchanged(study, "2015").status == "unchanged"


# --- identifiers under a salt ---------------------------------------------------------------------


def test_the_same_person_has_the_same_hash_in_every_wave_and_format(tmp_path):
    study = study_in(tmp_path, column=None)
    waves = (replace(study.waves[0], file="a.csv"), Wave("w2", Text(), "b.parquet"))
    study = replace(study, waves=waves)
    FIRST.assign(ID=["1", " 2 ", None, "04"]).to_csv(study.raw / "a.csv", index=False)
    FIRST.assign(ID=[1.0, 2.0, None, 4.0]).to_parquet(study.raw / "b.parquet")
    take(study, "w1")
    take(study, "w2")
    one, two = (read_wave(study, wave, columns=["ID"])["ID"] for wave in ("w1", "w2"))
    assert (one[:2] == two[:2]).all()
    assert one.isna().tolist() == two.isna().tolist() == [False, False, True, False]
    assert one[3] != two[3]
    salt = tmp_path / ".supertouch-salt"
    assert stat.S_IMODE(salt.stat().st_mode) == 0o600
    other = study_in(tmp_path / "other", column=None, file="a.csv")
    shutil.copy(study.raw / "a.csv", other.raw)
    take(other)
    assert read_wave(other, "w1")["ID"][0] != one[0]
    store = everything_under(study.processed)
    assert b"example.org" not in store
    assert salt.read_bytes().strip() not in store


@pytest.mark.parametrize("trouble", ["missing", "another", "broken"])
def test_a_salt_that_is_not_the_one_is_never_replaced_silently(tmp_path, monkeypatch, trouble):
    monkeypatch.setenv("SUPERTOUCH_SALT_FILE", str(tmp_path / "safe.txt"))
    study = study_in(tmp_path, waves=("1", "2"))
    save(study, BOTH)
    take(study)
    salt = tmp_path / "safe.txt"
    assert not (tmp_path / ".supertouch-salt").exists()
    kept = salt.read_text()
    if trouble == "missing":
        salt.unlink()
    else:
        salt.write_text("0" * (64 if trouble == "another" else 3))
    for action in (lambda: take(study, "w2"), lambda: forget(study, ["1"])):
        with pytest.raises(DataError, match=r"safe\.txt"):
            action()
    assert take(study).status == "unchanged"  # nothing to hash
    salt.write_text(kept)
    assert take(study, "w2").status == "new"


def test_what_to_do_about_a_lost_salt_works(tmp_path):
    study = study_in(tmp_path)
    save(study, FIRST)
    take(study)
    forget(study, ["1"])
    (tmp_path / ".supertouch-salt").unlink()
    with pytest.raises(DataError, match=r"ingest --force") as error:
        forget(study, ["2"])
    marks = tmp_path / ".supertouch-salt.forgotten"
    assert f"remove {study.processed / 'store'} and {marks} (" in str(error.value)
    shutil.rmtree(study.processed / "store")
    marks.unlink()
    assert take(study).status == "new"


# --- forgetting -----------------------------------------------------------------------------------


@pytest.mark.parametrize("hash_ids", [True, False])
def test_a_forgotten_person_leaves_every_version_and_stays_away(tmp_path, hash_ids):
    study = study_in(tmp_path, waves=("1", "2"), hash_ids=hash_ids)
    save(study, BOTH)
    take(study)
    ids = read_wave(study, "w1")["ID"].tolist()
    save(study, BOTH.assign(HOTLINE="3"))
    take(study, replace=True)
    take(study, "w2")
    save(study, FIRST, name="elsewhere.csv")
    before = versions(study, "w1")

    result = forget(study, [4.0, "3", "99", "4"])
    assert (result.n_asked, result.n_people_found, result.n_rows) == (3, 2, 6)
    assert set(result.versions) == {("w1", 1), ("w1", 2), ("w2", 1)}
    assert result.raw_files == (str(study.raw / "all.csv"),)
    assert "3" in (study.raw / "all.csv").read_text()
    for number in (1, 2):
        assert read_wave(study, "w1", version=number)["ID"].tolist() == ids[:2]
    assert hotline(study, version=1) == ["5", "4"]
    assert len(read_wave(study, "w2")) == 2
    log = (study.processed / "store" / "_forgotten.jsonl").read_text()
    assert json.loads(log).keys() == {"at", "people", "rows", "versions"}
    if hash_ids:
        assert not any(id_.encode() in everything_under(study.processed) for id_ in ids[2:])
    assert versions(study, "w1")[1].fingerprint != before[1].fingerprint

    assert accept(study, Unread()).status == "unchanged"
    save(study, pd.concat([BOTH.assign(HOTLINE="3"), SECOND.assign(WAVE="3")]))
    assert take(study).status == "unchanged"
    save(study, BOTH.assign(HOTLINE="2"))
    back = take(study, replace=True)
    assert (back.status, back.n_rows, back.meta["n_forgotten"]) == ("replaced", 2, 2)
    assert any("forgotten" in note for note in back.notes)
    nobody = forget(study, ["99"])
    assert (nobody.n_people_found, nobody.n_rows, nobody.versions) == (0, 0, ())


def test_a_person_of_one_wave_is_forgotten_in_that_wave_only(tmp_path):
    study = study_in(tmp_path, waves=("1", "2"))
    save(study, BOTH)
    take(study)
    take(study, "w2")
    save(study, FIRST, name="elsewhere.csv")
    result = forget(study, ["3"], waves=("w2",))
    assert (result.n_people_found, result.n_in_several, result.n_rows) == (1, 0, 1)
    assert result.versions == (("w2", 1),)
    save(study, BOTH.assign(HOTLINE="3"))
    assert take(study, replace=True).n_rows == 4
    assert take(study, "w2", replace=True).n_rows == 3
    everywhere = forget(study, ["3", "4", "1"])
    assert (everywhere.n_people_found, everywhere.n_in_several) == (3, 1)
    assert everywhere.n_rows == 3 + 3 + 1 + 1
    save(study, BOTH.assign(HOTLINE="4"))
    assert take(study, replace=True).n_rows == 1
    assert take(study, "w2", replace=True).n_rows == 2


def test_forgetting_needs_somebody_to_find(tmp_path):
    study = study_in(tmp_path, respondent=None)
    save(study, FIRST)
    with pytest.raises(UnsupportedError, match="respondent"):
        forget(study, ["1"])
    with pytest.raises(DataError, match="blank"):
        forget(study_in(tmp_path), ["1", " "])
    take(study)
    named = study_in(tmp_path)
    result = forget(named, ["1"])
    assert (result.n_rows, result.without_ids) == (0, (("w1", 1),))
    assert take(named).n_rows == 3


# --- one at a time --------------------------------------------------------------------------------


@pytest.mark.parametrize("windows", [False, True])
def test_who_waits_too_long_is_told(tmp_path, monkeypatch, windows):
    if windows:
        monkeypatch.setattr(locks, "fcntl", None)
    monkeypatch.setattr(locks, "PATIENCE", 0.05)
    study = study_in(tmp_path)
    save(study, FIRST)
    take(study)
    save(study, CHANGED)
    with (
        locks.holding(study.processed / "store" / "wave=w1" / ".lock"),
        pytest.raises(OutputError, match="in use"),
    ):
        take(study)
    assert hotline(study) == ["5", "4", "", "1"]
    assert take(study, replace=True).status == "replaced"
    assert forget(study, ["1"]).n_rows == 2


def test_two_at_once_store_a_wave_once(tmp_path):
    study = study_in(tmp_path)
    save(study, FIRST)
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(take(study).status)) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["new", "unchanged", "unchanged"]


# --- killed at any moment -------------------------------------------------------------------------

CALLS = ("rename", "replace", "unlink", "link")


def die_at(moment):
    """Kill this process instead of the ``moment``-th call that changes a folder."""
    calls = itertools.count()

    def guarded(original):
        def call(*args, **kwargs):
            if next(calls) == moment:
                os.kill(os.getpid(), signal.SIGKILL)
            return original(*args, **kwargs)

        return call

    for name in CALLS:
        setattr(os, name, guarded(getattr(os, name)))
    write = pq.ParquetWriter.write_table
    pq.ParquetWriter.write_table = guarded(write)


def prepare(folder):
    study = study_in(folder)
    save(study, FIRST)
    take(study)
    save(study, FIRST.assign(HOTLINE="3"))
    take(study, replace=True)
    save(study, FIRST.assign(HOTLINE="2"))
    save(study_in(folder / "fresh"), FIRST)


def take_first(folder):
    take(study_in(folder / "fresh"))


def is_whole_after_first(folder):
    study = study_in(folder / "fresh")
    found = [hotline(study, version=version.number) for version in versions(study, "w1")]
    assert found in ([], [["5", "4", "", "1"]])
    assert take(study).status == ("unchanged" if found else "new")
    assert read_wave(study, "w1")["ID"].str.fullmatch("[0-9a-f]{20}").all()


def replace_again(folder):
    take(study_in(folder), replace=True)


def forget_four(folder):
    forget(study_in(folder), ["4"])


def is_whole_after_replace(folder):
    study = study_in(folder)
    found = [hotline(study, version=version.number) for version in versions(study, "w1")]
    known = [["5", "4", "", "1"], ["3"] * 4, ["2"] * 4]
    assert found in (known[:2], known)
    assert take(study, replace=True).status == ("unchanged" if found == known else "replaced")
    assert hotline(study) == known[2]
    assert len(versions(study, "w1")) == 3
    left = [path.name for path in (study.processed / "store" / "wave=w1").iterdir()]
    assert not [name for name in left if name.startswith((".new", ".ready", ".old", "._"))]


def is_whole_after_forgetting(folder):
    study = study_in(folder)
    begun = (study.processed / "store" / "_forget.json").exists()
    rows = [len(hotline(study, version=number)) for number in (1, 2)]
    log = study.processed / "store" / "_forgotten.jsonl"
    assert rows == ([3, 3] if begun or log.exists() else [4, 4])
    forget(study, ["4"])
    assert [version.n_rows for version in versions(study, "w1")] == [3, 3]
    assert hotline(study) == ["3", "3", "3"]
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [(line["people"], line["rows"]) for line in lines if line["people"]] == [(1, 2)]
    store = study.processed / "store"
    assert not [path for path in store.rglob(".*") if path.name != ".lock"]


def in_child(action, *arguments):
    """Run ``action`` in a forked process; return how it ended."""
    child = os.fork()
    if not child:
        code = 1
        try:
            for function, *given_ in [(action, *arguments)]:
                function(*given_)
            code = 0
        except BaseException as error:
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            sys.stderr.flush()
        finally:
            os._exit(code)
    return os.waitpid(child, 0)[1]


def killed(action, moment, folder):
    die_at(moment)
    globals()[action](folder)


def kill_everywhere(folder, action, check):
    """Kill ``action`` before each of its changes and check the store after each; print how many."""
    os.fsync = lambda handle: None  # what a killed process wrote is there all the same
    start = Path(folder) / "start"
    if in_child(prepare, start):
        sys.exit("cannot prepare")
    for moment in itertools.count():
        work = Path(folder) / str(moment)
        shutil.copytree(start, work)
        if not in_child(killed, action, moment, work):
            break
        if in_child(globals()[check], work):
            sys.exit(f"not whole after a stop at change {moment}")
        shutil.rmtree(work)
    sys.stdout.write(str(moment))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
@pytest.mark.parametrize(
    ("action", "check", "at_least"),
    [
        ("take_first", "is_whole_after_first", 4),
        ("replace_again", "is_whole_after_replace", 4),
        ("forget_four", "is_whole_after_forgetting", 15),
    ],
)
def test_a_kill_at_any_moment_leaves_the_store_whole(tmp_path, action, check, at_least):
    program = (
        f"import test_waves; test_waves.kill_everywhere({str(tmp_path)!r}, *{(action, check)})"
    )
    paths = [str(Path(__file__).parent), *sys.path]
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths), "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= at_least


@pytest.mark.parametrize("waves", [(), ("w1",)])
def test_an_interrupted_forgetting_is_told_when_it_is_completed(tmp_path, monkeypatch, waves):
    study = study_in(tmp_path, waves=("1", "2"))
    save(study, BOTH.assign(ID=[*"1234", *"1567"]))
    take(study, "w2")
    take(study)

    def stop(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("supertouch.intake.waves.forgetting.exchange", stop)
        with pytest.raises(KeyboardInterrupt):
            forget(study, ["1"], waves)
    result = take(study)
    assert result.status == "unchanged"
    assert f"1 person(s), {1 if waves else 2} row(s)" in result.notes[0]
    assert len(read_wave(study, "w1")) == 3
    assert len(read_wave(study, "w2")) == (4 if waves else 3)


# --- any order of events --------------------------------------------------------------------------

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("deliver"), st.integers(1, 3)),
        st.tuples(st.just("ingest"), st.booleans()),
        st.tuples(st.just("forget"), st.sampled_from(["1", "4", "9"])),
    ),
    min_size=2,
    max_size=7,
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_whatever_happens_versions_are_what_was_accepted_less_who_was_forgotten(
    tmp_path_factory, steps
):
    study = study_in(tmp_path_factory.mktemp("study"))
    delivered, gone = "1", set()
    save(study, FIRST.assign(HOTLINE=delivered))
    expected = []
    for kind, value in steps:
        if kind == "deliver":
            delivered = str(value)
            save(study, FIRST.assign(HOTLINE=delivered))
        elif kind == "forget":
            forget(study, [value])
            gone.add(value)
        elif expected and expected[-1] != delivered and not value:
            with pytest.raises(DataError, match="--replace"):
                take(study)
        else:
            same = expected[-1:] == [delivered]
            assert take(study, replace=value).status == (
                "unchanged" if same else "replaced" if expected else "new"
            )
            expected += [] if same else [delivered]
        n = 4 - len(gone & set(FIRST["ID"]))
        stored = [hotline(study, version=version.number) for version in versions(study, "w1")]
        assert stored == [[answer] * n for answer in expected]
