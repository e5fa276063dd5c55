"""Figures: a page with title, key and base around charts, as PNG and SVG."""
