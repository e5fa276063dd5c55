"""How the numbers were made, what they cannot say, what to know of the data, and what ran."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, get_args

from supertouch.language import Language
from supertouch.report.blocks import Block, ByWave, Cell, Column, Grid, Plain, Prose, Row, Section
from supertouch.report.blocks import Terms as TermList
from supertouch.report.evidence import Evidence, Record
from supertouch.report.sampled import in_parts, in_samples, partly_sampled
from supertouch.report.sections.doubts import number_of
from supertouch.study.model import Status, Wave

__all__ = ["diagnostics", "glossary", "methods", "run"]

OF_TABLE = {
    "portfolio": "portfolio",
    "decision": "portfolio",
    "quick_win": "portfolio",
    "gain": "portfolio",
    "mix": "reach_sets",
    "turf": "reach_sets",
    "synergy": "synergy",
    "jaccard": "overlap",
    "inside": "gap",
    "blind_spot": "gap",
    "icc": "auditors",
    "incidents": "incidents",
    "incident": "incidents",
    "whatif": "whatif",
    "headroom": "whatif",
    "frontier": "budget",
    "plan": "plan",
    "target_level": "plan",
}


def methods(evidence: Evidence) -> Section:
    """Explain the methods and their limits, with the study's own settings."""
    words = evidence.words
    study = evidence.study
    values = {
        "alpha": words.percent(study.rule.alpha),
        "candidate": words.number(study.rule.candidate, 2),
        "clusters": _design(evidence),
        "exact": words.integer(study.analysis.exact_up_to),
        "level": evidence.confidence(),
        "materiality": words.number(study.rule.materiality, 2),
        "min_base": words.integer(study.rule.min_base),
        "min_pair": words.integer(study.analysis.min_pair),
        "min_reach": words.percent(study.rule.min_reach),
        "replicates": words.integer(study.analysis.replicates),
        "samples": _samples(evidence),
        "stream_above": words.integer(study.computing.stream_above),
        "overlap": words.number(study.portfolio.overlap),
        "dear": words.percent(1 - study.portfolio.cost),
        "effect": words.number(study.portfolio.effect, 1),
        "quick": words.percent(study.portfolio.quick),
        "top": words.integer(study.rule.top),
        "weights": evidence.weighting(evidence.waves[-1].id),
    }
    terms = tuple(
        (words.say(f"method_title.{name}"), text.format(**values))
        for name, text in words.group("methods").items()
        if _used(evidence, name)
    )
    return Section(
        "methods", words.say("section.methods"), (TermList(terms),), words.say("methods_intro")
    )


def _used(evidence: Evidence, name: str) -> bool:
    """Tell whether the report tells of what a method or term belongs to."""
    if name == "large":
        return in_parts(evidence)
    return name not in OF_TABLE or bool(evidence.table(OF_TABLE[name]))


def _samples(evidence: Evidence) -> str:
    drawn = in_samples(evidence)
    return f"{drawn[:1].upper()}{drawn[1:]}." if drawn else ""


def _design(evidence: Evidence) -> str:
    words = evidence.words
    wave = evidence.waves[-1].id
    cluster = evidence.study.cluster.within(wave)
    stratum = evidence.study.stratum.within(wave)
    parts = [
        words.say("design.cluster", column=cluster) if cluster else words.say("design.no_cluster"),
        words.say("design.stratum", column=stratum) if stratum else words.say("design.no_stratum"),
    ]
    return " ".join(parts)


def diagnostics(evidence: Evidence) -> Section:
    """Show what the analysis noted about data and models."""
    words = evidence.words
    waves = tuple((wave.id, _diagnostics_in(evidence, wave)) for wave in evidence.waves)
    return Section("diagnostics", words.say("section.diagnostics"), (ByWave(waves),))


