"""A draft as TOML: complete, loadable, every guess marked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from supertouch.intake.draft.columns import Survey
from supertouch.intake.draft.emptiness import (
    Kinds,
    codes_table,
    contact_rule,
    contact_table,
    main_contact,
    own_codes,
    shared_codes,
)
from supertouch.intake.draft.found import (
    Found,
    OutcomeFound,
    SegmentFound,
    TouchpointFound,
)
from supertouch.intake.draft.names import short, slug
from supertouch.intake.draft.remarks import gap_lines, left_out_lines, strays
from supertouch.intake.draft.scales import Reading
from supertouch.intake.draft.toml import (
    by_language,
    code_text,
    comment,
    key_text,
    list_text,
    quoted,
)

__all__ = ["write_study"]

Scales = Mapping[tuple[float, float, float], str]

_LABELS: Mapping[str, tuple[str, str]] = {
    "recommendation": ("Weiterempfehlung", "Recommendation"),
    "loyalty": ("Loyalität", "Loyalty"),
    "overall": ("Gesamtzufriedenheit", "Overall satisfaction"),
    "purchase": ("Kaufabsicht", "Purchase intention"),
}
_HEAD = """\
# Draft of a study file, made from {file} ({n:,} rows).
# `# guess:` marks what was guessed and why; `# CHECK:` marks doubtful guesses: look at these first.
# Then run `supertouch check`. Every key is explained in docs/study-file.md.
"""
_SPARSE = 0.2
_USUAL = "large codes are usually good"


def write_study(survey: Survey, found: Found, *, raw: str) -> str:
    """Return the study file of a draft.

    Parameters
    ----------
    survey : Survey
        The raw file.
    found : Found
        What was found in it.
    raw : str
        Folder of the raw file, as the study file is to name it.
    """
    scales = _scales(found)
    shared = shared_codes(found)
    parts = [
        _HEAD.format(file=survey.path.name, n=survey.n_rows),
        _study(survey, found),
        _data(survey, found, raw),
        *_exclusions(found),
        *_waves(survey, found),
        *_scale_tables(found, scales),
        codes_table(found, shared),
        *contact_table(found),
        *(_outcome(o, found, scales, shared) for o in found.outcomes),
        *gap_lines(found),
        *(_segment(segment) for segment in found.segments),
        *_design_tables(found),
        *_touchpoints(found, scales, shared),
        *strays(found),
        *left_out_lines(found),
    ]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts if part)


def _study(survey: Survey, found: Found) -> str:
    name = survey.path.stem
    languages = ", ".join(quoted(language) for language in found.languages)
    words = re.sub(r"(^|[_\W])[\d_\W]+(?=[_\W]|$)", " ", name)
    made = slug(words.strip() or name, [], fallback="study")
    return (
        f"[study]\nid = {quoted(made)}  # guess: from the file's name\n"
        f"title = {quoted(short(name.replace('_', ' ')))}  # guess: from the file's name\n"
        f'# company = "…"  # whose touchpoints these are\n'
        f'# about = "…"    # what was asked of whom, how and when\n'
        f"languages = [{languages}]"
    )


def _data(survey: Survey, found: Found, raw: str) -> str:
    lines = ["[data]", f"raw = {quoted(raw)}"]
    shared = len(found.waves) > 1 or bool(found.waves[0].values or found.waves[0].start)
    if shared:
        lines.append(f"file = {quoted(survey.path.name)}")
        use = "wave" if found.waves[0].values else "date"
        lines.append(f"wave = {quoted(found.design.column(use))}  # guess: {found.wave_rule}")
    for use in ("respondent", "weight", "cluster", "stratum"):
        name, why = found.design.columns.get(use, ("", ""))
        if name:
            others = found.design.others.get(use, ())
            mark = "CHECK" if others or "cells" in why else "guess"
            more = f"; or {', '.join(others)}" if others else ""
            lines.append(f"{use} = {quoted(name)}  # {mark}: {comment(why + more)}")
    return "\n".join(lines)


def _exclusions(found: Found) -> Iterator[str]:
    for rows in found.exclusions:
        yield (
            f"[[data.exclude]]  # guess: {rows.n} rows\ncolumn = {quoted(rows.column)}\n"
            f"values = {list_text(rows.values)}\nreason = {quoted(rows.reason)}"
        )


def _waves(survey: Survey, found: Found) -> Iterator[str]:
    for wave in found.waves:
        label = by_language(wave.labels, found.languages) or quoted(wave.label)
        lines = [f"[waves.{wave.id}]", f"label = {label}"]
        if wave.values:
            lines.append(f"values = {list_text(wave.values)}")
        elif wave.start and wave.end:
            lines += [f"from = {wave.start}", f"to = {wave.end}"]
        else:
            lines.append(f"file = {quoted(survey.path.name)}")
        if survey.sheet:
            lines.append(f"sheet = {quoted(survey.sheet)}")
        yield "\n".join(lines)


def _readings(found: Found) -> Iterator[Reading]:
    for touchpoint in found.touchpoints:
        yield touchpoint.reading
    for touchpoint in found.touchpoints:
        if touchpoint.brand_fit_reading:
            yield touchpoint.brand_fit_reading
    for outcome in found.outcomes:
        yield outcome.reading


def _scales(found: Found) -> dict[tuple[float, float, float], str]:
    """Return an id per scale; the one of most touchpoints is ``rating``."""
    most = Counter(touchpoint.reading.scale for touchpoint in found.touchpoints).most_common(1)
    named = {most[0][0]: "rating"}
    for reading in _readings(found):
        low, high, best = reading.scale
        turned = "_turned" if best == low else ""
        base = f"from_{low:g}_to_{high:g}{turned}".replace("-", "minus_").replace(".", "_")
        named.setdefault(reading.scale, base)
    return named


def _scale_tables(found: Found, scales: Scales) -> Iterator[str]:
    for scale, name in scales.items():
        readings = [reading for reading in _readings(found) if reading.scale == scale]
        first = readings[0]
        tens = (first.minimum, first.maximum, first.best) == (0, 10, 10)
        safe = first.sure or tens or "correlation" in first.why_best
        mark = "guess" if safe else "CHECK"
        low, high, best = scale
        lines = [
            f"[scales.{name}]",
            f"min = {low:g}",
            f"max = {high:g}",
            f"best = {best:g}  # {mark}: {comment(first.why_best) or _USUAL}",
        ]
        labels = _scale_labels(readings)
        if labels:
            lines.append(
                f"labels = {{ {', '.join(f'{key_text(c)} = {quoted(t)}' for c, t in labels)} }}"
            )
        yield "\n".join(lines)


def _scale_labels(readings: Sequence[Reading]) -> list[tuple[float, str]]:
    """Return the labels of a scale's ends; those of several wordings side by side."""
    ends: dict[float, list[str]] = {}
    for reading in readings:
        for code in (reading.minimum, reading.maximum):
            text = reading.labels.get(code, "")
            if text and text not in ends.setdefault(code, []):
                ends[code].append(text)
    return [(code, " / ".join(texts[:3])) for code, texts in ends.items() if texts]


