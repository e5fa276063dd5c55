"""The story that the deck tells of the newest wave: which slides, in which order."""

from __future__ import annotations

from collections.abc import Callable

from supertouch.report.blocks import Cards, Chart, Content, Grid, Headline, Prose
from supertouch.report.evidence import Evidence
from supertouch.report.native import native_charts
from supertouch.report.sections.cards import verdict_text
from supertouch.report.sections.portfolio import DECISIONS
from supertouch.report.sections.verdicts import verdict_order
from supertouch.report.slides.finding import blocks_of, first, headline
from supertouch.report.slides.records import Line, Slide, Table
from supertouch.report.slides.telling import Told, beside, counted, headed, label
from supertouch.report.slides.titles import (
    bands_title,
    importance_title,
    moved_title,
    parts_title,
    phases_title,
    reach_impact_title,
    reach_title,
)

__all__ = ["story"]

TARGETED = 5
CARDS = 6


def story(evidence: Evidence, content: Content) -> list[Slide]:
    """Return the slides after the cover, in the order of the report."""
    wave = evidence.waves[-1]
    charts: dict[str, dict[str, Chart]] = {}
    for chart in native_charts(evidence, wave):
        kind, _, about = chart.name.partition(f"_{wave.id}")
        charts.setdefault(kind, {})[about.lstrip("_")] = chart
    told = Told(evidence, content, wave, charts)
    return [slide for tell in CHAPTERS for slide in tell(told)]


def _answer(told: Told) -> list[Slide]:
    blocks = blocks_of(told.content, "answer", told.wave.id)
    title = next((block.text for block in blocks if isinstance(block, Headline)), "")
    lines: list[Line] = []
    for block in blocks:
        if isinstance(block, Prose):
            whole = [text for text in block.paragraphs if not text.endswith((":", ")"))]
            lines += [("", text) for text in (*whole, *block.bullets)]
    base = next((block.base for block in blocks if isinstance(block, Cards)), "")
    base = base or told.evidence.base(told.wave.id)
    slides = [Slide("answer", title, lines=tuple(lines), base=base)]
    cards = first(told.content, "answer", told.wave.id, Cards)
    for card in (cards.cards if cards is not None else ())[:CARDS]:
        head = told.evidence.words.say(
            "slides.card", touchpoint=card.title, badge=card.badge, wave=label(told)
        )
        slides.append(Slide("card", head, lines=card.lines, base=base))
    return slides


def _reach_impact(told: Told) -> list[Slide]:
    return [
        Slide(
            "reach_impact",
            reach_impact_title(told.evidence, told.wave, outcome),
            charts=(chart,),
            base=chart.base,
        )
        for about, chart in told.of("reach_impact").items()
        for outcome in told.evidence.driven(told.wave.id)
        if outcome.id == about
    ]


def _importance(told: Told) -> list[Slide]:
    charts = told.of("importance")
    outcomes = [told.evidence.study.outcome(about) for about in charts][:2]
    if not outcomes:
        return []
    title = importance_title(told.evidence, told.wave, outcomes)
    return [beside("importance", title, [charts[item.id] for item in outcomes])]


def _verdicts(told: Told) -> list[Slide]:
    evidence, words = told.evidence, told.evidence.words
    rows = sorted(evidence.rows("supertouchpoints", told.wave.id), key=verdict_order)
    if not rows:
        return []
    names = ("touchpoint", "verdict", "probability", "share_loyalty", "share_recommendation",
             "p_adjusted", "trend")  # fmt: skip
    table = Table(
        tuple(words.say(f"column.{name}") for name in names),
        tuple(
            (
                evidence.item_label(str(row["touchpoint"])),
                verdict_text(evidence, row),
                words.chance(row["probability"]),
                words.percent(row["share_loyalty"], 1),
                words.percent(row["share_recommendation"], 1),
                words.p_value(row["p_adjusted"]),
                words.known("trend", str(row["trend"])) if row["trend"] else "–",
            )
            for row in rows
        ),
        (False, False, True, True, True, True, False),
        tuple(row["verdict"] for row in rows),
    )
    verdicts = list(dict.fromkeys(str(row["verdict"]) for row in rows))
    title = counted(told, "verdict", "supertouchpoints", verdicts)
    base = evidence.base(told.wave.id, words.say("explain.probability"))
    return [Slide("verdicts", title, table=table, base=base)]


def _phases(told: Told) -> list[Slide]:
    outcomes = told.evidence.driven(told.wave.id) or told.evidence.outcomes(told.wave.id)
    return [
        Slide("phases", phases_title(told.evidence, told.wave, outcomes), (chart,), base=chart.base)
        for chart in told.of("phases").values()
    ]


def _experience(told: Told) -> list[Slide]:
    titles: dict[str, Callable[[Evidence, Chart], str]] = {
        "reach": reach_title,
        "bands": bands_title,
    }
    return [
        Slide(kind, title(told.evidence, chart), (chart,), base=chart.base)
        for kind, title in titles.items()
        for chart in told.of(kind).values()
    ]


