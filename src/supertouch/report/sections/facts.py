"""The key figures of a wave: how many took part, loyalty and recommendation."""

from __future__ import annotations

from supertouch.report.blocks import Fact, Facts
from supertouch.report.evidence import Evidence, Record
from supertouch.report.sections.compared import first_comparison, significant
from supertouch.report.sections.measures import change_texts, scale_of, value_text, value_texts
from supertouch.report.sections.scales import best_text
from supertouch.report.sections.units import is_share
from supertouch.study.model import Outcome, Wave

__all__ = ["facts"]


def facts(evidence: Evidence, wave: Wave) -> tuple[Facts, ...]:
    """Return the key figures with target and significant change; () without any outcome."""
    found = [
        _fact(evidence, wave, outcome, row)
        for outcome in evidence.driven(wave.id)
        if (row := evidence.row("outcomes", wave.id, outcome.id)) is not None
        and row["mean"] is not None
    ]
    sample = evidence.row("sample", wave.id)
    if not found or sample is None:
        return ()
    words = evidence.words
    n_eff = words.say("base.n_eff", n_eff=words.integer(sample["n_eff"]))
    size = Fact(words.say("facts.n"), words.integer(sample["n_accepted"]), (n_eff,))
    base = words.say("facts.base", level=evidence.confidence())
    return (Facts((size, *found), f"{evidence.weighting(wave.id)} · {base}"),)


def _fact(evidence: Evidence, wave: Wave, outcome: Outcome, row: Record) -> Fact:
    words = evidence.words
    nps = outcome.role == "recommendation" and row["nps"] is not None
    measure = "nps" if nps else "mean"
    share = not nps and is_share(evidence, outcome.id)
    told = "share" if share else measure
    scale = None if share else scale_of(evidence, {**row, "touchpoint": ""}, measure=measure)
    value, interval = value_texts(words, row, measure, measure=told, scale=scale)
    n = words.say("base.n", n=words.integer(row["n"]))
    lines = [", ".join(part for part in (interval, n) if part)]
    if scale is not None and scale.reversed:
        lines.append(best_text(evidence, scale))
    aim = next((item for item in evidence.rows("targets", wave.id)
                if _is(item, outcome, measure)), None)  # fmt: skip
    if aim is not None:
        target = value_text(words, told, aim["target"], scale=scale)
        status = words.say(f"status.{aim['status']}")
        lines.append(words.say("facts.target", target=target, status=status))
    compared = first_comparison(evidence, wave)
    for item in compared.rows if compared is not None else ():
        if _is(item, outcome, measure) and significant(item):
            change = change_texts(words, item, "change", measure=told)[0]
            against = evidence.label(compared.against) if compared is not None else ""
            lines.append(words.say("facts.change", change=change, wave=against))
    name = words.say("track.nps") if nps else words.say("facts.mean")
    label = words.say("facts.label", outcome=evidence.outcome_label(outcome), measure=name)
    return Fact(evidence.outcome_label(outcome) if share else label, value, tuple(lines))


def _is(row: Record, outcome: Outcome, measure: str) -> bool:
    return not row["touchpoint"] and (row["outcome"], row["measure"]) == (outcome.id, measure)
