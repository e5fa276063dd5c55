"""What the sections on decisions claim is what their numbers carry: units, bases, thresholds."""

from __future__ import annotations

from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest

import report_decision_tables
import report_tables
from supertouch.language import language
from supertouch.report.charts.gap import dumbbells
from supertouch.report.evidence import Evidence
from supertouch.report.figures.plans import plans
from supertouch.study.model import Scale
from test_report import column, grids, prose
from test_report_decisions import headlines, tell

LAST = "2023"


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    study, tables = report_tables.variant("full", tmp_path_factory.mktemp("study"))
    return study, tables | report_decision_tables.decision_tables(study, tables)


def report(full, code="de", *, study=None, **changes):
    evidence = Evidence(study or full[0], full[1] | changes, words=language(code))
    pictures = [plan.picture for plan in plans(evidence)]
    return tell(evidence, report_tables.MANIFEST, pictures=pictures)


def text_of(found, section):
    cells = (cell for grid in grids(found, section) for row in grid.rows for cell in row.cells)
    return "\n".join((*headlines(found, section), prose(found, section),
                      *(f"{cell.text}\n{cell.detail}" for cell in cells)))  # fmt: skip


def test_gaps_that_are_not_significant_are_not_called_agreement(full):
    grid = grids(report(full), "inside")[0]
    kinds = {cell.tone: cell.text for cell in column(grid, "Befund")}
    assert kinds["agreed"] == "nicht gesichert"
    heads = [item.text for item in grid.columns]
    assert "innen (5 = am besten)" in heads
    assert any(head.startswith("außen (") for head in heads)
    assert "Übereinstimmung: gering bis mäßig (ICC" in prose(report(full), "inside")


def test_strong_lines_of_gaps_are_those_of_the_adjusted_test(full):
    table = full[1]["gap"].query(f"wave == '{LAST}'").dropna(subset="importance_gap")
    for value in ("importance", "performance"):
        axes = dumbbells(table, value=value, ends=("", ""), alpha=0.05)
        strong = [line.get_linewidth() > 2 for line in axes.lines[: len(table)]]
        assert strong == list(table[f"{value}_p_adjusted"] <= 0.05)


@pytest.mark.parametrize(
    ("lift", "said"),
    [(0.8, "Wenig Bedeutung für"), (1.2, "Unter der Schwelle von 1,5 × fairem Anteil für"),
     (1.45, "Knapp unter der Schwelle von 1,5 × fairem Anteil für"),
     (1.7, "Über der Schwelle von 1,5 × fairem Anteil, aber nicht belastbar")],
)  # fmt: skip
def test_little_effect_is_told_by_its_distance_from_the_threshold(full, lift, said):
    frame = full[1]["portfolio"].assign(decision="neglect", evidence="cost_unknown",
                                        lift_loyalty=lift, lift_recommendation=0.2)  # fmt: skip
    grid = grids(report(full, portfolio=frame), "portfolio")[0]
    assert {cell.text.startswith(said) for cell in column(grid, "Warum")} == {True}


def test_a_decision_that_changed_names_the_former_one(full):
    frame = full[1]["portfolio"].copy()
    frame["decision"] = np.where(frame.wave == LAST, "neglect", "concentrate")
    found = report(full, portfolio=frame)
    cells = column(grids(found, "portfolio")[0], "Entscheidung")
    assert all("Vorwelle: konzentrieren" in cell.detail for cell in cells)
    frame["decision"] = "neglect"
    assert "Vorwelle" not in text_of(report(full, portfolio=frame), "portfolio")


def test_quick_wins_without_costs_are_open_and_counted(full):
    frame = full[1]["portfolio"].copy()
    last = frame.wave == LAST
    frame.loc[last, "quick_win"] = False
    names = frame[last & frame.gain.notna()].touchpoint[:3]
    frame.loc[last & frame.touchpoint.isin(names), ["quick_win", "cost"]] = [None, np.nan]
    frame.loc[last & ~frame.touchpoint.isin(names), "cost"] = 5.0
    said = prose(report(full, portfolio=frame), "portfolio")
    assert "bei 3 Kontaktpunkten nicht zu bestimmen, da Kosten fehlen" in said
    assert "Kein Kontaktpunkt verspricht" not in said
    assert "großer" not in text_of(report(full), "portfolio")


