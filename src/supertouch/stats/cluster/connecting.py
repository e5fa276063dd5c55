"""Connecting to a cluster, and seeing that its machines are fit for the work."""

from __future__ import annotations

import asyncio
import gc
import logging
import pkgutil
import platform
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from supertouch.errors import ClusterError, Problem, UnsupportedError
from supertouch.stats.cluster.chunks import VERSION, minor, versions

if TYPE_CHECKING:
    from distributed import Client, Security

__all__ = ["connected", "gone", "lonely", "usual_patience"]

_SAME = "Install the same versions on all machines, and start scheduler and workers again."
_AGAIN = "Start it again and run the same command: what was finished before stands."
_REACH = (
    "See that the scheduler runs and that this machine may connect to it. An address with tls:// "
    "needs tls_ca, tls_cert and tls_key in [engine], or Dask's own settings; one with tcp:// must "
    "not have them."
)


def usual_patience() -> float:
    """Return the seconds that Dask waits for a connection.

    Raises
    ------
    UnsupportedError
        If Dask is not installed.
    """
    try:
        import distributed  # noqa: F401 - its settings are there once it is imported
        from dask import config
        from dask.utils import parse_timedelta
    except ImportError as error:
        message = "Computing on a cluster needs Dask: pip install 'supertouch[cluster]'."
        raise UnsupportedError(message) from error
    return float(parse_timedelta(config.get("distributed.comm.timeouts.connect")))


@contextmanager
def connected(address: str, security: Mapping[str, str], *, patience: float) -> Iterator[Client]:
    """Connect to a scheduler, for as long as the context lasts.

    Raises
    ------
    ClusterError
        If the scheduler cannot be reached, has no worker, or other versions run there.
    """
    from distributed.comm import CommClosedError

    with _silence():
        client = _client(address, security, patience=patience)
        try:
            _check_workers(client, address, patience=patience)
            yield client
        except CommClosedError as error:
            raise gone(address, "was lost") from error
        finally:
            with suppress(Exception):
                client.close(timeout=5)


@contextmanager
def _silence() -> Iterator[None]:
    """Keep Dask from writing log lines and tracebacks: what matters is raised."""
    logger = logging.getLogger("distributed")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(before)


def _client(address: str, security: Mapping[str, str], *, patience: float) -> Client:
    from distributed import Client, Security

    try:
        own = Security(**security, require_encryption=True) if security else Security()
        with ThreadPoolExecutor(1) as aside:  # apart from a loop that may run here, as in notebooks
            aside.submit(asyncio.run, _greeted(address, own, patience=patience)).result()
        return Client(address, security=own, timeout=patience, set_as_default=False)
    except (OSError, TypeError, ValueError, RuntimeError) as error:
        said = str(error.__cause__ or "") or str(error) or "no answer"
        rule = f"cannot be reached ({type(error).__name__}: {said})."
    gc.collect()  # a client that failed stops as it goes, which must not meet the start of the next
    raise ClusterError(Problem(f"scheduler {address}", "", " ".join(rule.split()), _REACH))


async def _greeted(address: str, security: Security, *, patience: float) -> None:
    """See that a scheduler answers at all: a client would wait for ever for one that hangs."""
    from distributed.comm import connect

    own = security.get_connection_args("client")
    comm = await asyncio.wait_for(connect(address, timeout=patience, **own), 1.5 * patience)
    comm.abort()


def gone(address: str, how: str) -> ClusterError:
    """Return the error of a scheduler that does not answer any more."""
    return ClusterError(Problem(f"scheduler {address}", "", f"{how}.", _AGAIN))


def lonely(address: str, *, patience: float) -> ClusterError:
    """Return the error of a scheduler that has no worker."""
    rule = f"has had no worker for {patience:g} seconds."
    remedy = f"Start workers (dask worker {address}) and run the same command again."
    return ClusterError(Problem(f"scheduler {address}", "", rule, remedy))


def _check_workers(client: Client, address: str, *, patience: float) -> None:
    """See that there is a worker, and the same supertouch and Python everywhere."""
    try:
        client.wait_for_workers(1, timeout=patience)
    except TimeoutError as error:
        raise lonely(address, patience=patience) from error
    own = versions()
    problems = [
        Problem(f"{place} of {address}", _told(*theirs), f"is not {_told(*own)}.", _SAME)
        for place, theirs in _versions(client, address, patience=patience).items()
        if theirs != own
    ]
    if problems:
        raise ClusterError(problems)


def _versions(client: Client, address: str, *, patience: float) -> dict[str, tuple[str, str]]:
    """Return the versions of supertouch and Python of each machine, asked without supertouch."""
    limit: dict[str, Any] = {"callback_timeout": patience}
    try:
        packages = client.run(pkgutil.resolve_name, VERSION, on_error="return", **limit)
        pythons = client.run(platform.python_version, on_error="return", **limit)
        python = client.run_on_scheduler(platform.python_version, **limit)
        try:
            package = client.run_on_scheduler(pkgutil.resolve_name, VERSION, **limit)
        except ImportError as error:
            package = error
    except (OSError, TimeoutError) as error:
        rule = f"was lost, or a worker has not answered for {patience:g} seconds."
        raise ClusterError(Problem(f"scheduler {address}", "", rule, _REACH)) from error
    found = {"scheduler": (package, python)}
    found |= {
        f"worker {name}": (packages[name], pythons[name]) for name in packages if name in pythons
    }
    return {
        place: ("" if isinstance(package, ImportError) else str(package), minor(str(python)))
        for place, (package, python) in found.items()
        if not isinstance(package, OSError) and not isinstance(python, OSError)  # it has left
    }


def _told(package: str, python: str) -> str:
    return f"supertouch {package} on Python {python}" if package else f"no supertouch on {python}"
