"""Driver models of two waves on the touchpoints that both can estimate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.findings import drivers
from supertouch.findings.answers import Cell
from supertouch.findings.fitting import Effort, fit
from supertouch.findings.models import Base, Model, together
from supertouch.findings.tracking.pairs import Tracked, outcomes_of
from supertouch.findings.waves import Wave
from supertouch.stats import inference
from supertouch.stats.inference import Corrected
from supertouch.study.model import Outcome, Study

__all__ = ["Component", "Estimates", "Fits", "Refused"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Key = tuple[object, ...]
Tables = Mapping[str, pd.DataFrame]

EXACT_UP_TO = 16
CIRCLES = 2
R2 = ("r2", "r2_low", "r2_high")


@dataclass(frozen=True, slots=True)
class Component:
    """Experience or contact of k touchpoints in one outcome's model.

    Attributes
    ----------
    touchpoints : tuple of str
    effect, importance : Corrected
        With replicates; the effect is NaN where a column cannot be told from the others.
    shown : DataFrame
        The rows of the table ``importance``, in the order of ``touchpoints``.
    """

    touchpoints: tuple[str, ...]
    effect: Corrected
    importance: Corrected
    shown: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Estimates:
    """One outcome's model in one wave.

    Attributes
    ----------
    base : Base
    degrees : int
        Degrees of freedom of the replicates.
    touchpoints : tuple of str
    rated : ndarray of shape (p,)
        Raters of each touchpoint.
    contact : ndarray of bool of shape (p,)
        Whether the model has a column of contact.
    components : dict of str to Component
    r2 : Corrected
    shown : dict of str to float
        R² and its interval, as in the table ``models``.
    reach, mean, level : Corrected
        Reach and mean rating (less the midpoint) of each touchpoint, and mean of the outcome (less
        the midpoint), as in the sample and in each replicate.
    """

    base: Base
    degrees: int
    touchpoints: tuple[str, ...]
    rated: Array
    contact: Mask
    components: dict[str, Component]
    r2: Corrected
    shown: dict[str, float]
    reach: Corrected
    mean: Corrected
    level: Corrected


@dataclass(frozen=True, slots=True)
class Refused:
    """Why outcomes or touchpoints of two waves have no effects: codes by id."""

    outcomes: dict[str, str] = field(default_factory=dict)
    touchpoints: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Fits:
    """Models of all waves of a study, each list of touchpoints fitted once.

    Where the list is that of a wave's table ``importance``, its estimates are taken from there, so
    that a wave is told with the same numbers everywhere.
    """

    study: Study
    tables: Mapping[str, Tables] = field(default_factory=dict)
    known: dict[Key, dict[str, Estimates]] = field(default_factory=dict)
    replicates: dict[str, Array] = field(default_factory=dict)

    def both(
        self, before: Tracked, after: Tracked
    ) -> tuple[list[tuple[Estimates, Estimates]], Refused]:
        """Estimate both waves on common touchpoints: a pair per outcome, and what was refused."""
        found: list[tuple[Estimates, Estimates]] = []
        refused = Refused()
        asked = after.whole(self.study)
        common = outcomes_of(before.whole(self.study), asked)
        for group in together(self.study, asked):
            outcomes = tuple(item for item in group if item in common)
            if outcomes:
                found += self._group(before, after, outcomes, refused)
        return found, refused

    def _group(
        self,
        before: Tracked,
        after: Tracked,
        outcomes: tuple[Outcome, ...],
        refused: Refused,
    ) -> list[tuple[Estimates, Estimates]]:
        waves = (before, after)
        models = [_prepared(self.study, wave, outcomes, None) for wave in waves]
        for wave, model in zip(waves, models, strict=True):
            _note_outcomes(refused, wave, model)
        while _names(models[0]) != _names(models[1]):
            for wave, model in zip(waves, models, strict=True):
                _note_touchpoints(refused, wave.whole(self.study), model)
            both = frozenset(_names(models[0])) & frozenset(_names(models[1]))
            models = [_prepared(self.study, wave, outcomes, both) for wave in waves]
        for wave, model in zip(waves, models, strict=True):
            _note_touchpoints(refused, wave.whole(self.study), model)
            _note_outcomes(refused, wave, model)
        contact = np.all([model.gate.contact for model in models], axis=0)
        modelled = tuple(k for k in models[0].modelled if k in models[1].modelled)
        if not modelled:
            return []
        fitted = []
        for wave, model in zip(waves, models, strict=True):
            model = replace(model, gate=replace(model.gate, contact=contact), modelled=modelled)
            fitted.append(self._fitted(wave, model, refused))
        names = [name for name in fitted[1] if name in fitted[0]]
        return [(fitted[0][name], fitted[1][name]) for name in names]

    def _fitted(self, wave: Tracked, model: Model, refused: Refused) -> dict[str, Estimates]:
        """Fit a model unless the same was fitted before."""
        outcomes = tuple(model.bases[place].outcome.id for place in model.modelled)
        key = (wave.id, outcomes, _names(model), model.gate.contact.tobytes())
        if key not in self.known:
            exact = min(EXACT_UP_TO, self.study.analysis.exact_up_to)
            model = fit(
                self.study,
                model,
                multiplicity=self._multiplicity(wave),
                effort=Effort(exact, circles=CIRCLES, johnson=False),
            )
            _note_outcomes(refused, wave, model)
            told = _total(self.tables.get(wave.id, {}).get("importance"))
            self.known[key] = _estimates(self.study, wave, model, told)
        return self.known[key]

    def _multiplicity(self, wave: Tracked) -> Array:
        if wave.id not in self.replicates:
            self.replicates[wave.id] = wave.whole(self.study).multiplicity()
        return self.replicates[wave.id]


def _prepared(
    study: Study, wave: Tracked, outcomes: tuple[Outcome, ...], among: frozenset[str] | None
) -> Model:
    return wave.whole(study).prepare(outcomes, among=among)


def _names(model: Model) -> tuple[str, ...]:
    return tuple(item.id for item in model.touchpoints)


def _note_outcomes(refused: Refused, wave: Tracked, model: Model) -> None:
    for base in model.bases:
        if base.refusal:
            refused.outcomes.setdefault(base.outcome.id, f"no_model {wave.id} {base.refusal}")


def _note_touchpoints(refused: Refused, wave: Wave, model: Model) -> None:
    codes = {name: code for name, code in model.not_eligible.items() if code != "not_common"}
    for code in ("dropped", "silent", "constant"):
        for j in getattr(model.gate, code):
            codes[wave.touchpoints[j].id] = code
    for name, code in codes.items():
        refused.touchpoints.setdefault(name, f"not_in_model {wave.wave} {code}")


def _total(importance: pd.DataFrame | None) -> pd.DataFrame | None:
    if importance is None or importance.empty:
        return None
    return importance[(importance.segment == "") & (importance.method == "lmg")]


def _estimates(
    study: Study, wave: Tracked, model: Model, told: pd.DataFrame | None
) -> dict[str, Estimates]:
    """Put a fitted model's numbers together, by outcome; empty where it was refused."""
    found = drivers.parts(model)
    if found is None or model.covariance is None or model.spread is None:
        return {}
    cell, asked = Cell("", "", np.zeros(0, dtype=bool)), wave.whole(study)
    shown = drivers.importance_table(study, asked, cell, model)
    fits = drivers.models_table(study, asked, cell, model)
    one, many = model.covariance, model.spread
    result = {}
    for k, place in enumerate(model.modelled):
        base = model.bases[place]
        point, anchor, replicates = (part.r2[..., k] for part in found)
        wider = drivers.wider(model, k)
        own = _same(shown[shown.outcome == base.outcome.id], told)
        result[base.outcome.id] = Estimates(
            base=base,
            degrees=model.degrees,
            touchpoints=_names(model),
            rated=model.sums.counts[0, model.sums.block("rated")][model.gate.touchpoints],
            contact=model.gate.contact,
            components=_components(model, k, own),
            r2=inference.corrected(point, replicates, anchor=anchor, inflation=wider),
            shown={name: float(fits[name].iloc[place]) for name in R2},
            reach=Corrected(one.reach[0], many.reach),
            mean=Corrected(one.mean[0], many.mean),
            level=Corrected(one.outcome[0, k], many.outcome[:, k]),
        )
    return result