def test_reach_names_its_base_and_gives_way_to_delight_where_one_reaches_all(full):
    frame = full[1]["reach_sets"].assign(n=1000)
    said = headlines(report(full, reach_sets=frame), "mix")[0]
    assert "94\u00a0% der 1.000 Befragten mit bekannten Kontakten (92 bis 96\u00a0%; " in said
    assert "; bekannt bei 68\u00a0% aller Befragten)" in said
    met = frame.criterion == "met"
    frame = frame[~met | (frame["size"] == 1)].copy()
    frame.loc[frame.criterion == "met", ["reach", "reach_high", "bound"]] = 1.0
    found = report(full, reach_sets=frame)
    assert "begeistert" in headlines(found, "mix")[0]
    assert "Ein Kontaktpunkt erreicht alle 1.000 Befragten" in prose(found, "mix")


def test_outcomes_of_no_and_yes_are_told_in_percentage_points(full):
    study, tables = full
    binary = Scale("sold", 0, 1, 1)
    loyal = study.outcome_of("loyalty", LAST)
    outcomes = tuple(replace(item, scale="sold") if item.id == loyal.id else item
                     for item in study.outcomes)  # fmt: skip
    changed = replace(study, outcomes=outcomes, scales={**study.scales, "sold": binary})
    found = report(full, study=changed)
    row = tables["whatif"].query(f"outcome == '{loyal.id}' and scenario != 'together'").iloc[0]
    grid = grids(found, "whatif")[0]
    cell = column(grid, f"{loyal.label.within('de')} (Prozentpunkte)")[0]
    de = language("de")
    assert cell.text == de.number(100 * row.gain, 1, signed=True)
    assert f"{de.integer(row.cost_per_point / 100)} je Prozentpunkt" in cell.detail
    assert "Prozentpunkte bei „" in headlines(found, "whatif")[0]
    assert " Prozentpunkte (" in prose(found, "whatif")
    assert "+31,0 Prozentpunkte" in text_of(found, "mix")
    assert "Prozentpunkte" in text_of(found, "plan")
    assert "Zugewinn Loyalität (Prozentpunkte)" in [
        item.text for item in grids(found, "whatif")[1].columns
    ]
    assert "Prozentpunkt" not in text_of(report(full), "whatif")


def test_measures_left_out_each_have_their_own_reason(full):
    frame = full[1]["plan"].copy()
    frame["weighed"] = np.resize(["not_certain", "no_cost"], len(frame))
    said = prose(report(full, plan=frame), "whatif")
    assert "nicht abgewogen werden konnten" not in said
    assert "abgewogen, aber der Zugewinn ist nicht gesichert" in said or "Kosten" in said
    for code in ("de", "en"):
        assert "under_way" in language(code).group("not_weighed")


def test_frequency_names_the_mentions_that_it_is_a_share_of(full):
    frame = full[1]["incidents"].copy()
    every = int(frame[frame.wave == LAST].n_negative.sum())
    for name in ("frequency", "frequency_low", "frequency_high"):
        frame[name] = frame[name] * every / (every + 7)
    found = report(full, incidents=frame)
    assert (f"allen {language('de').integer(every + 7)} negativen Erwähnungen seit der Welle davor,"
            " auch den 7 ohne Kontaktpunkt") in grids(found, "incidents")[0].base  # fmt: skip
    assert "alle Kontaktpunkte zusammen 100" in headlines(found, "incidents")[0]


def test_what_a_budget_maximises_is_drawn_first(full):
    planned = {plan.picture.name: plan for plan in plans(Evidence(*full, words=language("de")))}
    figure = planned[f"budget_{LAST}"].draw()
    top = max(figure.axes, key=lambda ax: ax.get_position().y1)
    assert "Zugewinn im Ziel (Standardabweichungen)" in {
        item.get_text() for item in top.findobj(mpl.text.Text)
    }


def test_the_map_names_what_something_is_done_about(full):
    planned = {plan.picture.name: plan for plan in plans(Evidence(*full, words=language("de")))}
    figure = planned[f"priorities_{LAST}"].draw()
    said = {item.get_text() for ax in figure.axes for item in ax.texts}
    rows = full[1]["portfolio"].query(f"wave == '{LAST}' and importance == importance")
    labels = {item.id: item.label.within("de") for item in full[0].touchpoints}
    idle = {labels[name] for name in rows[rows.decision.isin(["neglect", "undecided"])].touchpoint}
    acted = {labels[name] for name in rows[rows.decision == "concentrate"].touchpoint}
    assert acted <= said
    assert not idle & said
