"""What a survey platform can ask: texts made safe for it, and what has no place in its file."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from supertouch.errors import Problem, UnsupportedError
from supertouch.instruments.questionnaire.asked import Item, Question, Questionnaire
from supertouch.study.exported_names import codes

__all__ = ["column_codes", "cut", "items", "options_of", "plain_text", "reject", "safe_html"]

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_DRAWN = "are asked for at most, drawn by chance among those met; this draw is not written."
_BY_HAND = "Split the touchpoints into [[data.blocks]], or build the draw on the platform."


def items(questionnaire: Questionnaire) -> Iterator[tuple[Question, Item]]:
    """Yield every item with its question, in the order asked."""
    for page in questionnaire.pages:
        for question in page.questions:
            for item in question.items:
                yield question, item


def options_of(question: Question) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield code and label by language of every answer to choose; what is no answer comes last."""
    for choice in (*question.choices, *question.not_answered):
        yield choice.code, choice.label.by_language


def column_codes(questionnaire: Questionnaire) -> dict[str, str]:
    """Return the platform's code of each column that the questionnaire fills."""
    filled = [item.column for _, item in items(questionnaire)]
    filled += [questionnaire.block_column] if questionnaire.block_column else []
    added = [column.column for column in questionnaire.added]
    return codes([*filled, *added])


def safe_html(text: str, *, escaped: Mapping[str, str]) -> str:
    """Return a text as HTML that shows it letter by letter; ``escaped`` are further characters.

    >>> safe_html("<b>{K1}", escaped={"{": "&#123;", "}": "&#125;"})
    '&lt;b&gt;&#123;K1&#125;'
    """
    shown = html.escape(_UNPRINTABLE.sub("", text).strip())
    for letter, entity in escaped.items():
        shown = shown.replace(letter, entity)
    return re.sub(r"\r\n|\r|\n", "<br />", shown)


def plain_text(text: str, *, most: int) -> str:
    """Return a text for a place that takes no HTML: one line, no brackets that mean something.

    >>> plain_text("Wave <1>: {K}", most=40)
    'Wave ‹1›: (K)'
    """
    spaced = " ".join(_UNPRINTABLE.sub(" ", text).split())
    return cut(spaced.translate(str.maketrans("<>{}", "‹›()")), most)


def cut(text: str, most: int) -> str:
    """Return a text of at most ``most`` characters, with … where it was cut."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def reject(
    questionnaire: Questionnaire, *, platform: str, allowed: str, rule: str, blocks: str
) -> None:
    """Raise if the platform cannot ask the questionnaire so that the answers come back as they are.

    Parameters
    ----------
    platform : str
        Its name.
    allowed : str
        Regular expression of the codes that an answer may have.
    rule : str
        The same in words.
    blocks : str
        Regular expression of the codes that a block may have.

    Raises
    ------
    UnsupportedError
        With every code that cannot be written, and the draw of ratings if there is one.
    """
    problems = [
        *_bad_codes(questionnaire, platform, allowed, rule),
        *_bad_blocks(questionnaire, platform, blocks),
    ]
    if questionnaire.most_ratings is not None:
        value = f"{questionnaire.most_ratings} ratings"
        problems.append(Problem(f"{platform} file", value, _DRAWN, _BY_HAND))
    if problems:
        raise UnsupportedError(problems)


def _bad_codes(
    questionnaire: Questionnaire, platform: str, allowed: str, rule: str
) -> Iterator[Problem]:
    for page in questionnaire.pages:
        for question in page.questions:
            found = [code for code, _ in options_of(question)]
            wrong = [code for code in found if not re.fullmatch(allowed, code)]
            twice = _repeated(found)
            place = f"{platform} file, column {_columns(question)}"
            if wrong:
                remedy = "Use such codes in the study file for this wave, or the Word document."
                yield Problem(place, f"answer codes {', '.join(map(repr, wrong))}", rule, remedy)
            if twice:
                rule_ = "stand for two answers of one question."
                remedy = "Give each answer a code of its own in the study file."
                yield Problem(place, f"answer codes {', '.join(map(repr, twice))}", rule_, remedy)


def _repeated(found: Sequence[str]) -> list[str]:
    counts = Counter(code.casefold() for code in found)
    return [code for code in dict.fromkeys(found) if counts[code.casefold()] > 1]


def _columns(question: Question) -> str:
    names = [repr(item.column) for item in question.items]
    return ", ".join(names[:3]) + (" …" if len(names) > 3 else "")


def _bad_blocks(questionnaire: Questionnaire, platform: str, allowed: str) -> Iterator[Problem]:
    wrong = [block.code for block in questionnaire.blocks if not re.fullmatch(allowed, block.code)]
    if questionnaire.block_column and wrong:
        yield Problem(
            f"{platform} file, column '{questionnaire.block_column}'",
            f"block codes {', '.join(map(repr, wrong))}",
            "are not letters, digits and _.- alone.",
            "Use plain codes for the blocks in [[data.blocks]].",
        )
