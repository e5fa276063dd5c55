"""Quiet for compiled code that prints on its own account."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

__all__ = ["silent"]

OUT = 1


@contextmanager
def silent() -> Iterator[None]:
    """Keep compiled code from printing to standard output.

    The integer solver HiGHS (1.12, in SciPy 1.17) prints a line for debugging whatever its options
    say. Python's own output is written out before and goes on after.
    """
    with suppress(OSError, ValueError, AttributeError):
        sys.stdout.flush()
    try:
        kept = os.dup(OUT)
    except OSError:
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, OUT)
    try:
        yield
    finally:
        _flush()
        os.dup2(kept, OUT)
        os.close(kept)
        os.close(nowhere)


def _flush() -> None:
    """Empty the buffers of the C library while they still lead nowhere."""
    import ctypes

    with suppress(OSError, TypeError, AttributeError):
        ctypes.CDLL(None).fflush(None)
