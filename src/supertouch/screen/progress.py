"""How work gets on: a line per finished step, bars where there is a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from supertouch.errors import legible
from supertouch.screen.console import console

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

    from supertouch.pipeline import Target, Watcher

__all__ = ["telling", "watching"]


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
        for note in record.get("notes", ()):
            self.console.print(f"  {legible(note)}", markup=False)

    def skip(self, step: Target) -> None:
        """Count the step and say why it is not made."""
        self.number += 1
        line = f"[{self.number}/{self.steps}] {step.name}: unchanged"
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
    to = console()
    if quiet or steps == 0:
        yield None
    elif not to.is_terminal:
        yield Lines(to, steps=steps)
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
        with progress.Progress(*columns, console=to, transient=True, expand=True) as bars:
            yield Bars(to, steps=steps, bars=bars)


@contextmanager
def telling(subject: str) -> Iterator[Callable[[str], None]]:
    """Give a function that shows on a terminal what is being done; elsewhere it says nothing."""
    to = console()
    if to.is_terminal:
        with to.status(subject) as status:
            yield lambda text: status.update(f"{subject}: {text}")
    else:
        yield lambda _: None
