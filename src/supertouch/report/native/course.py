"""Charts on the course over the waves: outcomes, super-touchpoints, changes and their parts."""

from __future__ import annotations

from supertouch.report.blocks import Chart, Series, Tone
from supertouch.report.evidence import Evidence, Record
from supertouch.report.native.numbers import Told, estimates
from supertouch.report.sections.changes import wave_size
from supertouch.report.sections.compared import Compared, first_comparison, significant
from supertouch.report.sections.explained import Explained, explained
from supertouch.report.sections.measures import change_texts
from supertouch.report.sections.scales import best_text
from supertouch.report.sections.steps import Step, steps
from supertouch.report.sections.verdicts import verdict_order
from supertouch.study.model import Outcome, Scale, Wave

__all__ = ["changes", "explanations", "outcome_courses", "trends"]

LINES = 6
NAMED = 3


def outcome_courses(evidence: Evidence, wave: Wave) -> list[Chart]:
    """Show the level of each outcome over the waves up to this one, means and NPS apart."""
    found = []
    for outcome in evidence.driven(wave.id):
        scale = evidence.study.scales.get(outcome.scale)
        charts = (
            _course(evidence, wave, outcome, "mean", scale),
            _course(evidence, wave, outcome, "nps", None),
        )
        found += [chart for chart in charts if chart is not None]
    return found


def _course(
    evidence: Evidence, wave: Wave, outcome: Outcome, name: str, scale: Scale | None
) -> Chart | None:
    words = evidence.words
    known = [
        (each, row)
        for each in _until(evidence, wave)
        if (row := evidence.row("outcomes", each.id, outcome.id)) is not None
        and row[name] is not None
    ]
    if len(known) < 2:
        return None
    turned = scale is not None and scale.reversed
    told: Told | None = scale.turned if scale is not None and turned else None
    label = evidence.outcome_label(outcome)
    head = words.say("native.nps" if name == "nps" else "native.mean", outcome=label)
    if scale is not None and turned:
        head = words.say("scale.head", head=head, best=best_text(evidence, scale))
    series = estimates([row for _, row in known], name, head, tone="super", told=told)
    leaders = words.series(
        words.say("figure.leader", touchpoint=evidence.label(each), value=words.number(value))
        for (each, _), value in zip(known, series.values, strict=True)
    )
    return Chart(
        name=f"course_{wave.id}_{outcome.id}_{name}",
        form="line",
        title=words.say("native.course", measure=head),
        categories=tuple(evidence.label(each) for each, _ in known),
        series=(series,),
        y_title=head,
        number="signed" if name == "nps" else "number",
        base=_sizes(evidence, [each for each, _ in known]),
        alt=words.say("native.lines", leaders=leaders),
    )


def trends(evidence: Evidence, wave: Wave) -> list[Chart]:
    """Show the shares of super-touchpoints over the waves up to this one, an outcome each."""
    until = _until(evidence, wave)
    supers = list(dict.fromkeys(
        str(row["touchpoint"])
        for each in reversed(until)
        for row in sorted(evidence.rows("supertouchpoints", each.id), key=verdict_order)
        if row["verdict"] == "super"
    ))  # fmt: skip
    if len(until) < 2 or not supers:
        return []
    found = (_trend(evidence, wave, item, supers) for item in evidence.driven(wave.id))
    return [chart for chart in found if chart is not None]


def _trend(evidence: Evidence, wave: Wave, outcome: Outcome, supers: list[str]) -> Chart | None:
    words = evidence.words
    waves = [
        each
        for each in _until(evidence, wave)
        if any(row["outcome"] == outcome.id for row in evidence.rows("importance", each.id))
    ]
    blank = dict.fromkeys(("share", "share_low", "share_high"))
    rows = {
        name: [evidence.row("importance", each.id, outcome.id, name, "experience", "lmg") or blank
               for each in waves]
        for name in supers[:LINES]
    }  # fmt: skip
    told = {name: found for name, found in rows.items()
            if any(row["share"] is not None for row in found)}  # fmt: skip
    if len(waves) < 2 or not told:
        return None
    base = words.say("native.trend_base", sizes=_sizes(evidence, waves))
    if len(supers) > LINES:
        base = f"{base} · {words.say('figure.cut', shown=LINES, all=len(supers))}"
    labels = {name: evidence.item_label(name) for name in told}
    return Chart(
        name=f"trend_{wave.id}_{outcome.id}",
        form="line",
        title=words.say("native.trend", outcome=evidence.outcome_label(outcome)),
        categories=tuple(evidence.label(each) for each in waves),
        series=tuple(estimates(found, "share", labels[name]) for name, found in told.items()),
        y_title=words.say("figure.share_axis"),
        number="percent",
        base=base,
        alt=words.say("native.lines", leaders=words.series(labels.values())),
    )


