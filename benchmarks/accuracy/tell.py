"""Write what was found: a CSV, the tables of docs/accuracy.md and two pictures."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from benchmarks.accuracy import draw, gate
from benchmarks.accuracy.cells import CELLS, CORE, Cell, design_of
from benchmarks.accuracy.judge import ORACLE, figures
from benchmarks.accuracy.rivals import RIVALS
from benchmarks.accuracy.run import SETTINGS, records_of, truth_of
from benchmarks.accuracy.study import OURS

__all__ = ["tell"]

RESULTS = Path(__file__).parent / "results"
PAGE = Path(__file__).parents[2] / "docs" / "accuracy.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
METHODS = (OURS, *RIVALS)

Row = dict[str, Any]


def tell() -> None:
    """Tell all cells that have studies."""
    tables = []
    settings = json.loads(SETTINGS.read_text(encoding="utf-8")) if SETTINGS.exists() else {}
    for name, cell in CELLS.items():
        records = records_of(name)
        if records:
            head = {
                "cell": name,
                "curve": cell.curve,
                "value": cell.value,
                "n": cell.n,
                "p": design_of(name).p,
                "replicates": min(settings["replicates"], cell.replicates),
                "refused": np.mean([any(_reasons(record)) for record in records]),
                "failed": sum("failed" in record[OURS] for record in records),  # type: ignore
            }
            found = figures(records, truth_of(name))
            tables.append(pd.concat([pd.DataFrame([head] * len(found)), found], axis=1))
    if not tables:
        raise SystemExit("There are no studies yet: python -m benchmarks.accuracy run")
    table = pd.concat(tables, ignore_index=True)
    RESULTS.mkdir(exist_ok=True)
    table.to_csv(RESULTS / "accuracy.csv", index=False, float_format="%.5g")
    core = table[table.curve == ""]
    if len(core):
        draw.methods(core, METHODS, RESULTS / "accuracy.png", _where(settings))
    if (table.curve != "").any():
        draw.power(table[table.curve != ""], (OURS, ORACLE, *RIVALS), RESULTS / "power.png")
    _write(_page(core, settings))


def _reasons(record: Row) -> list[str]:
    return list(record[OURS].get("reason", ["failed"]))


def _where(settings: Row) -> str:
    minutes = settings["seconds"] / 60
    return (
        f"{settings.get('date', 'unfinished')} · {os.cpu_count()} cores, {platform.machine()}, "
        f"{platform.system()}, Python {platform.python_version()}, NumPy {np.__version__} · "
        f"{settings['studies']:,} studies in {minutes:.1f} minutes on {settings.get('jobs', '?')} "
        f"processes · {settings['replicates']} bootstrap replicates (the large cell: "
        f"{min(settings['replicates'], CELLS['large'].replicates)})"
    )


def _page(core: pd.DataFrame, settings: Row) -> str:
    parts = [_where(settings) + "."]
    broken = core[(core.method == OURS) & (core.failed > 0)]
    parts += [f"**{row.failed} studies of *{row.cell}* broke off.**" for row in broken.itertuples()]
    if len(core):
        parts += [
            "## In one table",
            _overall(core),
            "![Cells as rows, methods as columns](../benchmarks/accuracy/results/accuracy.png)",
            "## supertouch, cell by cell",
            _ours(core),
            "## All methods, cell by cell",
            *_by_metric(core),
        ]
    if (RESULTS / "power.png").exists():
        parts += ["## Power", "![Recall](../benchmarks/accuracy/results/power.png)"]
    if gate.FILE.exists():
        parts += ["## The gate", _gate(pd.read_csv(gate.FILE))]
    return "\n\n".join(parts)


def _write(text: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def _overall(core: pd.DataFrame) -> str:
    rows = []
    for method in METHODS:
        own = core[core.method == method]
        rows.append(
            [
                f"**{method}**" if method == OURS else method,
                _percent(own.recall.mean()),
                _percent(own.false_super.mean()),
                _percent(own.false_super.max()),
                _percent(own.coverage_share.mean()),
                _percent(own.coverage_effect.mean()),
                _number(own["rank"].mean()),
                _percent((own.computed * own.touchpoints_kept.fillna(0)).mean()),
            ]
        )
    head = [
        "method", "true supers found", "studies with a false super: mean", "worst cell",
        "95 % intervals of shares hold the truth", "of effects", "rank correlation with the truth",
        "touchpoints it speaks of",
    ]  # fmt: skip
    return _markdown(head, rows)


def _ours(core: pd.DataFrame) -> str:
    rows = []
    oracle = core[core.method == ORACLE].set_index("cell").recall.to_dict()
    for _, row in core[core.method == OURS].iterrows():
        best = oracle[row.cell]
        ratio = row.recall / best if best > 0 else np.nan
        rows.append(
            [
                row.cell,
                f"{row.n:,}",
                str(row.p),
                str(row.studies),
                _covered(row, "share"),
                _covered(row, "effect"),
                _kinds(row, "share"),
                _kinds(row, "effect"),
                f"{row.coverage_share_below + row.coverage_effect_below:.0f}",
                _flag(_with_error(row, "false_super"), row.false_super <= 0.05),
                _with_error(row, "recall"),
                _flag(_number(ratio), np.isnan(ratio) or ratio >= 0.9),
                _number(row["rank"]),
                _percent(row.refused) if row.refused else "0",
            ]
        )
    head = [
        "cell", "n", "p", "studies", "shares covered", "effects covered",
        "shares: drivers / idle", "effects: drivers / idle", "below 90 %", "false super",
        "recall", "of the oracle's", "rank", "refused",
    ]  # fmt: skip
    legend = [f"* *{cell.name}*: {cell.about}" for cell in _told(core)]
    return _markdown(head, rows) + "\n\n" + "\n".join(legend)


def _told(core: pd.DataFrame) -> list[Cell]:
    return [cell for cell in CORE if cell.name in set(core.cell)]


def _covered(row: pd.Series, what: str) -> str:
    rate = row[f"coverage_{what}"]
    return _flag(_with_error(row, f"coverage_{what}"), np.isnan(rate) or 0.93 <= rate <= 0.97)


def _kinds(row: pd.Series, what: str) -> str:
    return " / ".join(_percent(row[f"coverage_{what}_{kind}"]) for kind in ("drivers", "idle"))


def _by_metric(core: pd.DataFrame) -> list[str]:
    metrics: dict[str, tuple[str, Callable[[float], str]]] = {
        "recall": ("True supers found", _percent),
        "false_super": ("Studies with a false super", _percent),
        "coverage_share": ("95 % intervals of shares that hold the truth", _percent),
        "coverage_effect": ("95 % intervals of effects that hold the truth", _percent),
        "rank": ("Rank correlation with the true importance", _number),
        "computed": ("Studies with any result", _percent),
        "touchpoints_kept": ("Touchpoints that the result speaks of", _percent),
    }
    parts = []
    for name, (title, shown) in metrics.items():
        wide = core.pivot(index="cell", columns="method", values=name)
        rows = [
            [cell.name, *(shown(wide.loc[cell.name, method]) for method in METHODS)]
            for cell in _told(core)
        ]
        parts += [f"### {title}", _markdown(["cell", *METHODS], rows)]
    return parts


def _gate(table: pd.DataFrame) -> str:
    names = {
        "per column": "respondents per driver column",
        "pair base": "base of every pair",
        "degrees": "degrees of freedom (clusters less strata)",
    }
    rows = [
        [
            names[row.varied],
            str(row.level),
            f"{row.n:,}",
            str(row.studies),
            _covered(row, "share"),
            _covered(row, "effect"),
            _kinds(row, "share"),
            _signed(row.bias_share),
            _signed(row.bias_effect),
            _percent(row.false_super),
            _percent(row.recall),
            _percent(1 - row.computed),
        ]
        for _, row in table.iterrows()
    ]
    head = [
        "varied", "level", "n", "studies", "shares covered", "effects covered",
        "shares: drivers / idle", "bias of supers' shares", "bias of effects", "false super",
        "recall", "no result",
    ]  # fmt: skip
    return _markdown(head, rows)


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [list(head), ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _flag(text: str, holds: bool) -> str:
    return text if holds else f"**{text}**"


def _with_error(row: pd.Series, name: str) -> str:
    value, error = row[name], row[f"{name}_error"]
    return "–" if np.isnan(value) else f"{100 * value:.1f} ± {100 * error:.1f} %"


def _percent(value: float) -> str:
    return "–" if np.isnan(value) else f"{100 * value:.1f} %"


def _signed(value: float) -> str:
    return "–" if np.isnan(value) else f"{100 * value:+.0f} %"


def _number(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.2f}"
