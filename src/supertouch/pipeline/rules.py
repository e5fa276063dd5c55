"""What is made from what: the one list that ``supertouch run`` and the Makefile both follow."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from supertouch import __version__
from supertouch.study.brought import brought_files, template_file, word_files
from supertouch.study.companions import companions
from supertouch.study.model import Study

__all__ = [
    "STAGES",
    "Stage",
    "Target",
    "is_lost",
    "is_stale",
    "makefile",
    "of_other_origin",
    "origin",
    "out_of_date",
    "raw_files",
    "stamp_of",
    "targets",
    "within",
    "youngest",
]

Stage = Literal["ingest", "validate", "analyze", "judge", "track", "decide", "report"]
STAGES: tuple[Stage, ...] = get_args(Stage)
FORGETTING = "_forget.json"  # stands in the store while persons are taken out of it
BROUGHT: tuple[Stage, ...] = ("ingest", "track", "decide", "report")


@dataclass(frozen=True, slots=True)
class Target:
    """One step of the study: ``output`` is written last, when all that the step makes is there.

    ``wave`` is empty for the steps that need all waves. ``inputs`` are the files it is made from,
    the study file first. ``product``, where there is one, stands for what the next step needs: it
    is written only when that has changed, while ``output`` is new each time.
    """

    stage: Stage
    wave: str
    output: Path
    inputs: tuple[Path, ...]
    product: Path | None = None

    @property
    def name(self) -> str:
        """The step as people call it, such as ``analyze w1``."""
        return f"{self.stage} {self.wave}".rstrip()


def raw_files(study: Study, wave: str) -> tuple[Path, ...]:
    """Return the raw files of ``wave`` in order; the pattern itself where nothing matches it."""
    pattern = study.wave(wave).file
    plain = study.raw / pattern
    if plain.exists():
        return (plain,)
    return tuple(sorted(study.raw.glob(pattern))) or (plain,)


def targets(study: Study) -> list[Target]:
    """Return every step of ``study`` in an order in which they can be made.

    All waves are read and checked before one is analysed, so that faults come to light early. A
    wave is compared with the one before when it is read, so that it needs the files of both.
    """
    ingest, validate, analyze = (
        {wave.id: _output(study, stage, wave.id) for wave in study.waves}
        for stage in ("ingest", "validate", "analyze")
    )
    stored = {wave: ingest[wave].with_suffix(".version.json") for wave in ingest}
    steps = [
        *(Target("ingest", w, ingest[w], _read_for(study, w), stored[w]) for w in ingest),
        *(Target("validate", w, validate[w], (study.file, stored[w])) for w in ingest),
        *(Target("analyze", w, analyze[w], (study.file, validate[w])) for w in ingest),
    ]
    judge, track, decide = (
        study.processed / name / "stage.json" for name in ("findings", "tracking", "decisions")
    )
    results = (*validate.values(), *analyze.values())
    pages = study.reports / "manifest.json"
    return [
        *steps,
        Target("judge", "", judge, (study.file, *results)),
        Target("track", "", track, (study.file, *results, judge, *word_files(study))),
        Target("decide", "", decide, (study.file, judge, track, *brought_files(study))),
        Target(
            "report", "", pages, (study.file, decide, *word_files(study), *template_file(study))
        ),
    ]


def _read_for(study: Study, wave: str) -> tuple[Path, ...]:
    waves = [item.id for item in study.waves]
    place = waves.index(wave)
    raw = [path for name in (waves[place], *waves[:place][-1:]) for path in raw_files(study, name)]
    beside = [found for path in raw for found in companions(path)]
    return (study.file, *dict.fromkeys([*raw, *beside]))


def _output(study: Study, stage: str, wave: str) -> Path:
    folder = study.processed / stage
    return folder / f"{wave}.json" if stage == "ingest" else folder / wave / "stage.json"


def out_of_date(steps: Sequence[Target]) -> list[Target]:
    """Return the steps that have to be made again, as make decides it.

    A step is out of date when its output is missing or older than an input, when an input is
    missing or is itself out of date, or when its record is of other inputs, of one that was
    replaced since (by an older one too), or of another version of supertouch (for make,
    ``supertouch targets`` removes such records).
    """
    stale: list[Target] = []
    made: set[Path] = set()
    for step in steps:
        if not made.isdisjoint(step.inputs) or is_stale(step):
            stale.append(step)
            made |= {step.output, step.product or step.output}
    return stale


def is_stale(step: Target) -> bool:
    """Tell whether a step has to be made again by the files as they are now."""
    return _older(step) or of_other_origin(step) or is_lost(step)


def is_lost(step: Target) -> bool:
    """Tell whether what a step made for the next one is not there any more, or not the same.

    That is so too while the store is to be completed: persons were being taken out of it.
    """
    if step.product is None:
        return False
    try:
        note, record = (
            json.loads(path.read_text(encoding="utf-8")) for path in (step.product, step.output)
        )
        folder = step.product.parents[1] / note["folder"]
        same = all(record[key] == value for key, value in note.items())
        settled = not (step.product.parents[1] / "store" / FORGETTING).exists()
        return not (folder.exists() and same and settled and record["stored"] == stamp_of(folder))
    except (OSError, ValueError, KeyError, TypeError):
        return True


def stamp_of(folder: Path) -> list[int] | None:
    """Return size and time of change of the record of a stored version."""
    return stamp(folder / "_version.json")


def youngest(steps: Sequence[Target], step: Target) -> int:
    """Return the time (ns) that the record of ``step`` must be after, whatever the clock says.

    It is that of its youngest input, and of what was made before: make decides by file times.
    """
    made = (path for each in steps for path in (each.output, each.product) if path)
    times = (_time(path) for path in (*step.inputs, *made))
    return max((time for time in times if time is not None), default=0)


def _older(step: Target) -> bool:
    done = _time(step.output)
    times = [_time(path) for path in step.inputs]
    return done is None or any(time is None or time > done for time in times)


def _time(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


def origin(step: Target) -> dict[str, object]:
    """Return what a record says of where its step comes from: program version and inputs.

    ``stamps`` holds size and time of change (bytes, ns) of the inputs, so that another file is
    noticed though it be older, or written by a clock that was put back.
    """
    return {
        "supertouch": __version__,
        "made_from": [_name(path, step) for path in step.inputs],
        "stamps": [stamp(path) for path in step.inputs],
    }


def stamp(path: Path) -> list[int] | None:
    """Return size and time of change of a file; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return [found.st_size, found.st_mtime_ns]


