"""What a worker of a cluster does: some parts, one after the other; and adding up what came of it.

Everything here is named, never carried, when work is handed out: so the workers' own supertouch
runs it, and each of them first makes sure that it is the same as the one that asks.
"""

from __future__ import annotations

import copy
import pickle
import pkgutil
import platform
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from supertouch.errors import ClusterError, Problem
from supertouch.stats.faults import tried

__all__ = ["VERSION", "Chunk", "added", "applied", "folded", "minor", "opened", "versions"]

VERSION = "supertouch:__version__"
_SAME = "Install the same versions on all machines, and start the workers again."


@dataclass(frozen=True, slots=True)
class Chunk:
    """Parts that one worker takes, as bytes: the scheduler passes them on and need not know them.

    Attributes
    ----------
    parts : bytes
        A pickled sequence.
    first : int
        Number of the first of them among all parts.
    topic : str
        Under which a worker tells that it is done with a part.
    versions : tuple of str
        Of supertouch and Python, where the work was handed out.
    """

    parts: bytes
    first: int
    topic: str
    versions: tuple[str, str]


def versions() -> tuple[str, str]:
    """Return the versions of supertouch and of Python, the latter without its last number."""
    return str(pkgutil.resolve_name(VERSION)), minor(platform.python_version())


def minor(version: str) -> str:
    """Return a version without its last number.

    >>> minor("3.11.7")
    '3.11'
    """
    return version.rpartition(".")[0]


def opened(content: bytes) -> Any:  # noqa: ANN401
    """Return what was pickled.

    Raises
    ------
    ClusterError
        If it names something that this machine does not have.
    """
    try:
        return pickle.loads(content)
    except (ImportError, AttributeError) as error:
        rule = f"does not have what the work needs ({error})."
        raise ClusterError(Problem(f"worker {platform.node()}", "", rule, _SAME)) from error


def folded(step: Callable[[Any, Any], Any], chunk: Chunk) -> Any:  # noqa: ANN401
    """Add up the parts of a chunk."""
    _check(chunk)
    total = None
    for number, part in enumerate(opened(chunk.parts), start=chunk.first):
        total = tried(part, step, total, part)
        _tell(chunk, number)
    return total


def applied(function: Callable[[Any], Any], chunk: Chunk) -> list[Any]:
    """Return what a function makes of each part of a chunk."""
    _check(chunk)
    found = []
    for number, part in enumerate(opened(chunk.parts), start=chunk.first):
        found.append(tried(part, function, part))
        _tell(chunk, number)
    return found


def added(left: Any, right: Any) -> Any:  # noqa: ANN401
    """Add two sums and leave both as they are: after a loss, another worker may ask for them again.

    ``+`` may add into its left sum, and arrange the right one anew.
    """
    return copy.deepcopy(left) + copy.copy(right)


def _check(chunk: Chunk) -> None:
    """See that a worker, which may have joined late, is the same as who asks."""
    if chunk.versions != versions():
        here, there = (f"supertouch {s} on Python {p}" for s, p in (versions(), chunk.versions))
        problem = Problem(f"worker {platform.node()}", here, f"is not {there}.", _SAME)
        raise ClusterError(problem)


def _tell(chunk: Chunk, number: int) -> None:
    from distributed import get_worker

    get_worker().log_event(chunk.topic, number)