def _same(shown: pd.DataFrame, told: pd.DataFrame | None) -> pd.DataFrame:
    """Return the rows of the wave's table where it has the same touchpoints and contacts."""
    if told is None:
        return shown
    keys = ["outcome", "component", "touchpoint"]
    rows = told[told.outcome.isin(shown.outcome)]
    lists = [frame[keys].reset_index(drop=True).astype(str) for frame in (shown, rows)]
    return rows if lists[0].equals(lists[1]) else shown


def _components(model: Model, k: int, shown: pd.DataFrame) -> dict[str, Component]:
    found = drivers.parts(model)
    if found is None or model.identified is None:
        return {}
    result = {}
    for outcome, _, name, inside in drivers.blocks(model):
        if outcome != k:
            continue
        places = model.gate.columns[inside] % len(model.touchpoints)
        rows = shown[shown.component == name].reset_index(drop=True)
        lmgs = found[2].lmg[:, k, inside]
        estimate = rows["importance"].to_numpy(float)
        spread = drivers.wider(model, k) * (lmgs - lmgs.mean(axis=0))
        effect = np.where(model.identified, found[0].effect[k], np.nan)[inside]
        result[name] = Component(
            touchpoints=tuple(model.touchpoints[j].id for j in places),
            effect=Corrected(effect, found[2].effect[:, k, inside]),
            importance=Corrected(estimate, estimate + spread),
            shown=rows,
        )
    return result
