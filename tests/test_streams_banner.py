"""Banner tables of waves whose rows are counted in parts are those of the rows."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from simulated_study import responses_of, study_of
from supertouch.findings.answers import cells, read_answers
from supertouch.findings.banner import banner_of, banner_table, banner_waves, banner_waves_of
from supertouch.findings.streams.layout import Column, Layout
from supertouch.findings.streams.tallied_questions import questions_of
from supertouch.findings.streams.tallying import Answered, Tallying
from supertouch.simulate import fair
from supertouch.stats.resampling import Design
from supertouch.study.model import Columns, Outcome, Privacy, Reporting, Scale, Segment, Text
from supertouch.tables import checked

DESIGN = fair(3)
WAVES = ("w1", "w2")
EXACT = ["question", "kind", "measure", "answer", "segment", "segment_value", "wave"]
COUNTS = ["letter", "n", "letters", "against_total", "small", "hidden"]


def made(*, best=5.0, most=None, protect=False, panel=False):
    """Return a study of three segments, items, brand fit, contact questions and two waves."""
    segments = tuple(
        Segment(name, Text(), Columns(name.upper()), {code: Text() for code in codes})
        for name, codes in (
            ("region", (2.0, 1.0, 10.0)),
            ("kind", ("new", "old")),
            ("size", ("s", "m", "l")),
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


def answered(n=1500, *, seed=1, clusters=150, most=None):
    """Simulate a wave: weights, clusters, strata, groups too small to show, unknown values."""
    rng = np.random.default_rng(seed)
    frame = responses_of(DESIGN, n, seed=seed)
    frame["segment.region"] = rng.choice(["1", "2", "10"], n, p=[0.5, 0.45, 0.05])
    frame["segment.kind"] = rng.choice(["new", "old", ""], n, p=[0.5, 0.49, 0.01])
    frame["segment.size"] = rng.choice(["s", "m", "l", "xl"], n, p=[0.4, 0.4, 0.19, 0.01])
    frame["weight"] = rng.choice([0.5, 1.0, 2.0], n) if seed else 1.0
    unit = rng.integers(0, clusters, n) if clusters else np.arange(n)
    frame["cluster"] = [f"c{k}" for k in unit]
    frame["stratum"] = [f"s{k % 4}" for k in unit]
    for k in range(1, 4):
        value = rng.integers(1, 6, n).astype(float)
        frame[f"loyal.item{k}"] = np.where(rng.random(n) < 0.1, np.nan, value)
    frame["loyal.score"] = frame[[f"loyal.item{k}" for k in range(1, 4)]].mean(axis=1)
    score = np.clip(np.round(rng.normal(6 + (frame["segment.region"] == "1"), 2)), 0, 10)
    frame["nps.score"] = np.where(rng.random(n) < 0.97, score, np.nan)
    frame["t1.brand_fit"] = rng.integers(0, 11, n).astype(float)
    few = frame.index[(frame["segment.region"] == "10") & frame["t2.rating"].notna()]
    frame.loc[few[7:], "t2.rating"] = np.nan
    frame.loc[rng.choice(n, 30), "t0.contact"] = pd.NA
    if most is not None:
        met = frame[[f"t{j}.contact" for j in range(3)]].to_numpy(float, na_value=np.nan) == 1
        drawn = (met * rng.random(met.shape)).argsort(axis=1).argsort(axis=1) >= 3 - most
        for j in range(3):
            gone = met[:, j] & ~drawn[:, j]
            frame.loc[gone, [f"t{j}.rating", f"t{j}.rating_empty"]] = [np.nan, "not_asked"]
    return frame


def grouped(study, wave, frame):
    """Return answers whose resampling groups are the sampling units, and the same as rows."""
    groups = read_answers(study, wave, frame).groups
    key = groups.key if groups.key is not None else np.arange(len(groups.stratum))
    own = frame.assign(
        cluster=key[groups.index].astype(str), stratum=groups.stratum[groups.index].astype(str)
    )
    answers = read_answers(study, wave, frame)
    return replace(
        answers, groups=replace(groups, unit=groups.index, unit_stratum=groups.stratum)
    ), own


def layout_of(study, answers):
    groups, weight = answers.groups, answers.weight
    segments = {name: np.unique(own.astype(str)) for name, own in answers.segments.items()}
    design = Design(groups.stratum, groups.size, groups.units, groups.strata, 0, 0, key=groups.key)
    return Layout(
        wave=answers.wave,
        touchpoints=answers.touchpoints,
        outcomes=answers.outcomes,
        n=len(weight),
        weight_mean=1.0,
        weight_sum=float(weight.sum()),
        weight_squares=float(np.square(weight).sum()),
        design=design,
        segments={name: tuple(map(str, values)) for name, values in segments.items()},
        sizes={
            name: np.array([(answers.segments[name] == value).sum() for value in values])
            for name, values in segments.items()
        },
        covariates=(),
        statuses=("",),
        columns=tuple(Column(cell.segment, cell.value) for cell in cells(study, answers)),
    )


def tallied(study, answers, frame, *, parts=3):
    """Count the answers in several parts, which are added in another order."""
    layout = layout_of(study, answers)
    stray = ~np.isnan(answers.brand_fit) & ~answers.asked
    few = stray.sum() <= 0.05 * (~np.isnan(answers.brand_fit)).sum()
    step = Tallying(layout, questions_of(study, layout), scored="nps.score", fit_drawn=bool(few))
    codes = {
        name: np.searchsorted(layout.segments[name], own.astype(str))
        for name, own in answers.segments.items()
    }
    numbers = {
        name: frame[name].to_numpy(float, na_value=np.nan)
        if name in frame
        else np.full(len(frame), np.nan)
        for name in step.columns
    }
    found = None
    for rows in reversed(np.array_split(np.arange(len(frame)), parts)):
        chance = None if answers.chances is None else answers.chances.one[rows]
        part = Answered(
            {name: own[rows] for name, own in numbers.items()},
            answers.weight[rows],
            answers.groups.index[rows],
            {name: own[rows] for name, own in codes.items()},
            chance,
        )
        one = step.add(None, part)
        found = one if found is None else found + one
    return layout, found


CASES = {
    "weights": {},
    "no weights": {"seed": 0},
    "many units": {"clusters": 0},
    "reversed scale": {"best": 1.0},
    "drawn ratings": {"most": 2},
    "unknown protected": {"protect": True},
}


@pytest.mark.parametrize("case", CASES)
def test_tables_of_parts_are_those_of_all_rows(case):
    given = CASES[case]
    study = made(**{name: given[name] for name in ("best", "most", "protect") if name in given})
    frame = answered(
        **{name: given[name] for name in ("seed", "clusters", "most") if name in given}
    )
    answers, _ = grouped(study, "w1", frame)
    expected = checked(banner_table(study, answers, frame), table="banner")
    found = checked(banner_of(study, *tallied(study, answers, frame)), table="banner")
    pd.testing.assert_frame_equal(found, expected, check_exact=False, rtol=0, atol=1e-10)
    pd.testing.assert_frame_equal(found[EXACT + COUNTS], expected[EXACT + COUNTS])
    assert expected.hidden.any()
    assert (expected.letters != "").sum() > 10
    assert {"outcome", "item", "touchpoint", "contact", "brand_fit"} == set(expected.kind)


@pytest.mark.parametrize("panel", [True, False])
def test_waves_of_parts_are_compared_as_those_of_all_rows(panel):
    study = made(panel=panel)
    frames = {wave: answered(seed=[k, 5], clusters=0) for k, wave in enumerate(WAVES)}
    frames["w2"] = frames["w2"].iloc[200:].reset_index(drop=True)
    made_ = {wave: grouped(study, wave, frame) for wave, frame in frames.items()}
    expected = banner_waves(study, {wave: own for wave, (_, own) in made_.items()})
    tallies = {wave: tallied(study, answers, frames[wave]) for wave, (answers, _) in made_.items()}
    found = banner_waves_of(study, tallies)
    pd.testing.assert_frame_equal(found, expected, check_exact=False, rtol=0, atol=1e-10)
    assert len(found) > 200
