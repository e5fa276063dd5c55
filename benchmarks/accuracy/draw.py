"""Two pictures: how each method does in each cell, and what it takes to find a super."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from benchmarks.accuracy.cells import CORE
from benchmarks.accuracy.judge import ORACLE
from benchmarks.accuracy.study import OURS
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

__all__ = ["methods", "power"]

# blue is good, orange is bad; both ends can be told apart without seeing red and green
_COLOURS = LinearSegmentedColormap.from_list("goodness", ["#e08a3c", "#f7f3ea", "#6fa3d0"])
_LINES = {OURS: "#0b4f8a", ORACLE: "#111111"}
_GREYS = ("#b0562b", "#7a7a7a", "#c79a2e", "#8a6fae", "#4d9b8f")

Score = Callable[[float], float]


def methods(core: pd.DataFrame, names: Sequence[str], file: Path, note: str) -> None:
    """Draw cells as rows and methods as columns: four measures, each number on its colour."""
    figure = Figure(figsize=(15, 11), layout="constrained")
    grid = figure.subplots(2, 2)
    cells = [cell.name for cell in CORE if cell.name in set(core.cell)]
    core = core.copy()
    core["covered"] = core.coverage_share.fillna(core.coverage_effect)
    panels: tuple[tuple[str, str, Score, float], ...] = (
        ("recall", "True super-touchpoints found, %", lambda v: v, 100),
        ("false_super", "Studies with a false super-touchpoint, % (goal: 5 at most)", _rare, 100),
        ("covered", "95 % intervals that hold the truth, %", _nominal, 100),
        ("rank", "Rank correlation with the true importance", lambda v: v, 1),
    )
    for ax, (column, title, score, factor) in zip(grid.flat, panels, strict=True):
        wide = core.pivot(index="cell", columns="method", values=column).reindex(cells)
        _table(ax, wide[list(names)], title, score, factor)
    figure.suptitle(
        "What each method finds in studies whose truth is known", x=0.01, ha="left", size=16
    )
    figure.supxlabel(
        f"{note}\nIntervals: of shares; of coefficients for the regressions. –: the measure does "
        "not apply or the method has none.",
        x=0.01,
        ha="left",
        size=9,
    )
    figure.savefig(file, dpi=130)


def _rare(rate: float) -> float:
    return 1.0 - min(1.0, max(0.0, rate - 0.05) / 0.45)


def _nominal(rate: float) -> float:
    return 1.0 - min(1.0, max(0.0, abs(rate - 0.95) - 0.02) / 0.3)


def _table(ax: Axes, wide: pd.DataFrame, title: str, score: Score, factor: float) -> None:
    values = wide.to_numpy(float)
    goodness = np.array([[np.nan if np.isnan(v) else score(v) for v in row] for row in values])
    ax.imshow(np.ma.masked_invalid(goodness), cmap=_COLOURS, vmin=0, vmax=1, aspect="auto")
    for (i, j), value in np.ndenumerate(values):
        text = "–" if np.isnan(value) else f"{factor * value:.0f}" if factor > 1 else f"{value:.2f}"
        ax.text(j, i, text, ha="center", va="center", weight="bold" if j == 0 else "normal")
    ax.set_xticks(range(len(wide.columns)), [name.replace(" ", "\n") for name in wide.columns])
    ax.set_yticks(range(len(wide)), wide.index)
    ax.xaxis.tick_top()
    ax.set_title(title, loc="left", size=12, pad=12)
    ax.spines[:].set_visible(False)
    ax.axvline(0.5, color="white", lw=4)
    ax.set_yticks(np.arange(len(wide) - 1) + 0.5, minor=True)
    ax.grid(axis="y", which="minor", color="white", lw=1.5)
    ax.tick_params(which="both", length=0)


def power(curves: pd.DataFrame, names: Sequence[str], file: Path) -> None:
    """Draw recall over lift, respondents, R² and halo, with the oracle as the limit."""
    titles = {
        "lift": "lift of a true super",
        "n": "respondents",
        "r2": "R² before answers are rounded",
        "halo": "halo: common share of the ratings' variance",
    }
    figure = Figure(figsize=(13, 8), layout="constrained")
    colours = dict(zip((n for n in names if n not in _LINES), _GREYS, strict=False)) | _LINES
    for ax, (curve, title) in zip(
        figure.subplots(2, 2, sharey=True).flat, titles.items(), strict=True
    ):
        own = curves[curves.curve == curve]
        for name in names:
            line = own[own.method == name].sort_values("value")
            style = (
                {"lw": 3} if name == OURS else {"lw": 1.5, "ls": "--" if name == ORACLE else "-"}
            )
            ax.plot(line.value, 100 * line.recall, color=colours[name], marker="o", ms=3, **style)
            if name == OURS:
                error = 100 * line.recall_error
                ax.fill_between(
                    line.value, 100 * line.recall - 2 * error, 100 * line.recall + 2 * error,
                    color=colours[name], alpha=0.15, lw=0,
                )  # fmt: skip
        ax.set_xlabel(title)
        ax.set_ylim(0, 102)
        ax.grid(axis="y", color="#dddddd")
        ax.spines[["top", "right"]].set_visible(False)
    figure.supylabel("true super-touchpoints found, %")
    handles = [figure.axes[0].lines[k] for k in range(len(names))]
    figure.legend(handles, names, loc="outside upper center", ncols=len(names), frameon=False)
    figure.savefig(file, dpi=130)
