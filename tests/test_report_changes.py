"""The report on what changed, on targets, on data quality, and the pages of their own."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

import report_tables
from packed_pages import unpacked
from report_change_tables import MOVED, NAMES
from report_reading import section_blocks as blocks
from supertouch.errors import OutputError
from supertouch.language import language
from supertouch.report import write_drift, write_field, write_tracking
from supertouch.report.blocks import Content, Grid, Headline, Prose
from supertouch.report.content import content
from supertouch.report.content import told as tell
from supertouch.report.evidence import Evidence
from supertouch.report.figures.field import field_plans
from supertouch.report.figures.layout import drawn
from supertouch.report.figures.plans import change_plans, plans
from supertouch.report.sections.compared import comparisons
from supertouch.report.sections.explained import explained
from supertouch.report.sections.field import field_sections
from supertouch.report.sections.steps import steps
from supertouch.study.model import Fieldwork, Implausible, Margin, Quality, Text, Weighting
from supertouch.tables import checked

RAW = re.compile(
    r"\b(nan|None|NaN|NaT|inf|not_met|column_renamed|straight_liner|speeder|no_model)\b|\{\w*\}"
)


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    made = report_tables.study(tmp_path_factory.mktemp("study"), touchpoints=14)
    pattern = Implausible(Text({"de": "Alter 999", "en": "Aged 999"}), ())
    margins = (Margin("region", {"1": 0.55, "2": 0.45}),)
    made = replace(
        made,
        quality=Quality(implausible=(pattern,), exclude=("duplicate",)),
        weighting=Weighting(margins),
        fieldwork=Fieldwork(target=1500),
    )
    return made, report_tables.tables(made)


def told(full, code="en", **changes) -> Content:
    study, tables = full
    changed = {}
    for name, change in changes.items():
        changed[name] = tables[name].copy()
        change(changed[name])
    evidence = Evidence(study, tables | changed, words=language(code))
    pictures = [plan.picture for plan in plans(evidence)]
    return tell(evidence, report_tables.MANIFEST, pictures=pictures)


def lines(report, section, wave=-1):
    parts = [item for item in blocks(report, section, wave) if isinstance(item, Prose)]
    return [line for item in parts for line in (*item.paragraphs, *item.bullets)]


def headlines(report, section, wave=-1):
    return [item.text for item in blocks(report, section, wave) if isinstance(item, Headline)]


def grids(report, section, wave=-1):
    return [item for item in blocks(report, section, wave) if isinstance(item, Grid)]


def test_changes_are_told_in_plain_words_the_significant_ones_first(full):
    report = told(full)
    first, second = headlines(report, "changes")
    assert re.fullmatch(
        r"Wave 2023 against Wave 2022 \(previous wave\): \d+ of \d+ changes tested are "
        r"significant\.",
        first,
    )
    assert first in lines(report, "answer")
    assert "(baseline)" in second
    assert "(previous wave and baseline)" in headlines(report, "changes", wave=1)[0]
    said = lines(report, "changes")
    assert "Satisfaction, up: “Store” (+0.31) and “Website” (+0.18)." in said
    level = next(line for line in said if "NPS" in line)
    assert level.startswith("Willingness to recommend, NPS: +14 → +20 (+6; interval 0 to +12)")
    assert "Customer loyalty, mean: 3.71 → 3.70 (−0.01;" in said[0]
    assert "not significant" in said[0]
    assert any(line.startswith("A next wave of this size would find changes") for line in said)
    assert "no earlier wave" in lines(report, "changes", wave=0)[0]
    leading, *others = grids(report, "changes")
    said_of = "changes, Wave 2023 against Wave 2022"
    every = next(grid for grid in others if said_of in grid.caption)
    assert not leading.folded
    satisfied = [row for row in leading.rows if row.cells[1].text == "satisfaction"]
    assert {row.cells[0].text for row in satisfied} == {"Store", "Website"}
    assert every.folded
    assert all(row.strong for row in every.rows[: len(leading.rows)])
    assert all("n = 1,380" in row.cells[2].detail for row in leading.rows)
    for text in ("n_eff = 1,223", "raked", "BH-adjusted", "no respondents known", "80% power"):
        assert text in leading.base


def test_that_nothing_changed_is_a_result(full):
    def calm(frame):
        frame["significant"] = False
        frame["p_adjusted"] = frame["p_adjusted"].where(frame["p_adjusted"].isna(), 0.8)

    report = told(full, "de", tracking=calm)
    assert "Nichts hat sich über den Zufall hinaus verändert (" in headlines(report, "changes")[0]
    assert not [grid for grid in grids(report, "changes") if not grid.folded]
    quiet = told(full, tracking=lambda frame: frame.__setitem__("p_adjusted", np.nan))
    assert "No change could be tested" in headlines(quiet, "changes")[0]


def test_weights_do_not_count_twice_and_a_panel_says_so(full):
    study, tables = full
    plain = tables["tracking"].assign(weighted=False, significant=True)
    both = pd.concat([tables["tracking"].assign(overlap=0.25), plain], ignore_index=True)
    report = told((study, tables | {"tracking": both}))
    assert headlines(report, "changes") == headlines(told(full), "changes")
    assert "25% of the sampling units are in both waves" in grids(report, "changes")[0].base


def test_a_change_without_a_model_says_which_wave_lacks_it(full):
    def refuse(frame):
        mean = (frame.measure == "mean") & (frame.wave == "2023")
        frame.loc[mean, "note"] = "no_model 2022 n_eff_below_columns"
        frame.loc[frame.touchpoint == "store", "note"] = "not_in_model 2022 base"

    cells = {row.cells[4].detail for grid in grids(told(full, "de", tracking=refuse), "changes")
             for row in grid.rows if len(row.cells) == 7}  # fmt: skip
    notes = {detail.split("\n")[-1] for detail in cells}
    assert "Welle 2022: nicht im Modell, zu wenige Bewertungen" in notes
    assert any(note.startswith("Welle 2022: kein Modell, die effektive") for note in notes)


def parts(tables, sizes, sure=()):
    """Make the parts of every change: (touchpoint, part) or part to its size, none else."""
    frame = tables["change_explained"].copy()
    keys = list(zip(frame.touchpoint, frame.part, strict=True))
    frame["change"] = [
        sizes.get(key, sizes.get(key[1], 0.0) if not key[0] else 0.0) for key in keys
    ]
    frame["change_low"], frame["change_high"] = frame.change - 0.5, frame.change + 0.5
    frame["p_adjusted"] = [0.01 if key in sure else 0.6 for key in keys]
    return {**tables, "change_explained": frame}


@pytest.mark.parametrize("code", ["de", "en"])
def test_parts_of_a_change_add_up_exactly(full, code):
    evidence = Evidence(*full, words=language(code))
    compared = comparisons(evidence, evidence.waves[-1])[0]
    found = explained(evidence, compared)
    assert [one.outcome.id for one in found] == ["loyalty", "nps"]
    for one in found:
        listed = steps(evidence, one)
        total = float(one.total["change"])
        assert sum(step.change for step in listed) == pytest.approx(total, abs=1e-12)
        kinds = [step.kind for step in listed]
        order = ["experience", "reach", "effect", "rest", "traded"]
        assert kinds == sorted(kinds, key=order.index)
        assert 6 <= kinds.count("experience") <= 9
        assert kinds[-1] in ("rest", "traded")
        gathered = [step for step in listed if re.match(r"[^:]+: \d+ ", step.label)]
        assert gathered
        assert all((step.low, step.sure) == (None, None) for step in gathered)
        assert one.before["before"] + total == pytest.approx(one.before["after"])
    plan = next(plan for plan in change_plans(evidence, evidence.waves[-1:])
                if plan.picture.name == "explained_2023")  # fmt: skip
    for ax, one in zip(plan.draw().axes, found, strict=True):
        ends = [float(line.get_xdata()[0]) for line in ax.lines if line.get_marker() == "D"]
        assert ends == pytest.approx([one.before["before"], one.before["after"]])
        bars = sum(patch.get_width() for patch in ax.patches)
        assert bars == pytest.approx(sum(abs(step.change) for step in steps(evidence, one)))


@pytest.mark.parametrize(
    ("effect", "rest", "expected", "both"),
    [
        (-0.3, 0.26, ["Effect and rest together"], "−0.040"),
        (-0.3, 0.1, ["Effect: Store", "Effect: 13 other touchpoints", "Rest"], None),
        (0.05, 0.04, ["Effect: Store", "Effect: 13 other touchpoints", "Rest"], None),
    ],
)
def test_effect_and_rest_are_told_together_where_they_all_but_cancel(
    full, effect, rest, expected, both
):
    study, tables = full
    sizes = {("store", "experience"): 0.05, ("website", "experience"): 0.01, "experience": 0.06,
             ("store", "effect"): effect / 2, ("website", "effect"): effect / 2,
             "effect": effect, "rest": rest, "total": 0.06 + effect + rest}  # fmt: skip
    sure = {("store", "experience"), ("store", "effect")}
    changed = parts(tables, sizes, sure=sure)
    evidence = Evidence(study, changed, words=language("en"))
    compared = comparisons(evidence, evidence.waves[-1])[0]
    found = explained(evidence, compared)[0]
    listed = steps(evidence, found)
    assert sum(step.change for step in listed) == pytest.approx(sizes["total"], abs=1e-12)
    assert listed[0].label == "Experience: Store"
    assert listed[0].sure is True
    assert [step.label for step in listed if not step.label.startswith("Experience")] == expected
    report = told((study, changed))
    text = " ".join(lines(report, "changes"))
    assert "experience with “Store” (+0.050) and effect of “Store”" in text
    assert ("Effect and rest move against each other" in text) == bool(both)
    assert both is None or f"{both} and " in text


def test_the_axis_of_a_waterfall_follows_its_bars(full):
    study, tables = full
    sizes = {("store", "experience"): 0.05, "experience": 0.05, "rest": 0.01, "total": 0.06}
    evidence = Evidence(study, parts(tables, sizes), words=language("en"))
    plan = next(plan for plan in change_plans(evidence, evidence.waves[-1:])
                if plan.picture.name == "explained_2023")  # fmt: skip
    for ax in plan.draw().axes:
        low, high = ax.get_xlim()
        assert high - low < 4 * 0.06
        assert {"<", ">"} <= {line.get_marker() for line in ax.lines}


def test_ranks_that_changed_are_coloured_and_named_at_both_ends(full):
    evidence = Evidence(*full, words=language("en"))
    planned = {plan.picture.name: plan for plan in change_plans(evidence, evidence.waves)}
    assert list(planned) == ["course", "rank_change_2022", "explained_2022", "rank_change_2023",
                             "explained_2023"]  # fmt: skip
    rows = full[1]["tracking"].query("wave == '2023' and comparison == 'previous'")
    ranks = rows[rows.measure == "rank"]
    moved = rows[(rows.measure == "share") & rows.significant]
    figure = planned["rank_change_2023"].draw()
    thick = [line for ax in figure.axes for line in ax.lines if line.get_linewidth() > 2]
    assert len(thick) == len(moved)
    names = [text.get_text() for ax in figure.axes for text in ax.texts]
    assert names.count("Word of mouth") == 2 * (ranks.touchpoint == "mouth").sum()
    assert "1 (1–5)" in names
    assert "Store" in planned["course"].picture.alt


def test_changed_touchpoints_are_those_whose_lines_move(full):
    evidence = Evidence(*full, words=language("en"))
    figure = change_plans(evidence, ())[0].draw()
    first = figure.axes[0]
    ends = [line.get_ydata() for line in first.lines if len(line.get_ydata()) == 3]
    steps_ = sorted(float(y[2] - y[1]) for y in ends)
    assert steps_ == pytest.approx(sorted(MOVED[name] for name in ("store", "website")))


def test_targets_say_what_is_met_and_what_it_takes_to_decide(full):
    report = told(full)
    text = "Wave 2023: targets in all 4 – met 1, missed 1, not decidable 2."
    assert headlines(report, "targets") == [text]
    grid = grids(report, "targets")[0]
    states = [row.cells[4].text for row in grid.rows]
    assert states == ["missed", "not decidable", "not decidable", "met"]
    worst, open_, *_ = grid.rows
    assert worst.cells[2].text == "at least 50%"
    assert (open_.cells[2].text, open_.cells[6].text) == ("at most 20%", "4,210")
    assert worst.cells[5].detail.startswith("n_eff = ")


def test_grades_are_aimed_at_and_compared_as_asked(tmp_path):
    study, tables = report_tables.variant("grades", tmp_path)
    report = told((study, tables), "de")
    cells = next(row.cells for row in grids(report, "targets")[0].rows
                 if row.cells[1].text == "Zufriedenheit")  # fmt: skip
    assert (cells[2].text, cells[3].text) == ("höchstens 3,80", "3,60")
    row = next(
        row.cells for row in grids(report, "changes")[0].rows if row.cells[0].text == "Filiale"
    )
    before, after = (float(row[k].text.replace(",", ".")) for k in (2, 3))
    assert (before - after, row[4].text) == (pytest.approx(0.31, abs=0.011), "+0,31")


def test_data_quality_is_told_in_the_readers_language(full):
    report = told(full, "de")
    weights, suspects, margins, drift = grids(report, "quality")
    assert [row.cells[1].text for row in suspects.rows][1:] == [
        "weniger als das 0,4-Fache der mittleren Dauer (Median)",
        "mindestens 8 Bewertungen, und alle gleich",
        "Alter 999",
    ]
    assert suspects.rows[0].cells[4].detail == "durch Zufall etwa 0,4"
    assert [row.cells[6].text for row in suspects.rows] == ["ausgeschlossen", *["behalten"] * 3]
    assert suspects.rows[1].cells[2].text == "212,5 Sekunden"
    assert weights.rows[0].cells[1].text == "angepasst (Raking)"
    assert "Region" in weights.rows[0].cells[1].detail
    assert [cell.text for cell in margins.rows[0].cells[2:]] == [
        f"{share}\u00a0%" for share in ("61,0", "55,0", "55,0")
    ]
    assert margins.rows[2].cells[4].text == "–"
    assert "Region „West“" in lines(report, "quality")[1]
    kinds = [row.cells[2].text for row in drift.rows]
    assert kinds[:2] == ["Spalte umbenannt", "Sprung in der Verteilung"]
    assert all(grid.base for grid in (weights, suspects, margins, drift))
    assert "Randverteilung von Region" in grids(report, "reach")[0].base


@pytest.mark.parametrize("table", NAMES)
def test_older_tables_are_told_without_what_they_lack(full, table):
    study, tables = full
    left = {name: frame for name, frame in tables.items() if name != table}
    empty = {name: checked(pd.DataFrame(), table=name) for name in NAMES}
    words = language("en")
    report = content(study, left, report_tables.MANIFEST, words=words)
    gone = {"tracking": "changes", "targets": "targets"}.get(table)
    assert gone not in {section.id for section in report.sections}
    bare = content(study, tables | empty, report_tables.MANIFEST, words=words)
    assert not {"changes", "targets", "quality"} & {section.id for section in bare.sections}
    evidence = Evidence(study, tables | empty, words=words)
    assert not change_plans(evidence, evidence.waves)


class Read(HTMLParser):
    """The visible text, ids and links of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text: list[str] = []
        self._hidden = 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self._hidden += tag in ("style", "script", "title", "code")
        self.ids += [value for name, value in attrs if name == "id"]
        self.links += [value for name, value in attrs if name in ("href", "xlink:href")]

    def handle_endtag(self, tag):
        self._hidden -= tag in ("style", "script", "title", "code")

    def handle_data(self, data):
        if not self._hidden:
            self.text.append(data)


