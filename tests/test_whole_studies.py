"""Whole studies from raw files to the report: the demo against its truth, and real surveys."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from real_data import real_data
from supertouch import pipeline
from supertouch.pipeline.demo import write_demo
from supertouch.simulate import write_truth

ROOT = Path(__file__).parents[1]
FEWER = "replicates = 300\n"


def table(study, name):
    return pd.read_csv(study.reports / "tables" / f"{name}.csv", keep_default_na=True)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo without its segments and with fewer replicates, for time."""
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder)
    write_truth(folder, rows=300_000)
    file = folder / "study.toml"
    text = file.read_text(encoding="utf-8")
    assert "[analysis]" not in text
    quotas = text[text.index("[field.quotas.") : text.index("\n# Waves")]
    head, _, tail = text.replace(quotas, "").partition("[segments.")
    rest = tail[tail.index("\n# ") :] if "\n# " in tail else ""
    file.write_text(f"{head}{rest}\n[analysis]\n{FEWER}", encoding="utf-8")
    study = pipeline.open_study(file)
    pipeline.run(study)
    return study


def truth(study, name):
    return pd.read_csv(study.folder / "data" / "truth" / f"{name}.csv", keep_default_na=True)


def test_the_demos_supers_are_the_true_ones_wave_by_wave(demo):
    found = table(demo, "supertouchpoints").set_index(["wave", "touchpoint"])
    known = truth(demo, "supertouchpoints").set_index(["wave", "touchpoint"])
    both = known.add_suffix("_true").join(found)
    supers = both[both.verdict_true == "super"]
    assert len(supers) == 12
    assert (supers.verdict == "super").mean() >= 0.9
    assert not ((both.verdict == "super") & (both.verdict_true != "super")).any()
    last = both.loc["2026q3"]
    assert last.trend["repair"] == "emerging"
    assert last.trend["phone_enquiry"] == "fading"
    assert set(last.index[last.trend == "sustained"]) == {"advice", "delivery", "hotline"}
    assert last.verdict["newsletter"] == "loyalty_builder"
    assert last.verdict["word_of_mouth"] == "recommendation_builder"


def test_the_demos_intervals_hold_the_truth(demo):
    known = truth(demo, "touchpoints").set_index(["wave", "outcome", "touchpoint"])
    found = table(demo, "importance")
    found = found[(found.method == "lmg") & (found.component == "experience")]
    keys = ["wave", "outcome", "touchpoint"]
    found = found.set_index(keys).join(known[["beta", "experience_share"]])
    share = found.experience_share
    held = (found.share_low <= share) & (share <= found.share_high)
    effect = (found.effect_low <= found.beta) & (found.beta <= found.effect_high)
    # about 210 correlated intervals each; reach below 15 % and purchase are the hardest
    assert held.mean() > 0.9
    assert effect.mean() > 0.9
    performance = table(demo, "performance").set_index(["wave", "touchpoint"])
    reach = known.xs("loyalty", level="outcome").reach.reindex(performance.index)
    held = (performance.reach_low <= reach) & (reach <= performance.reach_high)
    assert held.mean() > 0.88


def test_the_trap_of_the_demo_is_contact_not_experience(demo):
    found = table(demo, "importance")
    row = found[(found.method == "lmg") & (found.outcome == "loyalty") & (found.wave == "2026q3")]
    row = row[row.touchpoint == "customer_club"].set_index("component")
    assert row.share["contact"] > 0.5
    assert row.share["experience"] < 0.03


def test_the_demos_five_kinds_of_decision_are_found(demo):
    found = table(demo, "portfolio").set_index(["wave", "touchpoint"])
    known = truth(demo, "decisions").set_index(["wave", "touchpoint"]).decision
    assert not found.index.duplicated().any()
    assert set(found.index) == set(known.index)
    # touchpoints without effect can reach the fair share by chance, those of small reach above all
    assert (found.decision == known.reindex(found.index)).mean() > 0.85
    last = found.loc["2026q3"]
    assert set(last.decision[["advice", "delivery", "hotline", "repair"]]) == {"concentrate"}
    partner = last.with_touchpoint[last.decision == "recombine"].to_dict()
    expected = {"manual": "app", "app": "manual", "catalogue": "quote", "quote": "catalogue"}
    assert partner == expected
    assert set(last.index[last.decision == "drop"]) == {"advertising"}
    assert set(last.decision[["invoice", "confirmation", "customer_club"]]) == {"neglect"}
    missing = table(demo, "missing")
    named = set(missing.named[missing.wave == "2026q3"].dropna())
    assert named == {"WhatsApp-Service", "Chat auf der Website", "Showroom"}


