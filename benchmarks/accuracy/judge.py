"""From the studies of a cell to its figures, each with its Monte-Carlo standard error."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from benchmarks.accuracy.rivals import RIVALS
from benchmarks.accuracy.study import OURS, Record, arrays
from benchmarks.accuracy.truths import Known
from scipy.special import ndtr

from supertouch.stats.inference import adjust

__all__ = ["ORACLE", "figures"]

ORACLE = "oracle"
NO_EFFECT, ALL_ALIKE = 0.005, 0.1
ALPHA, MATERIALITY = 0.05, 0.01
FEWEST_FOR_ORACLE = 20
Z_BELOW = 1.645
LOWEST_COVERAGE = 0.90

Array = np.ndarray


def figures(
    records: Sequence[Record], known: Known, *, methods: Sequence[str] = (OURS, *RIVALS)
) -> pd.DataFrame:
    """Return one row per method, the oracle among them.

    Columns: ``studies``; ``computed`` (share of studies with any result); ``coverage_share``,
    ``coverage_effect`` with ``_error``, the same for ``_drivers`` and ``_idle`` touchpoints, the
    ``_lowest`` touchpoint and how many lie significantly ``_below`` 90 %; ``recall``;
    ``false_super`` (share of studies with any); ``rank`` (Spearman with the truth, over outcomes);
    ``bias_share`` of true supers and ``bias_effect`` of all that work, relative to the truth.
    """
    shape = known.effect.shape
    rows = []
    for method in methods:
        claims = [arrays(record, method, shape) for record in records]
        stacked = {name: np.stack([claim[name] for claim in claims]) for name in claims[0]}
        row: dict[str, object] = {"method": method, "studies": len(records)}
        row |= _computed(stacked) | _coverages(stacked, known)
        row |= _found(stacked["is_super"], known) | _rank(stacked["share"], known)
        row |= _bias(stacked, known)
        row["seconds"] = float(np.mean([record["seconds"][method] for record in records]))  # type: ignore
        rows.append(row)
        if method == OURS:
            rows.append(_oracle(records, stacked, known))
    return pd.DataFrame(rows)


def _computed(stacked: dict[str, Array]) -> dict[str, object]:
    answered = ~np.isnan(stacked["share"])
    computed = answered.any(axis=(1, 2))
    kept = answered[computed].mean(axis=(1, 2)).mean() if computed.any() else np.nan
    return {"computed": float(computed.mean()), "touchpoints_kept": float(kept)}


def _coverages(stacked: dict[str, Array], known: Known) -> dict[str, object]:
    found: dict[str, object] = {}
    for what, truth in (("share", known.share), ("effect", known.effect)):
        low, high = stacked[f"{what}_low"], stacked[f"{what}_high"]
        held = np.where(np.isnan(low), np.nan, (low <= truth) & (truth <= high))
        if what == "share":
            held[:, known.r2 < NO_EFFECT] = np.nan
        found |= _coverage(f"coverage_{what}", held)
        for kind, mask in (("drivers", known.works), ("idle", ~known.works)):
            part = np.where(mask, held, np.nan)
            found[f"coverage_{what}_{kind}"] = _mean(part.ravel())
    return found


def _coverage(name: str, held: Array) -> dict[str, object]:
    """Overall, with the standard error over studies, and the touchpoint that is covered least."""
    count = (~np.isnan(held)).sum(axis=0)
    covered = np.nansum(held, axis=0)
    per_study = [_mean(study.ravel()) for study in held]
    rate = np.divide(covered, count, out=np.full(count.shape, np.nan), where=count > 0)
    error = np.sqrt(LOWEST_COVERAGE * (1 - LOWEST_COVERAGE) / np.maximum(count, 1))
    return {
        name: _mean(held.ravel()),
        f"{name}_error": _error(np.array(per_study)),
        f"{name}_lowest": float(np.nanmin(rate)) if count.any() else np.nan,
        f"{name}_below": int(np.nansum(rate < LOWEST_COVERAGE - Z_BELOW * error)),
    }


def _found(is_super: Array, known: Known) -> dict[str, object]:
    false = is_super[:, known.others].any(axis=1)
    recall = is_super[:, known.supers].mean(axis=1) if known.supers.any() else np.full(1, np.nan)
    return {
        "recall": _mean(recall),
        "recall_error": _error(recall),
        "false_super": float(false.mean()),
        "false_super_error": _error(false.astype(float)),
        "false_per_study": float(is_super[:, known.others].sum(axis=1).mean()),
    }


def _rank(share: Array, known: Known) -> dict[str, object]:
    """Spearman's correlation with the true importance; what a method leaves out comes last."""
    places = [
        k
        for k in range(len(known.share))
        if known.r2[k] >= NO_EFFECT and known.share[k].std() > ALL_ALIKE * known.share[k].mean()
    ]
    per_study = np.array(
        [
            np.mean([_spearman(np.nan_to_num(study[k]), known.share[k]) for k in places])
            if places and not np.isnan(study).all()
            else np.nan
            for study in share
        ]
    )
    return {"rank": _mean(per_study), "rank_error": _error(per_study)}