def sound(path):
    """Return the text of a page that is one safe offline file without a raw word."""
    text = unpacked(path.read_text("utf-8"))
    read = Read(text)
    assert len(read.ids) == len(set(read.ids))
    assert {link.removeprefix("#") for link in read.links} <= set(read.ids)
    assert "default-src 'none'" in text
    assert not re.search(r'="https?://(?!www\.w3\.org/)', text)
    said = " ".join(read.text)
    raw = RAW.search(said)
    assert raw is None, said[max(raw.start() - 80, 0) : raw.end() + 80]
    return said, text


def test_the_page_on_tracking_has_every_wave_and_every_change(full, tmp_path):
    study, tables = full
    written = write_tracking(study, tables, report_tables.MANIFEST, folder=tmp_path)
    assert written[-1] == tmp_path / "tracking.html"
    figures = {path.name for path in written[:-1]}
    assert {f"explained_{wave}.de.svg" for wave in ("2022", "2023")} <= figures
    said, text = sound(written[-1])
    rows = tables["tracking"].query("wave == '2023' and comparison == 'baseline'")
    assert f"Alle Veränderungen ({len(rows)}), Welle 2023 gegenüber Welle 2021" in said
    assert "Zusammensetzung der Veränderung" in said
    assert text.count('class="chart"') == 2 * 5
    evidence = Evidence(study, tables, words=language("en"))
    for plan in change_plans(evidence, evidence.waves[-1:])[1:]:
        assert (
            drawn(plan)[1] == (tmp_path / "tracking" / f"{plan.picture.name}.en.svg").read_bytes()
        )


