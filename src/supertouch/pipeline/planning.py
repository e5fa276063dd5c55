"""How many respondents a wave needs: simulated studies go through the real estimation."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from supertouch.pipeline import files
from supertouch.pipeline.expecting import expected_wave
from supertouch.pipeline.sizes import Needed, Rung, SampleSize
from supertouch.pipeline.trials import LIFT, Trial, TrialRun
from supertouch.study.model import Study, Touchpoint

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from supertouch.stats.power_curve import PowerCurve

__all__ = ["LADDER", "sample_size", "write_sample_size"]

LADDER = (300, 500, 750, 1000, 1500, 2000, 3000, 5000)
SHORT_LADDER = (500, 1000, 2000, 5000)
MANY = 60
CERTAIN = 0.95
FURTHEST = 1.5
# studies per number of respondents, by the most touchpoints
STUDIES = ((12, 16), (30, 10), (60, 3))

Progress = Callable[[int, int, str], None]


def sample_size(
    study: Study,
    wave: str,
    *,
    blocks: Sequence[Sequence[str]] = (),
    precision: float | None = None,
    power: float = 0.8,
    ladder: Sequence[int] = (),
    studies: int | None = None,
    progress: Progress | None = None,
) -> SampleSize:
    """Find how many respondents a wave needs, by simulated studies of several sizes.

    The studies look like the last wave analysed, with a few touchpoints of twice their fair share
    in both outcomes, and go through the estimation that the wave will go through. Sizes are tried
    from the smallest; the larger ones are left out once all wishes are met for certain.

    Parameters
    ----------
    study : Study
    wave : str
        The wave that is planned.
    blocks : sequence of sequences of str
        Touchpoints of each version of a split questionnaire; none where all are asked all.
    precision : float, optional
        Half width, in rating points, that the interval of a mean rating should have;
        ``[field] precision`` if none is named.
    power : float
        Wished chance to find a touchpoint with twice its fair share to be super.
    ladder : sequence of int
        Numbers of respondents to try, rising; 300 to 5,000 if none is named.
    studies : int, optional
        Simulated studies per number; by the number of touchpoints if none is named.
    progress : callable, optional
        Told after each study: number done, number in all, text.

    Raises
    ------
    OutputError
        If a table of the last wave cannot be read.
    """
    from supertouch.simulate.planning import expected_design

    touchpoints = study.touchpoints_in(wave)
    expected, based_on = expected_wave(study, touchpoints)
    places = [[_place(touchpoints, name) for name in block] for block in blocks]
    design = expected_design(expected, lift=LIFT)
    tried = Trial(study, wave, expected, design, places)
    wanted = study.fieldwork.precision if precision is None else precision
    each = studies or next((c for most, c in STUDIES if len(touchpoints) <= most), 1)
    ladder = ladder or (LADDER if len(touchpoints) <= MANY else SHORT_LADDER)
    runs: list[TrialRun] = []
    for step, n in enumerate(ladder):
        for number in range(each):
            if progress:
                progress(step * each + number, len(ladder) * each, f"{n:,} respondents")
            runs.append(tried.run(n, number))
        if _enough(tried, runs[-each:], wanted):
            break
    if progress:
        progress(len(ladder) * each, len(ladder) * each, "")
    return _told(tried, runs, precision=wanted, power=power, based_on=based_on)


def _place(touchpoints: Sequence[Touchpoint], name: str) -> int:
    return next(place for place, item in enumerate(touchpoints) if item.id == name)


def _enough(tried: Trial, runs: Sequence[TrialRun], precision: float) -> bool:
    """Tell whether more respondents would change no answer."""
    precise = all((run.half_width <= precision).all() for run in runs)
    based = all((run.raters >= tried.study.rule.min_base).all() for run in runs)
    shown = all(run.admitted == 1 for run in runs)
    cases = len(tried.lifted) * len(runs)
    certain = not tried.judged or sum(run.found for run in runs) >= CERTAIN * cases
    return precise and based and shown and certain


def _told(
    tried: Trial, runs: Sequence[TrialRun], *, precision: float, power: float, based_on: str
) -> SampleSize:
    import numpy as np

    rungs = tuple(_rung(tried, runs, n) for n in dict.fromkeys(run.n for run in runs))
    curve = _curve(tried, rungs)
    rungs = tuple(_smoothed(rung, curve) for rung in rungs)
    wide, error = _for_precision(runs, precision)
    hardest, middle = int(np.argmax(wide)), int(np.argsort(wide)[len(wide) // 2])
    rate = np.array([run.raters / run.n for run in runs]).mean(axis=0)
    shown = (rung.n for rung in rungs if rung.admitted == 1)
    return SampleSize(
        wave=tried.wave,
        based_on=based_on,
        touchpoints=tried.design.p,
        blocks=len(tried.blocks),
        precision=precision,
        power=power,
        confidence=tried.study.analysis.confidence,
        design_effect=tried.expected.design_effect,
        r2=tried.expected.r2,
        lifted=len(tried.lifted),
        raters=math.ceil(float((wide * rate).max())),
        least_raters=tried.study.rule.min_base,
        middle=Needed(float(wide[middle]), float(error[middle])),
        all=Needed(float(wide[hardest]), float(error[hardest])),
        base=_for_base(runs, tried.study.rule.min_base),
        admitted=next(shown, math.nan),
        found=_found(curve, rungs, power),
        hardest=tried.touchpoints[hardest].id,
        rungs=rungs,
    )


def _for_precision(
    runs: Sequence[TrialRun], precision: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the respondents that each touchpoint needs, since widths fall with the root of n."""
    import numpy as np

    width = np.array([run.half_width * math.sqrt(run.n) for run in runs])
    known = np.isfinite(width)
    count = known.sum(axis=0)
    mean = np.where(known, width, 0).sum(axis=0) / np.maximum(count, 1)
    spread = np.sqrt(np.where(known, (width - mean) ** 2, 0).sum(axis=0) / np.maximum(count, 1))
    needed = np.where(count > 0, np.square(mean / precision), np.inf)
    error = 2 * needed * spread / np.maximum(mean, 1e-12) / np.sqrt(np.maximum(count, 1))
    return needed, error


