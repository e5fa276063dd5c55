"""The verdict on each touchpoint: which are super, how certainly, and whether it lasts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings import lasting
from supertouch.findings.waves import Wave
from supertouch.stats.inference import adjust
from supertouch.study.model import Outcome, Role, Study
from supertouch.tables import TABLES, checked

__all__ = ["judge"]

Array = NDArray[np.float64]
Progress = Callable[[int, int, str], None]
Tables = Mapping[str, pd.DataFrame]
Row = dict[str, object]

ROLES: tuple[Role, ...] = ("loyalty", "recommendation")


def judge(
    study: Study,
    responses: Mapping[str, pd.DataFrame | Wave],
    tables: Mapping[str, Tables],
    *,
    progress: Progress | None = None,
) -> dict[str, pd.DataFrame]:
    """Decide for every wave which touchpoints are super-touchpoints.

    Parameters
    ----------
    study : Study
    responses : mapping of str to DataFrame or Wave
        Accepted responses per wave, for what must be estimated anew on common touchpoints.
    tables : mapping of str to mapping of str to DataFrame
        What :func:`analyze_wave` found, per wave.
    progress : callable, optional
        Told after each wave: number done, number in all, text.

    Returns
    -------
    dict of str to DataFrame
        The table ``supertouchpoints``.
    """
    verdicts: list[pd.DataFrame] = []
    waves = [wave.id for wave in study.waves if wave.id in tables]
    for done, wave in enumerate(waves):
        if progress:
            progress(done, len(waves), wave)
        found = _verdicts(study, wave, tables[wave])
        if done and _decided(study, wave) and _decided(study, waves[done - 1]):
            pair = (waves[done - 1], wave)
            course = lasting.course(study, pair, [responses[item] for item in pair], verdicts[-1])
            found = lasting.follow(found, course, verdicts[-1])
        verdicts.append(found)
    if progress:
        progress(len(waves), len(waves), "")
    return {"supertouchpoints": checked(pd.concat(verdicts), table="supertouchpoints")}


def _decided(study: Study, wave: str) -> bool:
    return all(study.outcome_of(role, wave) for role in ROLES)


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What one outcome says of each touchpoint: a frame indexed by touchpoint."""

    outcome: Outcome
    frame: pd.DataFrame
    model_ok: bool


def _evidence(study: Study, wave: str, tables: Tables, role: Role) -> _Evidence | None:
    outcome = study.outcome_of(role, wave)
    if outcome is None:
        return None
    frame = _total(tables["importance"], outcome)
    frame = frame[(frame.component == "experience") & (frame.method == "lmg")]
    frame = frame.set_index("touchpoint")
    model = _total(tables["models"], outcome)
    p_model = float(model.p_value.iloc[0]) if len(model) else np.nan
    one_sided = np.where(frame.effect > 0, frame.p_value / 2, 1 - frame.p_value / 2)
    return _Evidence(
        outcome,
        pd.DataFrame(
            {
                "share": frame.share,
                "fair_share": frame.fair_share,
                "share_ok": frame.share > frame.fair_share,
                "effect_ok": frame.effect > 0,
                "material": frame.importance >= study.rule.materiality,
                "p": np.maximum(frame.p_share, one_sided),
            }
        ),
        bool(p_model < study.rule.alpha),
    )


def _total(table: pd.DataFrame, outcome: Outcome) -> pd.DataFrame:
    return table[(table.segment == "") & (table.outcome == outcome.id)]


