"""Decisions, mix, inside view, incidents, what-if and plan: what is said, and that it is safe."""

from __future__ import annotations

import re
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

import report_decision_tables
import report_tables
import supertouch.decisions
import supertouch.report.handing_over
from report_reading import section_blocks as blocks
from supertouch.language import language
from supertouch.report import write_report
from supertouch.report.blocks import Grid, Headline, Profiles
from supertouch.report.cockpit.page import page
from supertouch.report.content import told as tell
from supertouch.report.evidence import Evidence
from supertouch.report.figures.layout import STYLE
from supertouch.report.figures.plans import plans
from supertouch.tables import checked
from supertouch.tables.decisions import NOT_WEIGHED
from test_report import TINY, Page, column, grids, prose
from test_report_figures import overlaps

NEW = ["portfolio", "whatif", "plan", "mix", "inside", "incidents"]
FIGURES = ("priorities", "budget", "mix", "overlap", "gap", "incidents")
CASES = [("full", "full"), ("hostile", "full"), ("hundred", "full"), ("refused", "undecided"),
         ("grades", "full"), ("grades", "tied"), ("one_wave", "quiet")]  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    found = {"told": {}}
    for name, case in CASES:
        study, tables = report_tables.variant(name, folder)
        more = report_decision_tables.decision_tables(study, tables, case=case)
        found[name, case] = (study, tables | more)
    return found


def told(made, name, case, code="en", **changes):
    key = (name, case, code)
    if key not in made["told"]:
        made["told"][key] = changed(made, name, case, code)
    return changed(made, name, case, code, **changes) if changes else made["told"][key]


def changed(made, name, case, code, **changes):
    study, tables = made[name, case]
    evidence = Evidence(study, tables | changes, words=language(code))
    pictures = [plan.picture for plan in plans(evidence)]
    return tell(evidence, report_tables.MANIFEST, pictures=pictures)


def headlines(report, section, wave=-1):
    return [item.text for item in blocks(report, section, wave) if isinstance(item, Headline)]


@pytest.mark.parametrize(("name", "case"), CASES)
def test_page_with_decisions_is_one_safe_file(made, name, case):
    contents = [told(made, name, case, code) for code in ("de", "en")]
    names = [plan.picture.name for plan in plans(Evidence(*made[name, case],
                                                           words=language("en")))]  # fmt: skip
    text = page(contents, {(code, key): TINY for code in ("de", "en") for key in names})
    parsed = Page(text)
    assert parsed.tags["script"] == 1
    assert parsed.tags["b"] == 0
    assert not parsed.handlers
    assert not [key for key, times in parsed.ids.items() if times > 1]
    assert {link[1:] for link in parsed.links} <= set(parsed.ids)
    assert parsed.tags["table"] == parsed.tags["caption"]
    said = " ".join(parsed.text)
    for text in ("{klammer}", "{brace}", "None of the"):
        said = said.replace(text, "")
    assert not re.search(r"\b(nan|None|NaN|NaT|inf)\b|\{\w*\}", said)
    for content in contents:
        for section in content.sections:
            for wave in range(len(content.waves)):
                for block in blocks(content, section.id, wave):
                    if isinstance(block, Grid) and section.id in NEW:
                        assert block.base
                        assert all(len(row.cells) == len(block.columns) for row in block.rows)
                        assert sum(span for _, span in block.groups) in (0, len(block.columns))


def test_sections_come_with_their_tables_and_in_order(made):
    order = [section.id for section in told(made, "full", "full").sections]
    assert order[order.index("danger") :][:9] == [
        "danger", "mix", "portfolio", "inside", "incidents", "changes", "targets", "whatif", "plan",
    ]  # fmt: skip
    study, tables = made["full", "full"]
    for name, case in (("full", "full"), ("one_wave", "quiet")):
        report = told(made, name, case)
        intro = next(section.intro for section in report.sections if section.id == "plan")
        assert ("whichever wave is chosen; as of Wave 2023." in intro) == (name == "full")
    older = {name: frame for name, frame in tables.items()
             if name not in report_decision_tables.NAMES}  # fmt: skip
    report = tell(Evidence(study, older, words=language("de")), report_tables.MANIFEST)
    assert not set(NEW) & {section.id for section in report.sections}
    terms = {term for section in report.sections if section.id in ("methods", "glossary")
             for block in section.blocks for term, _ in block.terms}  # fmt: skip
    assert not {"Portfolio", "Innensicht", "Plan", "Headroom", "Spielraum"} & terms


