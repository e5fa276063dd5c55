"""Tables on danger, order and footing, made up for the tests of the report."""

from __future__ import annotations

import numpy as np

TREATMENTS = ("available", "complete", "impute")
METHODS = ("lmg", "johnson", "beta", "correlation", "ordered_logit", "random_forest")
NAMES = (
    "asymmetry",
    "consistency",
    "weakest",
    "comparison",
    "robustness",
    "agreement",
    "halo",
    "collinearity",
    "sensitivity",
    "reliability",
)


def put(name, value, half, low=-np.inf, high=np.inf):
    ends = (float(np.clip(value - half, low, high)), float(np.clip(value + half, low, high)))
    return {name: float(value), f"{name}_low": ends[0], f"{name}_high": ends[1]}


def add(rows, made, wave, *, n, admitted, strength):
    """Add rows of every table in ``NAMES`` for a wave."""
    rng = np.random.default_rng(17)
    items = made.touchpoints_in(wave)
    total = {"wave": wave, "segment": "", "segment_value": ""}
    for outcome in made.outcomes_in(wave):
        head = {**total, "outcome": outcome.id}
        _asymmetry(rows, made, items, head, n, admitted, rng)
        _consistency(rows, head, n, admitted, len(items))
        if admitted:
            short = {"wave": wave, "outcome": outcome.id}
            _order(rows, made, items, short, n, strength, rng)
            _footing(rows, made, items, short, n, strength, rng)
        if len(outcome.items) > 1:
            _reliability(rows, wave, outcome, n)
    _weakest(rows, items, total, n, rng)
    _comparison(rows, made, wave, items, rng)


def _asymmetry(rows, made, items, head, n, admitted, rng):
    base = {"n": n, "n_eff": n / 1.2}
    for k, item in enumerate(items):
        bands = {"n_disappointed": 60 + k, "n_okay": 300, "n_delighted": 200, "reach": 0.5,
                 "disappointed": 0.11, "delighted": 0.36}  # fmt: skip
        factor, reason = "performance", ""
        if not admitted:
            factor, reason = "refused", "n_eff_below_columns"
        elif k == 1:
            factor, reason = "undetermined", "few_disappointed"
        elif item.id == "advice" and head["outcome"] == "loyalty":
            factor = "basic"
        elif k == 2:
            factor = "none"
        known = {}
        if admitted and k != 1:
            penalty = -0.9 if factor == "basic" else -rng.uniform(0.0, 0.4)
            p_value = 0.001 if penalty < -0.15 else 0.4
            known = {
                **put("penalty", penalty, 0.15),
                **put("risk", -0.055 * penalty, 0.01, 0),
                "penalty_p_value": p_value,
                "penalty_p_adjusted": p_value,
                **put("reward", 0.2, 0.12),
                "reward_p_value": 0.01,
                "reward_p_adjusted": 0.02,
                **{f"probability_{name}": 0.04 + 0.84 * (name == factor)
                   for name in ("none", "basic", "performance", "excitement")},
            }  # fmt: skip
        rows["asymmetry"].append(
            {**head, "touchpoint": item.id, "factor": factor, "reason": reason, **base, **bands,
             **known}
        )  # fmt: skip


def _consistency(rows, head, n, admitted, p):
    for phase in ("", "during"):
        for measure, effect in (("mean", 0.5), ("spread", -0.12), ("weakest", 0.03)):
            sure = 0.001 if measure != "weakest" else 0.6
            known = {"level": 0.7, "deviation": 0.3, **put("effect", effect, 0.05),
                     "p_value": sure, "p_adjusted": sure,
                     **put("r2_gain", 0.01, 0.005, 0)} if admitted else {}  # fmt: skip
            rows["consistency"].append(
                {**head, "phase": phase, "measure": measure, "admitted": admitted,
                 "reason": "" if admitted else "n_eff_below_columns", "n": n, "n_eff": n / 1.2,
                 "n_touchpoints": p, **known}
            )  # fmt: skip


def _weakest(rows, items, total, n, rng):
    for k, item in enumerate(items):
        for phase in ("", item.phase):
            expected = 1 / len(items)
            share = expected * (2.1 if k == 4 else rng.uniform(0.6, 1.2))
            sure = 0.001 if k == 4 else 0.5
            rows["weakest"].append(
                {**total, "touchpoint": item.id, "phase": phase, "n": n // 2, "n_eff": n / 2.4,
                 **put("share", share, 0.01, 0, 1), "expected": expected,
                 "lift": share / expected, "p_value": sure, "p_adjusted": sure}
            )  # fmt: skip


