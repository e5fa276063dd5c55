"""The demo: a fictional company's study, its raw files with all their faults, and the truth."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.errors import OutputError, Problem
from supertouch.saving import remove
from supertouch.simulate.blueprint import demo_designs, demo_settings
from supertouch.simulate.broken import plant_contradictions, plant_faults
from supertouch.simulate.delivered import framed, missed
from supertouch.simulate.demo_truth import write_truth
from supertouch.simulate.design import Design
from supertouch.simulate.encode import encode
from supertouch.simulate.mentions import FAULTS, mentions
from supertouch.simulate.packaged import DEMO_SEED, asked_in, packaged, save_text, write_study
from supertouch.simulate.rawfiles import WRITERS
from supertouch.simulate.respondents import ANSWERED, Simulated, simulate
from supertouch.study import load_study
from supertouch.study.model import Study

__all__ = ["write_demo"]

_UNFINISHED, _ASIDE = ".unfinished-demo", ".demo-"
_MENTIONS = 1
_TESTS = 4
_CONTRADICTIONS = 6
_FAULTS: dict[str, dict[str, int]] = {
    "2026q1": {
        "text_in_rating": 2,
        "rating_outside_scale": 2,
        "rating_between_steps": 1,
        "contact_code_unknown": 1,
        "weight_negative": 1,
        "weight_missing": 1,
        "respondent_twice": 2,
        "status_unknown": 1,
    },
    "2026q2": {
        "text_in_rating": 1,
        "rating_outside_scale": 3,
        "recommendation_outside_scale": 2,
        "weight_negative": 1,
        "contact_code_unknown": 1,
        "respondent_twice": 1,
    },
    "2026q3": {
        "rating_outside_scale": 2,
        "contact_code_unknown": 2,
        "recommendation_outside_scale": 1,
        "weight_missing": 2,
        "respondent_twice": 1,
        "status_unknown": 1,
    },
}


@dataclass(frozen=True, slots=True)
class _Wave:
    id: str
    frame: pd.DataFrame
    planted: dict[str, object]


def write_demo(
    folder: Path,
    *,
    seed: int = DEMO_SEED,
    respondents: int = 1500,
    truth_rows: int = 0,
    progress: Callable[[str], None] | None = None,
    finish: Callable[[Study], object] | None = None,
) -> None:
    """Write the demo into ``folder``: study.toml, plan.toml, data/raw/, data/truth/planted.json.

    A plan that is there already is people's own, and stays. A demo that was stopped on the way is
    written anew. Audit sheets are not among the files:
    see :func:`~supertouch.simulate.inside.inside_view` for what they hold.

    Parameters
    ----------
    folder : Path
        Made if it does not exist.
    seed : int
        The same seed gives the same answers.
    respondents : int
        Valid respondents per wave; broken rows and test interviews come on top.
    truth_rows : int
        People to simulate for the truth of each wave, as in ``write_truth``; 0 leaves it out.
    progress : callable, optional
        Told in a few words what is being made.
    finish : callable, optional
        Writes what else belongs to the demo; before that it does not count as whole.

    Raises
    ------
    OutputError
        If ``study.toml`` is there and another one, or a raw file is there already.
    """
    say = progress or (lambda _: None)
    write_study(folder)
    study = load_study(folder / "study.toml")
    unfinished = study.raw.parent / _UNFINISHED
    if not unfinished.exists():
        _refuse_existing(study)
        save_text("This demo was stopped while it was written; write it again.\n", unfinished)
    plan = folder / study.plan.file
    if not plan.exists():
        save_text(packaged("plan.toml"), plan)
    designs = demo_designs()
    seeds = np.random.SeedSequence(seed).spawn(len(designs))
    waves = []
    for own, (wave, design) in zip(seeds, designs.items(), strict=False):
        say(f"answers of wave {wave}")
        rng = np.random.default_rng(own)
        waves.append(_wave(study, wave, design=design, respondents=respondents, rng=rng))
    said = mentions(study, np.random.default_rng([seed, _MENTIONS]))
    _write_planted(folder / "data" / "truth", waves, said)
    if truth_rows:
        say("truth")
        write_truth(folder, rows=truth_rows)
    say("raw files")
    _write_raw(study, waves, said)
    if finish:
        finish(study)
    remove(unfinished)


def _refuse_existing(study: Study) -> None:
    names = [*(wave.file for wave in study.waves), study.mentions.file or ""]
    there = [path for name in names if name and (path := study.raw / name).exists()]
    there += sorted(study.raw.glob(study.audit.files))
    if there:
        raise OutputError(
            [
                Problem(
                    str(path),
                    "",
                    "is there already; raw files are never overwritten.",
                    "Remove it, or write the demo into an empty folder.",
                )
                for path in there
            ]
        )


def _wave(
    study: Study, wave: str, *, design: Design, respondents: int, rng: np.random.Generator
) -> _Wave:
    """Simulate a wave, code it as a questionnaire, then break some rows."""
    faults = _FAULTS[wave]
    extra = sum(faults.values())
    total = respondents + extra + _TESTS
    simulated = simulate(design, total, rng)
    fit, fit_empty = _brand_fit(design, simulated, rng)
    blanks = study.wave(wave).file.endswith(".csv")
    frame = encode(
        study,
        wave,
        design=design,
        simulated=simulated,
        brand_fit=fit,
        brand_fit_empty=fit_empty,
        blanks=blanks,
    )
    frame = framed(frame, study, wave, rng)
    odd = rng.permutation(np.arange(1, total))[: extra + _TESTS]
    tests, broken = odd[:_TESTS], odd[_TESTS:]
    frame.loc[tests, "TESTFALL"] = 1
    valid = np.setdiff1d(np.arange(total), odd)
    contradictions = plant_contradictions(
        frame, simulated, study=study, wave=wave, each=_CONTRADICTIONS, rows=valid, rng=rng
    )
    plant_faults(frame, faults, study=study, wave=wave, rows=[int(row) for row in broken])
    asked = asked_in(study, wave)
    hurried = frame["DAUER"].to_numpy(dtype=float)[valid] < 200
    planted: dict[str, object] = {
        "file": study.wave(wave).file,
        "n_read": total,
        "n_accepted": respondents,
        "n_quarantined": extra,
        "n_excluded": _TESTS,
        "faults": dict(faults),
        "contradictions": contradictions,
        "hurried": int(hurried.sum()),
        "rating_empty": _kinds(simulated.rating_empty[valid][:, asked]),
        "contact_empty": _kinds(simulated.contact_empty[valid][:, asked]),
        "brand_fit_empty": _kinds(fit_empty[valid][:, asked]),
        "missing": _missed(frame.loc[valid], study, wave),
    }
    return _Wave(wave, frame, planted)


def _missed(frame: pd.DataFrame, study: Study, wave: str) -> dict[str, int]:
    column = study.mentions.missing.within(wave)
    return missed(frame[column].tolist()) if column else {}


def _brand_fit(
    design: Design, simulated: Simulated, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Answer how well a touchpoint fits the brand, of which its quality is a part."""
    settings = demo_settings()
    mean = np.array([values["brand_fit"] for values in settings["touchpoints"].values()])
    quality = simulated.complete.rating - design.mean
    felt = mean + 0.3 * quality + 0.8 * rng.standard_normal(quality.shape)
    asked = rng.random(quality.shape) < settings["brand_fit_asked"]
    missing = np.where(asked, 0, ANSWERED.index("not_asked"))
    met = simulated.contact == 1
    empty = np.where(met, missing, ANSWERED.index("not_met"))
    empty = np.where(np.isnan(simulated.contact), ANSWERED.index("not_asked"), empty)
    return np.clip(np.rint(felt), 1, 5), empty.astype(np.int8)


