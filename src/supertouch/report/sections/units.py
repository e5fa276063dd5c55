"""What a gain is counted in: points of an outcome, percentage points of a share, NPS points."""

from __future__ import annotations

from supertouch.report.evidence import Evidence, Record

__all__ = ["PER", "Way", "gain_texts", "goes_with", "is_share", "read_gain", "unit_of"]

Way = tuple[str, str]

PER = {"mean": 1.0, "nps": 1.0, "share": 100.0}
DIGITS = {"mean": 2, "nps": 1, "share": 1}


def is_share(evidence: Evidence, outcome: str) -> bool:
    """Tell whether an outcome is 0 or 1, so that its mean is a share of respondents."""
    found = next((item for item in evidence.study.outcomes if item.id == outcome), None)
    scale = evidence.study.scales.get(found.scale) if found is not None else None
    return scale is not None and (scale.minimum, scale.maximum) == (0.0, 1.0)


def unit_of(evidence: Evidence, outcome: str, unit: str = "mean") -> str:
    """Return in which unit gains of an outcome are told: mean, share or nps."""
    return "share" if unit == "mean" and is_share(evidence, outcome) else unit


def read_gain(row: Record, name: str, *, unit: str) -> float | None:
    """Return the gain ``name`` of a row as it is read, in numbers of ``unit``."""
    return None if row[name] is None else PER[unit] * float(row[name])


def gain_texts(
    evidence: Evidence, row: Record, name: str, *, unit: str, more: int = 0
) -> tuple[str, str]:
    """Return the gain ``name`` of a row and its interval, signed, in numbers of ``unit``.

    Parameters
    ----------
    unit
        As :func:`unit_of` has it.
    more
        Decimals beyond those of a sentence; percentage points have one anyway.
    """
    words = evidence.words
    digits = DIGITS[unit] + (0 if unit == "share" else more)
    value, low, high = (
        read_gain(row, key, unit=unit) for key in (name, f"{name}_low", f"{name}_high")
    )
    text = words.number(value, digits, signed=True)
    return text, words.interval(low, high, digits, signed=True)


def goes_with(evidence: Evidence, row: Record) -> str:
    """Return what a pair's synergy is in points of its outcome, with the interval."""
    unit = unit_of(evidence, str(row["outcome"]))
    effect, interval = gain_texts(evidence, row, "effect", unit=unit)
    return evidence.words.say(
        "lift.pair_share" if unit == "share" else "lift.pair",
        outcome=evidence.item_label(str(row["outcome"])),
        effect=effect,
        interval=interval,
    )
