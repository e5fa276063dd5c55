"""The study as far as it could be read: what every check is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from supertouch.errors import Problem
from supertouch.study.document import Document
from supertouch.study.model import Scale, Study
from supertouch.study.wording import Loc, nearest, place, toml_value

__all__ = ["Draft"]


@dataclass(frozen=True, slots=True)
class Draft:
    """A study under check.

    ``document`` is what stands in the file, ``study`` what was made of it, ``spoiled`` the places
    whose mistakes are reported already and which no check should stumble over again.
    """

    file: str
    document: Document
    study: Study
    spoiled: frozenset[Loc]

    def broken(self, *loc: str | int) -> bool:
        """Tell whether something at, above or below the place could not be read."""
        return any(spot[: len(loc)] == loc or loc[: len(spot)] == spot for spot in self.spoiled)

    def ids(self, table: str) -> tuple[str, ...]:
        """Return the ids of a table, with those whose content could not be read."""
        named: Mapping[str, object] = getattr(self.document, table)
        lost = {str(spot[1]) for spot in self.spoiled if spot[0] == table and len(spot) > 1}
        return (*named, *sorted(lost - set(named)))

    def scale(self, id_: str) -> Scale | None:
        """Return the scale of that id, or None where there is none that can be trusted."""
        return None if self.broken("scales", id_) else self.study.scales.get(id_)

    def problem(self, loc: Loc, value: object, rule: str, remedy: str) -> Problem:
        """Return a problem at a place of the study file; no value is shown where it is None."""
        shown = "" if value is None else toml_value(value)
        return Problem(place(self.file, loc), shown, rule, remedy)

    def unknown(self, loc: Loc, name: str, *, table: str) -> Problem | None:
        """Return the problem of a reference to an id that its table does not have, if it is one."""
        known = self.ids(table)
        if name in known or (table,) in self.spoiled:
            return None
        meant = nearest(name, known)
        return self.problem(
            loc,
            name,
            f"there is no [{table}.{name}].",
            f"{_suggest(meant)} Known: {', '.join(known) or 'none'}.",
        )


def _suggest(meant: str | None) -> str:
    return f'The nearest is "{meant}".' if meant else "Correct the name or add the table."
