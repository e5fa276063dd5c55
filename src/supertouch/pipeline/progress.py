"""What a stage tells while it works, and what it leaves in its record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["Details", "Progress"]

Progress = Callable[[int, int, str], None]
Details = dict[str, Any]
