"""Banner tables: what they hold, which differences get a letter, what is hidden, and the page."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import report_tables
from hostile_study import ALERT, hostile_study
from real_data import real_data
from report_banner_tables import banner_tables
from simulated_study import responses_of, study_of
from supertouch.findings.answers import cells, read_answers
from supertouch.findings.banner import banner_table, banner_waves
from supertouch.findings.banner.columns import column_letter
from supertouch.findings.performance import outcome_levels, performance
from supertouch.intake import ingest_wave, validate_wave
from supertouch.language import language
from supertouch.report.evidence import Evidence
from supertouch.report.pages import write_banner
from supertouch.report.sections.band_words import band_legend
from supertouch.report.sections.bands import bands
from supertouch.simulate import fair
from supertouch.stats import means
from supertouch.stats.change import proportion_change, t_change
from supertouch.stats.contrasts import contrasts, picked
from supertouch.stats.suppression import hidden
from supertouch.study.load import load_study
from supertouch.study.model import Columns, Outcome, Privacy, Reporting, Scale, Segment, Text
from supertouch.tables import checked

EXAMPLES = Path(__file__).parents[1] / "examples"
DESIGN = fair(3)
SEGMENTS = tuple(
    Segment(name, Text(), Columns(name.upper()), {code: Text() for code in codes})
    for name, codes in (("region", (2.0, 1.0, 10.0)), ("kind", ("new", "old")))
)


def made(*, best=5.0, privacy=10, letters=(0.95, 0.9), **changes):
    study = study_of(DESIGN, segments=SEGMENTS, **changes)
    rating = replace(study.scales["rating"], best=best, disappointed=None, delighted=None)
    ten = Scale("ten", 0, 10, 10)
    items = tuple(Columns(f"S{k}") for k in range(3))
    outcomes = (
        Outcome("loyal", Text(), "loyalty", items, (False, True, False), "rating", waves=WAVES),
        Outcome("nps", Text(), "recommendation", (Columns("N"),), (False,), "ten", waves=WAVES),
    )
    return replace(
        study,
        scales={"rating": rating, "ten": ten},
        outcomes=outcomes,
        privacy=Privacy(min_base=privacy),
        reporting=Reporting(letters=letters),
    )


WAVES = ("w1", "w2")


def answered(n=900, *, seed=1, lift=0.0):
    """Simulate a wave with weights, clusters and strata; ``lift`` goes to region 1."""
    rng = np.random.default_rng(seed)
    frame = responses_of(DESIGN, n, seed=seed)
    frame["segment.region"] = rng.choice(["1", "2", "10"], n, p=[0.5, 0.4, 0.1])
    frame["segment.kind"] = rng.choice(["new", "old", ""], n)
    frame["weight"] = rng.choice([0.5, 1.0, 2.0], n)
    frame["cluster"] = [f"c{k // 3}" for k in range(n)]
    frame["stratum"] = [f"s{k // 3 % 4}" for k in range(n)]
    for k in range(1, 4):
        frame[f"loyal.item{k}"] = rng.integers(1, 6, n).astype(float)
    frame["loyal.score"] = frame[[f"loyal.item{k}" for k in range(1, 4)]].mean(axis=1)
    shift = lift * (frame["segment.region"] == "1")
    frame["nps.score"] = np.clip(np.round(rng.normal(6 + shift, 2)), 0, 10)
    return frame


def told(study, frame, wave="w1"):
    answers = read_answers(study, wave, frame)
    return answers, checked(banner_table(study, answers, frame), table="banner")


def part(table, question, kind, measure, *, answer=""):
    rows = table[(table.question == question) & (table.kind == kind) & (table.measure == measure)]
    return rows[rows.answer == answer].set_index(["segment", "segment_value"])


@pytest.mark.parametrize("best", [5.0, 1.0])
def test_numbers_are_those_of_the_other_tables_and_add_up(best):
    study, frame = made(best=best), answered()
    answers, table = told(study, frame)
    for cell in cells(study, answers):
        key = (cell.segment, cell.value)
        levels = performance(study, answers, cell).set_index("touchpoint")
        for name in ("t0", "t2"):
            row = part(table, name, "touchpoint", "mean").loc[key]
            mean = levels.loc[name, "satisfaction"]
            assert row.value == pytest.approx(mean if best == 5 else 6 - mean)
            assert row.n == levels.loc[name, "n_rated"]
            assert row.n_eff == pytest.approx(levels.loc[name, "n_rated_eff"])
            reach = part(table, name, "contact", "met").loc[key]
            assert reach.value == pytest.approx(levels.loc[name, "reach"])
            assert reach.value_low == pytest.approx(levels.loc[name, "reach_low"])
        nps = outcome_levels(study, answers, cell).set_index("outcome").loc["nps"]
        assert part(table, "nps", "outcome", "nps").loc[key].value == pytest.approx(nps.nps)
        score = part(table, "loyal", "outcome", "mean").loc[key].value
        items = [part(table, f"loyal.{k}", "item", "mean").loc[key].value for k in (1, 2, 3)]
        turned = [items[0], 6 - items[1], items[2]]
        assert score == pytest.approx(np.mean(turned))
    answer = table[table.measure == "answer"]
    sums = answer.groupby(["question", "kind", "segment", "segment_value"]).value.sum()
    np.testing.assert_allclose(sums, 1.0)
    shares = [
        part(table, "t1", "touchpoint", "answer", answer=str(code)).value for code in range(1, 6)
    ]
    ends = shares[-2:] if best == 5 else shares[:2]
    np.testing.assert_allclose(part(table, "t1", "touchpoint", "top2").value, sum(ends))
    region = part(table, "t1", "touchpoint", "mean").loc["region"]
    total = part(table, "t1", "touchpoint", "mean").loc[("", "")]
    assert np.average(region.value, weights=region.n_weighted) == pytest.approx(total.value)
    assert region.n_weighted.sum() == pytest.approx(total.n_weighted)
    assert list(total[["letter", "letters"]]) == ["", ""]
    names = table.drop_duplicates(["segment", "segment_value"]).letter
    assert list(names) == ["", "A", "B", "C", "D", "E"]
    assert list(region.index) == ["2", "1", "10"]


@pytest.mark.parametrize("letters", [(0.95, 0.9), (0.95,)])
def test_letters_name_the_columns_that_a_value_lies_above(letters):
    study, frame = made(letters=letters), answered(2000, lift=1.0)
    table = told(study, frame)[1]
    rows = part(table, "nps", "outcome", "mean")
    assert rows.loc[("region", "1")].letters.split()[:2] == ["A", "C"]
    assert rows.loc[("region", "1")].against_total == 2
    assert rows.loc[("region", "2")].against_total == -2
    assert "B" not in rows.loc[("region", "2")].letters
    found = {key: set(row.letters.split()) for key, row in rows.iterrows()}
    own = {row.letter: key for key, row in rows.iterrows()}
    for key, names in found.items():
        for name in names:
            assert rows.loc[key].value > rows.loc[own[name.upper()]].value
            assert rows.loc[key].letter not in {x.upper() for x in found[own[name.upper()]]}
    capitals = {name for row in table.letters for name in row.split() if name.isupper()}
    smalls = {name for row in table.letters for name in row.split() if name.islower()}
    assert capitals
    assert bool(smalls) == (len(letters) == 2)
    assert set(table.against_total) <= ({-2, -1, 0, 1, 2} if smalls else {-2, 0, 2})
    few = part(told(study, frame.head(250))[1], "t0", "touchpoint", "mean")
    few = few[few.n < 30]
    assert len(few)
    assert (few.letters == "").all()


def test_columns_are_named_as_spreadsheets_name_them():
    names = [column_letter(place) for place in range(800)]
    assert len(set(names)) == 800
    assert all((len(a), a) < (len(b), b) for a, b in pairwise(names))


@pytest.mark.parametrize("form", ["share", "mean"])
def test_differences_of_overlapping_columns_have_the_error_of_a_jackknife(form):
    """Units are left out one by one, within strata, with weights: nothing is linearised."""
    rng = np.random.default_rng(5)
    n, units = 600, 150
    unit = rng.integers(0, units, n)
    stratum = np.arange(units) % 3
    effect = rng.normal(size=units)[unit]
    value = np.clip(np.round(3 + effect + rng.normal(size=n)), 1, 5)
    value = (value > 3).astype(float) if form == "share" else value
    weight = rng.choice([0.5, 1.0, 3.0], n)
    some, others = rng.random(n) < 0.5, rng.random(n) < 0.6
    base = np.column_stack([np.ones(n, bool), some, others, some & others, ~some])
    found = means.linearised(value[:, None], base, weight=weight, unit=unit, stratum=stratum)
    first, second = np.triu_indices(5, k=1)
    held = np.array([np.bincount(unit[column], minlength=units) > 0 for column in base.T]).T
    change = contrasts(found, held, first=first, second=second)
    variance = np.zeros(len(first))
    for k in range(3):
        left = []
        for gone in np.flatnonzero(stratum == k):
            w = weight[:, None] * base * (unit != gone)[:, None]
            left.append((w * value[:, None]).sum(axis=0) / w.sum(axis=0))
        left = np.array(left)[:, second] - np.array(left)[:, first]
        variance += (len(left) - 1) / len(left) * np.square(left - left.mean(axis=0)).sum(axis=0)
    np.testing.assert_allclose(change.error, np.sqrt(variance), rtol=0.03)
    assert (change.degrees > 20).all()
    assert (change.degrees < 2 * units).all()


def test_separate_columns_agree_with_textbook_tests():
    """Two groups of plain respondents: Newcombe (1998) and Welch, as statsmodels has them."""
    from statsmodels.stats.proportion import confint_proportions_2indep, test_proportions_2indep
    from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

    rng = np.random.default_rng(2)
    n = 3000
    group = np.arange(n) < 900
    value = np.clip(np.round(rng.normal(3 + 0.1 * group, 1)), 1, 5)
    base = np.column_stack([~group, group])
    design = {"weight": np.ones(n), "unit": np.arange(n), "stratum": np.zeros(n, dtype=int)}
    places = {"first": np.array([0]), "second": np.array([1])}
    found = means.linearised(value[:, None], base, **design)
    change = contrasts(found, base, **places)
    low, high, p_value = t_change(change, confidence=0.95)
    welch = CompareMeans(DescrStatsW(value[group]), DescrStatsW(value[~group]))
    expected = welch.tconfint_diff(usevar="unequal")
    np.testing.assert_allclose([low[0], high[0]], expected, atol=2e-4)
    assert p_value[0] == pytest.approx(welch.ttest_ind(usevar="unequal")[1], rel=0.01)
    yes = (value >= 4).astype(float)
    found = means.linearised(yes[:, None], base, **design)
    change = contrasts(found, base, **places)
    sides = picked(found.ratio, places["first"]), picked(found.ratio, places["second"])
    low, high, p_value = proportion_change(change, *sides, confidence=0.95)
    counts = (yes[group].sum(), group.sum(), yes[~group].sum(), (~group).sum())
    expected = confint_proportions_2indep(*counts, method="newcomb")
    np.testing.assert_allclose([low[0], high[0]], expected, atol=3e-4)
    assert p_value[0] == pytest.approx(test_proportions_2indep(*counts).pvalue, abs=0.01)


@pytest.mark.parametrize("clusters", [False, True])
def test_without_differences_one_comparison_in_twenty_has_a_capital(clusters):
    """Every kind of pair: within a segment, across segments that overlap, and against the total."""
    study = made()
    study = replace(study, touchpoints=study.touchpoints[:1])
    hits: dict[str, list[float]] = {"pair": [], "total": []}
    for seed in range(30):
        frame = answered(600, seed=[seed, 7])
        if not clusters:
            frame["cluster"] = np.arange(600).astype(str)
            frame["stratum"] = ""
        table = told(study, frame)[1]
        table = table[table.measure.isin(["top2", "mean", "met", "nps"]) & (table.segment != "")]
        capitals = table.letters.map(lambda text: sum(name.isupper() for name in text.split()))
        hits["pair"].append(capitals.sum() / (len(table) * 2))
        hits["total"].append((table.against_total.abs() == 2).mean())
    assert 0.03 < np.mean(hits["pair"]) < 0.07
    assert 0.03 < np.mean(hits["total"]) < 0.07


def test_small_bases_of_a_question_are_hidden_and_not_found_by_subtraction():
    study, frame = made(privacy=12), answered(900)
    raters = frame["t0.rating"].notna()
    keep = raters & (frame["segment.region"] == "10")
    few = keep & (keep.cumsum() <= 7)
    frame.loc[keep & ~few, "t0.rating"] = np.nan
    table = told(study, frame)[1]
    rows = part(table, "t0", "touchpoint", "mean")
    gone = rows[rows.hidden]
    assert ("region", "10") in gone.index
    assert len(gone.loc["region"]) == 2
    assert gone.n.sum() >= 12
    assert gone[["value", "value_low", "value_high", "n_weighted", "n_eff"]].isna().all(axis=None)
    assert (gone.letters == "").all()
    assert (gone.against_total == 0).all()
    letters = set(gone.letter)
    assert not any(letters & set(text.upper().split()) for text in rows.letters)
    assert not part(table, "t1", "touchpoint", "mean").hidden.any()
    assert rows.loc[("region", "10")].small
    nobody = frame.assign(**{"t0.rating": frame["t0.rating"].where(few)})
    rows = part(told(study, nobody)[1], "t0", "touchpoint", "mean")
    assert rows[rows.n > 0].hidden.all()
    assert rows.value.isna().all()
    study = made(privacy=100)
    columns = told(study, answered(900))[1][["segment", "segment_value"]].drop_duplicates()
    assert ("region", "10") not in set(columns.itertuples(index=False, name=None))


def test_few_of_unknown_segment_are_not_found_by_subtraction():
    study, frame = made(), answered(900)
    study = replace(study, privacy=replace(study.privacy, protect_unknown=True))
    frame["segment.kind"] = np.where(frame["segment.kind"] == "", "new", frame["segment.kind"])
    rated = frame["t0.rating"].notna()
    frame.loc[[*frame.index[rated][:4], *frame.index[~rated][:8]], "segment.kind"] = ""
    table = told(study, frame)[1]
    for _, rows in table[table.measure.isin(["mean", "met"])].groupby(["question", "kind"]):
        seen = rows[~rows.hidden]
        left = seen[seen.segment == ""].n.sum() - seen[seen.segment == "kind"].n.sum()
        assert left == 0 or left >= 10
    assert part(table, "t0", "touchpoint", "mean").loc["kind"].hidden.sum() == 1
    assert not part(table, "loyal", "outcome", "mean").hidden.any()


def test_letters_of_rare_answers_rest_on_several_unshared_ones():
    study, frame = made(), answered(900)
    frame["nps.score"] = frame["nps.score"].clip(lower=1)
    inside, outside = (frame.index[frame["segment.region"] == code] for code in ("1", "2"))
    frame["segment.kind"] = "old"
    frame.loc[[*inside[:20], *outside[:50]], "segment.kind"] = "new"

    def letters(unshared):
        frame.loc[outside[:unshared], "nps.score"] = 0.0
        table = told(study, frame)[1]
        row = part(table, "nps", "outcome", "answer", answer="0").loc[("kind", "new")]
        region = part(table, "nps", "outcome", "mean").loc[("region", "1")].letter
        return region, row.letters.split(), row.against_total

    region, few, against = letters(4)
    assert region not in few
    assert against == 0
    region, enough, against = letters(7)
    assert region in enough
    assert against == 2


@pytest.mark.parametrize("panel", [True, False])
def test_waves_are_compared_column_by_column(panel):
    study = replace(made(panel=panel), waves=study_of(DESIGN, waves=WAVES).waves)
    first = answered(900)
    second = first.assign(**{"nps.score": np.clip(first["nps.score"] + 0.1, 0, 10)})
    same = banner_waves(study, {"w1": first, "w2": second})
    mean = same[(same.question == "nps") & (same.measure == "mean")].iloc[0]
    assert mean.change == pytest.approx(0.1, abs=0.02)
    assert mean.significant == (2 if panel else 0)
    assert (same[same.question == "t1"].change.abs() < 1e-9).all()
    lower = second.assign(**{"nps.score": np.clip(first["nps.score"] - 3, 0, 10)})
    found = banner_waves(study, {"w1": first, "w2": lower})
    fell = found[(found.question == "nps") & (found.measure == "nps")]
    assert (fell.significant == -2).all()
    assert set(fell.segment_value) == {"", "2", "1", "10", "new", "old"}
    assert (found[["wave", "against"]].drop_duplicates().to_numpy() == [["w2", "w1"]]).all()
    assert banner_waves(study, {"w1": first}).empty


def test_questions_with_many_few_or_continuous_answers():
    study, frame = made(), answered(300)
    scales = {"rating": Scale("rating", 0, 100, 100), "ten": Scale("ten", 0, 10, 10, 0)}
    table = told(replace(study, scales=scales), frame)[1]
    rating = table[table.kind == "touchpoint"]
    assert set(rating.measure) == {"mean"}
    three = {"rating": Scale("rating", 1, 3, 3), "ten": Scale("ten", 0, 10, 0)}
    table = told(replace(study, scales=three), frame)[1]
    rating = table[table.kind == "touchpoint"]
    assert set(rating.measure) == {"answer", "mean"}
    asked = table[(table.question == "nps") & (table.segment == "")]
    points = asked.set_index("measure").value
    high = (frame["weight"] * (frame["nps.score"] >= 9)).sum() / frame["weight"].sum()
    assert points["top2"] == pytest.approx(high)
    assert list(asked[asked.measure == "answer"].answer) == [f"{k}" for k in range(11)]


def evidence(study, tables, code="en"):
    return Evidence(study, tables, words=language(code))


def test_bands_put_waves_and_groups_side_by_side(tmp_path):
    study, tables = report_tables.variant("full", tmp_path)
    tables |= banner_tables(study)
    told_ = evidence(study, tables)
    wave = told_.waves[-1]
    found = bands(told_, tables, wave)
    columns = {column.title: column for column in found[0].columns}
    assert [column.letter for column in found[0].columns] == ["3", "1", "2", "A", "B", "C"]
    assert all(len(line.cells) == len(columns) for band in found for line in band.lines)
    assert len({band.columns for band in found}) == 1
    band = next(item for item in found if item.id == "advice" and item.kind == "touchpoint")
    assert [line.form for line in band.lines[:4]] == ["n", "weighted", "n_eff", "percent"]
    cells_ = band.lines[-1].cells
    assert [cell.letters for cell in cells_] == ["1", "", "", "B 1", "1", ""]
    assert [cell.arrow for cell in cells_] == [0, 0, 0, 1, 0, 0]
    assert [cell.small for cell in cells_] == [False] * 4 + [True, True]
    assert [cell.hidden for cell in cells_] == [False] * 5 + [True]
    assert cells_[-1].value is None
    assert "4 + 5" in band.lines[-3].label
    assert band.text
    assert bands(told_, {"banner": tables["banner"].head(0)}, wave) == ()


def test_every_question_is_printed_as_far_as_the_study_words_it(tmp_path):
    study, tables = report_tables.variant("full", tmp_path)
    tables |= banner_tables(study)
    asked = (Text({"en": "I stay."}), Text({"en": "I leave."}), Text({"en": "I like it."}))
    worded = replace(
        study,
        outcomes=tuple(
            replace(item, questions=asked, question=Text({"en": "All three"}))
            if item.id == "loyalty"
            else item
            for item in study.outcomes
        ),
        questionnaire=replace(study.questionnaire, contact=Text({"en": "Did you\nmeet it?"})),
    )
    each = [text.within("en") for text in asked]
    cases = ((study, "", ["", "", ""]), (worded, "Did you meet it?", each))
    for made_, contact, items in cases:
        told_ = evidence(made_, tables)
        texts = {(band.id, band.kind): band.text for band in bands(told_, tables, told_.waves[-1])}
        assert [texts[f"loyalty.{k}", "item"] for k in (1, 2, 3)] == items
        assert texts["advice", "contact"] == contact
        assert texts["advice", "touchpoint"].startswith("How satisfied with")
    assert texts["loyalty", "outcome"] == "All three"


@pytest.mark.parametrize("variant", ["full", "hostile", "none"])
def test_the_page_shows_every_question_in_every_language(variant, tmp_path):
    if variant == "hostile":
        study, tables = hostile_study(tmp_path, touchpoints=6)
    else:
        study, tables = report_tables.variant("full", tmp_path)
        study = replace(study, touchpoints=study.touchpoints[:6])
    tables |= banner_tables(study) if variant != "none" else {}
    files = write_banner(study, tables, report_tables.MANIFEST, folder=tmp_path)
    assert [path.name for path in files] == ["banner.html"]
    text = files[0].read_text("utf-8")
    assert f"<script>{ALERT}" not in text
    assert f"onerror={ALERT}>" not in text.replace("&gt;", "")
    if variant == "full":
        assert "Social-Media-Auftritte: Bewertung" in text
        assert "44*" in text
        assert "gesperrt" in text
        assert "(25\u00a0%)" in text
        assert "△ B 1" in text
        assert "95\u00a0%" in text


def test_the_legend_says_which_levels_and_how_many_false_letters(tmp_path):
    study, tables = report_tables.variant("full", tmp_path)
    for letters, words in (((0.95, 0.9), ["95%", "90%", "about 5 "]), ((0.975,), ["97.5", "2.5"])):
        own = replace(study, reporting=Reporting(letters=letters, small_base=75))
        text = " ".join(band_legend(evidence(own, tables)))
        assert all(word in text for word in [*words, "below 75", "fewer than 10"])
        assert ("small letters" in text) == (len(letters) == 2)
        assert "{" not in text


def test_an_airport_is_tabulated_as_its_own_file_says():
    """Shares and weighted bases of WiFi, counted in the raw file; flights are its clusters."""
    study = load_study(EXAMPLES / "sfo" / "study.toml", raw=real_data("sfo", "raw"))
    incoming = ingest_wave(study, "2017")
    raw = incoming.frame()
    found = validate_wave(study, "2017", raw, "2017", meta=incoming.meta())
    table = told(study, found.responses, "2017")[1]
    code = pd.to_numeric(raw[study.touchpoint("wifi").rating.within("2017")])
    weight = pd.to_numeric(raw[study.weight.within("2017")]).where(code.between(1, 5))
    total = part(table, "wifi", "touchpoint", "top2").loc[("", "")]
    assert total.n == weight.notna().sum()
    assert total.value == pytest.approx(weight[code >= 4].sum() / weight.sum())
    mean = part(table, "wifi", "touchpoint", "mean")
    assert mean.loc[("", ""), "value"] == pytest.approx((weight * code).sum() / weight.sum())
    region = mean.loc[mean.index.get_level_values(0) != ""]
    assert len(region) >= 2
    assert (region.n < total.n).all()


@pytest.mark.parametrize(
    ("counts", "already", "gone"),
    [
        ([40, 25, 3], [False, False, True], {1, 2}),
        ([40, 25, 0], [False, False, True], set()),
        ([40, 25, 12, 9], [False, False, True, True], {3}),
        ([40, 30, 25, 12], [False, False, False, True], set()),
        ([40, 30, 25, 9, 8], [False, False, False, True, False], {3, 4}),
    ],
)
def test_groups_hidden_elsewhere_count_among_the_hidden(counts, already, gone):
    """What can be found by subtraction has enough respondents, whoever is hidden elsewhere."""
    small, complementary = hidden(np.array(counts), minimum=10, already=np.array(already))
    assert set(np.flatnonzero(small | complementary)) == gone
