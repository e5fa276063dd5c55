"""What a sound study file says is what the Study holds."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date

import pytest

from study_base import ALL_DATA, BASE, edited, load, waves, write
from supertouch.errors import StudyError
from supertouch.study import Codes, Columns, Contact, Text, load_study
from supertouch.study.model import (
    Analysis,
    Audit,
    Block,
    Computing,
    Fieldwork,
    Implausible,
    Margin,
    Mentions,
    PlanRule,
    Portfolio,
    Privacy,
    Quality,
    Questionnaire,
    SuperRule,
    Tracking,
    Weighting,
)


def test_a_sound_file_becomes_the_study_that_it_describes(tmp_path):
    study = load(tmp_path)
    assert study.folder == tmp_path
    assert study.raw == tmp_path / "data" / "raw"
    assert study.title.within("de") == "Titel"
    assert study.languages == ("de", "en")
    assert [item.id for item in study.touchpoints] == ["website", "advice", "hotline"]
    assert [item.id for item in study.waves] == ["w1", "w2"]
    assert study.touchpoint("website").cost == 1200
    assert study.touchpoint("advice").label.within("de") == "Advice"
    assert study.weight == Columns("W", {"w1": "WEIGHT"})
    assert study.stratum == Columns()
    assert study.status is not None
    assert study.status.codes == {"current": (1.0,), "former": (2.0,)}
    assert study.exclusions[0].values == (1.0,)
    assert study.exclusions[0].reason.within("en") == "Test interview"
    assert list(study.segments[0].values) == [1.0, "south"]
    assert study.rule == SuperRule(min_base=80)
    assert study.analysis == Analysis(replicates=200)


def test_where_the_study_is_computed(tmp_path):
    files = 'tls_ca = "keys/ca.pem"\ntls_cert = "keys/me.pem"\ntls_key = "keys/key.pem"'
    table = f'[engine]\nscheduler = "tls://[::1]:8786"\nmemory_gb = 4\nsample = 900\n{files}\n'
    text = edited(("[super]", f'{table}storage = "s3://bucket/surveys"\n[super]'))
    assert load(tmp_path).computing == Computing()
    assert load(tmp_path, text).computing == Computing(
        memory_gb=4.0,
        sample=900,
        scheduler="tls://[::1]:8786",
        storage="s3://bucket/surveys",
        tls_ca=tmp_path / "keys" / "ca.pem",
        tls_cert=tmp_path / "keys" / "me.pem",
        tls_key=tmp_path / "keys" / "key.pem",
    )
    path = write(tmp_path, text)
    assert load_study(path, scheduler="tls://b:1").computing.scheduler == "tls://b:1"


def test_columns_come_from_the_item_then_from_the_pattern(tmp_path):
    study = load(tmp_path)
    found = {
        (item.id, wave, key): getattr(item, key).within(wave)
        for item in study.touchpoints
        for wave in ("w1", "w2")
        for key in ("rating", "contact", "brand_fit")
    }
    assert found == {
        ("website", "w1", "rating"): "R_website",
        ("website", "w1", "contact"): "K_website",
        ("website", "w1", "brand_fit"): None,
        ("website", "w2", "rating"): "R_website",
        ("website", "w2", "contact"): "C_website",
        ("website", "w2", "brand_fit"): None,
        ("advice", "w1", "rating"): "R_advice",
        ("advice", "w1", "contact"): "K_advice",
        ("advice", "w1", "brand_fit"): None,
        ("advice", "w2", "rating"): "R_advice",
        ("advice", "w2", "contact"): "C_advice",
        ("advice", "w2", "brand_fit"): "FIT",
        ("hotline", "w1", "rating"): "R_phone",
        ("hotline", "w1", "contact"): None,
        ("hotline", "w2", "rating"): "R_hotline",
        ("hotline", "w2", "contact"): None,
        ("hotline", "w1", "brand_fit"): None,
        ("hotline", "w2", "brand_fit"): None,
    }


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ('"X"', {"w1": "X", "w2": "X"}),
        ("false", {"w1": None, "w2": None}),
        ('{ default = "X", w1 = false }', {"w1": None, "w2": "X"}),
        ('{ default = false, w2 = "X" }', {"w1": None, "w2": "X"}),
        ('{ w2 = "Q_{id}" }', {"w1": "K_website", "w2": "Q_website"}),
        ('"  X  "', {"w1": "X", "w2": "X"}),
    ],
)
def test_a_touchpoint_s_own_columns_override_the_pattern(tmp_path, spec, expected):
    study = load(tmp_path, edited(("cost = 1200", f"contact = {spec}")))
    contact = study.touchpoint("website").contact
    assert {wave: contact.within(wave) for wave in ("w1", "w2")} == expected


def test_outcomes_are_asked_where_they_have_a_column(tmp_path):
    study = load(tmp_path)
    loyalty, recommendation = study.outcomes
    assert loyalty.waves == ("w1", "w2")
    assert loyalty.min_items == 2
    assert loyalty.reversed_items == (False, False, True)
    assert loyalty.status == ("current",)
    assert recommendation.waves == ("w2",)
    assert recommendation.min_items == 1
    assert study.outcome_of("recommendation", "w1") is None


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5])
def test_half_of_the_items_rounded_up_makes_a_score(tmp_path, k):
    names = ", ".join(f'"L{i}"' for i in range(k))
    text = edited(('items = ["L1", "L2", "L3"]\nreversed = ["L3"]', f"items = [{names}]"))
    assert load(tmp_path, text).outcome("loyalty").min_items == -(-k // 2)


@pytest.mark.parametrize(
    ("lines", "disappointed", "delighted"),
    [
        ("min = 1\nmax = 5\nbest = 5", 2, 5),
        ("min = 1\nmax = 6\nbest = 1", 5, 1),
        ("min = 1\nmax = 7\nbest = 7", 2, 7),
        ("min = 0\nmax = 10\nbest = 10", 3, 9),
        ("min = 0\nmax = 1\nbest = 1", 0, 1),
        ("min = 1\nmax = 3\nbest = 3\nstep = 0.5", 1.5, 3),
        ("min = 0\nmax = 50\nbest = 50\nstep = 0", 20, 40),
        ("min = 1\nmax = 5\nbest = 5\ndisappointed = 3\ndelighted = 4", 3, 4),
    ],
)
def test_bands_default_to_the_worst_two_and_the_best_fifth(
    tmp_path, lines, disappointed, delighted
):
    text = edited(("min = 1\nmax = 5\nbest = 5", lines))
    scale = load(tmp_path, text).scales["rating"]
    assert (scale.disappointed, scale.delighted) == (disappointed, delighted)


def test_codes_and_contact_rules_override_single_keys(tmp_path):
    text = edited(
        ("refused = [99]", 'refused = [99]\nblank = "not_asked"\n[contact]\nmet = [1, 3]'),
        ("cost = 1200", "codes = { not_met = [6], refused = ['n/a'] }"),
        ("contact = false", 'contact_rule = { when_blank = "not_met" }'),
    )
    study = load(tmp_path, text)
    assert study.touchpoint("website").codes == Codes(
        not_met=(6.0,), dont_know=(98.0,), refused=("n/a",), blank="not_asked"
    )
    assert study.outcome("loyalty").codes.refused == (99.0,)
    assert study.touchpoint("advice").contact_rule == Contact(met=(1.0, 3.0))
    assert study.touchpoint("hotline").contact_rule == Contact(met=(1.0, 3.0), when_blank="not_met")


def test_waves_may_share_a_file_by_values_or_by_dates(tmp_path):
    data = ALL_DATA
    by_values = load(tmp_path, edited(data, waves("values = [1]", 'values = [2, "b"]')))
    assert [wave.file for wave in by_values.waves] == ["all.sav", "all.sav"]
    assert by_values.wave("w2").values == (2.0, "b")
    dates = ("from = 2025-01-01\nto = 2025-01-31", "from = 2026-01-01\nto = 2026-01-31")
    by_dates = load(tmp_path, edited(data, waves(*dates)))
    assert (by_dates.wave("w1").start, by_dates.wave("w1").end) == (
        date(2025, 1, 1),
        date(2025, 1, 31),
    )


DESIGN = [
    ("data", 'brand = "BRAND"', "brand", Columns("BRAND")),
    ("data", 'brand = { w2 = "MARKE" }', "brand", Columns(None, {"w2": "MARKE"})),
    ("data", "panel = true", "panel", True),
    ("data", "most_ratings = 3", "most_ratings", 3),
    ("analysis", 'covariates = ["region"]', "covariates", ("region",)),
    ("analysis", "imputations = 25", "imputations", 25),
]


@pytest.mark.parametrize(("table", "line", "key", "value"), DESIGN)
def test_the_design_of_the_survey_is_what_the_file_says(tmp_path, table, line, key, value):
    plain, contacts = load(tmp_path), ("contact = false", 'contact = "C_phone"')
    study = load(tmp_path, edited((f"[{table}]\n", f"[{table}]\n{line}\n"), contacts))
    owner = {"data": lambda found: found, "analysis": lambda found: found.analysis}[table]
    assert getattr(owner(study), key) == value
    assert getattr(owner(plain), key) != value


@pytest.mark.parametrize(
    "lines",
    [
        'respondent = "ID"\npanel = true',
        'cluster = "RUN"\npanel = true',
        'respondent = { w2 = "ID" }\ncluster = "RUN"\npanel = true',
        'respondent = "ID"\nbrand = "REGION"',
    ],
)
def test_panels_and_brands_that_can_be_told_apart_are_sound(tmp_path, lines):
    start = BASE.index("respondent = "), BASE.index("\n\n[data.status]")
    load(tmp_path, edited((BASE[slice(*start)], lines)))


def test_a_raw_folder_given_at_the_call_comes_first(tmp_path):
    assert load_study(write(tmp_path, BASE), raw=tmp_path / "here").raw == tmp_path / "here"


def test_a_proxy_may_be_read_from_the_column_of_another_outcome(tmp_path):
    text = edited(
        ('items = ["L1", "L2", "L3"]\nreversed = ["L3"]', 'column = "ALL"\nproxy = true'),
        (
            "[waves.w1]",
            '[outcomes.overall]\nlabel = "Overall"\nrole = "satisfaction"\ncolumn = "ALL"\n'
            "[waves.w1]",
        ),
    )
    assert load(tmp_path, text).outcome("loyalty").proxy


def test_a_large_study_loads_in_a_moment(tmp_path):
    many = "".join(f'[touchpoints.t{i}]\nlabel = "T{i}"\nphase = "after"\n\n' for i in range(100))
    path = write(tmp_path, edited(("[outcomes.loyalty]", f"{many}[outcomes.loyalty]")))
    load_study(path)
    start = time.perf_counter()
    assert len(load_study(path).touchpoints) == 103
    assert time.perf_counter() - start < 0.2


def test_brand_fit_takes_over_the_codes_that_it_does_not_replace(tmp_path):
    assert load(tmp_path).touchpoint("advice").brand_fit_codes is None
    text = edited(
        ("[columns]", "[brand_fit_codes]\nnot_met = [8]\nrefused = []\n\n[columns]"),
        (
            'brand_fit = { w2 = "FIT" }',
            'brand_fit = { w2 = "FIT" }\ncodes = { not_asked = [97] }\n'
            "brand_fit_codes = { refused = [9] }",
        ),
    )
    found = load(tmp_path, text).touchpoint("advice")
    expected = Codes(not_met=(8.0,), not_asked=(97.0,), dont_know=(98.0,), refused=(9.0,))
    assert found.brand_fit_codes == expected
    assert found.codes == replace(expected, not_met=(), refused=(99.0,))


TRUST = """
[quality]
duration = "SECONDS"
speeder = 0.3
exclude = ["speeder", "duplicate"]

