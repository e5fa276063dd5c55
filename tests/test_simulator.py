"""What-if in the page: its sliders say what the command says, for any changes, in any language."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import report_tables
from hostile_study import ALERT, hostile_study
from simulated_study import responses_of, study_of
from supertouch.decisions.changes import Change, parse_changes
from supertouch.decisions.simulator import simulator
from supertouch.decisions.whatif import shifts, whatif
from supertouch.findings import analyze_wave
from supertouch.language import language
from supertouch.report.blocks import Simulator
from supertouch.report.cockpit.page import page
from supertouch.report.cockpit.texts import cleaned
from supertouch.report.evidence import Evidence
from supertouch.report.framing import framed
from supertouch.report.sections.whatif import whatif as section_of
from supertouch.simulate import planted
from supertouch.stats.packing import packed, unpacked
from supertouch.study.model import Scale, Text
from supertouch.tables import checked

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
browsing = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (Debian package chromium)")

DESIGN = planted(5, supers=2, lift=1.6, reach=(0.9, 0.4))
SCENARIOS = (
    {"t1": 0.4},
    {"t1": 0.4, "t3": 0.3},
    {"t0": -0.5, "t1": 0.15, "t2": 0.35, "t4": 1.0},
    {"t1": 9.0, "t3": 0.05},
    {"t0": -4.0, "t1": 4.0, "t2": 1.3, "t3": 1.4, "t4": 1.2},
)


def test_replicates_survive_packing():
    draws = np.random.default_rng(3).normal(0.2, 0.05, 1000)
    draws[7] = np.nan
    found = packed(draws)
    back = unpacked(found)
    assert len(found.text) == 2000
    assert np.isnan(back[7])
    assert np.nanmax(np.abs(back - draws)) <= 0.6 * found.step
    assert np.nanstd(back) == pytest.approx(np.nanstd(draws), rel=1e-12)
    assert np.nanmean(back) == pytest.approx(np.nanmean(draws), rel=1e-12)
    assert unpacked(packed(np.full(3, 0.25))).tolist() == [0.25] * 3
    assert np.isnan(unpacked(packed(np.full(2, np.nan)))).all()
    assert len(unpacked(packed(np.array([])))) == 0


def of_german(made):
    """Half of the touchpoints in grades of which 1 is best, labels and two languages."""
    grades = Scale("grades", 1, 5, 1, 1, 4, 1)
    items = [
        replace(item, label=Text({"de": f"Punkt {k}", "en": f"Point {k}"}),
                scale="grades" if k % 2 else item.scale)
        for k, item in enumerate(made.touchpoints)
    ]  # fmt: skip
    return replace(made, touchpoints=tuple(items), scales=dict(made.scales) | {"grades": grades},
                   languages=("de", "en"))  # fmt: skip


@pytest.fixture(scope="module")
def plain():
    made = of_german(study_of(DESIGN))
    return made, analyze_wave(made, "w1", responses_of(DESIGN, 900, seed=4), complete=False)


def odd(plain):
    """Loyalty is a share and a proxy, NPS is at its end, one touchpoint lacks an effect on it."""
    made, tables = plain
    tables = {name: frame.copy() for name, frame in tables.items()}
    levers = tables["levers"]
    tables["levers"] = levers[(levers.outcome != "loyalty") | (levers.touchpoint != "t3")]
    tables["outcomes"].loc[tables["outcomes"].outcome == "recommendation", "nps"] = 97.0
    tables["outcomes"]["proxy"] = tables["outcomes"].outcome == "loyalty"
    scales = dict(made.scales) | {"loyalty": Scale("loyalty", 0, 1, 1, 1)}
    outcomes = tuple(replace(item, proxy=item.role == "loyalty") for item in made.outcomes)
    return replace(made, scales=scales, outcomes=outcomes), tables


VARIANTS = {"plain": lambda plain: plain, "odd": odd}


def with_simulator(made, tables):
    return {**tables, "simulator": checked(simulator(made, tables), table="simulator")}


def written(made, tables, folder, *, about=("simulator",)):
    contents = []
    for code in made.languages:
        evidence = Evidence(made, tables, words=language(code), about=about)
        section = section_of(evidence, {})
        contents.append(framed(evidence, report_tables.MANIFEST, (section,)))
    file = folder / "cockpit.html"
    file.write_text(page(contents, {}), encoding="utf-8")
    return file


def test_the_table_holds_what_the_command_works_with(plain):
    made, tables = plain
    found = with_simulator(made, tables)["simulator"].set_index(["outcome", "unit", "touchpoint"])
    levers = tables["levers"].set_index(["outcome", "unit", "touchpoint"])
    assert set(found.index) == set(levers.index)
    both = found.join(levers[["reach", "effect", "headroom"]])
    assert both.weight.to_numpy() == pytest.approx((both.reach * both.effect).to_numpy())
    assert (both.maximum - both["mean"]).to_numpy() == pytest.approx(both.headroom.to_numpy())
    draws = tables["draws"].set_index(["outcome", "touchpoint", "replicate"]).sort_index()
    drawn, packs_of = [], []
    for (outcome, unit, name), row in found.iterrows():
        own = draws.loc[(outcome, name)]
        weights = own.reach * (own.beta_nps if unit == "nps" else own.beta)
        for kind, wanted in (("weight", weights), ("mean", own["mean"])):
            packs = [row[f"{kind}_{part}"] for part in ("start", "step", "draws")]
            got = unpacked(type(packed(np.zeros(1)))(*packs))
            assert np.abs(np.sort(got) - np.sort(wanted)).max() <= 0.6 * packs[1]
            drawn.append(wanted.to_numpy())
            packs_of.append(got)
    # one order for all columns, so that what they do together is kept, but not the order drawn
    assert np.corrcoef(packs_of) == pytest.approx(np.corrcoef(drawn), abs=1e-3)
    assert max(abs(np.corrcoef(a, b)[0, 1]) for a, b in zip(packs_of, drawn, strict=True)) < 0.3


def test_older_waves_and_waves_without_models_have_no_sliders(plain):
    made, tables = plain
    later = replace(made, waves=(*made.waves, replace(made.waves[0], id="w2")))
    assert simulator(later, tables).empty
    assert checked(simulator(later, tables), table="simulator").empty
    refused = {**tables, "levers": tables["levers"].iloc[:0]}
    assert simulator(made, refused).empty


@pytest.mark.parametrize(("touchpoints", "limit"), [(24, 0.4e6), (100, 1.6e6)])
def test_the_numbers_stay_small_and_stand_in_the_page_once(touchpoints, limit, tmp_path):
    made = report_tables.study(tmp_path, waves=1, touchpoints=touchpoints)
    tables = big_tables(made)
    text = written(made, tables, tmp_path, about=("performance",)).read_text("utf-8")
    assert len(text) < limit
    assert text.count(tables["simulator"].weight_draws[0]) == 1


def big_tables(made, replicates=1000):
    rng = np.random.default_rng(1)
    tables = report_tables.tables(made)
    packs = [packed(rng.normal(size=replicates)) for _ in range(40)]
    rows = []
    for k, item in enumerate(made.touchpoints):
        mean = packed(rng.normal(4, 0.05, replicates))
        scale = made.scales[item.scale]
        for j, (outcome, unit) in enumerate([("loyalty", "mean"), ("nps", "nps"), ("nps", "mean")]):
            weight = packs[(7 * k + j) % 40] if k or j else packed(rng.normal(size=replicates))
            rows.append({
                "wave": made.waves[-1].id, "outcome": outcome, "unit": unit,
                "touchpoint": item.id, "n": 900, "n_eff": 800.0, "degrees": 300,
                "quantile": 1.96, "proxy": False, "before": 3.5, "lowest": 1.0,
                "highest": 100.0, "minimum": scale.minimum, "maximum": scale.maximum,
                "mean": 3.2, "spread": 1.0, "best_mean": 4.4, "weight": 0.05,
                "significant": True, "weight_start": weight.start, "weight_step": weight.step,
                "weight_draws": weight.text, "mean_start": mean.start,
                "mean_step": mean.step, "mean_draws": mean.text,
            })  # fmt: skip
    return {**tables, "simulator": checked(pd.DataFrame(rows), table="simulator")}


@pytest.fixture(scope="module")
def chromium():
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium):
    """Open a page that must not complain nor ask for anything."""
    seen, contexts = [], []

    def opening(file, query="", *, locale="de-DE", width=1400):
        context = chromium.new_context(locale=locale, viewport={"width": width, "height": 900})
        contexts.append(context)
        tab = context.new_page()
        tab.on("console", lambda message: seen.append(message.text))
        tab.on("pageerror", lambda error: seen.append(str(error)))
        tab.on(
            "request",
            lambda ask: (
                seen.append(ask.url) if not ask.url.startswith(("file:", "about:")) else None
            ),
        )
        tab.goto(f"file://{file}{query}")
        tab.wait_for_selector(".page:not([hidden]) .result")
        return tab

    yield opening
    for context in contexts:
        context.close()
    assert seen == []


READ = """() => {
  const root = document.querySelector(".page:not([hidden]) .simulator");
  const text = (item, part) => item.querySelector(part).textContent;
  const card = (item) => ({...item.dataset, text: text(item, ".gain")});
  const cell = (item) => ({...item.dataset, text: item.childNodes[0].textContent});
  const cells = (row) => [...row.cells].slice(3).map(cell);
  const line = (row) => ({shift: row.cells[1].textContent, cells: cells(row)});
  return {
    together: [...root.querySelectorAll(".result")].map(card),
    singles: Object.fromEntries([...root.querySelectorAll(".singles tbody tr")]
      .map((row) => [row.dataset.touchpoint, line(row)])),
  };
}"""


def query_of(scenario, **more):
    link = ",".join(f"{name}:{value:g}" for name, value in scenario.items())
    return "?" + "&".join([f"whatif={link}", *(f"{key}={value}" for key, value in more.items())])


def until(tab, condition):
    """Wait until an expression is true; the page's policy forbids what playwright has for it."""
    for _ in range(100):
        if tab.evaluate(condition):
            return
        time.sleep(0.03)
    raise AssertionError(tab.evaluate(f"[location.href, {json.dumps(condition)}]"))


