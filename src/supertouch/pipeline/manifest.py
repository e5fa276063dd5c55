"""The run manifest: from which inputs, with which programs and how long the numbers were made."""

from __future__ import annotations

import platform
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from typing import Any

from supertouch import __version__
from supertouch.pipeline import files
from supertouch.pipeline.rules import STAGES, Stage, targets
from supertouch.study.model import Study

__all__ = ["complete", "facts", "of_raw"]


def of_raw(study: Study, inputs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the manifest of what is told from raw files alone, with no stage before it."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return _made_with(study, inputs) | {"started": now, "finished": now, "stages": []}


def facts(study: Study, *, before: Stage = "report") -> dict[str, Any]:
    """Return the manifest as far as it is known before the stage ``before`` has run.

    ``started`` is when the earliest stage began whose results are used, ``finished`` when the last
    of them ended; ``stages`` holds the wall time of each stage in seconds.
    """
    records = [
        files.read_record(step.output, keys=("stage", "wave", "started", "finished", "seconds"))
        for step in targets(study)
        if STAGES.index(step.stage) < STAGES.index(before)
    ]
    inputs = [
        entry
        for record in records
        if record["stage"] == "ingest"
        for entry in record["meta"]["files"]
    ]
    return _made_with(study, inputs) | {
        "started": min(record["started"] for record in records),
        "finished": max(record["finished"] for record in records),
        "stages": [_timing(record) for record in records],
    }


def _made_with(study: Study, inputs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    distinct = {
        entry["name"]: {"file": entry["name"], "sha256": entry["sha256"], "bytes": entry["bytes"]}
        for entry in inputs
    }
    return {
        "supertouch": __version__,
        "python": platform.python_version(),
        "packages": _packages(),
        "study_sha256": files.sha256(study.file),
        "inputs": list(distinct.values()),
        "seed": study.seed,
    }


def complete(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the manifest with the time that the report itself took."""
    own = ("stage", "wave", "seconds")
    rest = {key: value for key, value in record.items() if key not in own}
    return rest | {"stages": [*record["stages"], _timing(record)]}


def _timing(record: Mapping[str, Any]) -> dict[str, Any]:
    return {key: record[key] for key in ("stage", "wave", "seconds")}


def _packages() -> dict[str, str]:
    try:
        required = metadata.requires("supertouch") or []
    except metadata.PackageNotFoundError:
        return {}
    names = [
        re.split(r"[^\w.-]", entry, maxsplit=1)[0] for entry in required if "extra" not in entry
    ]
    return {name: metadata.version(name) for name in sorted(names)}
