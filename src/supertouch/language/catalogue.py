"""Find the words of a language in its files, and say everything that they lack.

A language is a file ``languages/CODE.toml``: one that comes with supertouch, or one beside a study
file. A region's file (``de-CH.toml``) holds only what differs from its language; a study's own
file may also replace single words of a language that comes with supertouch.
"""

from __future__ import annotations

import re
import string
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from supertouch.errors import Problem, StudyError, SupertouchError, UnsupportedError
from supertouch.language.words import NARROW, Language
from supertouch.saving import reason

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from babel import Locale

__all__ = ["available", "language", "speaks", "spoken"]

REFERENCE = "en"
_SPELLING = "spelling."
_PERCENT = re.compile(r"(?<=\d)\s?%")
_DIGIT = re.compile(r"\d")
_BREAKING = re.compile(r"[{}\d]")
_LONGEST_SPELLING = 10
_COUNTED = range(200)
_MOST_NAMED = 200

Words = dict[str, str]


def available(folder: Path | None = None) -> tuple[str, ...]:
    """Return the codes of the languages that there are words for, those in ``folder`` too."""
    return tuple(sorted({name for place in _places(folder) for name in _stems(place)}))


def speaks(code: str, folder: Path | None = None) -> bool:
    """Tell whether there are words for ``code``: for its region or for its language."""
    return not set(_lineage(code)).isdisjoint(available(folder))


def spoken(codes: Iterable[str], folder: Path | None = None) -> tuple[Language, ...]:
    """Read several languages, the default one first.

    Raises
    ------
    SupertouchError
        As `language` does, with the problems of all of them.
    """
    found, errors = [], []
    for code in codes:
        try:
            found.append(language(code, folder))
        except SupertouchError as error:
            errors.append(error)
    if errors:
        raise type(errors[0])([problem for error in errors for problem in error.problems])
    return tuple(found)


def language(code: str, folder: Path | None = None) -> Language:
    """Read the language ``code``, such as ``de`` or ``de-CH``.

    Parameters
    ----------
    code
        A language, with its region if need be.
    folder
        Folder of a study's own languages; it need not be there.

    Raises
    ------
    UnsupportedError
        If there are no words for it, or nothing is known of how it writes numbers.
    StudyError
        If its words are not complete: with everything that lacks, is unknown or does not fit.
    """
    return _language(code, folder, _stamps(folder))


def _stamps(folder: Path | None) -> tuple[tuple[str, int], ...]:
    """Return when each file of words beside a study was changed, so that none is read twice."""
    if folder is None or not folder.is_dir():
        return ()
    return tuple(sorted((path.name, path.stat().st_mtime_ns) for path in folder.glob("*.toml")))


@cache
def _language(code: str, folder: Path | None, stamps: object) -> Language:  # noqa: ARG001
    if not speaks(code, folder):
        rule = f"there are no words for it; there are {', '.join(available(folder))}."
        remedy = f"Choose one of these, or write languages/{code}.toml beside the study file."
        raise UnsupportedError(Problem("study file, languages", code, rule, remedy))
    from babel.numbers import get_decimal_symbol, get_group_symbol

    locale = _locale(code)
    words, spelling = _read(code, folder)
    if folder is not None and not set(_lineage(code)).isdisjoint(_stems(folder)):
        _check(code, words, locale, folder)
    return Language(
        code=code,
        name=_name(code, words),
        words={key: _spelt(text, spelling) for key, text in words.items()},
        locale=locale,
        decimal=get_decimal_symbol(locale),
        thousands=get_group_symbol(locale),
        percent_sign=_percent_sign(locale),
    )


def _places(folder: Path | None) -> Iterator[Traversable]:
    yield resources.files("supertouch") / "languages"
    if folder is not None and folder.is_dir():
        yield folder


def _stems(place: Traversable) -> set[str]:
    names = (item.name for item in place.iterdir()) if place.is_dir() else ()
    return {name.removesuffix(".toml") for name in names if name.endswith(".toml")}


def _lineage(code: str) -> tuple[str, ...]:
    """Return a tag after its language: ``de``, ``de-CH``."""
    parts = code.split("-")
    return tuple("-".join(parts[: count + 1]) for count in range(len(parts)))


@cache
def _locale(code: str) -> Locale:
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError) as error:
        rule = "nothing is known of how this language or region writes numbers and dates."
        remedy = "Write the language alone, or a region where it is spoken, such as de-CH."
        problem = Problem("study file, languages", code, rule, remedy)
        raise UnsupportedError(problem) from error
    if locale.text_direction != "ltr":
        rule = "is written from right to left; reports are laid out from left to right."
        problem = Problem("study file, languages", code, rule, "Choose another language.")
        raise UnsupportedError(problem)
    return locale


@cache
def _percent_sign(locale: Locale) -> str:
    pattern = str(locale.percent_formats[None].pattern)
    return f"{NARROW}%" if re.search(r"\s%$", pattern) else "%"


def _name(code: str, words: Mapping[str, str]) -> str:
    """Return what a language calls itself, with its region in brackets."""
    if "-" not in code:
        return words["language.name"]
    return str(_locale(code).get_display_name())


def _read(code: str, folder: Path | None) -> tuple[Words, Words]:
    """Return the words of a language and region, own ones above all, and how they are spelt."""
    words: Words = {}
    for name in _lineage(code):
        for place in _places(folder):
            file = place / f"{name}.toml"
            if file.is_file():
                own = _texts(_parsed(file, name), name)
                words |= {key: _numbers_as_in(text, name, code) for key, text in own.items()}
    spelling = {
        key.removeprefix(_SPELLING): words.pop(key)
        for key in list(words)
        if key.startswith(_SPELLING)
    }
    _check_spelling(code, spelling)
    return words, spelling


