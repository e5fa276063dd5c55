"""A wave in parts gives the tables of a wave in memory: models, levels, verdicts and changes."""

import re
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from simulated_study import responses_of, study_of
from streamed_parts import cut
from supertouch.errors import DataError, UnsupportedError
from supertouch.findings import analyze_wave, judge, track
from supertouch.findings.analysis import MAIN, TABLES
from supertouch.findings.streams.analysis import analyze_stream
from supertouch.findings.streams.units import met_again
from supertouch.findings.streams.wave import open_wave
from supertouch.pipeline.parquet_parts import parquet_parts
from supertouch.simulate import planted
from supertouch.stats.engine import Here
from supertouch.study.computing import Computing
from supertouch.study.model import (
    Analysis,
    Columns,
    Outcome,
    Privacy,
    Scale,
    Segment,
    StatusRule,
    Text,
    Tracking,
)

DESIGN = planted(5, supers=2, lift=2.0)
WAVES = ("w1", "w2")
REPLICATES, ROWS, SAMPLE = 50, 900, 150
SIZES = (1, 400, 0, 37)
STATUSES = ("current", "former", "potential")
LEVELS = {"performance", "outcomes", "banner", "tracking", "change_explained"}
ERRORS = re.compile(
    "_low$|_high$|^letters$|^against_total$|^p_|^significant$|^detectable$|^n_needed$"
)
OF_MODELS = re.compile("not_eligible|dropped|constant_rating|collinear|contact_not|everybody_met|"
                       "psd_repair|orders")  # fmt: skip


def made(*, best=5.0, covariates=(), status=False, sample=SAMPLE, memory=1.0, **changes):
    """Return a study of two segments, a score of items, and recommendation."""
    segments = tuple(
        Segment(name, Text(), Columns(name.upper()), {code: Text() for code in codes})
        for name, codes in (("region", ("a", "b", "c")), ("kind", ("new", "old")))
    )
    study = study_of(
        DESIGN,
        waves=WAVES,
        segments=segments,
        analysis=Analysis(replicates=REPLICATES, covariates=covariates, min_segment=100),
        privacy=Privacy(min_base=10),
        computing=Computing(sample=sample, memory_gb=memory),
        **changes,
    )
    items = tuple(Columns(f"S{k}") for k in range(3))
    loyal = Outcome("loyal", Text(), "loyalty", items, (False,) * 3, "half", waves=WAVES)
    told = Outcome("nps", Text(), "recommendation", (Columns("N"),), (False,), "ten", waves=WAVES)
    if status:
        loyal, told = (replace(loyal, status=("current",)), replace(told, status=STATUSES))
    return replace(
        study,
        status=StatusRule(Columns("STATUS"), {"current": (1,), "former": (2,)}) if status else None,
        scales={
            "rating": Scale("rating", 1, 5, best),
            "half": Scale("half", 1, 5, 5, step=1 / 3),
            "ten": Scale("ten", 0, 10, 10),
        },
        outcomes=(loyal, told),
    )


def answered(study, *, seed=1, n=ROWS, clusters=0, weights=True, split=False):
    """Simulate a wave with empty answers of every kind, in strata of different sizes."""
    rng = np.random.default_rng([seed, 5])
    frame = responses_of(DESIGN, n, seed=seed)
    frame["segment.region"] = rng.choice(["a", "b", "c", ""], n, p=[0.5, 0.3, 0.19, 0.01])
    frame["segment.kind"] = rng.choice(["new", "old"], n, p=[0.4, 0.6])
    frame["weight"] = rng.uniform(0.2, 3, n) if weights else 1.0
    unit = rng.integers(0, clusters, n) if clusters else np.arange(n)
    frame["cluster"] = [f"p{k}" for k in unit]
    frame["stratum"] = np.array(["x", "x", "x", "y", "z"])[unit % 5]
    frame["status"] = rng.choice(["current", "former"], n, p=[0.8, 0.2]) if study.status else ""
    level = frame["loyalty.score"].to_numpy()
    for k in (1, 2, 3):
        item = np.clip(np.round(level + rng.normal(0, 0.5, n)), 1, 5)
        frame[f"loyal.item{k}"] = np.where(rng.random(n) < 0.05, np.nan, item)
    frame["loyal.score"] = frame[[f"loyal.item{k}" for k in (1, 2, 3)]].mean(axis=1)
    told = np.clip(np.round(frame["recommendation.score"]), 0, 10)
    frame["nps.score"] = np.where(rng.random(n) < 0.97, told, np.nan)
    if study.status:
        frame.loc[frame["status"] != "current", "loyal.score"] = np.nan
    if split:
        frame["t2.contact"] = frame["t1.contact"]
        half = rng.random(n) < 0.4
        frame.loc[half, "t1.contact"] = pd.NA
        frame.loc[~half & (rng.random(n) < 0.5), "t2.contact"] = pd.NA
        frame.loc[rng.choice(n, 25), "t4.contact"] = pd.NA
    for j in range(DESIGN.p):
        unmet = frame[f"t{j}.contact"].fillna(0) != 1
        frame.loc[unmet, f"t{j}.rating"] = np.nan
    if study.most_ratings:
        _draw(frame, study.most_ratings, rng)
    return frame.drop(columns=["loyalty.score", "recommendation.score"])


