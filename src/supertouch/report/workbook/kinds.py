"""What the values of a table's columns are, and how a spreadsheet writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

from supertouch.language import Language

__all__ = ["Kind", "as_date", "bar_of", "kind_of", "measured_by", "number_format", "plain_name"]

Kind = Literal[
    "text",
    "flag",
    "date",
    "count",
    "number",
    "share",
    "r2",
    "signed",
    "signed_share",
    "nps",
    "p",
    "money",
    "rank",
    "general",
]

FORMATS: dict[Kind, str] = {
    "text": "",
    "flag": "",
    "count": "#,##0",
    "number": "#,##0.00",
    "share": "0.0%",
    "r2": "0.000",
    "signed": "+0.000;-0.000;0.000",
    "signed_share": "+0.0%;-0.0%;0.0%",
    "nps": "+0.0;-0.0;0.0",
    "money": "#,##0",
    "rank": "0",
    "general": "General",
}
NAMES: dict[Kind, str] = {
    "share": "reach share disappointed okay delighted fair_share share_loyalty "
    "share_recommendation probability rank_probability p_concentrate p_recombine p_neglect p_drop "
    "probability_none probability_basic probability_performance probability_excitement both "
    "jaccard met through passed frequency relevance critical reach_unknown bound overlap "
    "missing_information order_holds partial influence_weight top_overlap r2 r2_experience "
    "r2_contact r2_held_out r2_gain importance_inside importance_outside performance_inside "
    "performance_outside",
    "signed_share": "importance_gap performance_gap",
    "r2": "importance score",
    "signed": "effect effect_together effect_without gain change difference penalty reward "
    "forecast came value loyalty",
    "nps": "nps nps_met nps_not_met",
    "p": "p_value p_adjusted p_share penalty_p_value penalty_p_adjusted reward_p_value "
    "reward_p_adjusted importance_p_adjusted performance_p_adjusted kendall_p",
    "money": "cost budget cost_per_met cost_per_point",
    "rank": "rank rank_best rank_worst rank_gain rank_importance gain_rank top sign size",
    "count": "n n_eff n_rated_eff n_eff_before n_eff_after n_needed",
    "date": "first last start",
}
KINDS: dict[str, Kind] = {name: kind for kind, names in NAMES.items() for name in names.split()}
KINDS_IN: dict[tuple[str, str], Kind] = {
    ("drift", "size"): "number",
    ("halo", "gain"): "r2",
    ("margins", "before"): "share",
    ("margins", "after"): "share",
    ("margins", "target"): "share",
    ("portfolio", "importance"): "share",
    ("weakest", "expected"): "share",
    ("plan", "expected"): "signed",
    ("diagnostics", "value"): "general",
    ("quality", "threshold"): "general",
    ("collinearity", "effect"): "signed",
}
MEASURED: dict[str, tuple[str, frozenset[str]]] = {
    "tracking": ("measure", frozenset({"before", "after", "change", "detectable"})),
    "targets": ("measure", frozenset({"value", "target"})),
    "comparison": ("metric", frozenset({"value", "other", "difference"})),
}
MEASURES: dict[str, Kind] = {
    "reach": "share",
    "satisfaction": "number",
    "disappointed": "share",
    "delighted": "share",
    "importance": "r2",
    "share": "share",
    "rank": "rank",
    "effect": "signed",
    "mean": "number",
    "level": "number",
    "nps": "nps",
    "r2": "share",
}
DIFFERENCES: dict[Kind, Kind] = {
    "share": "signed_share",
    "number": "signed",
    "r2": "signed",
    "rank": "nps",
}
WHOLE_BARS = frozenset({
    "reach", "disappointed", "okay", "delighted", "probability", "rank_probability",
    "p_concentrate", "p_recombine", "p_neglect", "p_drop", "both", "jaccard", "met", "through",
    "passed",
})  # fmt: skip
OWN_BARS = frozenset({
    "share", "share_loyalty", "share_recommendation", "importance", "frequency", "critical",
    "relevance", "r2", "importance_outside",
})  # fmt: skip
SIGNED_BARS = frozenset({"effect", "gain", "penalty", "reward", "change", "came"})


def plain_name(column: str) -> str:
    """Return the estimate that a column belongs to: ``reach`` for ``reach_low``.

    >>> plain_name("reach_low"), plain_name("reach")
    ('reach', 'reach')
    """
    return column.removesuffix("_low").removesuffix("_high")


def kind_of(table: str, column: str, dtype: object) -> Kind:
    """Return what a column of a table holds."""
    name = plain_name(column)
    plain = str(dtype).lower()
    if plain in ("bool", "boolean"):
        return "flag"
    found = KINDS_IN.get((table, name)) or KINDS.get(name)
    if plain.startswith(("str", "object")):
        return "date" if found == "date" else "text"
    return found or ("count" if plain.startswith(("int", "uint")) else "number")


def measured_by(
    table: str, column: str, rows: Sequence[Mapping[str, Any]]
) -> list[Kind | None] | None:
    """Return what each cell of a column holds where its row says so; None elsewhere."""
    measure, names = MEASURED.get(table, ("", frozenset()))
    name = plain_name(column)
    if name not in names:
        return None
    kinds = [MEASURES.get(str(row[measure]), "number") for row in rows]
    changes = name in ("change", "difference")
    return [DIFFERENCES.get(kind, kind) if changes else kind for kind in kinds]


def number_format(kind: Kind, words: Language) -> str:
    """Return a spreadsheet's number format; each computer shows it with its own separators."""
    if kind == "p":
        return f'[<0.001]"< {words.number(0.001, 3)}";0.000'
    if kind in ("date", "flag"):
        return words.say(f"workbook.{kind}")
    return FORMATS[kind]


def bar_of(table: str, column: str) -> dict[str, Any] | None:
    """Return how a column is drawn as bars within its cells; None where it is not."""
    if table in MEASURED and column in MEASURED[table][1]:
        return None
    if column in WHOLE_BARS:
        return {"min_type": "num", "min_value": 0, "max_type": "num", "max_value": 1}
    if column in OWN_BARS:
        return {"min_type": "num", "min_value": 0}
    return {} if column in SIGNED_BARS else None


def as_date(text: str) -> date | str:
    """Return an ISO day as a date; a text that is none as it is."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return text
