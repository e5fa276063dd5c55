"""Columns on survey platforms: the code that one can bear there, and whose column a code was.

LimeSurvey's codes are letters and digits, at most 20 of them; Qualtrics allows underscores as
well. A column that breaks these rules gets a code made from its name. The questionnaire writes
that code, and the reader of the export finds the column by the same functions, so that nobody
has to keep a list of the two.
"""

from __future__ import annotations

import hashlib
import re
import string
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

__all__ = ["MOST", "Returned", "bare", "codes", "returned"]

MOST = 20
_MARK = 6
_DIGITS = string.digits + string.ascii_lowercase
_SPELT = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"}
)
_PLAIN = re.compile(rf"[A-Za-z][A-Za-z0-9]{{0,{MOST - 1}}}")
_ITEM = re.compile(r"[^\[\]_]+(?:\[(?P<bracket>[^\[\]]+)\]|_(?P<rest>.+))", re.DOTALL)

# LimeSurvey's own columns, and words that its expressions keep for themselves
_RESERVED = frozenset(
    {
        *("id", "submitdate", "lastpage", "startlanguage", "seed", "token", "startdate"),
        *("datestamp", "ipaddr", "refurl", "lang", "sid", "savedid", "qid", "gid", "sgq"),
        *("self", "that", "this", "time", "other", "comment"),
    }
)
_LIMESURVEY = frozenset({"submitdate", "lastpage"})
_QUALTRICS = frozenset({"status", "finished", "responseid"})


def bare(name: str) -> str:
    """Return the letters and digits of a name, umlauts spelt out and accents taken off.

    >>> bare("K_social_media"), bare("Größe [m²]"), bare("满意度")
    ('Ksocialmedia', 'Groessem2', '')
    """
    spelt = unicodedata.normalize("NFKD", name.translate(_SPELT))
    return re.sub(r"[^A-Za-z0-9]", "", spelt)


def _mark(column: str) -> str:
    """Return six small letters and digits that tell a column from all others."""
    number = int.from_bytes(hashlib.sha256(column.encode()).digest()[:8])
    places = []
    for _ in range(_MARK):
        number, place = divmod(number, len(_DIGITS))
        places.append(_DIGITS[place])
    return "".join(places)


def _marked(column: str) -> str:
    stem = bare(column)
    start = stem if stem[:1].isalpha() else f"q{stem}"
    return start[: MOST - _MARK] + _mark(column)


def codes(columns: Sequence[str], *, others: Collection[str] = ()) -> dict[str, str]:
    """Return the code of each column: its letters and digits, where that is enough.

    A name that is too long, begins with a digit, means something to the platform, or is that of
    another column once the rest is gone, is cut and ends in six characters made from the whole
    name. So the code of a column is the same in every wave.

    Parameters
    ----------
    columns : sequence of str
        Columns that the questionnaire fills, each once.
    others : collection of str
        Further columns of the study, whose codes these must not look like.

    Returns
    -------
    dict
        Code by column; no two codes are the same, be it but for capital letters.

    >>> codes(["K_website", "K_ab_c", "K_a_bc", "N_a_very_long_touchpoint", "1a"])["K_website"]
    'Kwebsite'
    >>> codes(["K_ab_c", "K_a_bc"])
    {'K_ab_c': 'Kabc03dzqi', 'K_a_bc': 'Kabcd0tv2t'}
    """
    alike = _grouped([*columns, *(set(others) - set(columns))])
    return {
        column: bare(column)
        if _PLAIN.fullmatch(bare(column))
        and bare(column).casefold() not in _RESERVED
        and len(alike[bare(column).casefold()]) == 1
        else _marked(column)
        for column in columns
    }


def _grouped(columns: Iterable[str]) -> Mapping[str, list[str]]:
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for column in columns:
        groups[bare(column).casefold()].append(column)
    return groups


@dataclass(frozen=True, slots=True)
class Returned:
    """Which headings of an export are columns of the study under another name.

    Attributes
    ----------
    names : mapping
        The study's column by the heading that stands for it.
    doubtful : tuple of (tuple of str, tuple of str)
        Headings and columns that would fit each other, but not one to one: none is renamed.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    doubtful: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()


def returned(found: Sequence[str], expected: Collection[str]) -> Returned:
    """Find the columns of the study that came back from a survey platform under their codes.

    LimeSurvey writes the item ``Khotline`` of the question ``contact`` as ``contact[Khotline]``,
    and in SPSS and R files as ``contact_Khotline``. Only exports of LimeSurvey and Qualtrics are
    looked at, as their own columns tell, and only columns that are not there under their own
    name. What fits several is not renamed.

    Parameters
    ----------
    found : sequence of str
        Column names of the export.
    expected : collection of str
        Columns that the study reads.

    >>> export = ["id", "submitdate", "lastpage", "contact[Kcallcentre]", "NPS"]
    >>> dict(returned(export, ["K_call_centre", "NPS"]).names)
    {'contact[Kcallcentre]': 'K_call_centre'}
    """
    own = {name.casefold() for name in found}
    limesurvey = own >= _LIMESURVEY
    if not limesurvey and not own >= _QUALTRICS:
        return Returned()
    missing = [column for column in dict.fromkeys(expected) if column not in set(found)]
    free = [name for name in found if name not in set(expected)]
    heard = {name: _heard(name, items=limesurvey) for name in free}
    marks = {_mark(column): column for column in missing}
    by_mark = {
        name: tuple(dict.fromkeys(marks[k[-_MARK:]] for k in keys if k[-_MARK:] in marks))
        for name, keys in heard.items()
    }
    certain = _one_to_one(by_mark)
    settled = {column for columns in by_mark.values() for column in columns}
    alike = _grouped(column for column in missing if column not in settled)
    by_name = {
        name: tuple(dict.fromkeys(c for key in keys for c in alike.get(key, ())))
        for name, keys in heard.items()
        if not by_mark[name]
    }
    likely = _one_to_one(by_name)
    return Returned({**certain.names, **likely.names}, certain.doubtful + likely.doubtful)


def _one_to_one(fitting: Mapping[str, tuple[str, ...]]) -> Returned:
    """Return headings that fit one column which nothing else fits, and all others."""
    wanted: defaultdict[str, list[str]] = defaultdict(list)
    for name, columns in fitting.items():
        for column in columns:
            wanted[column].append(name)
    sure = {
        name: columns[0]
        for name, columns in fitting.items()
        if len(columns) == 1 and len(wanted[columns[0]]) == 1
    }
    doubtful = dict.fromkeys(
        (tuple(names), fitting[names[0]])
        for column, names in wanted.items()
        if column not in sure.values()
    )
    return Returned(sure, tuple(doubtful))


def _heard(name: str, *, items: bool) -> tuple[str, ...]:
    """Return what may be a column's code in a heading: the whole of it, and its item."""
    matched = _ITEM.fullmatch(name) if items else None
    parts = [name, matched["bracket"] or matched["rest"]] if matched else [name]
    return tuple(dict.fromkeys(key for part in parts if (key := bare(part).casefold())))
