"""Tables of levels from answers counted in parts are those of the rows in memory."""

import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from simulated_study import responses_of, study_of
from streamed_parts import cut
from supertouch.errors import DataError, UnsupportedError
from supertouch.findings.answers import Cell, cells, read_answers
from supertouch.findings.cell_draws import cell_draws, cell_draws_of
from supertouch.findings.comparison import comparison_table
from supertouch.findings.models import multiplicity
from supertouch.findings.performance import outcome_levels, performance
from supertouch.findings.streams import summed
from supertouch.findings.streams.brand_fit import asked_along
from supertouch.findings.streams.known import look
from supertouch.findings.streams.layout import Column
from supertouch.findings.streams.levels import outcome_levels_of, performance_of
from supertouch.findings.streams.tallying import tallying_of
from supertouch.findings.tracking.levels import levels_of, levels_of_tally
from supertouch.findings.tracking.pairs import WaveAnswers
from supertouch.simulate import fair
from supertouch.stats.engine import Here
from supertouch.stats.means import unit_sums
from supertouch.study.model import Columns, Outcome, Privacy, Scale, Segment, Text

DESIGN = fair(3)
SIZES = (700, 1, 0, 90)


def made(*, best=5.0, step=1.0, nps=True, protect=False, divided=True, **changes):
    """Return a study of three segments, a score of items, brand fit and a recommendation."""
    segments = (
        tuple(
            Segment(name, Text(), Columns(name.upper()), {code: Text() for code in codes})
            for name, codes in (
                ("region", ("a", "b", "c")),
                ("kind", ("new", "old")),
                ("one", ("x",)),
            )
        )
        * divided
    )
    study = study_of(DESIGN, segments=segments, privacy=Privacy(protect_unknown=protect), **changes)
    items = tuple(Columns(f"S{k}") for k in range(3))
    outcomes = [Outcome("loyal", Text(), "loyalty", items, (False,) * 3, "half", waves=("w1",))]
    if nps:
        told = Outcome("nps", Text(), "recommendation", (Columns("N"),), (False,), "ten")
        outcomes.append(replace(told, waves=("w1",)))
    first, *rest = study.touchpoints
    return replace(
        study,
        scales={
            "rating": replace(study.scales["rating"], best=best),
            "ten": Scale("ten", 0, 10, 10),
            "half": Scale("half", 1, 4, 4, step=0.5 * step),
        },
        outcomes=tuple(outcomes),
        touchpoints=(replace(first, brand_fit=Columns("F"), brand_fit_scale="ten"), *rest),
    )


def answered(study, n=1200, *, clusters=0, weights=True):
    """Simulate a wave with few in some groups, unknown contacts and segments, and empty answers."""
    rng = np.random.default_rng(3)
    frame = responses_of(DESIGN, n, seed=3)
    frame["segment.region"] = rng.choice(["a", "b", "c", ""], n, p=[0.5, 0.45, 0.045, 0.005])
    frame["segment.kind"] = np.where(rng.random(n) < 0.01, "rare", rng.choice(["new", "old"], n))
    frame.loc[: SIZES[0], "segment.kind"] = "old"
    frame["segment.one"] = "x"
    frame["weight"] = rng.uniform(0.2, 3, n) if weights else 1.0
    unit = rng.integers(0, clusters, n) if clusters else np.arange(n)
    frame["cluster"], frame["stratum"] = unit.astype(str), (unit % 3).astype(str)
    for k in (1, 2, 3):
        value = 1 + 0.5 * rng.integers(0, 7, n)
        frame[f"loyal.item{k}"] = np.where(rng.random(n) < 0.2, np.nan, value)
    frame["loyal.score"] = frame[[f"loyal.item{k}" for k in (1, 2, 3)]].mean(axis=1)
    if len(study.outcomes) > 1:
        recommended = np.clip(np.round(rng.normal(7 + (frame["segment.kind"] == "new"), 2)), 0, 10)
        frame["nps.score"] = np.where(rng.random(n) < 0.97, recommended, np.nan)
    frame["t0.brand_fit"] = rng.integers(0, 11, n).astype(float)
    frame.loc[(frame["segment.region"] == "c") & (rng.random(n) < 0.8), "t0.brand_fit"] = np.nan
    frame.loc[rng.choice(n, 40), "t1.contact"] = pd.NA
    frame["t1.rating"] = frame["t1.rating"].where(frame["t1.contact"] == 1)
    frame["t2.rating"] = frame["t2.rating"].where(frame["t2.rating"].isna(), 4.0)
    return frame


def drawn(frame, most, *, along):
    """Take away all but some of the ratings of who met more, and brand fits asked along."""
    met = frame[[f"t{j}.contact" for j in range(3)]].to_numpy(float, na_value=np.nan) == 1
    order = np.random.default_rng(1).random(met.shape) * met
    kept = order.argsort(axis=1).argsort(axis=1) >= met.shape[1] - most
    for j in range(3):
        gone = met[:, j] & ~kept[:, j]
        frame.loc[gone, [f"t{j}.rating", f"t{j}.rating_empty"]] = [np.nan, "not_asked"]
    if along:
        frame["t0.brand_fit"] = frame["t0.brand_fit"].where(met[:, 0] & kept[:, 0])
    return frame


def tallied(study, frame, sizes=SIZES):
    """Count answers in parts; two machines' counts are added up."""
    layout, located = look(study, "w1", cut(frame, sizes), Here())
    along = asked_along(study, layout, located, Here())
    step = pickle.loads(pickle.dumps(tallying_of(study, layout, fit_drawn=along)))
    whole = Here().fold(step, located[-1:])
    return layout, sum((step(None, part) for part in located[:-1]), whole)


