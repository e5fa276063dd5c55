"""Waiting for a cluster: what is done is told, and whatever stops it comes to an end in time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from supertouch.errors import ClusterError, Problem
from supertouch.stats.cluster.connecting import gone, lonely
from supertouch.stats.faults import name_of

if TYPE_CHECKING:
    from distributed import Client, Future

__all__ = ["Watch"]

_ROUND = 0.25
_LOOK = 2.0
_MEMORY = (
    "See what its log says. It may need more memory than a worker has: lower memory_gb in "
    "[engine], or start workers with a higher --memory-limit."
)


class Watch:
    """Looks after parts that are on their way through a cluster.

    Parameters
    ----------
    parts : sequence
    starts : sequence of int
        Number of the first part of each chunk.
    address : str
    patience : float
        Seconds that a cluster may go without an answer or a worker.
    told : callable or None
        Told how many parts are done, and how many there are, from the thread that waits.
    """

    def __init__(
        self,
        parts: Sequence[Any],
        starts: Sequence[int],
        *,
        address: str,
        patience: float,
        told: Callable[[int, int], None] | None,
    ) -> None:
        self.topic = f"supertouch-{uuid4().hex}"
        self._parts, self._starts = parts, starts
        self._address, self._patience = address, patience
        self._told = told
        self._done: set[int] = set()
        self._said = 0
        self._seen = self._looked = time.monotonic()

    def hear(self, event: tuple[float, int]) -> None:
        """Take note of a part that a worker is done with; those done again count once."""
        self._done.add(event[1])

    def wait(self, client: Client, futures: Sequence[Future[Any]]) -> None:
        """Wait until all futures are done or have failed.

        Raises
        ------
        ClusterError
            If the scheduler is gone or does not answer, or there is no worker any more.
        """
        from distributed import CancelledError, wait

        while True:
            try:
                with client.as_current():
                    wait(list(futures), timeout=_ROUND)
                break
            except TimeoutError:
                self._tell(len(self._done))
                self._look(client)
            except CancelledError as error:
                raise gone(self._address, "was lost") from error

    def result(self, future: Future[Any]) -> Any:  # noqa: ANN401
        """Return what came of a future that is done.

        Raises
        ------
        ClusterError
            If the parts of a chunk ended every worker that took them, or the scheduler is gone.
        SupertouchError
            As a worker raised it.
        """
        from distributed import CancelledError, KilledWorker

        try:
            found = future.result(timeout=10 * self._patience)
        except KilledWorker as error:
            raise self._killed(error) from error
        except (CancelledError, TimeoutError) as error:
            raise gone(self._address, "was lost") from error
        self._tell(len(self._parts))
        return found

    def _tell(self, done: int) -> None:
        if self._told is not None and done > self._said:
            self._said = done
            self._told(done, len(self._parts))

    def _look(self, client: Client) -> None:
        """See now and then whether the scheduler answers and has workers."""
        now = time.monotonic()
        if now - self._looked < _LOOK:
            return
        self._looked = now
        try:
            workers = client.nthreads(callback_timeout=self._patience)
        except TimeoutError as error:
            raise gone(self._address, f"has not answered for {self._patience:g} seconds") from error
        except OSError as error:
            raise gone(self._address, "was lost") from error
        if workers:
            self._seen = now
        elif now - self._seen > self._patience:
            raise lonely(self._address, patience=self._patience)

    def _killed(self, error: Any) -> ClusterError:  # noqa: ANN401
        """Return the error of a chunk that no worker lived through, with the part it came to."""
        key, _, failures = error.args
        place = f"sums on {self._address}"
        if isinstance(key, tuple) and key[0] == self.topic:
            start = self._starts[key[1]]
            number = next(n for n in range(start, len(self._parts) + 1) if n not in self._done)
            place = name_of(self._parts[min(number, len(self._parts) - 1)])
        rule = f"ended {failures + 1} workers, one after the other."
        return ClusterError(Problem(place, "", rule, _MEMORY))
