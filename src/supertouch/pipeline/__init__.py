"""The stages from raw files to reports; the only room that knows paths, progress, manifest."""

from supertouch.pipeline.changes import Change, Changes, Explained, changes
from supertouch.pipeline.fieldwork import Fielded, field_report
from supertouch.pipeline.files import write_study
from supertouch.pipeline.incoming import Drifted, drift_report
from supertouch.pipeline.making import Watcher, make
from supertouch.pipeline.plans import (
    convert_plan,
    draft_plan,
    plan_path,
    read_plan,
    read_states,
    refuse_existing,
)
from supertouch.pipeline.rules import STAGES, Stage, Target, out_of_date, targets
from supertouch.pipeline.runs import Plan, check, open_study, plan, run, write_makefile
from supertouch.pipeline.store import Left, Stored, forget, stored
from supertouch.pipeline.summary import Found, Reason, Summary, WaveCount, summarise

__all__ = [
    "STAGES",
    "Change",
    "Changes",
    "Drifted",
    "Explained",
    "Fielded",
    "Found",
    "Left",
    "Plan",
    "Reason",
    "Stage",
    "Stored",
    "Summary",
    "Target",
    "Watcher",
    "WaveCount",
    "changes",
    "check",
    "convert_plan",
    "draft_plan",
    "drift_report",
    "field_report",
    "forget",
    "make",
    "open_study",
    "out_of_date",
    "plan",
    "plan_path",
    "read_plan",
    "read_states",
    "refuse_existing",
    "run",
    "stored",
    "summarise",
    "targets",
    "write_makefile",
    "write_study",
]
