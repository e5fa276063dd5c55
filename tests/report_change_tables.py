"""Tables on changes, quality, drift and the field, made up for the tests of the report."""

from __future__ import annotations

import numpy as np

TRACKED = ("tracking", "change_explained", "targets")
KEPT = ("quality", "weights", "margins", "suppressed", "drift")
NAMES = (*TRACKED, *KEPT)
MOVED = {"store": 0.31, "hotline": -0.24, "website": 0.18}
PARTS = ("reach", "experience", "effect")


def add(rows, made, waves, *, n, admitted):
    """Add rows of every table in ``NAMES``, and move satisfaction in the last wave for them."""
    rng = np.random.default_rng(29)
    if len(waves) > 1:
        _move(rows, waves[-1])
    for place, wave in enumerate(waves):
        _kept(rows, made, wave, n)
        _targets(rows, made, wave, n)
        if not place:
            continue
        _drift(rows, made, waves[place - 1], wave)
        for comparison, against in (("previous", waves[place - 1]), ("baseline", waves[0])):
            _compare(rows, made, wave, against, comparison, n, admitted, rng)


def _move(rows, wave):
    for row in rows["performance"]:
        if row["wave"] == wave and not row["segment"]:
            for end in ("", "_low", "_high"):
                row[f"satisfaction{end}"] += MOVED.get(row["touchpoint"], 0.0)


def _satisfaction(rows, wave, touchpoint):
    return next(row["satisfaction"] for row in rows["performance"] if not row["segment"]
                and (row["wave"], row["touchpoint"]) == (wave, touchpoint))  # fmt: skip


def _compare(rows, made, wave, against, comparison, n, admitted, rng):
    key = {"wave": wave, "against": against, "comparison": comparison}
    both = [item for item in made.touchpoints_in(wave) if item in made.touchpoints_in(against)]
    for item in both:
        base, now = (_satisfaction(rows, name, item.id) for name in (against, wave))
        size = now - base
        _change(rows, made, {**key, "touchpoint": item.id}, "satisfaction", base, size, 0.11, n)
        share = rng.uniform(0.2, 0.7)
        _change(rows, made, {**key, "touchpoint": item.id}, "reach", share, size / 9, 0.035, n)
        for band in ("disappointed", "delighted"):
            step = {**key, "touchpoint": item.id}
            _change(rows, made, step, band, 0.2, rng.uniform(-0.02, 0.02), 0.04, n)
    for outcome in made.outcomes_in(wave):
        if outcome not in made.outcomes_in(against):
            continue
        head = {**key, "outcome": outcome.id}
        nps = outcome.role == "recommendation"
        total = 0.19 if nps else -0.012
        _change(rows, made, head, "mean", (7.4 if nps else 3.7) - total, total, 0.1, n)
        if nps:
            _change(rows, made, head, "nps", 14.0, 6.2, 5.8, n)
        if admitted:
            _driven(rows, made, head, both, n, rng)
            _explained(rows, head, both, total, n, rng)


def _change(rows, made, key, measure, before, size, half, n, **more):
    p_value = float(np.exp(-3.2 * abs(size) / half))
    rows["tracking"].append({
        "outcome": "", "touchpoint": "", "component": "", "measure": measure, "weighted": True,
        "n_before": n - 100, "n_after": n - 60, "n_eff_before": n / 1.3, "n_eff_after": n / 1.25,
        "overlap": 0.25 if made.panel else 0.0, "before": before, "before_low": before - 0.7 * half,
        "before_high": before + 0.7 * half, "after": before + size,
        "after_low": before + size - 0.7 * half, "after_high": before + size + 0.7 * half,
        "change": size, "change_low": size - half, "change_high": size + half,
        "p_value": p_value, "p_adjusted": min(1.0, 1.5 * p_value),
        "significant": 1.5 * p_value < 0.05, "detectable": 1.4 * half, "n_needed": 812.0,
        "note": "", **key, **more,
    })  # fmt: skip


