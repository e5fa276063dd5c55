"""Columns renamed, gone or added, and touchpoints that came or went with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from supertouch.intake.drift.differences import Comparison, Difference
from supertouch.intake.drift.likeness import Candidate
from supertouch.intake.drift.matching import Match, matched
from supertouch.intake.drift.unread import asked_otherwise, unread_columns
from supertouch.intake.drift.uses import Loc, Use
from supertouch.intake.drift.written import Name, as_written, choice

__all__ = ["columns_of"]


def columns_of(both: Comparison) -> tuple[list[Difference], Comparison]:
    """Find what became of each column.

    Returns
    -------
    tuple
        The differences, and the comparison with the columns that uses were found under.
    """
    missing = [use for use in both.uses if _is_missing(both, use)]
    matches, unnamed = _matches(both, missing)
    sure: dict[object, str] = {
        use.key: str(m.name) for use, m in zip(missing, matches, strict=True) if m.sure and m.name
    }
    both = replace(both, found=sure)
    rows = list(_missing_rows(both, missing, matches))
    rows += _mapped(both)
    rows += asked_otherwise(both, absent={use.key for use in missing})
    taken = {*sure.values(), *filter(None, map(both.named, both.uses))}
    rows += unread_columns(both, unnamed, taken)
    return rows, both


def _is_missing(both: Comparison, use: Use) -> bool:
    name = both.named(use)
    return name is not None and name not in both.now.columns


def _matches(both: Comparison, missing: Sequence[Use]) -> tuple[list[Match], dict[str, Match]]:
    """Match the missing columns, and with them those that the study does not name."""
    before, now = both.before.columns, both.now.columns
    read = {name for use in both.uses if (name := both.named(use))}
    same = {
        old: new
        for use in both.uses
        if (old := both.named_before(use)) and (new := both.named(use)) and new in now
    }
    wanted = {both.named_before(use): use for use in missing if both.named_before(use) in before}
    gone = [name for name in before if name not in now and name not in same and name not in wanted]
    known = set(before) - set(wanted) | set(both.before.hidden)
    free = [name for name in now if name not in read and name not in known]
    first = {_was(both, use): use for use in reversed(missing)}
    gone_ones = [_wanted(both, use) for use in first.values()]
    gone_ones += [
        Candidate(name, question=before[name].question, column=before[name]) for name in gone
    ]
    added = [Candidate(name, question=now[name].question, column=now[name]) for name in free]
    anchors = {name: name for name in before if name in now and name not in wanted} | same
    places = [
        (before[a].position, now[b].position)
        for a, b in anchors.items()
        if a in before and b in now
    ]
    found = matched(gone_ones, added, anchors=places)
    of = dict(zip(first, found, strict=False))
    rest = found[len(first) :]
    return [of[_was(both, use)] for use in missing], dict(zip(gone, rest, strict=True))


def _was(both: Comparison, use: Use) -> str:
    """Return the column's earlier name, or the one that the study expects now."""
    return both.named_before(use) or both.named(use) or ""


def _wanted(both: Comparison, use: Use) -> Candidate:
    name = both.named_before(use)
    column = both.before.columns.get(name) if name else None
    words = (use.id, *use.words) if use.kind not in ("design", "status") else ()
    question = column.question if column else ""
    named = name if column is not None and name else both.named(use)
    return Candidate(str(named), also=words, question=question, column=column)


def _missing_rows(
    both: Comparison, missing: Sequence[Use], matches: Sequence[Match]
) -> Iterator[Difference]:
    rules = _brand_rules(both, missing, matches)
    sure = {use.loc for use, m in zip(missing, matches, strict=True) if m.name and m.sure}
    patterns = _patterns(both, rules, sure)
    for use, match in zip(missing, matches, strict=True):
        was = _was(both, use)
        if match.name and match.sure:
            edit = patterns.get(use.kind) or _renaming(both, use, rules[use.loc], match.name)
            yield Difference(
                "stop",
                "column_renamed",
                use.item,
                match.name,
                was,
                match.name,
                match.likeness,
                edit=edit,
                key=use.key,
            )
        else:
            yield _gone(both, use, match, was)


