"""What changes would bring, and what a budget buys, in sentences and small tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from supertouch.screen.console import console, say, short

if TYPE_CHECKING:
    from rich.table import Table

    from supertouch.pipeline.deciding import BestSet, Bought, Gain, Weighed

__all__ = ["show_budget", "show_whatif"]

WARNINGS = {
    "headroom": "more was asked than the scale has room for; what is left of it was taken",
    "beyond_best": "the mean would pass that of the best touchpoint on this scale",
    "large": "the shift is larger than half a standard deviation of the ratings",
    "not_significant": "this cannot be told from no change",
    "proxy": "the outcome stands in for one that was not asked",
    "nps_limit": "the NPS would leave its range from -100 to 100",
    "outcome_limit": "the outcome would leave its scale",
    "not_modelled": "the outcome's model has no effect of it, so that no sum can be told",
}
ASSOCIATION = (
    "These are associations in the answers of one survey. The change comes about only as far as "
    "better experience is its cause, and along a straight line."
)
CURSE = (
    "A set that was chosen for its estimates brings less than estimated on average, since luck "
    "helped to choose it. Its intervals are those of a set chosen in advance."
)
STALE = "The results are older than what they are made from: run `make analyze`."
BAR = 24


def show_whatif(found: Weighed) -> None:
    """Print a sentence per outcome, the touchpoints one by one, warnings, and what it rests on."""
    together = [item for item in found.gains if not item.touchpoint]
    single = [item for item in found.gains if item.touchpoint]
    say(f"Wave {found.wave}, all changes together:")
    say(*(f"  {_sentence(item, found.confidence)}" for item in together))
    say(*(f"  {name}: no driver model, so nothing to tell." for name in found.refused))
    console().print(_table(single, found.confidence))
    say(*_warnings(found.gains), ASSOCIATION)
    if found.stale:
        say(STALE)
    if found.file:
        say("", f"Table: {short(found.file)}")


def _table(gains: Sequence[Gain], confidence: float) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    paid = any(item.cost is not None for item in gains)
    table = Table(box=SIMPLE_HEAD)
    for head in ("outcome", "touchpoint"):
        table.add_column(head, overflow="fold")
    for head in ("better by", "gain", f"{100 * confidence:g} %"):
        table.add_column(head, justify="right", no_wrap=True)
    if paid:
        table.add_column("cost per point", justify="right", no_wrap=True)
    last = ""
    for item in gains:
        name = "" if _outcome(item) == last else _outcome(item)
        cells = [name, item.touchpoint, f"{item.given:+.2f}", _points(item, item.gain)]
        cost = [_money(item.cost_per_point)] if paid else []
        table.add_row(*cells, _range(item), *cost)
        last = _outcome(item)
    return table


def _sentence(item: Gain, confidence: float) -> str:
    start = f"{_outcome(item)} {_level(item)}"
    cost = "" if item.cost_per_point is None else f" {_money(item.cost_per_point)} per point."
    text = (
        f"{start}: {_points(item, item.gain)} points, {100 * confidence:g} % interval "
        f"{_range(item)}. Base {_base(item.n, item.n_eff)}.{cost}"
    )
    return text if item.gain == item.gain else f"{start}: no sum can be told."


def _outcome(item: Gain) -> str:
    return "NPS" if item.unit == "nps" else item.outcome


def _level(item: Gain) -> str:
    if item.unit == "nps":
        return f"(now {item.before:.1f})"
    less = ", less is better" if item.turned else ""
    return f"(now {item.before:.2f}{less})"


def _points(item: Gain, value: float) -> str:
    if value != value:
        return "–"
    return f"{value:+.1f}" if item.unit == "nps" else f"{value:+.3f}"


def _range(item: Gain) -> str:
    return f"{_points(item, item.low)} to {_points(item, item.high)}"


def _base(n: int, n_eff: float) -> str:
    if n - n_eff < 0.5:
        return f"{n:,} respondents, unweighted"
    return f"{n:,} respondents, weighted, worth {n_eff:,.0f}"


def _money(amount: float | None) -> str:
    return "–" if amount is None else f"{amount:,.0f}"


def _warnings(gains: Sequence[Gain]) -> Iterator[str]:
    """Tell each warning once, with whom it is about."""
    for code, text in WARNINGS.items():
        about = [item for item in gains if code in item.warnings]
        names = dict.fromkeys(item.touchpoint for item in about if item.touchpoint)
        outcomes = dict.fromkeys(_outcome(item) for item in about)
        if code == "not_significant":
            who = [f"{item.touchpoint or 'together'} on {_outcome(item)}" for item in about]
        else:
            who = list(outcomes if code in ("proxy", "nps_limit", "outcome_limit") else names)
        if about:
            yield f"Note: {', '.join(who)}: {text}."


def show_budget(found: Bought) -> None:
    """Print what the budget buys, the frontier as bars, measures left out, what it rests on."""
    own = next((item for item in found.sets if item.chosen), None)
    goal = "loyalty and recommendation" if found.goal == "both" else found.goal
    say(f"Wave {found.wave}, goal {goal}. Base {_base(found.n, found.n_eff)}.")
    if found.goal != found.asked:
        say(f"Only {found.goal} has effects to weigh; the goal asked for was {found.asked}.")
    if own is not None:
        say("", *_own(own, found.confidence))
    say("", "Best set by cost, gain in standard deviations of the outcomes:")
    most = max((item.value[0] for item in found.sets), default=0.0)
    say(*(_bar(item, most) for item in found.sets))
    if not found.complete:
        say("  More best sets lie between these, which are those of evenly spaced budgets.")
    if not all(item.proven for item in found.sets):
        say("  ~ the best found in the time given; a better one may exist.")
    if found.left_out:
        say("", "Left out:", *(f"  {name}: {reason}" for name, reason in found.left_out))
    say("", *(f"Note: {name}: {WARNINGS['proxy']}." for name in found.proxies), CURSE, ASSOCIATION)
    if found.stale:
        say(STALE)
    if found.file:
        say("", f"Table: {short(found.file)}")


def _own(item: BestSet, confidence: float) -> Iterator[str]:
    names = ", ".join(item.measures) or "nothing"
    yield f"{_money(item.amount)} buys: {names}. Cost {_money(item.cost)}."
    interval = f"{100 * confidence:g} % interval"
    if item.loyalty is not None:
        gain, low, high = item.loyalty
        yield f"  Loyalty: {gain:+.3f} points, {interval} {low:+.3f} to {high:+.3f}."
    if item.nps is not None:
        gain, low, high = item.nps
        yield f"  NPS: {gain:+.1f} points, {interval} {low:+.1f} to {high:+.1f}."


def _bar(item: BestSet, most: float) -> str:
    share = item.value[0] / most if most > 0 else 0.0
    mark = ">" if item.chosen else " " if item.proven else "~"
    bar = "█" * round(BAR * share)
    names = f"{len(item.measures)}: {', '.join(item.measures)}" if item.measures else "none"
    return f"{mark} {_money(item.cost):>12}  {bar:<{BAR}} {item.value[0]:+.3f}  {names}"
