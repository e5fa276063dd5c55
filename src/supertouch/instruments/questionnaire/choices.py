"""What can be chosen: the codes of the study's scales with their labels, and what is no answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from supertouch.errors import Problem, UnsupportedError
from supertouch.instruments.questionnaire.asked import Choice
from supertouch.language import Language
from supertouch.study.model import Codes, Contact, Empty, Scale, Study, Text
from supertouch.study.wording import plain

__all__ = [
    "company_of",
    "contact_choices",
    "joined",
    "name_of",
    "not_answered",
    "said",
    "scale_choices",
    "written",
]

MOST_POINTS = 21
THREE_WAYS = 3
_MISSING: tuple[Empty, ...] = ("dont_know", "refused")


def said(languages: Iterable[Language], key: str, /, **values: Text | str) -> Text:
    """Return the words of ``key`` in each language, with texts in that language put in."""
    return Text(
        {
            one.code: one.say(
                key,
                **{k: v.within(one.code) if isinstance(v, Text) else v for k, v in values.items()},
            )
            for one in languages
        }
    )


def written(text: Text) -> bool:
    """Tell whether there is a text in any language."""
    return any(text.by_language.values())


def joined(languages: Iterable[Language], texts: Sequence[Text], between: str) -> Text:
    """Return texts one behind the other in each language."""
    return Text(
        {one.code: between.join(text.within(one.code) for text in texts) for one in languages}
    )


def company_of(study: Study, languages: Sequence[Language]) -> Text:
    """Return the company by its name alone: without a remark in brackets behind it."""
    if not written(study.company):
        return said(languages, "questionnaire.company")
    return Text(
        {
            one.code: re.sub(r"\s*\([^()]*\)\s*$", "", name) or name
            for one in languages
            if (name := study.company.within(one.code))
        }
    )


def name_of(study: Study, languages: Sequence[Language]) -> Text:
    """Return the company as sentences have it behind "with": in German in the dative."""
    own = study.questionnaire.name
    return own if written(own) else company_of(study, languages)


def scale_choices(scale: Scale, *, ends: str, languages: Sequence[Language]) -> tuple[Choice, ...]:
    """Return the answers of a scale in the order of their codes.

    Points with a label show it, with their number before it where others have none. Where the
    scale has no labels, its ends say what ``questionnaire.ends_…`` has for ``ends``: a scale of
    three points for ratings is disappointing, okay, delighting.

    Raises
    ------
    UnsupportedError
        If the scale is continuous, or has too many points to choose from.
    """
    codes = _points(scale)
    labels = dict(scale.labels) or _default_labels(scale, codes, ends=ends, languages=languages)
    every = all(code in labels and written(labels[code]) for code in codes)
    return tuple(
        Choice(plain(code), _point(labels.get(code, Text()), code, languages, alone=every))
        for code in codes
    )


def _points(scale: Scale) -> list[float]:
    count = round((scale.maximum - scale.minimum) / scale.step) + 1 if scale.step else 0
    if not 2 <= count <= MOST_POINTS:
        value = f"step = {plain(scale.step)}"
        rule = f"gives no 2 to {MOST_POINTS} answers that a question could offer."
        remedy = "Give the scale a step, or write the questionnaire by hand."
        raise UnsupportedError(Problem(f"study file, scale '{scale.id}'", value, rule, remedy))
    return [round(scale.minimum + place * scale.step, 9) for place in range(count)]


def _point(label: Text, code: float, languages: Sequence[Language], *, alone: bool) -> Text:
    if not written(label):
        return Text({one.code: plain(code) for one in languages})
    if alone:
        return Text({one.code: label.within(one.code) for one in languages})
    return Text({one.code: f"{plain(code)} – {label.within(one.code)}" for one in languages})


def _default_labels(
    scale: Scale, codes: Sequence[float], *, ends: str, languages: Sequence[Language]
) -> Mapping[float, Text]:
    best_last = codes[::-1] if scale.reversed else codes
    if ends == "rating" and len(codes) == THREE_WAYS:
        names = ("disappointing", "okay", "delighting")
        return {
            code: said(languages, f"questionnaire.{name}")
            for code, name in zip(best_last, names, strict=True)
        }
    kind = "yes_no" if len(codes) == 2 and ends in {"purchase", "behaviour"} else ends
    return {
        best_last[0]: said(languages, f"questionnaire.ends_{kind}_low"),
        best_last[-1]: said(languages, f"questionnaire.ends_{kind}_high"),
    }


def not_answered(
    codes: Codes, *, languages: Sequence[Language], never_met: bool = False
) -> tuple[Choice, ...]:
    """Return the answers beside a scale, as far as the study has codes for them.

    With ``never_met`` "never met" is one of them, for touchpoints without a contact question.
    """
    kinds = ("not_met", *_MISSING) if never_met else _MISSING
    return tuple(
        Choice(plain(getattr(codes, kind)[0]), said(languages, f"questionnaire.{kind}"))
        for kind in kinds
        if getattr(codes, kind)
    )


def contact_choices(
    rule: Contact, *, languages: Sequence[Language]
) -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
    """Return the answers to a contact question: met or not; and don't know, no answer."""
    given = tuple(
        Choice(plain(getattr(rule, kind)[0]), said(languages, f"questionnaire.contact_{kind}"))
        for kind in ("met", "not_met")
    )
    codes = Codes(dont_know=rule.dont_know, refused=rule.refused)
    return given, not_answered(codes, languages=languages)
