"""San Francisco airport, 2013-2017: what changed, and what of it is more than chance."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from real_data import real_data
from supertouch.findings.tracking import track
from supertouch.intake import ingest_wave, validate_wave
from supertouch.study.load import load_study

STUDY = Path(__file__).parents[1] / "examples" / "sfo" / "study.toml"
WIFI = {
    True: [3.663, 3.890, 4.018, 4.070, 4.065],
    False: [3.652, 3.910, 4.030, 4.062, 4.080],
}


@pytest.fixture(scope="module")
def found():
    study = load_study(STUDY, raw=real_data("sfo", "raw"))
    study = replace(study, analysis=replace(study.analysis, replicates=300))
    responses = {}
    for wave in study.waves:
        incoming = ingest_wave(study, wave.id)
        frame = incoming.frame()
        validated = validate_wave(study, wave.id, frame, wave.file, meta=incoming.meta())
        responses[wave.id] = validated.responses
    return track(study, responses, {})


def satisfaction(found, touchpoint, comparison, *, weighted=True):
    table = found["tracking"]
    of_it = (table.measure == "satisfaction") & (table.touchpoint == touchpoint)
    rows = table[of_it & (table.comparison == comparison) & (table.weighted == weighted)]
    return rows.set_index("wave")


@pytest.mark.parametrize("weighted", [True, False])
def test_wifi_got_better(found, weighted):
    rows = satisfaction(found, "wifi", "previous", weighted=weighted)
    means = [rows.before["2014"], *rows.after]
    np.testing.assert_allclose(np.round(means, 3), WIFI[weighted])


def test_what_is_significant_about_wifi_and_security(found):
    since_2013 = satisfaction(found, "wifi", "baseline")
    assert since_2013.significant.all()
    assert since_2013.p_adjusted.max() < 0.001
    yearly = satisfaction(found, "wifi", "previous")
    assert yearly.significant.tolist() == [True, False, False, False]
    assert yearly.p_value["2015"] < 0.05 < yearly.p_adjusted["2015"]
    security = satisfaction(found, "security", "previous")
    assert security.significant.tolist() == [True, False, True, True]
    assert np.sign(security.change[security.significant]).tolist() == [1, -1, 1]
    assert satisfaction(found, "security", "baseline").significant.tolist() == [
        True,
        True,
        False,
        True,
    ]


def test_flights_and_strata_are_in_the_errors(found):
    """Passengers of a flight are alike: the error is larger than that of a random sample."""
    rows = satisfaction(found, "wifi", "previous")
    for row in rows.itertuples():
        half = (row.change_high - row.change_low) / 2
        simple = 1.96 * 1.1 * np.sqrt(1 / row.n_before + 1 / row.n_after)
        assert half > 1.15 * simple


def test_why_satisfaction_with_the_airport_rose(found):
    table = found["change_explained"]
    rows = table[(table.wave == "2017") & (table.comparison == "baseline")]
    whole = rows[rows.touchpoint == ""].set_index("part")
    parts = whole.drop(index="total").change.sum()
    assert parts == pytest.approx(whole.change["total"], abs=1e-10)
    assert whole.p_adjusted["experience"] < 0.05
    experience = rows[(rows.part == "experience") & (rows.touchpoint != "")]
    best = experience.sort_values("change").iloc[-1]
    assert best.touchpoint == "wifi"
    assert best.p_adjusted < 0.01
