"""Contact and rating become one consistent record: met or not, and if met, how good it was."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.intake.recode import ANSWERED, BREACH, Answers, cells, matching, state_of
from supertouch.study.model import Contact, ContactState, Empty

__all__ = ["CONTACT_KINDS", "Met", "contact_kinds", "resolve", "unasked"]

CONTACT_KINDS = ("met", "not_met", "dont_know", "not_asked", "refused", "blank")
_MET, _NOT_MET, _DONT_KNOW, _NOT_ASKED, _REFUSED, _BLANK = range(len(CONTACT_KINDS))
_UNKNOWN = -1
_VALUE: dict[ContactState, int] = {"met": 1, "not_met": 0, "unknown": _UNKNOWN}


@dataclass(frozen=True, slots=True)
class Met:
    """Contact and rating of one touchpoint after contradictions are resolved; arrays of shape (n,).

    Attributes
    ----------
    contact : array of int8
        1 met, 0 not met, -1 unknown.
    contact_state : array of int8
        Why the contact question has no answer, as a state of `recode.STATES`; 0 where it has one.
        Contact may be known all the same, from the rating or by the study's rule.
    rating : Answers
        The rating; answered only where contact is 1, ``not_met`` wherever contact is 0.
    rated_but_not_met, met_but_rated_not_met : array of bool
        Where the two statements excluded each other, whatever the resolution.
    rated_but_contact_unknown : array of bool
        Where the contact question has no answer and the rating tells contact, by an answer (met) or
        by a code for not met.
    """

    contact: NDArray[np.int8]
    contact_state: NDArray[np.int8]
    rating: Answers
    rated_but_not_met: NDArray[np.bool_]
    met_but_rated_not_met: NDArray[np.bool_]
    rated_but_contact_unknown: NDArray[np.bool_]


def contact_kinds(column: pd.Series[Any], rule: Contact) -> NDArray[np.int8]:
    """Return per row which kind of contact code it holds: an index of `CONTACT_KINDS`, or -1."""
    found = cells(column)
    kind = np.full(len(found.number), BREACH, dtype=np.int8)
    for index in range(_BLANK - 1, -1, -1):
        kind[matching(found, getattr(rule, CONTACT_KINDS[index]))] = index
    spread: NDArray[np.int8] = found.spread(kind, blank=_BLANK)
    return spread


def resolve(rating: Answers, kinds: NDArray[np.int8] | None, *, rule: Contact, blank: Empty) -> Met:
    """Bring contact and rating together as the study says.

    Parameters
    ----------
    rating : Answers
        The rating as answered.
    kinds : array of int8, shape (n,), or None
        The contact question's codes, from `contact_kinds`; None where there was no such
        question, so that contact follows from the rating's codes.
    rule : Contact
        What blank and don't know mean on contact, and who wins a contradiction.
    blank : Empty
        The kind of empty that a blank cell is, for contact that stays unknown.
    """
    if kinds is None:
        return _derived(rating, rule)
    rated, denied = rating.state == ANSWERED, rating.state == state_of("not_met")
    a = (kinds == _NOT_MET) & rated
    b = (kinds == _MET) & denied
    contact = _means(rule)[kinds]
    if rule.contradiction == "contact_wins":
        rating = _emptied(_emptied(rating, a, "not_met"), b, "dont_know")
    else:
        contact = np.where(a, 1, np.where(b, 0, contact))
    silent = (kinds != _MET) & (kinds != _NOT_MET)
    contact = np.where(silent & rated, 1, np.where(silent & denied, 0, contact)).astype(np.int8)
    rating = _emptied(rating, _unfiltered(rating, kinds) & (contact != 0), "not_asked")
    return Met(
        contact,
        _empty_kinds(blank)[kinds],
        _emptied(rating, contact == 0, "not_met"),
        a,
        b,
        silent & (rated | denied),
    )


def _unfiltered(rating: Answers, kinds: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Tell blank ratings of those who did not say whether they met: it could not be asked."""
    unsaid = (kinds == _DONT_KNOW) | (kinds == _REFUSED)
    taken = np.isin(rating.state, [state_of("dont_know"), state_of("refused")])
    hidden: NDArray[np.bool_] = unsaid & rating.blank & taken
    return hidden


def unasked(met: Met, where: NDArray[np.bool_]) -> Met:
    """Return contact and rating as not asked ``where`` the questionnaire did not put them."""
    state = state_of("not_asked")
    return Met(
        np.where(where, _UNKNOWN, met.contact).astype(np.int8),
        np.where(where, state, met.contact_state).astype(np.int8),
        _emptied(met.rating, where, "not_asked"),
        met.rated_but_not_met & ~where,
        met.met_but_rated_not_met & ~where,
        met.rated_but_contact_unknown & ~where,
    )


def _derived(rating: Answers, rule: Contact) -> Met:
    """Take contact from the rating; what blank means on contact holds for blank cells alone."""
    contact = np.full(len(rating.state), _UNKNOWN, dtype=np.int8)
    contact[rating.state == ANSWERED] = 1
    contact[rating.state == state_of("dont_know")] = _VALUE[rule.when_dont_know]
    if rule.when_blank != "unknown":
        contact[rating.blank] = _VALUE[rule.when_blank]
    contact[rating.state == state_of("not_met")] = 0
    none = np.zeros(len(contact), dtype=bool)
    return Met(
        contact,
        np.where(contact == _UNKNOWN, rating.state, ANSWERED).astype(np.int8),
        _emptied(rating, contact == 0, "not_met"),
        none,
        none,
        none,
    )


def _means(rule: Contact) -> NDArray[np.int8]:
    table = [1, 0, _VALUE[rule.when_dont_know], _UNKNOWN, _UNKNOWN, _VALUE[rule.when_blank]]
    return np.array(table, dtype=np.int8)


def _empty_kinds(blank: Empty) -> NDArray[np.int8]:
    """Return the state of each kind of contact code; a blank contact cell is never ``not_met``."""
    kind: Empty = "refused" if blank == "not_met" else blank
    known: tuple[Empty, ...] = ("dont_know", "not_asked", "refused", kind)
    return np.array([ANSWERED, ANSWERED, *map(state_of, known)], dtype=np.int8)


def _emptied(rating: Answers, where: NDArray[np.bool_], kind: Empty) -> Answers:
    return replace(
        rating,
        values=np.where(where, np.nan, rating.values),
        state=np.where(where, state_of(kind), rating.state).astype(np.int8),
    )
