"""Which groups to hide so that no number of a small group is shown, nor found by subtraction."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["hidden"]


def hidden(
    counts: NDArray[np.int_], *, minimum: int, already: NDArray[np.bool_] | None = None
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell which groups of a division are too small to show, and which go with them.

    Groups and their total are shown side by side: were one group alone hidden, the total less the
    others would reveal it. So the next smallest groups are hidden too, until at least two are,
    with at least ``minimum`` respondents between them (complementary suppression).

    Parameters
    ----------
    counts : ndarray of int of shape (g,)
        Respondents in each group; groups without any need no hiding.
    minimum : int
        Fewest respondents of a group that may be shown.
    already : ndarray of bool of shape (g,), optional
        Groups that are hidden whatever their counts here; they count among the hidden ones.

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
            if gone.sum() > 1 and counts[gone].sum() >= minimum:
                break
            if counts[place] > 0 and not fixed[place]:
                complementary[place] = True
    return small, complementary
