"""What the terminal shows: progress, the list of problems, the summary in plain words."""

from supertouch.screen.auditing import show_sheets
from supertouch.screen.plan import nothing_to_do, show_plan, show_waiting
from supertouch.screen.problems import show_error
from supertouch.screen.progress import telling, watching
from supertouch.screen.questioning import counting, show_asked, show_sample_size
from supertouch.screen.summary import show_summary
from supertouch.screen.waves import (
    show_changes,
    show_drift,
    show_field,
    show_forgotten,
    show_versions,
)

__all__ = [
    "counting",
    "nothing_to_do",
    "show_asked",
    "show_changes",
    "show_drift",
    "show_error",
    "show_field",
    "show_forgotten",
    "show_plan",
    "show_sample_size",
    "show_sheets",
    "show_summary",
    "show_versions",
    "show_waiting",
    "telling",
    "watching",
]
