"""Charts as data: what slides and workbook draw natively, made from the tables once."""

from __future__ import annotations

from supertouch.report.native.choice import native_charts

__all__ = ["native_charts"]