SAID = [
    ("full", "full", "de", "portfolio", "Welle 2023: auf 5 von 24 Kontaktpunkten konzentrieren – "),
    ("full", "full", "en", "portfolio", "Wave 2023: concentrate on 5 of 24 touchpoints – “"),
    ("one_wave", "quiet", "de", "portfolio", "Kein Kontaktpunkt hebt sich so ab"),
    ("one_wave", "quiet", "en", "portfolio", "No touchpoint calls for concentrating on it."),
    ("refused", "undecided", "de", "portfolio", "Keine Entscheidung möglich"),
    ("refused", "undecided", "en", "portfolio", "No decision possible"),
    ("full", "full", "de", "inside", "unterschätzt: „"),
    ("full", "full", "en", "inside", "overrated inside: “"),
    ("one_wave", "quiet", "de", "inside", "Kein blinder Fleck und kein Lieblingskind"),
    ("refused", "undecided", "en", "inside", "cannot be compared"),
    ("refused", "undecided", "de", "incidents", "wie wichtig das ist, lässt sich nicht sagen"),
    ("full", "full", "en", "incidents", "Most critical (often complained of and important)"),
    ("full", "full", "en", "mix", "5 touchpoints together reach 94% of all 1,480 respond"),
    ("full", "full", "en", "whatif", "The best set of measures would together bring +"),
    ("full", "full", "de", "plan", "6 Maßnahmen – 2 Soll erreicht, 1 verfehlt, 1 nicht entsch"),
    ("grades", "tied", "de", "plan", "Eine Maßnahme – 1 Soll erreicht."),
    ("one_wave", "quiet", "en", "plan", "6 measures are planned; the next wave will show"),
]


@pytest.mark.parametrize(("name", "case", "code", "section", "said"), SAID)
def test_headlines_are_made_from_the_numbers(made, name, case, code, section, said):
    assert said in headlines(told(made, name, case, code), section)[0]


def test_the_answer_says_what_to_do(made):
    text = prose(told(made, "full", "full", "de"))
    assert "Konzentrieren Sie sich auf " in text
    assert " und streichen Sie „" in text
    assert "No touchpoint stands out so far" in prose(told(made, "one_wave", "quiet"))
    assert "effective sample size of 240" in prose(told(made, "refused", "undecided"))


def test_every_touchpoint_has_one_decision_with_its_reason(made):
    study, tables = made["full", "full"]
    for position, wave in enumerate(study.waves):
        grid = grids(told(made, "full", "full", "de"), "portfolio", position)[0]
        rows = tables["portfolio"].query(f"wave == '{wave.id}'")
        assert len(grid.rows) == len(rows)
        assert all(cell.text.endswith(".") and " " in cell.text for cell in column(grid, "Warum"))
    marks = [cell.tone for cell in column(grid, "Schneller Erfolg")]
    assert marks.count("yes") == rows.quick_win.sum() > 0
    reasons = " ".join(cell.text for cell in column(grid, "Warum"))
    assert "Wer diesem und „" in reasons
    assert "je Prozentpunkt erreichter Kunden" in reasons
    assert column(grid, "Entscheidung")[0].detail.startswith("sonst ")


def test_a_rule_without_words_shows_its_code(made):
    frame = made["full", "full"][1]["portfolio"].copy()
    frame["evidence"] = "a_rule_of_tomorrow"
    grid = grids(told(made, "full", "full", portfolio=frame), "portfolio")[0]
    assert {cell.text for cell in column(grid, "Why")} == {"a_rule_of_tomorrow"}


def test_codes_of_decisions_have_words():
    room = Path(supertouch.decisions.__file__).parent
    source = "\n".join(path.read_text("utf-8") for path in room.glob("portfolio*.py"))
    decisions = "undecided|concentrate|recombine|neglect|drop"
    pairs = re.findall(rf'"(?:{decisions})", "((?!{decisions})[a-z_]+)"', source)
    known = {
        *pairs,
        *re.findall(r'return "((?:no|model)_[a-z_]+)" if', source),
        *("super", "candidate", "loyalty_builder", "recommendation_builder", "effect_both"),
        *("effect_loyalty", "effect_recommendation", "synergy", "cannibalisation"),
        *("met_together", "costs_without_effect", "costs_little_effect", "model_refused"),
        *("cheap_without_effect", "cheap_little_effect", "reach", "base"),
    }
    words = language("de")
    assert known <= words.group("grounds").keys()
    whatif = (room / "whatif.py").read_text("utf-8").partition("def _flags(")[2]
    flags = set(re.findall(r'flags\["(\w+)"\]|"(\w+)": (?:np\.|lever\.)', whatif))
    told_flags = {one or other for one, other in flags} - {"spread"}
    assert {"headroom", "large", "not_modelled"} <= told_flags
    assert (
        told_flags | {"proxy", "nps_limit", "outcome_limit"} <= words.group("whatif_warning").keys()
    )
    assert set(NOT_WEIGHED) <= words.group("not_weighed").keys()


