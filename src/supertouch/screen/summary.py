"""What came out of a run: rows, verdicts, where the report lies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from supertouch.screen.console import say, short

if TYPE_CHECKING:
    from supertouch.pipeline import Found, Summary, WaveCount

__all__ = ["show_summary"]

TRENDS = {
    "": "",
    "sustained": ", sustained over the last two waves",
    "emerging": ", new in this wave",
    "fading": ", fading",
}

REASONS = 3
ALARMING = 0.05

VERDICTS = {
    "loyalty_builder": "loyalty touchpoint",
    "recommendation_builder": "recommendation touchpoint",
    "none": "not super",
    "too_few": "too few answers",
}


def show_summary(summary: Summary) -> None:
    """Print the rows of each wave, the super-touchpoints and where the page lies."""
    say("", *(line for wave in summary.waves for line in _rows(wave)))
    if summary.verdicts:
        say("", *_verdicts(summary))
    if summary.decisions:
        say("", *_decisions(summary))
    if summary.page:
        say("", f"Report: {short(summary.page)}")


def _decisions(summary: Summary) -> list[str]:
    counts = ", ".join(f"{name} {n}" for name, n in summary.decisions.items())
    lines = [f"Decisions: {counts}."]
    if summary.quick_wins:
        lines.append(f"Quick wins: {', '.join(summary.quick_wins)}.")
    lines += [
        f"{item.file}: {item.n:,} not used. Quarantine: {short(item.quarantine)}"
        for item in summary.left_out
    ]
    return lines


def _rows(wave: WaveCount) -> list[str]:
    text = (
        f"Wave {wave.wave}: {wave.read:,} rows read, {wave.accepted:,} accepted, "
        f"{wave.quarantined:,} quarantined, {wave.excluded:,} excluded."
    )
    if wave.unassigned:
        text += f" {wave.unassigned:,} rows of the file belong to no wave."
    drift = _drift(wave)
    if not wave.quarantined:
        return [text, *drift]
    lines = [f"{text} Quarantine: {short(wave.quarantine)}", *drift]
    lines += [f"  {item.n:,} × {item.column}: {item.rule}" for item in wave.reasons[:REASONS]]
    more = len(wave.reasons) - REASONS
    if more > 0:
        lines.append(f"  and {more} more reason{'s' if more > 1 else ''} in the quarantine file")
    checked = wave.accepted + wave.quarantined
    if wave.quarantined > ALARMING * checked:
        percent = f"{100 * wave.quarantined / checked:.0f} %"
        lines.append(
            f"  Warning: {percent} of the rows of wave {wave.wave} are in quarantine. "
            "Look whether the study file lacks a code."
        )
    return lines


def _drift(wave: WaveCount) -> list[str]:
    if not wave.drifted:
        return []
    noun = "difference" if wave.drifted == 1 else "differences"
    look = f"supertouch drift --wave {wave.wave}"
    return [f"  {wave.drifted} {noun} from the wave before to look at: {look}"]


def _verdicts(summary: Summary) -> list[str]:
    supers = [item for item in summary.found if item.verdict == "super"]
    candidates = [item for item in summary.found if item.verdict == "candidate"]
    lines = [f"Super-touchpoints in wave {summary.last_wave}:"]
    lines += [f"  {_found(item)}" for item in supers] or [f"  {_none(summary.verdicts)}"]
    if candidates:
        lines += ["Candidates:", *(f"  {_found(item)}" for item in candidates)]
    rest = {key: n for key, n in summary.verdicts.items() if key not in ("super", "candidate")}
    if rest:
        counts = ", ".join(f"{VERDICTS.get(name, name)} {n}" for name, n in rest.items())
        lines.append(f"Other touchpoints: {counts}.")
    return lines


def _none(verdicts: Mapping[str, int]) -> str:
    if set(verdicts) == {"undetermined"}:
        return "cannot be told, since loyalty or recommendation was not asked"
    return "none yet"


def _found(item: Found) -> str:
    proxy = ", rests on a proxy outcome" if item.proxy else ""
    trend = TRENDS.get(item.trend, "")
    return f"{item.label}: P(super) {_chance(item.probability)}{trend}{proxy}"


def _chance(probability: float) -> str:
    """Write a probability as the page does: what replicates cannot tell from 0 or 1 as a bound."""
    if 0.005 <= probability < 0.995:
        return f"{100 * probability:.0f} %"
    return "< 1 %" if probability < 0.5 else "> 99 %"
