"""How it is told: tables, figures and the cockpit page, rendered from what was found."""

from __future__ import annotations

from supertouch.report.handing_over import write_report
from supertouch.report.pages import write_drift, write_field, write_tracking

__all__ = ["write_drift", "write_field", "write_report", "write_tracking"]
