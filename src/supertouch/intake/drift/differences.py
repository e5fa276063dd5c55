"""One difference between two waves' files, and what the search for differences is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np

from supertouch.intake.drift.counts import FEWEST, Held, held, shares
from supertouch.intake.drift.likeness import distance
from supertouch.intake.drift.outline import ColumnProfile, Profile
from supertouch.intake.drift.uses import Use, asked, uses_of
from supertouch.intake.drift.written import Written
from supertouch.study.model import Study

__all__ = ["Comparison", "Difference", "Pair"]

Severity = Literal["stop", "look", "note"]


@dataclass(frozen=True, slots=True)
class Difference:
    """A row of the table ``drift``, before it is one; ``key`` is the use that it is about."""

    severity: Severity
    kind: str
    item: str
    column: str
    before: str = ""
    after: str = ""
    size: float = np.nan
    p_adjusted: float = np.nan
    edit: str = ""
    key: object = None


class Pair(NamedTuple):
    """The same question in both files: its columns, and what they hold as the study reads it."""

    use: Use
    old: ColumnProfile
    new: ColumnProfile
    old_name: str
    new_name: str
    then: Held
    now: Held

    @property
    def mirror(self) -> tuple[float, float]:
        """How far the answers are from those before, as they are and with the scale turned."""
        scale = self.use.scale
        if scale is None or min(self.then.n, self.now.n) < FEWEST:
            return 0.0, 0.0
        ends = scale.minimum + scale.maximum
        flipped = {f"{ends - point:g}": n for point, n in self.now.points.items()}
        old = shares(self.then.answers)
        return distance(old, shares(self.now.answers)), distance(old, shares(flipped))


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two waves of a study, each with the outline of its file.

    ``found`` are the columns that a use was found under although the study names another.
    """

    study: Study
    wave: str
    against: str
    now: Profile
    before: Profile
    written: Written
    uses: tuple[Use, ...]
    found: Mapping[object, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls, study: Study, wave: str, against: str, *, now: Profile, before: Profile
    ) -> Comparison:
        """Put together what the search for differences needs."""
        return cls(study, wave, against, now, before, Written.of(study), tuple(uses_of(study)))

    def named(self, use: Use) -> str | None:
        """Return the column that the study names for the new wave, if it reads the use at all."""
        return use.named(self.wave) if asked(self.study, use, self.wave) else None

    def named_before(self, use: Use) -> str | None:
        """Return the column that the study names for the earlier wave."""
        return use.named(self.against) if asked(self.study, use, self.against) else None

    def pairs(self) -> list[Pair]:
        """Return the questions that both files hold, those under another name with them."""
        found = []
        for use in self.uses:
            old, new = self.named_before(use), self.found.get(use.key) or self.named(use)
            if old and new and old in self.before.columns and new in self.now.columns:
                columns = self.before.columns[old], self.now.columns[new]
                read = [held(use, column) for column in columns]
                found.append(Pair(use, *columns, old, new, *read))
        return found
