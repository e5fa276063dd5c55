"""Tell columns that are missing one by one from a pattern that names them wrongly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from supertouch.errors import Problem
from supertouch.study.checks.columns import PART
from supertouch.study.checks.draft import Draft
from supertouch.study.fields import Spec
from supertouch.study.wording import Loc, listed, toml_value

__all__ = ["Gap", "wrong_patterns"]

_KEYS = ("rating", "contact", "brand_fit")


@dataclass(frozen=True, slots=True)
class Gap:
    """A column that one file of a wave does not have: who names it, and the nearest there."""

    loc: Loc
    column: str
    wave: str
    file: str
    near: str | None


def wrong_patterns(draft: Draft, gaps: Sequence[Gap]) -> tuple[list[Problem], list[Gap]]:
    """Return a problem per pattern most of whose columns are missing, and the gaps left over.

    Parameters
    ----------
    draft
        The study under check.
    gaps
        Every column that some file does not have.
    """
    problems = []
    rest = list(gaps)
    for key in _KEYS:
        blamed: dict[str, list[Gap]] = {}
        for wave in draft.study.waves:
            pattern = _pattern(draft, key, wave.id)
            named = _named(draft, key, wave.id)
            mine = [gap for gap in rest if gap.wave == wave.id and gap.loc in named]
            absent = {gap.loc for gap in mine}
            if pattern and len(absent) > 1 and len(absent) > len(named) / 2:
                blamed.setdefault(pattern, []).extend(mine)
        for pattern, found in blamed.items():
            problems.append(_problem(draft, key, pattern, found))
            rest = [gap for gap in rest if gap not in found]
    return problems, rest


def _pattern(draft: Draft, key: str, wave: str) -> str | None:
    spec: Spec = getattr(draft.document.columns, key)
    name = spec.by_wave.get(wave, spec.default)
    return name or None


def _named(draft: Draft, key: str, wave: str) -> set[Loc]:
    """Return the places of the items whose column in ``wave`` the pattern names."""
    found: set[Loc] = set()
    for touchpoint in draft.study.touchpoints_in(wave):
        own: Spec = getattr(draft.document.touchpoints[touchpoint.id], key)
        if own.default is None and wave not in own.by_wave:
            found.add(("touchpoints", touchpoint.id, key))
    return found


def _problem(draft: Draft, key: str, pattern: str, found: Sequence[Gap]) -> Problem:
    waves = list(dict.fromkeys(gap.wave for gap in found))
    columns = list(dict.fromkeys(gap.column for gap in found))
    files = listed(dict.fromkeys(f"'{gap.file}'" for gap in found))
    stacked = PART in pattern
    meant = None if stacked else _meant(found)
    nearby = f"; nearest there: {meant}" if meant else ""
    named = f"NAME_{{id}}_{PART}" if stacked else "NAME_{id}"
    word = "wave" if len(waves) == 1 else "waves"
    return draft.problem(
        ("columns", key),
        pattern,
        f"{len(columns)} of the columns that it names are not in {files} ({word} {listed(waves)}): "
        f"{listed(columns)}{nearby}.",
        f"Mend it in [columns]: {key} = {_line(draft, key, waves, meant or named)}.",
    )


def _meant(found: Sequence[Gap]) -> str | None:
    """Return the pattern that the nearest columns follow, if several agree on one."""
    seen: Counter[str] = Counter()
    for gap in {(gap.loc, gap.near): gap for gap in found if gap.near}.values():
        name, id_ = str(gap.near), str(gap.loc[1])
        at = name.casefold().rfind(id_.casefold())
        if at >= 0 and name[at : at + len(id_)] == id_:
            seen[f"{name[:at]}{{id}}{name[at + len(id_) :]}"] += 1
    best = seen.most_common(1)
    return best[0][0] if best and best[0][1] > 1 else None


def _line(draft: Draft, key: str, waves: Sequence[str], meant: str) -> str:
    spec: Spec = getattr(draft.document.columns, key)
    if len(waves) == len(draft.study.waves):
        return toml_value(meant)
    start = {} if spec.default is None else {"default": spec.default}
    return toml_value({**start, **spec.by_wave, **dict.fromkeys(waves, meant)})
