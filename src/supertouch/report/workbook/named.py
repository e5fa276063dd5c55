"""The labels that stand beside the ids and codes of a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from supertouch.report.evidence import Evidence, one_line

__all__ = ["Namer", "namer"]

Row = Mapping[str, Any]
Namer = Callable[[Row], str]

ITEMS = frozenset({"touchpoint", "with_touchpoint", "nearest", "subject", "item"})
PAIRS = frozenset({"overlap", "synergy"})
WAVES = frozenset({"wave", "against", "based_on"})
SEGMENTS = {"segment": "segment_value", "other_segment": "other_value"}
VALUES = {value: segment for segment, value in SEGMENTS.items()}
LISTS = frozenset({"touchpoints", "measures", "scenario"})
GROUPS: dict[str, tuple[str, ...]] = {
    "verdict": ("verdict",),
    "trend": ("trend",),
    "component": ("workbook.code.component",),
    "method": ("method",),
    "phase": ("phase",),
    "factor": ("factor",),
    "asymmetry": ("factor",),
    "role": ("role",),
    "decision": ("decision",),
    "metric": ("metric",),
    "comparison": ("comparison",),
    "part": ("part",),
    "flag": ("flag", "reliability_flag"),
    "severity": ("severity",),
    "criterion": ("workbook.code",),
    "unit": ("workbook.code.unit",),
    "goal": ("goal",),
    "weighed": ("not_weighed",),
    "resolution": ("resolution",),
    "control": ("level",),
    "source": ("weight_source",),
    "missing": ("missing",),
    "warnings": ("whatif_warning",),
    "code": ("diagnostic",),
    "reason": ("failed", "refusal", "factor_reason", "robust_reason", "auditors_reason"),
}
GROUPS_IN: dict[tuple[str, str], tuple[str, ...]] = {
    ("rejections", "kind"): ("rejection",),
    ("empties", "kind"): ("item",),
    ("contradictions", "kind"): ("contradiction",),
    ("drift", "kind"): ("drift_kind",),
    ("synergy", "kind"): ("pair_kind",),
    ("gap", "kind"): ("inside_kind",),
    ("brought", "kind"): ("workbook.code",),
    ("consistency", "measure"): ("measure",),
    ("auditors", "measure"): ("workbook.code.measure",),
    ("tracking", "measure"): ("workbook.code.measure",),
    ("targets", "measure"): ("workbook.code.measure",),
    ("targets", "status"): ("status",),
    ("plan", "status"): ("plan_status",),
    ("reach_sets", "method"): ("workbook.code.set",),
    ("robustness", "method"): ("robust",),
    ("agreement", "method"): ("robust",),
    ("portfolio", "evidence"): (),
    ("funnel", "status"): ("customers",),
}


def namer(evidence: Evidence, table: str, column: str, rows: Sequence[Row]) -> Namer | None:
    """Return what gives the label of a column's ids; None where its values name themselves."""
    found = _finder(evidence, table, column)
    if found is None:
        return None
    differs = any(found(row) != str(row[column] or "") for row in rows)
    return found if differs else None


def _finder(evidence: Evidence, table: str, column: str) -> Namer | None:
    words = evidence.words
    if column in WAVES:
        waves = {wave.id: evidence.label(wave) for wave in evidence.study.waves}
        return lambda row: waves.get(row[column], row[column] or "")
    if column == "outcome":
        outcomes = {item.id: evidence.outcome_label(item) for item in evidence.study.outcomes}
        return lambda row: outcomes.get(row[column], row[column] or "")
    if column in ITEMS or (column == "other" and table in PAIRS):
        return lambda row: evidence.item_label(row[column] or "")
    if column in SEGMENTS:
        total = words.say("group.total" if column == "segment" else "workbook.everybody")
        return lambda row: evidence.segment_label(row[column]) if row[column] else total
    if column in VALUES:
        segment = VALUES[column]
        return lambda row: evidence.value_label(row[segment], row[column]) if row[column] else ""
    if column in LISTS:
        return _listed(evidence, column)
    return _coded(evidence, table, column)


def _coded(evidence: Evidence, table: str, column: str) -> Namer | None:
    groups = GROUPS_IN.get((table, column), GROUPS.get(column))
    if groups is None:
        return None
    known: dict[str, str] = {}
    for group in reversed(groups):
        known |= {code: text.replace("\u00ad", "") for code, text in
                  evidence.words.group(group).items()}  # fmt: skip

    def name(row: Row) -> str:
        text = str(row[column] or "")
        if text in known:
            return known[text]
        codes = text.split()
        return "; ".join(known[code] for code in codes) if set(codes) <= set(known) else text

    return name


def _listed(evidence: Evidence, column: str) -> Namer:
    labels = _measures(evidence) if column != "touchpoints" else {}

    def name(row: Row) -> str:
        ids = str(row[column] or "").split()
        return "; ".join(labels.get(one, evidence.item_label(one)) for one in ids)

    return name


def _measures(evidence: Evidence) -> dict[str, str]:
    """Return the labels of the plan's measures in the language, else in whichever they have."""
    found: dict[str, str] = {"together": evidence.words.say("workbook.together")}
    plain = evidence.words.code.split("-")[0]
    for row in evidence.table("measures"):
        if row["measure"] not in found or row["language"] in (evidence.words.code, plain):
            found[str(row["measure"])] = one_line(str(row["label"]))
    return found
