"""What was made of a questionnaire, and how many respondents it needs, in sentences and a table."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from supertouch.screen.console import console, say, short

if TYPE_CHECKING:
    from rich.table import Table

    from supertouch.pipeline.questioning import Asked
    from supertouch.pipeline.sizes import Needed, Rung, SampleSize
    from supertouch.study.model import Study

__all__ = ["counting", "show_asked", "show_sample_size"]

BLANK = "–"
NO_BREAK = "\u00a0"


@contextmanager
def counting(subject: str) -> Iterator[Callable[[int, int, str], None]]:
    """Give a function that moves a bar on a terminal; elsewhere it says nothing."""
    to = console()
    if not to.is_terminal:
        yield lambda _done, _total, _text: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[text]}"),
    )
    with Progress(*columns, console=to, transient=True) as bars:
        task = bars.add_task(subject, total=None, text="")
        yield lambda done, total, text: bars.update(
            task, completed=done, total=total or None, text=text
        )


def show_asked(asked: Asked, study: Study, *, written: bool) -> None:
    """Print which files there are, what is added to the answers, and what to think about."""
    start = "Written" if written else "Would write"
    say(*(f"{start}: {short(path)}" for path in asked.files))
    for kind, reason in asked.left_out.items():
        say(f"No file for {kind}: {reason}")
    if asked.added:
        say("", "Added by the institute or the platform, since no question fills them:")
        say(*(f"  {one.column}: {one.purpose.within('en')}" for one in asked.added))
    say(*_blocks(asked, study))
    if asked.remarks:
        say("", *(remark.within("en") for remark in asked.remarks))


def _blocks(asked: Asked, study: Study) -> Iterator[str]:
    plan = asked.plan
    if plan is None or asked.tables is None:
        return
    lengths = sorted({len(block) for block in plan.blocks})
    span = f"{lengths[0]}" if len(lengths) == 1 else f"{lengths[0]} to {lengths[-1]}"
    yield ""
    yield (
        f"{len(plan.blocks)} blocks of {span} touchpoints. Each touchpoint is in "
        f"{_span(plan.singles)} of them, each pair in {_span(plan.pairs)}: the rarest pair is "
        f"asked of {plan.pairs[0] / len(plan.blocks):.0%} of the respondents."
    )
    yield f"Put {short(asked.tables)} at the end of {short(study.file)} before the answers come."


def _span(ends: tuple[int, int]) -> str:
    return f"{ends[0]}" if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def show_sample_size(found: SampleSize, study: Study) -> None:
    """Print what each number of respondents gives, and how many the wishes need."""
    origin = (
        f"as wave {found.based_on} was" if found.based_on else "by assumption: no wave is analysed"
    )
    each, runs = found.rungs[0].studies, sum(rung.studies for rung in found.rungs)
    split = f", {found.blocks} blocks" if found.blocks else ""
    say(
        "",
        f"Respondents needed for wave {found.wave}, expected {origin} ({found.touchpoints} "
        f"touchpoints{split}, R² {found.r2:.2f}, design effect {found.design_effect:.2f}; "
        f"{each} simulated studies of each size, {runs} in all):",
    )
    console().print(_table(found))
    say(*(f"  {line}" for line in _wishes(found, study)))
    if found.rungs[-1].power == found.rungs[-1].power:
        say(
            f"found: of the {found.lifted} touchpoints with twice their fair share in each study, "
            "how many were found super. These counts go up and down by chance; finds super is the "
            "chance off one rising curve through all of them."
        )
    say(
        "± is one standard error of the simulation. Numbers beyond the table follow from widths "
        "that fall with the root of n; all of them hold as far as the wave is as expected."
    )


def _table(found: SampleSize) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD)
    heads = ("n", "mean", "widest", "fewest raters", "own share", "share", "found", "finds super")
    for head in heads:
        table.add_column(head, justify="right")
    for rung in found.rungs:
        table.add_row(*(cell.replace(" ", NO_BREAK) for cell in _cells(rung)))
    return table


def _cells(rung: Rung) -> tuple[str, ...]:
    share = BLANK if math.isnan(rung.share_half_width) else f"± {100 * rung.share_half_width:.1f} %"
    power = BLANK if math.isnan(rung.power) else f"{rung.power:.0%} ± {rung.power_error:.0%}"
    return (
        f"{rung.n:,}",
        f"± {rung.half_width:.2f}",
        f"± {rung.widest:.2f}",
        f"{rung.raters:.0f}",
        f"{rung.admitted:.0%}",
        share,
        f"{rung.found}/{rung.lifted}" if rung.lifted else BLANK,
        power,
    )


def _wishes(found: SampleSize, study: Study) -> Iterator[str]:
    label = study.touchpoint(found.hardest).label.within("en")
    yield (
        f"Mean ratings to within {found.precision:g} points ({found.confidence:.0%} interval): "
        f"{_needed(found.middle)} for the middle touchpoint, {_needed(found.all)} for all; "
        f"hardest is {label}. No touchpoint needs more than {found.raters:,} raters."
    )
    least = f"{found.least_raters} raters of every touchpoint ([super] min_base)"
    yield f"{least}: {_needed(found.base)}."
    shown = f"{found.admitted:,.0f}" if found.admitted == found.admitted else _beyond(found)
    yield f"A share of its own for every touchpoint: {shown}{_why(found)}."
    if math.isnan(found.rungs[-1].power):
        yield "No verdicts in this wave: it needs loyalty and recommendation."
        return
    needed = _needed(found.found) if found.found.n == found.found.n else _beyond(found)
    if found.found.n <= found.rungs[0].n:
        needed = f"{found.rungs[0].n:,} or fewer"
    yield (
        f"A touchpoint with twice its fair share is found super with a chance of "
        f"{found.power:.0%}: {needed}."
    )


SPARSE = ("not_positive", "too_few_touchpoints")


def _why(found: SampleSize) -> str:
    """Tell what to do where even the largest number gives no model."""
    last = found.rungs[-1]
    if not last.refused:
        return ""
    if found.blocks and last.refused in SPARSE:
        return (
            f"; with {last.n:,} the driver model is refused, since too few answer the same pairs. "
            "Ask more touchpoints of each ([questionnaire] most), or list fewer. Reach, quality "
            "and each touchpoint's own correlation with the outcomes are shown all the same"
        )
    return f"; with {last.n:,} the driver model is refused ({last.refused})"


def _beyond(found: SampleSize) -> str:
    return f"more than {found.largest:,}"


def _needed(needed: Needed) -> str:
    if not math.isfinite(needed.n):
        return "cannot be told"
    digits = 10 ** max(0, len(str(int(needed.n))) - 2)
    n = math.ceil(needed.n / digits) * digits
    return f"about {n:,} ± {math.ceil(needed.error):,}"