def _danger(told: Told) -> list[Slide]:
    lead = first(told.content, "danger", told.wave.id, Prose)
    sentences = lead.paragraphs if lead is not None else ()
    slides = []
    for k, chart in enumerate(told.of("asymmetry").values()):
        title = sentences[k] if k < len(sentences) else chart.title
        slides.append(Slide("asymmetry", title, (chart,), base=chart.base))
    return slides


def _mix(told: Told) -> list[Slide]:
    charts = [*told.of("sets").values(), *told.of("funnel").values()]
    return headed(told, "mix", "mix", charts)


def _portfolio(told: Told) -> list[Slide]:
    slides = headed(told, "portfolio", "portfolio", list(told.of("portfolio").values()))
    prose = first(told.content, "portfolio", told.wave.id, Prose)
    if slides and prose is not None and prose.bullets:
        title = counted(told, "decision", "portfolio", DECISIONS)
        lines = tuple(("", text) for text in prose.bullets)
        slides.append(Slide("portfolio", title, lines=lines, base=slides[0].base))
    return slides


def _inside(told: Told) -> list[Slide]:
    return headed(told, "gap", "inside", list(told.of("gap").values()))


def _incidents(told: Told) -> list[Slide]:
    return headed(told, "incidents", "incidents", list(told.of("incidents").values()))


def _course(told: Told) -> list[Slide]:
    charts = told.of("course")
    shown = [
        chart
        for about, chart in charts.items()
        if about.endswith("_nps") or f"{about.removesuffix('_mean')}_nps" not in charts
    ]
    slides = headed(told, "course", "changes", shown[:2])
    trends = list(told.of("trend").values())[:2]
    if trends:
        title = told.evidence.words.say("figure.trend_title")
        lines = [block for block in blocks_of(told.content, "changes", told.wave.id)
                 if isinstance(block, Prose) and block.paragraphs]  # fmt: skip
        title = lines[0].paragraphs[0] if lines else title
        slides.append(beside("trend", title, trends))
    return slides


def _changes(told: Told) -> list[Slide]:
    slides = [
        Slide("changes", moved_title(told.evidence, chart), (chart,), base=chart.base)
        for chart in told.of("changes").values()
    ]
    return slides + [
        Slide("explained", parts_title(told.evidence, chart), (chart,), base=chart.base)
        for chart in told.of("explained").values()
    ]


def _targets(told: Told) -> list[Slide]:
    title = headline(told.content, "targets", told.wave.id)
    grid = first(told.content, "targets", told.wave.id, Grid)
    if not title or grid is None:
        return []
    columns = grid.columns[:TARGETED]
    table = Table(
        tuple(column.text for column in columns),
        tuple(tuple(cell.text for cell in row.cells[:TARGETED]) for row in grid.rows),
        tuple(column.numeric for column in columns),
        tuple(row.cells[TARGETED - 1].tone for row in grid.rows),
    )
    return [Slide("targets", title, table=table, base=grid.base)]


def _whatif(told: Told) -> list[Slide]:
    charts = told.of("whatif")
    nps = {about.removesuffix("_nps") for about in charts if about.endswith("_nps")}
    driven = [item.id for item in told.evidence.driven(told.wave.id)]
    shown = [
        charts[key]
        for name in driven
        if (key := f"{name}_nps" if name in nps else f"{name}_mean") in charts
    ]
    slides = headed(told, "whatif", "whatif", shown)
    prose = [block for block in blocks_of(told.content, "whatif", told.wave.id)
             if isinstance(block, Prose) and block.paragraphs]  # fmt: skip
    budgets = list(told.of("budget").values())
    if budgets:
        title = prose[1].paragraphs[0] if len(prose) > 1 else budgets[0].title
        slides.append(beside("budget", title, budgets))
    return slides


def _basis(told: Told) -> list[Slide]:
    evidence, words = told.evidence, told.evidence.words
    sample = evidence.row("sample", told.wave.id) or {}
    names = ("n_read", "n_accepted", "n_quarantined", "n_excluded", "n_eff")
    sizes = "; ".join(
        f"{words.say(f'column.{name}')} {words.integer(sample.get(name))}" for name in names
    )
    lines = [
        (words.say("slides.lead_sample"), sizes),
        (words.say("slides.lead_weight"), evidence.weighting(told.wave.id)),
        *(
            ("", text)
            for outcome in evidence.driven(told.wave.id)
            if (text := evidence.model_base(told.wave.id, outcome))
        ),
        (words.say("slides.lead_method"), words.say("slides.method.importance")),
        (words.say("slides.lead_test"), words.say("slides.test.importance")),
        (words.say("slides.lead_limit"), words.say("answer.association")),
    ]
    return [
        Slide("basis", words.say("slides.basis", wave=label(told)), lines=tuple(lines),
              base=evidence.base(told.wave.id))
    ]  # fmt: skip


CHAPTERS: tuple[Callable[[Told], list[Slide]], ...] = (
    _answer,
    _reach_impact,
    _importance,
    _verdicts,
    _phases,
    _experience,
    _danger,
    _mix,
    _portfolio,
    _inside,
    _incidents,
    _course,
    _changes,
    _targets,
    _whatif,
    _basis,
)
