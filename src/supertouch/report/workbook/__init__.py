"""The workbook: every table in typed cells, native charts, methods and banner tables."""

from __future__ import annotations

from supertouch.report.workbook.writing import write_workbook

__all__ = ["write_workbook"]
