"""What was found: performance, drivers, super-touchpoints and how far to trust them, as tables."""

from __future__ import annotations

from supertouch.findings.analysis import JUDGED, MAIN, TABLES, analyze_wave, judged_tables
from supertouch.findings.supertouchpoints import judge
from supertouch.findings.tracking import track

__all__ = ["JUDGED", "MAIN", "TABLES", "analyze_wave", "judge", "judged_tables", "track"]