[[quality.implausible]]
label = "Cannot be"
columns = [{ column = "AGE", values = [999] }, { column = { w2 = "KIDS" }, values = [20, "many"] }]

[weighting]
trim = [0.2, 5]

[weighting.margins.region]
"1.0" = 0.3
south = 0.7

[field]
date = "DAY"
target = 1500
quotas = { region = { 1 = 500 } }

[privacy]
keep = ["COMMENT"]
drop = ["PLATE"]
min_base = 30

[tracking]
compare = ["previous", "year"]
waves_per_year = 4

[super]"""


def test_quality_weights_fieldwork_privacy_and_tracking_are_what_the_file_says(tmp_path):
    text = edited(
        ("[super]", TRUST),
        (
            'file = "wave2.csv"',
            'file = "wave2.csv"\naccept_drift = true\n'
            "margins = { region = { 1 = 40, south = 60 }, area = { 2 = 1 } }",
        ),
        ("[segments.region]", '[segments.area]\nlabel = "A"\ncolumn = "A"\n[segments.region]'),
    )
    study = load(tmp_path, text)
    pattern = ((Columns("AGE"), (999.0,)), (Columns(None, {"w2": "KIDS"}), (20.0, "many")))
    assert study.quality == Quality(
        duration=Columns("SECONDS"),
        speeder=0.3,
        implausible=(Implausible(Text({"de": "Cannot be", "en": "Cannot be"}), pattern),),
        exclude=("speeder", "duplicate"),
    )
    by_wave = {"w2": {"1": 40.0, "south": 60.0}}
    region = Margin("region", {"1": 0.3, "south": 0.7}, by_wave)
    area = Margin("area", {}, {"w2": {"2": 1.0}})
    assert study.weighting == Weighting((region, area), (0.2, 5.0))
    assert study.fieldwork == Fieldwork(Columns("DAY"), 1500, quotas={"region": {"1": 500}})
    assert study.privacy == Privacy(keep=("COMMENT",), drop=("PLATE",), min_base=30)
    assert study.tracking == Tracking(("previous", "year"), waves_per_year=4)
    assert [wave.accept_drift for wave in study.waves] == [False, True]
    assert load(tmp_path).tracking == Tracking()


DECIDING = """
[audit]
files = "inside/*.xlsx"
points = 7
promise = { de = "Versprechen", en = "Promise" }