def _draw(frame, most, rng):
    """Take away all but some of the ratings of those who met more."""
    met = frame[[f"t{j}.contact" for j in range(DESIGN.p)]].to_numpy(float, na_value=np.nan) == 1
    kept = (met * rng.random(met.shape)).argsort(axis=1).argsort(axis=1) >= DESIGN.p - most
    for j in range(DESIGN.p):
        gone = met[:, j] & ~kept[:, j]
        frame.loc[gone, [f"t{j}.rating", f"t{j}.rating_empty"]] = [np.nan, "not_asked"]


def streamed(study, frame, sizes=SIZES, *, wave="w1"):
    return analyze_stream(study, wave, cut(frame, sizes), engine=Here())


def same(found, wanted, names, *, errors=True):
    """Compare tables; without errors of levels where random groups stand for the units."""
    for name in names:
        left, right = found[name], wanted[name]
        if name == "diagnostics":
            left, right = (
                table[table.code.str.contains(OF_MODELS)].reset_index(drop=True)
                for table in (left, right)
            )
        if not errors and name in LEVELS:
            kept = [column for column in right if not ERRORS.search(column)]
            left, right = left[kept], right[kept]
        pd.testing.assert_frame_equal(
            left, right, check_exact=False, rtol=1e-10, atol=1e-10, obj=name
        )


CASES = {
    "plain": {},
    "no weights": {"weights": False},
    "clusters": {"clusters": 120},
    "more clusters than groups": {"clusters": 500},
    "covariates": {"covariates": ("kind",)},
    "statuses": {"status": True},
    "one filter question": {"split": True},
    "drawn ratings": {"most_ratings": 2},
    "reversed scale": {"best": 1.0},
    "panel": {"panel": True},
    "all at once": {"panel": True, "most_ratings": 2, "status": True, "covariates": ("kind",),
                    "clusters": 500, "split": True},
}  # fmt: skip
OF_ROWS = ("weights", "clusters", "split")


def case_of(case):
    """Return the study of a case and its responses."""
    rows = {name: case[name] for name in case if name in OF_ROWS}
    study = made(**{name: case[name] for name in case if name not in OF_ROWS})
    return study, answered(study, **rows)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_tables_are_those_of_a_wave_in_memory(case):
    study, frame = case_of(case)
    wanted = analyze_wave(study, "w1", frame, complete=False)
    assert wanted["models"].admitted.sum() >= 6
    found = streamed(study, frame)
    assert found.keys() == set(TABLES)
    same(found, wanted, MAIN, errors=case.get("clusters", ROWS) <= study.analysis.groups)
    notes = found["diagnostics"].set_index("code").value
    assert notes["sampled_rows"] == SAMPLE
    assert notes["groups_as_units"] == frame.cluster.nunique()


def test_where_the_sample_is_everybody_all_tables_are_the_same():
    study = made(sample=2 * ROWS)
    frame = answered(study, clusters=120)
    same(streamed(study, frame), analyze_wave(study, "w1", frame), TABLES)


def test_parts_of_a_parquet_file(tmp_path, monkeypatch):
    study = made()
    frame = answered(study)
    whole = [name for name in frame if name.endswith((".rating", ".contact", ".item1"))]
    stored = frame.astype(dict.fromkeys(whole, "Int8"))
    table = pa.Table.from_pandas(stored, preserve_index=False)
    pq.write_table(table, tmp_path / "responses.parquet", row_group_size=70)
    monkeypatch.setattr("supertouch.pipeline.parquet_parts.ROWS", 250)
    parts = parquet_parts(study, "w1", tmp_path / "responses.parquet")
    assert [part.rows for part in parts] == [210, 210, 210, 210, 60]
    assert "t0.contact" in parts[0].full
    assert "t0.rating" not in parts[0].full
    found = analyze_stream(study, "w1", parts, engine=Here())
    same(found, streamed(study, frame), TABLES)