def _for_base(runs: Sequence[TrialRun], least: int) -> Needed:
    """Return the respondents with whom even the rarest touchpoint has ``least`` raters."""
    import numpy as np

    rated = np.array([run.raters / run.n for run in runs])
    fewest = rated[:, int(np.argmin(rated.mean(axis=0)))]
    rate = float(fewest.mean())
    if rate <= 0:
        return Needed(math.nan, math.nan)
    return Needed(least / rate, least / rate**2 * float(fewest.std()) / math.sqrt(len(runs)))


def _rung(tried: Trial, runs: Sequence[TrialRun], n: int) -> Rung:
    import numpy as np

    own = [run for run in runs if run.n == n]
    cases = len(tried.lifted) * len(own) if tried.judged else 0
    widths = np.array([run.half_width for run in own])
    shares = [run.share_half_width for run in own if not math.isnan(run.share_half_width)]
    return Rung(
        n=n,
        studies=len(own),
        half_width=float(np.nanmean(np.nanmedian(widths, axis=1))),
        widest=float(np.nanmean(np.nanmax(widths, axis=1))),
        raters=float(np.mean([run.raters.min() for run in own])),
        admitted=float(np.mean([run.admitted for run in own])),
        share_half_width=float(np.mean(shares)) if shares else math.nan,
        refused=next((run.refused for run in own if run.refused), ""),
        lifted=cases,
        found=sum(run.found for run in own),
    )


def _curve(tried: Trial, rungs: Sequence[Rung]) -> PowerCurve | None:
    """Fit one rising curve through all sizes that had a model; None where fewer than two had."""
    import numpy as np

    from supertouch.stats.power_curve import power_curve

    used = [rung for rung in rungs if rung.admitted > 0 and tried.judged and rung.lifted]
    if len(used) < 2:
        return None
    columns = [(float(rung.n), float(rung.found), float(rung.lifted)) for rung in used]
    return power_curve(*np.array(columns).T)


def _smoothed(rung: Rung, curve: PowerCurve | None) -> Rung:
    """Return a size with the curve's chance; without a model nothing is found super."""
    if curve is None:
        return rung
    if not rung.admitted:
        return replace(rung, power=0.0, power_error=0.0)
    return replace(rung, power=float(curve.chance(rung.n)), power_error=curve.error(rung.n))


def _found(curve: PowerCurve | None, rungs: Sequence[Rung], power: float) -> Needed:
    """Read the respondents for the wished power off the curve."""
    n, error = (math.nan, math.nan) if curve is None else curve.respondents(power)
    if not n <= FURTHEST * rungs[-1].n:
        return Needed(math.nan, math.nan)
    return Needed(max(n, next(float(rung.n) for rung in rungs if rung.admitted)), error)


def write_sample_size(found: SampleSize, path: Path) -> None:
    """Write the sizes tried as CSV, one row each, for people to keep."""
    import pandas as pd

    names = tuple(Rung.__dataclass_fields__)
    rows = [{name: getattr(rung, name) for name in names} for rung in found.rungs]
    files.write_csv(pd.DataFrame(rows).assign(wave=found.wave), path)