def _comparison(rows, made, wave, items, rng):
    for segment in made.segments:
        values = [str(int(code)) for code in segment.values]
        for metric, touchpoints in (("level", [""]), ("nps", [""]),
                                    ("satisfaction", [item.id for item in items]),
                                    ("reach", [item.id for item in items])):  # fmt: skip
            for other, name in ((segment.id, values[1]), ("", "")):
                for k, touchpoint in enumerate(touchpoints):
                    outcome = made.outcomes_in(wave)[-1].id if not touchpoint else ""
                    share = metric == "reach"
                    value = 0.5 if share else 3.4
                    gap = 0.2 if k < 3 else rng.uniform(-0.05, 0.05)
                    sure = 0.001 if k < 3 else 0.7
                    rows["comparison"].append(
                        {"wave": wave, "segment": segment.id, "segment_value": values[0],
                         "other_segment": other, "other_value": name, "overlap": not other,
                         "n_both": 0 if other else 700, "outcome": outcome,
                         "touchpoint": touchpoint, "metric": metric, "n": 700, "n_other": 180,
                         "n_common": 0, "value": value, "other": value - gap,
                         **put("difference", gap, 0.08), "p_value": sure, "p_adjusted": sure}
                    )  # fmt: skip


def _order(rows, made, items, head, n, strength, rng):
    places = [made.touchpoints.index(item) for item in items]
    size = strength[places] / strength[places].sum()
    base = {"n": n, "n_eff": n / 1.2}
    scores = {method: size * rng.lognormal(0, 0.1, len(size)) for method in METHODS}
    scores["lmg"] = size
    ranks = {method: (-score).argsort().argsort() + 1 for method, score in scores.items()}
    told = np.stack([ranks[method] for method in METHODS[:-1]])
    for method in METHODS:
        silent = method == "random_forest"
        for k, item in enumerate(items):
            rows["robustness"].append(
                {**head, "touchpoint": item.id, "method": method, **base,
                 "score": np.nan if silent else float(scores[method][k]),
                 "rank": None if silent else int(ranks[method][k]),
                 "rank_best": int(told[:, k].min()), "rank_worst": int(told[:, k].max()),
                 "sign": 1, "reason": "no_forecast" if silent else ""}
            )  # fmt: skip
        if method != "lmg":
            fit = {} if silent else {"spearman": 0.9, "kendall": 0.8, "top_overlap": 0.8}
            rows["agreement"].append(
                {**head, "method": method, **base, "touchpoints": len(items), "methods": 1, **fit,
                 "reason": "no_forecast" if silent else ""}
            )  # fmt: skip
    rows["agreement"].append(
        {**head, "method": "all", **base, "touchpoints": len(items), "methods": 5,
         "concordance": 0.86, "reason": ""}
    )  # fmt: skip
    rank = ranks["lmg"]
    for k, item in enumerate(items):
        upper = 0.4 * size[k]
        rows["halo"].append(
            {**head, "touchpoint": item.id, "n": n - 3 * k, "n_eff": (n - 3 * k) / 1.2,
             **put("gain", 0.6 * upper - 0.001, 0.004), "partial": 0.01, "sign": 1,
             "importance": upper, "rank_gain": int(rank[k]), "rank_importance": int(rank[k]),
             "rank_low": max(1, int(rank[k]) - 2), "rank_high": min(len(items), int(rank[k]) + 2),
             "order_holds": 0.9}
        )  # fmt: skip


def _footing(rows, made, items, head, n, strength, rng):
    places = [made.touchpoints.index(item) for item in items]
    size = strength[places] / strength[places].sum()
    codes = {0: "twin", 1: "entangled twin influential", 2: "sign_changes"}
    for k, item in enumerate(items):
        rows["collinearity"].append(
            {**head, "touchpoint": item.id, "n": n, "n_eff": n / 1.2, "vif": 1.4 + k % 3,
             "nearest": items[1 - k if k < 2 else k - 1].id, "correlation": 0.5, "alike": 0.85,
             "condition": 9.0, "effect": 0.1, "influence": 0.4, "influence_n": 7,
             "influence_weight": 0.004, "effect_without": 0.08, "codes": codes.get(k, "")}
        )  # fmt: skip
        for missing in TREATMENTS:
            few = missing == "complete"
            rows["sensitivity"].append(
                {**head, "touchpoint": item.id, "missing": missing, "n": n // 3 if few else n,
                 "n_eff": n / 4 if few else n / 1.2, "importance": 0.4 * size[k],
                 **put("share", size[k], 0.03, 0, 1), "rank": float(k + 1),
                 **put("effect", 0.1, 0.03), "missing_information": 0.1,
                 "differs": few and k == 3, "flips": few and k == 3}
            )  # fmt: skip


def _reliability(rows, wave, outcome, n):
    for item in ("", *(f"item{k + 1}" for k in range(len(outcome.items)))):
        rows["reliability"].append(
            {"wave": wave, "outcome": outcome.id, "item": item, "n": n - 40, "n_eff": n / 1.3,
             "n_items": len(outcome.items), **put("alpha", 0.84, 0.02),
             "item_rest": 0.6 if item else np.nan, "flag": ""}
        )  # fmt: skip
