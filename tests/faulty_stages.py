"""Every change of a run is a place to fail at: stages that are quick, all else as it is.

Run as a script with a folder to work in and `--points N`, it prints what came of them;
with other words it is the command `supertouch`.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

from benchmarks import fault_injection as faults

import fake_rooms


def told_of(study) -> str:
    """Return what all results depend on."""
    inputs = [study.file, *sorted(study.raw.glob("*.csv"))]
    return hashlib.sha256(b"".join(path.read_bytes() for path in inputs)).hexdigest()


def make_quickly(study, step, tell):
    """Write a few files that say what they were made from; a file more or less by what it was."""
    from supertouch.pipeline import files

    said = told_of(study)
    names = ["one", "two", *(["three"] if said < "8" else ["four"])]
    folder = study.reports / "tables" if step.stage == "report" else step.output.parent
    for name in names:
        files.write_text(f"{step.name} {said}", folder / f"{name}.csv")
    kept = [folder / f"{name}.csv" for name in names]
    files.remove_others(folder, kept=kept, suffixes=[".csv"])
    return {"stages": []}


def use_quick_stages() -> None:
    sys.modules.update(fake_rooms.rooms())
    from supertouch.pipeline import making

    making.STAGE_FUNCTIONS = dict.fromkeys(making.STAGE_FUNCTIONS, make_quickly)


def bring_up_to_date(folder: Path) -> None:
    from supertouch import pipeline

    pipeline.run(pipeline.open_study(folder), replace=True)


def prepare(base: Path) -> tuple[faults.Snapshot, faults.Snapshot, int]:
    """Make a study, change an input of it, and return what it holds before and after a run."""
    start = base / "start"
    fake_rooms.write_study(start)
    bring_up_to_date(start)  # in this process, so that children find all modules imported
    old = faults.snapshot(start)
    (start / "data" / "raw" / "w2 answers.csv").write_text("R_hotline,R_shop,LOYAL\n5,5,5\n1,1,1\n")
    work = faults.copied(start, base / "whole")
    ended = faults.run_with("none", 0, work, lambda: bring_up_to_date(work))
    assert ended.code == 0
    return old | faults.snapshot(start), faults.snapshot(work), ended.changes


def struck(base: Path, kind: faults.Kind, at: int, old, new) -> list[str]:
    """Fail at one point, then run again; return all that is wrong."""
    work = faults.copied(base / "start", base / "work")
    ended = faults.run_with(kind, at, work, lambda: bring_up_to_date(work))
    wrong = faults.faults_of(faults.snapshot(work), old, new, ())
    if ended.code not in {"kill": (-9,), "full": (0, 6), "readonly": (6,)}[kind]:
        wrong.append(f"ended with {ended.code}")
    if faults.run_with("none", 0, work, lambda: bring_up_to_date(work)).code:
        wrong.append("the next run failed")
    now = faults.snapshot(work)
    wrong += [f"not repaired: {name}" for name in {*now, *new} if now.get(name) != new.get(name)]
    wrong += [f"left over: {name}" for name in faults.left_over(work)]
    last = faults.run_with("none", 0, work, lambda: bring_up_to_date(work))
    return wrong + (["never up to date"] if last.changes or last.code else [])


def main(base: Path, points: int) -> None:
    """Fail at ``points`` places of each kind, spread over the run; at all of them if it is 0."""
    use_quick_stages()
    old, new, changes = prepare(base)
    step = max(1, changes // points) if points else 1
    places = [(kind, at) for kind in KINDS for at in range(step // 2, changes, step)]
    places = places[: len(KINDS) * points] if points else places
    wrong = {
        f"{kind} {at}": said for kind, at in places if (said := struck(base, kind, at, old, new))
    }
    told = {"points": len(places), "changes": changes, "wrong": wrong}
    sys.stdout.write(json.dumps(told))


KINDS: tuple[faults.Kind, ...] = ("kill", "full", "readonly")

if __name__ == "__main__":
    if "--points" in sys.argv:
        main(Path(sys.argv[1]), int(sys.argv[3]))
    else:  # the command, for make
        from supertouch.cli import main as command

        use_quick_stages()
        command()
