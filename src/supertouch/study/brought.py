"""Files that people bring besides the answers: audit sheets, mentions, the plan, and words."""

from __future__ import annotations

from pathlib import Path

from supertouch.study.model import Study

__all__ = [
    "audit_files",
    "brought_files",
    "mentions_file",
    "plan_file",
    "template_file",
    "word_files",
]

OPEN_IN_EXCEL = "~$"


def audit_files(study: Study) -> tuple[Path, ...]:
    """Return the audit sheets that are there, in order of their names."""
    found = sorted(study.raw.glob(study.audit.files))
    return tuple(path for path in found if not path.name.startswith((OPEN_IN_EXCEL, ".")))


def mentions_file(study: Study) -> Path | None:
    """Return the file of mentions, whether it is there or not; None where the study has none."""
    return study.raw / study.mentions.file if study.mentions.file else None


def plan_file(study: Study) -> Path | None:
    """Return the file of the plan; None where there is none yet."""
    path = study.folder / study.plan.file
    return path if path.exists() else None


def word_files(study: Study) -> tuple[Path, ...]:
    """Return the study's own words, which change only what is told."""
    return tuple(sorted(study.own_words.glob("*.toml")))


def template_file(study: Study) -> tuple[Path, ...]:
    """Return the template of the slides, where the study has one."""
    return (study.reporting.template,) if study.reporting.template else ()


def brought_files(study: Study) -> tuple[Path, ...]:
    """Return all that decisions rest on."""
    others = (mentions_file(study), plan_file(study))
    return (*audit_files(study), *(path for path in others if path is not None))
