"""Errors as a list of problems: place, value, rule, remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertouch.screen.console import console

if TYPE_CHECKING:
    from rich.console import Console

    from supertouch.errors import Problem, SupertouchError

__all__ = ["show_error"]


def show_error(error: SupertouchError) -> None:
    """Print every problem on stderr: place, value, rule, remedy."""
    to = console(error=True)
    problems = error.problems
    if len(problems) > 1:
        to.print(f"Error: {len(problems)} problems", style="bold red")
    for number, problem in enumerate(problems, start=1):
        mark = f"{number}. " if len(problems) > 1 else "Error: "
        _show_problem(to, mark, problem)


def _show_problem(to: Console, mark: str, problem: Problem) -> None:
    value = f": {problem.value}" if problem.value else ""
    rule = f" {problem.rule}" if problem.rule else ""
    joint = ":" if rule and not value else ""
    to.print(f"{mark}{problem.place}{joint}{value}{rule}", markup=False)
    if problem.remedy:
        to.print(f"{' ' * len(mark)}{problem.remedy}", markup=False)
