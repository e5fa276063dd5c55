"""The questionnaire as files: made from the study, all of them written or none."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from supertouch.errors import OutputError, Problem, StudyError, UnsupportedError
from supertouch.saving import unwritable
from supertouch.study.model import Study, Text

if TYPE_CHECKING:
    from supertouch.instruments.questionnaire.asked import Added, Questionnaire
    from supertouch.instruments.questionnaire.versions import Versions
    from supertouch.stats.blocks import BlockPlan

__all__ = ["FORMATS", "Asked", "Format", "asked_files", "write_asked"]

Format = Literal["limesurvey", "qualtrics", "word"]
FORMATS: tuple[Format, ...] = get_args(Format)
Write = Callable[[Path], object]

_MAKING, _MOVING = ".making-", ".moving-"


@dataclass(frozen=True, slots=True)
class Asked:
    """A questionnaire ready to be written.

    Attributes
    ----------
    files : mapping of Path to callable
        What is written where.
    left_out : mapping of str to str
        Formats that cannot hold this questionnaire, and why.
    added : tuple of Added
        Columns that no question fills.
    remarks : tuple of Text
    blocks : tuple of tuple of str
        Touchpoints of each version of a split questionnaire.
    plan : BlockPlan or None
        How balanced blocks are that were made here.
    tables : Path or None
        The file with the ``[[data.blocks]]`` that the study file then needs.
    """

    files: Mapping[Path, Write]
    left_out: Mapping[Format, str]
    added: tuple[Added, ...]
    remarks: tuple[Text, ...]
    blocks: tuple[tuple[str, ...], ...]
    plan: BlockPlan | None
    tables: Path | None


def asked_files(
    study: Study,
    wave: str,
    *,
    folder: Path,
    formats: Sequence[Format] = (),
    languages: Sequence[str] = (),
    columns: bool = True,
) -> Asked:
    """Make the questionnaire of a wave in all formats; write nothing.

    Parameters
    ----------
    study : Study
    wave : str
        A wave of the study; its raw file need not be there.
    folder : Path
        Where the files are to go.
    formats : sequence of str
        Formats wanted. Where none is named, all that can hold the questionnaire.
    languages : sequence of str
        Languages to ask in; those of the study if none is named.
    columns : bool
        Whether the Word document names the columns of the data file.

    Raises
    ------
    UnsupportedError
        If a format that was named cannot hold the questionnaire.
    StudyError
        If wordings are missing, or the study file would not load with the blocks added.
    """
    from supertouch.instruments.questionnaire.making import questionnaire
    from supertouch.instruments.questionnaire.versions import block_tables, versions

    asked = questionnaire(study, wave, languages=languages)
    split = versions(study, wave)
    stem = folder / f"{study.id}_{wave}"
    files: dict[Path, Write] = {}
    left_out: dict[Format, str] = {}
    for kind in formats or FORMATS:
        try:
            files |= _WRITERS[kind](asked, stem, columns)
        except UnsupportedError as error:
            if formats:
                raise
            left_out[kind] = str(error)
    tables = None
    if split.plan is not None:
        text = block_tables(wave, split.column, split.blocks)
        _check_blocks(study, text)
        tables = _named(stem, "_blocks.toml")
        files[tables] = _text(f"{_BLOCKS_NOTE}\n{text}\n")
    return Asked(
        files=files,
        left_out=left_out,
        added=asked.added,
        remarks=asked.remarks,
        blocks=_members(split),
        plan=split.plan,
        tables=tables,
    )


_BLOCKS_NOTE = "# Put these at the end of the study file, so that it understands the answers."


def _members(split: Versions) -> tuple[tuple[str, ...], ...]:
    return tuple(block.touchpoints for block in split.blocks)


def _check_blocks(study: Study, text: str) -> None:
    """Make sure that the study file loads once the blocks are added to it."""
    from supertouch.study import load_study

    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder) / study.file.name
        before = study.file.read_text(encoding="utf-8-sig")
        trial.write_text(f"{before}\n\n{text}\n", encoding="utf-8")
        try:
            load_study(trial)
        except StudyError as error:
            rule = "would not load with the blocks of this questionnaire added to it."
            remedy = "Write [[data.blocks]] tables in place of a list, or describe them by hand."
            problem = Problem(study.file.name, "", rule, remedy)
            raise StudyError([problem, *error.problems]) from error


def _named(stem: Path, ending: str) -> Path:
    return stem.with_name(stem.name + ending)


def _text(text: str | bytes) -> Write:
    content = text.encode("utf-8") if isinstance(text, str) else text
    return lambda path: path.write_bytes(content)


def _limesurvey(asked: Questionnaire, stem: Path, columns: bool) -> dict[Path, Write]:  # noqa: ARG001
    from supertouch.instruments.questionnaire.limesurvey import limesurvey

    return {_named(stem, ".lss"): _text(limesurvey(asked))}


def _qualtrics(asked: Questionnaire, stem: Path, columns: bool) -> dict[Path, Write]:  # noqa: ARG001
    from supertouch.instruments.questionnaire.qualtrics import qualtrics

    return {_named(stem, ".qsf"): _text(qualtrics(asked))}


def _word(asked: Questionnaire, stem: Path, columns: bool) -> dict[Path, Write]:
    from supertouch.instruments.questionnaire.word import write_word

    def writer(code: str) -> Write:
        return lambda path: write_word(asked, path, language=code, columns=columns)

    return {_named(stem, f"_{code}.docx"): writer(code) for code in asked.languages}


_WRITERS: Mapping[Format, Callable[[Questionnaire, Path, bool], dict[Path, Write]]] = {
    "limesurvey": _limesurvey,
    "qualtrics": _qualtrics,
    "word": _word,
}


def write_asked(files: Mapping[Path, Write], *, force: bool = False) -> tuple[Path, ...]:
    """Write all files, or none; those that a stop kept from being moved are written anew.

    Raises
    ------
    OutputError
        If one is there already and ``force`` is not set, or one cannot be written.
    """
    folders = {path.parent for path in files}
    home = min(folders)
    stopped = [path for path in home.glob(f"{_MOVING}*") if path.is_dir()]
    there = [path for path in files if path.exists()]
    if there and not force and not stopped:
        remedy = "Write to another folder by --to, or overwrite it by --force."
        raise OutputError([Problem(str(path), "", "is there already.", remedy) for path in there])
    try:
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home, prefix=_MAKING) as part:
            for path, write in files.items():
                write(Path(part) / path.name)
            moving = home / f"{_MOVING}{Path(part).name}"
            os.rename(part, moving)
        for path in files:
            os.replace(moving / path.name, path)
        for left in (moving, *stopped, *home.glob(f"{_MAKING}*")):
            shutil.rmtree(left, ignore_errors=True)
    except OSError as error:
        raise unwritable(Path(error.filename or home), error) from error
    return tuple(files)
