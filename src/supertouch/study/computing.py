"""How a study is computed: from which size on in parts, within which memory, on which machines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ADDRESS", "Computing", "is_address"]

ADDRESS = "tcp://host:8786 or tls://host:8786"
_ADDRESS = re.compile(r"(tcp|tls)://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})")
_LAST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Computing:
    """Where and how the numbers are made; they are the same everywhere but for their last digits.

    Waves of more than ``stream_above`` accepted rows are read in parts and added up; sums take at
    most ``memory_gb`` GB at a time, and what needs single rows gets a ``sample`` of that many.
    ``scheduler`` is the address of a Dask cluster; None for this machine. ``storage`` is a folder
    or a URL such as ``s3://bucket/folder`` where the machines of a cluster find the answers; None
    where all of them see the study's folder. ``tls_ca``, ``tls_cert`` and ``tls_key`` are the files
    that encrypt the traffic with the cluster; None leaves it to Dask's own configuration.
    """

    stream_above: int = 200_000
    memory_gb: float = 0.4
    sample: int = 20_000
    scheduler: str | None = None
    storage: str | None = None
    tls_ca: Path | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None


def is_address(text: str) -> bool:
    """Tell whether a text is the address of a scheduler.

    Examples
    --------
    >>> is_address("tcp://10.0.0.5:8786"), is_address("tls://[::1]:8786"), is_address("host:8786")
    (True, True, False)
    """
    found = _ADDRESS.fullmatch(text)
    return found is not None and 1 <= int(found[3]) <= _LAST_PORT
