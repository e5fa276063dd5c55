"""The demo: a fictional company's study, its raw files with all their faults, and the truth."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.errors import OutputError, Problem
from supertouch.simulate import answer_key
from supertouch.simulate.blueprint import demo_designs, demo_settings
from supertouch.simulate.broken import plant_contradictions, plant_faults
from supertouch.simulate.design import Design
from supertouch.simulate.encode import encode
from supertouch.simulate.rawfiles import WRITERS
from supertouch.simulate.respondents import ANSWERED, Simulated, simulate
from supertouch.simulate.truth import Truth, add_up, truth_of
from supertouch.study import load_study
from supertouch.study.model import Study

__all__ = ["DEMO_SEED", "write_demo", "write_truth"]

DEMO_SEED = 20_261_121

_TESTS = 4
_HURRIED = 0.02
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
_REMARKS = (
    "Die Hotline war sehr freundlich – danke!",
    "Lieferung kam zu spät; das Gerät ist aber großartig.",
    "Für 1.200 € hätte ich eine bessere Anleitung erwartet.",
    "Tolle Beratung im Geschäft, gerne wieder.",
    'Der Techniker sagte: "Läuft wieder." Und so war es.',
    "Die Ersatzteile sind zu teuer.",
    "Bin seit über zehn Jahren zufrieden.",
    "Der Newsletter kommt zu häufig.",
)


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
) -> None:
    """Write the demo study into ``folder``: study.toml, data/raw/ and data/truth/planted.json.

    Parameters
    ----------
    folder : Path
        Made if it does not exist.
    seed : int
        The same seed gives the same answers.
    respondents : int
        Valid respondents per wave; broken rows and test interviews come on top.
    truth_rows : int
        People to simulate for the truth of each wave, as :func:`write_truth`; 0 leaves it out.
    progress : callable, optional
        Told in a few words what is being made.

    Raises
    ------
    OutputError
        If ``study.toml`` is there and another one, or a raw file is there already.
    """
    say = progress or (lambda _: None)
    _write_study(folder)
    study = load_study(folder / "study.toml")
    _refuse_existing(study)
    designs = demo_designs()
    seeds = np.random.SeedSequence(seed).spawn(len(designs))
    waves = []
    for own, (wave, design) in zip(seeds, designs.items(), strict=False):
        say(f"answers of wave {wave}")
        rng = np.random.default_rng(own)
        waves.append(_wave(study, wave, design=design, respondents=respondents, rng=rng))
    _write_planted(folder / "data" / "truth", waves)
    if truth_rows:
        say("truth")
        write_truth(folder, rows=truth_rows)
    say("raw files")
    _write_raw(study, waves)


def write_truth(folder: Path, *, rows: int = 1_000_000, seed: int = DEMO_SEED) -> None:
    """Write what an analysis of the demo's whole population would find, into data/truth/.

    Parameters
    ----------
    folder : Path
        Folder of the demo.
    rows : int
        People to simulate for each wave; the error of a share falls with its square root.
    seed : int

    Raises
    ------
    OutputError
        If ``study.toml`` in that folder is another study.
    """
    _write_study(folder)
    designs = demo_designs()
    seeds = np.random.SeedSequence(seed).spawn(2 * len(designs))[len(designs) :]
    aside = folder / "data" / "truth"
    aside.mkdir(parents=True, exist_ok=True)
    _write_truth(aside, load_study(folder / "study.toml"), designs, rows=rows, seeds=seeds)


def _write_study(folder: Path) -> None:
    text = (files("supertouch") / "demo" / "study.toml").read_text(encoding="utf-8")
    path = folder / "study.toml"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    elif path.read_text(encoding="utf-8") != text:
        raise OutputError(
            Problem(
                str(path),
                "",
                "is another study than the demo, and is not overwritten.",
                "Write the demo into an empty folder.",
            )
        )


def _refuse_existing(study: Study) -> None:
    there = [path for wave in study.waves if (path := study.raw / wave.file).exists()]
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
    frame = _framed(frame, study, wave, rng)
    odd = rng.permutation(np.arange(1, total))[: extra + _TESTS]
    tests, broken = odd[:_TESTS], odd[_TESTS:]
    frame.loc[tests, "TESTFALL"] = 1
    valid = np.setdiff1d(np.arange(total), odd)
    contradictions = plant_contradictions(
        frame, simulated, study=study, wave=wave, each=_CONTRADICTIONS, rows=valid, rng=rng
    )
    plant_faults(frame, faults, study=study, wave=wave, rows=[int(row) for row in broken])
    asked = _asked(study, wave)
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
    }
    return _Wave(wave, frame, planted)


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


def _framed(frame: pd.DataFrame, study: Study, wave: str, rng: np.random.Generator) -> pd.DataFrame:
    """Put the respondent's number first, and what an institute adds: date, test mark, remarks."""
    n, number = len(frame), list(study.waves).index(study.wave(wave)) + 1
    start = pd.Timestamp(2026, 3 * number - 1, 3)
    remarks = rng.choice(np.array([None, *_REMARKS], dtype=object), size=n, p=_remark_shares())
    before = pd.DataFrame(
        {
            study.respondent.within(wave): np.arange(n) + 100_000 * number + 1,
            "DATUM": start + pd.to_timedelta(np.sort(rng.integers(0, 21, n)), unit="D"),
            "DAUER": _seconds(n, rng.spawn(1)[0]),
            "TESTFALL": 0,
        }
    ).astype(object)
    after = pd.DataFrame({"BEMERKUNG": remarks}, dtype=object)
    return pd.concat([before, frame, after], axis=1)