def _name(path: Path, step: Target) -> str:
    folder = step.inputs[0].parent
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)


def of_other_origin(step: Target) -> bool:
    """Tell whether the record of ``step`` is of other or replaced inputs or another version."""
    try:
        record = json.loads(step.output.read_text(encoding="utf-8"))
        return any(record[key] != value for key, value in origin(step).items())
    except (OSError, ValueError, KeyError, TypeError):
        return True


def makefile(steps: Sequence[Target], *, heading: str, start: Path) -> str:
    """Return ``steps`` as rules for make; paths are relative to ``start`` where they lie below it.

    Each rule calls the macro ``stage`` of the Makefile with the stage and the wave. ``heading`` is
    the first line, a comment. A raw file that is missing gets an empty rule, so that its stage
    reports the fault.
    """
    lines = [heading, "# Written by `supertouch targets`; changes here are lost.", ""]
    for stage in STAGES:
        outputs = [_word(step.output, start) for step in steps if step.stage == stage]
        lines.append(" ".join([f"{stage.upper()}_TARGETS :=", *outputs]))
    last = ""
    for step in steps:
        inputs = " ".join(_word(path, start) for path in step.inputs)
        if step.stage == "ingest":  # one after the other: each is compared with the one before
            inputs, last = f"{inputs} | {last}".rstrip(" |"), _word(step.output, start)
        recipe = f"\t$(call stage,{step.stage},{step.wave})"
        lines += ["", f"{_word(step.output, start)}: {inputs}", recipe]
        if step.product:
            lines.append(f"{_word(step.product, start)}: {_word(step.output, start)}\n\t@:")
    made = {path for step in steps for path in (step.output, step.product)}
    brought = {path for step in steps if step.stage in BROUGHT for path in step.inputs[1:]} - made
    lines += ["", *(f"{_word(path, start)}:" for path in sorted(brought) if not path.exists())]
    return "\n".join(lines) + "\n"


def _word(path: Path, start: Path) -> str:
    full = Path(os.path.abspath(path))
    text = str(full.relative_to(start) if full.is_relative_to(start) else full)
    for sign in (" ", "#", ":"):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("$", "$$")


def within(steps: Sequence[Target], *, upto: Stage, waves: Collection[str]) -> list[Target]:
    """Return the steps up to the stage ``upto``; of the steps per wave, those of ``waves``.

    An empty ``waves`` stands for all of them.
    """
    last = STAGES.index(upto)
    return [
        step
        for step in steps
        if STAGES.index(step.stage) <= last and (not step.wave or not waves or step.wave in waves)
    ]
