"""What a run would make, or cannot make yet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from supertouch.screen.console import say, short

if TYPE_CHECKING:
    from supertouch.pipeline import Plan, Target

__all__ = ["nothing_to_do", "show_plan", "show_waiting"]


def show_plan(plan: Plan, *, goal: Path) -> None:
    """Print what a run would make."""
    say(*(f"{step.name}: {short(step.output)}" for step in plan.due))
    if not plan.due:
        nothing_to_do(goal)
    show_waiting(plan.waiting)


def show_waiting(steps: Sequence[Target]) -> None:
    """Print which steps wait for other waves."""
    if steps:
        names = ", ".join(step.name for step in steps)
        say(f"Not made, since other waves are not up to date: {names}. Run without --wave.")


def nothing_to_do(goal: Path) -> None:
    """Print that all is up to date."""
    say(f"Nothing to do: {short(goal)} is up to date.")