def _seconds(n: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return how long each interview took: about eleven minutes, and two in a hundred far less."""
    seconds = 660 * np.exp(0.3 * rng.standard_normal(n))
    hurried = rng.random(n) < _HURRIED
    seconds = np.where(hurried, rng.uniform(60, 180, n), np.maximum(seconds, 300))
    return np.asarray(np.rint(seconds), dtype=np.int64)


def _remark_shares() -> list[float]:
    return [0.92, *[0.08 / len(_REMARKS)] * len(_REMARKS)]


def _asked(study: Study, wave: str) -> NDArray[np.intp]:
    return np.array([j for j, item in enumerate(study.touchpoints) if item.rating.within(wave)])


def _kinds(empty: NDArray[np.int8]) -> dict[str, int]:
    counts = np.bincount(empty.ravel(), minlength=len(ANSWERED))
    return {name or "answered": int(counts[kind]) for kind, name in enumerate(ANSWERED)}


def _write_planted(folder: Path, waves: Sequence[_Wave]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    planted = {wave.id: wave.planted for wave in waves}
    text = json.dumps(planted, indent=2, ensure_ascii=False) + "\n"
    (folder / "planted.json").write_text(text, encoding="utf-8", newline="\n")


def _write_truth(
    folder: Path,
    study: Study,
    designs: dict[str, Design],
    *,
    rows: int,
    seeds: Sequence[np.random.SeedSequence],
) -> None:
    ids = [touchpoint.id for touchpoint in study.touchpoints]
    asked = {wave: _asked(study, wave) for wave in designs}
    truths: dict[str, Truth] = {}
    sums = {}
    for own, (wave, design) in zip(seeds, designs.items(), strict=True):
        if id(design) not in sums:
            sums[id(design)] = add_up(design, n=rows, rng=np.random.default_rng(own))
        truths[wave] = truth_of(design, sums[id(design)], asked=asked[wave])
    tables = {
        "touchpoints": pd.concat(
            answer_key.touchpoints(wave, found, design=designs[wave], ids=ids, asked=asked[wave])
            for wave, found in truths.items()
        ),
        "outcomes": pd.concat(answer_key.levels(wave, found) for wave, found in truths.items()),
        "supertouchpoints": answer_key.supertouchpoints(truths, asked, ids=ids),
    }
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, float_format="%.6g", lineterminator="\n")


def _write_raw(study: Study, waves: Sequence[_Wave]) -> None:
    """Write all raw files aside and move them into place together."""
    study.raw.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=study.raw.parent, prefix=".demo-") as aside:
        made = []
        for wave in waves:
            name = study.wave(wave.id).file
            path = Path(aside) / name
            WRITERS[path.suffix](wave.frame, path, study, wave.id)
            made.append((path, study.raw / name))
        for source, target in made:
            os.replace(source, target)
