"""A part of the rows that cannot be read or added up is named, wherever it is met."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from supertouch.errors import OutputError, Problem, SupertouchError

__all__ = ["name_of", "tried"]

S = TypeVar("S")

_AGAIN = "Make it again (--force); on a cluster, see that every machine reads the same file."
_MEMORY = "Lower memory_gb in [engine], or give each process more memory."


def tried(part: object, function: Callable[..., S], *given: object) -> S:
    """Call a function that works on a part.

    Raises
    ------
    SupertouchError
        As the function raised it; or one that names the part, if it cannot be read or is too large.
    """
    try:
        return function(*given)
    except SupertouchError:
        raise
    except MemoryError as error:
        raise OutputError(Problem(name_of(part), "", "needs too much memory.", _MEMORY)) from error
    except (OSError, EOFError, ValueError) as error:
        rule = f"cannot be read and added up ({type(error).__name__}: {error})."
        raise OutputError(Problem(name_of(part), "", rule, _AGAIN)) from error


def name_of(part: object) -> str:
    """Return what to call a part in messages."""
    return str(getattr(part, "name", part))
