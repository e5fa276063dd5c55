"""Which machines compute a study: this one, or those of a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from supertouch.errors import Problem, StudyError
from supertouch.pipeline.progress import Progress
from supertouch.study.model import Study

if TYPE_CHECKING:
    from supertouch.stats.engine import Engine

__all__ = ["engine_of"]

_KEYS = {"tls_ca": "tls_ca_file", "tls_cert": "tls_client_cert", "tls_key": "tls_client_key"}


def engine_of(study: Study, progress: Progress, *, text: str = "rows") -> Engine:
    """Return what adds up the parts of the study's waves.

    Parameters
    ----------
    progress : callable
        Told how many parts are done, how many there are, and ``text``.
    text : str
        What is being added up.

    Raises
    ------
    StudyError
        If a file that the encryption needs is not there.
    """

    def told(done: int, total: int) -> None:
        progress(done, total, text)

    if study.computing.scheduler is None:
        from supertouch.stats.engine import Here

        return Here(told)
    from supertouch.stats.cluster import Cluster

    return Cluster(study.computing.scheduler, _security(study), told)


def _security(study: Study) -> dict[str, str]:
    """Return the files that encrypt the traffic, by what Dask calls them."""
    files = {key: getattr(study.computing, key) for key in _KEYS}
    named = {key: path for key, path in files.items() if path is not None}
    problems = [
        Problem(
            f"{study.file.name}, [engine]: {key}",
            str(path),
            "there is no such file.",
            "Name a file beside the study file.",
        )
        for key, path in named.items()
        if not path.is_file()
    ]
    if problems:
        raise StudyError(problems)
    return {_KEYS[key]: str(path.absolute()) for key, path in named.items()}
