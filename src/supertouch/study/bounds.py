"""What TOML does not have and no message could show: endless brackets, monstrous numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from supertouch.study.wording import Loc

__all__ = ["MONSTROUS", "TOO_DEEP", "Fault", "out_of_bounds"]

_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a value cannot be used: the rule and the remedy."""

    rule: str
    remedy: str


TOO_DEEP = Fault("nests brackets too deep.", "Write one value.")
MONSTROUS = Fault(
    "is a whole number larger than any that TOML has.",
    "Write the number that is meant, long codes in quotes.",
)


def out_of_bounds(content: Mapping[str, object], *, bits: int = 64) -> Iterator[tuple[Loc, Fault]]:
    """Yield each key whose value cannot be used, in the order of the file.

    ``bits`` is the length from which a whole number is monstrous.

    Examples
    --------
    >>> [(loc, fault.rule) for loc, fault in out_of_bounds({"a": {"b": [1, 2**64]}})]
    [(('a', 'b'), 'is a whole number larger than any that TOML has.')]
    """
    heap: list[tuple[Loc, int, object]] = [((), 0, content)]
    found: dict[Loc, Fault] = {}
    while heap:
        loc, depth, value = heap.pop()
        if any(loc[:k] in found for k in range(1, len(loc) + 1)):
            continue
        if depth > _DEEPEST:
            found.setdefault(_key_of(loc), TOO_DEEP)
        elif isinstance(value, Mapping):
            heap += [((*loc, str(key)), depth + 1, item) for key, item in value.items()][::-1]
        elif isinstance(value, list):
            heap += [((*loc, k), depth + 1, item) for k, item in enumerate(value)][::-1]
        elif isinstance(value, int) and value.bit_length() >= bits:
            found.setdefault(_key_of(loc), MONSTROUS)
    yield from found.items()


def _key_of(loc: Loc) -> Loc:
    """Return the place of the key that a value, or a value in its list, belongs to."""
    while isinstance(loc[-1], int):
        loc = loc[:-1]
    return loc