def test_a_single_wave_has_nothing_to_track(tmp_path):
    study, tables = report_tables.variant("one_wave", tmp_path)
    page = write_tracking(study, tables, report_tables.MANIFEST, folder=tmp_path)[-1]
    assert "There is no second wave to compare with yet." in sound(page)[0]


def test_the_page_of_a_wave_in_the_field(full, tmp_path):
    study, _ = full
    tables = report_tables.field_tables(study, "2023")
    written = write_field(study, tables, report_tables.MANIFEST, folder=tmp_path)
    assert written[-1] == tmp_path / "field.html"
    names = {path.name for path in written[:-1]}
    assert {f"field_{name}_2023.en.png" for name in ("days", "quotas", "bases", "dropout")} <= names
    said, _ = sound(written[-1])
    total = tables["field_days"].total.iloc[-1]
    assert f"Welle 2023: {total} von 1.500 Interviews" in said
    assert "März 2026" in said
    assert "Offen, es fehlen: " in said
    thin = tables["field_bases"].query("segment == '' and not enough")
    assert f"{len(thin)} of 14 touchpoints still have too few ratings for ±0.20 points." in said
    assert "Most break off after: " in said
    with pytest.raises(OutputError, match="field_days"):
        write_field(study, {}, report_tables.MANIFEST, folder=tmp_path)