def test_waves_without_rows_say_so(made):
    study, tables = made["full", "full"]
    last = study.waves[-1].id
    only = {name: checked(frame[frame.wave == last], table=name) for name, frame in tables.items()
            if name in report_decision_tables.NAMES and "wave" in frame}  # fmt: skip
    report = told(made, "full", "full", "de", **only)
    for section, said in (("portfolio", "keine Entscheidungen"), ("inside", "keine Innensicht"),
                          ("incidents", "keine Erwähnungen"), ("mix", "keine Ergebnisse"),
                          ("whatif", "nichts durchgerechnet")):  # fmt: skip
        assert said in prose(report, section, 0)
        assert headlines(report, section)
    assert headlines(report, "plan", 0) == headlines(report, "plan")


def test_missing_touchpoints_are_listed_and_what_few_named_comes_last(made):
    grid = grids(told(made, "full", "full", "de"), "portfolio")[-1]
    assert [row.cells[0].text for row in grid.rows] == [
        "app", "<b>abholstation</b>", "leihgerät", "andere, jeder von zu wenigen genannt",
    ]  # fmt: skip
    assert [cell.text for cell in column(grid, "Anteil der Gefragten")] == [
        "4,1\u00a0%", "1,6\u00a0%", "–", "0,6\u00a0%",
    ]  # fmt: skip


def test_levels_are_told_in_the_questionnaires_own_codes(made):
    study, tables = made["grades", "full"]
    report = told(made, "grades", "full", "de")
    de = language("de")
    turned = tables["portfolio"].query("wave == '2022'").set_index("touchpoint").satisfaction
    labels = {item.label.within("de"): item.id for item in study.touchpoints}
    grid = grids(report, "portfolio")[0]
    head = "Ist: Zufriedenheit (1 = sehr gut)"
    for row, cell in zip(grid.rows, column(grid, head), strict=True):
        assert cell.text == de.number(7 - turned[labels[row.cells[0].text]])
        assert re.search(r"\nn = [\d.]+\nn_eff = [\d.]+$", cell.detail)
    plan = tables["plan"].drop_duplicates("measure").set_index("label")
    grid = grids(report, "plan")[0]
    assert "bester Wert 1 = sehr gut" in grid.base
    for name, level in (("Ist damals", "before"), ("Soll", "target"), ("Ist jetzt", "now")):
        for row, cell in zip(grid.rows, column(grid, name), strict=True):
            value = plan.loc[row.cells[0].text, level]
            assert cell.text == de.number(7 - value if np.isfinite(value) else None)
    gap = tables["gap"].query("wave == '2022'").set_index("touchpoint")
    row = grids(report, "inside")[0].rows[0]
    share = gap.loc[labels[row.cells[0].text], "performance_outside"]
    assert row.cells[7].detail == f"Mittel {de.number(6 - 5 * share)}"


def test_agreement_of_auditors_is_graded_by_its_interval(made):
    report = told(made, "full", "full", "de")
    grid = grids(report, "inside")[1]
    assert column(grid, "ICC, ein Auditor")[0].detail == "0,32 bis 0,60\ngering bis mäßig"
    assert column(grid, "ICC, Mittel aller")[0].detail == "0,70 bis 0,88\nmäßig bis gut"
    assert "2 von 180 ausgefüllten Zellen" in prose(report, "inside")
    alone = grids(told(made, "one_wave", "quiet"), "inside")[1]
    assert [row.cells[0].detail for row in alone.rows] == ["one auditor only"] * 2


def test_pairs_are_told_with_the_significant_ones_first(made):
    report = told(made, "full", "full")
    sure, every, close = grids(report, "mix")[-3:]
    assert {cell.tone for cell in column(sure, "Kind")} == {"synergy", "cannibalisation"}
    assert [cell.tone for cell in column(every, "Kind")][: len(sure.rows)] == [
        cell.tone for cell in column(sure, "Kind")
    ]
    values = [cell.sort for cell in column(close, "Correlation")]
    assert values == sorted(values, reverse=True)
    quiet = told(made, "one_wave", "quiet")
    assert "None of the 80 pairs tested" in prose(quiet, "mix")
    assert "No pair is met together so often" in prose(quiet, "mix")


