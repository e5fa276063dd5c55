"""Every kind of drift is found, none where nothing changed, and the edits mend the study."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from drifting import SCALE, STUDY, compared, labels, outlined, pasted, study_in, wave
from real_data import real_data
from supertouch.intake.drift import (
    Profile,
    drift,
    drift_table,
    edit_text,
    problems,
    profile_wave,
)
from supertouch.study import load_study


def _renamed(**names: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda frame: frame.rename(columns=names)


def _mapped(change: Callable[[pd.Series], pd.Series], *names: str) -> Callable:
    def changed(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(**{name: change(frame[name]) for name in names})

    return changed


def _turn(column: pd.Series) -> pd.Series:
    return column.where(column > 5, 6 - column)


def _stretch(column: pd.Series) -> pd.Series:
    noise = np.random.default_rng(5).integers(-1, 2, len(column))
    stretched = np.clip((column - 1) * 2.5 + noise, 0, 10).round()
    return pd.Series(np.where(column > 5, 97, stretched), index=column.index)


def _some(code: float, share: float) -> Callable[[pd.Series], pd.Series]:
    def changed(column: pd.Series) -> pd.Series:
        hit = np.random.default_rng(9).random(len(column)) < share
        return column.mask(hit, code)

    return changed


def _labelled(**changes: str) -> Callable[[dict], dict]:
    """Change the labels of R_website; keys are c and the code."""

    def changed(found: dict) -> dict:
        own = {**found["R_website"], **{key[1:]: text for key, text in changes.items()}}
        return {**found, "R_website": own}

    return changed


RATED = ("R_website", "R_advice", "Q7CHECKIN", "R_phone", "R_invoice")
OTHERS = ("L1", "L2", "L3", "NPS")


@dataclass(frozen=True)
class Planted:
    """A change of the new file, what must be reported, and words of the edit."""

    expected: set[tuple[str, str, str]]
    change: Callable[[pd.DataFrame], pd.DataFrame] = lambda frame: frame
    relabel: Callable[[dict], dict] | None = None
    edit: tuple[str, ...] = ()
    mended: bool = True
    missing: dict = field(default_factory=dict)


PLANTED: dict[str, Planted] = {
    "own_name": Planted(
        {("stop", "column_renamed", "checkin")},
        _renamed(Q7CHECKIN="Q7_CHK"),
        edit=('[touchpoints.checkin]\nrating = { default = "Q7CHECKIN", w2 = "Q7_CHK" }',),
    ),
    "one_of_a_pattern": Planted(
        {("stop", "column_renamed", "advice")},
        _renamed(R_advice="R_beratung_advice"),
        edit=('[touchpoints.advice]\nrating = { w2 = "R_beratung_advice" }',),
    ),
    "by_wave": Planted(
        {("stop", "column_renamed", "hotline")},
        _renamed(R_phone="R_phone_line"),
        edit=('rating = { w2 = "R_phone_line" }',),
    ),
    "prefix_of_a_pattern": Planted(
        {("stop", "column_renamed", id_) for id_ in ("website", "advice", "invoice")},
        _renamed(R_website="SAT_website", R_advice="SAT_advice", R_invoice="SAT_invoice"),
        edit=('[columns]\nrating = { default = "R_{id}", w2 = "SAT_{id}" }',),
    ),
    "contact_pattern": Planted(
        {("stop", "column_renamed", f"{id_}: contact") for id_ in ("website", "advice", "invoice")},
        _renamed(C_website="met_website", C_advice="met_advice", C_invoice="met_invoice"),
        edit=('[columns]\ncontact = { default = "C_{id}", w2 = "met_{id}" }',),
    ),
    "item_of_an_outcome": Planted(
        {("stop", "column_renamed", "loyalty: item 2")},
        _renamed(L2="LOY2"),
        edit=('items = ["L1", { default = "L2", w2 = "LOY2" }, "L3"]',),
    ),
    "design": Planted(
        {
            ("stop", "column_renamed", "weight"),
            ("stop", "column_renamed", "status"),
            ("stop", "column_renamed", "segment region"),
            ("stop", "column_renamed", "exclusion"),
        },
        _renamed(W="W_2026", KUNDE="KUNDE_A", REGION="REGIO", TEST="TESTFALL"),
        edit=('weight = { default = "W", w2 = "W_2026" }', "[[data.exclude]]\ncolumn = {"),
    ),
    "gone": Planted(
        {("stop", "column_gone", "recommendation")},
        lambda frame: frame.drop(columns="NPS"),
        edit=('column = { default = "NPS", w2 = false }',),
    ),
    "new_code_everywhere": Planted(
        {("stop", "codes_new", item) for item in ("website", "advice", "checkin", "invoice")}
        | {("stop", "codes_new", "hotline")},
        _mapped(_some(98, 0.03), *RATED),
        lambda found: {name: {**own, "98": "Weiß nicht"} for name, own in found.items()},
        edit=("[codes]\ndont_know = [98]",),
    ),
    "new_code_in_one": Planted(
        {("stop", "codes_new", "hotline")},
        _mapped(_some(99, 0.05), "R_phone"),
        lambda found: {**found, "R_phone": {**found["R_phone"], "99": "keine Angabe"}},
        edit=("codes = { refused = [8, 9, 99] }",),
    ),
    "new_code_rare": Planted(
        {("look", "codes_new", "checkin")},
        _mapped(_some(77, 0.007), "Q7CHECKIN"),
        edit=("# codes = { dont_know = [77] }",),
        mended=False,
    ),
    "new_region": Planted(
        {("look", "codes_new", "segment region")},
        _mapped(_some(3, 0.05), "REGION"),
        lambda found: {**found, "REGION": {"3": "East"}},
        edit=('3 = "East"',),
    ),
    "code_gone": Planted(
        {("look", "codes_gone", "website")},
        _mapped(lambda column: column.where(column != 9, 4), "R_website"),
        mended=False,
    ),
    "labels_reversed": Planted(
        {("stop", "scale_turned", "website")},
        relabel=_labelled(**{f"c{5 - i}": text for i, text in enumerate(SCALE)}),
        edit=("[scales.rating_turned]\nmin = 1\nmax = 5\nbest = 1", "[touchpoints.website_w2]"),
    ),
    "label_means_other": Planted(
        {("stop", "labels_changed", "website")}, relabel=_labelled(c6="don't know"), mended=False
    ),
    "label_reworded": Planted(
        {("look", "labels_changed", "website")}, relabel=_labelled(c5="excellent"), mended=False
    ),
    "turned_without_labels": Planted(
        {("stop", "scale_turned", "invoice")},
        _mapped(_turn, "R_invoice"),
        edit=("[touchpoints.invoice_w2]", "recode R_invoice in the file"),
    ),
    "all_ratings_turned": Planted(
        {
            ("stop", "scale_turned", item)
            for item in ("website", "advice", "checkin", "hotline", "invoice")
        },
        _mapped(_turn, *RATED),
    ),
    "stretched": Planted(
        {("stop", "range_changed", "invoice")},
        _mapped(_stretch, "R_invoice"),
        edit=('scale = "likely"', "codes = { not_met = [], refused = [] }"),
    ),
    "shortened": Planted(
        {("stop", "range_changed", "recommendation")},
        _mapped(lambda column: column.where(column > 10, (column / 2).round()), "NPS"),
        edit=("recode NPS in the file",),
        mended=False,
    ),
    "jump": Planted(
        {("look", "distribution", "website")},
        _mapped(lambda column: column.mask((column == 3) & (column.index % 4 > 0), 5), "R_website"),
        mended=False,
    ),
    "blanks": Planted(
        {("look", "blanks", "invoice")},
        _mapped(_some(np.nan, 0.3), "R_invoice"),
        mended=False,
    ),
    "new_rating": Planted(
        {("look", "touchpoint_new", "lounge")},
        lambda frame: frame.assign(
            R_lounge=np.random.default_rng(3).permutation(frame["R_website"])
        )[
            [
                *frame.columns[: list(frame.columns).index("L1")],
                "R_lounge",
                *frame.columns[list(frame.columns).index("L1") :],
            ]
        ],
        edit=('[touchpoints.lounge]\nlabel = "R_lounge"\nphase = "after"',),
    ),
    "unread": Planted(
        {("note", "column_gone", ""), ("note", "column_added", "")},
        lambda frame: frame.drop(columns="AGE").assign(DEVICE="phone"),
        mended=False,
    ),
}


def _found(table: pd.DataFrame) -> set[tuple[str, str, str]]:
    return set(zip(table["severity"], table["kind"], table["item"], strict=True))


BASELINE = {("note", "column_renamed", "hotline")}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_change_is_found_and_its_edit_mends_the_study(tmp_path, name):
    planted = PLANTED[name]
    study = study_in(tmp_path)
    old, new = wave(1, second=False), wave(2, second=True)
    own = {"value_labels": labels(new)} if planted.relabel else {}
    metas = (
        ({"value_labels": labels(old)}, {"value_labels": planted.relabel(labels(new))})
        if own
        else ({}, {})
    )
    new = planted.change(new)
    table = compared(study, old, new, metas)
    assert _found(table) - BASELINE == planted.expected
    edits = edit_text(table)
    for words in planted.edit:
        assert words in edits
    stops = table[table["severity"] == "stop"]
    assert len(problems(table)) == len(stops)
    assert all(problem.remedy for problem in problems(table))
    if planted.mended:
        mended = study_in(tmp_path, pasted(STUDY, edits))
        again = compared(mended, old, new, metas)
        assert set(again["severity"]) <= {"note"}, again


VALUES = '\nvalues = { 1 = "North", 2 = "South" }'


@pytest.mark.parametrize(
    ("text", "change", "expected"),
    [
        (STUDY.replace(VALUES, ""), {1: "North", 2: "South"}, ("1, 2", "North, South")),
        (STUDY, {1: "North", 2: "South"}, ("", "North (")),
        (STUDY.replace(VALUES, ""), {1: 2, 2: 3}, None),
    ],
)
def test_a_recoded_segment_is_seen_whether_its_values_are_listed_or_not(
    tmp_path, text, change, expected
):
    old, new = wave(1, second=False), wave(2, second=True)
    new["REGION"] = new["REGION"].map(change)
    table = compared(study_in(tmp_path, text), old, new)
    found = table[(table["kind"] == "codes_new") & (table["item"] == "segment region")]
    assert set(found["severity"]) == ({"look"} if expected else set())
    if expected:
        told = {", ".join(sorted(found[side].iloc[0].split(", "))) for side in ("before", "after")}
        assert all(any(words in side for side in told) for words in expected)


def test_a_new_value_without_a_label_waits_for_one(tmp_path):
    old, new = wave(1, second=False), wave(2, second=True)
    new["REGION"] = _some(3, 0.05)(new["REGION"])
    found = compared(study_in(tmp_path), old, new).set_index("kind").loc["codes_new"]
    assert '# values = { 1 = "North", 2 = "South", 3 = "?" }' in found["edit"]
    assert re.fullmatch(r"3 \(\d+\)", found["after"])


def test_codes_that_are_not_known_are_told_in_one_sentence(tmp_path):
    old, new = wave(1, second=False), wave(2, second=True)
    new["R_phone"] = new["R_phone"].astype(object).where(new.index >= 143, "Blank")
    (found,) = problems(compared(study_in(tmp_path), old, new))
    told = f"{found.value} {found.rule}"
    assert told == "column 'R_phone' holds codes that the study does not know: Blank (143)."


def _without(text: str, table: str) -> str:
    start = text.index(f"[{table}]")
    return text[:start] + text[text.index("\n[", start) + 1 :]


@pytest.mark.parametrize(
    ("column", "item", "expected"),
    [
        ("NPS", "recommendation", "codes = { not_met = [], refused = [99] }"),
        ("Q_ALL", "overall", 'scale = "rating"'),
        ("TRIPS", "", ""),
    ],
)
def test_a_new_column_like_an_outcome_that_the_study_lacks_is_drafted(
    tmp_path, column, item, expected
):
    text = _without(STUDY, "outcomes.recommendation")
    old, new = (wave(n, second=n == 2).drop(columns="NPS") for n in (1, 2))
    new["NPS"] = wave(2, second=True)["NPS"]
    new["Q_ALL"] = new["R_invoice"]
    new["TRIPS"] = (10 - new["NPS"]).clip(lower=0)
    for other in {"NPS", "Q_ALL", "TRIPS"} - {column}:
        new = new.drop(columns=other)
    table = compared(study_in(tmp_path, text), old, new)
    severity = "look" if item else "note"
    assert _found(table) - BASELINE == {(severity, "column_added", item)}
    assert expected in edit_text(table)
    if item:
        mended = study_in(tmp_path, pasted(text, edit_text(table)))
        assert mended.outcome(item).asked_in("w2")
        assert not mended.outcome(item).asked_in("w1")
        assert set(compared(mended, old, new)["severity"]) <= {"note"}


def test_an_unchanged_questionnaire_raises_no_alarm(tmp_path):
    study = study_in(tmp_path)
    old = outlined(study, "w1", wave(100, second=False))
    alarms = []
    for seed in range(20):
        now = outlined(study, "w2", wave(200 + seed, second=True, n=300 + 20 * seed))
        table = drift_table(study, "w2", "w1", now=now, before=old)
        alarms += [row for row in _found(table) if row not in BASELINE]
    assert not alarms


def test_an_outline_survives_json_and_keeps_nobody(tmp_path):
    study = study_in(tmp_path)
    frame = wave(1, second=False).assign(
        MAIL=[f"person{i}@example.org" for i in range(900)],
        NOTE=["called twice"] + [None] * 899,
        DEVICE=["phone", "tablet", " "] * 300,
    )
    found = outlined(study, "w1", frame, {"column_labels": {"NPS": "Recommend?"}})
    stored = json.dumps(found.to_dict())
    assert "person" not in stored
    assert "called" not in stored
    again = Profile.from_dict(json.loads(stored))
    assert again.to_dict() == found.to_dict()
    device = again.columns["DEVICE"]
    assert (device.counts, device.blanks) == ({"phone": 300, "tablet": 300}, 300)
    assert (again.columns["ID"].distinct, again.columns["ID"].counts) == (900, {})
    assert again.columns["NPS"].question == "Recommend?"
    weight = frame["W"]
    assert again.n_eff == pytest.approx(weight.sum() ** 2 / (weight**2).sum())
    rated = frame.loc[(frame["L1"] <= 5) & (frame["R_website"] <= 5), ["L1", "R_website"]]
    at = [again.items.index(name) for name in ("L1", "R_website")]
    assert again.r[at[0], at[1]] == pytest.approx(rated.corr().iloc[0, 1], abs=1e-4)
    assert again.pairs[at[0], at[1]] == len(rated)


def test_what_the_store_leaves_out_is_no_drift(tmp_path):
    study = study_in(tmp_path)
    old, new = wave(1, second=False), wave(2, second=True)
    raw = new.assign(MAIL="", REMARK="fine").rename(columns={"ID": "LFDN"})
    stored = old.assign(ID=[f"{i * 7919:020x}" for i in old.index])
    meta = {"dropped": [{"column": "MAIL"}, {"column": "REMARK"}]}
    found = _found(compared(study, stored, raw, (meta, {})))
    assert found - BASELINE == {("stop", "column_renamed", "respondent")}


def test_columns_that_nothing_tells_apart_are_left_to_choose(tmp_path):
    study = study_in(tmp_path)
    old, new = wave(1, second=False), wave(2, second=True)
    new["L1"] = new["L2"]
    names = {"L1": "V7", "L2": "V3", "R_website": "V1", "R_advice": "V9", "R_invoice": "V2"}
    shuffled = new.rename(columns=names)[
        np.random.default_rng(1).permutation(list(new.rename(columns=names)))
    ]
    table = compared(study, old, shuffled)
    sure = table[table["kind"] == "column_renamed"]
    assert all(
        names.get(row.before) == row.after for row in sure.itertuples() if row.severity == "stop"
    )
    unsure = table[(table["kind"] == "column_gone") & table["item"].str.startswith("loyalty")]
    assert set(unsure["severity"]) == {"stop"}
    assert len(unsure) == 2
    for row in unsure.itertuples():
        assert "perhaps" in row.after
        assert all(line.startswith(("#", "[")) for line in row.edit.splitlines())
    assert edit_text(table).count("w2 = false") >= 2


BRANDS = """\
[brands.acme]
label = "Acme"
part = "1"

