"""Find super-touchpoints in touchpoint-specific customer surveys."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from supertouch.findings.plain import importance
    from supertouch.pipeline import run
    from supertouch.study import load_study

__all__ = ["__version__", "importance", "load_study", "run"]

__version__ = "0.6.0"

_ROOMS = {
    "importance": "supertouch.findings.plain",
    "load_study": "supertouch.study",
    "run": "supertouch.pipeline",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Import the public functions when they are first used, so that importing is cheap."""
    if name not in _ROOMS:
        message = f"module 'supertouch' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(_ROOMS[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
