"""How it is told: tables, figures and the cockpit page, rendered from what was found."""

from __future__ import annotations

from supertouch.report.writing import write_report

__all__ = ["write_report"]
