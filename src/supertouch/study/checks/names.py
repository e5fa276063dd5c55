"""Check ids, languages and texts, and that a study has what makes it one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from supertouch.errors import Problem
from supertouch.study.checks.draft import Draft
from supertouch.study.document import found_in
from supertouch.study.fields import LANGUAGE, Texts, code_of_key
from supertouch.study.model import Code
from supertouch.study.wording import Loc, nearest, toml_value

__all__ = ["check_code_keys", "check_content", "check_ids", "check_texts"]

_WORD = (r"[a-z][a-z0-9_]*", "small letters, digits and _, beginning with a letter")
_FREE = (r"[A-Za-z0-9][A-Za-z0-9_-]*", "letters, digits, _ and -, beginning with a letter or digit")
_SHAPES = {
    "scales": _WORD,
    "touchpoints": _WORD,
    "outcomes": _WORD,
    "segments": _WORD,
    "brands": _WORD,
    "waves": _FREE,
}
_LONGEST = 80
_DEVICES = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]", re.IGNORECASE)
_RESERVED = {
    "touchpoints": {
        "segment": "names the segment columns",
        "together": "names all changes together in the table whatif",
    },
    "outcomes": {"segment": "names the segment columns"},
    "waves": {"default": "stands for all other waves where columns are named"},
}
_NEEDED = {
    "touchpoints": '[touchpoints.hotline] with label = { … } and phase = "after"',
    "outcomes": '[outcomes.recommendation] with label, role = "recommendation" and column',
    "waves": '[waves.w1] with label and file = "wave1.csv"',
}


def check_ids(draft: Draft) -> Iterator[Problem]:
    """Find ids that are written wrongly, reserved, or used twice."""
    if not re.fullmatch(_FREE[0], draft.study.id):
        yield draft.problem(
            ("study", "id"),
            draft.study.id,
            f"an id here is made of {_FREE[1]}.",
            "Write another id.",
        )
    elif len(draft.study.id) > _LONGEST:
        yield _no_file_name(draft, ("study", "id"), draft.study.id)
    for table, (pattern, words) in _SHAPES.items():
        folded: dict[str, str] = {}
        for id_ in getattr(draft.document, table):
            if not re.fullmatch(pattern, id_):
                yield draft.problem(
                    (table, id_),
                    id_,
                    f"an id here is made of {words}.",
                    f"{_advice(table, id_)}; the label may hold anything.",
                )
            if len(id_) > _LONGEST or (table == "waves" and _DEVICES.fullmatch(id_)):
                yield _no_file_name(draft, (table, id_), id_)
            if id_ in _RESERVED.get(table, {}):
                reason = _RESERVED[table][id_]
                yield draft.problem(
                    (table, id_), id_, f"this id is reserved: it {reason}.", "Write another id."
                )
            if id_.casefold() in folded:
                yield draft.problem(
                    (table, id_),
                    id_,
                    f"differs from '{folded[id_.casefold()]}' in upper and lower case only.",
                    "Rename one of the two; ids also name files.",
                )
            folded.setdefault(id_.casefold(), id_)
    yield from _shared(draft)


def _no_file_name(draft: Draft, loc: Loc, id_: str) -> Problem:
    """Return the problem of an id from which no file can be named, here or on other machines."""
    if len(id_) > _LONGEST:
        rule = f"an id has at most {_LONGEST} signs; this one has {len(id_)}."
        return draft.problem(loc, id_, rule, "Write a shorter one; the label may be long.")
    rule = "no file may have this name on Windows, and ids of waves name files."
    return draft.problem(loc, id_, rule, "Write another id.")


def _shared(draft: Draft) -> Iterator[Problem]:
    touchpoints = {id_.casefold(): id_ for id_ in draft.document.touchpoints}
    for id_ in draft.document.outcomes:
        if id_.casefold() in touchpoints:
            yield draft.problem(
                ("outcomes", id_),
                id_,
                f"touchpoint '{touchpoints[id_.casefold()]}' has the same id; "
                "touchpoints and outcomes share one set of ids.",
                "Rename one of the two.",
            )


def _advice(table: str, id_: str) -> str:
    tidy = re.sub(r"[^a-z0-9]+", "_", id_.casefold()).strip("_").lstrip("0123456789_")
    return f"Write [{table}.{tidy}]" if tidy and table != "waves" else "Write another id"


def check_content(draft: Draft) -> Iterator[Problem]:
    """Find what every study needs and this one does not have."""
    for table, example in _NEEDED.items():
        if not getattr(draft.document, table) and not draft.broken(table):
            yield draft.problem(
                (table,), None, f"the study has no {table.removesuffix('s')}.", f"Add {example}."
            )


def check_texts(draft: Draft) -> Iterator[Problem]:
    """Find bad language codes and texts that no language of the study has."""
    languages = draft.study.languages
    if not languages:
        yield draft.problem(("study", "languages"), [], "is empty.", 'Write ["de", "en"].')
    for language in languages:
        if not LANGUAGE.fullmatch(language) or languages.count(language) > 1:
            yield draft.problem(
                ("study", "languages"),
                list(languages),
                f"'{language}' is no language code, or stands twice.",
                'Write two small letters, with a country if need be: ["de-CH", "en"].',
            )
            return
    own = {*languages, *(language.partition("-")[0] for language in languages)}
    foreign: dict[str, list[Loc]] = {}
    for loc, texts in found_in(draft.document, Texts):
        known = texts.by_language
        for language in known if set(known) & own else ():
            if language not in own:
                foreign.setdefault(language, []).append(loc)
        if languages and known and "" not in known and not set(known) & own:
            yield draft.problem(
                loc,
                dict(known),
                f"has a text in none of the study's languages ({', '.join(languages)}).",
                f'Add {languages[0]} = "…".',
            )

    for language, locs in foreign.items():
        yield _foreign(draft, language, locs)


def _foreign(draft: Draft, language: str, locs: list[Loc]) -> Problem:
    """Return the one problem of a language that texts have and the study does not."""
    more = f" and in {len(locs) - 1} more texts" if len(locs) > 1 else ""
    languages = list(draft.study.languages)
    meant = nearest(language, languages)
    nearby = f"The nearest language is '{meant}'. " if meant else ""
    return draft.problem(
        locs[0],
        None,
        f"has a text in '{language}' here{more}, which is none of the study's languages "
        f"({', '.join(languages)}).",
        f"{nearby}Correct it, take it out, or write languages = "
        f"{toml_value([*languages, language])} in [study].",
    )


def check_code_keys(draft: Draft) -> Iterator[Problem]:
    """Find labels that two keys give to one code, such as 1 and "1.0"."""
    document = draft.document
    labelled = [(("scales", id_, "labels"), table.labels) for id_, table in document.scales.items()]
    labelled += [
        (("segments", id_, "values"), table.values) for id_, table in document.segments.items()
    ]
    for loc, texts in labelled:
        first: dict[Code, str] = {}
        for key in texts:
            code = code_of_key(key)
            if first.setdefault(code, key) != key:
                yield draft.problem(
                    loc, key, f"means the same code as '{first[code]}'.", "Keep one of the two."
                )
