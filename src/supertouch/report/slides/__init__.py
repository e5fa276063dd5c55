"""The deck of slides: an agency's layout, titles that say what was found, charts to edit."""

from __future__ import annotations

from supertouch.report.slides.deck import write_slides
from supertouch.report.slides.template import opened

__all__ = ["opened", "write_slides"]
