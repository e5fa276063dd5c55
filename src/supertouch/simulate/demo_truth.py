"""The truth behind the demo, as tables beside its raw files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from supertouch.simulate import answer_key
from supertouch.simulate.blueprint import demo_designs
from supertouch.simulate.design import Design
from supertouch.simulate.packaged import DEMO_SEED, asked_in, save_text, write_study
from supertouch.simulate.truth import Truth, add_up, truth_of
from supertouch.study import load_study
from supertouch.study.model import Study

__all__ = ["write_truth"]


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
    write_study(folder)
    designs = demo_designs()
    seeds = np.random.SeedSequence(seed).spawn(2 * len(designs))[len(designs) :]
    aside = folder / "data" / "truth"
    aside.mkdir(parents=True, exist_ok=True)
    _write_truth(aside, load_study(folder / "study.toml"), designs, rows=rows, seeds=seeds)


def _write_truth(
    folder: Path,
    study: Study,
    designs: dict[str, Design],
    *,
    rows: int,
    seeds: Sequence[np.random.SeedSequence],
) -> None:
    ids = [touchpoint.id for touchpoint in study.touchpoints]
    asked = {wave: asked_in(study, wave) for wave in designs}
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
        "synergy": pd.concat(
            answer_key.synergies(wave, found, ids=ids) for wave, found in truths.items()
        ),
        "decisions": pd.concat(
            answer_key.decisions(
                wave, found, design=designs[wave], study=study, ids=ids, asked=asked[wave]
            )
            for wave, found in truths.items()
        ),
        "supertouchpoints": answer_key.supertouchpoints(truths, asked, ids=ids),
    }
    for name, table in tables.items():
        text = table.to_csv(index=False, float_format="%.6g", lineterminator="\n")
        save_text(text, folder / f"{name}.csv")
