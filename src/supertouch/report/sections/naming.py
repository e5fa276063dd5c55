"""Names of touchpoints in a sentence: quoted, the first few, and how many more there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from supertouch.report.evidence import Evidence, Record
from supertouch.report.labels import shortened

__all__ = ["LISTED", "listed", "named", "quoted"]

LISTED = 8
LONGEST = 70


def quoted(evidence: Evidence, touchpoint: str) -> str:
    """Return the label of a touchpoint in quotation marks, cut where it is very long."""
    label = shortened(evidence.item_label(touchpoint), LONGEST)
    return evidence.words.say("quote", text=label)


def listed(
    evidence: Evidence, texts: Sequence[str], *, most: int = LISTED, more: str = "naming.more"
) -> str:
    """Return texts as an enumeration: the first ``most``, and in ``more`` how many are left."""
    words = evidence.words
    if len(texts) <= most + 1:
        return words.series(texts)
    return words.say(more, names=", ".join(texts[:most]), n=words.integer(len(texts) - most))


def named(
    evidence: Evidence,
    rows: Iterable[Record],
    *,
    most: int = LISTED,
    more: str = "naming.more",
) -> str:
    """Name the touchpoints of rows."""
    names = [quoted(evidence, str(row["touchpoint"])) for row in rows]
    return listed(evidence, names, most=most, more=more)
