"""The share of each phase of the journey, also where single touchpoints cannot be told apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings.answers import Answers, Cell
from supertouch.findings.drivers import Keys, blocks, keys, parts
from supertouch.findings.models import Base, Model, phase_groups
from supertouch.stats import inference
from supertouch.stats.drivers import drivers
from supertouch.stats.gate import PER_COLUMN
from supertouch.stats.inference import Corrected
from supertouch.stats.moments import Covariance, assemble, repair
from supertouch.study.model import PHASES, Study

__all__ = ["phases_table"]

Array = NDArray[np.float64]


def phases_table(
    study: Study, answers: Answers, cell: Cell, model: Model, *, batch: Array
) -> pd.DataFrame:
    """Return the table ``phases``, from the model or from sums over phases where it was refused."""
    head = keys(answers, cell)
    sizes = [len(group) for group in phase_groups(model.touchpoints)]
    frames = []
    found = parts(model)
    if found is not None:
        for k, base, component, _ in blocks(model):
            number = int(component == "contact")
            point, anchor, replicates = (part.phases[..., k, number, :] for part in found)
            corrected = inference.corrected(point, replicates, anchor=anchor)
            frames.append(_rows(study, head, base, component, corrected, sizes))
    for place, base in enumerate(model.bases):
        if base.refusal == "n_eff_below_columns":
            for component, corrected in _summed(model, place, batch).items():
                frames.append(_rows(study, head, base, component, corrected, sizes))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _rows(
    study: Study, head: Keys, base: Base, component: str, found: Corrected, sizes: list[int]
) -> pd.DataFrame:
    confidence = study.analysis.confidence
    low, high = inference.percentile_interval(found, confidence=confidence)
    share = inference.shares(found)
    share_low, share_high = inference.percentile_interval(share, confidence=confidence)
    frame = pd.DataFrame(
        head
        | {
            "outcome": base.outcome.id,
            "phase": PHASES,
            "component": component,
            "n": base.n,
            "n_eff": base.n_eff,
            "n_touchpoints": sizes,
            "importance": found.estimate,
            "importance_low": low,
            "importance_high": high,
            "share": share.estimate,
            "share_low": share_low,
            "share_high": share_high,
        }
    )
    return frame[frame.n_touchpoints > 0]


def _summed(model: Model, place: int, batch: Array) -> dict[str, Corrected]:
    """Decompose R² over phases, each the sum of its touchpoints' experience, and of contacts."""
    point, columns = _added(model, model.sums.total()[None], place)
    outcome = 2 * len(PHASES)
    if not len(columns) or model.bases[place].n_eff < PER_COLUMN * len(columns):
        return {}
    spread, _ = _added(model, batch, place)
    kept = np.append(columns, outcome)
    groups = [[j] for j in range(len(PHASES))]
    estimate = drivers(repair(point, keep=kept), columns=columns, groups=groups)
    replicates = drivers(repair(spread, keep=kept), columns=columns, groups=groups)
    found = inference.corrected(estimate.phases[0, 0], replicates.phases[:, 0])
    return {
        name: Corrected(found.estimate[number], found.replicates[:, number])
        for number, name in enumerate(("experience", "contact"))
        if ((columns >= len(PHASES)) == bool(number)).any()
    }


def _added(model: Model, batch: Array, place: int) -> tuple[Covariance, NDArray[np.intp]]:
    """Covariances of the phases' sums and one outcome, and the columns that vary."""
    p, q, g = len(model.touchpoints), len(model.bases), len(PHASES)
    sums = model.sums.narrow(batch, model.gate.touchpoints)
    covariance = assemble(sums, touchpoints=p, outcomes=q)
    adds = np.zeros((2 * g + 1, 2 * p + q))
    for phase, group in enumerate(phase_groups(model.touchpoints)):
        adds[phase, group] = 1.0
        adds[g + phase, [p + j for j in group if model.gate.contact[j]]] = 1.0
    adds[-1, 2 * p + place] = 1.0
    matrix = adds @ covariance.matrix @ adds.T
    unknown = np.zeros((len(batch), g))
    columns = np.flatnonzero(adds[:-1].any(axis=1))
    return replace(covariance, matrix=matrix, reach=unknown, mean=unknown), columns
