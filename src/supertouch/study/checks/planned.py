"""Check waves that are planned: nothing but their questionnaire can be made yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from supertouch.errors import Problem
from supertouch.study.checks.draft import Draft
from supertouch.study.checks.waves import stays_inside
from supertouch.study.model import Study
from supertouch.study.wording import place

__all__ = ["arrived", "check_planned"]

Find = Callable[[Path, str], Sequence[Path]]


def check_planned(draft: Draft) -> Iterator[Problem]:
    """Find planned waves that are not the last ones, that are alone, or that others rest on."""
    waves = [wave for wave in draft.study.waves if not draft.broken("waves", wave.id)]
    planned = [wave.id for wave in waves if wave.planned]
    if planned and len(planned) == len(waves) and not draft.broken("waves"):
        yield draft.problem(
            ("waves", planned[0], "planned"),
            True,
            "every wave is planned, so that there is nothing to analyse.",
            "Take planned out of the first wave; its questionnaire is made without its file, too.",
        )
        return
    for earlier, later in pairwise(waves):
        if earlier.planned and not later.planned:
            yield draft.problem(
                ("waves", earlier.id, "planned"),
                True,
                f"is planned, but stands before wave '{later.id}', which has answers.",
                "Put planned waves last, or take planned out once the answers are there.",
            )
    baseline = draft.study.tracking.baseline
    if baseline in planned:
        yield draft.problem(
            ("tracking", "baseline"),
            baseline,
            "is a planned wave; it has no answers to compare with.",
            "Name a wave that has answers.",
        )


def arrived(study: Study, find: Find) -> Iterator[Problem]:
    """Find planned waves whose file is there; files of other waves are not theirs."""
    raw = study.raw
    others = {
        path for wave in study.waves if stays_inside(wave.file) for path in find(raw, wave.file)
    }
    for wave in study.planned:
        if not stays_inside(wave.file):
            continue
        found = [path.name for path in find(raw, wave.file) if path not in others]
        if found:
            yield Problem(
                place(study.file.name, ("waves", wave.id, "planned")),
                "true",
                f"the wave is still planned, but its file is there: {found[0]}.",
                "Take planned out, so that the wave is analysed.",
            )
