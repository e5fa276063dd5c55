"""What people fill in: questionnaire, audit sheet, plan; made from the study and read back."""

from supertouch.instruments.audit import Sheets, read_sheets
from supertouch.instruments.plan import read_measures, read_plan, write_plan

__all__ = ["Sheets", "read_measures", "read_plan", "read_sheets", "write_plan"]