def _check_spelling(code: str, spelling: Words) -> None:
    """Refuse spellings that would break texts, or let them grow from one to the next."""
    for written, meant in spelling.items():
        short = 0 < len(written) <= _LONGEST_SPELLING >= len(meant)
        breaks = _BREAKING.search(written + meant) or any(old in meant for old in spelling)
        if not short or breaks:
            rule = (
                f"must replace at most {_LONGEST_SPELLING} signs by as many, without braces and "
                "digits, and by none that are themselves replaced."
            )
            place = f"languages/{code}.toml, [spelling]"
            raise StudyError(Problem(place, written, rule, 'Write lines such as "ß" = "ss".'))


@cache
def _reference() -> Words:
    return _read(REFERENCE, None)[0]


def _parsed(file: Traversable, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n"))
    except RecursionError as error:
        raise _unfit(name, "nests brackets too deep.") from error
    except (OSError, ValueError) as error:
        raise _unfit(name, f"cannot be read ({reason(error)}).") from error


def _unfit(name: str, rule: str) -> StudyError:
    remedy = "Correct the file; save it as UTF-8."
    return StudyError(Problem(f"languages/{name}.toml", "", rule, remedy))


def _texts(tree: Mapping[str, Any], name: str) -> Words:
    """Return the words of a file by their keys."""
    found = dict(_flat(tree))
    strange = [key for key, text in found.items() if not isinstance(text, str)]
    if strange:
        rule = f"holds what is no text: {', '.join(strange[:_MOST_NAMED])}."
        raise StudyError(Problem(f"languages/{name}.toml", "", rule, "Put texts in quotes."))
    return found


def _flat(tree: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    heap: list[tuple[str, Any]] = [("", tree)]
    while heap:
        name, value = heap.pop()
        if isinstance(value, Mapping):
            dot = "." if name else ""
            heap += [(f"{name}{dot}{key}", item) for key, item in value.items()][::-1]
        else:
            yield name, value


def _spelt(text: str, spelling: Mapping[str, str]) -> str:
    """Return a text in the spelling of the region: ss for ß where that is said."""
    for written, meant in spelling.items():
        text = text.replace(written, meant)
    return text


def _numbers_as_in(text: str, written: str, code: str) -> str:
    """Return words of one language with the numbers in them as the region writes them."""
    from babel.numbers import get_decimal_symbol, get_group_symbol

    old, new = _locale(written), _locale(code)
    text = _PERCENT.sub(_percent_sign(new), text)
    if written == code or not _DIGIT.search(text):
        return text
    group, point = (re.escape(symbol(old)) for symbol in (get_group_symbol, get_decimal_symbol))
    return re.sub(
        rf"(?<!\d)(\d{{1,3}}(?:{group}\d{{3}})+|\d+)(?:{point}(\d+))?(?!\d)",
        lambda found: (
            re.sub(group, get_group_symbol(new), found[1])
            + (f"{get_decimal_symbol(new)}{found[2]}" if found[2] else "")
        ),
        text,
    )


def _check(code: str, words: Mapping[str, str], locale: Locale, folder: Path) -> None:
    """Hold a study's own words against the reference: what they lack, and what is too much."""
    known = {key: _fields(text) for key, text in _reference().items()}
    counted = {key.removesuffix(".one") for key in known if key.endswith(".one")}
    forms = Counter(locale.plural_form(n) for n in _COUNTED)
    needed = {key for key in known if key.rpartition(".")[0] not in counted}
    needed |= {f"{key}.{form}" for key in counted for form in forms}
    extra = {f"{key}.{form}" for key in counted for form in (*locale.plural_form.tags, "other")}
    unfit = []
    for key in (needed | extra) & words.keys():
        stem, _, form = key.rpartition(".")
        least = most = known.get(key, set())
        if stem in counted:
            one, other = known[f"{stem}.one"], known[f"{stem}.other"]
            least, most = one & other if forms[form] == 1 else other, one | other
        if not least <= _fields(words[key]) <= most:
            unfit.append(key)
    faults = (
        (needed - words.keys(), "has no words for", "Add these keys."),
        (words.keys() - needed - extra, "has unknown keys:", "Correct them or take them out."),
        (unfit, "has other places in braces than English:", "Correct these texts."),
    )
    names = [f"languages/{name}.toml" for name in _lineage(code) if name in available(folder)]
    problems = [
        _flaw(" and ".join(names), sorted(keys), rule, remedy)
        for keys, rule, remedy in faults
        if keys
    ]
    if problems:
        raise StudyError(problems)


def _flaw(files: str, keys: list[str], rule: str, remedy: str) -> Problem:
    named = ", ".join(keys[:_MOST_NAMED])
    more = f" and {len(keys) - _MOST_NAMED} more" if len(keys) > _MOST_NAMED else ""
    return Problem(files, "", f"{rule} {named}{more}.", remedy)


def _fields(text: str) -> set[str]:
    """Return the places in a text; those that are no plain names in braces under no name at all."""
    try:
        found = list(string.Formatter().parse(text))
    except ValueError:
        return {"{"}
    return {
        name if not spec and not conversion and name.isidentifier() else "{"
        for _, name, spec, conversion in found
        if name is not None
    }
