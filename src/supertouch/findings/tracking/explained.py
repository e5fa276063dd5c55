"""Why the mean of an outcome changed: the table ``change_explained``."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings.tracking.fits import Estimates
from supertouch.stats import change as changes
from supertouch.stats import inference
from supertouch.stats.decomposition import ModelMean, Parts, decompose
from supertouch.stats.inference import Corrected
from supertouch.study.model import Study

__all__ = ["change_explained"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Both = tuple[Estimates, Estimates]
Row = Mapping[Hashable, object]

OF_TOUCHPOINTS = ("reach", "experience", "effect")


def change_explained(study: Study, both: Both, total: Row) -> pd.DataFrame:
    """Split the change of an outcome's mean into parts that add up to it.

    The rows are each touchpoint's reach, experience and effect, their sums, the rest, and the
    total, which is the change of the outcome's mean in the table ``tracking``: both take the
    weighted mean of all who answered. p-values are adjusted over the touchpoints of a part, and
    over the three sums and the rest. A touchpoint with a column that cannot be told from others
    has no rows; what it does is in the rest.

    Parameters
    ----------
    study : Study
    both : tuple of Estimates
        Of the earlier and of the later wave, with the same driver columns.
    total : mapping of str to object
        The row of the mean's change.
    """
    points, replicates = _split(both)
    clear, _ = _identified(both)
    names = [name for name, known in zip(both[1].touchpoints, clear, strict=True) if known]
    frames = []
    for part in OF_TOUCHPOINTS:
        found = Corrected(getattr(points, part)[clear], getattr(replicates, part)[:, clear])
        frames.append(_rows(study, both, found, part=part, touchpoint=names))
    sums = [(getattr(points, part), getattr(replicates, part)) for part in OF_TOUCHPOINTS]
    whole = Corrected(
        np.array([*(one.sum() for one, _ in sums), points.rest]),
        np.column_stack([*(many.sum(axis=1) for _, many in sums), replicates.rest]),
    )
    frames.append(_rows(study, both, whole, part=[*OF_TOUCHPOINTS, "rest"], touchpoint=""))
    frames.append(
        pd.DataFrame(
            {
                "touchpoint": [""],
                "part": ["total"],
                "change": [float(points.total)],
                "change_low": [total["change_low"]],
                "change_high": [total["change_high"]],
                "p_value": [total["p_value"]],
                "p_adjusted": [total["p_value"]],
            }
        )
    )
    return pd.concat(frames, ignore_index=True).assign(
        outcome=both[1].base.outcome.id, n_before=both[0].base.n, n_after=both[1].base.n
    )


def _rows(
    study: Study,
    both: Both,
    found: Corrected,
    *,
    part: str | list[str],
    touchpoint: str | list[str],
) -> pd.DataFrame:
    nothing = Corrected(np.zeros_like(found.estimate), np.zeros_like(found.replicates))
    degrees = min(both[0].degrees, both[1].degrees)
    change = changes.between_replicates(nothing, found, degrees=(degrees, degrees), panel=True)
    low, high, p_value = changes.t_change(change, confidence=study.analysis.confidence)
    return pd.DataFrame(
        {
            "touchpoint": touchpoint,
            "part": part,
            "change": found.estimate,
            "change_low": low,
            "change_high": high,
            "p_value": p_value,
            "p_adjusted": inference.adjust(p_value),
        }
    )


def _split(both: Both) -> tuple[Parts, Parts]:
    """Split the change in the sample, and in each replicate."""
    clear, contact = _identified(both)
    samples = [_mean(part, clear, contact, sample=True) for part in both]
    drawn = [_mean(part, clear, contact, sample=False) for part in both]
    return (
        decompose(*samples, centre=_pooled(both, *(wave.mean for wave in samples))),
        decompose(*drawn, centre=_pooled(both, *(wave.mean for wave in drawn))),
    )


def _pooled(both: Both, before: Array, after: Array) -> Array:
    """Return the mean rating over the raters of both waves."""
    first, second = (part.rated for part in both)
    return np.asarray((first * before + second * after) / (first + second))


def _identified(both: Both) -> tuple[Mask, Mask]:
    """Tell which touchpoints have effects with a meaning in both waves, and of contact too."""
    experience = np.ones(len(both[1].touchpoints), dtype=bool)
    for part in both:
        for name in part.components:
            experience &= ~np.isnan(_full(part, name, empty=0.0).estimate)
    return experience, both[1].contact & experience


def _full(part: Estimates, name: str, *, empty: float) -> Corrected:
    """Return effects of a component for all touchpoints."""
    component = part.components.get(name)
    p, count = len(part.touchpoints), len(part.r2.replicates)
    found = Corrected(np.full(p, empty), np.full((count, p), empty))
    if component is not None:
        places = [part.touchpoints.index(item) for item in component.touchpoints]
        found.estimate[places] = component.effect.estimate
        found.replicates[:, places] = component.effect.replicates
    return found


def _mean(part: Estimates, clear: Mask, contact: Mask, *, sample: bool) -> ModelMean:
    field = "estimate" if sample else "replicates"
    beta = getattr(_full(part, "experience", empty=0.0), field)
    gamma = getattr(_full(part, "contact", empty=0.0), field)
    return ModelMean(
        level=getattr(part.level, field),
        reach=getattr(part.reach, field),
        mean=getattr(part.mean, field),
        beta=np.where(clear, beta, 0.0),
        gamma=np.where(contact, gamma, 0.0),
        contact=contact,
    )