def changes(evidence: Evidence, wave: Wave) -> list[Chart]:
    """Show how satisfaction changed since the wave compared with, the largest rise first."""
    compared = first_comparison(evidence, wave)
    rows = [
        row
        for row in (compared.rows if compared is not None else ())
        if row["measure"] == "satisfaction" and row["change"] is not None
    ]
    if compared is None or not rows:
        return []
    words = evidence.words
    rows.sort(key=lambda row: -float(row["change"]))
    head = words.say("native.change")
    tones = [_tone(row) for row in rows]
    leaders = words.series(
        words.say("figure.leader", touchpoint=evidence.item_label(str(row["touchpoint"])),
                  value=words.number(row["change"], signed=True))
        for row in rows
        if significant(row)
    )  # fmt: skip
    note = words.say("native.grey", level=evidence.confidence())
    about = {"wave": evidence.label(wave), "against": evidence.label(compared.against)}
    return [
        Chart(
            name=f"changes_{wave.id}",
            form="bar",
            title=words.say("native.changes", **about),
            categories=tuple(evidence.item_label(str(row["touchpoint"])) for row in rows),
            series=(estimates(rows, "change", head, tones=tones),),
            x_title=head,
            number="signed",
            reference=0.0,
            base=f"{_sizes(evidence, [compared.against, wave])} · {note}",
            alt=words.say("native.bars", leaders=leaders or words.say("figure.course_none")),
        )
    ]


def explanations(evidence: Evidence, wave: Wave) -> list[Chart]:
    """Show what the change of each outcome is made up of."""
    compared = first_comparison(evidence, wave)
    if compared is None:
        return []
    driven = evidence.driven(wave.id)
    found = [one for one in explained(evidence, compared) if one.outcome in driven]
    return [_explanation(evidence, compared, one) for one in found]


def _explanation(evidence: Evidence, compared: Compared, found: Explained) -> Chart:
    words = evidence.words
    listed = steps(evidence, found)
    tones = [_sure_tone(step) for step in listed]
    change = change_texts(words, found.total, "change", measure="part")[0]
    series = Series(
        words.say("native.part"),
        tuple(step.change for step in listed),
        tuple(step.low for step in listed),
        tuple(step.high for step in listed),
        tones=tuple(tones),
    )
    largest = sorted(listed, key=lambda step: (step.sure is not True, -abs(step.change)))
    leaders = words.series(
        words.say("figure.leader", touchpoint=step.label,
                  value=words.number(step.change, 3, signed=True))
        for step in largest[:NAMED]
    )  # fmt: skip
    about = {"wave": evidence.label(compared.wave), "against": evidence.label(compared.against)}
    return Chart(
        name=f"explained_{compared.wave.id}_{found.outcome.id}",
        form="bar",
        title=words.say(
            "native.explained",
            outcome=evidence.outcome_label(found.outcome),
            change=change,
            **about,
        ),
        categories=tuple(step.label for step in listed),
        series=(series,),
        x_title=words.say("native.part_axis", outcome=evidence.label(found.outcome)),
        number="signed",
        reference=0.0,
        base=" · ".join(
            (
                _sizes(evidence, [compared.against, compared.wave]),
                words.say("native.parts_note"),
                words.say("native.grey", level=evidence.confidence()),
            )
        ),
        alt=words.say("native.bars", leaders=leaders),
    )


def _until(evidence: Evidence, wave: Wave) -> list[Wave]:
    return list(evidence.waves[: evidence.waves.index(wave) + 1])


def _sizes(evidence: Evidence, waves: list[Wave]) -> str:
    """Return n and n_eff of waves; their weighting once, where it is the same."""
    words = evidence.words
    weightings = {evidence.weighting(each.id) for each in waves}
    if len(weightings) > 1:
        return "; ".join(wave_size(evidence, each) for each in waves)
    samples = [evidence.row("sample", each.id) or {} for each in waves]
    sizes = "; ".join(
        words.say("native.wave_size", wave=evidence.label(each),
                  n=words.integer(found.get("n_accepted")),
                  n_eff=words.integer(found.get("n_eff")))
        for each, found in zip(waves, samples, strict=True)
    )  # fmt: skip
    return f"{sizes}; {weightings.pop()}"


def _tone(row: Record) -> Tone:
    if not significant(row):
        return "undecided"
    return "super" if float(row["change"]) > 0 else "drop"


def _sure_tone(step: Step) -> Tone:
    if step.sure is not True:
        return "undecided"
    return "super" if step.change > 0 else "drop"
