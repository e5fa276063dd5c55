"""What a planned wave is expected to look like: as the last one analysed, or as assumed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from supertouch.pipeline import files
from supertouch.study.model import Scale, Study, Touchpoint

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from supertouch.simulate.planning import Expected

__all__ = ["expected_wave", "last_analysed", "units"]

CONTINUOUS_STEPS = 10
LEAST_R2 = 0.1
JUDGED = ("loyalty", "recommendation")


def last_analysed(study: Study) -> str:
    """Return the last wave whose tables are there, or "" where none has been analysed."""
    folder = study.processed / "analyze"
    there = [wave.id for wave in study.waves if (folder / wave.id / "models.parquet").exists()]
    return there[-1] if there else ""


def units(study: Study, touchpoints: tuple[Touchpoint, ...]) -> NDArray[np.float64]:
    """Return what a step of the simulated scale is worth on each touchpoint's own scale."""
    import numpy as np

    points = _points(study, touchpoints)
    scales = [study.scales[item.scale] for item in touchpoints]
    return np.array([(scale.maximum - scale.minimum) / (points - 1) for scale in scales])


def _points(study: Study, touchpoints: tuple[Touchpoint, ...]) -> int:
    """Return the answers of the scale that most touchpoints are rated on."""
    used = [item.scale for item in touchpoints]
    return _answers(study.scales[max(used, key=used.count)])


def _answers(scale: Scale) -> int:
    length = scale.maximum - scale.minimum
    return round(length / scale.step) + 1 if scale.step else CONTINUOUS_STEPS + 1


def expected_wave(study: Study, touchpoints: tuple[Touchpoint, ...]) -> tuple[Expected, str]:
    """Return what is expected of ``touchpoints``, and the wave that it is taken from.

    Reach, mean, spread and answers are those of the last wave analysed, and so are R² and the
    weights' design effect; a touchpoint that was not in it is expected to be as the middle one.
    Where no wave has been analysed, the usual assumptions hold and the wave is "".

    Raises
    ------
    OutputError
        If a table of that wave cannot be read.
    """
    from supertouch.simulate.planning import unknown_touchpoints

    assumed = unknown_touchpoints(len(touchpoints), _points(study, touchpoints))
    wave = last_analysed(study)
    if not wave:
        return assumed, ""
    folder = study.processed / "analyze" / wave
    table = files.read_table(folder / "performance.parquet", table="performance")
    table = table[table.segment == ""].set_index("touchpoint")
    if not table.n_rated.gt(0).any():
        return assumed, ""
    models = files.read_table(folder / "models.parquet", table="models")
    found = _from_table(study, touchpoints, assumed, table)
    judged = [item.id for item in study.outcomes_in(wave) if item.role in JUDGED]
    models = models[(models.segment == "") & models.admitted & models.outcome.isin(judged)]
    r2 = models.r2_experience.mean()
    return (replace(found, r2=max(LEAST_R2, float(r2))) if r2 == r2 else found), wave


def _from_table(
    study: Study, touchpoints: tuple[Touchpoint, ...], assumed: Expected, table: pd.DataFrame
) -> Expected:
    import numpy as np
    from scipy.stats import norm

    scales = [study.scales[item.scale] for item in touchpoints]
    unit = units(study, touchpoints)
    own = table.reindex([item.id for item in touchpoints])
    z = float(norm.ppf((1 + study.analysis.confidence) / 2))
    half = (own.satisfaction_high - own.satisfaction_low).to_numpy(float) / 2
    spread = half / z * np.sqrt(own.n_rated_eff.to_numpy(float)) / unit
    least = np.array([scale.minimum for scale in scales])
    answered = (own.n_rated / own.n_met).to_numpy(float)
    mean = _filled(1 + (own.satisfaction.to_numpy(float) - least) / unit)
    return replace(
        assumed,
        reach=_filled(own.reach.to_numpy(float)),
        mean=np.clip(mean, 1.05, assumed.points - 0.05),
        spread=np.maximum(_filled(spread), 0.2),
        answered=np.clip(_filled(answered), 0.01, 1.0),
        design_effect=max(1.0, float((table.n / table.n_eff).iloc[0])),
    )


def _filled(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return values with the median in place of those that are missing."""
    import numpy as np

    return np.where(np.isfinite(values), values, np.nanmedian(values[np.isfinite(values)]))
