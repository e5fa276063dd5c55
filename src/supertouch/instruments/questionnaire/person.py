"""What is asked of the person, what is added to the answers, and what the author should know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from supertouch.instruments.questionnaire.asked import Added, Choice, Item, Page, Question
from supertouch.instruments.questionnaire.choices import joined, name_of, said, written
from supertouch.instruments.questionnaire.versions import Versions
from supertouch.language import Language
from supertouch.study.model import Segment, Study, Text
from supertouch.study.wording import plain

__all__ = ["added", "remarks", "segment_questions", "status"]


def status(
    study: Study, wave: str, *, languages: Sequence[Language], taken: set[str], versions: Versions
) -> list[Page]:
    """Return the first page: customer status, and groups by which the questionnaire is split."""
    questions: list[Question] = []
    rule = study.status
    column = rule.column.within(wave) if rule else None
    if rule and column:
        choices = tuple(
            Choice(plain(codes[0]), said(languages, f"questionnaire.status_{kind}"))
            for kind, codes in rule.codes.items()
            if codes
        )
        usual = said(languages, "questionnaire.ask_status", name=name_of(study, languages))
        text = rule.question if written(rule.question) else usual
        item = Item(column, said(languages, "questionnaire.title_status"))
        questions.append(Question("status", "single", text, (item,), choices, required=True))
        taken.add(column)
    split = [item for item in study.segments if item.column.within(wave) == versions.column]
    questions += _segments(split if versions.known else [], wave, languages, taken)
    title = said(languages, "questionnaire.title_status")
    return [Page("status", title, tuple(questions))] if questions else []


def segment_questions(
    study: Study, wave: str, *, languages: Sequence[Language], taken: set[str]
) -> list[Page]:
    """Return the last page: the groups that results are shown for."""
    found = _segments(study.segments, wave, languages, taken)
    title = said(languages, "questionnaire.title_person")
    return [Page("person", title, tuple(found))] if found else []


def _segments(
    segments: Sequence[Segment], wave: str, languages: Sequence[Language], taken: set[str]
) -> list[Question]:
    found = []
    for segment in segments:
        column = segment.column.within(wave)
        if column is None or column in taken or not segment.values:
            continue
        taken.add(column)
        choices = tuple(Choice(plain(code), label) for code, label in segment.values.items())
        usual = said(languages, "questionnaire.ask_segment", label=segment.label)
        text = segment.question if written(segment.question) else usual
        item = Item(column, segment.label)
        name = f"segment_{segment.id}"
        found.append(Question(name, "single", text, (item,), choices))
    return found


def added(
    study: Study, wave: str, *, asked: set[str], languages: Sequence[Language]
) -> tuple[Added, ...]:
    """Return the columns that the study reads in this wave and no question fills."""
    found: dict[str, Added] = {}
    for column, key, label in _design(study, wave):
        if column and column not in asked:
            purpose = said(languages, f"questionnaire.added_{key}", label=label)
            found.setdefault(column, Added(column, purpose, key))
    return tuple(found.values())


def _design(study: Study, wave: str) -> Iterator[tuple[str | None, str, Text]]:
    none = Text()
    if not study.wave(wave).file or study.wave(wave).values or study.wave(wave).start:
        yield study.wave_column.within(wave), "wave", none
    yield study.respondent.within(wave), "respondent", none
    yield study.weight.within(wave), "weight", none
    yield study.cluster.within(wave), "cluster", none
    yield study.stratum.within(wave), "stratum", none
    for exclusion in study.exclusions:
        yield exclusion.column.within(wave), "exclusion", exclusion.reason
    yield study.quality.duration.within(wave), "duration", none
    for pattern in study.quality.implausible:
        for columns, _ in pattern.columns:
            yield columns.within(wave), "implausible", pattern.label
    yield study.fieldwork.date.within(wave), "date", none
    for segment in study.segments:
        yield segment.column.within(wave), "segment", segment.label


def remarks(study: Study, wave: str, *, languages: Sequence[Language]) -> tuple[Text, ...]:
    """Return what the author of the questionnaire should think about."""
    found = []
    if not written(study.company):
        found.append(said(languages, "questionnaire.remark_company"))
    held = study.touchpoints_in(wave)
    if any(item.contact.within(wave) for item in held) and not written(study.questionnaire.period):
        found.append(said(languages, "questionnaire.remark_period"))
    silent = [
        item
        for item in held
        if not item.contact.within(wave)
        and not item.codes.not_met
        and item.codes.blank != "not_met"
    ]
    if silent:
        names = joined(languages, [item.label for item in silent], ", ")
        found.append(said(languages, "questionnaire.remark_no_contact", names=names))
    if study.most_ratings is not None:
        found.append(said(languages, "questionnaire.remark_draw", count=str(study.most_ratings)))
    return tuple(found)