def _verdicts(study: Study, wave: str, tables: Tables) -> pd.DataFrame:
    performance = tables["performance"]
    performance = performance[performance.segment == ""].set_index("touchpoint")
    evidence = {role: _evidence(study, wave, tables, role) for role in ROLES}
    frame = pd.DataFrame(index=performance.index)
    frame["wave"] = wave
    frame["reach_ok"] = performance.reach >= study.rule.min_reach
    frame["base_ok"] = performance.n_rated >= study.rule.min_base
    for role, found in evidence.items():
        _add_evidence(frame, role, found)
    asked = [found for found in evidence.values() if found is not None]
    frame["proxy"] = any(found.outcome.proxy for found in asked)
    frame["admitted"] = _all(frame.index.isin(found.frame.index) for found in asked)
    together = frame[[f"{role}_p" for role in ROLES]].to_numpy(float)
    frame["p_value"] = together.max(axis=1) if len(asked) == len(ROLES) else np.nan
    frame["p_adjusted"] = adjust(frame.p_value.to_numpy(float))
    frame["significant"] = _known(frame.p_adjusted <= study.rule.alpha, frame.p_adjusted)
    frame["brand_fit_ok"] = _brand_fit(study, performance)
    frame["purchase_ok"] = _purchase(study, wave, tables, frame.index)
    _add_certainty(study, frame, asked, tables["draws"])
    frame["top"] = study.rule.top
    frame["sustained"] = pd.array([pd.NA] * len(frame), dtype="boolean")
    frame["trend"] = ""
    frame["reason"] = [_reason(row, evidence) for row in _rows(frame)]
    for role in ROLES:
        adjusted = pd.Series(adjust(frame[f"{role}_p"].to_numpy(float)), frame.index)
        frame[f"{role}_significant"] = _known(adjusted <= study.rule.alpha, adjusted)
    passes = {role: _passes(frame, role) for role in ROLES}
    frame["verdict"] = [
        _verdict(study, row, {role: bool(passes[role][place]) for role in ROLES})
        for place, row in enumerate(_rows(frame))
    ]
    frame = frame.drop(columns=[f"{role}_p" for role in ROLES])
    return frame.reset_index()[_order()]


def _rows(frame: pd.DataFrame) -> list[Row]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _order() -> list[str]:
    return list(TABLES["supertouchpoints"].to_schema().columns)


def _all(flags: object) -> NDArray[np.bool_]:
    return np.all(np.array(list(flags)), axis=0)  # type: ignore[call-overload,no-any-return]


def _known(flag: pd.Series, value: pd.Series) -> pd.Series:
    return flag.astype("boolean").mask(value.isna())


def _add_evidence(frame: pd.DataFrame, role: Role, found: _Evidence | None) -> None:
    columns = {"share_ok": "boolean", "effect_ok": "boolean", "material": "boolean", "p": "float"}
    for name, kind in columns.items():
        values = pd.Series(pd.NA, index=frame.index, dtype=kind.replace("float", "Float64"))
        if found is not None:
            values = found.frame[name].astype(values.dtype).reindex(frame.index)
        frame[f"{role}_{name}"] = values if kind == "boolean" else values.astype(float)
    known = found is not None and len(found.frame) > 0
    frame[f"{role}_model_ok"] = pd.array(
        [found.model_ok if known and found else pd.NA] * len(frame), dtype="boolean"
    )
    share = found.frame.share.reindex(frame.index) if found is not None else np.nan
    frame[f"share_{role}"] = share
    if found is not None and len(found.frame):
        frame["fair_share"] = found.frame.fair_share.reindex(frame.index)
    elif "fair_share" not in frame:
        frame["fair_share"] = np.nan


def _brand_fit(study: Study, performance: pd.DataFrame) -> pd.Series:
    """Whether brand fit is not significantly below the mean of all touchpoints on its scale."""
    scales = [study.touchpoint(name).brand_fit_scale for name in performance.index]
    level = performance.brand_fit.groupby(scales).transform("mean")
    return _known(performance.brand_fit_high >= level, performance.brand_fit_high)


def _purchase(study: Study, wave: str, tables: Tables, touchpoints: pd.Index) -> pd.Series:
    """Whether the effect on purchase is not significantly negative."""
    outcome = study.outcome_of("purchase", wave)
    unknown = pd.Series(pd.NA, index=touchpoints, dtype="boolean")
    if outcome is None:
        return unknown
    frame = _total(tables["importance"], outcome)
    frame = frame[(frame.component == "experience") & (frame.method == "lmg")]
    effect = frame.set_index("touchpoint").effect_high
    return _known(effect >= 0, effect).reindex(touchpoints)


