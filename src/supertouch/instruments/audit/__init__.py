"""The audit sheet: what the company itself thinks of its touchpoints, written and read back."""

from supertouch.instruments.audit.listing import Listed, list_touchpoints, write_listed
from supertouch.instruments.audit.reading import Sheets, read_sheets
from supertouch.instruments.audit.templates import (
    Planned,
    plan_start_lists,
    plan_templates,
    write_filled,
    write_planned,
)

__all__ = [
    "Listed",
    "Planned",
    "Sheets",
    "list_touchpoints",
    "plan_start_lists",
    "plan_templates",
    "read_sheets",
    "write_filled",
    "write_listed",
    "write_planned",
]
