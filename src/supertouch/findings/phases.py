"""The share of each phase of the journey, also where single touchpoints cannot be told apart."""

from __future__ import annotations

from functools import partial as bind

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.linalg import block_diag

from supertouch.findings.answers import Asked, Cell
from supertouch.findings.drivers import Keys, blocks, keys, parts, wider
from supertouch.findings.fitting import replicated
from supertouch.findings.models import Base, Model, phase_groups
from supertouch.stats import inference
from supertouch.stats.covariance import Covariance, held, repair
from supertouch.stats.drivers import drivers
from supertouch.stats.gate import PER_COLUMN
from supertouch.stats.inference import Corrected
from supertouch.study.model import PHASES, Study

__all__ = ["phases_table"]

Array = NDArray[np.float64]


def phases_table(
    study: Study, answers: Asked, cell: Cell, model: Model, *, multiplicity: Array
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
            corrected = inference.corrected(
                point, replicates, anchor=anchor, inflation=wider(model, k)
            )
            frames.append(_rows(study, head, base, component, corrected, sizes, model.degrees))
    refused = [k for k, base in enumerate(model.bases) if base.refusal == "n_eff_below_columns"]
    for place, components in _summed(model, refused, multiplicity).items():
        for component, corrected in components.items():
            rows = _rows(
                study, head, model.bases[place], component, corrected, sizes, model.degrees
            )
            frames.append(rows)
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _rows(
    study: Study,
    head: Keys,
    base: Base,
    component: str,
    found: Corrected,
    sizes: list[int],
    degrees: int,
) -> pd.DataFrame:
    confidence = study.analysis.confidence
    low, high = inference.percentile_interval(found, confidence=confidence)
    share = inference.shares(found)
    share_low, share_high = inference.share_interval(share, degrees=degrees, confidence=confidence)
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


def _summed(
    model: Model, places: list[int], multiplicity: Array
) -> dict[int, dict[str, Corrected]]:
    """Decompose R² over phases, each the sum of its touchpoints' experience, and of contacts."""
    columns = _columns(model)
    enough = PER_COLUMN * len(columns)
    places = [k for k in places if len(columns) and model.bases[k].n_eff >= enough]
    if not places:
        return {}
    groups = [[j] for j in range(len(PHASES))]
    estimate = bind(drivers, columns=columns, groups=groups, johnson=False)

    def decomposed(whole: Covariance) -> Array:
        return np.stack([estimate(_added(model, whole, k)).phases[:, 0] for k in places], axis=1)

    point = decomposed(next(replicated(model, _once(model))))[0]
    spread = np.concatenate([decomposed(part) for part in replicated(model, multiplicity)])
    found = {k: inference.corrected(point[i], spread[:, i]) for i, k in enumerate(places)}
    return {
        k: {
            name: Corrected(one.estimate[number], one.replicates[:, number])
            for number, name in enumerate(("experience", "contact"))
            if ((columns >= len(PHASES)) == bool(number)).any()
        }
        for k, one in found.items()
    }


def _once(model: Model) -> Array:
    return np.ones((1, model.sums.groups))


def _adds(model: Model, place: int) -> Array:
    """Which columns add up to each phase's experience, its contacts and the outcome."""
    p, q, g = len(model.touchpoints), len(model.bases), len(PHASES)
    adds = np.zeros((2 * g + 1, 2 * p + q))
    for phase, group in enumerate(phase_groups(model.touchpoints)):
        adds[phase, group] = 1.0
        adds[g + phase, [p + j for j in group if model.gate.contact[j]]] = 1.0
    adds[-1, 2 * p + place] = 1.0
    return adds


def _columns(model: Model) -> NDArray[np.intp]:
    return np.flatnonzero(_adds(model, 0)[:-1].any(axis=1))


def _added(model: Model, whole: Covariance, place: int) -> Covariance:
    """Covariances of the phases' sums and one outcome, free of the covariates."""
    g = len(PHASES)
    kept = whole.select(model.gate.touchpoints, np.arange(len(model.bases)))
    adds = _adds(model, place)
    held_back = kept.matrix.shape[-1] - adds.shape[1]
    adds = block_diag(adds, np.eye(held_back))
    columns, outcome = _columns(model), np.arange(2 * g, 2 * g + 1 + held_back)
    unknown = np.zeros((len(kept.matrix), g))
    summed = Covariance(
        matrix=adds @ kept.matrix @ adds.T,
        reach=unknown,
        mean=unknown,
        outcome=kept.outcome[:, [place]],
        variance=kept.variance[:, [place]],
        repair=kept.repair,
    )
    return held(repair(summed, keep=np.concatenate([columns, outcome])))