def test_the_demos_inside_view_and_plan_are_told_as_they_were_planted(demo):
    gap = table(demo, "gap")
    kind = gap[gap.wave == "2026q3"].set_index("touchpoint").kind
    assert set(kind[["advertising", "trade_fair"]]) == {"pet"}
    assert set(kind[["hotline", "delivery"]]) == {"blind_spot"}
    plan = table(demo, "plan").groupby("measure").status.first()
    assert plan[["repair_five_days", "hotline_callback"]].to_list() == ["met", "not_met"]
    assert (plan.drop(["repair_five_days", "hotline_callback", "app_descaling"]) == "planned").all()
    incidents = table(demo, "incidents")
    critical = incidents[incidents.wave == "2026q3"].sort_values("rank").touchpoint
    assert critical.iloc[0] == "hotline"


def example(name, tmp_path, raw):
    """Run an example study with fewer replicates on the real raw files."""
    folder = tmp_path / name
    shutil.copytree(ROOT / "examples" / name, folder)
    file = folder / "study.toml"
    text = file.read_text(encoding="utf-8")
    heading = "[analysis]\n"
    if heading in text:
        text = text.replace(heading, heading + FEWER)
    else:
        text += f"\n{heading}{FEWER}"
    file.write_text(text, encoding="utf-8")
    study = pipeline.open_study(file, raw=raw)
    pipeline.run(study)
    return study


@pytest.fixture(scope="module")
def sfo(tmp_path_factory):
    return example("sfo", tmp_path_factory.mktemp("sfo"), real_data("sfo", "raw"))


def test_sfo_every_row_and_every_blank_is_accounted_for(sfo):
    sample = table(sfo, "sample").set_index("wave")
    assert sample.n_read.to_dict() == {2013: 3535, 2014: 2818, 2015: 2958, 2016: 3087, 2017: 2831}
    assert (sample.n_accepted == sample.n_read).all()
    assert sample.n_clusters.to_dict()[2017] == 212
    empties = table(sfo, "empties").set_index(["wave", "item", "kind"])
    overall = empties.loc[(2017, "overall", "outcome")]
    assert (overall.n_answered, overall.refused) == (2688, 143)
    art = empties.loc[(2017, "art", "rating")]
    assert (art.n_answered, art.not_met, art.refused) == (2284, 445, 102)
    assert (empties.iloc[:, 1:].sum(axis=1) == empties.n).all()
    contradictions = table(sfo, "contradictions").set_index(["wave", "kind"])
    assert contradictions.n[(2017, "rated_but_not_met")] == 559


def test_sfo_weighted_means_are_the_published_ones(sfo):
    wifi = table(sfo, "performance")
    wifi = wifi[(wifi.touchpoint == "wifi") & wifi.segment.isna()].set_index("wave")
    assert wifi.satisfaction.round(3).tolist() == [3.663, 3.890, 4.018, 4.070, 4.065]


def test_sfo_verdicts_say_what_they_rest_on(sfo):
    verdicts = table(sfo, "supertouchpoints")
    earlier = verdicts[verdicts.wave < 2017]
    assert set(earlier.verdict) == {"undetermined"}
    assert earlier.reason.str.contains("no_recommendation").all()
    assert verdicts.proxy.all()
    last = verdicts[verdicts.wave == 2017].set_index("touchpoint")
    assert len(last) == 22
    assert not last.verdict.isin(["undetermined", "too_few"]).any()
    assert last.verdict["security"] == last.verdict["wayfinding"] == "recommendation_builder"
    assert last.verdict["food"] in ("candidate", "super")
    page = (sfo.reports / "cockpit.html").read_text(encoding="utf-8")
    assert "proxy" in page


def test_sfo_keeps_everyone_where_listwise_deletion_keeps_a_tenth(sfo):
    models = table(sfo, "models")
    last = models[(models.wave == 2017) & models.segment.isna()].set_index("outcome")
    assert last.n["recommend"] == 2746
    responses = pd.read_parquet(sfo.processed / "validate" / "2017" / "responses.parquet")
    ratings = [name for name in responses if name.endswith(".rating")]
    assert responses[ratings].notna().all(axis=1).mean() < 0.15


def test_mobiles_is_undetermined_and_says_why(tmp_path):
    study = example("mobiles", tmp_path, real_data("spss"))
    sample = table(study, "sample").set_index("wave")
    assert sample.n_read.sum() == 895
    empties = table(study, "empties")
    cancel = empties[(empties.item == "cancel") & (empties.kind == "rating")]
    assert cancel.dont_know.sum() == 137
    verdicts = table(study, "supertouchpoints")
    assert set(verdicts.verdict) == {"undetermined"}
    assert verdicts.reason.str.contains("no_loyalty").all()
    assert not verdicts.proxy.any()
    importance = table(study, "importance")
    assert set(importance.component) == {"experience"}
    assert np.allclose(
        importance.groupby(["wave", "segment_value", "method"], dropna=False).share.sum(), 1
    )
