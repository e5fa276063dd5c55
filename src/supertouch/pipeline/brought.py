"""What people brought besides answers: read, counted, and handed on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from supertouch.errors import DataError, StudyError
from supertouch.study.brought import audit_files, mentions_file, plan_file
from supertouch.study.model import Measure, Study

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Read", "read"]

Kind = TypeVar("Kind")

NUMBERS = ("importance", "performance", "cost")
TEXTS = ("control", "owner", "kept", "expectation", "annoyance", "surprise")


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """The tables that were read, touchpoints that auditors miss, and the plan's measures."""

    tables: dict[str, pd.DataFrame]
    named: pd.DataFrame
    measures: tuple[Measure, ...]


def read(study: Study) -> Read:
    """Read audit sheets, mentions and the plan; without them, return empty tables.

    Raises
    ------
    DataError
        If a sheet or the file of mentions cannot be used as a whole, with every mistake of all.
    StudyError
        With every mistake of the plan, if that alone has any.
    """
    import pandas as pd

    from supertouch.instruments import read_plan, read_sheets
    from supertouch.intake import read_mentions

    failed: list[DataError | StudyError] = []
    sheets = _told(read_sheets, study, failed)
    mentions = _told(read_mentions, study, failed)
    measures = _told(read_plan, study, failed)
    if sheets is None or mentions is None or measures is None:
        raise type(failed[0])([problem for error in failed for problem in error.problems])
    tables = {
        "audits": sheets.audits,
        "audit_quarantine": sheets.audit_quarantine,
        "mentions": mentions.mentions,
        "mention_quarantine": mentions.mention_quarantine,
    }
    counts = [
        *_of_audits(study, tables),
        *_of_mentions(study, mentions),
        *_of_plan(study, measures),
    ]
    tables["brought"] = pd.DataFrame(counts)
    return Read(tables, sheets.missing, measures)


def _told(
    reader: Callable[[Study], Kind], study: Study, failed: list[DataError | StudyError]
) -> Kind | None:
    try:
        return reader(study)
    except (DataError, StudyError) as error:
        failed.append(error)
        return None


def _of_audits(study: Study, tables: dict[str, pd.DataFrame]) -> Iterator[dict[str, object]]:
    """Count the filled cells of each sheet."""
    audits, bad = tables["audits"], tables["audit_quarantine"]
    for path in audit_files(study):
        own = audits[audits.file == path.name]
        good = sum(int(own[name].notna().sum()) for name in NUMBERS)
        good += sum(int((own[name] != "").sum()) for name in TEXTS)
        yield _count("audit", path.name, good, int((bad.file == path.name).sum()))


def _of_mentions(study: Study, mentions: Any) -> Iterator[dict[str, object]]:  # noqa: ANN401
    path = mentions_file(study)
    if path is not None:
        yield _count("mentions", path.name, len(mentions.mentions), mentions.n_quarantined)


def _of_plan(study: Study, measures: tuple[Measure, ...]) -> Iterator[dict[str, object]]:
    path = plan_file(study)
    if path is not None:
        yield _count("plan", path.name, len(measures), 0)


def _count(kind: str, file: str, accepted: int, quarantined: int) -> dict[str, object]:
    return {
        "kind": kind,
        "file": file,
        "n_read": accepted + quarantined,
        "n_accepted": accepted,
        "n_quarantined": quarantined,
    }
