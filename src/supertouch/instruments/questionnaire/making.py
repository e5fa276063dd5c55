"""The questionnaire of a wave, made from the study: its columns are those the study reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from supertouch.errors import Problem, UnsupportedError
from supertouch.instruments.questionnaire.asked import (
    Choice,
    Condition,
    Item,
    Page,
    Question,
    Questionnaire,
)
from supertouch.instruments.questionnaire.choices import (
    contact_choices,
    joined,
    name_of,
    not_answered,
    said,
    scale_choices,
    written,
)
from supertouch.instruments.questionnaire.outcomes import outcome_questions
from supertouch.instruments.questionnaire.person import added, remarks, segment_questions, status
from supertouch.instruments.questionnaire.versions import Versions, in_time_order, versions
from supertouch.language import Language, speaks, spoken
from supertouch.study.model import PHASES, Codes, Phase, Study, Text, Touchpoint
from supertouch.study.planned import with_planned
from supertouch.study.wording import plain

__all__ = ["questionnaire"]

ON_SCREEN = "en"
Grid = tuple[tuple[Choice, ...], tuple[Choice, ...], bool]


@dataclass(frozen=True, slots=True)
class _Made:
    """What all parts of a questionnaire are made from."""

    study: Study
    wave: str
    languages: tuple[Language, ...]
    versions: Versions

    def say(self, key: str, **values: Text | str) -> Text:
        return said(self.languages, f"questionnaire.{key}", **values)

    @property
    def name(self) -> Text:
        """The company as sentences have it."""
        return name_of(self.study, self.languages)

    def title(self, part: str, phase: Phase) -> Text:
        """Return a page's heading: with the phase where the wave has touchpoints of several."""
        title = self.say(f"title_{part}")
        if len({item.phase for item in self.study.touchpoints_in(self.wave)}) == 1:
            return title
        own = self.study.questionnaire.phases.get(phase)
        return joined(self.languages, [title, own or self.say(f"phase_{phase}")], ": ")

    def met(self, item: Touchpoint) -> tuple[Condition, ...]:
        """Return when a touchpoint is known to be met and is asked of this respondent."""
        column = item.contact.within(self.wave)
        asked = self.versions.asking(item.id)
        if column is None:
            return asked
        return (*asked, Condition(column, tuple(map(plain, item.contact_rule.met))))


def questionnaire(study: Study, wave: str, *, languages: Sequence[str] = ()) -> Questionnaire:
    """Make the questionnaire of a wave from the study.

    First which touchpoints were met, phase by phase; then how good these were, and how well they
    fit the brand; then the outcomes, the missing touchpoints, and what is known of the person.
    Every question fills the column that the study reads in this wave, with the study's codes, so
    that the answers come back without any mapping.

    Parameters
    ----------
    study : Study
    wave : str
        A wave of the study, planned or not; its raw file need not be there.
    languages : sequence of str
        Languages to ask in, the first being the default; those of the study if none is named.

    Raises
    ------
    UnsupportedError
        If several brands are rated, a scale has no answers to choose from, or there are no words
        for a language.
    StudyError
        If an outcome of several items has no wording for each of them.
    """
    study = with_planned(study, wave)
    _reject_brands(study, wave)
    made = _Made(study, wave, _languages(study, languages), versions(study, wave))
    taken: set[str] = set()
    pages = [
        *status(study, wave, languages=made.languages, taken=taken, versions=made.versions),
        *_phase_pages(made, "contact", _contact),
        *_phase_pages(made, "rating", _rating),
        *_phase_pages(made, "brand_fit", _brand_fit),
    ]
    taken |= {i.column for page in pages for question in page.questions for i in question.items}
    pages += _outcomes(made, taken)
    pages += _missing(made)
    pages += segment_questions(study, wave, languages=made.languages, taken=taken)
    asked = tuple(i.column for p in pages for question in p.questions for i in question.items)
    blocks = made.versions if not made.versions.known else Versions()
    codes = tuple(words.code for words in made.languages)
    told = spoken(dict.fromkeys((*codes, ON_SCREEN)), study.own_words)
    return Questionnaire(
        study=study.id,
        wave=wave,
        title=study.title,
        intro=_intro(made),
        thanks=made.say("thanks"),
        languages=codes,
        own_words=study.own_words,
        pages=tuple(pages),
        block_column=blocks.column,
        blocks=blocks.blocks,
        most_ratings=study.most_ratings,
        added=added(study, wave, asked={*asked, blocks.column}, languages=told),
        remarks=remarks(study, wave, languages=told),
    )


def _languages(study: Study, wanted: Sequence[str]) -> tuple[Language, ...]:
    """Return the languages to ask in: those that are wanted, or those of the study with words."""
    own = [code for code in study.languages if speaks(code, study.own_words)]
    return spoken(wanted or own or [ON_SCREEN], study.own_words)


def _reject_brands(study: Study, wave: str) -> None:
    column = study.brand.within(wave)
    if column is None:
        return
    rule = "holds several brands; a questionnaire is made for one company only."
    remedy = "Make a study file for one brand, and repeat its questions for each brand."
    place = f"{study.file.name}, wave '{wave}'"
    raise UnsupportedError(Problem(place, f"brand column '{column}'", rule, remedy))


def _intro(made: _Made) -> Text:
    own = made.study.questionnaire.intro
    return own if written(own) else made.say("intro", name=made.name)