def _add_certainty(
    study: Study, frame: pd.DataFrame, asked: list[_Evidence], draws: pd.DataFrame
) -> None:
    """Share of replicates in which the point criteria hold, and in which it ranks at the top."""
    frame["probability"] = np.nan
    frame["rank_probability"] = np.nan
    tables = [_wide(draws, found) for found in asked if len(found.frame)]
    if len(tables) != len(asked) or not asked:
        return
    common = [name for name in frame.index if all(name in table["share"] for table in tables)]
    scores = [
        table["importance"][common].div(table["importance"].clip(lower=0).sum(axis=1), axis=0)
        for table in tables
    ]
    score = scores[0].add(scores[-1])
    top = score.rank(axis=1, ascending=False) <= study.rule.top
    frame["rank_probability"] = top.mean().reindex(frame.index)
    if len(asked) == len(ROLES):
        holds = _all(
            (table["share"] > 1 / table["share"].shape[1])[common]
            & (table["beta"][common] > 0)
            & (table["importance"][common] >= study.rule.materiality)
            for table in tables
        )
        frame["probability"] = pd.Series(holds.mean(axis=0), common).reindex(frame.index)


def _wide(draws: pd.DataFrame, found: _Evidence) -> dict[str, pd.DataFrame]:
    part = draws[draws.outcome == found.outcome.id]
    return {
        name: part.pivot(index="replicate", columns="touchpoint", values=name)
        for name in ("share", "beta", "importance")
    }


def _passes(frame: pd.DataFrame, role: Role) -> NDArray[np.bool_]:
    """Whether a touchpoint passes for one outcome alone, adjusted within that outcome."""
    names = [f"{role}_{name}" for name in ("significant", "material", "model_ok")]
    return np.asarray(frame[names].fillna(False).to_numpy(bool).all(axis=1))


_CRITERIA = (
    ("reach", "reach_ok"),
    ("base", "base_ok"),
    ("admitted", "admitted"),
    ("loyalty_share", "loyalty_share_ok"),
    ("loyalty_effect", "loyalty_effect_ok"),
    ("recommendation_share", "recommendation_share_ok"),
    ("recommendation_effect", "recommendation_effect_ok"),
    ("significant", "significant"),
    ("loyalty_model", "loyalty_model_ok"),
    ("recommendation_model", "recommendation_model_ok"),
    ("loyalty_material", "loyalty_material"),
    ("recommendation_material", "recommendation_material"),
    ("brand_fit", "brand_fit_ok"),
    ("purchase", "purchase_ok"),
)


def _reason(row: Row, evidence: Mapping[Role, _Evidence | None]) -> str:
    failed = [code for code, column in _CRITERIA if _is(row[column], False)]
    missing = [f"no_{role}" for role, found in evidence.items() if found is None]
    return " ".join(failed + missing)


def _is(value: object, wanted: bool) -> bool:
    return not pd.isna(value) and bool(value) is wanted  # type: ignore[call-overload]


def _verdict(study: Study, row: Row, passes: Mapping[Role, bool]) -> str:
    if not all(_is(row[name], True) for name in ("reach_ok", "base_ok", "admitted")):
        return "too_few"
    if "no_" in str(row["reason"]):
        return "undetermined"
    if not row["reason"] and _is(row["significant"], True):
        return "super"
    probability = row["probability"]
    if isinstance(probability, float) and probability >= study.rule.candidate:
        return "candidate"
    stronger = min(ROLES, key=lambda role: float(str(row[f"{role}_p"])))
    role = stronger if passes[stronger] else next((r for r in ROLES if passes[r]), None)
    return f"{role}_builder" if role else "none"