def test_an_early_field_without_dates_and_quotas_is_told(full, tmp_path):
    study, _ = full
    tables = report_tables.field_tables(study, "2023")
    early = {
        name: checked(pd.DataFrame(), table=name) for name in ("field_days", "field_quotas")
    } | {
        "field_bases": tables["field_bases"].assign(
            half_width=np.nan, n_needed=np.nan, respondents_needed=np.nan, enough=False
        ),
        "field_dropout": tables["field_dropout"].head(1),
    }
    page = write_field(study, early, report_tables.MANIFEST, folder=tmp_path)[-1]
    said, _ = sound(page)
    assert "14 of 14 touchpoints" in said
    assert "Rücklauf" not in said


def test_a_field_without_a_target_or_drop_out_speaks_of_neither(full, tmp_path):
    study, _ = full
    tables = report_tables.field_tables(study, "2023")
    asked = tables["field_dropout"]
    tables |= {
        "field_days": tables["field_days"].assign(expected=np.nan),
        "field_dropout": asked.assign(n_last=0, share_last=0.0, n_reached=asked.n_reached.max()),
    }
    made = replace(study, fieldwork=Fieldwork())
    said, _ = sound(write_field(made, tables, report_tables.MANIFEST, folder=tmp_path)[-1])
    for text in ("gestrichelt", "Gleichmäßig", "Meiste Abbrüche", "dashed", "even pace", ": –."):
        assert text not in said
    assert "Niemand bricht vor der letzten Frage ab." in said
    evidence = Evidence(made, tables, words=language("de"), about=("field_days",))
    figure = next(plan for plan in field_plans(evidence) if "dropout" in plan.picture.name).draw()
    assert figure.axes[0].get_xticklabels()[0].get_text() == "1"
    assert figure.axes[0].lines[0].get_xdata()[0] == 1


