"""What the banner tables ask of a wave, whether its rows are at hand or only sums of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from supertouch.findings.answers import Asked
from supertouch.stats.means import Linearised
from supertouch.study.model import Scale

__all__ = [
    "Bases",
    "Form",
    "Held",
    "Kind",
    "Labelled",
    "Measure",
    "Question",
    "Source",
    "held",
    "parted",
]

Array = NDArray[np.float64]
Counts = NDArray[np.int_]
Mask = NDArray[np.bool_]
Kind = Literal["outcome", "item", "touchpoint", "contact", "brand_fit"]
Form = Literal["share", "mean", "points"]


@dataclass(frozen=True, slots=True)
class Question:
    """One question: a answers in the scale's own codes, one of each respondent or each once.

    Attributes
    ----------
    id : str
        Id of the outcome or touchpoint; ``loyalty.2`` is the second item of an outcome.
    scale : Scale or None
        None for contact, which is 1 or 0.
    answer : ndarray of shape (a,)
        NaN where there is none.
    scored : bool
        Whether it is a score of several items, with values between the codes.
    nps : bool
        Whether a net promoter score is made of it.
    """

    id: str
    kind: Kind
    scale: Scale | None
    answer: Array
    scored: bool = False
    nps: bool = False


@dataclass(frozen=True, slots=True)
class Measure:
    """What is told of a question: ``value`` of shape (a,) is averaged over those who answered."""

    name: str
    answer: str
    form: Form
    value: Array


class Labelled(Protocol):
    """A column of tables: everybody (both texts empty), or a value of a segment."""

    @property
    def segment(self) -> str: ...  # noqa: D102

    @property
    def value(self) -> str: ...  # noqa: D102


class Bases(Protocol):
    """Who answered a question in each of k columns, and nobody where a column is hidden.

    With ``rest``, who answered and is not in a column follows, column by column: nobody for
    everybody and for hidden columns.
    """

    def estimate(self, measure: Measure, *, rest: bool = False) -> Linearised:
        """Estimate a measure over each base; NaN where a base is empty."""
        ...

    def unshared(self, measure: Measure, *, given: bool | None = None) -> Counts:
        """Count who is in one only of each two bases, the rest too: shape (2k, 2k).

        Of those who gave the answer, or of those who did not, where ``given`` says so.
        """
        ...

    def units(self) -> Mask:
        """Tell which sampling units have somebody in each base, the rest too: shape (u, 2k)."""
        ...


@dataclass(frozen=True, slots=True)
class Held:
    """Who counts in a question.

    Attributes
    ----------
    bases : Bases
    n : ndarray of int of shape (k,)
        Who answered, in hidden columns too.
    n_weighted, n_eff : ndarray of shape (k,)
        NaN where hidden.
    hidden : ndarray of bool of shape (k,)
    """

    bases: Bases
    n: Counts
    n_weighted: Array
    n_eff: Array
    hidden: Mask


def held(bases: Bases, n: Counts, *, total: Array, squares: Array, hidden: Mask) -> Held:
    """Return who counts in a question, from the sums of weights and of their squares."""
    worth = np.divide(total**2, squares, out=np.zeros_like(total), where=squares > 0)
    return Held(
        bases=bases,
        n=n,
        n_weighted=np.where(hidden, np.nan, total),
        n_eff=np.where(hidden, np.nan, worth),
        hidden=hidden,
    )


def parted(base: Mask) -> Mask:
    """Put who answered and is not in a column beside who is; shape (n, 2k) of (n, k).

    Nobody is beside everybody, nor beside columns where nobody counts.
    """
    return np.hstack([base, base[:, [0]] & ~base & base.any(axis=0)])


class Source(Protocol):
    """A wave with its k columns, everybody first."""

    @property
    def asked(self) -> Asked:
        """What the wave asked."""
        ...

    @property
    def columns(self) -> Sequence[Labelled]:
        """Everybody, and the groups that may be shown."""
        ...

    def answers(self, kind: Kind, subject: str) -> Array | None:
        """Return the answers to a question, as responses hold them; None if it was not asked."""
        ...

    def held(self, question: Question) -> Held:
        """Tell who answered a question in each column, and which columns are hidden for it.

        A column is hidden where fewer than ``privacy.min_base`` respondents answered, and where
        the total less the others would reveal one that is.
        """
        ...
