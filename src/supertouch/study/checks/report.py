"""Check how the study is handed over: the template of its slides, the letters of its tables."""

from __future__ import annotations

from collections.abc import Iterator
from unicodedata import category

from supertouch.errors import Problem
from supertouch.study.checks.draft import Draft

__all__ = ["check_report", "template_there"]

_MOST_LEVELS = 2
_KINDS = (".pptx", ".potx")


def check_report(draft: Draft) -> Iterator[Problem]:
    """Find a template that is no PowerPoint file, and levels that have no letters."""
    template = draft.study.reporting.template
    if template is not None and any(category(sign) == "Cc" for sign in str(template)):
        yield _template(draft, "holds a sign that no file name can hold.", "Write the file's name.")
    elif template is not None and template.suffix.lower() not in _KINDS:
        rule = "is no .pptx or .potx file."
        yield _template(draft, rule, "Save the template as a PowerPoint presentation.")
    levels = draft.document.report.letters
    sound = len(set(levels)) == len(levels) and 1 <= len(levels) <= _MOST_LEVELS
    if not sound and not draft.broken("report", "letters"):
        yield draft.problem(
            ("report", "letters"),
            levels,
            "must hold one level (capitals) or two different ones (capitals and small letters).",
            "Write [0.95] or [0.95, 0.9].",
        )


def template_there(draft: Draft) -> Iterator[Problem]:
    """Find a template that is not beside the study file."""
    template = draft.study.reporting.template
    if template is not None and template.suffix.lower() in _KINDS and not template.is_file():
        rule = "there is no such file beside the study file."
        remedy = "Put it there, or take the line out: slides then have a layout of their own."
        yield _template(draft, rule, remedy)


def _template(draft: Draft, rule: str, remedy: str) -> Problem:
    written = draft.document.report.template
    return draft.problem(("report", "template"), written, rule, remedy)
