"""A Dask cluster for tests: a scheduler and workers in processes of their own, on loopback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

TESTS = Path(__file__).parent
SOURCE = TESTS.parent / "src"
LIMIT = 30.0


def environment(**more: str) -> dict[str, str]:
    """Return what the processes of a cluster need to find the same modules as the tests."""
    paths = [str(SOURCE), str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])]
    own = {"PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
    return os.environ | own | {"OPENBLAS_NUM_THREADS": "1"} | more


class RunningCluster:
    """A scheduler, and workers that come and go.

    With ``keys``, a folder of ``ca.pem``, ``cert.pem`` and ``key.pem``, all traffic is encrypted.
    """

    def __init__(self, folder: Path, *, keys: Path | None = None) -> None:
        self.folder = folder
        self.security = [] if keys is None else _security(keys)
        self.workers: list[subprocess.Popen] = []
        told = folder / "scheduler.json"
        self.scheduler = self._start(
            "scheduler",
            *("--host", f"{'tls' if keys else 'tcp'}://127.0.0.1:0", "--scheduler-file", told),
            *("--dashboard-address", ":0"),
            DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="1",
        )
        until(lambda: told.exists() and told.read_text(encoding="utf-8").endswith("}"))
        self.address = json.loads(told.read_text(encoding="utf-8"))["address"]

    def _start(self, kind: str, *arguments: object, **more: str) -> subprocess.Popen:
        log = (self.folder / f"{kind}-{len(self.workers)}.log").open("w", encoding="utf-8")
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", "--no-dashboard"]
        return subprocess.Popen(
            [*command, *map(str, arguments), *self.security],
            env=environment(**more),
            stdout=log,
            stderr=log,
            cwd=self.folder,
        )

    def join(self, **more: str) -> subprocess.Popen:
        """Start a worker, of one thread; it need not be there yet."""
        place = ("--local-directory", self.folder / "spill")
        one = ("--nthreads", 1, "--no-nanny", "--memory-limit", 0, "--death-timeout", 60)
        self.workers.append(self._start("worker", self.address, *one, *place, **more))
        return self.workers[-1]

    def count(self) -> int:
        """Return how many workers are there."""
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            return len(client.nthreads())

    def fill(self, workers: int) -> None:
        """See that as many workers are there, and no others."""
        while sum(process.poll() is None for process in self.workers) < workers:
            self.join()
        until(lambda: self.count() == workers)

    def stop(self) -> None:
        """End all processes."""
        for process in [*self.workers, self.scheduler]:
            process.kill()
        for process in [*self.workers, self.scheduler]:
            process.wait()


def _security(keys: Path) -> list[str]:
    names = {"--tls-ca-file": "ca.pem", "--tls-cert": "cert.pem", "--tls-key": "key.pem"}
    return [str(item) for option, name in names.items() for item in (option, keys / name)]


def until(true, limit: float = LIMIT) -> None:
    """Wait until something is true."""
    end = time.monotonic() + limit
    while not true():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)


def end(process: subprocess.Popen) -> None:
    """End a process at once, as ``kill -9`` does."""
    process.send_signal(signal.SIGKILL)
    process.wait()
