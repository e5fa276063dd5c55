"""What the report says of numbers that rest on a sample of a large wave's respondents."""

from __future__ import annotations

from supertouch.report.evidence import Evidence

__all__ = [
    "PARTLY",
    "SAMPLED",
    "drawn",
    "in_parts",
    "in_samples",
    "partly_sampled",
    "sampled",
    "weighted_sample",
]

SAMPLED = frozenset({
    "asymmetry", "consistency", "weakest", "overlap", "reach_sets", "synergy", "funnel",
    "robustness", "agreement", "halo", "collinearity", "sensitivity", "reliability",
})  # fmt: skip
PARTLY = frozenset({"portfolio", "diagnostics"})


def sampled(evidence: Evidence, wave: str) -> str:
    """Return how many of a wave's respondents the tables of ``SAMPLED`` rest on; "" where all."""
    sizes = _sizes(evidence, wave)
    return evidence.words.say("base.sampled", **sizes) if sizes else ""


def partly_sampled(evidence: Evidence, wave: str) -> str:
    """Return what of numbers that rest on several tables rests on a sample; "" where none does."""
    sizes = _sizes(evidence, wave)
    return evidence.words.say("base.sampled_partly", **sizes) if sizes else ""


def weighted_sample(evidence: Evidence, wave: str) -> str:
    """Return how answers are weighted, and that they are those of a sample where they are."""
    return _joined(evidence.weighting(wave), sampled(evidence, wave))


def in_samples(evidence: Evidence, *, partly: bool = False) -> str:
    """Return of every wave of which a sample was drawn what rests on it."""
    say = partly_sampled if partly else sampled
    texts = [(wave, say(evidence, wave.id)) for wave in evidence.waves]
    if len(texts) == 1:
        return texts[0][1]
    return _joined(
        *(
            evidence.words.say("base.sampled_in", wave=evidence.label(wave), text=text)
            for wave, text in texts
            if text
        )
    )


def in_parts(evidence: Evidence) -> bool:
    """Tell whether a wave was too large to be analysed in memory."""
    return any(_noted(evidence, wave.id, "groups_as_units") for wave in evidence.waves)


def drawn(evidence: Evidence, wave: str) -> int | None:
    """Return how many of a wave's respondents a sample has; None where all count."""
    found = _noted(evidence, wave, "sampled_rows")
    every = (evidence.row("sample", wave) or {}).get("n_accepted")
    return int(found) if found is not None and every is not None and found < every else None


def _sizes(evidence: Evidence, wave: str) -> dict[str, str]:
    found = drawn(evidence, wave)
    if found is None:
        return {}
    words = evidence.words
    every = (evidence.row("sample", wave) or {})["n_accepted"]
    return {"n": words.integer(found), "total": words.integer(every)}


def _noted(evidence: Evidence, wave: str, code: str) -> float | None:
    rows = evidence.rows("diagnostics", wave)
    return next((float(row["value"]) for row in rows if row["code"] == code), None)


def _joined(*texts: str) -> str:
    return " · ".join(text for text in texts if text)