def _bias(stacked: dict[str, Array], known: Known) -> dict[str, object]:
    supers = np.tile(known.supers, (len(known.share), 1))
    found: dict[str, object] = {}
    for what, truth, mask in (
        ("share", known.share, supers),
        ("effect", known.effect, known.works),
    ):
        mean = [_mean(column) for column in stacked[what][:, mask].T]
        found[f"bias_{what}"] = _mean(np.array(mean) / truth[mask] - 1) if mean else np.nan
    return found


def _spearman(first: Array, second: Array) -> float:
    one, other = (pd.Series(values).rank().to_numpy() for values in (first, second))
    if one.std() == 0:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])


def _oracle(
    records: Sequence[Record], stacked: dict[str, Array], known: Known
) -> dict[str, object]:
    """Apply the same rule to the same estimates, knowing their standard deviations.

    Those are the standard deviations over the cell's studies. The share is tested on the logit
    scale, as supertouch does.
    """
    row: dict[str, object] = {"method": ORACLE, "studies": len(records)}
    share, effect = stacked["share"], stacked["effect"]
    told = ~np.isnan(share).any(axis=1)
    if told.any(axis=1).sum() < FEWEST_FOR_ORACLE:
        return row
    fair = 1 / np.asarray(told.sum(axis=1)).clip(1)[:, None, None]
    bounded = np.clip(share, 0.01 / share.shape[-1], 1 - 1e-6)
    logit = np.log(bounded / (1 - bounded))
    excess = logit - np.log(fair / np.maximum(1 - fair, 1e-12))
    z = np.minimum(
        (excess / _deviation(logit)).min(axis=1), (effect / _deviation(effect)).min(axis=1)
    )
    p_value = np.where(np.isnan(z), np.nan, ndtr(-z))
    adjusted = np.array([adjust(study) for study in p_value])
    nothing = [0] * share.shape[1]
    model = np.array([r[OURS].get("model_ok", nothing) for r in records], dtype=bool)  # type: ignore
    material = (stacked["importance"] >= MATERIALITY).all(axis=1)
    point = ((share > fair) & (effect > 0)).all(axis=1)
    is_super = (adjusted <= ALPHA) & material & point & model.all(axis=1)[:, None]
    return row | _found(is_super, known)


def _deviation(values: Array) -> Array:
    """Standard deviation over studies; infinite where fewer than two studies tell."""
    count = (~np.isnan(values)).sum(axis=0)
    mean = np.nansum(values, axis=0) / np.maximum(count, 1)
    squares = np.nansum((values - mean) ** 2, axis=0)
    return np.where(count > 1, np.sqrt(squares / np.maximum(count - 1, 1)), np.inf)


def _mean(values: Array) -> float:
    values = values[~np.isnan(values)]
    return float(values.mean()) if len(values) else float("nan")


def _error(values: Array) -> float:
    values = values[~np.isnan(values)]
    return float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else float("nan")
