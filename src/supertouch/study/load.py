"""Load study.toml into a Study, or say everything that is wrong with it at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from supertouch.errors import DataError, Problem, StudyError
from supertouch.study.build import build
from supertouch.study.checks import CHECKS, Draft, Headers, check_headers
from supertouch.study.model import Study
from supertouch.study.planned import without_planned
from supertouch.study.shape import shape
from supertouch.study.toml import parse

__all__ = ["load_study"]

_MOST_BYTES = 20_000_000


def load_study(
    path: str | Path,
    *,
    raw: str | Path | None = None,
    headers: Headers | None = None,
    scheduler: str | None = None,
) -> Study:
    """Load and check a study file.

    Parameters
    ----------
    path
        The study file; its folder is the study's folder.
    raw
        Folder of the raw files, in place of the one that the study file names.
    headers
        Gives the column names of a raw file and sheet, stripped of surrounding blanks. When it is
        given, every wave must have its file and every file the columns that the study names;
        otherwise no raw file is looked at.
    scheduler
        Address of a cluster to compute on, in place of the one that the study file names.

    Raises
    ------
    StudyError
        With every mistake found: in the TOML, in single values, between the parts, and (with
        ``headers``) between the study and its raw files.
    DataError
        If the study file is sound, but a raw file cannot be opened.

    Examples
    --------
    >>> import supertouch
    >>> demo = Path(supertouch.__file__).parent / "demo" / "study.toml"
    >>> study = load_study(demo)
    >>> len(study.touchpoints), [wave.id for wave in study.waves]
    (24, ['2026q1', '2026q2', '2026q3'])
    """
    path, raw = Path(path), None if raw is None else Path(raw)
    for place in (path, raw):
        _reject_unreadable(place)
    stamp = _stamp(path)  # before it is read: what is changed meanwhile is noticed later
    text = _text(path)
    parsed = parse(text, file=path.name)
    problems = parsed.problems
    if parsed.failed:
        raise StudyError(problems)
    shaped = shape(parsed.content, file=path.name, spoiled=parsed.spoiled)
    study = build(shaped.document, path=path, raw=raw, scheduler=scheduler)
    draft = Draft(path.name, shaped.document, study, shaped.spoiled)
    problems += shaped.problems
    for check in CHECKS:
        problems += check(draft)
    study = replace(without_planned(study), stamp=stamp)
    analysed = Draft(path.name, shaped.document, study, shaped.spoiled)
    found, of_files = check_headers(analysed, headers) if headers is not None else ([], [])
    if problems or found:
        raise StudyError(list(dict.fromkeys([*problems, *of_files, *found])))
    if of_files:
        raise DataError(of_files)
    return study


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def _reject_unreadable(path: Path | None) -> None:
    """Refuse a path that is no text: what is written below it could not be named again."""
    try:
        str((path or Path()).absolute()).encode("utf-8")
    except UnicodeEncodeError as error:
        rule = "has a name, or lies in a folder with one, that is no text in UTF-8."
        raise StudyError(Problem(str(path), "", rule, "Rename the file or the folder.")) from error


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            rule = f"is larger than any study file ({_MOST_BYTES // 1_000_000} MB)."
            raise StudyError(Problem(str(path), "", rule, "Name a study file, not a data file."))
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        raise StudyError(
            Problem(
                str(path),
                "",
                f"cannot be read ({error.strerror}).",
                "Name a study file, for example study.toml.",
            )
        ) from error
    except UnicodeDecodeError as error:
        raise StudyError(
            Problem(
                str(path),
                f"byte {error.start}",
                "is not UTF-8.",
                "Save the study file as UTF-8 in your editor.",
            )
        ) from error