def number(text):
    return float("nan") if text in (None, "NaN") else float(text)


@browsing
@pytest.mark.parametrize("variant", list(VARIANTS))
def test_the_page_says_what_the_command_says(variant, plain, tmp_path, opened):
    made, tables = VARIANTS[variant](plain)
    file = written(made, with_simulator(made, tables), tmp_path)
    tab = opened(file)
    words = language("de")
    told = set()
    for scenario in SCENARIOS:
        tab.goto(f"file://{file}{query_of(scenario)}")
        got = tab.evaluate(READ)
        changes = [Change(name, improvement=value) for name, value in scenario.items()]
        wanted = whatif(made, tables, changes, wave="w1")
        told |= same_gains(got, wanted, words)
        for shift in shifts(made, tables["performance"], changes, wave="w1"):
            text = f"{words.number(shift.before)} → {words.number(shift.after)}"
            assert got["singles"][shift.touchpoint]["shift"] == text
    assert {"headroom", "beyond_best", "large"} <= told
    if variant == "odd":
        assert {"not_modelled", "nps_limit", "outcome_limit", "proxy"} <= told


def same_gains(got, wanted, words):
    told = set()
    for place, card in enumerate(got["together"]):
        rows = wanted[(wanted.outcome == card["outcome"]) & (wanted.unit == card["unit"])]
        assert len(rows) == 1 + len(got["singles"])
        for row in rows.itertuples():
            cell = card if row.touchpoint == "" else got["singles"][row.touchpoint]["cells"][place]
            assert set(cell["warnings"].split()) == set(row.warnings.split()), row
            told |= set(row.warnings.split())
            if np.isnan(row.gain):
                assert cell["text"] in ("–", words.say("simulator.no_sum"))
                continue
            gain = number(cell.get("gain", cell.get("sort")))
            half = row.gain_high - row.gain
            assert gain == pytest.approx(row.gain, rel=1e-9, abs=1e-12)
            # packed draws are exact to 1/4094 of their range: see supertouch.stats.packing
            assert number(cell["low"]) == pytest.approx(row.gain_low, abs=2e-4 * half)
            assert number(cell["high"]) == pytest.approx(row.gain_high, abs=2e-4 * half)
            assert shown(row, words) in cell["text"]
    return told


