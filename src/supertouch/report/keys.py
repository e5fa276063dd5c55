"""Which tables the report looks up, and the columns that tell their rows apart."""

from __future__ import annotations

__all__ = ["FIELD", "KEYS", "REPORTED"]

REPORTED_KEYS: dict[str, tuple[str, ...]] = {
    "sample": (),
    "rejections": (),
    "empties": (),
    "contradictions": (),
    "quality": ("flag", "rule"),
    "weights": (),
    "margins": (),
    "suppressed": (),
    "drift": ("kind", "column"),
    "performance": ("touchpoint",),
    "outcomes": ("outcome",),
    "models": ("outcome",),
    "importance": ("outcome", "touchpoint", "component", "method"),
    "phases": ("outcome", "phase", "component"),
    "univariate": ("outcome", "touchpoint", "component"),
    "supertouchpoints": ("touchpoint",),
    "asymmetry": ("outcome", "touchpoint"),
    "consistency": ("outcome", "phase", "measure"),
    "weakest": ("touchpoint", "phase"),
    "comparison": (),
    "robustness": ("outcome", "touchpoint", "method"),
    "agreement": ("outcome", "method"),
    "halo": ("outcome", "touchpoint"),
    "collinearity": ("outcome", "touchpoint"),
    "sensitivity": ("outcome", "touchpoint", "missing"),
    "reliability": ("outcome", "item"),
    "diagnostics": (),
    "tracking": ("comparison", "weighted", "measure", "outcome", "touchpoint", "component"),
    "change_explained": ("comparison", "outcome", "touchpoint", "part"),
    "targets": ("measure", "outcome", "touchpoint"),
    "levers": ("outcome", "unit", "touchpoint"),
    "overlap": ("touchpoint", "other"),
    "reach_sets": ("criterion", "method", "size"),
    "synergy": ("outcome", "touchpoint", "other"),
    "funnel": ("status", "phase"),
    "brought": ("kind", "file"),
    "gap": ("touchpoint",),
    "auditors": ("measure",),
    "incidents": ("touchpoint",),
    "missing": ("named",),
    "portfolio": ("touchpoint",),
    "whatif": ("scenario", "outcome", "unit"),
    "budget": (),
    "plan": ("measure", "outcome"),
    "measures": ("measure", "language"),
}
FIELD_KEYS: dict[str, tuple[str, ...]] = {
    "field_days": ("day",),
    "field_quotas": (),
    "field_bases": ("touchpoint",),
    "field_dropout": ("column",),
}
BANNERS = ("banner", "banner_waves")
PAGE_KEYS: dict[str, tuple[str, ...]] = {"simulator": ("outcome", "unit", "touchpoint")}
KEYS = REPORTED_KEYS | FIELD_KEYS | PAGE_KEYS
REPORTED = (*REPORTED_KEYS, *BANNERS)
FIELD = tuple(FIELD_KEYS)