def _outcome(outcome: OutcomeFound, found: Found, scales: Scales, shared: Kinds) -> str:
    mark = "CHECK" if outcome.doubtful else "guess"
    lines = [f"[outcomes.{outcome.id}]  # {mark}: {comment(outcome.why)}"]
    lines.append(f"label = {_outcome_label(outcome, found.languages)}")
    lines.append(f"role = {quoted(outcome.role)}")
    if len(outcome.items) == 1:
        lines.append(f"column = {quoted(outcome.items[0])}")
    else:
        lines.append(f"items = {list_text(outcome.items)}")
    if outcome.reversed_items:
        lines.append(
            f"reversed = {list_text(outcome.reversed_items)}  # CHECK: worded the other way?"
        )
    lines.append(f"scale = {quoted(scales[outcome.reading.scale])}")
    if outcome.proxy:
        lines.append("proxy = true")
    own = own_codes(outcome.reading, shared, strict=True)
    if own:
        lines.append(f"codes = {{ {', '.join(own)} }}")
    if outcome.question:
        lines.append(f"question = {quoted(outcome.question)}")
    return "\n".join(lines)


def _outcome_label(outcome: OutcomeFound, languages: Sequence[str]) -> str:
    german, english = _LABELS.get(outcome.id, (outcome.label, outcome.label))
    known = {"de": german, "en": english} if outcome.id in _LABELS else {}
    return by_language(known, languages) or quoted(outcome.label or english)


