"""Which groups to hide so that no number of a small group is shown, nor found by subtraction."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["crossed", "heads", "hidden"]


def hidden(
    counts: NDArray[np.int_],
    *,
    minimum: int,
    already: NDArray[np.bool_] | None = None,
    fewest: int = 1,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell which groups of a division are too small to show, and which go with them.

    Groups and their total are shown side by side: were one group alone hidden, the total less the
    others would reveal it. So the next smallest groups are hidden too, until those that are hidden
    have at least ``minimum`` respondents between them (complementary suppression).

    Parameters
    ----------
    counts : ndarray of int of shape (g,)
        Respondents in each group; groups without any need no hiding.
    minimum : int
        Fewest respondents of a group that may be shown.
    already : ndarray of bool of shape (g,), optional
        Groups that are hidden whatever their counts here; they count among the hidden ones.
    fewest : int
        How many groups are hidden at least, where any is: 2 where to find one would tell more.

    Returns
    -------
    small, complementary : ndarray of bool of shape (g,)

    Examples
    --------
    >>> small, complementary = hidden(np.array([40, 6, 25, 300]), minimum=10)
    >>> small.tolist(), complementary.tolist()
    ([False, True, False, False], [False, False, True, False])
    """
    small = (counts > 0) & (counts < minimum)
    complementary = np.zeros(len(counts), dtype=bool)
    fixed = small if already is None else (small | already) & (counts > 0)
    if fixed.any():
        for place in np.argsort(counts, kind="stable"):
            gone = fixed | complementary
            if gone.sum() >= fewest and counts[gone].sum() >= minimum:
                break
            if counts[place] > 0 and not fixed[place]:
                complementary[place] = True
    return small, complementary


def crossed(
    counts: NDArray[np.int_], *, minimum: int, already: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Tell which cells of two crossed divisions to hide where both margins are shown.

    Rows and columns are gone through by `hidden` until no line reveals a small cell. A large cell
    that is hidden to protect another must not be found either, so no line hides one alone.

    Parameters
    ----------
    counts : ndarray of int of shape (g, c)
    minimum : int
    already : ndarray of bool of shape (g, c)
        Cells that are hidden whatever their counts.

    Returns
    -------
    ndarray of bool of shape (g, c)

    Examples
    --------
    >>> counts = np.array([[40, 2], [60, 30], [90, 50]])
    >>> crossed(counts, minimum=10, already=np.zeros((3, 2), dtype=bool)).tolist()
    [[True, True], [True, True], [False, False]]
    """
    gone = already & (counts > 0)
    size = -1
    while size != gone.sum():
        size = int(gone.sum())
        for count, line in (*zip(counts, gone, strict=True), *zip(counts.T, gone.T, strict=True)):
            small, complementary = hidden(count, minimum=minimum, already=line.copy(), fewest=2)
            line |= small | complementary
    return gone


def heads(
    code: NDArray[np.intp], size: int, *, person: NDArray[np.intp] | None = None
) -> NDArray[np.int_]:
    """Count the persons, not the rows, of each of some groups.

    Parameters
    ----------
    code : ndarray of int of shape (n,)
        Group of each row, below ``size``.
    size : int
    person : ndarray of int of shape (n,), optional
        Who each row is of; otherwise each is of somebody else.

    Examples
    --------
    >>> heads(np.array([0, 0, 1]), 3, person=np.array([4, 4, 4])).tolist()
    [1, 1, 0]
    """
    if person is None or not (np.bincount(person) > 1).any():
        return np.bincount(code, minlength=size)
    many = int(person.max()) + 1
    return np.bincount(np.unique(code * many + person) // many, minlength=size)