def _brand_rules(
    both: Comparison, missing: Sequence[Use], matches: Sequence[Match]
) -> dict[Loc, set[str]]:
    """Return the names, as the study would write them, that a use's brands would need."""
    found = {use.key: m.name for use, m in zip(missing, matches, strict=True) if m.name and m.sure}
    rules: dict[Loc, set[str]] = {}
    for use in both.uses:
        name = found.get(use.key) or both.named(use)
        if name:
            rules.setdefault(use.loc, set()).add(as_written(use, name))
    return rules


def _renaming(both: Comparison, use: Use, rules: set[str], name: str) -> str:
    if len(rules) > 1:
        return (
            f"# {both.named(use)} is now {name}; the brands' columns follow no common rule: "
            "rename them in the file"
        )
    return both.written.renamed(use, {both.wave: as_written(use, name)})


def _gone(both: Comparison, use: Use, match: Match, was: str) -> Difference:
    """Report a column without a sure successor; where some are like it, the choice is left."""
    mine = ((match.name, match.likeness),) if match.name else ()
    candidates = [*mine, *match.others]
    absent = _absent(both, use)
    if not candidates:
        name = toml_name(as_written(use, "NAME"))
        other = (
            f"# or, if it has another name: {both.wave} = {name} in place of {both.wave} = false"
        )
        return Difference(
            "stop", "column_gone", use.item, was, was, "", edit=f"{absent}\n{other}", key=use.key
        )
    options = [
        both.written.renamed(use, {both.wave: as_written(use, name)}) for name, _ in candidates[:3]
    ]
    told = ", ".join(f"{name} ({like:.2f})" for name, like in candidates[:3])
    edit = choice([*options, absent], "not sure: take the # off the line that is right")
    after = f"perhaps {told}"
    return Difference(
        "stop", "column_gone", use.item, was, was, after, candidates[0][1], edit=edit, key=use.key
    )


def toml_name(name: Name) -> str:
    """Write a column's name, or false."""
    return "false" if name is False else f'"{name}"'


def _absent(both: Comparison, use: Use) -> str:
    return both.written.renamed(use, {both.wave: False})


def _patterns(both: Comparison, rules: Mapping[Loc, set[str]], changed: set[Loc]) -> dict[str, str]:
    """Return, per kind of column, the one line of [columns] that renames all of them."""
    found: dict[str, str] = {}
    for kind in ("rating", "contact", "brand_fit"):
        under = {
            use.loc: use.id
            for use in both.uses
            if use.kind == kind and both.named(use) and both.written.patterned(use, both.wave)
        }
        if not under or not set(under) <= changed or any(len(rules[loc]) > 1 for loc in under):
            continue
        pattern = _rule([(id_, next(iter(rules[loc]))) for loc, id_ in under.items()])
        if pattern:
            found[kind] = both.written.pattern(kind, {both.wave: pattern})
    return found


def _rule(named: Sequence[tuple[str, str]]) -> str | None:
    """Return the pattern with {id} that gives all names, if there is one."""
    if len(named) < 2:
        return None
    first_id, first = named[0]
    for at in [m.start() for m in re.finditer(re.escape(first_id), first)]:
        pattern = f"{first[:at]}{{id}}{first[at + len(first_id) :]}"
        if all(name == pattern.replace("{id}", id_) for id_, name in named):
            return pattern
    return None


def _mapped(both: Comparison) -> Iterator[Difference]:
    """Report columns that have another name and that the study knows by it."""
    seen = set()
    for use in both.uses:
        old, new = both.named_before(use), both.named(use)
        if not old or not new or old == new or (old, new) in seen:
            continue
        if new in both.now.columns and old in both.before.columns:
            seen.add((old, new))
            yield Difference("note", "column_renamed", use.item, new, old, new, key=use.key)
