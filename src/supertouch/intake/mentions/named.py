"""What respondents name as missing: the open question's answers, brought to one form and counted.

The answers stay inside the study's own data; names that few people gave may tell who they are.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.intake.mentions.words import NOTHING
from supertouch.intake.recode import texts
from supertouch.study.model import Study
from supertouch.study.naming import known_names, name_key
from supertouch.tables import checked

__all__ = ["missing_named", "names_in"]

_PARTS = re.compile(r"[,;\n\r]+")
_JOINED = re.compile(r"\s+(?:und|and)\s+", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:der|die|das|den|dem|ein|eine|einen|einem|einer|the|a|an)\s+", re.I)


def names_in(answer: str, known: Mapping[str, str]) -> dict[str, str]:
    """Return the names in an answer, each once: as written, by its key.

    Names are separated by commas, semicolons, line breaks, "und" and "and"; articles before them
    and what says that nothing is missing are left out. A touchpoint that the study has is known by
    its whole label, be there an "und" in it, and is not missing either.

    >>> names_in("ein Chat, WhatsApp und Hotline; nichts", {"hotline": "hotline"})
    {'chat': 'Chat', 'whatsapp': 'WhatsApp'}
    """
    found: dict[str, str] = {}
    for part in _PARTS.split(answer):
        for name in [part] if name_key(part) in known else _JOINED.split(part):
            plain = _ARTICLE.sub("", " ".join(name.split()).strip(" .!?\"'-–•*"))
            key = name_key(plain)
            if key not in NOTHING and not plain.isdecimal() and key not in known:
                found.setdefault(key, plain)
    return found


def missing_named(
    study: Study,
    wave: str,
    rows: pd.DataFrame,
    responses: pd.DataFrame,
    *,
    position: NDArray[np.intp],
) -> pd.DataFrame:
    """Count what the accepted respondents of a wave name as missing.

    Parameters
    ----------
    study : Study
    wave : str
        Id of the wave.
    rows : DataFrame
        Raw rows, with the open question's column.
    responses : DataFrame of n rows
        The accepted, weighted. Where brands are stacked each respondent counts once.
    position : ndarray of int of shape (n,)
        Place of each response in ``rows``.

    Returns
    -------
    DataFrame
        The table ``missing_named``; empty where the question was not asked. The row without a name
        counts all who were asked.
    """
    column = study.mentions.missing.within(wave)
    if not column:
        return checked(pd.DataFrame(), table="missing_named")
    said = pd.DataFrame({"answer": texts(rows[column].iloc[position]).fillna("").to_numpy(object)})
    said["weight"] = responses["weight"].to_numpy(float)
    if study.brand.within(wave):
        said["person"] = responses["respondent"].to_numpy(object)
        said = said.sort_values("answer", key=lambda text: text == "", kind="stable")
        said = said.drop_duplicates("person")
    table = pd.DataFrame([_asked(said), *_counted(said, known_names(study))])
    return checked(table.assign(wave=wave), table="missing_named")


def _asked(said: pd.DataFrame) -> dict[str, object]:
    return {"named": "", "n": len(said), "weighted": float(said["weight"].sum())}


def _counted(said: pd.DataFrame, known: Mapping[str, str]) -> Iterator[dict[str, object]]:
    """Yield each name with how many gave it, the most frequent first."""
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    weights: Counter[str] = Counter()
    for answer, weight in zip(said["answer"], said["weight"], strict=True):
        for key, name in names_in(answer, known).items() if answer else ():
            spellings[key][name] += 1
            weights[key] += weight
    for key, written in sorted(spellings.items(), key=lambda pair: (-pair[1].total(), pair[0])):
        usual = min(written, key=lambda name: (-written[name], name))
        yield {"named": usual, "n": written.total(), "weighted": weights[key]}
