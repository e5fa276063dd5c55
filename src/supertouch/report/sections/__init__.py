"""Chapters of the report: tables become words, grids and cards in one language."""
