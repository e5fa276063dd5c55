"""Banner tables of waves whose rows are counted in parts are those of the rows."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from simulated_study import responses_of, study_of
from streamed_parts import FramePart
from supertouch.errors import UnsupportedError
from supertouch.findings.answers import read_answers
from supertouch.findings.banner import banner_of, banner_table, banner_waves
from supertouch.findings.streams.known import look
from supertouch.findings.streams.tallying import tallying_of
from supertouch.findings.streams.wave import open_wave
from supertouch.simulate import fair
from supertouch.stats.engine import Here
from supertouch.study.model import Columns, Outcome, Privacy, Reporting, Scale, Segment, Text
from supertouch.tables import checked

DESIGN = fair(3)
WAVES = ("w1", "w2")
MADE = {"best", "most", "protect"}
EXACT = ["question", "segment_value", "n", "letters", "against_total", "small", "hidden"]


def made(*, best=5.0, most=None, protect=False, panel=False):
    """Return a study of four segments, items, brand fit, contact questions and two waves."""
    segments = tuple(
        Segment(name, Text(), Columns(name.upper()), {code: Text() for code in codes})
        for name, codes in (
            ("region", (2.0, 1.0, 10.0)),
            ("kind", ("new", "old")),
            ("size", ("s", "m", "l")),
            ("young", ("yes", "no")),
        )
    )
    study = study_of(DESIGN, waves=WAVES, segments=segments, panel=panel)
    rating = replace(study.scales["rating"], best=best, disappointed=None, delighted=None)
    items = tuple(Columns(f"S{k}") for k in range(3))
    outcomes = (
        Outcome("loyal", Text(), "loyalty", items, (False, True, False), "rating", waves=WAVES),
        Outcome("nps", Text(), "recommendation", (Columns("N"),), (False,), "ten", waves=WAVES),
    )
    fitting = replace(study.touchpoints[1], brand_fit=Columns("F"), brand_fit_scale="ten")
    return replace(
        study,
        scales={"rating": rating, "ten": Scale("ten", 0, 10, 10)},
        outcomes=outcomes,
        touchpoints=(study.touchpoints[0], fitting, study.touchpoints[2]),
        privacy=Privacy(min_base=25, protect_unknown=protect),
        reporting=Reporting(letters=(0.95, 0.9)),
        most_ratings=most,
    )


def answered(n=1500, *, seed=1, clusters=150, most=None, along=False):
    """Simulate a wave: weights, clusters, strata, groups too small to show, unknown values."""
    rng = np.random.default_rng(seed)
    frame = responses_of(DESIGN, n, seed=seed)
    frame["segment.region"] = rng.choice(["1", "2", "10"], n, p=[0.5, 0.45, 0.05])
    frame["segment.kind"] = rng.choice(["new", "old", ""], n, p=[0.5, 0.49, 0.01])
    frame["segment.size"] = rng.choice(["s", "m", "l", "xl"], n, p=[0.4, 0.4, 0.19, 0.01])
    frame["segment.young"] = np.where(frame["segment.kind"] == "new", "yes", "no")
    frame.loc[:5, "segment.young"] = "yes"
    frame["weight"] = rng.uniform(0.3, 3, n) if seed else 1.0
    unit = rng.integers(0, clusters, n) if clusters else np.arange(n)
    frame["cluster"] = [f"c{k}" for k in unit]
    frame["stratum"] = [f"s{k % 4}" for k in unit]
    for k in range(1, 4):
        value = rng.integers(1, 6, n).astype(float)
        frame[f"loyal.item{k}"] = np.where(rng.random(n) < (0.1 if k < 3 else 0.99), np.nan, value)
    frame["loyal.score"] = frame[[f"loyal.item{k}" for k in range(1, 4)]].mean(axis=1)
    score = np.clip(np.round(rng.normal(6 + (frame["segment.region"] == "1"), 2)), 0, 10)
    frame["nps.score"] = np.where(rng.random(n) < 0.97, score, np.nan)
    frame["t1.brand_fit"] = rng.integers(0, 11, n).astype(float)
    few = frame.index[(frame["segment.region"] == "10") & frame["t2.rating"].notna()]
    frame.loc[few[7:], "t2.rating"] = np.nan
    frame.loc[rng.choice(n, 30), "t0.contact"] = pd.NA
    frame["t0.rating"] = frame["t0.rating"].where(frame["t0.rating"].isna(), 3.0)
    if most is not None:
        met = frame[[f"t{j}.contact" for j in range(3)]].to_numpy(float, na_value=np.nan) == 1
        drawn = (met * rng.random(met.shape)).argsort(axis=1).argsort(axis=1) >= 3 - most
        for j in range(3):
            gone = met[:, j] & ~drawn[:, j]
            frame.loc[gone, [f"t{j}.rating", f"t{j}.rating_empty"]] = [np.nan, "not_asked"]
        if along:
            frame["t1.brand_fit"] = frame["t1.brand_fit"].where(met[:, 1] & drawn[:, 1])
    return frame


def parts_of(frame, parts):
    return [FramePart(frame.iloc[own]) for own in np.array_split(np.arange(len(frame)), parts)]


def tallied(study, wave, frame, *, parts=3, along=False):
    """Count the answers in several parts, which are added in another order."""
    layout, located = look(study, wave, parts_of(frame, parts), Here())
    step = tallying_of(study, layout, fit_drawn=along)
    return layout, sum((step(None, part) for part in located[-2::-1]), step(None, located[-1]))


def grouped(study, wave, frame):
    """Return answers whose resampling groups are the sampling units, and such rows."""
    answers = read_answers(study, wave, frame)
    groups = answers.groups
    key = np.arange(len(groups.stratum)) if groups.key is None else groups.key
    own = frame.assign(
        cluster=key[groups.index].astype(str), stratum=groups.stratum[groups.index].astype(str)
    )
    return replace(
        answers, groups=replace(groups, unit=groups.index, unit_stratum=groups.stratum)
    ), own


CASES = {
    "weights": {},
    "no weights": {"seed": 0},
    "many units": {"clusters": 0},
    "reversed scale": {"best": 1.0},
    "drawn ratings": {"most": 2},
    "brand fit drawn along": {"most": 2, "along": True},
    "unknown protected": {"protect": True},
}


@pytest.mark.parametrize("case", CASES)
def test_tables_of_parts_are_those_of_all_rows(case):
    given = CASES[case]
    along = given.get("along", False)
    study = made(**{name: given[name] for name in MADE & given.keys()})
    frame = answered(**{name: given[name] for name in given.keys() - (MADE - {"most"})})
    answers, _ = grouped(study, "w1", frame)
    expected = checked(banner_table(study, answers, frame), table="banner")
    found = banner_of(study, *tallied(study, "w1", frame, along=along))
    found = checked(found, table="banner")
    pd.testing.assert_frame_equal(found, expected, check_exact=False, rtol=0, atol=1e-10)
    pd.testing.assert_frame_equal(found[EXACT], expected[EXACT])
    assert (found[found.question + found.kind == "t0touchpoint"].letters == "").all()
    assert 0.005 < found.hidden.mean() < 0.5
    assert (expected.letters != "").sum() > 10
    assert {"outcome", "item", "touchpoint", "contact", "brand_fit"} == set(expected.kind)


def test_a_wave_without_segments_is_one_column():
    study, frame = replace(made(), segments=()), answered()
    answers, _ = grouped(study, "w1", frame)
    expected = banner_table(study, answers, frame)
    found = banner_of(study, *tallied(study, "w1", frame))
    pd.testing.assert_frame_equal(found, expected, check_exact=False, rtol=0, atol=1e-10)
    assert (found.letter == "").all()
    assert len(found) == len(found.drop_duplicates(["question", "kind", "measure", "answer"]))


@pytest.mark.parametrize("panel", [True, False])
def test_waves_of_parts_are_compared_as_those_of_all_rows(panel):
    study = made(panel=panel)
    frames = {wave: answered(seed=[k, 5], clusters=0) for k, wave in enumerate(WAVES)}
    frames["w2"] = frames["w2"].iloc[200:].reset_index(drop=True)
    own = {wave: grouped(study, wave, frame)[1] for wave, frame in frames.items()}
    expected = banner_waves(study, own)
    waves = {
        wave: open_wave(study, wave, parts_of(frame, 3), Here()) for wave, frame in frames.items()
    }
    found = banner_waves(study, waves)
    pd.testing.assert_frame_equal(found, expected, check_exact=False, rtol=0, atol=1e-10)
    assert len(found) > 200
    mixed = {"w1": frames["w1"], "w2": waves["w2"]}
    if panel:
        with pytest.raises(UnsupportedError, match="all in memory, or all in parts"):
            banner_waves(study, mixed)
    else:
        mixed["w1"] = own["w1"]
        pd.testing.assert_frame_equal(banner_waves(study, mixed), expected, rtol=0, atol=1e-10)
