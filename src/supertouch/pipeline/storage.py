"""Where the machines of a cluster find the answers: the study's folder, or a storage beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from supertouch.errors import OutputError, Problem, UnsupportedError
from supertouch.pipeline.files import sha256
from supertouch.saving import reason
from supertouch.study.model import Study

if TYPE_CHECKING:
    import pyarrow.parquet as pq

__all__ = ["discard", "opened_parquet", "reachable"]

_CHECK = "Check storage in [engine] and the rights to write there."


def reachable(study: Study, wave: str, path: Path) -> str:
    """Return where all machines can read a wave's file, and bring it there if need be.

    That is the file itself, unless the study computes on a cluster and names a storage. A copy is
    named by its content, and appears when it is whole; older ones of the wave go. A file that was
    made anew is copied anew, so that a copy that was damaged can be mended.

    Parameters
    ----------
    study : Study
    wave : str
        Id of the wave.
    path : Path
        The file on this machine.

    Raises
    ------
    OutputError
        If the storage cannot be used.
    UnsupportedError
        If its kind needs a package that is not installed.
    """
    if study.computing.scheduler is None or study.computing.storage is None:
        return str(path.absolute())
    place = _place(study)
    with _using(place) as (system, root):
        target = f"{root}/{_prefix(study, wave)}{sha256(path)[:16]}{path.suffix}"
        if not _stands(system, target, path):
            system.makedirs(root, exist_ok=True)
            half = f"{target}.{uuid4().hex}.part"
            try:
                system.put_file(str(path), half)
                system.mv(half, target)
            finally:
                with suppress(OSError):
                    system.rm_file(half)
        _remove(system, root, _prefix(study, wave), kept=target)
        return str(system.unstrip_protocol(target)) if "://" in place else target


def discard(study: Study, wave: str) -> None:
    """Remove the copies of a wave's answers from the study's storage, if it names one.

    Raises
    ------
    OutputError
        If the storage cannot be used.
    """
    if study.computing.storage is None:
        return
    with _using(_place(study)) as (system, root):
        if system.exists(root):
            _remove(system, root, _prefix(study, wave), kept="")


def opened_parquet(where: str) -> pq.ParquetFile:
    """Open a Parquet file at a path, or at a URL that fsspec knows."""
    import pyarrow.parquet as pq

    if "://" not in where:
        return pq.ParquetFile(where)
    with _using(where) as (system, path):
        return pq.ParquetFile(path, filesystem=system, pre_buffer=True)


def _stands(system: Any, target: str, path: Path) -> bool:  # noqa: ANN401
    """Tell whether a copy is there, whole and no older than the file."""
    if not system.exists(target):
        return False
    own = path.stat()
    try:
        made = system.modified(target).timestamp()
    except NotImplementedError:
        made = own.st_mtime
    return bool(system.size(target) == own.st_size and made >= own.st_mtime)


def _place(study: Study) -> str:
    storage = study.computing.storage or ""
    return storage if "://" in storage else str((study.folder / storage).absolute())


def _prefix(study: Study, wave: str) -> str:
    return f"{study.id}.{wave}."


def _remove(system: Any, root: str, prefix: str, *, kept: str) -> None:  # noqa: ANN401
    """Remove the copies of a wave but one; half-written ones of a run that was stopped go, too."""
    for name in system.ls(root, detail=False):
        own = name.rpartition("/")[2]
        if own.startswith(prefix) and own != kept.rpartition("/")[2]:
            system.rm_file(name)


@contextmanager
def _using(place: str) -> Iterator[tuple[Any, str]]:
    """Give the file system of a folder or URL, and the path within it."""
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        message = "A storage needs fsspec: pip install 'supertouch[cluster]'."
        raise UnsupportedError(message) from error
    try:
        system, path = url_to_fs(place)
        yield system, path.rstrip("/")
    except ImportError as error:
        rule = f"needs a package that is not installed ({error})."
        problem = Problem(place, "", rule, "Install it on every machine.")
        raise UnsupportedError(problem) from error
    except (OSError, ValueError) as error:
        rule = f"cannot be used ({reason(error)})."
        raise OutputError(Problem(place, "", rule, _CHECK)) from error