@pytest.mark.parametrize(("sizes", "shown", "left"), [
    ((3, 20, 6), ["Region", "x2"], "x1"), ((40,), ["Region"], "Region (die ersten 11 von 40)"),
])  # fmt: skip
def test_groups_stand_below_the_name_of_their_segment(full, sizes, shown, left):
    study, _ = full
    tables = report_tables.field_tables(study, "2023")
    total = tables["field_bases"].query("segment == ''").assign(enough=True)
    few = total.assign(enough=False)
    names = ["region", *(f"x{k}" for k in range(1, len(sizes)))]
    groups = [few.assign(segment=name, segment_value=f"18 to {k} years of age")
              for name, size in zip(names, sizes, strict=True) for k in range(size)]  # fmt: skip
    bases = pd.concat([total, *groups], ignore_index=True)
    evidence = Evidence(study, tables | {"field_bases": bases}, words=language("de"),
                        about=("field_bases",))  # fmt: skip
    plan = next(plan for plan in field_plans(evidence) if "bases" in plan.picture.name)
    assert f"nicht oder nicht ganz gezeigt: {left} (" in plan.picture.base
    ax = plan.draw().axes[0]
    heads = [text.get_text() for text in ax.texts if text.get_weight() == "bold"]
    assert sorted(heads) == sorted(shown)
    ticks = [label.get_text().replace("\n", " ") for label in ax.get_xticklabels()]
    assert ticks[:2] == ["Gesamt", "18 to 0 years of age"]
    section = next(item for item in field_sections(evidence, {}) if item.id == "bases")
    lead = section.blocks[0].waves[0][1][0]
    assert lead.tone == "warning"
    count = 14 * sum(sizes)
    assert lead.text == (
        "Insgesamt: Alle 14 Kontaktpunkte haben genug Bewertungen für ±0,20 Punkte. In den Gruppen:"
        f" {count} von {count} Feldern (Kontaktpunkt und Gruppe) haben noch zu wenige."
    )