[mentions]
file = "mentions.xlsx"
sheet = "2026"
missing = { w2 = "MISSING" }
least = 3
columns = { date = "Datum", text = "Text" }
valence = { negative = ["bad", -1], positive = [1] }

[portfolio]
effect = 1.5
cost = 1

[plan]
file = "plans/plan.xlsx"
goal = "recommendation"
budget = 150000

[questionnaire]
most = 12
period = "in the past year"

[super]"""


def test_what_decisions_rest_on_is_what_the_file_says(tmp_path):
    study, plain = load(tmp_path, edited(("[super]", DECIDING))), load(tmp_path)
    promise = Text({"de": "Versprechen", "en": "Promise"})
    period = Text({"de": "in the past year", "en": "in the past year"})
    assert study.audit == Audit("inside/*.xlsx", 7, promise)
    assert study.mentions == Mentions(
        file="mentions.xlsx",
        sheet="2026",
        columns={"date": "Datum", "text": "Text"},
        valence={"negative": ("bad", -1.0), "positive": (1.0,)},
        missing=Columns(None, {"w2": "MISSING"}),
        least=3,
    )
    assert study.portfolio == Portfolio(effect=1.5, cost=1.0)
    assert study.plan == PlanRule("plans/plan.xlsx", "recommendation", 150_000.0)
    assert study.questionnaire == Questionnaire(12, period)
    assert (plain.audit, plain.mentions) == (Audit(), Mentions())
    assert (plain.portfolio, plain.plan) == (Portfolio(), PlanRule())
    assert plain.questionnaire == Questionnaire()


@pytest.mark.parametrize(
    "numbers", ["0.3 0.7", "0.333 0.666", "30 70", "0.4 99.6", "412 1", "0 1", "0 900"]
)
def test_margins_may_be_shares_percentages_or_counts(tmp_path, numbers):
    one, two = numbers.split()
    lines = f"[weighting.margins.region]\n1 = {one}\nsouth = {two}\n\n[super]"
    (margin,) = load(tmp_path, edited(("[super]", lines))).weighting.margins
    assert margin.within("w1") == {"1": float(one), "south": float(two)}


def test_a_wave_without_the_segment_is_taken_out_of_its_margin(tmp_path):
    text = edited(
        ('column = "REGION"', 'column = { w2 = "REGION" }'),
        ("[super]", "[weighting.margins.region]\n1 = 0.3\nsouth = 0.7\n\n[super]"),
        ('file = "wave1*.csv"', 'file = "wave1*.csv"\nmargins = { region = {} }'),
    )
    (margin,) = load(tmp_path, text).weighting.margins
    assert (margin.within("w1"), margin.within("w2")) == ({}, {"1": 0.3, "south": 0.7})


@pytest.mark.parametrize(
    ("scale", "stored"),
    [("min = 1\nmax = 5\nbest = 5", 2.2), ("min = 1\nmax = 5\nbest = 1", 3.8)],
)
def test_targets_are_written_as_people_know_the_scale(tmp_path, scale, stored):
    text = edited(
        ("min = 1\nmax = 5\nbest = 5", scale),
        ("cost = 1200", "target = { satisfaction = 2.2, reach = 0.5, delighted = 1 }"),
        ('scale = "likely"', 'scale = "likely"\ntarget = { nps = -40, mean = 8 }'),
    )
    study = load(tmp_path, text)
    found = study.touchpoint("website").targets
    assert found == {"satisfaction": pytest.approx(stored), "reach": 0.5, "delighted": 1.0}
    assert study.outcome("recommendation").targets == {"nps": -40.0, "mean": 8.0}
    assert study.touchpoint("hotline").targets == {}


@pytest.mark.parametrize(
    ("written", "english"),
    [
        ('questions = [{ de = "Ja.", en = "Yes." }, "A", "B"]', ["Yes.", "A", "B"]),
        ('question = { de = "Ja. / A / B", en = "Yes. / A / B" }', ["Yes.", "A", "B"]),
        ('question = { de = "Ja. / A", en = "Yes. / A / B" }', []),
        ('question = "What do you think of us?"', []),
        ("min_items = 1", []),
    ],
)
def test_each_item_of_an_outcome_has_its_wording(tmp_path, written, english):
    outcome = load(tmp_path, edited(('reversed = ["L3"]', written))).outcome("loyalty")
    assert [text.within("en") for text in outcome.questions] == english
    if english:
        assert outcome.questions[0].within("de") == "Ja."
        assert outcome.question.within("de") == "Ja. / A / B"


def test_blocks_of_a_split_questionnaire(tmp_path):
    line = """blocks = [
    { column = { w2 = "BLOCK" }, values = [1, "b"], touchpoints = ["website"] },
    { column = { w2 = "BLOCK" }, values = [2], touchpoints = [] },
]"""
    column = Columns(None, {"w2": "BLOCK"})
    assert load(tmp_path, edited(("[data]\n", f"[data]\n{line}\n"))).blocks == (
        Block(column, (1.0, "b"), ("website",)),
        Block(column, (2.0,), ()),
    )


@pytest.mark.parametrize(
    ("pattern", "stacked"),
    [('"R_{id}_{brand}"', ["w1", "w2"]), ('{ default = "R_{id}", w2 = "R_{id}_{brand}" }', ["w2"])],
)
def test_brands_with_columns_of_their_own_are_stacked_where_a_name_says_so(
    tmp_path, pattern, stacked
):
    lines = '[brands.acme]\nlabel = "Acme"\npart = "1"\n\n[brands.zenith]\nlabel = "Zenith"\n\n'
    text = edited(("[super]", f"{lines}[super]"), ('rating = "R_{id}"', f"rating = {pattern}"))
    study = load(tmp_path, text)
    assert [(item.id, item.column_part) for item in study.brands] == [
        ("acme", "1"),
        ("zenith", "zenith"),
    ]
    assert [w.id for w in study.waves if study.brand.within(w.id)] == stacked
    brand, region = study.segments
    assert (brand.id, brand.column, list(brand.values)) == (
        "brand",
        study.brand,
        ["acme", "zenith"],
    )
    assert region.id == "region"
    assert study.touchpoint("advice").rating.within("w2") == "R_advice_{brand}"


def test_two_faults_in_one_list_are_both_told(tmp_path):
    lines = '[quality]\nexclude = ["straight_line", "nonsense"]\n\n[super]'
    with pytest.raises(StudyError) as caught:
        load(tmp_path, edited(("[super]", lines)))
    told = str(caught.value)
    assert "straight_line" in told
    assert "nonsense" in told
