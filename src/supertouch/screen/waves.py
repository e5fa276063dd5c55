"""What changed between waves, how a wave gets on in the field, and what the store holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from supertouch.screen.console import say, short

if TYPE_CHECKING:
    from supertouch.pipeline import (
        Change,
        Changes,
        Drifted,
        Explained,
        Fielded,
        Left,
        Stored,
    )

__all__ = ["show_changes", "show_drift", "show_field", "show_forgotten", "show_versions"]

LISTED = 12
SHARES = ("reach", "disappointed", "delighted", "share")
TURNED = ("satisfaction", "mean")
PARTS = {
    "reach": "more or fewer contacts",
    "experience": "better or worse experience",
    "effect": "stronger or weaker effects",
    "rest": "the rest",
}
STATUS = {"met": "met", "not_met": "not met", "open": "not decidable yet"}


def show_changes(changes: Changes) -> None:
    """Print what changed beyond chance since the wave before, and why outcomes changed."""
    if not changes.against:
        say("", f"Wave {changes.wave} has no earlier wave to compare with.")
        return
    found = changes.found
    head = f"Wave {changes.wave} against {changes.against}: {changes.tested} changes tested, "
    say("", head + (f"{len(found)} beyond chance." if found else "none beyond chance."))
    say(*(f"  {_change(item)}" for item in found[:LISTED]))
    if len(found) > LISTED:
        say(f"  and {len(found) - LISTED} more in tracking.csv")
    say(*(_explained(item) for item in changes.explained))
    if changes.targets:
        counts = (f"{n} {STATUS[name]}" for name, n in sorted(changes.targets.items()))
        say(f"Targets: {', '.join(counts)}.")
    if changes.page:
        say("", f"Page: {short(changes.page)}")


def _change(item: Change) -> str:
    shown = [_number(item, value) for value in (item.before, item.after)]
    low, high = (_number(item, value, sign=True) for value in (item.low, item.high))
    kind = "better by" if item.measure in TURNED else "change"
    return f"{item.label}: {item.measure} {shown[0]} → {shown[1]} ({kind} {low} to {high})"


def _number(item: Change, value: float, *, sign: bool = False) -> str:
    plus = "+" if sign else ""
    if item.measure in SHARES:
        return f"{100 * value:{plus}.1f} %"
    return f"{value:{plus}.1f}" if item.measure == "nps" else f"{value:{plus}.2f}"


def _explained(item: Explained) -> str:
    parts = ", ".join(f"{PARTS[part]} {value:+.3f}" for part, value in item.parts.items())
    return f"{item.label}: mean {item.total:+.3f}, of which {parts}."


def show_field(found: Fielded) -> None:
    """Print returns, quotas, thin bases and where respondents break off."""
    say(*_field(found), "", f"Page: {short(found.page)}")


def _field(found: Fielded) -> Iterator[str]:
    span = f", {found.first} to {found.last}" if found.first else ""
    wanted = f" of {found.target:,} wanted" if found.target else ""
    yield f"Wave {found.wave}: {found.n:,} returns{wanted}, {found.accepted:,} accepted{span}."
    for quota in found.quotas:
        missing = (quota.wanted or 0) - quota.n
        rest = f", {missing:,} missing" if missing > 0 else ", full"
        yield f"  {quota.label}: {quota.n:,} of {quota.wanted:,}{rest}"
    thin = len(found.thin)
    if thin:
        yield f"Bases too small for ±{found.precision:g} points: {thin} of {found.touchpoints}:"
        yield from (
            f"  {item.label}: {item.n:,} ratings"
            + (f", about {item.wanted:,} needed" if item.wanted else "")
            for item in found.thin[:LISTED]
        )
    else:
        yield f"All {found.touchpoints} touchpoints have the base for ±{found.precision:g} points."
    for place in found.dropout:
        yield f"Most break off after {place.label}: {place.n:,} ({100 * place.share:.1f} %)."


def show_drift(found: Drifted) -> None:
    """Print what is different about a wave's file, and the edit that the study file needs."""
    if not found.against:
        say(f"Wave {found.wave} has no other wave to compare with.")
        return
    counts = {name: found.severities.get(name, 0) for name in ("stop", "look", "note")}
    say(
        f"Wave {found.wave} against {found.against}: {counts['stop']} to deal with first, "
        f"{counts['look']} to look at, {counts['note']} for the record."
    )
    say(*(f"  {line}" for line in found.lines[:LISTED]))
    if len(found.lines) > LISTED:
        say(f"  and {len(found.lines) - LISTED} more on the page")
    if found.edit:
        say("", "For study.toml:", "", found.edit.rstrip())
    say("", f"Page: {short(found.page)}")


def show_versions(versions: Sequence[Stored]) -> None:
    """Print each stored version of each wave, the one in use marked."""
    if not versions:
        say("No wave is stored yet. `supertouch ingest` takes them in.")
    for item in versions:
        use = "in use" if item.current else "kept"
        names = ", ".join(item.files)
        say(f"{item.wave} version {item.number}: {item.n_rows:,} rows, {item.accepted} ({use})")
        say(f"  from {names}")
        if item.dropped:
            say(f"  not stored, since they look personal: {', '.join(item.dropped)}")


def show_forgotten(found: Left) -> None:
    """Print how many rows went, and what still holds the persons."""
    say(
        f"{found.n_people:,} of {found.n_asked:,} persons were in the store; "
        f"{found.n_rows:,} rows removed, over all versions."
    )
    if found.several_waves:
        say(
            "Without a panel an id may stand for different people in different waves; all were "
            "removed. Name one with --wave."
        )
    if found.raw_files:
        names = ", ".join(found.raw_files)
        say(
            f"Raw files are never changed, and these still hold them: {names}.",
            "Remove the rows there yourself. They do not come into the store again.",
        )
    if found.not_searched:
        say(f"Could not be read, and so not searched: {', '.join(found.not_searched)}.")
    if found.n_rows:
        say(
            "The checked answers of these waves are removed; run `supertouch run` to make all "
            "results again."
        )
