"""The mix of touchpoints: which few reach most, what pairs are worth, and the journey's funnel."""

from __future__ import annotations

from supertouch.report.blocks import (
    ByWave,
    Cell,
    Column,
    Grid,
    Headline,
    Picture,
    Plain,
    Prose,
    Row,
    Section,
)
from supertouch.report.evidence import Evidence, Record
from supertouch.report.sampled import drawn, weighted_sample
from supertouch.report.sections.naming import listed, quoted
from supertouch.report.sections.pairs import overlaps, synergies
from supertouch.study.model import PHASES, Wave

__all__ = ["CRITERIA", "METHODS", "best_set", "funnel_rows", "mix", "set_rows"]

CRITERIA = ("met", "delighted")
METHODS = ("exact", "greedy")
NEARLY = 0.95
HIGH = 0.98
ALL = 1 - 1e-9
STATUSES = ("", "current", "former", "potential")
TABLES = ("reach_sets", "synergy", "overlap", "funnel")


def mix(evidence: Evidence, pictures: dict[str, Picture]) -> Section | None:
    """Show reach of the best sets, synergy, overlap and funnel; None where there are none."""
    if not any(evidence.rows(name, wave.id) for name in TABLES for wave in evidence.waves):
        return None
    words = evidence.words
    waves = ByWave(tuple((wave.id, _in_wave(evidence, wave, pictures)) for wave in evidence.waves))
    return Section("mix", words.say("section.mix"), (waves,), words.say("mix.intro"))


def set_rows(evidence: Evidence, wave: Wave, criterion: str, method: str) -> list[Record]:
    """Return the best sets of a criterion by a method, the smallest first."""
    rows = [row for row in evidence.rows("reach_sets", wave.id)
            if (row["criterion"], row["method"]) == (criterion, method)]  # fmt: skip
    return sorted(rows, key=lambda row: int(row["size"]))


def funnel_rows(evidence: Evidence, wave: Wave, status: str = "") -> list[Record]:
    """Return the phases of a status in order of the journey."""
    found = {str(row["phase"]): row for row in evidence.rows("funnel", wave.id)
             if row["status"] == status}  # fmt: skip
    return [found[phase] for phase in PHASES if phase in found]


def _in_wave(evidence: Evidence, wave: Wave, pictures: dict[str, Picture]) -> tuple[Plain, ...]:
    words = evidence.words
    blocks: list[Plain] = []
    lead, *others = _best_lines(evidence, wave) or [""]
    if lead:
        blocks.append(Headline(lead))
    lines = (*others, *_everybody(evidence, wave), *_funnel_line(evidence, wave))
    if lines:
        blocks.append(Prose((), bullets=lines))
    if f"mix_{wave.id}" in pictures:
        blocks.append(pictures[f"mix_{wave.id}"])
    blocks += [grid for name in CRITERIA if (grid := _sets(evidence, wave, name)) is not None]
    funnel = _funnel(evidence, wave)
    blocks += [funnel] if funnel is not None else []
    blocks += synergies(evidence, wave)
    blocks += overlaps(evidence, wave, pictures.get(f"overlap_{wave.id}"))
    nothing = Prose((words.say("mix.nothing", wave=evidence.label(wave)),), "note")
    return tuple(blocks) or (nothing,)


def best_set(evidence: Evidence, wave: Wave, criterion: str) -> Record | None:
    """Return the smallest set that reaches nearly as many as the largest one."""
    for method in METHODS:
        rows = [row for row in set_rows(evidence, wave, criterion, method)
                if row["reach"] is not None]  # fmt: skip
        few = [row for row in rows if row["size"] <= evidence.study.rule.top]
        if few:
            nearly = NEARLY * float(rows[-1]["reach"])
            return next((row for row in few if float(row["reach"]) >= nearly), few[-1])
    return None


def _best_lines(evidence: Evidence, wave: Wave) -> list[str]:
    """Tell the best sets, that of those met first; where one touchpoint does, that of delight."""
    found = {name: row for name in CRITERIA if (row := best_set(evidence, wave, name)) is not None}
    if "delighted" in found and "met" in found and int(found["met"]["size"]) == 1:
        keys = {"delighted": "mix.lead_delighted", "met": "mix.met"}
    elif "met" in found:
        keys = {"met": "mix.lead", "delighted": "mix.delighted"}
    else:
        keys = {"delighted": "mix.lead_delighted"}
    return [_set_line(evidence, found[name], key) for name, key in keys.items() if name in found]


def _everybody(evidence: Evidence, wave: Wave) -> tuple[str, ...]:
    """Say how many touchpoints it takes to reach everybody, where that can be done."""
    words = evidence.words
    for method in METHODS:
        rows = [row for row in set_rows(evidence, wave, "met", method)
                if row["reach"] is not None and float(row["reach"]) >= ALL]  # fmt: skip
        if rows:
            base = words.integer(rows[0]["n"])
            return (words.count("mix.all_met", int(rows[0]["size"]), base=base),)
    return ()


def _base(evidence: Evidence, row: Record) -> dict[str, str]:
    """Return whom the reach of a set is a share of, and how many of all respondents these are."""
    words = evidence.words
    sample = drawn(evidence, str(row["wave"]))
    every = sample or (evidence.row("sample", str(row["wave"])) or {}).get("n_accepted")
    n = int(row["n"])
    if not every or n >= int(every):
        whole = "of_sample" if sample else "of_all"
        return {"of": words.say(f"mix.{whole}", n=words.integer(n)), "known": ""}
    known = words.say("mix.known", share=words.percent(n / int(every)))
    return {"of": words.say("mix.of_known", n=words.integer(n)), "known": known}