def grouped(study, frame):
    """Return answers whose resampling groups are the sampling units."""
    answers = read_answers(study, "w1", frame)
    groups = replace(answers.groups, unit=answers.groups.index, unit_stratum=answers.groups.stratum)
    return replace(answers, groups=groups)


def same(found, wanted):
    pd.testing.assert_frame_equal(found, wanted, check_exact=False, rtol=1e-10, atol=1e-10)
    for name in wanted:
        if name == "n" or (name.startswith("n_") and not name.endswith("eff")):
            assert found[name].equals(wanted[name]), name


CASES = {
    "weights": {},
    "no weights": {"weights": False},
    "clusters": {"clusters": 120},
    "reversed scale": {"best": 1.0},
    "drawn ratings": {"most_ratings": 2},
    "brand fit along": {"most_ratings": 2, "along": True},
    "unknown protected": {"protect": True},
    "no recommendation": {"nps": False},
    "panel": {"panel": True},
    "no segments": {"divided": False},
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_tables_are_those_of_the_rows(case):
    told = {name: case[name] for name in case if name in ("weights", "clusters")}
    along = case.get("along", False)
    study = made(**{name: value for name, value in case.items() if name not in (*told, "along")})
    frame = answered(study, **told)
    if study.most_ratings:
        frame = drawn(frame, study.most_ratings, along=along)
    layout, tally = tallied(study, frame)
    answers = grouped(study, frame)
    every = {Column(cell.segment, cell.value): cell for cell in cells(study, answers)}
    assert set(every) == set(layout.columns)
    assert len(every) in (range(5, 8) if study.segments else (1,))
    replicates = multiplicity(study, "w1", answers.groups)[:20]
    draws = []
    for column in layout.columns:
        cell = every[column]
        same(performance_of(study, layout, tally, column), performance(study, answers, cell))
        same(outcome_levels_of(study, layout, tally, column), outcome_levels(study, answers, cell))
        draws.append(
            (
                cell_draws_of(study, layout, tally, column, [], multiplicity=replicates),
                cell_draws(study, answers, cell, [], multiplicity=replicates),
            )
        )
    compared = [comparison_table(study, side) for side in zip(*draws, strict=True)]
    same(*compared)
    assert compared[0].empty or compared[0].overlap.nunique() == 2
    wave = WaveAnswers(answers, np.arange(len(answers.groups.stratum)).astype(str))
    for own, rows in ((tally, wave), (tally.unweighted(), wave.unweighted())):
        levels, wanted = levels_of_tally(study, layout, own), levels_of(study, rows)
        assert {name: level.items for name, level in levels.items()} == {
            name: level.items for name, level in wanted.items()
        }
        for name, level in levels.items():
            np.testing.assert_allclose(level.found.parts, wanted[name].found.parts, atol=1e-10)
            for field in ("estimate", "error", "n", "n_eff", "degrees"):
                value = getattr(level.found.ratio, field)
                np.testing.assert_allclose(
                    value, getattr(wanted[name].found.ratio, field), rtol=1e-10, atol=1e-12
                )


def test_some_estimates_of_the_cases_are_hidden():
    study = made()
    found = performance(study, (answers := grouped(study, answered(study))), _cell(answers, "c"))
    assert found.brand_fit.isna().any()
    assert found.satisfaction.notna().any()


def _cell(answers, value):
    return Cell("region", value, answers.segments["region"] == value)


def test_cuts_and_memory_make_no_difference(monkeypatch):
    study = made()
    frame = answered(study)
    _, whole = tallied(study, frame, ())
    monkeypatch.setattr(summed, "_CELLS", 500)
    monkeypatch.setattr("supertouch.findings.streams.tallying.ROWS_A_CLASS", 1e-3)
    _, cut_up = tallied(study, frame, (3, 1000))
    for name in ("weight", "squares", "alike", "alike_squares"):
        np.testing.assert_allclose(getattr(cut_up, name), getattr(whole, name), atol=1e-10)
    assert np.array_equal(cut_up.heads, whole.heads)
    both = whole.both(slice(0, 1))[:, :, 0]
    assert both[0, 0] == len(frame)
    assert np.array_equal(both[0], np.diagonal(both))


def test_what_cannot_be_counted_is_refused():
    study = made()
    frame = answered(study)
    with pytest.raises(UnsupportedError, match=r"scale 'half'.*step"):
        tallied(made(step=0.0), frame)
    frame.loc[7, "t1.contact"] = 1
    frame.loc[7, "t1.rating"] = 6.0
    with pytest.raises(DataError, match=r"t1\.rating'.*1"):
        tallied(study, frame)


def test_sums_by_unit_add_up():
    rng = np.random.default_rng(0)
    value, base = rng.normal(size=(200, 3)), rng.random((200, 3)) < 0.7
    weight, unit = rng.random(200), rng.integers(0, 30, 200)
    parts = [
        unit_sums(value[own], base[own], weight=weight[own], unit=unit[own], units=30)
        for own in (slice(0, 50), slice(50, 200))
    ]
    whole = unit_sums(value, base, weight=weight, unit=unit, units=30)
    stratum = np.repeat([0, 1], 15)
    found = (parts[0] + parts[1]).linearised(stratum)
    wanted = whole.of(np.array([2, 0])).linearised(stratum)
    np.testing.assert_allclose(found.parts[:, [2, 0]], wanted.parts, atol=1e-14)
    np.testing.assert_allclose(found.ratio.n_eff[[2, 0]], wanted.ratio.n_eff)
