"""What changed since the wave before, in a few records for the terminal."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from supertouch.pipeline import files
from supertouch.study.model import Study

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Change", "Changes", "Explained", "changes"]

PARTS = ("reach", "experience", "effect", "rest")


@dataclass(frozen=True, slots=True)
class Change:
    """A change beyond chance: of what, from where to where, and between which bounds.

    Means are in the questionnaire's own codes; bounds are turned, so that plus is better.
    """

    label: str
    measure: str
    before: float
    after: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Explained:
    """Why the mean of an outcome changed: the total, and the parts that add up to it."""

    label: str
    total: float
    parts: dict[str, float]


@dataclass(frozen=True, slots=True)
class Changes:
    """The last wave against the one before; ``against`` is empty where there is none."""

    wave: str
    against: str
    tested: int
    found: tuple[Change, ...]
    explained: tuple[Explained, ...]
    targets: dict[str, int]
    page: Path | None


def changes(study: Study) -> Changes:
    """Read back what tracking found for the last wave.

    Raises
    ------
    OutputError
        If a table is missing or broken.
    """
    last = study.waves[-1].id
    tracked, explained, targets = (
        files.read_table(study.processed / "tracking" / f"{name}.parquet", table=name)
        for name in ("tracking", "change_explained", "targets")
    )
    now = tracked[(tracked.wave == last) & (tracked.comparison == "previous")]
    now = now[now.weighted == now.weighted.any()]  # unweighted ones stand beside for comparison
    tested = now[now.p_adjusted.notna()]
    found = tested[tested.significant.fillna(False).astype(bool)].sort_values("p_adjusted")
    page = study.reports / "tracking.html"
    why = explained[(explained.wave == last) & (explained.comparison == "previous")]
    return Changes(
        wave=last,
        against=str(now.against.iloc[0]) if len(now) else "",
        tested=len(tested),
        found=tuple(
            Change(
                label=_label(study, row["touchpoint"], row["outcome"]),
                measure=row["measure"],
                before=_in_codes(study, row, "before"),
                after=_in_codes(study, row, "after"),
                low=row["change_low"],
                high=row["change_high"],
            )
            for row in files.lines_of(found)
        ),
        explained=tuple(
            _why(study, str(outcome), rows) for outcome, rows in why.groupby("outcome")
        ),
        targets=files.counted(targets[targets.wave == last].status),
        page=page if page.exists() else None,
    )


def _in_codes(study: Study, row: dict[str, Any], name: str) -> float:
    """Return a value as the questionnaire counts: 1 may be the best grade."""
    value = float(row[name])
    if row["measure"] == "satisfaction":
        return study.scales[study.touchpoint(row["touchpoint"]).scale].turned(value)
    if row["measure"] == "mean":
        return study.scales[study.outcome(row["outcome"]).scale].turned(value)
    return value


def _label(study: Study, touchpoint: str, outcome: str) -> str:
    item = study.touchpoint(touchpoint) if touchpoint else None
    aim = study.outcome(outcome) if outcome else None
    return " on ".join(found.label.within("en") for found in (item, aim) if found)


def _why(study: Study, outcome: str, rows: pd.DataFrame) -> Explained:
    sums = rows[rows.touchpoint == ""].set_index("part").change
    return Explained(
        study.outcome(outcome).label.within("en"),
        float(sums["total"]),
        {part: float(sums[part]) for part in PARTS if part in sums},
    )
