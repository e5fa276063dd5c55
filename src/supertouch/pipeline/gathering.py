"""The tables of all waves, gathered from where the stages left them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from supertouch.pipeline import files
from supertouch.pipeline.incoming import drift_file
from supertouch.study.model import Study

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "BROUGHT",
    "COMPARED",
    "DECIDED",
    "FOLLOWED",
    "TRACKED",
    "VALIDATED",
    "all_tables",
    "by_wave",
    "followed_tables",
    "weighed_tables",
]

VALIDATED = (
    "quarantine",
    "rejections",
    "sample",
    "empties",
    "contradictions",
    "quality",
    "flags",
    "weights",
    "margins",
    "missing_named",
)
TRACKED = ("tracking", "change_explained", "targets")
COMPARED = ("banner_waves",)
FOLLOWED = ("performance", "outcomes", "models", "importance", "draws")
MIXED = ("overlap", "reach_sets", "synergy", "funnel")
WEIGHED = ("outcomes", "asymmetry", "levers", "diagnostics", *MIXED)
DECIDED = (
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
    "simulator",
)
BROUGHT = ("audits", "audit_quarantine", "mentions", "mention_quarantine")
INSIDE = ("quarantine", "flags", "draws", "missing_named")


def by_wave(study: Study, stage: str, tables: Sequence[str]) -> dict[str, dict[str, pd.DataFrame]]:
    """Return tables that a stage made of each wave."""
    folder = study.processed / stage
    return {
        wave.id: {
            table: files.read_table(folder / wave.id / f"{table}.parquet", table=table)
            for table in tables
        }
        for wave in study.waves
    }


def all_tables(study: Study) -> dict[str, pd.DataFrame]:
    """Return every table that may be handed on, all waves one below the other."""
    from supertouch.findings import TABLES

    drift = [files.read_table(drift_file(study, wave.id), table="drift") for wave in study.waves]
    return (
        _together(study, "validate", _outside(VALIDATED))
        | _together(study, "analyze", _outside(TABLES))
        | {"drift": _stacked(drift)}
        | _overall(study)
    )


def followed_tables(study: Study) -> dict[str, pd.DataFrame]:
    """Return the tables that tell what changed between waves."""
    return (
        _together(study, "validate", ("sample", "weights"))
        | _together(study, "analyze", _outside(FOLLOWED))
        | _read(study, dict.fromkeys(TRACKED, "tracking") | {"supertouchpoints": "findings"})
    )


def weighed_tables(study: Study) -> dict[str, pd.DataFrame]:
    """Return the tables that decisions rest on."""
    names = dict.fromkeys([*FOLLOWED, *WEIGHED])
    return (
        _together(study, "validate", ("sample", "missing_named"))
        | _together(study, "analyze", list(names))
        | _read(study, dict.fromkeys(TRACKED, "tracking") | {"supertouchpoints": "findings"})
    )


def _outside(tables: Sequence[str]) -> list[str]:
    return [table for table in tables if table not in INSIDE]


def _together(study: Study, stage: str, tables: Sequence[str]) -> dict[str, pd.DataFrame]:
    waves = by_wave(study, stage, tables).values()
    return {table: _stacked([wave[table] for wave in waves]) for table in tables}


def _stacked(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    filled = [frame for frame in frames if not frame.empty] or frames[:1]
    return pd.concat(filled, ignore_index=True)


def _overall(study: Study) -> dict[str, pd.DataFrame]:
    """Return the tables that are made of all waves together."""
    places = {"supertouchpoints": "findings"}
    places |= dict.fromkeys((*TRACKED, *COMPARED), "tracking")
    return _read(study, places | dict.fromkeys(DECIDED, "decisions"))


def _read(study: Study, places: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    return {
        table: files.read_table(study.processed / folder / f"{table}.parquet", table=table)
        for table, folder in places.items()
    }