def _driven(rows, made, head, both, n, rng):
    before = rng.permutation(len(both)) + 1.0
    after = before.copy()
    swap = rng.choice(len(both), 4, replace=False) if len(both) > 4 else []
    for one, other in zip(swap[::2], swap[1::2], strict=True):
        after[[one, other]] = after[[other, one]]
    for k, item in enumerate(both):
        key = {**head, "touchpoint": item.id, "component": "experience"}
        moved = abs(after[k] - before[k]) > 5
        share = 2 * (len(both) - before[k] + 1) / len(both) / (len(both) + 1)
        _change(rows, made, key, "share", share, 0.06 if moved else 0.002, 0.03, n)
        _change(rows, made, key, "importance", 0.3 * share, 0.002, 0.01, n)
        _change(rows, made, key, "effect", 0.2, rng.uniform(-0.05, 0.05), 0.12, n)
        ends = {f"{name}_{end}": float(np.clip(rank[k] + step, 1, len(both)))
                for name, rank in (("before", before), ("after", after))
                for end, step in (("low", -3), ("high", 4))}  # fmt: skip
        rows["tracking"].append({
            **rows["tracking"][-1], "measure": "rank", "before": before[k], "after": after[k],
            "change": after[k] - before[k], "change_low": np.nan, "change_high": np.nan,
            "p_value": np.nan, "p_adjusted": np.nan, "significant": None, "detectable": np.nan,
            "n_needed": np.nan, **ends,
        })  # fmt: skip
    key = {**head, "touchpoint": both[-1].id, "component": "contact"}
    _change(rows, made, key, "effect", 0.1, 0.4, 0.15, n)
    _change(rows, made, head, "r2", 0.44, 0.01, 0.05, n)


def _explained(rows, head, both, total, n, rng):
    """Parts that add up to the total, the rest with them."""
    sums = dict.fromkeys(PARTS, 0.0)
    spread = abs(total) / 4 + 0.006
    for item in both:
        for part in PARTS:
            size = float(rng.normal(0, spread if part == "experience" else spread / 3))
            sums[part] += size
            _part(rows, head, item.id, part, size, spread / 2, n)
    for part, size in sums.items():
        _part(rows, head, "", part, size, spread, n)
    _part(rows, head, "", "rest", total - sum(sums.values()), 2 * spread, n)
    _part(rows, head, "", "total", total, 0.1, n)


def _part(rows, head, touchpoint, part, size, half, n):
    rows["change_explained"].append({
        **head, "touchpoint": touchpoint, "part": part, "n_before": n - 100, "n_after": n - 60,
        "change": size, "change_low": size - half, "change_high": size + half,
        "p_value": 0.03, "p_adjusted": 0.04 if abs(size) > half else 0.6,
    })  # fmt: skip


def _targets(rows, made, wave, n):
    items = made.touchpoints_in(wave)
    aims = [("satisfaction", "", items[0].id, 3.2, 3.4, "met", np.nan),
            ("reach", "", items[1].id, 0.5, 0.31, "not_met", np.nan),
            ("disappointed", "", items[1].id, 0.2, 0.19, "open", 4210.0),
            ("mean", made.outcomes_in(wave)[0].id, "", 3.8, 3.76, "open", 2950.0)]  # fmt: skip
    for measure, outcome, touchpoint, target, value, status, needed in aims:
        half = 0.03 if value < 1 else 0.08
        rows["targets"].append({
            "wave": wave, "outcome": outcome, "touchpoint": touchpoint, "measure": measure,
            "n": n - 40, "n_eff": n / 1.3, "target": target, "value": value,
            "value_low": value - half, "value_high": value + half, "status": status,
            "n_needed": needed,
        })  # fmt: skip


