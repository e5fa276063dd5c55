"""How the deck begins: the answer, the super-touchpoints compared, the verdicts, the journey."""

from __future__ import annotations

from supertouch.report.blocks import Card, Cards, Headline, Prose
from supertouch.report.evidence import Record
from supertouch.report.sections.cards import verdict_text
from supertouch.report.sections.journey import by_phase
from supertouch.report.sections.naming import quoted
from supertouch.report.sections.verdicts import verdict_order
from supertouch.report.slides.finding import blocks_of, first
from supertouch.report.slides.records import Line, Slide, Table
from supertouch.report.slides.telling import Told, beside, counted, label

__all__ = ["answer", "basis", "journey", "verdicts"]

JUDGED = ("probability", "share_loyalty", "share_recommendation")
COMPARED = ("reach", "disappointed", "delighted")


def answer(told: Told) -> list[Slide]:
    """Tell the answer, and the super-touchpoints beside each other."""
    blocks = blocks_of(told.content, "answer", told.wave.id)
    title = next((block.text for block in blocks if isinstance(block, Headline)), "")
    lines: list[Line] = []
    for block in blocks:
        if isinstance(block, Prose):
            whole = [text for text in block.paragraphs if not text.endswith((":", ")"))]
            lines += [("", text) for text in (*whole, *block.bullets)]
    found = first(told.content, "answer", told.wave.id, Cards)
    base = found.base if found is not None else told.evidence.base(told.wave.id)
    slides = [Slide("answer", title, lines=tuple(lines), base=base)]
    cards = found.cards if found is not None else ()
    return [*slides, _compared(told, cards, base)] if cards else slides


def _compared(told: Told, cards: tuple[Card, ...], base: str) -> Slide:
    """Put the super-touchpoints beside each other; what their cards say goes into the notes."""
    evidence, words = told.evidence, told.evidence.words
    outcomes = evidence.driven(told.wave.id)
    heads = [words.say(f"column.{name}") for name in ("touchpoint", "reach", "disappointed")]
    heads.append(words.say("native.delighted_head"))
    heads += [words.say("slides.share_of", outcome=evidence.label(item)) for item in outcomes]
    heads += [words.say("slides.effect_on", outcome=evidence.label(item)) for item in outcomes]
    rows = []
    met: list[Record] = []
    for card in cards:
        own = evidence.row("performance", told.wave.id, card.link) or dict.fromkeys(COMPARED)
        asked = evidence.contact_asked(card.link, told.wave.id)
        met.append({**own, "touchpoint": card.link, "reach": own["reach"] if asked else None})
        found = [evidence.row("importance", told.wave.id, item.id, card.link, "experience", "lmg")
                 or dict.fromkeys(("share", "effect")) for item in outcomes]  # fmt: skip
        rows.append(
            (
                card.title,
                *(words.percent(met[-1][name]) for name in COMPARED),
                *(words.percent(row["share"], 1) for row in found),
                *(words.number(row["effect"], signed=True) for row in found),
            )
        )
    notes = [
        line
        for card in cards
        for line in (
            words.say("slides.card", touchpoint=card.title, badge=card.badge, wave=label(told)),
            *(
                words.say("slides.note", lead=lead, text=text)
                for lead, text in card.details or card.lines
            ),
        )
    ]
    table = Table(tuple(heads), tuple(rows), (False, *[True] * (len(heads) - 1)))
    return Slide("card", _between(told, met), table=table, base=base, notes=tuple(notes))


def _between(told: Told, rows: list[Record]) -> str:
    """Name the super-touchpoint that most customers meet, and the one that disappoints most."""
    words = told.evidence.words

    def most(name: str) -> Record | None:
        known = [row for row in rows if row[name]]
        return max(known, key=lambda row: float(row[name])) if known else None

    parts = [
        words.say(
            f"slides.super_{name}",
            touchpoint=quoted(told.evidence, str(row["touchpoint"])),
            share=words.percent(row[name]),
        )
        for name in ("reach", "disappointed")
        if (row := most(name)) is not None
    ]
    if not parts:
        return words.say("slides.supers_only", wave=label(told))
    return words.say("slides.supers", wave=label(told), parts=words.series(parts))


def verdicts(told: Told) -> list[Slide]:
    """List the verdicts; nothing where there is no number behind any of them."""
    evidence, words = told.evidence, told.evidence.words
    rows = sorted(evidence.rows("supertouchpoints", told.wave.id), key=verdict_order)
    if all(row[name] is None for row in rows for name in JUDGED):
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


def journey(told: Told) -> list[Slide]:
    """Show the journey by phase: who meets each touchpoint, and who is disappointed there."""
    evidence, words = told.evidence, told.evidence.words
    charts = list(told.of("journey").values())
    if not charts:
        return []
    parts = []
    judged = False
    for phase, items in by_phase(evidence, told.wave):
        found = [evidence.row("supertouchpoints", told.wave.id, item.id) for item in items]
        verdicts = [row["verdict"] for row in found if row is not None]
        judged = judged or any(each not in ("undetermined", "too_few") for each in verdicts)
        parts.append((phase, verdicts.count("super"), len(items)))
    key = "slides.journey_part" if judged else "slides.journey_size"
    told_parts = [
        words.say(key, phase=words.say(f"phase.{phase}"), n=words.integer(n), all=words.integer(m))
        for phase, n, m in parts
    ]
    whole = "slides.journey" if judged else "slides.journey_open"
    title = words.say(whole, wave=label(told), parts=", ".join(told_parts))
    prose = first(told.content, "phases", told.wave.id, Prose)
    slide = beside("journey", title, charts)
    notes = prose.paragraphs if prose is not None else ()
    return [Slide("journey", title, slide.charts, base=slide.base, notes=notes)]


def basis(told: Told) -> list[Slide]:
    """Say what the results rest on."""
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
        ("", words.say("answer.association")),
    ]
    return [
        Slide("basis", words.say("slides.basis", wave=label(told)), lines=tuple(lines),
              base=evidence.base(told.wave.id))
    ]  # fmt: skip