def _set_line(evidence: Evidence, row: Record, key: str) -> str:
    words = evidence.words
    names = str(row["touchpoints"]).split()
    digits = 1 if float(row["reach"]) > HIGH else 0
    return words.count(
        key,
        len(names),
        wave=evidence.label(evidence.study.wave(str(row["wave"]))),
        names=listed(evidence, [quoted(evidence, name) for name in names]),
        reach=words.percent(row["reach"], digits),
        **_base(evidence, row),
        interval=words.percent_interval(row["reach_low"], row["reach_high"], digits),
    )


def _funnel_line(evidence: Evidence, wave: Wave) -> tuple[str, ...]:
    rows = funnel_rows(evidence, wave)
    if len(rows) < 2 or rows[-1]["through"] is None:
        return ()
    words = evidence.words
    interval = words.percent_interval(rows[-1]["through_low"], rows[-1]["through_high"])
    return (words.say("mix.through", share=words.percent(rows[-1]["through"]), interval=interval),)


def _sets(evidence: Evidence, wave: Wave, criterion: str) -> Grid | None:
    words = evidence.words
    exact = {int(row["size"]): row for row in set_rows(evidence, wave, criterion, "exact")}
    greedy = {int(row["size"]): row for row in set_rows(evidence, wave, criterion, "greedy")}
    sizes = sorted(exact.keys() | greedy.keys())
    if not sizes:
        return None
    names = ("set_size", "exact", "set_of", "proven", "greedy", "set_greedy")
    first = next(iter((exact or greedy).values()))
    about = {"wave": evidence.label(wave)}
    return Grid(
        words.say(f"mix.sets_{criterion}", **about),
        tuple(Column(words.say(f"column.{name}"), name in METHODS, wide=name == "set_of")
              for name in names),
        tuple(_set_row(evidence, size, exact.get(size), greedy.get(size)) for size in sizes),
        " · ".join((
            words.say("base.n", n=words.integer(first["n"])),
            words.say("base.n_eff", n_eff=words.integer(first["n_eff"])),
            weighted_sample(evidence, wave.id),
            words.say("mix.sets_base", level=evidence.confidence(),
                      patterns=words.integer(first["n_patterns"])),
        )),
        folded=criterion != "met",
    )  # fmt: skip


def _set_row(evidence: Evidence, size: int, exact: Record | None, greedy: Record | None) -> Row:
    words = evidence.words
    proven = Cell("–")
    if exact is not None:
        told = "yes" if exact["proven"] else "no"
        bound = words.say("mix.bound", bound=words.percent(exact["bound"], 1))
        proven = Cell(words.say(f"mix.proven_{told}"), "" if exact["proven"] else bound)
    same = exact is not None and greedy is not None
    same = same and set(str(exact["touchpoints"]).split()) == set(  # type: ignore[index]
        str(greedy["touchpoints"]).split()  # type: ignore[index]
    )
    return Row(
        (
            Cell(words.integer(size), sort=size),
            _reach_cell(evidence, exact),
            Cell(_names(evidence, exact)),
            proven,
            _reach_cell(evidence, greedy),
            Cell(words.say("mix.same") if same else _names(evidence, greedy)),
        )
    )


def _reach_cell(evidence: Evidence, row: Record | None) -> Cell:
    if row is None:
        return Cell("–", numeric=True)
    words = evidence.words
    detail = words.percent_interval(row["reach_low"], row["reach_high"], 1)
    if row["reach_unknown"]:
        unknown = words.say("mix.unknown", share=words.percent(row["reach_unknown"], 1))
        detail = f"{detail}\n{unknown}" if detail else unknown
    return Cell(words.percent(row["reach"], 1), detail, sort=row["reach"], numeric=True)


def _names(evidence: Evidence, row: Record | None) -> str:
    if row is None:
        return "–"
    names = [evidence.item_label(name) for name in str(row["touchpoints"]).split()]
    return "; ".join(names)


def _funnel(evidence: Evidence, wave: Wave) -> Grid | None:
    words = evidence.words
    rows = [(status, row) for status in STATUSES for row in funnel_rows(evidence, wave, status)]
    if not rows:
        return None
    several = len({status for status, _ in rows}) > 1
    cells = [
        Row(
            (
                Cell(words.say(f"phase.{row['phase']}"), words.say(f"customers.{status or 'all'}")
                     if several else ""),
                *(_share_cell(evidence, row, name) for name in ("met", "through", "passed")),
                Cell(words.integer(row["n_touchpoints"]), sort=row["n_touchpoints"], numeric=True),
                Cell(words.integer(row["n"]),
                     words.say("base.n_eff", n_eff=words.integer(row["n_eff"])),
                     sort=row["n"], numeric=True),
            ),
            strong=several and not status,
        )
        for status, row in rows
    ]  # fmt: skip
    names = ("met_any", "through", "passed", "n_touchpoints", "n")
    heads = (Column(words.say(f"column.{name}"), numeric=True) for name in names)
    return Grid(
        words.say("mix.funnel_caption", wave=evidence.label(wave)),
        (Column(words.say("column.phase")), *heads),
        tuple(cells),
        " · ".join((weighted_sample(evidence, wave.id), words.say("mix.funnel_base"),
                    words.say("base.linear", level=evidence.confidence()))),
    )  # fmt: skip


def _share_cell(evidence: Evidence, row: Record, name: str) -> Cell:
    words = evidence.words
    interval = words.percent_interval(row[f"{name}_low"], row[f"{name}_high"])
    return Cell(words.percent(row[name]), interval, sort=row[name], numeric=True)
