"""Zipped documents (Excel, PowerPoint), measured before a library unpacks and parses them."""

from supertouch.packed.members import look_into, reject_harmful
from supertouch.packed.worksheets import Layout, layout_of, reject_vast

__all__ = ["Layout", "layout_of", "look_into", "reject_harmful", "reject_vast"]
