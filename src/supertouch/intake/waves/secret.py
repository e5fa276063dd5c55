"""Identifiers under a secret: hashed with a salt that is kept outside the store."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from supertouch.errors import DataError, OutputError, Problem
from supertouch.intake.recode import texts
from supertouch.intake.waves.disk import saving, write_text
from supertouch.saving import sync
from supertouch.study.model import Study

__all__ = [
    "fingerprint",
    "forgotten_marks",
    "keep_marks",
    "marked",
    "opened_salt",
    "pseudonyms",
    "salt_file",
]

VARIABLE = "SUPERTOUCH_SALT_FILE"
_NAME = ".supertouch-salt"
_DIGITS = 20


def salt_file(study: Study) -> Path:
    """Return where the salt is kept: beside the study file, or where the environment says."""
    elsewhere = os.environ.get(VARIABLE)
    return Path(elsewhere) if elsewhere else study.folder / _NAME


def opened_salt(study: Study, used: Collection[str]) -> bytes:
    """Return the study's salt, 32 bytes; make it if nothing was ever hashed.

    Parameters
    ----------
    study : Study
        Whose salt.
    used : collection of str
        Fingerprints of the salts by which the store's identifiers were hashed.

    Raises
    ------
    DataError
        If the salt is missing, broken or another one although the store holds hashed identifiers:
        a new one would make strangers of people that the store knows.
    OutputError
        If it cannot be written.
    """
    path = salt_file(study)
    used = {*used, *(line[1:].strip() for line in _lines(study) if line.startswith("#"))}
    if not path.exists() and not used:
        _make(path)
    salt = _read(path)
    if salt is None or used - {fingerprint(salt)}:
        rule = "is missing," if salt is None else "is not the salt"
        raise DataError(
            Problem(
                str(path),
                "",
                f"{rule} by which the identifiers in the store were hashed.",
                f"Put the right file back, or name it in {VARIABLE}. If it is lost, remove "
                f"{_remains(study)}, and run `supertouch ingest --force`.",
            )
        )
    return salt


def _remains(study: Study) -> str:
    """Return what a lost salt leaves without use, and whom that concerns."""
    marks = _marks_file(study)
    forgotten = f" and {marks} (whom it kept out must be forgotten anew)" if marks.exists() else ""
    return f"{study.processed / 'store'}{forgotten}"


def _read(path: Path) -> bytes | None:
    try:
        text = path.read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        rule = f"cannot be read ({error.strerror})."
        raise DataError(
            Problem(str(path), "", rule, "Give yourself the right to read it.")
        ) from None
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        rule = "is not a salt: 64 hexadecimal digits."
        raise DataError(Problem(str(path), "", rule, "Put the right file back."))
    return bytes.fromhex(text)


def _make(path: Path) -> None:
    """Make a salt that only its owner can read; of two processes, both take the first one's."""
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with saving(path):
        try:
            write_text(part, secrets.token_hex(32) + "\n", mode=0o600)
            os.link(part, path)
        except FileExistsError:
            return
        except OSError:  # a file system without links
            os.rename(part, path)
        finally:
            part.unlink(missing_ok=True)
        sync(path.parent)


def fingerprint(salt: bytes) -> str:
    """Return by what a salt is recognised, which tells nothing of it."""
    return hashlib.sha256(b"supertouch salt " + salt).hexdigest()[:16]


def pseudonyms(ids: pd.Series[Any], salt: bytes) -> pd.Series[str]:
    """Return identifiers as the first 20 hexadecimal digits of HMAC-SHA256; blanks stay missing.

    1, 1.0 and "1" are the same person, in all waves that share the salt.
    """
    return _spread(texts(ids), salt, b"")


def marked(hashed: pd.Series[str], salt: bytes) -> pd.Series[str]:
    """Return by what a forgotten person is recognised when a file brings them in again."""
    return _spread(hashed, salt, b"forgotten ")


def _spread(text: pd.Series[str], salt: bytes, before: bytes) -> pd.Series[str]:
    position, distinct = pd.factorize(text)
    digests = [hmac.digest(salt, before + str(id_).encode(), "sha256").hex() for id_ in distinct]
    named = pd.Series([*(digest[:_DIGITS] for digest in digests), None], dtype="str")
    return named.iloc[position].set_axis(text.index)


def _marks_file(study: Study) -> Path:
    path = salt_file(study)
    return path.with_name(f"{path.name}.forgotten")


def _lines(study: Study) -> list[str]:
    path = _marks_file(study)
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        rule = f"cannot be read ({error})."
        raise OutputError(Problem(str(path), "", rule, "Take it back from a backup.")) from error


def forgotten_marks(study: Study, wave: str) -> frozenset[str]:
    """Return the marks of the people who are not to be stored again in a wave."""
    marks = (line.partition(" ") for line in _kept(study))
    return frozenset(mark for mark, _, only in marks if only in ("", wave))


def _kept(study: Study) -> list[str]:
    """Return the lines of marks: a mark, and the wave if it holds for one wave only."""
    return [line for line in _lines(study) if line and not line.startswith("#")]


def keep_marks(
    study: Study, marks: Iterable[str], salt: bytes, *, waves: Collection[str] = ()
) -> None:
    """Add marks to those that are kept, beside the salt and never in the store.

    They hold in ``waves`` only, in all waves if none is named.
    """
    new = {f"{mark} {wave}" if wave else mark for mark in marks for wave in waves or ("",)}
    every = [f"# {fingerprint(salt)}", *sorted(new.union(_kept(study)))]
    path = _marks_file(study)
    with saving(path):
        write_text(path, "".join(f"{line}\n" for line in every), mode=0o600)