def _segment(segment: SegmentFound) -> str:
    """Return a segment; codes without labels stand on lines of their own, to be worded."""
    lines = [f"[segments.{segment.id}]  # guess: {segment.why}"]
    lines += [f"label = {quoted(segment.label)}", f"column = {quoted(segment.column)}"]
    pairs = {code: f"{key_text(code)} = {quoted(text)}" for code, text in segment.values.items()}
    out = ", ".join(f"{code_text(code)} (n = {n})" for code, n in segment.no_answer.items())
    without = f"no answer, so no group: {comment(out)}" if out else ""
    if segment.unlabelled:
        doubt = f"what does each code mean? {without[:1].upper()}{without[1:]}".rstrip()
        lines += ["", f"[segments.{segment.id}.values]  # CHECK: {doubt}"]
        lines += [
            f"{pair}  # n = {segment.unlabelled[code]}" if code in segment.unlabelled else pair
            for code, pair in pairs.items()
        ]
    elif pairs:
        told = f"  # guess: {without}" if out else ""
        lines.append(f"values = {{ {', '.join(pairs.values())} }}{told}")
    return "\n".join(lines)


def _design_tables(found: Found) -> Iterator[str]:
    for table, use in (("quality", "duration"), ("field", "date")):
        name, why = found.design.columns.get(use, ("", ""))
        if name:
            yield f"[{table}]\n{use} = {quoted(name)}  # guess: {comment(why)}"


def _touchpoints(found: Found, scales: Scales, shared: Kinds) -> Iterator[str]:
    main = main_contact(found)
    for touchpoint in found.touchpoints:
        yield "\n".join(_touchpoint(touchpoint, scales, shared, main))


def _touchpoint(
    touchpoint: TouchpointFound, scales: Scales, shared: Kinds, main: Mapping[str, str]
) -> Iterator[str]:
    doubt = f"  # CHECK: {touchpoint.doubt}" if touchpoint.doubt else ""
    yield f"[touchpoints.{touchpoint.id}]{doubt}"
    yield f"label = {quoted(touchpoint.label)}"
    word = comment(touchpoint.phase_word)
    yield f'phase = "{touchpoint.phase}"  # ' + (
        f'guess: "{word}"' if word else "CHECK: no word tells"
    )
    yield f"rating = {quoted(touchpoint.column)}"
    scale = scales[touchpoint.reading.scale]
    if scale != "rating":
        yield f"scale = {quoted(scale)}"
    contact = touchpoint.contact
    if contact:
        mark = "CHECK" if contact.doubtful else "guess"
        yield f"contact = {quoted(contact.column)}  # {mark}: {comment(contact.why)}"
        rule = contact_rule(contact)
        if any(main.get(key) != value for key, value in rule.items()):
            yield f"contact_rule = {{ {', '.join(f'{k} = {v}' for k, v in rule.items())} }}"
    if touchpoint.brand_fit and touchpoint.brand_fit_reading:
        yield f"brand_fit = {quoted(touchpoint.brand_fit)}  # guess: the same item"
        yield f"brand_fit_scale = {quoted(scales[touchpoint.brand_fit_reading.scale])}"
    own = own_codes(touchpoint.reading, shared, strict=False)
    blank = _blank(touchpoint)
    if own or blank:
        told = f"  # CHECK: {touchpoint.blank:.0%} of the cells are blank" if blank else ""
        yield f"codes = {{ {', '.join([*own, *blank])} }}{told}"
    if touchpoint.question and touchpoint.question != touchpoint.label:
        yield f"question = {quoted(touchpoint.question)}"


def _blank(touchpoint: TouchpointFound) -> list[str]:
    """Many blank cells are no refusals: not met where no code says so, else not asked."""
    if touchpoint.blank < _SPARSE or touchpoint.contact:
        return []
    coded = any(guess.kind == "not_met" for guess in touchpoint.reading.empties.values())
    return [f'blank = "{"not_asked" if coded else "not_met"}"']
