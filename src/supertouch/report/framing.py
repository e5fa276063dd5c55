"""What every page of a study has around its sections: title, date, waves and words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from supertouch.language import Language
from supertouch.report.blocks import Content, Section
from supertouch.report.evidence import Evidence, one_line

__all__ = ["framed"]


def framed(
    evidence: Evidence,
    manifest: Mapping[str, Any],
    sections: Sequence[Section | None],
    *,
    kind: str = "",
    waves: Sequence[tuple[str, str]] | None = None,
    groups: Sequence[tuple[str, str]] = (),
    outcomes: Sequence[tuple[str, str]] = (),
) -> Content:
    """Put sections into the frame of a page; those that are None are left out.

    Parameters
    ----------
    kind
        What the page is about, where it is not the whole report: tracking, field or drift.
    waves
        Waves that a reader chooses among, as (id, label); by default all.
    groups, outcomes
        Groups of respondents and outcomes that a reader chooses among, as (key, label).
    """
    study, words = evidence.study, evidence.words
    title = one_line(study.title.within(words.code)) or study.id
    every = tuple((wave.id, evidence.label(wave)) for wave in evidence.waves)
    subtitle = words.count("page.subtitle", len(every))
    return Content(
        language=words.code,
        language_name=words.name,
        title=words.say(f"page_of.{kind}", title=title) if kind else title,
        company=one_line(study.company.within(words.code)),
        subtitle=", ".join(label for _, label in every) if kind else subtitle,
        made=_made(manifest, words),
        waves=every if waves is None else tuple(waves),
        sections=tuple(section for section in sections if section is not None),
        words=words.group("page") | {"decimal": words.decimal, "thousands": words.thousands},
        groups=tuple(groups),
        outcomes=tuple(outcomes),
    )


def _made(manifest: Mapping[str, Any], words: Language) -> str:
    from babel.dates import format_date

    version = str(manifest.get("supertouch", ""))
    finished = manifest.get("finished") or manifest.get("started")
    day: date | None
    try:
        day = datetime.fromisoformat(str(finished)).date()
    except ValueError:
        day = None
    text = format_date(day, "long", locale=words.locale) if day else "–"
    return words.say("page.made", day=text, version=version)