def test_what_was_not_tested_or_is_out_of_reach_is_said(full):
    study, tables = full

    def far(table):
        table.loc[table.measure == "nps", "n_needed"] = 210_464.0

    asked = replace(
        study,
        outcomes=tuple(
            replace(item, waves=("2023",)) if item.id == "nps" else item for item in study.outcomes
        ),
    )
    report = told((asked, tables), "de", tracking=far)
    every = next(grid for grid in grids(report, "changes") if " von " in grid.caption)
    assert re.search(r"\d+ Veränderungen, davon \d+ geprüft; ohne Test: .*Rang", every.base)
    planned = {row.cells[1].text: row.cells[6].detail for row in every.rows}
    assert planned["NPS"] == "für diese Veränderung: praktisch nicht erreichbar"
    assert planned["Mittelwert"] == "für diese Veränderung n = 812"
    reach = next(row for row in every.rows if row.cells[1].text == "Reichweite")
    assert re.fullmatch(r"\d+,\d\s%", reach.cells[2].text)
    alone = "Nur in einer der beiden Wellen gefragt und darum nicht vergleichbar: "
    assert any(line.startswith(alone) for line in lines(report, "changes"))
    assert not any(line.startswith(alone) for line in lines(told(full, "de"), "changes"))


def test_no_course_is_told_where_nothing_was_judged(full):
    def open_(table):
        table["trend"] = ""
        table["verdict"] = "undetermined"

    def steady(table):
        table["trend"] = ""

    text = "Kein Super-Touchpoint ist nachweislich geblieben, hinzugekommen oder verblasst."
    assert text in lines(told(full, "de", supertouchpoints=steady), "changes")
    assert text not in lines(told(full, "de", supertouchpoints=open_), "changes")


