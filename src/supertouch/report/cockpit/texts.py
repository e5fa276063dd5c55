"""Texts of a study as a page may show them: without characters that break or turn a page."""

from __future__ import annotations

import re

__all__ = ["cleaned"]

FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)


def cleaned(text: str) -> str:
    r"""Return ``text`` without control characters, lone halves of pairs and turns of direction.

    Examples
    --------
    >>> cleaned("Shop\x00 \u202eflah\ud800")
    'Shop flah'
    """
    return FORBIDDEN.sub("", text)
