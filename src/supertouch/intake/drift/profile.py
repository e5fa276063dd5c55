"""Outline a wave's file in one pass over its rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from supertouch.intake.drift.outline import Profile
from supertouch.intake.drift.tally import Kish, Moments, Tally
from supertouch.intake.drift.uses import expected
from supertouch.intake.readers import FAULT, FILE, ROW
from supertouch.study.model import Study

__all__ = ["profile"]

_MOST_ITEMS = 200
_OWN = (ROW, FILE, FAULT)


def profile(
    chunks: Iterable[pd.DataFrame],
    meta: Mapping[str, Any],
    *,
    study: Study | None = None,
    wave: str = "",
) -> Profile:
    """Outline a wave's file while its rows pass by; memory does not grow with the rows.

    Parameters
    ----------
    chunks : iterable of DataFrame
        The wave's rows in consecutive parts with the same columns.
    meta : mapping
        ``value_labels``, ``missing_codes`` and ``column_labels`` per column; ``dropped``, the
        columns that are not stored, where the rows come from the store.
    study : Study, optional
        Says which columns hold coded answers (their correlations are kept, so that a turned scale
        shows) and which is the weight.
    wave : str
        The wave's id in the study.
    """
    named = expected(study, wave) if study is not None else {}
    coded = {name for name, uses in named.items() if any(use.coded for use in uses)}
    scaled = {name: use for name, uses in named.items() for use in uses if use.scale is not None}
    items = dict(list(scaled.items())[:_MOST_ITEMS])
    moments = Moments(len(items))
    weight = Kish(study.weight.within(wave) if study is not None else None)
    tallies: dict[str, Tally] = {}
    for chunk in chunks:
        for name in chunk.columns:
            if name not in _OWN:
                tally = tallies.setdefault(name, Tally(name in coded, items.get(name)))
                tally.add(chunk[name])
        none = np.full(len(chunk), np.nan)
        found = [tallies[name].answered if name in tallies else none for name in items]
        moments.add(np.array(found).reshape(len(items), len(chunk)).T)
        weight.add(chunk)
    columns = {name: tally.done(i, name, meta) for i, (name, tally) in enumerate(tallies.items())}
    n = max((column.n for column in columns.values()), default=0)
    dropped = [item["column"] for item in meta.get("dropped", ())]
    hidden = tuple(name for name in dropped if name not in columns)
    return Profile(n, weight.share * n, columns, tuple(items), moments.n, moments.r, hidden)
