"""What changes would bring, and what a budget buys, in sentences and small tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from supertouch.screen.console import say, short

if TYPE_CHECKING:
    from supertouch.decisions.whatif import Shift
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
AGAIN = "To weigh a measure under way again, set its based_on to the wave that you plan on now."
BAR = 24
WIDTHS = (11, 10, 20, 15)


def show_whatif(found: Weighed) -> None:
    """Print what changes, a sentence per outcome, the touchpoints one by one, and warnings."""
    together = [item for item in found.gains if not item.touchpoint]
    single = [item for item in found.gains if item.touchpoint]
    say(f"Wave {found.wave}, mean ratings now -> aimed at:", *map(_shift, found.shifts))
    say("", "All changes together:")
    say(*(line for item in together for line in _sentences(item, found.confidence)))
    say(*(f"  {name}: no driver model, so nothing to tell." for name in found.refused))
    say("", *_table(single, found.confidence), "")
    say(*_warnings(found.gains), ASSOCIATION)
    if found.stale:
        say(STALE)
    if found.file:
        say("", f"Table: {short(found.file)}")


def _shift(item: Shift) -> str:
    less = ", less is better" if item.turned else ""
    base = _base(item.n, item.n_eff, "ratings")
    return f"  {item.touchpoint} {item.before:.2f} -> {item.after:.2f}{less}. Base {base}."


def _table(gains: Sequence[Gain], confidence: float) -> Iterator[str]:
    """Yield a line per touchpoint under a line per outcome."""
    wide = max([len("One by one"), *(len(item.touchpoint) + 2 for item in gains)])
    paid = any(item.cost is not None for item in gains)
    heads = ("better by", "gain", f"{100 * confidence:g} % interval", "cost a point")
    yield _cells("One by one", heads if paid else heads[:-1], wide)
    last = ""
    for item in gains:
        if _outcome(item) != last:
            last = _outcome(item)
            yield f"{last}, in percentage points" if item.share else last
        cells = (_signed(item.given, 2), _points(item, item.gain), _range(item), _per_point(item))
        yield _cells(f"  {item.touchpoint}", cells if paid else cells[:-1], wide)


def _cells(first: str, others: Sequence[str], wide: int) -> str:
    cells = (text.rjust(width) for text, width in zip(others, WIDTHS, strict=False))
    return f"{first:<{wide}}{''.join(cells)}"


def _sentences(item: Gain, confidence: float) -> Iterator[str]:
    start = f"  {_outcome(item)} {_level(item)}"
    if item.gain != item.gain:
        yield f"{start}: no sum can be told."
        return
    unit = "percentage point" if item.share else "point"
    interval = f"{100 * confidence:g} % interval {_range(item)}"
    yield f"{start}: {_points(item, item.gain)} {unit}s, {interval}."
    cost = "" if item.cost_per_point is None else f" {_per_point(item)} per {unit}."
    yield f"    Base {_base(item.n, item.n_eff, 'respondents')}.{cost}"


def _outcome(item: Gain) -> str:
    return "NPS" if item.unit == "nps" else item.outcome


def _level(item: Gain) -> str:
    if item.unit == "nps":
        return f"(now {item.before:.1f})"
    less = ", less is better" if item.turned else ""
    level = f"{100 * item.before:.1f} %" if item.share else f"{item.before:.2f}"
    return f"(now {level}{less})"


def _points(item: Gain, value: float) -> str:
    if item.share:
        return _signed(100 * value, 1)
    return _signed(value, 1 if item.unit == "nps" else 3)


def _signed(value: float, digits: int) -> str:
    """Return a change with its sign; one that rounds to zero has none."""
    if value != value:
        return "–"
    text = f"{value:+.{digits}f}"
    return text if float(text) else text[1:]


def _range(item: Gain) -> str:
    return f"{_points(item, item.low)} to {_points(item, item.high)}"


def _per_point(item: Gain) -> str:
    per = item.cost_per_point
    return _money(per if per is None or not item.share else per / 100)


def _base(n: int, n_eff: float, whom: str) -> str:
    if n - n_eff < 0.5:
        return f"{n:,} {whom}, unweighted"
    return f"{n:,} {whom}, weighted, as precise as {n_eff:,.0f} unweighted"


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
    say(f"Wave {found.wave}, goal {goal}. Base {_base(found.n, found.n_eff, 'respondents')}.")
    if found.goal != found.asked:
        say(f"Only {found.goal} has effects to weigh; the goal asked for was {found.asked}.")
    if own is not None:
        say("", *_own(own, found.confidence, share=found.share))
    say("", "Best set by cost, gain in standard deviations of the outcomes:")
    most = max((item.value[0] for item in found.sets), default=0.0)
    say(*(_bar(item, most) for item in found.sets))
    if not found.complete:
        say("  More best sets lie between these, which are those of evenly spaced budgets.")
    if not all(item.proven for item in found.sets):
        say("  ~ the best found in the time given; a better one may exist.")
    if found.left_out:
        say("", "Left out:", *(f"  {name}: {reason}" for name, reason in found.left_out))
    if found.under_way:
        say(f"  {AGAIN}")
    say("", *(f"Note: {name}: {WARNINGS['proxy']}." for name in found.proxies), CURSE, ASSOCIATION)
    if found.stale:
        say(STALE)
    if found.file:
        say("", f"Table: {short(found.file)}")


def _own(item: BestSet, confidence: float, *, share: bool) -> Iterator[str]:
    names = "; ".join(item.measures) or "nothing"
    yield f"{_money(item.amount)} buys: {names}. Cost {_money(item.cost)}."
    interval = f"{100 * confidence:g} % interval"
    if item.loyalty is not None:
        times, digits, unit = (100, 1, "percentage points") if share else (1, 3, "points")
        gain, low, high = (_signed(times * value, digits) for value in item.loyalty)
        yield f"  Loyalty: {gain} {unit}, {interval} {low} to {high}."
    if item.nps is not None:
        gain, low, high = (_signed(value, 1) for value in item.nps)
        yield f"  NPS: {gain} points, {interval} {low} to {high}."


def _bar(item: BestSet, most: float) -> str:
    share = item.value[0] / most if most > 0 else 0.0
    mark = ">" if item.chosen else " " if item.proven else "~"
    bar = "█" * round(BAR * share)
    names = f"{len(item.measures)}: {'; '.join(item.measures)}" if item.measures else "none"
    return f"{mark} {_money(item.cost):>12}  {bar:<{BAR}} {_signed(item.value[0], 3):>6}  {names}"
