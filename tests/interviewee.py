"""People who answer a questionnaire by what they read on the screen, not by its codes."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

import numpy as np

from supertouch.instruments.questionnaire.asked import Choice, Question, Questionnaire

__all__ = ["Interviewee", "read_off"]


def read_off(shown: str) -> str:
    """Return what a person reads of some HTML: no tags, entities as characters, blanks as one."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", shown)).split())


def _words(text: str) -> str:
    return " ".join(text.split())


class Interviewee:
    """Answers by chance, and remembers per column of the study what was meant.

    ``answers`` has the code that the study expects for every answer given, "" where a question
    was shown and passed over; columns of questions that were never shown are not there.
    """

    def __init__(self, asked: Questionnaire, language: str, rng: np.random.Generator) -> None:
        self.language, self.rng = language, rng
        self.answers: dict[str, str] = {}
        self.known: dict[tuple[str, str], tuple[Question, str]] = {}
        for page in asked.pages:
            for question in page.questions:
                text = _words(question.text.within(language))
                for item in question.items:
                    line = _words(item.label.within(language)) if question.kind == "matrix" else ""
                    assert (text, line) not in self.known, f"{text!r} {line!r} stands twice"
                    self.known[text, line] = question, item.column

    def choose(self, text: str, line: str, options: Sequence[str], *, required: bool) -> int | None:
        """Return the place of the answer chosen, or None; what is read must have been asked."""
        question, column = self.known[read_off(text), read_off(line)]
        choices = [*question.choices, *question.not_answered]
        by_label = {_words(choice.label.within(self.language)): choice for choice in choices}
        seen = [read_off(option) for option in options]
        assert seen == list(by_label), f"{column}: read {seen}, meant {list(by_label)}"
        assert column not in self.answers, f"{column} was asked twice"
        assert required == question.required
        if not required and self.rng.random() < 0.15:
            self.answers[column] = ""
            return None
        place = int(self.rng.choice(len(seen), p=self._odds(question, choices)))
        self.answers[column] = by_label[seen[place]].code
        return place

    def write(self, text: str) -> str:
        """Return a remark on an open question, awkward to store, or nothing."""
        _, column = self.known[read_off(text), ""]
        remarks = ["", 'Ein "Schnell-Check", bitte', "Zeile 1\nZeile 2", "=1+1; ß, ü – 🙂", "7"]
        self.answers[column] = remarks[int(self.rng.integers(len(remarks)))]
        return self.answers[column]

    def _odds(self, question: Question, choices: Sequence[Choice]) -> list[float]:
        """Return how likely each choice is: what is no answer is rare."""
        rare = {choice.code for choice in question.not_answered}
        weights = [0.3 if choice.code in rare else 2.0 for choice in choices]
        return [weight / sum(weights) for weight in weights]
