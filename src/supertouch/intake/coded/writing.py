"""A wave's coded answers as an SPSS file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from supertouch.errors import Problem, UnsupportedError
from supertouch.intake.coded.codes import EmptyCodes, empty_codes
from supertouch.intake.coded.limits import (
    clipped,
    data_text,
    label,
    note_lines,
    spss_name,
    value_labels,
)
from supertouch.intake.coded.variables import Coding, Variable, variables
from supertouch.intake.coded.whole import write_whole
from supertouch.language import Language, language
from supertouch.saving import save
from supertouch.study.model import EMPTIES, FLAGS, Study

__all__ = ["write_coded"]

_FILE_LABEL = 64
_DECIMALS = 9
_WIDEST = 40


def write_coded(
    study: Study,
    wave_id: str,
    responses: pd.DataFrame,
    flags: pd.DataFrame,
    *,
    path: Path,
    files: pd.Series[str] | None = None,
) -> Path:
    """Write the accepted answers of a wave as an SPSS file, and return where.

    Items have the codes of the questionnaire and its labels; scores, bands and NPS groups are made
    from them as in all results. The four kinds of empty are user-missing, with the same codes in
    every variable and wave (`empty_codes`); where the kind is not known, a cell is system-missing.
    Variables are called as the columns of the responses. Texts are in the study's first language.

    Parameters
    ----------
    study, wave_id : Study, str
        What was asked.
    responses : DataFrame of n rows
        The accepted answers, with their final weights: ``Validated.responses``.
    flags : DataFrame
        The table ``flags`` of the wave.
    path : Path
        Where to write, ``.sav``. The rows are about persons.
    files : Series of n str, optional
        Raw file of each response, needed where the wave has several: rows are counted by file.

    Raises
    ------
    UnsupportedError
        If the wave has several files and ``files`` does not tell them apart.
    OutputError
        If the file cannot be written.
    """
    words = language(study.languages[0], study.own_words)
    codes = empty_codes(study)
    coding = Coding(
        study=study,
        wave=wave_id,
        responses=responses,
        flags=_flagged(wave_id, responses, flags, files),
        codes=codes,
        language=words,
        files=None if files is None else files.reset_index(drop=True),
    )
    found = list(variables(coding))
    table = pd.DataFrame({spss_name(item.name): _cells(item) for item in found})
    described = _described(found, table, codes, words)
    described["file_label"] = clipped(label(coding.said(study.title)), _FILE_LABEL)
    described["note"] = _note(coding)

    return save(path, lambda part: write_whole(table, part, described))


def _flagged(
    wave_id: str, responses: pd.DataFrame, flags: pd.DataFrame, files: pd.Series[str] | None
) -> pd.DataFrame:
    """Return a column per kind of flag: 1 for the responses that have it, else 0."""
    sources = sorted(set(flags["file"]))
    if files is None and len(sources) > 1:
        place, names = f"wave '{wave_id}', coded file", ", ".join(sources)
        rule = "have rows of the same numbers, and it is not known which response is of which."
        raise UnsupportedError(Problem(place, names, rule, "Give the raw file of each response."))
    where = {"row": responses["row"].to_numpy()}
    if files is not None:
        where["file"] = files.to_numpy()
    own = pd.MultiIndex.from_frame(pd.DataFrame(where))
    columns = {}
    for flag in FLAGS:
        lines = flags.loc[flags["flag"] == flag, list(where)]
        columns[flag] = own.isin(pd.MultiIndex.from_frame(lines)).astype(np.float64)
    return pd.DataFrame(columns)


def _cells(item: Variable) -> NDArray[Any]:
    values = item.values
    return data_text(values).to_numpy(dtype=object) if isinstance(values, pd.Series) else values


def _described(
    found: Sequence[Variable], table: pd.DataFrame, codes: EmptyCodes, words: Language
) -> dict[str, Any]:
    """Return labels, user-missing ranges, levels of measurement and formats of the variables."""
    names = [spss_name(item.name) for item in found]
    empty = {kind: words.say(f"empty.{kind}") for kind in EMPTIES}
    texts = {
        name: value_labels(
            dict(item.texts) | {codes.of(kind): empty[kind] for kind in item.empties}
        )
        for name, item in zip(names, found, strict=True)
    }
    return {
        "column_labels": {
            name: label(item.label, after=item.about)
            for name, item in zip(names, found, strict=True)
        },
        "variable_value_labels": {name: held for name, held in texts.items() if held},
        "missing_ranges": {
            name: [{"lo": codes.first, "hi": codes.last}]
            for name, item in zip(names, found, strict=True)
            if item.empties
        },
        "variable_measure": {name: item.measure for name, item in zip(names, found, strict=True)},
        "variable_format": {
            name: _format(table[name].to_numpy(np.float64))
            for name, item in zip(names, found, strict=True)
            if not isinstance(item.values, pd.Series)
        },
    }


def _format(values: NDArray[np.float64]) -> str:
    """Return how wide numbers are and how many decimals they show."""
    told = values[~np.isnan(values)]
    decimals = next(
        (k for k in range(_DECIMALS) if np.allclose(told, np.round(told, k), rtol=0, atol=1e-9)),
        _DECIMALS,
    )
    whole = len(f"{np.abs(told).max(initial=0):.0f}")
    decimals = min(decimals, 4) if decimals == _DECIMALS else decimals
    return f"F{min(_WIDEST, whole + decimals + 2)}.{decimals}"


def _note(coding: Coding) -> list[str]:
    """Say in the file itself what it holds and how it is to be read."""
    codes, say = coding.codes, coding.language.say
    texts = {kind: say(f"empty.{kind}") for kind in EMPTIES}
    kinds = ", ".join(f"{codes.of(kind):g} {text}" for kind, text in texts.items())
    wave = coding.said(coding.study.wave(coding.wave).label) or coding.wave
    lines = [
        say("coded.note_title", title=label(coding.said(coding.study.title)), wave=label(wave)),
        say("coded.note_base", n=coding.language.integer(len(coding.responses))),
        say("coded.note_codes", kinds=kinds),
        say("coded.note_scores"),
        say("coded.note_weight"),
    ]
    return [line for text in lines for line in note_lines(text)]
