"""Check the study against the raw files: that they are there and have the columns it names."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from pathlib import Path

from supertouch.errors import Problem, SupertouchError
from supertouch.study.checks.columns import PART, expanded, named_columns
from supertouch.study.checks.deciding import mentions_there
from supertouch.study.checks.draft import Draft
from supertouch.study.checks.patterns import Gap, wrong_patterns
from supertouch.study.checks.planned import arrived
from supertouch.study.checks.report import template_there
from supertouch.study.checks.waves import stays_inside
from supertouch.study.document import found_in
from supertouch.study.exported_names import returned
from supertouch.study.fields import Spec
from supertouch.study.model import Wave
from supertouch.study.wording import Loc, listed, nearest, place, toml_value

__all__ = ["Headers", "check_headers", "matching_files"]

_SEEN = 10_000

Headers = Callable[[Path, str | None], Sequence[str]]


def matching_files(raw: Path, pattern: str) -> list[Path]:
    """Return the raw files that a wave's pattern names, sorted; an exact name goes first.

    Parameters
    ----------
    raw
        Folder of the raw files.
    pattern
        A file's name, or a pattern with ``*``, ``?`` or ``[…]``.
    """
    if (raw / pattern).is_file():
        return [raw / pattern]
    return sorted(path for path in raw.glob(pattern) if path.is_file())


@dataclass(slots=True)
class _Missing:
    """A column that some files do not have: who names it, and by wave the nearest that is there."""

    locs: dict[Loc, None] = field(default_factory=dict)
    files: dict[str, None] = field(default_factory=dict)
    waves: dict[str, str | None] = field(default_factory=dict)

    def add(self, gap: Gap) -> None:
        """Add one place in one file."""
        self.locs[gap.loc] = self.files[gap.file] = None
        self.waves[gap.wave] = self.waves.get(gap.wave) or gap.near

    @property
    def place(self) -> Loc:
        """Where the column is named first."""
        return next(iter(self.locs))

    @property
    def near(self) -> list[str]:
        """The nearest columns that the files do have."""
        return sorted({name for name in self.waves.values() if name})


@dataclass(slots=True)
class _Look:
    """What a look at the raw files brought to light: problems of the study, and of the files."""

    headers: Headers
    study: list[Problem] = field(default_factory=list)
    files: list[Problem] = field(default_factory=list)
    known: dict[tuple[Path, str | None], list[str]] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)

    def header(self, file: Path, sheet: str | None) -> list[str]:
        """Return the columns of a file, none where it cannot be opened or has been told already."""
        if (file, sheet) not in self.known:
            try:
                self.known[file, sheet] = list(self.headers(file, sheet))
            except SupertouchError as error:
                self.files += error.problems
                self.known[file, sheet] = []
        return self.known[file, sheet]


def check_headers(draft: Draft, headers: Headers) -> tuple[list[Problem], list[Problem]]:
    """Find waves without a raw file and columns that the raw files do not have.

    Parameters
    ----------
    draft
        The study under check.
    headers
        Gives the column names of a file and sheet, stripped of surrounding blanks.

    Returns
    -------
    tuple
        The problems of the study file, and those of raw files that cannot be opened.
    """
    if not draft.study.raw.is_dir():
        return [_no_folder(draft)], []
    look = _Look(headers)
    readers: dict[tuple[Path, str | None], Wave] = {}
    for wave in draft.study.waves:
        if draft.broken("waves", wave.id) or not stays_inside(wave.file):
            continue
        files = matching_files(draft.study.raw, wave.file)
        if not files:
            look.study.append(_no_file(draft, wave))
        look.study += _read_before(draft, wave, files, readers)
        for file in files:
            _compare(draft, wave, file, look)
    wrong, rest = wrong_patterns(draft, look.gaps)
    look.study += wrong
    missing: dict[str, _Missing] = {}
    for gap in rest:
        missing.setdefault(gap.column, _Missing()).add(gap)
    look.study += [_missing_problem(draft, column, found) for column, found in missing.items()]
    look.study += _unknown_private(draft, look)
    look.study += mentions_there(draft)
    look.study += template_there(draft)
    look.study += arrived(draft.study, matching_files)
    return look.study, look.files


def _unknown_private(draft: Draft, look: _Look) -> Iterator[Problem]:
    """Find columns to keep or not to store that no file has: a slip here would store them."""
    private = [*draft.study.privacy.keep, *draft.study.privacy.drop]
    seen = {name for header in look.known.values() for name in _restored(header, private)}
    if look.files or not seen:
        return
    for key in ("keep", "drop"):
        for name in dict.fromkeys(getattr(draft.study.privacy, key)):
            if name not in seen:
                meant = nearest(name, seen)
                hint = f'The nearest is "{meant}".' if meant else "Correct it, or take it out."
                yield draft.problem(("privacy", key), name, "no file has such a column.", hint)


def _no_folder(draft: Draft) -> Problem:
    raw = draft.study.raw
    if raw != draft.study.folder / draft.document.data.raw:
        remedy = "Name the folder that the raw files lie in."
        return Problem("--raw", f"'{raw}'", "there is no such folder.", remedy)
    return Problem(
        place(draft.file, ("data", "raw")),
        f"'{raw}'",
        "there is no such folder.",
        "Put the raw files there, or name their folder.",
    )


def _read_before(
    draft: Draft, wave: Wave, files: list[Path], readers: dict[tuple[Path, str | None], Wave]
) -> Iterator[Problem]:
    """Find files that two waves would read as a whole through different patterns."""
    for file in files:
        first = readers.setdefault((file, wave.sheet), wave)
        chosen = wave.values or wave.start or first.values or first.start
        if first is not wave and first.file != wave.file and not chosen:
            yield draft.problem(
                ("waves", wave.id, "file"),
                wave.file,
                f"takes in '{file.name}', which wave '{first.id}' reads as {first.file!r}.",
                "Write patterns that no file fits twice.",
            )


def _no_file(draft: Draft, wave: Wave) -> Problem:
    raw = draft.study.raw
    seen = islice(raw.rglob("*"), _SEEN)
    names = [path.relative_to(raw).as_posix() for path in seen if path.is_file()]
    names = sorted(name for name in names if not name.startswith("."))
    meant = nearest(wave.file, names)
    there = f"There are: {listed(names)}." if names else "The folder is empty."
    loc = ("waves", wave.id, "file") if draft.document.waves[wave.id].file else ("data", "file")
    return draft.problem(
        loc,
        wave.file,
        f"no file in '{raw}' has this name (wave '{wave.id}').",
        f"The nearest is '{meant}'." if meant else there,
    )


def _compare(draft: Draft, wave: Wave, file: Path, look: _Look) -> None:
    header = look.header(file, wave.sheet)
    named = [
        (loc, column)
        for loc, name in named_columns(draft, wave)
        for column in expanded(draft, name)
    ]
    columns = {column for _, column in named}
    if not header:
        return
    header = _restored(header, columns)
    if len(columns) > 1 and columns.isdisjoint(header):
        look.study.append(_stranger(draft, wave, file, header, len(columns)))
        return
    free = [name for name in header if name not in columns]
    look.gaps += [
        Gap(loc, column, wave.id, file.name, nearest(column, free))
        for loc, column in named
        if column not in header
    ]


def _restored(header: list[str], columns: Collection[str]) -> list[str]:
    """Return a header with the study's names for columns that bear a survey platform's codes."""
    names = returned(header, columns).names
    return [names.get(name, name) for name in header]


def _stranger(draft: Draft, wave: Wave, file: Path, header: list[str], n: int) -> Problem:
    loc = ("waves", wave.id, "file") if draft.document.waves[wave.id].file else ("data", "file")
    return draft.problem(
        loc,
        file.name,
        f"has none of the {n} columns that the study names (wave '{wave.id}'). "
        f"Header seen: {listed(header, limit=8)}.",
        "Is it the right file? Is there a title line above the header? Then remove that line.",
    )


def _missing_problem(draft: Draft, column: str, gap: _Missing) -> Problem:
    waves = f"{'wave' if len(gap.waves) == 1 else 'waves'} {listed(gap.waves)}"
    files = listed(f"'{name}'" for name in gap.files)
    others = [place("", loc).removeprefix(", ") for loc in list(gap.locs)[1:]]
    also = f" ({listed(others)} names it too)" if others else ""
    nearest_words = f"; nearest there: {listed(gap.near)}" if gap.near else ""
    return draft.problem(
        gap.place,
        column,
        f"no such column in {files} ({waves}){nearest_words}{also}.",
        _remedy(draft, column, gap) + _searched(draft, gap),
    )


def _searched(draft: Draft, gap: _Missing) -> str:
    """Return how to search for the column where the wave before has it."""
    waves = [wave.id for wave in draft.study.waves]
    for before, wave in pairwise(waves):
        if wave in gap.waves and before not in gap.waves:
            return (
                f" `supertouch drift --wave {wave}` looks for it under another name and writes the "
                "edit."
            )
    return ""


def _remedy(draft: Draft, column: str, gap: _Missing) -> str:
    """Return the line to write: another name in these waves, or that they did not ask it."""
    loc = gap.place
    key = str(loc[-1])
    written = {name for wave in draft.study.waves for _, name in named_columns(draft, wave)}
    if column not in written:
        return f"Correct the name with {PART}, or part in [brands.ID]."
    everywhere = len(gap.waves) == len(draft.study.waves) and len(gap.near) <= 1
    renamed = toml_value(_override(draft, column, gap, "NAME"))
    if key == "items":
        in_waves = "" if everywhere else f", or write {renamed} in items if it was renamed"
        return f"Correct the name in items{in_waves}."
    if everywhere:
        named = next(iter(gap.near), "NAME")
        off = f"{key} = false if it was not asked" if loc[0] == "touchpoints" else "take it out"
        return f'Write {key} = "{named}" if that is the column, or {off}.'
    absent = toml_value(_override(draft, column, gap, False))
    waves = [wave.id for wave in draft.study.waves if wave.id not in gap.waves]
    limit = f", or waves = {toml_value(waves)}" if loc[0] == "outcomes" else ""
    return f"If it was renamed, write {key} = {renamed}; if not asked, {key} = {absent}{limit}."


def _override(
    draft: Draft, column: str, gap: _Missing, fallback: str | bool
) -> dict[str, str | bool]:
    """Return the per-wave names that would mend the gap, beside those written already."""
    written = next(
        (
            spec
            for loc, spec in found_in(draft.document, Spec)
            if loc[: len(gap.place)] == gap.place and (loc == gap.place or column in spec.names)
        ),
        Spec(),
    )
    start: dict[str, str | bool] = {} if written.default is None else {"default": written.default}
    start.update(written.by_wave)
    for wave, near in gap.waves.items():
        start[wave] = (near or fallback) if fallback else fallback
    return start
