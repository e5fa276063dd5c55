"""What cannot be told because a question was not asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from supertouch.study.model import Role

__all__ = ["gaps"]

_GAPS: Mapping[Role, str] = {
    "loyalty": (
        "No loyalty question: super-touchpoints cannot be told; "
        "a proxy such as overall satisfaction may stand in."
    ),
    "recommendation": (
        "No recommendation question: super-touchpoints cannot be told; "
        "a proxy asked from 0 to 10 may stand in."
    ),
}


def gaps(roles: Collection[str]) -> tuple[str, ...]:
    """Return a sentence for each role that super-touchpoints need and that ``roles`` lack."""
    return tuple(sentence for role, sentence in _GAPS.items() if role not in roles)