def test_a_budget_is_told_with_what_it_buys_and_with_the_word_on_causes(made):
    report = told(made, "full", "full", "de")
    said = prose(report, "whatif")
    assert "soweit die Effekte ursächlich sind" in said
    assert "Das Budget von 100.000 ist am besten in 3 Maßnahmen angelegt: „" in said
    frontier = grids(report, "whatif")[1]
    assert [row.strong for row in frontier.rows].count(True) == 1
    table = grids(report, "whatif")[0]
    assert table.rows[-1].cells[0].text == "Beste Auswahl zusammen"
    assert "mehr angestrebt, als die beste Antwort zulässt" in {
        cell.text for cell in column(table, "Vorbehalte")
    }
    frame = made["full", "full"][1]["budget"].assign(chosen=False)
    assert "Ein Budget nennt der Plan nicht." in prose(
        told(made, "full", "full", "de", budget=frame), "whatif"
    )


def test_profiles_tell_decision_gap_and_mentions(made):
    report = told(made, "full", "full")
    profiles = next(item for item in blocks(report, "profiles") if isinstance(item, Profiles))
    every = [item for item in profiles.profiles[11].blocks if isinstance(item, Grid)]
    grid = next(item for item in every if item.caption.startswith("Decision, inside"))
    assert len(grid.rows) == 3
    assert {cell.tone for cell in column(grid, "Decision")} == {"concentrate"}
    assert all(" of " in cell.text for cell in column(grid, "Negative mentions"))


@pytest.mark.parametrize(
    ("name", "case", "code"),
    [("full", "full", "de"), ("hundred", "full", "de"), ("hostile", "full", "en"),
     ("grades", "tied", "en"), ("refused", "undecided", "de")],
)  # fmt: skip
def test_figures_of_decisions_are_filled_and_legible(made, name, case, code, monkeypatch):
    texts, draw = [], mpl.text.Text.draw

    def noted(text, *args, **kwargs):
        if text.get_visible() and text.get_text().strip():
            texts.append(text)
        return draw(text, *args, **kwargs)

    monkeypatch.setattr(mpl.text.Text, "draw", noted)
    evidence = Evidence(*made[name, case], words=language(code))
    wave = evidence.waves[-1].id
    planned = {plan.picture.name: plan for plan in plans(evidence)}
    wanted = {f"{figure}_{wave}" for figure in FIGURES}
    absent = {"undecided": ("priorities", "budget", "incidents")}.get(case, ())
    absent += ("overlap",) if name == "hundred" else ()
    wanted -= {f"{figure}_{wave}" for figure in absent}
    assert wanted <= planned.keys()
    assert not {f"{figure}_{wave}" for figure in absent} & planned.keys()
    for figure_name in sorted(wanted):
        with mpl.rc_context(STYLE):
            figure = planned[figure_name].draw()
            canvas = FigureCanvasAgg(figure)
            texts.clear()
            canvas.draw()
            renderer = canvas.get_renderer()
            boxes = np.array([item.get_window_extent(renderer).extents for item in texts])
        width, height = figure.get_size_inches() * figure.dpi
        assert (boxes[:, :2] >= -0.5).all(), figure_name
        assert (boxes[:, 2:] <= [width + 0.5, height + 0.5]).all(), figure_name
        assert overlaps(boxes) == 0, figure_name
        assert any(ax.collections or ax.lines or ax.patches for ax in figure.axes)
        assert len(planned[figure_name].picture.alt) > 60


def test_tables_are_handed_over_but_what_people_wrote_is_not(made, tmp_path, monkeypatch):
    monkeypatch.setattr(supertouch.report.handing_over, "plans", lambda evidence: [])
    study, tables = made["one_wave", "quiet"]
    brought = {name: checked(tables["sample"].iloc[:0], table=name) for name in
               ("audits", "audit_quarantine", "mentions", "mention_quarantine")}  # fmt: skip
    write_report(study, tables | brought, report_tables.MANIFEST, folder=tmp_path)
    written = {path.stem for path in (tmp_path / "tables").iterdir()}
    assert set(report_decision_tables.NAMES) <= written
    assert not brought.keys() & written