def _kept(rows, made, wave, n):
    pattern = made.quality.implausible[0].label.within("en") if made.quality.implausible else ""
    for flag, rule, threshold, checked, found in (
        ("duplicate", "the same contacts, ratings and outcomes as an earlier respondent: at least "
         "12 answers, 6 of them other than the most frequent, that chance would hardly repeat",
         12.0, n, 3),
        ("speeder", "less than 0.4 of the median duration", 212.5, n, 41),
        ("straight_liner", "at least 8 ratings, and all the same", 8.0, n - n // 5, 17),
        ("implausible", pattern or "the study names no implausible pattern", np.nan,
         n if pattern else 0, 5 if pattern else 0),
    ):  # fmt: skip
        rows["quality"].append({
            "wave": wave, "flag": flag, "rule": rule, "threshold": threshold,
            "n_checked": checked, "n": found, "share": found / checked if checked else np.nan,
            "excluded": flag == "duplicate", "expected": 0.4 if flag == "duplicate" else np.nan,
        })  # fmt: skip
    raked = bool(made.weighting.margins)
    rows["weights"].append({
        "wave": wave, "source": "raked" if raked else "taken", "n": n, "n_missing": 2, "n_zero": 0,
        "n_negative": 0, "n_extreme": 1, "minimum": 0.31, "median": 0.97, "maximum": 3.4,
        "n_trimmed": 12 if raked else 0, "iterations": 9 if raked else 0,
        "largest_gap": 0.0004 if raked else np.nan, "design_effect": 1.21, "n_eff": n / 1.21,
    })  # fmt: skip
    for segment in made.segments:
        values = [str(int(code)) for code in segment.values]
        rows["suppressed"].append({
            "wave": wave, "segment": segment.id, "segment_value": values[-1], "min_base": 10,
            "complementary": False,
        })  # fmt: skip
        if raked:
            for k, value in enumerate((*values[:2], "")):
                rows["margins"].append({
                    "wave": wave, "segment": segment.id, "segment_value": value, "n": 700 - 200 * k,
                    "before": (0.61, 0.39, 0.02)[k], "after": (0.55, 0.45, 0.02)[k],
                    "target": (0.55, 0.45, np.nan)[k],
                })  # fmt: skip


def _drift(rows, made, against, wave):
    first = made.touchpoints_in(wave)[0]
    for severity, kind, item, column, before, after, size in (
        ("stop", "column_renamed", first.id, "R_website", "R_website", "RATE_web", 0.93),
        ("look", "distribution", first.id, "R_website", "5: 31 %", "5: 48 %", 0.17),
        ("look", "blanks", "", "AGE", "2 %", "18 %", 0.16),
        ("note", "column_added", "", "NEW_Q", "", "1, 2, 3", np.nan),
    ):
        rows["drift"].append({
            "wave": wave, "against": against, "severity": severity, "kind": kind, "item": item,
            "column": column, "before": before, "after": after, "size": size,
            "p_adjusted": 0.0001 if kind == "distribution" else np.nan,
            "edit": f'[touchpoints.{first.id}]\nrating = {{{wave} = "RATE_web"}}'
            if severity == "stop" else "",
        })  # fmt: skip


def field_rows(made, wave, *, days=18, questions=60):
    """Return rows of the four tables of a wave in the field."""
    rng = np.random.default_rng(31)
    rows = {name: [] for name in ("field_days", "field_quotas", "field_bases", "field_dropout")}
    total = 0
    for k in range(days):
        n = int(rng.integers(20, 60))
        total += n - k % 3
        rows["field_days"].append({
            "wave": wave, "day": f"2026-03-{k + 1:02d}", "n": n, "n_accepted": n - k % 3,
            "total": total, "expected": 1500 * (k + 1) / 28,
        })  # fmt: skip
    rows["field_days"].append({"wave": wave, "day": "", "n": 4, "n_accepted": 4,
                               "total": total + 4, "expected": np.nan})  # fmt: skip
    groups = [("", "")] + [(segment.id, str(int(code))) for segment in made.segments
                           for code in segment.values]  # fmt: skip
    for k, (segment, value) in enumerate(groups):
        wanted = 1500 if not segment else 500
        n = total if not segment else wanted // 2 + 140 * k
        rows["field_quotas"].append({
            "wave": wave, "segment": segment, "segment_value": value, "wanted": wanted, "n": n,
            "missing": wanted - n, "share": n / wanted, "forecast": 9.0 if n < wanted else 0.0,
        })  # fmt: skip
        for place, item in enumerate(made.touchpoints_in(wave)):
            rated = int(rng.integers(4, 300) / (1 if not segment else 3))
            needed = float(60 + 5 * place)
            rows["field_bases"].append({
                "wave": wave, "segment": segment, "segment_value": value, "touchpoint": item.id,
                "n": total // (1 if not segment else 3), "n_rated": rated, "n_eff": rated / 1.2,
                "half_width": 0.2 * (needed / max(rated, 1)) ** 0.5, "precision": 0.2,
                "n_needed": needed, "respondents_needed": needed * 4, "enough": rated >= needed,
            })  # fmt: skip
    left = total + 90
    items = made.touchpoints_in(wave)
    for k in range(questions + 1):
        last = int(rng.integers(0, 4)) if k % 9 else 9
        last = left if k == questions else last
        rows["field_dropout"].append({
            "wave": wave, "place": k, "column": f"Q_{k}" if k else "",
            "item": items[k % len(items)].id if k % 2 else "", "n_reached": left,
            "n_answered": left - last // 2, "n_last": last, "share_last": last / (total + 90),
        })  # fmt: skip
        left -= last
    return rows
