"""The run manifest: from which inputs, with which programs and how long the numbers were made."""

from __future__ import annotations

import platform
import re
from collections.abc import Mapping
from importlib import metadata
from typing import Any

from supertouch import __version__
from supertouch.pipeline import files
from supertouch.pipeline.rules import targets
from supertouch.study.model import Study

__all__ = ["complete", "facts"]


def facts(study: Study) -> dict[str, Any]:
    """Return the manifest as far as it is known before the report is written.

    ``started`` is when the earliest stage began whose results are used, ``finished`` when the last
    of them ended; ``stages`` holds the wall time of each stage in seconds.
    """
    records = [
        files.read_record(step.output, keys=("stage", "wave", "started", "finished", "seconds"))
        for step in targets(study)
        if step.stage != "report"
    ]
    inputs = {
        entry["name"]: {"file": entry["name"], "sha256": entry["sha256"], "bytes": entry["bytes"]}
        for record in records
        if record["stage"] == "ingest"
        for entry in record["meta"]["files"]
    }
    return {
        "supertouch": __version__,
        "python": platform.python_version(),
        "packages": _packages(),
        "study_sha256": files.sha256(study.file),
        "inputs": list(inputs.values()),
        "seed": study.seed,
        "started": min(record["started"] for record in records),
        "finished": max(record["finished"] for record in records),
        "stages": [_timing(record) for record in records],
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
