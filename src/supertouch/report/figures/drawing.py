"""Draws the figures of a report, several at a time where the computer has the cores."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Generator, Sequence
from contextlib import ExitStack
from multiprocessing import get_context
from multiprocessing.connection import Connection

from supertouch.errors import SupertouchError
from supertouch.report.figures.layout import Plan, drawn

__all__ = ["drawings"]

MOST_WORKERS = 4
FEWEST_FIGURES = 6


def drawings(
    plans: Sequence[Plan], *, workers: int | None = None
) -> Generator[tuple[bytes, bytes], None, None]:
    """Yield each figure as PNG and as SVG, in order; the same bytes however many draw.

    Parameters
    ----------
    plans
        The figures.
    workers
        Processes that draw; by default as many as there are cores, up to four. They are forked,
        since a plan holds functions that cannot be sent: on Linux only, elsewhere one draws.
    """
    number = min(_cores(), MOST_WORKERS) if workers is None else workers
    if number < 2 or len(plans) < FEWEST_FIGURES or sys.platform != "linux":
        yield from map(drawn, plans)
        return
    import matplotlib.backends.backend_agg
    import matplotlib.backends.backend_svg
    import matplotlib.figure  # noqa: F401

    context = get_context("fork")
    with ExitStack() as stack:
        connections = []
        for k in range(number):
            here, there = context.Pipe(duplex=False)
            process = context.Process(target=_work, args=(plans[k::number], there), daemon=True)
            process.start()
            there.close()
            stack.callback(process.join)
            stack.callback(process.terminate)
            connections.append(here)
        for place in range(len(plans)):
            yield _received(connections[place % number])


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _received(connection: Connection) -> tuple[bytes, bytes]:
    try:
        found: tuple[bytes, bytes] | Exception = connection.recv()
    except EOFError:
        message = "A process that draws figures ended before its time."
        raise SupertouchError(message) from None
    if isinstance(found, Exception):
        raise found
    return found


def _work(plans: Sequence[Plan], connection: Connection) -> None:
    """Draw one figure after the other; interruptions are left to the process that waits.

    Garbage is collected between figures only, and what was there before is left alone: searching
    for it in the middle of a drawing takes a fifth of the time.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    gc.freeze()
    gc.disable()
    try:
        for plan in plans:
            connection.send(drawn(plan))
            gc.collect()
    except BrokenPipeError:  # nobody waits any more
        return
    except Exception as error:
        connection.send(error)
