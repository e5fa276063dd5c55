"""The stages from raw files to reports; the only room that knows paths, progress, manifest."""

from supertouch.pipeline.brought import read as read_brought
from supertouch.pipeline.changes import Change, Changes, Explained, changes
from supertouch.pipeline.fieldwork import Fielded, field_report
from supertouch.pipeline.files import write_study
from supertouch.pipeline.incoming import Drifted, drift_report
from supertouch.pipeline.making import Watcher, make
from supertouch.pipeline.planning import sample_size, write_sample_size
from supertouch.pipeline.plans import (
    convert_plan,
    draft_plan,
    past_targets,
    plan_path,
    read_plan,
    read_states,
    refuse_existing,
)
from supertouch.pipeline.questioning import FORMATS, Asked, asked_files, write_asked
from supertouch.pipeline.rules import STAGES, Stage, Target, out_of_date, targets
from supertouch.pipeline.runs import Plan, check, open_study, plan, run, write_makefile
from supertouch.pipeline.sizes import SampleSize
from supertouch.pipeline.store import Left, Stored, forget, stored
from supertouch.pipeline.summary import Found, Reason, Summary, WaveCount, summarise
from supertouch.pipeline.turns import beside

__all__ = [
    "FORMATS",
    "STAGES",
    "Asked",
    "Change",
    "Changes",
    "Drifted",
    "Explained",
    "Fielded",
    "Found",
    "Left",
    "Plan",
    "Reason",
    "SampleSize",
    "Stage",
    "Stored",
    "Summary",
    "Target",
    "Watcher",
    "WaveCount",
    "asked_files",
    "beside",
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
    "past_targets",
    "plan",
    "plan_path",
    "read_brought",
    "read_plan",
    "read_states",
    "refuse_existing",
    "run",
    "sample_size",
    "stored",
    "summarise",
    "targets",
    "write_asked",
    "write_makefile",
    "write_sample_size",
    "write_study",
]
