"""The engine that computes on a Dask cluster."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar

from supertouch.errors import UnsupportedError
from supertouch.stats.cluster.chunks import Chunk, added, applied, folded, opened, versions
from supertouch.stats.cluster.connecting import connected, usual_patience
from supertouch.stats.cluster.watching import Watch

if TYPE_CHECKING:
    from dask.delayed import Delayed

__all__ = ["Cluster"]

P = TypeVar("P")
S = TypeVar("S")
Work = Callable[[Any, Chunk], Any]

_PER_THREAD = 4
_FEWEST = 32


@dataclass(frozen=True, slots=True)
class Cluster:
    """The workers of a Dask cluster: each takes some parts, and their sums are added in pairs.

    Each call connects anew, so nothing is held between calls. There are more chunks of parts than
    workers, handed out a few at a time: who joins late gets some, and what a lost worker had done
    is done again by others.

    Attributes
    ----------
    address : str
        Of the scheduler: ``tcp://host:8786`` or ``tls://host:8786``.
    security : mapping of str to str
        What ``distributed.Security`` takes; Dask's own configuration counts where it is empty.
    told : callable, optional
        Told how many parts are done, and how many there are.
    patience : float, optional
        Seconds to wait for a scheduler that does not answer, and for a worker where there is none;
        by default what Dask's setting ``distributed.comm.timeouts.connect`` says, half a minute.
    """

    address: str
    security: Mapping[str, str] = field(default_factory=dict)
    told: Callable[[int, int], None] | None = None
    patience: float | None = None

    def fold(self, step: Callable[[S | None, P], S], parts: Sequence[P]) -> S:
        """Add up all parts; see :class:`supertouch.stats.engine.Engine`.

        Raises
        ------
        ClusterError
            If the scheduler or all workers are gone, or no worker lives through a part.
        SupertouchError
            As a worker raised it.
        """
        if not parts:
            raise UnsupportedError("There are no parts to add up.")
        (total,) = self._computed(step, parts, work=folded, end=_in_pairs)
        return total  # type: ignore[no-any-return]

    def each(self, function: Callable[[P], S], parts: Sequence[P]) -> list[S]:
        """Return what a function makes of each part, in their order; see :meth:`fold`."""
        if not parts:
            return []
        found = self._computed(function, parts, work=applied, end=_apart)
        return [item for items in found for item in items]

    def _computed(
        self,
        function: Callable[..., Any],
        parts: Sequence[Any],
        *,
        work: Work,
        end: Callable[[list[Delayed], str], list[Delayed]],
    ) -> list[Any]:
        """Hand out the parts, wait, and gather what ``end`` leaves of them."""
        content = _pickled(function)
        patience = usual_patience() if self.patience is None else self.patience
        with connected(self.address, self.security, patience=patience) as client:
            from dask import config, delayed

            threads = sum(client.nthreads().values())
            starts = _starts(len(parts), max(_FEWEST, _PER_THREAD * threads))
            watch = Watch(parts, starts, address=self.address, patience=patience, told=self.told)
            client.subscribe_topic(watch.topic, watch.hear)
            given = delayed(opened)(content, dask_key_name=f"{watch.topic}-given")
            chunks = [
                delayed(work, pure=False)(given, chunk, dask_key_name=(watch.topic, number))
                for number, chunk in enumerate(_chunks(parts, starts, watch.topic))
            ]
            with config.set({"distributed.admin.large-graph-warning-threshold": "1GB"}):
                futures = client.compute(end(chunks, watch.topic), optimize_graph=False)
            watch.wait(client, futures)
            return [watch.result(future) for future in futures]


def _starts(parts: int, chunks: int) -> list[int]:
    """Return the number of the first part of each chunk; chunks differ by one part at most."""
    chunks = min(parts, chunks)
    return [number * parts // chunks for number in range(chunks)]


def _chunks(parts: Sequence[Any], starts: Sequence[int], topic: str) -> list[Chunk]:
    ends = pairwise([*starts, len(parts)])
    return [Chunk(_pickled(parts[a:b]), a, topic, versions()) for a, b in ends]


def _pickled(content: object) -> bytes:
    try:
        return pickle.dumps(content, protocol=5)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        message = f"This work cannot be sent to other machines: {error}"
        raise UnsupportedError(message) from error


def _in_pairs(sums: list[Delayed], topic: str) -> list[Delayed]:
    """Add neighbours, then their sums, until one is left: few sums wait at a time."""
    from dask import delayed

    add = delayed(added, pure=False)
    level = 0
    while len(sums) > 1:
        level += 1
        pairs = [
            add(left, right, dask_key_name=(f"{topic}-added", level, number))
            for number, (left, right) in enumerate(zip(sums[::2], sums[1::2], strict=False))
        ]
        sums = pairs + sums[2 * len(pairs) :]
    return sums


def _apart(found: list[Delayed], topic: str) -> list[Delayed]:  # noqa: ARG001
    return found