def _diagnostics_in(evidence: Evidence, wave: Wave) -> tuple[Plain, ...]:
    words = evidence.words
    rows = []
    small = [group for group, _ in evidence.small_groups(wave.id)]
    for group in (("", ""), *evidence.groups(wave.id), *small):
        label = Cell(words.say("group.total"))
        if group[0]:
            label = Cell(evidence.value_label(*group), evidence.segment_label(group[0]))
        rows += [
            Row(
                (
                    Cell(words.known("diagnostic", record["code"])),
                    Cell(_subject(evidence, str(record["subject"])) or "–"),
                    label,
                    _size(evidence, record, group),
                )
            )
            for record in evidence.rows("diagnostics", wave.id, group=group)
        ]
    if not rows:
        return (Prose((words.say("diagnostics.nothing", wave=evidence.label(wave)),), "good"),)
    names = ("diagnostic", "subject", "group", "value")
    return (
        Grid(
            words.say("diagnostics.caption", wave=evidence.label(wave)),
            tuple(Column(words.say(f"column.{name}"), name == "value") for name in names),
            tuple(rows),
            evidence.base(wave.id, partly_sampled(evidence, wave.id)),
            sortable=True,
        ),
    )


def _subject(evidence: Evidence, subject: str) -> str:
    """Return the label of a note's subject: segment, status, outcome, or touchpoints."""
    if subject in {item.id for item in evidence.study.segments}:
        return evidence.segment_label(subject)
    if subject in get_args(Status):
        return evidence.words.known("customers", subject)
    return ", ".join(evidence.item_label(part) for part in subject.split())


def _size(evidence: Evidence, record: Record, group: tuple[str, str]) -> Cell:
    """Return the size of a note; for a touchpoint left out, the base that was too small."""
    words = evidence.words
    level = evidence.row("performance", record["wave"], record["subject"], group=group)
    if level is not None and record["code"] == "not_eligible_base":
        n = level["n_rated"]
        return Cell(words.say("base.n", n=words.integer(n)), sort=n, numeric=True)
    if level is not None and record["code"] == "not_eligible_reach":
        return Cell(words.percent(level["reach"], 1), sort=level["reach"], numeric=True)
    value = record["value"]
    text = number_of(evidence, str(record["code"]), value)
    return Cell(text, sort=value, numeric=True)


def run(evidence: Evidence, manifest: Mapping[str, Any]) -> Section:
    """Show what ran on which inputs: versions, seed, hashes, timings."""
    words = evidence.words
    facts = [
        (words.say(f"run.{name}"), _fact(words, name, manifest[name]))
        for name in ("supertouch", "python", "seed", "started", "finished", "study_sha256")
        if manifest.get(name) not in (None, "")
    ]
    blocks: list[Block] = [TermList(tuple(facts))]
    files = tuple(
        Row(
            (
                Cell(str(item.get("file", ""))),
                Cell(words.integer(item.get("bytes")), sort=item.get("bytes"), numeric=True),
                Cell(str(item.get("sha256", ""))),
            )
        )
        for item in manifest.get("inputs", ())
    )
    packages = tuple(
        Row((Cell(str(name)), Cell(str(version))))
        for name, version in sorted(manifest.get("packages", {}).items())
    )
    stages = tuple(
        Row(
            (
                Cell(words.known("stage", str(item.get("stage", "")))),
                Cell(_wave_label(evidence, str(item.get("wave") or ""))),
                Cell(words.number(item.get("seconds"), 2), sort=item.get("seconds"), numeric=True),
            )
        )
        for item in manifest.get("stages", ())
    )
    for name, rows, heads in (
        ("inputs", files, ("file", "bytes", "sha256")),
        ("stages", stages, ("stage", "wave", "seconds")),
        ("packages", packages, ("package", "version")),
    ):
        if rows:
            columns = tuple(
                Column(words.say(f"column.{head}"), head in ("bytes", "seconds")) for head in heads
            )
            blocks.append(Grid(words.say(f"run.{name}"), columns, rows))
    return Section("run", words.say("section.run"), tuple(blocks), words.say("run.intro"))


def _fact(words: Language, name: str, value: object) -> str:
    return words.moment(str(value)) if name in ("started", "finished") else str(value)


def _wave_label(evidence: Evidence, wave: str) -> str:
    found = next((item for item in evidence.study.waves if item.id == wave), None)
    return evidence.label(found) if found else wave or "–"


def glossary(evidence: Evidence, only: Collection[str] | None = None) -> Section:
    """Explain every term that the report uses, or ``only`` those that a page needs."""
    words = evidence.words
    terms = tuple(
        (words.say(f"glossary_term.{name}"), text)
        for name, text in words.group("glossary").items()
        if (name in only if only is not None else _used(evidence, name))
    )
    return Section("glossary", words.say("section.glossary"), (TermList(terms),))
