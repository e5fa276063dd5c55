"""From a raw file to a draft of its study file, with the few questions worth asking."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from supertouch.errors import DataError, Problem
from supertouch.intake.draft.columns import Column, Survey, look
from supertouch.intake.draft.contacts import match_contacts, match_fit
from supertouch.intake.draft.design import find_design, find_exclusions
from supertouch.intake.draft.fieldwork import find_waves
from supertouch.intake.draft.found import (
    Design,
    Found,
    LeftOut,
    OutcomeFound,
    Question,
    TouchpointFound,
)
from supertouch.intake.draft.grids import Grid, Sorted, grids_of, sort_grids
from supertouch.intake.draft.leftovers import left_out
from supertouch.intake.draft.names import plain, slug
from supertouch.intake.draft.outcomes import Candidates, candidates, mood_of, outcomes_of, stand_in
from supertouch.intake.draft.patterns import Patterns, read_patterns
from supertouch.intake.draft.questions import choose_weight, grid_question, outcome_questions
from supertouch.intake.draft.scales import Reading, read_labelled
from supertouch.intake.draft.segments import find_segments, no_answers
from supertouch.intake.draft.settling import settle
from supertouch.intake.draft.words import is_german, phase_of, polarity
from supertouch.intake.draft.writing import write_study
from supertouch.intake.readers import read

__all__ = ["Draft", "draft"]

_MOST_WORDS = 12


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft of a study file.

    Attributes
    ----------
    survey : Survey
        The raw file's columns.
    answers : mapping
        What a person answered, per question's id.
    languages : tuple of str
        Languages of the report, the first shown first; found out where none are given.
    found : Found
        What was found, in the light of the answers.
    """

    survey: Survey
    answers: Mapping[str, str]
    languages: tuple[str, ...]
    found: Found = field(repr=False)

    @property
    def questions(self) -> tuple[Question, ...]:
        """Questions worth asking, each with its default; those answered are not asked again."""
        return tuple(q for q in self.found.questions if q.id not in self.answers)

    def answered(self, answers: Mapping[str, str]) -> Draft:
        """Return the draft in the light of further answers, by question's id.

        Raises
        ------
        ValueError
            If an answer is not one of its question's choices.
        """
        asked = {question.id: question for question in self.found.questions}
        for name, value in answers.items():
            if name not in asked or value not in asked[name].choices:
                message = f"{value!r} is no answer to question {name!r}"
                raise ValueError(message)
        every = {**self.answers, **answers}
        return replace(self, answers=every, found=_find(self.survey, every, self.languages))

    def text(self, raw: str) -> str:
        """Return the study file as TOML, with every guess marked.

        Parameters
        ----------
        raw : str
            Folder of the data file as the study file is to name it.
        """
        return write_study(self.survey, self.found, raw=raw)


def draft(path: Path, *, sheet: str | None = None, languages: Sequence[str] = ()) -> Draft:
    """Draft a study file from one data file.

    Raises
    ------
    DataError
        If the file cannot be read, or holds no ratings.
    """
    survey = look(path, read(path, sheet=sheet), sheet=sheet)
    told = tuple(languages)
    return Draft(survey, {}, told, _find(survey, {}, told))


def _find(survey: Survey, answers: Mapping[str, str], languages: Sequence[str]) -> Found:
    design, asked = choose_weight(find_design(survey), answers)
    patterns, readings = _read(survey, design)
    readings, more = settle(survey, patterns, readings, answers)
    grids = grids_of(survey, readings)
    order = sort_grids(survey, grids, readings, wanted=answers.get("grids", ""))
    rated = [name for grid in order.touchpoints for name in grid.columns]
    candidate = candidates(survey, readings, order.overall, rated, mood_of(survey, readings, rated))
    outcomes = _outcomes(survey, candidate, readings, rated, answers)
    order = _without(order, [item for outcome in outcomes for item in outcome.items])
    touchpoints = _touchpoints(survey, order, readings, design, outcomes)
    waves, rule, split = find_waves(survey, design, answers)
    exclusions = find_exclusions(survey)
    used = _used(design, touchpoints, outcomes) | {e.column for e in exclusions}
    segments = find_segments(survey, used | set(readings), no_answers(touchpoints))
    unused = _left_out(order, outcomes, candidate)
    used |= {segment.column for segment in segments}
    questions = [
        *outcome_questions(survey, candidate),
        *more,
        *grid_question(order),
        *asked,
        split,
    ]
    return Found(
        touchpoints=touchpoints,
        outcomes=outcomes,
        design=design,
        waves=waves,
        segments=segments,
        exclusions=exclusions,
        left_out=left_out(survey, unused, used=used, design=design, scales=readings),
        questions=tuple(question for question in questions if question),
        languages=tuple(languages) or _languages(survey),
        wave_rule=rule,
    )


def _languages(survey: Survey) -> tuple[str, ...]:
    return ("de", "en") if is_german(survey.wordings) else ("en", "de")


def _read(survey: Survey, design: Design) -> tuple[Patterns, dict[str, Reading]]:
    """Read ratings by their labels, the rest by the pattern of their numbers."""
    used = {name for name, _ in design.columns.values()}
    used |= {name for columns in survey.sets.values() for name in columns}
    free = [c for c in survey.columns.values() if c.name not in used]
    labelled = {c.name: reading for c in free if (reading := read_labelled(c)) is not None}
    rest = [c for c in free if c.name not in labelled and not _is_worded(c.number_labels)]
    patterns = read_patterns(rest)
    return patterns, {**labelled, **patterns.readings}