def shown(row, words):
    share = row.unit == "mean" and row.outcome == "loyalty" and "proxy" in row.warnings
    digits = 1 if share or row.unit == "nps" else 3
    return words.number(row.gain * (100 if share else 1), digits, signed=True)


@browsing
def test_sliders_fields_keys_links_and_languages(plain, tmp_path, opened):
    made, tables = plain
    file = written(made, with_simulator(made, tables), tmp_path)
    tab = opened(file)
    row = tab.locator('.page:not([hidden]) .sliders li[data-touchpoint="t1"]')
    slider, field = row.locator("input[type=range]"), row.locator("input[type=text]")
    start = slider.get_attribute("aria-valuetext")
    slider.focus()
    for _ in range(8):
        tab.keyboard.press("ArrowRight")
    assert field.input_value() == "+0,40"
    assert slider.get_attribute("aria-valuetext") != start
    until(tab, "document.getElementById('said').textContent.includes('Intervall')")
    until(tab, "decodeURIComponent(location.href).includes('whatif=t1:0.4')")
    by_slider = tab.evaluate(READ)

    field.fill("1.000")
    field.press("Enter")
    assert field.get_attribute("aria-invalid") == "true"
    assert "+0,4" in row.locator(".error").text_content()
    assert tab.evaluate(READ) == by_slider
    field.fill("−0,3")
    field.press("Tab")
    assert field.input_value() == "−0,30"
    assert slider.input_value() == "-0.3"
    assert "less" not in row.text_content()
    until(tab, "decodeURIComponent(location.href).includes('whatif=t1:-0.3')")

    command = tab.locator(".page:not([hidden]) .terminal code").text_content()
    assert command == "supertouch whatif t1=-0.3 --wave w1"
    assert parse_changes([command.split()[2]], study=made)[0] == Change("t1", improvement=-0.3)

    german = tab.evaluate(READ)
    tab.select_option("#choose-language", label="English")
    tab.wait_for_selector('.page[lang^="en"]:not([hidden]) .singles tbody tr')
    english = tab.evaluate(READ)
    numbers = [[{key: item[key] for key in ("gain", "low", "high")} for item in found["together"]]
               for found in (german, english)]  # fmt: skip
    assert numbers[0] == numbers[1]
    assert "points" in english["together"][0]["text"]
    tab.locator(".page:not([hidden]) .reset").click()
    until(tab, "!location.href.includes('whatif')")
    assert tab.evaluate(READ)["singles"] == {}
    assert number(tab.evaluate(READ)["together"][0]["gain"]) == 0


