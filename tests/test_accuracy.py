"""Small version of the accuracy benchmark: known truth, many studies, few touchpoints."""

from dataclasses import replace

import numpy as np
import pytest

from simulated_study import responses_of, study_of
from supertouch.findings import analyze_wave, judge
from supertouch.simulate import fair, null, one_outcome, planted, truth
from supertouch.study.model import Analysis

STUDIES = 40


def run(design, *, n, studies=STUDIES):
    study = study_of(design, analysis=Analysis(replicates=200))
    for seed in range(studies):
        frame = responses_of(design, n, seed=seed)
        tables = analyze_wave(study, "w1", frame, complete=False)
        verdicts = judge(study, {"w1": frame}, {"w1": tables})["supertouchpoints"]
        yield tables, verdicts.set_index("touchpoint").verdict


def hard(design):
    """Weights, clusters, planned missingness and don't-knows on top of a design."""
    rates = np.ones(design.p)
    rates[::3] = 0.5
    return replace(
        design, ask_rate=rates, dont_know=0.05, cluster_size=5, icc=0.03, outcome_refused=0.02
    )


@pytest.mark.parametrize(
    ("design", "n"),
    [(planted(8, supers=2, lift=2.5), 1000), (hard(planted(8, supers=2, lift=2.5)), 1500)],
)
def test_intervals_cover_and_supers_are_found(design, n):
    known = truth(design, n=200_000, rng=np.random.default_rng(0))
    covered, found, false = [], [], 0
    for tables, verdicts in run(design, n=n):
        table = tables["importance"]
        table = table[(table.method == "lmg") & (table.component == "experience")]
        for k, outcome in enumerate(known.outcomes):
            row = table[table.outcome == outcome].set_index("touchpoint")
            j = [int(name[1:]) for name in row.index]
            share, beta = known.experience_share[k, j], known.beta[k, j]
            covered.extend((row.share_low <= share) & (share <= row.share_high))
            covered.extend((row.effect_low <= beta) & (beta <= row.effect_high))
        is_super = (verdicts == "super").to_numpy()
        found.append(is_super[known.supers].mean())
        false += bool(is_super[~known.supers].any())
    # 40 studies of 32 correlated intervals: a standard error near 1 point
    assert np.mean(covered) == pytest.approx(0.95, abs=0.03)
    assert np.mean(found) > 0.8
    assert false <= 0.05 * STUDIES + 3


@pytest.mark.parametrize("design", [null(8), fair(8), one_outcome(8), hard(one_outcome(8))])
def test_false_supers_are_rare(design):
    false = sum((verdicts == "super").any() for _, verdicts in run(design, n=800))
    # at a true rate of 5 % more than six of 40 has a chance of 0.3 %
    assert false <= 6


def test_contact_and_experience_are_kept_apart():
    """A touchpoint that loyal customers seek out earns contact, not experience."""
    design = planted(8, supers=2, lift=2.0)
    seek = np.zeros(8)
    seek[5] = 0.8
    outcomes = tuple(replace(outcome, loyal=0.5 * outcome.noise) for outcome in design.outcomes)
    design = replace(design, seek=seek, outcomes=outcomes)
    known = truth(design, n=200_000, rng=np.random.default_rng(0))
    shares = []
    for tables, _ in run(design, n=1500, studies=10):
        table = tables["importance"]
        table = table[(table.method == "lmg") & (table.touchpoint == "t5")]
        table = table[table.outcome == "loyalty"].set_index("component")
        shares.append(table.share)
    mean = np.mean([[share.experience, share.contact] for share in shares], axis=0)
    assert mean == pytest.approx([known.experience_share[0, 5], known.contact_share[0, 5]], abs=0.1)
    assert mean[0] < 0.1
    assert mean[1] > 0.6


# the full benchmark's own parts


def _complete_answers(rivals, *, n=400, p=4):
    rng = np.random.default_rng(3)
    rating = rng.normal(size=(n, p)) + rng.normal(size=(n, 1))
    outcome = rating @ np.array([[0.9, 0.8], [0.2, 0.3], [0.1, 0.0], [0.0, 0.1]])
    outcome += rng.normal(size=(n, 2))
    return rivals.Answers(rating, outcome, np.ones(n), np.arange(p))


def test_rivals_agree_where_every_rating_is_there():
    rivals = pytest.importorskip("benchmarks.accuracy.rivals", reason="run from the root")
    answers = _complete_answers(rivals)
    claims = {name: say(answers, replicates=100) for name, say in rivals.RIVALS.items()}
    same = claims["listwise OLS"], claims["mean imputation"]
    np.testing.assert_allclose(same[0].share, same[1].share)
    np.testing.assert_allclose(same[0].effect_low, same[1].effect_low)
    same = claims["pairwise Johnson"], claims["merged dummies"]
    np.testing.assert_allclose(same[0].share, same[1].share, rtol=1e-6)
    assert all(list(claim.is_super) == [True, False, False, False] for claim in claims.values())


def test_listwise_leaves_out_what_few_have_rated():
    rivals = pytest.importorskip("benchmarks.accuracy.rivals", reason="run from the root")
    answers = _complete_answers(rivals)
    answers.rating[30:, 3] = np.nan
    share = rivals.listwise(answers, replicates=0).share
    assert np.isnan(share[:, 3]).all()
    assert not np.isnan(share[:, :3]).any()


def test_figures_of_a_cell_count_what_happened():
    """Two touchpoints, the first truly super; in one study of four the second is taken for one."""
    judging = pytest.importorskip("benchmarks.accuracy.judge", reason="run from the root")
    from benchmarks.accuracy.truths import Known

    truth_ = np.array([[0.8, 0.2]] * 2)
    known = Known(
        share=truth_,
        effect=truth_,
        r2=np.array([0.4, 0.4]),
        works=np.ones((2, 2), dtype=bool),
        supers=np.array([True, False]),
        others=np.array([False, True]),
    )
    records = []
    for study in range(4):
        low = [[0.7, 0.3 if study == 0 else 0.1]] * 2
        said = {
            "share": [[0.75, 0.25]] * 2, "share_low": low, "share_high": [[0.9, 0.4]] * 2,
            "is_super": [study > 1, study == 1],
        }  # fmt: skip
        records.append({"seed": study, "supertouch": said, "seconds": {"supertouch": 1.0}})
    row = judging.figures(records, known, methods=("supertouch",)).iloc[0]
    assert row.recall == 0.5
    assert row.false_super == 0.25
    assert row.coverage_share == pytest.approx(7 / 8)
    assert row.coverage_share_lowest == 0.75
    assert row["rank"] == pytest.approx(1)
    assert row.bias_share == pytest.approx(0.75 / 0.8 - 1)
