"""Check what the study says of its design: stacked brands, panels, drawn ratings, covariates."""

from __future__ import annotations

from collections.abc import Iterator

from supertouch.errors import Problem
from supertouch.study.build import BRAND
from supertouch.study.checks.draft import Draft
from supertouch.study.model import Columns
from supertouch.study.wording import listed

__all__ = ["check_brand", "check_covariates", "check_most_ratings", "check_panel"]


def _waves(draft: Draft, columns: Columns) -> list[str]:
    """Return the waves where something has a column."""
    return [wave.id for wave in draft.study.waves if columns.within(wave.id)]


def check_brand(draft: Draft) -> Iterator[Problem]:
    """Find waves whose rows are about brands, while nothing tells which belong to one person."""
    study = draft.study
    if draft.broken("data", "respondent") or draft.broken("data", "brand"):
        return
    respondent = _waves(draft, study.respondent)
    lost = [wave for wave in _waves(draft, study.brand) if wave not in respondent]
    if lost and not study.brands:
        yield draft.problem(
            ("data", "brand"),
            study.brand.within(lost[0]),
            f"each respondent has a row per brand, but no column in {listed(lost)} tells which "
            "rows belong to one respondent.",
            'Write respondent = "NAME" in [data], or take brand out.',
        )
    yield from _brand_segment(draft)


def _brand_segment(draft: Draft) -> Iterator[Problem]:
    """Find a segment that has the brands' id and is something else."""
    own = next((item for item in draft.study.segments if item.id == BRAND), None)
    loc = ("segments", BRAND, "column")
    if own is None or BRAND not in draft.document.segments or draft.broken(*loc):
        return
    if draft.document.brands:
        yield draft.problem(
            loc[:2],
            None,
            "results for each brand are shown under this id, with the labels of [brands].",
            "Take this segment out, or give it another id.",
        )
        return
    brand = draft.study.brand
    other = [w for w in _waves(draft, brand) if own.column.within(w) != brand.within(w)]
    if other:
        yield draft.problem(
            loc,
            own.column.within(other[0]),
            f"results for each brand are shown under this id, but in {listed(other)} the brand "
            f"stands in column '{brand.within(other[0])}'.",
            "Name the column of the brand here as well, or give this segment another id.",
        )


def check_panel(draft: Draft) -> Iterator[Problem]:
    """Find panels whose units cannot be known again in another wave."""
    study = draft.study
    keys = ("panel", "respondent", "cluster")
    if not study.panel or any(draft.broken(*loc) for loc in _places(keys)):
        return
    clusters, respondents = _waves(draft, study.cluster), _waves(draft, study.respondent)
    others = [wave for wave in respondents if wave not in clusters]
    if clusters and others:
        yield draft.problem(
            ("data", "panel"),
            True,
            f"the sampling units are clusters in {listed(clusters)} and respondents in "
            f"{listed(others)}; a unit of one kind cannot be known again among the other.",
            "Name a cluster column in all of these waves or in none.",
        )
    elif len({*clusters, *others}) < min(2, len(study.waves)):
        found = f" other than {listed([*clusters, *others])}" if clusters or others else ""
        yield draft.problem(
            ("data", "panel"),
            True,
            f"the same units are met in several waves, but no column in any wave{found} tells "
            "which they are.",
            'Write respondent = "NAME" or cluster = "NAME" in [data], or take panel out.',
        )


def _places(keys: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield ("waves",)
    yield from (("data", key) for key in keys)


def check_most_ratings(draft: Draft) -> Iterator[Problem]:
    """Find limits on the ratings asked for that limit nothing, or whose draw cannot be known."""
    study, most = draft.study, draft.study.most_ratings
    if most is None or any(draft.broken(table) for table in ("touchpoints", "columns", "waves")):
        return
    loc = ("data", "most_ratings")
    largest = max((len(study.touchpoints_in(wave.id)) for wave in study.waves), default=0)
    if most > largest > 0:
        yield draft.problem(
            loc,
            most,
            f"limits nothing: no wave has more than {largest} touchpoint(s) to rate.",
            "Write how many touchpoints each respondent was asked to rate at most, or take it out.",
        )
    derived = [
        (touchpoint.id, wave.id)
        for wave in study.waves
        for touchpoint in study.touchpoints_in(wave.id)
        if not touchpoint.contact.within(wave.id)
    ]
    if derived:
        touchpoints, waves = (dict.fromkeys(names) for names in zip(*derived, strict=True))
        yield draft.problem(
            loc,
            most,
            "the chance of being asked follows from how many touchpoints the respondent met, which "
            "is not known where contact has no column: "
            f"{listed(touchpoints)} (in {listed(waves)}).",
            'Name the columns of the contact questions (contact = "NAME"), or take most_ratings '
            "out.",
        )


def check_covariates(draft: Draft) -> Iterator[Problem]:
    """Find covariates that are no segment, stand twice, or are the brand."""
    study = draft.study
    loc = ("analysis", "covariates")
    names = study.analysis.covariates
    for name in dict.fromkeys(names):
        problem = draft.unknown(loc, name, table="segments")
        if problem is not None and name not in {item.id for item in study.segments}:
            yield problem
        if names.count(name) > 1:
            yield draft.problem(
                loc, name, f"stands {names.count(name)} times.", "Name each segment once."
            )
    for segment in study.segments:
        columns = {(segment.column.within(w.id), study.brand.within(w.id)) for w in study.waves}
        if segment.id in names and any(own and own == brand for own, brand in columns):
            yield draft.problem(
                loc,
                segment.id,
                "this segment is the brand, which the models of stacked brands hold fixed anyway.",
                "Take it out of covariates.",
            )
