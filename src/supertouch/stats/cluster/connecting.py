"""Connecting to a cluster, and seeing that its machines are fit for the work."""

from __future__ import annotations

import gc
import logging
import pkgutil
import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from supertouch.errors import ClusterError, Problem, UnsupportedError
from supertouch.stats.cluster.chunks import minor, versions

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["connected", "lonely"]

_SAME = "Install the same versions on all machines, and start scheduler and workers again."
_REACH = (
    "See that the scheduler runs and that this machine may connect to it. An address with tls:// "
    "needs tls_ca, tls_cert and tls_key in [engine], or Dask's own settings; one with tcp:// must "
    "not have them."
)


@contextmanager
def connected(address: str, security: Mapping[str, str], *, patience: float) -> Iterator[Client]:
    """Connect to a scheduler, for as long as the context lasts.

    Raises
    ------
    UnsupportedError
        If Dask is not installed.
    ClusterError
        If the scheduler cannot be reached, has no worker, or other versions run there.
    """
    with _silence():
        client = _client(address, security, patience=patience)
        try:
            _check_workers(client, address, patience=patience)
            yield client
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
    try:
        from distributed import Client, Security
    except ImportError as error:
        message = "Computing on a cluster needs Dask: pip install 'supertouch[cluster]'."
        raise UnsupportedError(message) from error
    try:
        own = Security(**security, require_encryption=True) if security else None
        return Client(address, security=own, timeout=patience, set_as_default=False)
    except (OSError, TypeError, ValueError, RuntimeError) as error:
        rule = f"cannot be reached ({type(error).__name__}: {error.__cause__ or error})."
    gc.collect()  # a client that failed stops as it goes, which must not meet the start of the next
    raise ClusterError(Problem(f"scheduler {address}", "", " ".join(rule.split()), _REACH))


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
    own = "supertouch:__version__"
    limit: dict[str, Any] = {"callback_timeout": patience}
    try:
        packages = client.run(pkgutil.resolve_name, own, on_error="return", **limit)
        pythons = client.run(platform.python_version, on_error="return", **limit)
        python = client.run_on_scheduler(platform.python_version, **limit)
        try:
            package = client.run_on_scheduler(pkgutil.resolve_name, own, **limit)
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
