"""What a verdict may hang on, in sentences: a few answers, the blanks, a question, a scale."""

from __future__ import annotations

from collections.abc import Iterable

from supertouch.report.evidence import Evidence, Record
from supertouch.study.model import Outcome, Wave

__all__ = ["SUSPICIONS", "doubts", "number_of", "suspicions", "unreliable"]

HINGES = ("hinges_share", "hinges_effect")
SUSPICIONS = (
    "outcome_among_drivers",
    "fixed_number_of_ratings",
    "never_asked",
    "never_met",
    "near_constant_rating",
    "heavy_unit",
    "heavy_respondent",
    "high_leverage",
    "ill_conditioned",
)
SERIOUS = SUSPICIONS[:2]
SHARES = (
    "near_constant_rating",
    "outcome_among_drivers",
    "heavy_unit",
    "high_leverage",
    "sampled_orders_error",
    "replicate_orders_error",
    "psd_repair_replicates",
    "reach_sets_met_contact_unknown",
    "reach_sets_met_complete",
    "reach_sets_delighted_contact_unknown",
    "reach_sets_delighted_complete",
    "reach_sets_delighted_rating_unknown",
    "funnel_contact_unknown",
    "funnel_complete",
)


def doubts(evidence: Evidence, wave: Wave) -> list[str]:
    """Return what a reader of the answer must know: hinges, flips, suspicions, weak scales."""
    driven = evidence.driven(wave.id)
    return [
        *_hinges(evidence, wave, driven),
        *_flips(evidence, wave, driven),
        *suspicions(evidence, wave, codes=SERIOUS),
        *unreliable(evidence, wave, driven),
    ]


def number_of(evidence: Evidence, code: str, value: float | None) -> str:
    """Return the size of a note in the unit that its code has."""
    words = evidence.words
    if value is None:
        return words.number(value)
    if code in SHARES:
        return words.percent(value, 0 if abs(value) >= 0.1 else 1)
    return words.number(value, 0 if float(value).is_integer() else 1 if abs(value) >= 10 else 3)


def suspicions(evidence: Evidence, wave: Wave, *, codes: Iterable[str] = SUSPICIONS) -> list[str]:
    """Say what looks wrong in questions or weights, in a sentence each."""
    words = evidence.words
    lines: dict[str, None] = {}
    for code in codes:
        rows = [row for row in evidence.rows("diagnostics", wave.id) if row["code"] == code]
        for row in _worst(rows):
            name = words.say("quote", text=evidence.item_label(str(row["subject"])))
            value = number_of(evidence, code, row["value"])
            lines[words.say(f"suspicion.{code}", touchpoint=name, value=value)] = None
    return list(lines)


def _worst(rows: list[Record]) -> list[Record]:
    """Keep one row per subject, that of the largest value."""
    found: dict[str, Record] = {}
    for row in sorted(rows, key=lambda row: float(row["value"] or 0.0)):
        found[str(row["subject"])] = row
    return list(found.values())


def unreliable(evidence: Evidence, wave: Wave, outcomes: Iterable[Outcome]) -> list[str]:
    """Warn of scales whose items do not measure the same."""
    words = evidence.words
    lines = []
    for outcome in outcomes:
        for row in evidence.rows("reliability", wave.id):
            if row["outcome"] == outcome.id and row["flag"]:
                item = str(row["item"]).removeprefix("item")
                lines.append(
                    words.say(
                        f"reliability.{row['flag']}",
                        outcome=evidence.label(outcome),
                        alpha=words.number(row["alpha"]),
                        item=item,
                        rest=words.number(row["item_rest"]),
                    )
                )
    return lines


def _supers(evidence: Evidence, wave: Wave) -> list[str]:
    return [
        str(row["touchpoint"])
        for row in evidence.rows("supertouchpoints", wave.id)
        if row["verdict"] == "super"
    ]


def _quoted(evidence: Evidence, names: Iterable[str]) -> str:
    words = evidence.words
    return words.series(words.say("quote", text=evidence.item_label(name)) for name in names)


def _hinges(evidence: Evidence, wave: Wave, outcomes: Iterable[Outcome]) -> list[str]:
    """Name the super-touchpoints of which a test fails once a single group is left out."""
    found = [
        name
        for name in _supers(evidence, wave)
        if any(
            (row := evidence.row("collinearity", wave.id, outcome.id, name)) is not None
            and set(HINGES) & set(str(row["codes"]).split())
            for outcome in outcomes
        )
    ]
    if not found:
        return []
    return [evidence.words.say("doubt.hinges", names=_quoted(evidence, found))]


def _flips(evidence: Evidence, wave: Wave, outcomes: Iterable[Outcome]) -> list[str]:
    """Name the super-touchpoints whose point criteria hang on how blanks are treated."""
    lines = []
    for missing in ("complete", "impute"):
        found = [
            name
            for name in _supers(evidence, wave)
            if any(
                (row := evidence.row("sensitivity", wave.id, outcome.id, name, missing)) is not None
                and row["flips"]
                for outcome in outcomes
            )
        ]
        if found:
            names = _quoted(evidence, found)
            lines.append(evidence.words.say(f"doubt.flips.{missing}", names=names))
    return lines
