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


def listed(evidence: Evidence, texts: Sequence[str], *, most: int = LISTED) -> str:
    """Return texts as an enumeration, the first ``most`` and how many more there are."""
    words = evidence.words
    if len(texts) <= most + 1:
        return words.series(texts)
    more = words.integer(len(texts) - most)
    return words.say("naming.more", names=", ".join(texts[:most]), n=more)


def named(evidence: Evidence, rows: Iterable[Record], *, most: int = LISTED) -> str:
    """Name the touchpoints of rows."""
    return listed(evidence, [quoted(evidence, str(row["touchpoint"])) for row in rows], most=most)
