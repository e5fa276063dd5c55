"""The figures: nothing overlaps, nothing is cut off, and the same tables give the same bytes."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import report_tables
from hostile_study import hostile_study
from supertouch.language import language
from supertouch.report.charts.canvas import exact_digits, ticks
from supertouch.report.charts.trend import trend
from supertouch.report.cockpit.drawings import Drawings
from supertouch.report.evidence import Evidence
from supertouch.report.figures.drawing import drawings
from supertouch.report.figures.layout import STYLE, drawn
from supertouch.report.figures.plans import plans
from supertouch.report.labels import beside, spread


def overlaps(boxes: np.ndarray) -> int:
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    inside = ((high - low) > 0.5).all(axis=2)
    return int(np.triu(inside, 1).sum())


@pytest.mark.parametrize(("n", "size"), [(24, (110.0, 11.0)), (100, (16.0, 11.0))])
@pytest.mark.parametrize("seed", range(4))
def test_labels_do_not_overlap(n, size, seed):
    rng = np.random.default_rng(seed)
    points = np.column_stack([rng.uniform(60, 900, n), 40 + 480 * rng.beta(1, 3, n)])
    frame = np.array([0.0, 0.0, 960.0, 560.0])
    placed = beside(points, np.tile(size, (n, 1)), frame=frame)
    assert placed.free.all()
    assert overlaps(placed.boxes) == 0
    assert (placed.boxes[:, :2] >= 0).all()
    assert (placed.boxes[:, 2:] <= frame[2:]).all()


def test_spread_keeps_order_and_distance():
    wanted = np.array([5.0, 5.1, 5.05, 0.0, 9.99])
    places = spread(wanted, height=1.0, low=0.0, high=10.0)
    assert (np.diff(np.sort(places)) >= 1 - 1e-6).all()
    assert (np.argsort(places) == np.argsort(wanted)).all()


@pytest.mark.parametrize("high", [0.004, 0.02, 0.1, 0.13, 0.26, 0.55, 1.02])
def test_tick_labels_are_true_and_distinct(high):
    ax = Figure().add_subplot()
    ax.set_xlim(-0.01 * high, high)
    ticks(ax.xaxis, language("en"), percent=True, highest=1.0)
    labels = [label.get_text() for label in ax.get_xticklabels()]
    told = np.array([float(label.rstrip("%")) for label in labels]) / 100
    assert len(set(labels)) == len(labels) >= 3
    assert told == pytest.approx(ax.get_xticks(), abs=1e-12)
    assert told.max() <= 1
    assert exact_digits([0.0, 2.5, 5.0]) == 1


def test_trend_draws_the_fair_share_of_each_wave(tmp_path):
    evidence = Evidence(*report_tables.variant("full", tmp_path), words=language("en"))
    plan = next(plan for plan in plans(evidence) if plan.picture.name == "trend")
    assert "each wave's shares refer to the list" in plan.picture.base
    for ax in plan.draw().axes:
        assert "fair share 4.2 to 4.3%" in [text.get_text() for text in ax.texts]


@pytest.mark.parametrize("waves", [2, 3, 4])
def test_long_labels_of_waves_are_wrapped_at_the_dash(waves):
    names = [f"2019-08-1{k} – 2019-08-2{k}" for k in range(waves)]
    table = pd.DataFrame({"wave": names, "touchpoint": "a", "share": 0.1, "share_low": 0.05,
                          "share_high": 0.2})  # fmt: skip
    ax = Figure(figsize=(11, 4)).add_axes((0.1, 0.2, 0.26, 0.7))
    trend(table, waves=names, wave_labels=names, labels={"a": "A"}, words=language("en"), ax=ax)
    told = [label.get_text() for label in ax.get_xticklabels()]
    assert [text.replace("\n", " ") for text in told] == names
    assert all(line.startswith("2019-08-") for text in told for line in text.split("\n"))


def figure_names(name):
    if name == "long":
        return ["course", "rank_change_2025", "explained_2025"]
    names = ["reach_impact_{}_nps", "reach_impact_{}_loyalty", "importance_{}", "ranks_{}"]
    wave = {"full": "2023", "hundred": "2021", "hostile": "2021"}[name]
    names += ["verdicts_{}", "journey_{}", "asymmetry_{}", "halo_{}"]
    several = ["trend", "course", "rank_change_2023", "explained_2023"]
    return [text.format(wave) for text in names] + several * (name == "full")


@pytest.mark.parametrize(
    ("name", "code"),
    [("full", "de"), ("full", "en"), ("hundred", "de"), ("hostile", "en"), ("long", "de")],
)
def test_texts_of_figures_neither_overlap_nor_leave_the_page(name, code, tmp_path, monkeypatch):
    texts, draw = [], mpl.text.Text.draw

    def noted(text, *args, **kwargs):
        if text.get_visible() and text.get_text().strip():
            texts.append(text)
        return draw(text, *args, **kwargs)

    monkeypatch.setattr(mpl.text.Text, "draw", noted)
    evidence = Evidence(*report_tables.variant(name, tmp_path), words=language(code))
    planned = {plan.picture.name: plan for plan in plans(evidence)}
    assert set(figure_names(name)) <= planned.keys()
    for figure_name in figure_names(name):
        with mpl.rc_context(STYLE):
            figure = planned[figure_name].draw()
            canvas = FigureCanvasAgg(figure)
            texts.clear()
            canvas.draw()
            renderer = canvas.get_renderer()
            boxes = np.array([item.get_window_extent(renderer).extents for item in texts])
        upright = np.array([item.get_rotation() in (0.0, 90.0) for item in texts])
        width, height = figure.get_size_inches() * figure.dpi
        assert (boxes[:, :2] >= -0.5).all(), figure_name
        assert (boxes[:, 2:] <= [width + 0.5, height + 0.5]).all(), figure_name
        assert overlaps(boxes[upright]) == 0, figure_name
        assert len(planned[figure_name].picture.alt) > 60


def test_same_tables_same_bytes(tmp_path):
    evidence = Evidence(*report_tables.variant("refused", tmp_path), words=language("de"))
    plan = plans(evidence)[0]
    assert drawn(plan) == drawn(plan)


def test_many_hands_draw_the_same_figures(tmp_path):
    evidence = Evidence(*report_tables.variant("proxy", tmp_path), words=language("en"))
    planned = plans(evidence)[:6]
    assert list(drawings(planned, workers=2)) == list(drawings(planned, workers=1))


def test_a_figure_that_cannot_be_drawn_is_an_error(tmp_path):
    evidence = Evidence(*report_tables.variant("proxy", tmp_path), words=language("en"))
    planned = plans(evidence)[:6]

    def fail() -> Figure:
        raise ValueError("no such marker")

    planned[3] = replace(planned[3], draw=fail)
    for workers in (1, 2):
        found = drawings(planned, workers=workers)
        assert len([next(found) for _ in range(3)]) == 3
        with pytest.raises(ValueError, match="no such marker"):
            next(found)


def test_bars_lie_on_their_side_of_zero_and_uncertain_ones_are_pale(tmp_path):
    evidence = Evidence(*report_tables.variant("full", tmp_path), words=language("en"))
    plan = next(plan for plan in plans(evidence) if plan.picture.name == "asymmetry_2023")
    assert "pale: not significant" in plan.picture.base
    first = plan.draw().axes[0]
    pale, ends = set(), []
    for lines in first.collections:
        ends += [float(line[1, 0]) for line in lines.get_segments() if line[0, 0] == 0]
        pale.add(lines.get_alpha())
    assert {1.0, 0.35} <= pale
    assert min(ends) == pytest.approx(-0.9)
    assert "basic" in [text.get_text() for text in first.texts]


def test_the_page_keeps_every_number_of_a_figure(tmp_path):
    evidence = Evidence(*report_tables.variant("one_wave", tmp_path), words=language("de"))
    for plan in plans(evidence):
        if plan.picture.name.startswith(("journey", "importance")):
            svg = drawn(plan)[1].decode()
            shown = str(Drawings({("de", "x"): svg}).inline("de", "x", "alt"))
            texts = [re.findall(r">([^<>]*\S[^<>]*)<", text[text.index("<svg") :])
                     for text in (re.sub(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->",
                                         "", svg, flags=re.DOTALL), shown)]  # fmt: skip
            assert [text.strip() for text in texts[0]] == [text.strip() for text in texts[1]]
            assert any("n = 1." in text for text in texts[1])


def test_labels_with_control_characters_make_sound_pictures(tmp_path):
    study, tables = hostile_study(tmp_path)
    evidence = Evidence(study, tables, words=language("de"))
    assert not [text for text in (evidence.item_label(item.id) for item in study.touchpoints)
                if re.search("[\x00-\x1f\x7f\u202e\ufffe]", text)]  # fmt: skip
    newest = evidence.waves[-1].id
    names = {f"journey_{newest}", f"importance_{newest}", f"budget_{newest}"}
    for plan in plans(evidence):
        if plan.picture.name in names:
            root = ElementTree.fromstring(drawn(plan)[1])
            assert root.tag.endswith("svg")
            assert not list(root.iter("{http://www.w3.org/2000/svg}script"))
