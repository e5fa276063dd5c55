"""Touchpoints that customers and auditors name and the study does not have."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from supertouch.decisions.incidents import listed, shares
from supertouch.decisions.portfolio_effects import Tables
from supertouch.study.model import Study
from supertouch.study.naming import known_names, name_key
from supertouch.tables import checked

__all__ = ["missing"]

SUMS = ("n_survey", "weighted", "n_mentions", "n_auditors")


def missing(
    study: Study, tables: Tables, mentions: pd.DataFrame, named_by_auditors: pd.DataFrame
) -> pd.DataFrame:
    """Count who names each touchpoint that is missing: respondents, mentions and auditors.

    Names are the same if their letters and digits are. Auditors' count in the last wave. A name
    that fewer than ``mentions.least`` respondents and mentions gave, and no auditor, may tell who
    gave it: all of these stand together in a row without a name.

    Parameters
    ----------
    study : Study
    tables : mapping of str to DataFrame
        ``missing_named`` and ``sample``, all waves.
    mentions : DataFrame
        The table ``mentions``.
    named_by_auditors : DataFrame
        Column ``named``; one row per auditor and name.

    Returns
    -------
    DataFrame
        The table ``missing``; within a wave by how often it is named, the row without a name last.
    """
    parts = [_survey(tables), _mentioned(mentions), _audited(study, named_by_auditors)]
    filled = [part for part in parts if len(part)]
    if not filled:
        return checked(pd.DataFrame(), table="missing")
    rows = pd.concat(filled, ignore_index=True)
    rows = rows.reindex(columns=["wave", "named", "source", *SUMS]).fillna(
        {"source": "", **dict.fromkeys(SUMS, 0)}
    )
    rows["key"] = rows.named.map(name_key)
    rows = rows[~rows.key.isin(set(known_names(study)) | {""})]
    spelling = _spelling(rows)
    found = [
        line
        for wave in study.waves
        for line in _wave(study, tables, wave.id, rows[rows.wave == wave.id], spelling)
    ]
    return checked(pd.DataFrame(found), table="missing")


def _survey(tables: Tables) -> pd.DataFrame:
    table = tables.get("missing_named", pd.DataFrame())
    if table.empty:
        return pd.DataFrame()
    return table[table.named != ""].rename(columns={"n": "n_survey"})


def _mentioned(mentions: pd.DataFrame) -> pd.DataFrame:
    if mentions.empty:
        return pd.DataFrame()
    own = mentions[(mentions.touchpoint == "") & (mentions.named != "")]
    return own[["wave", "named", "source"]].assign(n_mentions=1)


def _audited(study: Study, named: pd.DataFrame) -> pd.DataFrame:
    if named.empty:
        return pd.DataFrame()
    return pd.DataFrame(
        {"wave": study.waves[-1].id, "named": named["named"].astype(str), "n_auditors": 1}
    )


def _spelling(rows: pd.DataFrame) -> dict[str, str]:
    """Return for each key how it is written most often, over all waves."""
    each = rows.assign(n=rows[["n_survey", "n_mentions", "n_auditors"]].sum(axis=1))
    sums = each.groupby(["key", "named"])["n"].sum().reset_index(name="n")
    often = sums.sort_values(["n", "named"], ascending=[False, True]).drop_duplicates("key")
    return dict(zip(often["key"], often["named"], strict=True))


def _wave(
    study: Study, tables: Tables, wave: str, rows: pd.DataFrame, spelling: dict[str, str]
) -> Iterator[dict[str, object]]:
    asked = _asked(tables, wave)
    sums = rows.groupby("key")[list(SUMS)].sum()
    sums["n"] = sums.n_survey + sums.n_mentions + sums.n_auditors
    sums = sums.sort_index().sort_values("n", ascending=False, kind="stable")
    told = (sums.n_survey + sums.n_mentions >= study.mentions.least) | (sums.n_auditors > 0)
    for key, line in sums[told].iterrows():
        yield {
            "wave": wave,
            "named": spelling[str(key)],
            "sources": listed(rows[rows.key == key].source),
        } | _line(study, line, asked)
    rest = sums[~told].sum()
    if rest.n > 0:
        untold = dict.fromkeys(("share", "share_low", "share_high"), np.nan)
        yield {"wave": wave, "named": "", "sources": ""} | _line(study, rest, asked) | untold


def _asked(tables: Tables, wave: str) -> tuple[int, float, float]:
    """Return who was asked the open question: their number, weight, and what they are worth."""
    table = tables.get("missing_named", pd.DataFrame())
    own = table[(table.wave == wave) & (table.named == "")] if len(table) else table
    if own.empty:
        return 0, np.nan, 0.0
    n, weighted = int(own.n.iloc[0]), float(own.weighted.iloc[0])
    sample = tables.get("sample", pd.DataFrame())
    known = sample[sample.wave == wave] if len(sample) else sample
    worth = min(float(known.n_eff.iloc[0]), n) if len(known) else float(n)
    return n, weighted, worth


def _line(study: Study, line: pd.Series, asked: tuple[int, float, float]) -> dict[str, object]:
    n_asked, weighted, worth = asked
    share = min(1.0, float(line.weighted) / weighted) if n_asked else np.nan
    part, low, high = shares(np.array([share * worth]), worth, study.analysis.confidence)
    return {
        "n": int(line.n),
        "n_survey": int(line.n_survey),
        "n_asked": n_asked,
        "share": part[0],
        "share_low": low[0],
        "share_high": high[0],
        "n_mentions": int(line.n_mentions),
        "n_auditors": int(line.n_auditors),
    }