@dataclass(frozen=True)
class Counting:
    """An engine that counts how often the rows are gone through."""

    passes: list = field(default_factory=list)

    def fold(self, step, parts):
        self.passes.append(step)
        return Here().fold(step, parts)

    def each(self, function, parts):
        return Here().each(function, parts)


def test_less_memory_means_more_passes_and_the_same_numbers():
    engines, found = [], []
    for memory, sizes in ((1.0, ()), (1e-6, SIZES)):
        study = made(memory=memory)
        engines.append(Counting())
        parts = cut(answered(study), sizes)
        found.append(analyze_stream(study, "w1", parts, engine=engines[-1]))
    same(*found, TABLES)
    few, many = (len(engine.passes) for engine in engines)
    assert many == few + 3


def test_the_sample_is_drawn_by_strata_whatever_the_parts():
    study = made()
    frame = answered(study)
    drawn = [
        open_wave(study, "w1", cut(frame, sizes), Here()).sample() for sizes in ((), SIZES, (899,))
    ]
    for other in drawn[1:]:
        pd.testing.assert_frame_equal(other, drawn[0])
    assert len(drawn[0]) == drawn[0].respondent.nunique() == SAMPLE
    wanted = frame.stratum.value_counts() * SAMPLE / ROWS
    assert (drawn[0].stratum.value_counts() - wanted).abs().max() < 1
    again = open_wave(replace(study, seed=8), "w1", cut(frame, ()), Here()).sample()
    assert set(again.respondent) != set(drawn[0].respondent)
    everybody = made(sample=ROWS)
    assert len(open_wave(everybody, "w1", cut(frame, SIZES), Here()).sample()) == ROWS


def test_who_comes_back_to_a_large_panel_is_told_from_some_of_them(monkeypatch):
    study = made(panel=True)
    frame = answered(study)
    layouts = []
    for rows, most in ((frame[:600], 400), (frame[200:], 300)):
        monkeypatch.setattr("supertouch.findings.streams.units.MOST_MEMBERS", most)
        layouts.append(open_wave(study, "w1", cut(rows, ()), Here()).layout)
    assert [len(layout.members) for layout in layouts] == [400, 300]
    assert met_again(*layouts) == pytest.approx(400 / 700, abs=0.08)
    assert met_again(*layouts) != 400 / 700


@pytest.mark.parametrize("panel", [False, True])
def test_verdicts_and_changes_are_those_of_waves_in_memory(panel):
    study = made(panel=panel, tracking=Tracking(baseline="w1"))
    frames = {wave: answered(study, seed=k + 1, clusters=120) for k, wave in enumerate(WAVES)}
    frames["w2"] = frames["w2"][~frames["w2"].cluster.isin([f"p{k}" for k in range(30)])]
    frames["w1"] = frames["w1"][~frames["w1"].cluster.isin([f"p{k}" for k in range(90, 110)])]
    memory = {
        wave: analyze_wave(study, wave, rows, complete=False) for wave, rows in frames.items()
    }
    parts = {
        wave: open_wave(study, wave, cut(rows, SIZES), Here()) for wave, rows in frames.items()
    }
    wanted, found = judge(study, frames, memory), judge(study, parts, memory)
    assert (wanted["supertouchpoints"].trend != "").any()
    same(found, wanted, wanted)
    wanted, found = track(study, frames, memory), track(study, parts, memory)
    assert len(wanted["tracking"]) > 50
    units = [set(frame.cluster) for frame in frames.values()]
    again = len(units[0] & units[1]) / len(units[1]) if panel else 0.0
    assert found["tracking"].overlap.unique() == pytest.approx([again])
    same(found, wanted, wanted, errors=not panel)


def test_what_cannot_be_done_in_parts_says_where_and_what_to_do():
    study = made()
    frame = answered(study)
    for changed, told in (
        (replace(study, brand=Columns("BRAND")), "wave 'w1'.*brands are stacked.*stream_above"),
        (replace(study, scales=study.scales | {"half": Scale("half", 1, 5, 5, step=0)}),
         "scale 'half'.*step.*stream_above"),
    ):  # fmt: skip
        with pytest.raises(UnsupportedError, match=f"(?s){told}"):
            streamed(changed, frame)
    with pytest.raises(DataError, match=r"wave 'w1'.*no accepted respondents"):
        streamed(study, frame[:0], ())
    with pytest.raises(DataError, match=r"most_ratings = 1"):
        streamed(replace(study, most_ratings=1), frame)
