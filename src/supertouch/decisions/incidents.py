"""Critical incidents: how often customers complain of a touchpoint, and how much it matters."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.decisions.leverage import of_wave
from supertouch.decisions.portfolio_effects import ROLES, Tables, effects
from supertouch.stats.means import Ratio, wilson
from supertouch.study.model import Study
from supertouch.tables import checked

__all__ = ["incidents", "listed", "shares", "told_sources"]

Array = NDArray[np.float64]

VALENCES = ("negative", "neutral", "positive")


def incidents(study: Study, tables: Tables, mentions: pd.DataFrame) -> pd.DataFrame:
    """Join what is mentioned of each touchpoint to what the survey says of it, wave by wave.

    A wave has the mentions since the one before. Its touchpoints are those asked and those that
    are mentioned; mentions of no touchpoint, or of one that the study does not have, count in the
    total of negative ones alone. People who complain are no sample: intervals tell how sure the
    counts are, not what all customers think. Days and sources of fewer than ``mentions.least``
    mentions may tell whose they are: they are empty.

    Parameters
    ----------
    study : Study
    tables : mapping of str to DataFrame
        ``performance``, ``models``, ``importance`` and ``draws``, all waves.
    mentions : DataFrame
        The table ``mentions``.

    Returns
    -------
    DataFrame
        The table ``incidents``; waves without mentions have no rows.
    """
    frames = [
        _wave(study, tables, wave.id, mentions[mentions.wave == wave.id])
        for wave in study.waves
        if len(mentions)
    ]
    filled = [frame for frame in frames if len(frame)]
    return checked(pd.concat(filled) if filled else pd.DataFrame(), table="incidents")


def told_sources(study: Study, mentions: pd.DataFrame) -> pd.DataFrame:
    """Return the mentions without the names of sources that fewer than ``mentions.least`` are from.

    A source that stands for a person must not leave the study's data.
    """
    if mentions.empty:
        return mentions
    often = mentions.groupby("source").source.transform("size") >= study.mentions.least
    return mentions.assign(source=mentions.source.where(often, ""))


def _wave(study: Study, tables: Tables, wave: str, mentions: pd.DataFrame) -> pd.DataFrame:
    if mentions.empty:
        return pd.DataFrame()
    level = of_wave(tables, "performance", wave)
    asked = set(level.touchpoint) if len(level) else set()
    told = asked | set(mentions.touchpoint)
    names = pd.Index([item.id for item in study.touchpoints if item.id in told], name="touchpoint")
    frame = _counts(mentions, names, least=study.mentions.least)
    n_negative = int((mentions.valence == "negative").sum())
    found = shares(frame.n_negative.to_numpy(float), n_negative, study.analysis.confidence)
    frame["frequency"], frame["frequency_low"], frame["frequency_high"] = found
    disappointed = level.set_index("touchpoint").disappointed if len(level) else pd.Series()
    frame["disappointed"] = disappointed.reindex(names).astype(float)
    frame["relevance"] = _relevance(study, tables, wave, names)
    weight = frame.frequency * frame.relevance
    frame["critical"] = weight / weight.sum() if weight.sum() > 0 else np.nan
    frame["rank"] = frame.critical.where(frame.critical > 0).rank(ascending=False, method="min")
    return frame.assign(wave=wave).reset_index()


def _counts(mentions: pd.DataFrame, names: pd.Index, *, least: int) -> pd.DataFrame:
    groups = mentions.groupby("touchpoint")
    frame = pd.DataFrame(index=names)
    frame["n"] = groups.size().reindex(names, fill_value=0)
    for valence in VALENCES:
        own = mentions[mentions.valence == valence].groupby("touchpoint").size()
        frame[f"n_{valence}"] = own.reindex(names, fill_value=0)
    frame["first"] = groups.date.min().reindex(names).fillna("")
    frame["last"] = groups.date.max().reindex(names).fillna("")
    frame["sources"] = [
        listed(mentions.source[mentions.touchpoint == name]) for name in names.astype(str)
    ]
    frame.loc[frame["n"] < least, ["first", "last", "sources"]] = ""
    return frame


def listed(sources: pd.Series) -> str:
    """Return the sources that are named, the most frequent first, with commas between."""
    named = sources[sources != ""]
    counts = (
        named.value_counts()
        .reset_index(name="n")
        .sort_values(["n", "source"], ascending=[False, True])
    )
    return ", ".join(counts["source"])


def shares(counts: Array, total: float, confidence: float) -> tuple[Array, Array, Array]:
    """Return parts of a total with Wilson's (1927) intervals; NaN where there is no total.

    Parameters
    ----------
    counts : ndarray of shape (k,)
    total : float
    confidence : float
    """
    from scipy.stats import norm

    if total <= 0:
        return tuple(np.full(len(counts), np.nan) for _ in range(3))  # type: ignore[return-value]
    part = counts / total
    base = np.full(len(counts), total)
    found = Ratio(
        estimate=part,
        error=np.sqrt(part * (1 - part) / total),
        n=base.astype(int),
        n_eff=base,
        degrees=base.astype(int),
    )
    quantile = np.full(len(counts), norm.ppf((1 + confidence) / 2))
    low, high = wilson(found, quantile=quantile)
    return part, low, high


def _relevance(study: Study, tables: Tables, wave: str, names: pd.Index) -> Array:
    """Return the experience share, averaged over the outcomes that have a model."""
    told = effects(study, tables, wave, names)
    parts = [told[role].share for role in ROLES if role in told]
    if not parts:
        return np.full(len(names), np.nan)
    return np.asarray(np.mean(parts, axis=0))
