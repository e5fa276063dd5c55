"""Tables on the mix, the inside view, mentions and decisions, made up for the report's tests."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from supertouch.tables import TABLES, checked

NAMES = (
    "levers",
    "overlap",
    "reach_sets",
    "synergy",
    "funnel",
    "brought",
    "gap",
    "auditors",
    "incidents",
    "missing",
    "portfolio",
    "whatif",
    "budget",
    "plan",
    "measures",
)
DECISIONS = ("concentrate", "recombine", "neglect", "drop")
STATUSES = ("", "current", "former")
PHASES = ("before", "during", "after")


def table(name, found):
    columns = list(TABLES[name].to_schema().columns)
    return checked(pd.DataFrame(found, columns=columns), table=name)


def empty():
    return {name: table(name, []) for name in NAMES}


def decision_tables(made, tables, *, case="full", seed=11, waves=None):
    """Return the new tables for a study and the tables that it has.

    ``case`` is ``full``, ``quiet`` (nothing significant, all neglected, no quick win),
    ``undecided`` (no driver model) or ``tied`` (all alike).
    """
    rng = np.random.default_rng(seed)
    rows = {name: [] for name in NAMES}
    ids = waves or [wave.id for wave in made.waves]
    for wave in ids:
        found = _portfolio(rows, made, tables, wave, rng, case)
        _mix(rows, made, wave, rng, case)
        _inside(rows, wave, found, rng, case)
        _incidents(rows, made, wave, found, rng, case)
        _missing(rows, wave, case)
    if case != "undecided":
        _plan(rows, made, tables, ids, rng, case)
    for kind, file in (("audit", "vertrieb.xlsx"), ("audit", "service.xlsx"),
                       ("mentions", "mentions.csv")):  # fmt: skip
        rows["brought"].append({"kind": kind, "file": file, "n_read": 90, "n_accepted": 88,
                                "n_quarantined": 2 if file == "service.xlsx" else 0})  # fmt: skip
    return {name: table(name, found) for name, found in rows.items()}


def _put(name, value, half, low=-np.inf, high=np.inf):
    ends = (float(np.clip(value - half, low, high)), float(np.clip(value + half, low, high)))
    return {name: float(value), f"{name}_low": ends[0], f"{name}_high": ends[1]}


def _levels(tables, wave):
    frame = tables["performance"]
    frame = frame[(frame.wave == wave) & (frame.segment == "")]
    return {row["touchpoint"]: row for row in frame.to_dict("records")}


def _shares(made, tables, wave):
    frame = tables["importance"]
    frame = frame[(frame.wave == wave) & (frame.segment == "") & (frame.method == "lmg")
                  & (frame.component == "experience")]  # fmt: skip
    return frame.groupby("touchpoint")["share"].mean().to_dict()


def _portfolio(rows, made, tables, wave, rng, case):
    levels, shares = _levels(tables, wave), _shares(made, tables, wave)
    items = list(made.touchpoints_in(wave))
    fair = 1 / max(len(items), 1)
    found = {}
    order = sorted(items, key=lambda item: -shares.get(item.id, 0.0))
    for item in items:
        place = order.index(item)
        share = fair if case == "tied" else float(shares.get(item.id, rng.uniform(0, 2 * fair)))
        decision, evidence, other = _decided(case, place, len(items), order, item)
        level = levels.get(item.id, {})
        found[item.id] = {"share": share, "satisfaction": level.get("satisfaction", np.nan),
                          "decision": decision}  # fmt: skip
        sure = rng.uniform(0.55, 0.99)
        chances = {f"p_{name}": (sure if name == decision else (1 - sure) / 3)
                   for name in DECISIONS}  # fmt: skip
        known = case != "undecided" and decision != "undecided"
        gain = 0.0 if case == "quiet" else 0.4 * share
        cost = 1000.0 * (4 + 7 * (place % 9)) if place % 4 else np.nan
        reach = level.get("reach", 0.5)
        rows["portfolio"].append({
            "wave": wave, "touchpoint": item.id, "decision": decision, "evidence": evidence,
            "probability": sure if known else np.nan, **(chances if known else {}),
            "with_touchpoint": other, "proxy": any(o.proxy for o in made.outcomes_in(wave)),
            "n": int(level.get("n_rated", 40)), "n_eff": float(level.get("n_rated_eff", 33.0)),
            "reach": reach, "satisfaction": level.get("satisfaction"),
            "satisfaction_low": level.get("satisfaction_low"),
            "satisfaction_high": level.get("satisfaction_high"),
            "disappointed": level.get("disappointed"),
            **({"lift_loyalty": share / fair * 1.1, "lift_recommendation": share / fair * 0.9,
                **_put("importance", share, 0.25 * share + 0.008, 0, 1),
                **_put("gain", gain, 0.15 * share + 0.004), "gain_rank": float(place + 1)}
               if known else {}),
            "asymmetry": ("basic", "excitement", "performance", "none", "")[place % 5]
            if known else "",
            "cost": cost, "cost_per_met": cost / (100 * reach) if reach else np.nan,
            "control": item.control or "",
            "quick_win": (place in (1, 3) and case == "full") if known and place % 4 else None,
        })  # fmt: skip
    return found


def _decided(case, place, size, order, item):
    if case == "undecided":
        return "undecided", "model_refused", ""
    if case in ("quiet", "tied"):
        return "neglect", "cheap_without_effect", ""
    if size == 1:
        return "concentrate", "super", ""
    codes = ("super", "effect_both", "effect_loyalty", "candidate", "protects")
    if place < min(5, size - 1):
        return "concentrate", codes[place], ""
    if place in (5, 6, 7) and size > 8:
        code = ("synergy", "cannibalisation", "met_together")[place - 5]
        return "recombine", code, order[place - 5].id
    if place == size - 1:
        return "undecided", "reach", ""
    if place in (size - 2, size - 3):
        return "drop", "costs_without_effect", ""
    return "neglect", ("cheap_without_effect", "not_ours", "cost_unknown")[place % 3], ""


def _mix(rows, made, wave, rng, case):
    items = list(made.touchpoints_in(wave))
    n = 1480
    head = {"wave": wave, "n": n, "n_eff": n / 1.2}
    reach = {item.id: rng.uniform(0.1, 0.9) for item in items}
    for one, other in combinations(items, 2):
        a, b = reach[one.id], reach[other.id]
        r = 0.05 if case != "full" else float(np.clip(rng.normal(0.12, 0.17), -0.4, 0.8))
        both = float(np.clip(a * b + r * np.sqrt(a * (1 - a) * b * (1 - b)), 0, min(a, b)))
        rows["overlap"].append({
            **head, "touchpoint": one.id, "other": other.id, "n_both": int(both * n),
            "both": both, "jaccard": both / (a + b - both), "lift": both / (a * b),
            **_put("correlation", r, 0.05, -1, 1), "p_value": 0.001 if abs(r) > 0.06 else 0.4,
            "p_adjusted": 0.002 if abs(r) > 0.06 else 0.6,
        })  # fmt: skip
    for criterion, top in (("met", 0.99), ("delighted", 0.74)):
        for size in range(1, min(len(items), 10) + 1):
            chosen = sorted(rng.choice(len(items), size, replace=False))
            best = top * (1 - 0.55**size)
            for method in ("exact", "greedy"):
                value = best - (0.012 if method == "greedy" and 1 < size < 7 else 0.0)
                rows["reach_sets"].append({
                    **head, "criterion": criterion, "method": method, "size": size,
                    "touchpoints": " ".join(items[k].id for k in chosen), "n_patterns": 812,
                    **_put("reach", value, 0.018, 0, 1),
                    "reach_unknown": 0.0 if criterion == "met" else 0.04,
                    "bound": min(best + 0.002, 1),
                    "proven": method == "exact" and size != 9,
                })  # fmt: skip
    pairs = list(combinations(items, 2))[:40]
    for outcome in made.outcomes_in(wave):
        for k, (one, other) in enumerate(pairs):
            sure = case == "full" and k in (3, 7)
            effect = (0.31, -0.22)[k == 7] if sure else rng.normal(0, 0.04)
            rows["synergy"].append({
                **head, "outcome": outcome.id, "touchpoint": one.id, "other": other.id,
                "n_both": 412, **_put("effect", effect, 0.09), "p_value": 0.0004 if sure else 0.4,
                "p_adjusted": 0.008 if sure else 0.8,
                "kind": ("none" if not sure else "synergy" if effect > 0 else "cannibalisation"),
            })  # fmt: skip
    for status in STATUSES:
        came = 1.0
        for k, phase in enumerate(PHASES):
            mine = sum(item.phase == phase for item in items)
            if not mine:
                continue
            passed = (0.93, 0.71, 0.62)[k] - 0.1 * (status == "former")
            came *= passed
            rows["funnel"].append({
                "wave": wave, "status": status, "phase": phase, "n": n if not status else n // 2,
                "n_eff": n / 1.3, "n_touchpoints": mine,
                **_put("met", min(1.0, passed + 0.05), 0.02, 0, 1),
                **_put("through", came, 0.025, 0, 1),
                **_put("passed", passed if k else np.nan, 0.02, 0, 1),
            })  # fmt: skip


def _inside(rows, wave, found, rng, case):
    size = len(found)
    outside = pd.Series({name: one["share"] for name, one in found.items()}).rank()
    inside = (outside + rng.normal(0, 0.25 * size, size)).rank()
    for place, name in enumerate(found):
        out, mine = ((float(side[name]) - 1) / max(size - 1, 1) for side in (outside, inside))
        gap = mine - out
        sure = abs(gap) > 0.3 and case == "full"
        kind = ("blind_spot" if gap < 0 else "pet") if sure else "agreed"
        known = case != "undecided" and not (place == 2 and case == "full")
        rows["gap"].append({
            "wave": wave, "touchpoint": name, "n_auditors": 7, "n": 611, "n_eff": 540.0,
            "importance_inside": mine, "importance_outside": out if known else np.nan,
            **(_put("importance_gap", gap, 0.24) if known else {}),
            "importance_p_adjusted": (0.003 if sure else 0.4) if known else np.nan,
            "performance_inside": 0.7, "performance_outside": 0.62,
            **_put("performance_gap", 0.08 if place % 3 else -0.02, 0.05),
            "performance_p_adjusted": 0.01 if place % 3 else 0.6,
            "kind": kind if known else "undecided",
        })  # fmt: skip
    for measure, icc in (("importance", 0.46), ("performance", 0.21)):
        alone = case == "quiet"
        known = {} if alone else {
            **_put("icc", icc, 0.14, -1, 1), **_put("icc_mean", icc + 0.33, 0.09, -1, 1),
            "kendall_w": icc + 0.12, "kendall_p": 0.0003,
        }  # fmt: skip
        rows["auditors"].append({
            "wave": wave, "measure": measure, "n_auditors": 1 if alone else 7,
            "n_touchpoints": size, **known, **_put("rank_correlation", 0.52, 0.2, -1, 1),
            "reason": "one_auditor" if alone else "",
        })  # fmt: skip


def _incidents(rows, made, wave, found, rng, case):
    if case == "quiet":
        return
    names = list(found)
    counts = rng.integers(0, 60, len(names)) if case == "full" else np.full(len(names), 10)
    counts[0] = max(counts[0], 1)
    total = counts.sum()
    shares = np.array([found[name]["share"] for name in names])
    size = counts / total * shares
    for k, name in enumerate(names):
        frequency = counts[k] / total
        known = case != "undecided"
        rows["incidents"].append({
            "wave": wave, "touchpoint": name, "n": int(counts[k]) + 9,
            "n_negative": int(counts[k]), "n_neutral": 4, "n_positive": 5,
            "first": "2026-01-07", "last": "2026-08-30",
            "sources": "Beschwerde, Bewertungsportal" if k % 2 else "Beschwerde",
            **_put("frequency", frequency, 1.96 * (frequency * (1 - frequency) / total) ** 0.5,
                   0, 1),
            "disappointed": 0.14, "relevance": float(shares[k]) if known else np.nan,
            "critical": float(size[k] / size.sum()) if known else np.nan,
            "rank": float((size > size[k]).sum() + 1) if known else np.nan,
        })  # fmt: skip


def _missing(rows, wave, case):
    if case not in ("full", "tied"):
        return
    for named, n, mentions in (
        ("app", 61, 14),
        ("<b>abholstation</b>", 23, 0),
        ("leihgerät", 0, 7),
        ("", 9, 3),
    ):
        share = n / 1480
        rows["missing"].append({
            "wave": wave, "named": named, "n": n + mentions, "n_survey": n,
            "n_asked": 1480 if n else 0,
            **(_put("share", share, 0.009, 0, 1) if n else {}), "n_mentions": mentions,
            "n_auditors": 1 if named == "app" else 0,
            "sources": "Beschwerde, Forum" if mentions else "",
        })  # fmt: skip


def _plan(rows, made, tables, ids, rng, case):
    wave = ids[-1]
    levels = _levels(tables, wave)
    shares = _shares(made, tables, wave)
    items = sorted((item for item in made.touchpoints_in(wave) if item.id in levels),
                   key=lambda item: -shares.get(item.id, 0.0))  # fmt: skip
    items = items[:1] if case == "tied" else items[:6]
    ways = [(outcome.id, unit) for outcome in made.outcomes_in(wave) for unit in ("mean", "nps")
            if unit == "mean" or outcome.role == "recommendation"]  # fmt: skip
    costs = [60000.0, 25000.0, np.nan, 42000.0, 9000.0, 80000.0]
    codes = ["", "headroom", "beyond_best large", "not_significant", "", "nps_limit"]
    measures = [(f"m_{item.id}", item, costs[k], codes[k]) for k, item in enumerate(items)]
    for outcome, unit in ways:
        scale = 30.0 if unit == "nps" else 1.0
        head = {"wave": wave, "outcome": outcome, "unit": unit, "n": 1480, "n_eff": 1230.0,
                "before": 14.0 if unit == "nps" else 3.7}  # fmt: skip
        sums = 0.0
        for name, item, cost, warned in measures:
            gain = scale * (0.5 * shares.get(item.id, 0.02) - 0.004)
            sums += gain
            rows["whatif"].append({
                **head, "scenario": name, "touchpoint": item.id, "asked": 0.4,
                "given": 0.3 if warned == "headroom" else 0.4, **_put("gain", gain, 0.4 * gain),
                "p_value": 0.001, "cost": cost,
                "cost_per_point": cost / gain if gain > 0 else np.nan, "warnings": warned,
            })  # fmt: skip
        rows["whatif"].append({
            **head, "scenario": "together", "touchpoint": "", "asked": np.nan, "given": np.nan,
            **_put("gain", sums, 0.3 * sums), "p_value": 0.0001,
            "cost": float(np.nansum([cost for _, _, cost, _ in measures])),
            "cost_per_point": 216000 / sums, "warnings": "",
        })  # fmt: skip
    _budget(rows, wave, [one for one in measures if np.isfinite(one[2])])
    _monitored(rows, made, levels, ids, measures, case)


def _budget(rows, wave, priced):
    order = sorted(priced, key=lambda one: one[2])
    spent, chosen = 0.0, []
    steps = [(0.0, [])]
    for name, _, cost, _ in order:
        spent += cost
        chosen = [*chosen, name]
        steps.append((spent, list(chosen)))
    if len(order) > 3:
        steps[2] = (order[0][2] + order[2][2], [order[0][0], order[2][0]])
    for k, (cost, names) in enumerate(steps):
        later = steps[k + 1][0] if k + 1 < len(steps) else np.inf
        chosen = cost < 100000 < later
        rows["budget"].append(_bought(wave, 100000.0 if chosen else cost, cost, names, chosen))


def _bought(wave, budget, cost, names, chosen):
    value = 0.35 * (1 - 0.65 ** len(names))
    return {
        "wave": wave, "goal": "both", "budget": budget, "cost": cost, "measures": " ".join(names),
        "n_measures": len(names), **_put("value", value, 0.3 * value),
        **_put("loyalty", 0.6 * value, 0.2 * value), **_put("nps", 22 * value, 7 * value),
        "proven": True, "chosen": chosen, "complete": True,
    }  # fmt: skip


def _monitored(rows, made, levels, ids, measures, case):
    status = ("met", "not_met", "open", "planned", "met", "planned")
    for k, (name, item, cost, _) in enumerate(measures):
        level = levels[item.id]
        state = status[k] if len(ids) > 1 else "planned"
        before = float(level["satisfaction"]) - (0.3 if state == "met" else 0.05)
        known = state != "planned"
        for outcome in made.outcomes_in(ids[-1])[:2]:
            rows["plan"].append({
                "measure": name, "label": f"Maßnahme für {item.label.within('de')}",
                "touchpoint": item.id, "decision": "concentrate" if k < 5 else "",
                "owner": "Service" if k % 2 == 0 else "", "cost": cost,
                "start": "2026-07-01" if k != 1 else "", "based_on": ids[max(len(ids) - 2, 0)],
                "wave": ids[-1] if known else "", "n": int(level["n_rated"]) if known else 0,
                "before": before, "target": before + 0.25,
                **({"now": level["satisfaction"], "now_low": level["satisfaction_low"],
                    "now_high": level["satisfaction_high"],
                    **_put("expected", 0.03, 0.02),
                    **_put("came", 0.02 * (k + 1) - 0.03, 0.03)} if known else {}),
                "status": state, "outcome": outcome.id, **_put("forecast", 0.05, 0.02),
                "agrees": (k % 2 == 0) if known else None,
                "weighed": "" if np.isfinite(cost) else "no_cost",
            })  # fmt: skip
        rows["measures"].append({"measure": name, "language": "en",
                                 "label": f"Measure for {item.label.within('en')}"})  # fmt: skip
