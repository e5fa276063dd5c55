"""The plan of measures as people edit it: in TOML beside the study file, or in Excel."""

from supertouch.instruments.plan.reading import read_measures, read_plan
from supertouch.instruments.plan.writing import write_plan

__all__ = ["read_measures", "read_plan", "write_plan"]
