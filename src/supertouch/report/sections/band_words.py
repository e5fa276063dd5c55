"""What banner tables say in words: titles, answers, bases, tests, and how to read them."""

from __future__ import annotations

from supertouch.report.evidence import Evidence, Record, one_line
from supertouch.report.sections.scales import best_text, code_text, label_text, scale_text
from supertouch.study.model import Outcome, Scale, Touchpoint, Wave
from supertouch.tables.banner import FEWEST_CARRYING, FEWEST_TESTED

__all__ = ["about", "answer_text", "band_legend", "mean_text", "named", "two_codes"]


def _item(evidence: Evidence, row: Record) -> Outcome | Touchpoint:
    subject, study = str(row["question"]).split(".")[0], evidence.study
    if row["kind"] in ("outcome", "item"):
        return study.outcome(subject)
    return study.touchpoint(subject)


def _scale(evidence: Evidence, row: Record) -> Scale | None:
    item = _item(evidence, row)
    if row["kind"] == "contact":
        return None
    fit = row["kind"] == "brand_fit" and isinstance(item, Touchpoint)
    return evidence.study.scales[item.brand_fit_scale if fit else item.scale]  # type: ignore[union-attr]


def named(evidence: Evidence, row: Record) -> tuple[str, str]:
    """Return the title of a question and its wording; "" where the study does not give it."""
    words, item, kind = evidence.words, _item(evidence, row), str(row["kind"])
    if isinstance(item, Touchpoint):
        return words.say(f"banner.{kind}", label=evidence.label(item)), _asked(evidence, item, kind)
    label, text = evidence.outcome_label(item), one_line(item.question.within(words.code))
    if kind == "item":
        number = int(str(row["question"]).rpartition(".")[2])
        title = words.say("banner.item", label=label, n=words.integer(number))
        own = item.questions[number - 1] if item.questions else None
        return title, one_line(own.within(words.code)) if own else text
    if len(item.items) > 1:
        label = words.say("banner.score", label=label, n=words.integer(len(item.items)))
    return label, text


def _asked(evidence: Evidence, item: Touchpoint, kind: str) -> str:
    """Return how a touchpoint is asked about: its own wording, else what is put about all."""
    code, whole = evidence.words.code, evidence.study.questionnaire
    if kind == "touchpoint" and (own := one_line(item.question.within(code))):
        return own
    texts = {"touchpoint": whole.rating, "contact": whole.contact, "brand_fit": whole.brand_fit}
    return one_line(texts[kind].within(code))


def answer_text(evidence: Evidence, row: Record, answer: str) -> str:
    """Return an answer as its code and, where the study gives one, its label."""
    scale, code = _scale(evidence, row), float(answer)
    label = label_text(evidence, scale, code) if scale else ""
    number = code_text(evidence, code)
    return f"{number} = {label}" if label else number


def two_codes(evidence: Evidence, row: Record, measure: str) -> str:
    """Return the codes of the two best or the two worst answers, as in "4 + 5"."""
    scale = _scale(evidence, row)
    if scale is None:
        return ""
    low = (measure == "top2") == scale.reversed
    ends = (scale.minimum, scale.minimum + scale.step) if low else (
        scale.maximum - scale.step, scale.maximum)  # fmt: skip
    return " + ".join(code_text(evidence, code) for code in ends)


def mean_text(evidence: Evidence, row: Record) -> str:
    """Return the word for the mean, with what is best where small codes are."""
    scale = _scale(evidence, row)
    if scale is None or not scale.reversed:
        return evidence.words.say("banner.mean")
    return evidence.words.say("banner.mean_best", best=best_text(evidence, scale))


def about(evidence: Evidence, wave: Wave, row: Record) -> str:
    """Return the line below a question: base, scale, weighting and tests."""
    words, scale, kind = evidence.words, _scale(evidence, row), str(row["kind"])
    texts = [words.say(f"banner.base_{'outcome' if kind == 'item' else kind}")]
    if scale is not None:
        texts.append(words.say("banner.asked_scale", scale=scale_text(evidence, scale)))
    return " · ".join((*texts, evidence.weighting(wave.id), words.say("banner.tests")))


def band_legend(evidence: Evidence) -> tuple[str, ...]:
    """Return how to read the tables: values, bases, letters, marks, and what is tested."""
    words, study = evidence.words, evidence.study
    levels = study.reporting.letters
    level = {"first": _level(evidence, levels[0]), "second": _level(evidence, levels[-1])}
    form = "two" if len(levels) > 1 else "one"
    texts = [words.say("banner.read_values"), words.say("banner.read_bases")]
    if study.segments:
        texts.append(words.say(f"banner.read_letters_{form}", **level))
        texts.append(words.say("banner.read_pairs", n=words.integer(FEWEST_TESTED)))
        texts.append(words.say("banner.read_few", n=words.integer(FEWEST_CARRYING)))
        texts.append(words.say(f"banner.read_total_{form}", **level))
    if len(evidence.waves) > 1:
        panel = "_panel" if study.panel else ""
        texts.append(words.say(f"banner.read_waves{panel}", **level))
    false = round(100 * (1 - levels[0]), 1)
    texts.append(words.say("banner.read_number", n=code_text(evidence, false)))
    texts.append(words.say("banner.read_small", n=words.integer(study.reporting.small_base)))
    texts.append(words.say("banner.read_hidden", n=words.integer(study.privacy.min_base)))
    return tuple(texts)


def _level(evidence: Evidence, level: float) -> str:
    whole = round(100 * level, 6).is_integer()
    return evidence.words.percent(level, 0 if whole else 1)
