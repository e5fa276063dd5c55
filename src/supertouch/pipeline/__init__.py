"""The stages from raw files to reports; the only room that knows paths, progress, manifest."""

from supertouch.pipeline.making import Watcher, make
from supertouch.pipeline.rules import STAGES, Stage, Target, out_of_date, targets
from supertouch.pipeline.runs import Plan, check, open_study, plan, run, write_makefile
from supertouch.pipeline.summary import Found, Reason, Summary, WaveCount, summarise

__all__ = [
    "STAGES",
    "Found",
    "Plan",
    "Reason",
    "Stage",
    "Summary",
    "Target",
    "Watcher",
    "WaveCount",
    "check",
    "make",
    "open_study",
    "out_of_date",
    "plan",
    "run",
    "summarise",
    "targets",
    "write_makefile",
]