def _kinds(empty: NDArray[np.int8]) -> dict[str, int]:
    counts = np.bincount(empty.ravel(), minlength=len(ANSWERED))
    return {name or "answered": int(counts[kind]) for kind, name in enumerate(ANSWERED)}


def _write_planted(folder: Path, waves: Sequence[_Wave], said: pd.DataFrame) -> None:
    planted: dict[str, object] = {wave.id: wave.planted for wave in waves}
    planted["mentions"] = {"n_read": len(said), "n_quarantined": len(FAULTS)}
    text = json.dumps(planted, indent=2, ensure_ascii=False) + "\n"
    save_text(text, folder / "planted.json")


def _write_raw(study: Study, waves: Sequence[_Wave], said: pd.DataFrame) -> None:
    """Write all raw files aside and move them into place together."""
    study.raw.mkdir(parents=True, exist_ok=True)
    for left in study.raw.parent.glob(f"{_ASIDE}*"):  # by a demo that was stopped
        shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(dir=study.raw.parent, prefix=_ASIDE) as aside:
        made = []
        for wave in waves:
            name = study.wave(wave.id).file
            path = Path(aside) / name
            WRITERS[path.suffix](wave.frame, path, study, wave.id)
            made.append((path, study.raw / name))
        if study.mentions.file:
            path = Path(aside) / study.mentions.file
            WRITERS[path.suffix](said, path, study, "")
            made.append((path, study.raw / study.mentions.file))
        for source, target in made:
            os.replace(source, target)
