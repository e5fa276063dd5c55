"""What-if: levers in points of outcomes and NPS, joint gains, honest limits and refusals."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student

from simulated_study import responses_of, study_of
from supertouch import cli, pipeline
from supertouch.decisions.changes import Change, parse_amount, parse_changes, parse_costs
from supertouch.decisions.whatif import whatif
from supertouch.errors import OutputError, UnsupportedError
from supertouch.findings import analyze_wave
from supertouch.findings.answers import Cell, read_answers
from supertouch.findings.drivers import effort
from supertouch.findings.fitting import fit
from supertouch.findings.models import multiplicity, prepare
from supertouch.findings.scores import nps_score
from supertouch.pipeline import deciding, files
from supertouch.screen.deciding import show_whatif
from supertouch.simulate import planted, population
from supertouch.study.model import Analysis, Scale, SuperRule, Text

P = 5
DESIGN = planted(P, supers=2, lift=1.6, reach=(0.9, 0.4))
CHANGES = (Change("t1", improvement=0.4), Change("t3", improvement=0.3))


@pytest.fixture(scope="module")
def study():
    return study_of(DESIGN)


@pytest.fixture(scope="module")
def tables(study):
    return analyze_wave(study, "w1", responses_of(DESIGN, 1200, seed=4), complete=False)


def row_of(frame, scenario, outcome="loyalty", unit="mean"):
    keys = (frame.scenario == scenario) & (frame.outcome == outcome) & (frame.unit == unit)
    return frame[keys].squeeze()


@pytest.mark.parametrize("asked", [1.0, 0.5])
def test_nps_effects_are_those_of_the_score_in_place_of_the_answer(asked):
    design = replace(DESIGN, ask_rate=asked, outcomes=DESIGN.outcomes[1:])
    responses = responses_of(design, 900, seed=1)
    levers = analyze_wave(study_of(design), "w1", responses, complete=False)["levers"]
    responses["recommendation.score"] = nps_score(responses["recommendation.score"])
    scored = study_of(design)
    scales = dict(scored.scales) | {"recommendation": Scale("recommendation", -100, 100, 100, 100)}
    wanted = analyze_wave(replace(scored, scales=scales), "w1", responses, complete=False)
    nps, mean = (
        frame[frame.unit == unit].reset_index()
        for frame, unit in ((levers, "nps"), (wanted["levers"], "mean"))
    )
    names = ["effect", "effect_low", "effect_high", "p_value", "outcome_spread", "reach", "mean"]
    assert nps[names].to_numpy() == pytest.approx(mean[names].to_numpy(), rel=1e-7)
    assert set(wanted["levers"].unit) == {"mean"}  # a scale from -100 to 100 has no NPS


def test_the_score_changes_no_number_of_the_models(study):
    answers = read_answers(study, "w1", responses_of(replace(DESIGN, ask_rate=0.6), 700, seed=3))
    cell = Cell("", "", np.ones(700, dtype=bool))
    replicates = multiplicity(study, answers.wave, answers.groups)
    plain, scored = (
        fit(
            study,
            prepare(study, answers, answers.outcomes, mask=cell.mask, scored=flag),
            multiplicity=replicates,
            effort=effort(study, cell, P),
        )
        for flag in (False, True)
    )
    assert (plain.score, scored.score.replicates.shape) == (None, (300, 2 * P))
    for part in ("point", "replicates"):
        for name in ("effect", "lmg", "johnson", "phases", "r2"):
            one, other = (getattr(getattr(model, part), name) for model in (plain, scored))
            assert other == pytest.approx(one, rel=1e-8, abs=1e-12)
    assert scored.singles[1] == pytest.approx(plain.singles[1], rel=1e-8, abs=1e-12)


def test_levers_agree_with_the_other_tables(tables):
    levers, importance = tables["levers"], tables["importance"]
    importance = importance[(importance.component == "experience") & (importance.method == "lmg")]
    both = levers[levers.unit == "mean"].merge(importance, on=["outcome", "touchpoint"])
    for name in ("effect", "effect_low", "effect_high", "p_value"):
        assert both[f"{name}_x"].to_numpy() == pytest.approx(both[f"{name}_y"].to_numpy())
    performance = tables["performance"].set_index("touchpoint")
    for row in levers.itertuples():
        assert row.mean == pytest.approx(performance.satisfaction[row.touchpoint])
        assert row.reach == pytest.approx(performance.reach[row.touchpoint])
        assert row.headroom == pytest.approx(5 - row.mean)
        assert row.best_mean == pytest.approx(performance.satisfaction.max())
    draws = tables["draws"]
    assert draws.beta_nps.notna().eq(draws.outcome == "recommendation").all()


def test_the_joint_gain_is_the_sum_and_its_interval_comes_from_the_draws(study, tables):
    found = whatif(study, tables, CHANGES, wave="w1", costs={"t1": 5000.0, "t3": 1000.0})
    assert list(found.scenario) == ["together", "t1", "t3"] * 3
    draws = tables["draws"]
    for outcome, unit in (
        ("loyalty", "mean"),
        ("recommendation", "mean"),
        ("recommendation", "nps"),
    ):
        own = draws[draws.outcome == outcome]
        beta = own.beta_nps if unit == "nps" else own.beta
        part = (own.reach * beta * own.touchpoint.map({"t1": 0.4, "t3": 0.3}).fillna(0.0)).groupby(
            own.replicate
        )
        half = student.ppf(0.975, tables["levers"].degrees[0]) * part.sum().std(ddof=1)
        row = row_of(found, "together", outcome, unit)
        single = [row_of(found, name, outcome, unit) for name in ("t1", "t3")]
        assert row.gain == pytest.approx(sum(item.gain for item in single))
        assert row.gain_high - row.gain == pytest.approx(half)
        assert row.gain - row.gain_low == pytest.approx(half)
        assert row.cost_per_point == pytest.approx(6000 / row.gain)
    levers = tables["levers"].set_index(["outcome", "unit", "touchpoint"])
    lever = levers.loc["recommendation", "nps", "t1"]
    row = row_of(found, "t1", "recommendation", "nps")
    assert row.gain == pytest.approx(0.4 * lever.reach * lever.effect)
    assert row.before == pytest.approx(tables["outcomes"].nps[1])


def test_one_touchpoint_costs_nothing_is_told_of_the_sum_unless_all_do(study, tables):
    found = whatif(study, tables, CHANGES, wave="w1", costs={"t1": 5000.0})
    assert np.isnan(row_of(found, "together").cost)
    assert row_of(found, "t1").cost_per_point > 0


def test_german_grades_turn_levels_and_not_improvements(study, tables):
    scales = dict(study.scales) | {"rating": Scale("rating", 1, 5, 1)}
    german = replace(study, scales=scales)
    grade = parse_changes(["t1=1,9", "t3=+0,2"], study=german)
    level = parse_changes(["t1=4.1", "t3=+0.2"], study=study)
    assert grade[0].level == 1.9
    one, other = whatif(german, tables, grade, wave="w1"), whatif(study, tables, level, wave="w1")
    pd.testing.assert_frame_equal(one, other)
    assert row_of(one, "t1").given == pytest.approx(4.1 - tables["levers"]["mean"][1])


def test_headroom_cuts_and_every_stretch_is_named(study, tables):
    mean = tables["levers"].set_index("touchpoint")["mean"].groupby(level=0).first()
    changes = (Change("t1", improvement=9.0), Change("t3", improvement=0.05))
    found = whatif(study, tables, changes, wave="w1")
    row = row_of(found, "t1")
    assert (row.asked, row.given) == (9.0, pytest.approx(5 - mean["t1"]))
    assert set(row.warnings.split()) == {"headroom", "beyond_best", "large"}
    assert {"headroom", "beyond_best", "large"} < set(
        row_of(found, "together").warnings.split()
    ) | {"x"}
    assert not {"headroom", "large"} & set(row_of(found, "t3").warnings.split())
    assert row_of(whatif(study, tables, (Change("t1", level=5.0),), wave="w1"), "t1").gain == (
        pytest.approx(row.gain)
    )
    less = row_of(whatif(study, tables, (Change("t1", improvement=-0.4),), wave="w1"), "t1")
    more = row_of(whatif(study, tables, (Change("t1", improvement=0.4),), wave="w1"), "t1")
    assert less.gain == pytest.approx(-more.gain)
    assert np.isnan(less.cost_per_point)


def test_proxies_limits_and_effects_that_may_be_none_are_flagged(study, tables):
    high = {name: frame.copy() for name, frame in tables.items()}
    high["outcomes"]["nps"] = 99.9
    high["outcomes"]["proxy"] = [True, False]
    high["levers"].loc[high["levers"].touchpoint == "t3", "p_value"] = 0.2
    found = whatif(study, high, CHANGES, wave="w1")

    def codes(*keys):
        return set(row_of(found, *keys).warnings.split()) - {"beyond_best"}

    assert codes("together") == {"proxy"}
    assert codes("t3") == {"not_significant", "proxy"}
    assert codes("together", "recommendation", "nps") == {"nps_limit"}
    assert codes("together", "recommendation") == set()


def test_planted_gains_are_recovered_and_intervals_hold_them():
    """Truth by regression on a large population, for NPS too, whose score is not linear."""
    held, errors = [], []
    design = replace(DESIGN, ask_rate=0.7)
    people = population(design, 100_000, np.random.default_rng(9))
    y = np.column_stack([people.outcomes, nps_score(people.outcomes[:, 1].astype(float))])
    mean = np.array([people.rating[met, j].mean() for j, met in enumerate(people.met.T)])
    x = np.column_stack([people.met * (people.rating - mean), people.met, np.ones(len(y))])
    slope = np.linalg.solve(x.T @ x, x.T @ y)[:P]
    true = people.met.mean(axis=0)[:, None] * slope * np.array([0, 0.4, 0, 0.3, 0])[:, None]
    study = study_of(design, analysis=Analysis(replicates=200))
    for seed in range(15):
        found = analyze_wave(study, "w1", responses_of(design, 700, seed=seed), complete=False)
        rows = whatif(study, found, CHANGES, wave="w1")
        for k, (_, part) in enumerate(rows.groupby(["outcome", "unit"], sort=False)):
            target = np.array([true[:, k].sum(), true[1, k], true[3, k]])
            held += list((part.gain_low <= target) & (target <= part.gain_high))
            errors.append(part.gain.to_numpy() / target - 1)
    assert np.mean(held) > 0.88  # 135 intervals that go together in 15 studies; 95 % expected
    assert np.abs(np.mean(errors, axis=0)).max() < 0.12  # a gain's error is about 20 % of it


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["t1", "t2=abc", "t3=nan", "=+1"], ["'t1'", "'t2=abc'", "'t3=nan'", "'=+1'"]),
        (["t1=+1,000"], ["t1=+1,0000 for the fraction, or t1=+1000"]),
        (["t1.reach=+0.1"], ["only experience can be moved"]),
        (["t1=+0.4", "t1=3"], ["named more than once"]),
        (["t11=+0.4", "t1=9", "t2="], ["'t2='", "Did you mean", "lies off the scale from 1 to 5"]),
        ([], ["nothing would change"]),
    ],
)
def test_all_that_is_wrong_about_changes_is_told_at_once(study, texts, words):
    with pytest.raises(UnsupportedError) as stop:
        parse_changes(texts, study=study)
    assert all(word in str(stop.value) for word in words)


def test_numbers_are_read_as_people_write_them():
    assert parse_changes([" a = −0,3 ", "b=+.5", "c=2"]) == (
        Change("a", improvement=-0.3),
        Change("b", improvement=0.5),
        Change("c", level=2.0),
    )
    assert parse_changes(["a=+0.125"]) == (Change("a", improvement=0.125),)
    assert parse_costs(["a=50000", "b=12,5"]) == {"a": 50000.0, "b": 12.5}
    with pytest.raises(UnsupportedError, match=r"may be thousands or a fraction\. Write a=50000"):
        parse_costs(["a=50.000"])
    with pytest.raises(UnsupportedError, match="named more than once"):
        parse_costs(["a=5", "a=6"])


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("150000", 150000),
        ("150000.50", 150000.5),
        (" 150000,50 ", 150000.5),
        ("0", 0),
        ("12,5", 12.5),
    ],
)
def test_budgets_are_read_as_people_write_them(text, amount):
    assert parse_amount(text) == amount


@pytest.mark.parametrize(
    ("text", "remedy"),
    [("150.000", "150000"), ("150,000", "150000"), ("1.500.000", "1500000"),
     ("1500.000", "1500000"), ("1,5 Mio", "150000"), ("150.000,50", "150000.50"),
     ("150 000 €", "150000"), ("EUR 6.000,-", "6000"),
     ("-5", "150000"), ("1,5 Millionen", "150000"), ("", "150000"), ("nan", "150000")],
)  # fmt: skip
def test_a_budget_that_may_be_another_is_refused_with_how_to_write_it(text, remedy):
    with pytest.raises(UnsupportedError) as stop:
        parse_amount(text)
    assert stop.value.problems[0].remedy == f"Write {remedy}."


def test_what_cannot_be_weighed_says_why(study, tables):
    rare = replace(study, rule=SuperRule(min_reach=0.6))
    found = analyze_wave(rare, "w1", responses_of(DESIGN, 700, seed=2), complete=False)
    with pytest.raises(UnsupportedError, match=r"t4: has no effect: too few customers met it"):
        whatif(rare, found, (Change("t4", improvement=0.2),), wave="w1")
    few = analyze_wave(study, "w1", responses_of(DESIGN, 40, seed=2), complete=False)
    with pytest.raises(UnsupportedError, match="has no effect: too few rated it"):
        whatif(study, few, CHANGES, wave="w1")
    with pytest.raises(UnsupportedError) as stop:
        whatif(study, tables, CHANGES, wave="w1", costs={"t0": 1.0, "t1": -5.0})
    assert "t0: is of no touchpoint that changes" in str(stop.value)
    assert "t1=-5: is below zero" in str(stop.value)


def test_a_touchpoint_that_one_outcome_lacks_leaves_its_sum_open(study, tables):
    some = {name: frame.copy() for name, frame in tables.items()}
    gone = (some["levers"].outcome == "loyalty") & (some["levers"].touchpoint == "t3")
    some["levers"] = some["levers"][~gone]
    found = whatif(study, some, CHANGES, wave="w1")
    assert "not_modelled" in row_of(found, "together").warnings.split()
    assert np.isnan(row_of(found, "together").gain)
    assert row_of(found, "together", "recommendation").gain > 0


@pytest.fixture
def folder(study, tables, tmp_path):
    """A study folder with the finished tables of its wave."""
    home = replace(study, folder=tmp_path, file=tmp_path / "study.toml", title=Text({"en": "x"}))
    place = home.processed / "analyze" / "w1"
    for name in deciding.TABLES:
        files.write_table(tables[name], place / f"{name}.parquet", table=name)
    files.write_record({}, place / "stage.json")
    return home


def test_the_terminal_tells_gains_base_warnings_and_that_it_is_an_association(
    folder, tables, capsys, tmp_path
):
    found = deciding.whatif(folder, ["t1=+3", "t3=+0,2"], costs=["t1=500"], to=tmp_path / "o.csv")
    show_whatif(found)
    out = capsys.readouterr().out
    assert "Wave w1, mean ratings now -> aimed at:" in out
    assert "NPS (now " in out
    assert "95 % interval +" in out
    assert "1,200 respondents, unweighted" in out
    mean = tables["performance"].set_index("touchpoint").satisfaction["t3"]
    rated = tables["performance"].set_index("touchpoint").n_rated["t3"]
    assert f"t3 {mean:.2f} -> {mean + 0.2:.2f}. Base {rated:,} ratings, unweighted." in out
    one_by_one = out.partition("One by one")[2].partition("Note")[0]
    assert max(map(len, one_by_one.splitlines())) < 80
    assert "t1: more was asked than the scale has room for" in out
    assert "associations" in out
    assert "older than what they are made from" in out
    assert len(pd.read_csv(tmp_path / "o.csv")) == 9


def test_shares_are_told_in_percentage_points_and_nothing_is_minus_zero(folder, capsys):
    scales = dict(folder.scales) | {"loyalty": Scale("loyalty", 0, 1, 1)}
    found = deciding.whatif(replace(folder, scales=scales), ["t1=+0.4"], costs=["t1=500"])
    whole = next(item for item in found.gains if item.share and not item.touchpoint)
    known = replace(whole, before=0.55, gain=0.0214, low=-0.0002, high=0.043, cost_per_point=2000.0)
    german = replace(found.shifts[0], before=2.86, after=2.46, turned=True, n=712, n_eff=640.2)
    show_whatif(replace(found, gains=(known, replace(known, touchpoint="t1")), shifts=(german,)))
    out = capsys.readouterr().out
    assert "(now 55.0 %): +2.1 percentage points, 95 % interval 0.0 to +4.3." in out
    assert "20 per percentage point." in out
    assert "loyalty, in percentage points" in out.casefold()
    assert "t1 2.86 -> 2.46, less is better. Base 712 ratings, weighted, as precise as 640" in out


def test_a_table_is_written_over_nothing_that_is_there(folder, tmp_path):
    raw, there = folder.raw / "new.csv", tmp_path / "there.csv"
    there.write_text("old")
    for to, force, words in (
        (there, False, "is there already"),
        (tmp_path / "study.toml", True, r"no \.csv"),
        (raw, True, "raw files"),
    ):
        for command in (
            lambda to, force: deciding.whatif(folder, ["t1=+0.4"], to=to, force=force),
            lambda to, force: deciding.budget(folder, to=to, force=force),
        ):
            with pytest.raises(OutputError, match=words):
                command(to, force)
    assert there.read_text() == "old"
    assert not raw.exists()
    deciding.whatif(folder, ["t1=+0.4"], to=there, force=True)
    assert len(pd.read_csv(there)) > 1


def test_the_command_names_what_is_missing(folder, monkeypatch, capsys):
    monkeypatch.setattr(pipeline, "open_study", lambda path: folder)

    def call(*words):
        monkeypatch.setattr("sys.argv", ["supertouch", *words])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        return stop.value.code or 0, capsys.readouterr()

    code, said = call("whatif", "t1=+0.4", "t3=4.2", "--wave", "w1")
    assert code == 0
    assert "Loyalty" in said.out.title()
    code, said = call("whatif", "t1=+0.4", "hotline=+0.4")
    assert (code, said.out) == (5, "")
    assert "hotline is no touchpoint of the study" in said.err
    (folder.processed / "analyze" / "w1" / "stage.json").unlink()
    code, said = call("whatif", "t1=+0.4")
    assert code == OutputError.exit_code
    assert "make analyze" in said.err