@browsing
def test_a_copied_link_brings_the_scenario_back(plain, tmp_path, opened):
    made, tables = plain
    file = written(made, with_simulator(made, tables), tmp_path)
    tab = opened(file, query_of(SCENARIOS[2]))
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.locator(".page:not([hidden]) .link").click()
    link = tab.evaluate("navigator.clipboard.readText()")
    wanted = tab.evaluate(READ)
    assert set(wanted["singles"]) == set(SCENARIOS[2])
    tab.goto("about:blank")
    tab.goto(link)
    assert tab.evaluate(READ) == wanted


@browsing
def test_without_scripts_the_page_says_what_to_do_instead(plain, tmp_path, chromium):
    made, tables = plain
    context = chromium.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"file://{written(made, with_simulator(made, tables), tmp_path)}")
    assert tab.locator(".simulator .off").inner_text() == language("de").say("simulator.off")
    context.close()


@browsing
@pytest.mark.parametrize(
    ("link", "kept", "refused"),
    [
        ("t1:0.4,t9:1,t3:abc", ["t1"], ["t9", "t3"]),
        ("t1:1e9,t3:NaN,t0:--1", [], ["t1", "t3", "t0"]),
        ("__proto__:1,constructor:2,t1:0.25,t1:3", ["t1"], ["__proto__", "constructor", "t1"]),
        ("%3Cimg%20src=x%20onerror=hacked()%3E:1", [], ["<img src=x onerror=hacked()>"]),
    ],
)
def test_a_link_that_is_not_understood_says_so(link, kept, refused, plain, tmp_path, opened):
    made, tables = plain
    tab = opened(written(made, with_simulator(made, tables), tmp_path), f"?whatif={link}")
    assert list(tab.evaluate(READ)["singles"]) == kept
    told = tab.locator(".page:not([hidden]) .beware li").first.text_content()
    assert all(name in told for name in refused)


@browsing
@pytest.mark.parametrize(("scheme", "width"), [("light", 1400), ("dark", 390)])
def test_everybody_can_use_it(scheme, width, plain, tmp_path, opened):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    made, tables = plain
    tab = opened(written(made, with_simulator(made, tables), tmp_path), query_of(SCENARIOS[3]),
                 width=width)  # fmt: skip
    tab.emulate_media(color_scheme=scheme)
    found = axe.Axe().run(tab).response["violations"]
    assert [(item["id"], [node["html"][:120] for node in item["nodes"]]) for item in found] == []
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


@browsing
def test_hostile_labels_stay_texts(tmp_path, opened):
    made, tables = hostile_study(tmp_path, waves=1)
    tables["simulator"] = big_tables(made, replicates=50)["simulator"]
    link = query_of({item.id: 0.5 for item in made.touchpoints[:12]})
    tab = opened(written(made, tables, tmp_path, about=("performance",)), link)
    root = tab.locator(".page:not([hidden]) .simulator")
    assert root.locator("script, img, b, iframe, a").count() == 0
    evidence = Evidence(made, tables, words=language("de"), about=("performance",))
    for item in made.touchpoints:
        name = root.locator(f'.sliders li[data-touchpoint="{item.id}"] .name').text_content()
        assert name.startswith(cleaned(evidence.label(item)))
    assert ALERT in root.text_content()
    assert "undefined" not in root.text_content()
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_sections_without_sliders_stay_as_they_were(plain):
    made, tables = plain
    evidence = Evidence(made, with_simulator(made, tables), words=language("en"),
                        about=("simulator",))  # fmt: skip
    (_, blocks) = section_of(evidence, {}).blocks[0].waves[0]
    (found,) = [block for block in blocks if isinstance(block, Simulator)]
    assert "unweighted" in found.base
    assert f"{made.analysis.replicates:,} replicates" in found.base
    assert section_of(Evidence(made, tables, words=language("en"), about=("levers",)), {}) is None