def test_who_is_left_out_and_what_is_hidden_is_counted(full):
    study, tables = full
    rows = tables["suppressed"].iloc[[0]]
    many = pd.concat([rows.assign(wave="2023", segment_value=str(k)) for k in range(14)])
    changed = tables | {"suppressed": many.reset_index(drop=True)}
    said = " ".join(lines(told((study, changed), "de"), "quality"))
    assert re.search(r"festgelegt ausgeschlossen: Dublette \d+; behalten: zu schnell \d+", said)
    assert re.search(r"Gruppe: 14 Gruppen, darunter ([^;]+; ){2}[^;]+ \(alle in", said)


def test_the_page_on_drift_has_the_edit_to_copy(full, tmp_path):
    study, tables = full
    last = {"drift": tables["drift"].query("wave == '2023'")}
    edit = '[touchpoints.website]\nrating = {2023 = "RATE_web"}\n# <b>\n'
    page = write_drift(study, last, report_tables.MANIFEST, folder=tmp_path, edit=edit)[-1]
    said, text = sound(page)
    assert "Wave 2023 is not taken before the study file deals with these differences." in said
    assert text.count("rating = {2023 = &#34;RATE_web&#34;}\n# &lt;b&gt;</code>") == 2
    none = {"drift": checked(pd.DataFrame(), table="drift")}
    calm = write_drift(study, none, report_tables.MANIFEST, folder=tmp_path, edit="")[-1]
    assert "The study file needs no change." in sound(calm)[0]


@pytest.mark.parametrize(
    ("item", "before", "after", "expected"),
    [
        ("website", "mean 3.45", "mean 4.02", ("Website", "Mittelwert 3,45", "Mittelwert 4,02")),
        ("store: contact", "blank: 5%", "", ("Filiale: Kontakt", "leer: 5\u00a0%", "–")),
        ("segment region", "1: 40%, 2: 60%", "Nord to Süd",
         ("Segment „Region“", "1: 40\u00a0%, 2: 60\u00a0%", "Nord to Süd")),
        ("weight", "6 (not_met): 8%", "1 to 5",
         ("Gewicht", "6 (kein Kontakt): 8\u00a0%", "1 bis 5")),
        ("", "X", "perhaps Y (0.61)", ("–", "X", "vielleicht Y (0.61)")),
    ],
)  # fmt: skip
def test_drift_is_told_in_the_readers_language(full, item, before, after, expected):
    def put(frame):
        frame.loc[:, ["item", "before", "after"]] = [item, before, after]

    drift = grids(told(full, "de", drift=put), "quality")[-1]
    assert tuple(cell.text for cell in drift.rows[0].cells[3:6]) == expected


def test_figures_of_the_field_are_the_same_every_time(full):
    study, _ = full
    tables = report_tables.field_tables(study, "2023")
    evidence = Evidence(study, tables, words=language("de"), about=("field_days",))
    plan = field_plans(evidence)[0]
    assert drawn(plan) == drawn(plan)
