"""Every column that a draft does not use, with a short reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import numpy as np

from supertouch.intake.draft.columns import Column, Survey
from supertouch.intake.draft.found import Design, LeftOut
from supertouch.intake.draft.words import says_no, says_yes

__all__ = ["left_out"]

_PLACE = re.compile(
    r"(^|[\W\d_])(e-?mail\w*|(tele)?(phone|fon)\w*|mobil\w*|handy\w*|fax|(first|last|full|sur|vor"
    r"|nach)?name|address\w*|adresse|anschrift|street|strasse|straße|ip|latitude|longitude"
    r"|(location)?(latitude|longitude)|recipient\w*|birth\w*|geburts\w*|iban"
    r"|city|town|stadt|wohnort|ort|zip|plz|post(al|leitzahl|code)?)([\W\d_]|$)"
)
_OPEN = re.compile(
    r"(^|[\W\d_])(com|comments?|kommentare?|text|other|sonstiges?|andere\w*|specify|verbatim"
    r"|open|offen\w*|feedback|anmerkung\w*|bemerkung\w*)([\W\d_]|$)"
)
_MOMENT = re.compile(r"^\d{1,4}[-/.:]\d")
_MANY = 25
_FEW_TEXTS = 12
_VARIED = 0.1
_EACH_ITS_OWN = 0.95


def left_out(
    survey: Survey,
    known: Iterable[LeftOut],
    *,
    used: Collection[str],
    design: Design,
    scales: Collection[str],
) -> tuple[LeftOut, ...]:
    """Name every column that the draft does not use, grouped by reason.

    Parameters
    ----------
    survey : Survey
        The raw file.
    known : iterable of LeftOut
        Columns whose reason is known; those that are used all the same are passed over.
    used : collection of str
        Columns that the draft uses.
    design : Design
        For columns that might have served a use as well.
    scales : collection of str
        Columns that were read as scales.
    """
    reasons: dict[str, list[str]] = {}
    told = set(used)
    spare = [
        LeftOut(names, f"another column that might serve as {use}")
        for use, names in design.others.items()
    ]
    sets = [LeftOut(names, f"multiple-response set {name}") for name, names in survey.sets.items()]
    braced = LeftOut(survey.braced, "a name with { }, which study files keep for patterns")
    for entry in (*known, braced, *sets, *spare):
        names = [name for name in entry.columns if name not in told]
        told.update(names)
        reasons.setdefault(entry.why, []).extend(names)
    for column in survey.columns.values():
        if column.name not in told:
            reasons.setdefault(_reason(column, scales), []).append(column.name)
    return tuple(LeftOut(tuple(names), why) for why, names in reasons.items() if names)


def _reason(column: Column, scales: Collection[str]) -> str:
    if column.name in scales:
        return "a scale, but neither a touchpoint's rating nor an outcome"
    return next(why for why, holds in _REASONS.items() if holds(column))


def _said(column: Column) -> str:
    name = re.sub(r"([a-z])(?=[A-Z])", r"\1_", column.name)
    return f"{name} {column.wording[:60]}".casefold()


def _is_empty(column: Column) -> bool:
    return column.n == 0


def _is_constant(column: Column) -> bool:
    return column.distinct == 1


def _tells_person(column: Column) -> bool:
    return column.distinct > _MANY and not column.labels and bool(_PLACE.search(_said(column)))


def _is_moment(column: Column) -> bool:
    moments = sum(n for word, n in column.words.items() if _MOMENT.match(word))
    return column.dates or moments > 0.5 * sum(column.words.values())


def _is_text(column: Column) -> bool:
    return column.n - int((~np.isnan(column.values)).sum()) > 0.5 * column.n


def _is_free_text(column: Column) -> bool:
    varied = column.distinct > max(_FEW_TEXTS, _VARIED * column.n)
    spoken = any(" " in word for word in column.words)
    return _is_text(column) and varied and (spoken or not _is_key(column))


def _is_open_end(column: Column) -> bool:
    return not column.labels and bool(_OPEN.search(_said(column)))


def _is_sparse(column: Column) -> bool:
    return column.n < column.blank


def _is_key(column: Column) -> bool:
    broken = np.nan_to_num(column.values) % 1 != 0
    return (
        column.distinct > _MANY and column.distinct >= _EACH_ITS_OWN * column.n and not broken.any()
    )


def _is_yes_or_no(column: Column) -> bool:
    labels: Sequence[str] = [str(label) for label in column.labels.values()] or list(column.words)
    return len(labels) <= 4 and any(map(says_yes, labels)) and any(map(says_no, labels))


def _is_many(column: Column) -> bool:
    return column.distinct > _MANY and (bool(column.labels) or _is_text(column))


def _is_number(column: Column) -> bool:
    return not column.coded and not _is_text(column)


_REASONS: Mapping[str, Callable[[Column], bool]] = {
    "no answers": _is_empty,
    "the same answer throughout": _is_constant,
    "contact data, or where people live": _tells_person,
    "dates and times": _is_moment,
    "free text": _is_free_text,
    "open ends, or codes made of them": _is_open_end,
    "blank for more than half": _is_sparse,
    "a key: nearly every row has its own": _is_key,
    "yes or no, without a rating that it belongs to": _is_yes_or_no,
    "too many categories for a segment": _is_many,
    "numbers without a use here": _is_number,
    "more than 25 codes without labels": lambda column: column.distinct > _MANY,
    "categories without a use here; a segment?": lambda column: True,  # noqa: ARG005
}