def _phase_pages(
    made: _Made,
    part: str,
    questions: Callable[[_Made, Phase, tuple[Touchpoint, ...]], tuple[Question, ...]],
) -> list[Page]:
    """Return a page for each phase that asks anything in this part."""
    pages = []
    for phase in PHASES:
        held = tuple(i for i in in_time_order(made.study, made.wave) if i.phase == phase)
        if found := questions(made, phase, held):
            pages.append(Page(f"{part}_{phase}", made.title(part, phase), found))
    return pages


def _contact(made: _Made, phase: Phase, held: tuple[Touchpoint, ...]) -> tuple[Question, ...]:
    """Ask about contact; a question that several touchpoints share, where the first one is met."""
    study = made.study
    sharing: dict[str, list[Touchpoint]] = {}
    for item in in_time_order(study, made.wave):
        if column := item.contact.within(made.wave):
            sharing.setdefault(column, []).append(item)
    lines: list[tuple[Grid, Item]] = []
    for column, items in sharing.items():
        if items[0] not in held:
            continue
        rule = items[0].contact_rule
        given, beside = contact_choices(rule, languages=made.languages)
        required = bool(beside) or rule.when_blank != "unknown"
        label = joined(made.languages, [item.label for item in items], ", ")
        line = Item(column, label, items[0].id, _any_asked(made, items))
        lines.append(((given, beside, required), line))
    period = study.questionnaire.period
    key = "ask_contact_period" if written(period) else "ask_contact"
    own = study.questionnaire.contact
    text = own if written(own) else made.say(key, name=made.name, period=period)
    return _grids(f"contact_{phase}", text, lines)


def _any_asked(made: _Made, items: Sequence[Touchpoint]) -> tuple[Condition, ...]:
    """Return when any of the touchpoints is asked that share a contact question."""
    conditions = [made.versions.asking(item.id) for item in items]
    if not all(conditions):
        return ()
    codes = dict.fromkeys(code for (one,) in conditions for code in one.codes)
    if len(codes) == len(made.versions.blocks):
        return ()
    return (Condition(made.versions.column, tuple(codes)),)


def _rating(made: _Made, phase: Phase, held: tuple[Touchpoint, ...]) -> tuple[Question, ...]:
    lines: list[tuple[Grid, Item]] = []
    for item in held:
        column = item.rating.within(made.wave)
        if column is None:
            continue
        derived = item.contact.within(made.wave) is None
        grid = _grid(made, item.scale, item.codes, ends="rating", never_met=derived)
        label = item.question if written(item.question) else item.label
        lines.append((grid, Item(column, label, item.id, made.met(item))))
    own = made.study.questionnaire.rating
    return _grids(f"rating_{phase}", own if written(own) else made.say("ask_rating"), lines)


def _brand_fit(made: _Made, phase: Phase, held: tuple[Touchpoint, ...]) -> tuple[Question, ...]:
    lines: list[tuple[Grid, Item]] = []
    for item in held:
        column = item.brand_fit.within(made.wave)
        if column is None:
            continue
        codes = item.brand_fit_codes or item.codes
        grid = _grid(made, item.brand_fit_scale, codes, ends="brand_fit")
        shown = (*made.met(item), *_rated(made, item))
        lines.append((grid, Item(column, item.label, item.id, shown)))
    own = made.study.questionnaire.brand_fit
    text = own if written(own) else made.say("ask_brand_fit", name=made.name)
    return _grids(f"brand_fit_{phase}", text, lines)


def _rated(made: _Made, item: Touchpoint) -> tuple[Condition, ...]:
    """Return the condition that a touchpoint without a contact question was rated."""
    column = item.rating.within(made.wave)
    if item.contact.within(made.wave) is not None or column is None:
        return ()
    choices = scale_choices(made.study.scales[item.scale], ends="rating", languages=made.languages)
    return (Condition(column, tuple(choice.code for choice in choices)),)


def _grid(made: _Made, scale: str, codes: Codes, *, ends: str, never_met: bool = False) -> Grid:
    beside = not_answered(codes, languages=made.languages, never_met=never_met)
    choices = scale_choices(made.study.scales[scale], ends=ends, languages=made.languages)
    return choices, beside, bool(beside) or codes.blank == "not_met"


def _grids(name: str, text: Text, lines: Iterable[tuple[Grid, Item]]) -> tuple[Question, ...]:
    """Return a matrix for all items that can be answered alike."""
    alike: list[tuple[Grid, list[Item]]] = []
    for grid, item in lines:
        known = next((items for other, items in alike if other == grid), None)
        if known is None:
            alike.append((grid, [item]))
        else:
            known.append(item)
    return tuple(
        Question(
            id=name if number == 1 else f"{name}_{number}",
            kind="matrix",
            text=text,
            items=tuple(items),
            choices=choices,
            not_answered=beside,
            required=required,
        )
        for number, ((choices, beside, required), items) in enumerate(alike, start=1)
    )


def _outcomes(made: _Made, taken: set[str]) -> list[Page]:
    title = made.say("title_outcomes")
    found = outcome_questions(made.study, made.wave, languages=made.languages, taken=taken)
    return [Page(question.id, title, (question,)) for question in found]


def _missing(made: _Made) -> list[Page]:
    column = made.study.mentions.missing.within(made.wave)
    if column is None:
        return []
    text = made.say("ask_missing", name=made.name)
    title = made.say("title_missing")
    question = Question("missing", "open", text, (Item(column, title),))
    return [Page("missing", title, (question,))]