def _is_worded(labels: Mapping[float, str]) -> bool:
    """Tell whether most codes have labels in words, so that they are no unlabelled ratings."""
    words = [label for label in labels.values() if not label.strip().lstrip("-").isdigit()]
    return len(words) > 2 and len(words) > 0.5 * len(labels)


def _outcomes(
    survey: Survey,
    found: Candidates,
    readings: Mapping[str, Reading],
    rated: Sequence[str],
    answers: Mapping[str, str],
) -> tuple[OutcomeFound, ...]:
    outcomes = outcomes_of(survey, found, answers)
    judged = any(readings[name].family != "agreement" for name in rated)
    if not outcomes and judged and (last := stand_in(survey, readings, rated)):
        return (last,)
    return outcomes


def _without(order: Sorted, items: Sequence[str]) -> Sorted:
    """Take columns that are outcomes out of the grids of touchpoints."""
    grids = []
    for grid in order.touchpoints:
        kept = [
            (n, label) for n, label in zip(grid.columns, grid.labels, strict=True) if n not in items
        ]
        if kept:
            names, labels = zip(*kept, strict=True)
            grids.append(replace(grid, columns=names, labels=labels))
    return replace(order, touchpoints=tuple(grids))


def _touchpoints(
    survey: Survey,
    order: Sorted,
    readings: Mapping[str, Reading],
    design: Design,
    outcomes: Sequence[OutcomeFound],
) -> tuple[TouchpointFound, ...]:
    rated = {name for grid in order.touchpoints for name in grid.columns}
    if not rated or not outcomes:
        raise _nothing(survey, rated)
    used = rated | {item for outcome in outcomes for item in outcome.items}
    used |= {name for name, _ in design.columns.values()}
    contacts = match_contacts(survey, order.touchpoints, readings, used | set(readings))
    fit = match_fit(order.touchpoints, order.fit)
    ids = {outcome.id for outcome in outcomes}
    told = Counter(label for grid in order.touchpoints for label in grid.labels)
    made: list[TouchpointFound] = []
    for grid in order.touchpoints:
        for name, label in zip(grid.columns, grid.labels, strict=True):
            column = survey.columns[name]
            label = f"{label} ({grid.stem})" if told[label] > 1 else label
            made_id = slug(label, ids, fallback="item")
            ids.add(made_id)
            phase = phase_of(name, label) or phase_of("", column.wording)
            made.append(
                TouchpointFound(
                    made_id, name, label, readings[name],
                    phase=phase[0] if phase else "during",
                    phase_word=phase[1] if phase else "",
                    contact=contacts.get(name),
                    brand_fit=fit[name][0] if name in fit else "",
                    brand_fit_reading=fit[name][1] if name in fit else None,
                    blank=column.blank / max(survey.n_rows, 1),
                    doubt=_doubt(grid, order.touchpoints),
                    question=plain(column.wording),
                )
            )  # fmt: skip
    return tuple(made)


def _doubt(grid: Grid, grids: Sequence[Grid]) -> str:
    if grid.family == "agreement":
        return "agreement with a statement, taken as a rating"
    if len(grid.columns) == 1 and any(len(other.columns) >= 3 for other in grids):
        return "stands alone, not in a grid: a touchpoint?"
    return ""


def _nothing(survey: Survey, rated: set[str]) -> DataError:
    what = "no outcome (recommendation, loyalty, overall satisfaction)" if rated else "no ratings"
    worded = [column.name for column in survey.columns.values() if _answers_are_words(column)]
    told = (
        f" In {len(worded)} columns, such as '{worded[0][:40]}', answers are words."
        if worded
        else ""
    )
    return DataError(
        Problem(
            survey.path.name,
            "",
            f"holds {what} that could be recognised.{told}",
            "Export the answers as numbers, with value labels if possible; "
            "or write the study file by hand, as docs/study-file.md explains.",
        )
    )


def _answers_are_words(column: Column) -> bool:
    """Tell whether answers are words of praise and of blame, which no scale can be made of."""
    told = {polarity(word) for word in column.words} if len(column.words) <= _MOST_WORDS else set()
    return {1, -1} <= told and not column.counts


def _used(
    design: Design, touchpoints: Sequence[TouchpointFound], outcomes: Sequence[OutcomeFound]
) -> set[str]:
    used = {name for name, _ in design.columns.values()}
    used |= {name for item in touchpoints for name in (item.column, item.brand_fit)}
    used |= {touchpoint.contact.column for touchpoint in touchpoints if touchpoint.contact}
    return used | {item for outcome in outcomes for item in outcome.items}


def _left_out(order: Sorted, outcomes: Sequence[OutcomeFound], found: Candidates) -> list[LeftOut]:
    """Return judgements that are neither touchpoints nor outcomes, and why."""
    items = {item for outcome in outcomes for item in outcome.items}
    left = list(order.left_out)
    left += [LeftOut((name,), "a second overall judgement") for name in order.overall]
    spare = [name for name in found.recommendation if name not in items]
    return left + [LeftOut((name,), "a second question like recommendation") for name in spare]
