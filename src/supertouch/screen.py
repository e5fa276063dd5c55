"""What the terminal shows: progress, the list of problems, the summary in plain words."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from supertouch.errors import Problem, SupertouchError
    from supertouch.pipeline import Found, Plan, Summary, Target, Watcher, WaveCount

__all__ = [
    "nothing_to_do",
    "show_error",
    "show_plan",
    "show_summary",
    "show_waiting",
    "telling",
    "watching",
]

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


def _console(*, error: bool = False) -> Console:
    return Console(stderr=error, highlight=False, soft_wrap=True)


class Lines:
    """A watcher that writes one line per finished step."""

    def __init__(self, console: Console, *, steps: int) -> None:
        self.console = console
        self.steps = steps
        self.number = 0

    def begin(self, step: Target) -> None:
        """Say nothing yet."""

    def progress(self, step: Target, done: int, total: int, text: str) -> None:
        """Say nothing: a log is not a bar."""

    def end(self, step: Target, record: dict[str, Any]) -> None:
        """Write the line."""
        self.number += 1
        rows = f", {record['rows']:,} rows" if "rows" in record else ""
        count = f"[{self.number}/{self.steps}] " if self.steps > 1 else ""
        line = f"{count}{step.name}: done in {record['seconds']:.1f} s{rows}"
        self.console.print(line, markup=False)


class Bars(Lines):
    """A watcher that shows, below the lines, a bar for each step at work."""

    def __init__(self, console: Console, *, steps: int, bars: Progress) -> None:
        super().__init__(console, steps=steps)
        self.bars = bars
        self.tasks: dict[Target, TaskID] = {}

    def begin(self, step: Target) -> None:
        """Add a bar."""
        self.tasks[step] = self.bars.add_task(step.name, total=None, text="")

    def progress(self, step: Target, done: int, total: int, text: str) -> None:
        """Move the bar."""
        self.bars.update(self.tasks[step], completed=done, total=total or None, text=text)

    def end(self, step: Target, record: dict[str, Any]) -> None:
        """Replace the bar by a line."""
        self.bars.remove_task(self.tasks.pop(step))
        super().end(step, record)


@contextmanager
def watching(*, steps: int, quiet: bool) -> Iterator[Watcher | None]:
    """Give a watcher for ``steps`` steps: bars on a terminal, lines elsewhere, none when quiet."""
    console = _console()
    if quiet or steps == 0:
        yield None
    elif not console.is_terminal:
        yield Lines(console, steps=steps)
    else:
        from rich import progress
        from rich.table import Column

        rest = Column(no_wrap=True, overflow="ellipsis", ratio=1)
        columns = (
            progress.TextColumn("{task.description}", table_column=Column(min_width=15)),
            progress.BarColumn(bar_width=20, table_column=Column(min_width=20)),
            progress.MofNCompleteColumn(table_column=Column(min_width=5)),
            progress.TimeElapsedColumn(table_column=Column(min_width=7)),
            progress.TextColumn("{task.fields[text]}", table_column=rest),
        )
        with progress.Progress(*columns, console=console, transient=True, expand=True) as bars:
            yield Bars(console, steps=steps, bars=bars)


@contextmanager
def telling(subject: str) -> Iterator[Callable[[str], None]]:
    """Give a function that shows on a terminal what is being done; elsewhere it says nothing."""
    console = _console()
    if console.is_terminal:
        with console.status(subject) as status:
            yield lambda text: status.update(f"{subject}: {text}")
    else:
        yield lambda _: None


def show_error(error: SupertouchError) -> None:
    """Print every problem on stderr: place, value, rule, remedy."""
    console = _console(error=True)
    problems = error.problems
    if len(problems) > 1:
        console.print(f"Error: {len(problems)} problems", style="bold red")
    for number, problem in enumerate(problems, start=1):
        mark = f"{number}. " if len(problems) > 1 else "Error: "
        _show_problem(console, mark, problem)


def _show_problem(console: Console, mark: str, problem: Problem) -> None:
    value = f": {problem.value}" if problem.value else ""
    rule = f" {problem.rule}" if problem.rule else ""
    joint = ":" if rule and not value else ""
    console.print(f"{mark}{problem.place}{joint}{value}{rule}", markup=False)
    if problem.remedy:
        console.print(f"{' ' * len(mark)}{problem.remedy}", markup=False)


def show_plan(plan: Plan, *, goal: Path) -> None:
    """Print what a run would make."""
    console = _console()
    for step in plan.due:
        console.print(f"{step.name}: {_short(step.output)}", markup=False)
    if not plan.due:
        nothing_to_do(goal)
    show_waiting(plan.waiting)


def show_waiting(steps: Sequence[Target]) -> None:
    """Print which steps wait for other waves."""
    if steps:
        names = ", ".join(step.name for step in steps)
        text = f"Not made, since other waves are not up to date: {names}. Run without --wave."
        _console().print(text, markup=False)


def nothing_to_do(goal: Path) -> None:
    """Print that all is up to date."""
    _console().print(f"Nothing to do: {_short(goal)} is up to date.", markup=False)


def show_summary(summary: Summary) -> None:
    """Print the rows of each wave, the super-touchpoints and where the page lies."""
    console = _console()
    lines = ["", *(line for wave in summary.waves for line in _rows(wave))]
    if summary.verdicts:
        lines += ["", *_verdicts(summary)]
    if summary.page:
        lines += ["", f"Report: {_short(summary.page)}"]
    for line in lines:
        console.print(line, markup=False)


def _rows(wave: WaveCount) -> list[str]:
    text = (
        f"Wave {wave.wave}: {wave.read:,} rows read, {wave.accepted:,} accepted, "
        f"{wave.quarantined:,} quarantined, {wave.excluded:,} excluded."
    )
    if wave.unassigned:
        text += f" {wave.unassigned:,} rows of the file belong to no wave."
    if not wave.quarantined:
        return [text]
    lines = [f"{text} Quarantine: {_short(wave.quarantine)}"]
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


def _short(path: Path) -> str:
    start = Path(os.getcwd())
    return str(path.relative_to(start)) if path.is_relative_to(start) else str(path)