[brands.other]
label = "Other"
part = "2"

[data]
"""


@pytest.mark.parametrize(
    ("names", "pattern"),
    [
        (
            ("S1_{}", "S2_{}"),
            '[columns]\nrating = { default = "R{brand}_{id}", w2 = "S{brand}_{id}" }',
        ),
        (("S1_{}", "R2_{}"), "rename them in the file"),
    ],
)
def test_columns_of_several_brands_are_renamed_by_one_rule(tmp_path, names, pattern):
    text = STUDY.replace("[data]\n", BRANDS).replace("R_{id}", "R{brand}_{id}")
    study = study_in(tmp_path, text)
    frames = []
    for seed, second in ((1, False), (2, True)):
        frame = wave(seed, second=second)
        ids = [
            name[2:]
            for name in frame
            if name in ("R_website", "R_advice", "R_invoice", "R_hotline")
        ]
        for id_ in ids:
            own = frame.pop(f"R_{id_}")
            for part in ("1", "2"):
                frame[f"R{part}_{id_}"] = own.sample(frac=1, random_state=int(part)).to_numpy()
        frames.append(frame)
    renamed = frames[1].rename(
        columns={
            f"R{part}_{id_}": rule.format(id_)
            for part, rule in zip("12", names, strict=True)
            for id_ in ("website", "advice", "invoice")
        }
    )
    table = compared(study, frames[0], renamed)
    stops = table[(table["severity"] == "stop") & (table["kind"] == "column_renamed")]
    assert len(stops) == 3 * sum(not name.startswith("R") for name in names)
    assert pattern in edit_text(table)


SFO = ("2013", "2014", "2015", "2016", "2017")


def _sfo(folder, text=None):
    path = folder / "study.toml"
    example = Path(__file__).parent.parent / "examples" / "sfo" / "study.toml"
    path.write_text(text or example.read_text(encoding="utf-8"), encoding="utf-8")
    return load_study(path, raw=real_data("sfo", "raw"))


def _knowing(text: str, year: str) -> str:
    """Return the study as one would have it who knows only the columns of one year."""
    for names in re.findall(r"\{default = \"[^}]*\}", text):
        known = tomllib.loads(f"names = {names}")["names"]
        text = text.replace(names, f'"{known.get(year, known["default"])}"')
    start, end = text.index("[outcomes.recommend]"), text.index("[segments.peak]")
    return text[:start] + text[end:]


@pytest.fixture(scope="module")
def outlines(tmp_path_factory) -> dict[str, Profile]:
    study = _sfo(tmp_path_factory.mktemp("sfo"))
    return {year: profile_wave(study, year) for year in SFO}


@pytest.mark.parametrize(("known", "new"), [("2013", "2014"), ("2014", "2013"), ("2013", "2016")])
def test_real_columns_under_new_names_are_found_again(tmp_path, outlines, known, new):
    crosswalk = pd.read_csv(real_data("sfo", "crosswalk.csv"), dtype="str")
    text = _knowing(_sfo(tmp_path).file.read_text(encoding="utf-8"), known)
    study = _sfo(tmp_path, text)
    table = drift_table(study, new, known, now=outlines[new], before=outlines[known])
    stops = table[(table["severity"] == "stop") & (table["before"] != "RESPNUM")]
    truth = dict(zip(crosswalk[known], crosswalk[new], strict=True))
    asked = [name for name in stops["before"] if name in truth and truth[name] != name]
    sure = stops[stops["kind"] == "column_renamed"]
    right = sure[[truth.get(row.before, row.after) == row.after for row in sure.itertuples()]]
    assert len(asked) == 23
    assert len(right) == len(sure)
    assert right["before"].isin(asked).sum() >= 0.9 * len(asked)
    mended = _sfo(tmp_path, pasted(text, edit_text(table)))
    again = drift_table(mended, new, known, now=outlines[new], before=outlines[known])
    left = set(again.loc[again["severity"] == "stop", "item"])
    assert left <= set(stops.loc[stops["kind"] == "column_gone", "item"])


def test_real_waves_whose_study_fits_stop_nothing(tmp_path, outlines):
    study = _sfo(tmp_path)
    tables = {
        new: drift_table(study, new, old, now=outlines[new], before=outlines[old])
        for old, new in pairwise(SFO)
    }
    assert all(not problems(table) for table in tables.values())
    found = tables["2016"]
    assert set(found["severity"]) == {"note"}
    renamed = found[found["kind"] == "column_renamed"].set_index("before")["after"]
    assert renamed["RESPNUM"] == "*RESPNUM"
    assert renamed["Q20INCOME"] == "Q21INCME"
    assert {"Q18PET", "EGYPTAIR"} <= set(found.loc[found["kind"] == "column_added", "column"])
    assert drift(study, "2013").empty


def test_real_groups_under_other_codes_and_a_new_outcome_are_seen(tmp_path):
    text = _sfo(tmp_path).file.read_text(encoding="utf-8")
    start, end = text.index("[outcomes.recommend]"), text.index("[segments.peak]")
    gender = '[segments.gender]\nlabel = "Gender"\ncolumn = "Q20GENDER"\n\n'
    waves = [f'"{year}" = false' for year in ("2013", "2014", "2015")]
    gender = gender.replace('"Q20GENDER"', f'{{ default = "Q20GENDER", {", ".join(waves)} }}')
    study = _sfo(tmp_path, text[:start] + gender + text[end:])
    table = drift(study, "2017")
    looks = table[table["severity"] == "look"].set_index("item")
    assert {"segment gender", "recommendation"} <= set(looks.index)
    assert "Male" in looks.loc["segment gender", "before"]
    assert looks.loc["recommendation", "column"] == "NETPRO"
    assert "refused = [11]" in looks.loc["recommendation", "edit"]
