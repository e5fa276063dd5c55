"""How the meaning of a study file is shown: tables that survive 80 columns and plain text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console, RenderableType
from rich.style import StyleType
from rich.table import Table

from supertouch.errors import legible

if TYPE_CHECKING:
    import pandas as pd

    from supertouch.intake.draft import WaveCheck
    from supertouch.study.model import Columns, Study

__all__ = ["show_brought", "show_data", "show_study"]

_NONE = "–"
_WAVES_ACROSS = 6
_LISTED = 40
_LONGEST = 40
_COUNTED = {"audit": "filled cells", "mentions": "rows", "plan": "measures"}
_REMEDIES = {
    False: "Declare them under [codes], correct the scale, or let their rows go.",
    True: "Name a group's code under the values of its segment; a code for no answer may stay.",
}


def show_study(study: Study, waves: Sequence[str]) -> None:
    """Print touchpoints and outcomes with their columns by wave, scales, segments and design."""
    from supertouch.intake.draft import gaps

    console = _console()
    language = study.languages[0]
    console.print(
        f"{legible(study.title.within(language))}: {len(study.touchpoints)} touchpoints, "
        f"{len(study.outcomes)} outcome(s), {len(waves)} wave(s)",
    )
    has_fit = any(name for item in study.touchpoints for name in _names(item.brand_fit, waves))
    heads = [
        "touchpoint",
        "waves",
        "rating",
        "contact",
        *(["brand fit"] if has_fit else []),
        "scale",
    ]
    table = _table("Touchpoints", *heads)
    for item in study.touchpoints:
        columns = (item.rating, item.contact, *((item.brand_fit,) if has_fit else ()))
        for group, names in _by_columns(columns, waves):
            table.add_row(item.id, group, *names, item.scale)
    console.print(table)
    table = _table("Outcomes", "outcome", "waves", "role", "columns", "scale")
    for outcome in study.outcomes:
        role = f"{outcome.role} (proxy)" if outcome.proxy else outcome.role
        asked = [wave for wave in waves if outcome.asked_in(wave)]
        missing = [wave for wave in waves if wave not in asked]
        for group, names in _by_columns(outcome.items, asked):
            shown = group if missing or group != "all" else "all"
            shown = ", ".join(asked) if missing and group == "all" else shown
            table.add_row(outcome.id, shown, role, ", ".join(names), outcome.scale)
        if missing:
            table.add_row(outcome.id, ", ".join(missing), role, _NONE, "")
    console.print(table)
    for sentence in gaps({o.role for o in study.outcomes if any(map(o.asked_in, waves))}):
        console.print(sentence)
    _show_scales(console, study)
    _show_design(console, study, waves)


def show_data(study: Study, checks: Sequence[WaveCheck]) -> None:
    """Print valid answers by touchpoint and wave, then the codes that do not fit."""
    if not checks:
        return
    console = _console()
    for start in range(0, len(checks), _WAVES_ACROSS):
        _show_bases(console, study, checks[start : start + _WAVES_ACROSS])
    _show_unknown(console, checks)
    _show_unused(console, checks)


def show_brought(tables: Mapping[str, pd.DataFrame]) -> None:
    """Print how much of audit sheets, mentions and plan can be used, then what cannot."""
    counts = tables["brought"]
    if counts.empty:
        return
    console = _console()
    heads = ("file", "counted", "read", "used", "not used")
    table = _table("What people brought besides answers", *heads, right=(2, 3, 4))
    for row in counts.to_dict("records"):
        numbers = (f"{row[name]:,}" for name in ("n_read", "n_accepted", "n_quarantined"))
        table.add_row(row["file"], _COUNTED[row["kind"]], *numbers)
    console.print(table)
    for name in ("audit_quarantine", "mention_quarantine"):
        _show_faults(console, tables[name])


def _show_faults(console: Console, faults: pd.DataFrame) -> None:
    """Print a line for each rule that cells of a column break, with the first of them.

    Whole sentences stay where they are: people's own words are not repeated.
    """
    groups = list(faults.groupby(["file", "column", "rule", "remedy"], sort=False))
    for (file, column, rule, remedy), lines in groups[:_LISTED]:
        more = f" and {len(lines) - 1:,} more" if len(lines) > 1 else ""
        shown = str(lines["value"].iloc[0])
        value = f" {shown!r}" if 0 < len(shown) <= _LONGEST else ""
        text = f"{file}, row {lines['row'].iloc[0]}{more}, {column}:{value} {rule}"
        console.print(f"{text.rstrip('.')}. {remedy}")
    if len(groups) > _LISTED:
        console.print(f"… and {len(groups) - _LISTED} more.")


class _Legible(Table):
    """A table in which no sign of a study or a data file acts on the terminal."""

    def add_row(
        self,
        *cells: RenderableType | None,
        style: StyleType | None = None,
        end_section: bool = False,
    ) -> None:
        """Add a row, with the invisible signs of its texts written out."""
        told = (legible(cell) if isinstance(cell, str) else cell for cell in cells)
        super().add_row(*told, style=style, end_section=end_section)


def _console() -> Console:
    return Console(highlight=False, markup=False, emoji=False)


def _table(title: str, *columns: str, right: Sequence[int] = ()) -> Table:
    table = _Legible(
        title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False
    )
    for place, name in enumerate(columns):
        table.add_column(name, justify="right" if place in right else "left", overflow="fold")
    return table


def _by_columns(
    columns: Sequence[Columns], waves: Sequence[str]
) -> Iterator[tuple[str, list[str]]]:
    """Yield waves that share column names, with these; "all" where all waves do."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for wave in waves:
        names = tuple(column.within(wave) or _NONE for column in columns)
        groups.setdefault(names, []).append(wave)
    for names, shared in groups.items():
        yield ("all" if len(shared) == len(waves) else ", ".join(shared)), list(names)


def _names(column: Columns, waves: Sequence[str]) -> list[str]:
    return [name for wave in waves if (name := column.within(wave))]


def _show_scales(console: Console, study: Study) -> None:
    table = _table("Scales", "scale", "from", "to", "good end", right=(1, 2))
    for scale in study.scales.values():
        best, worst = scale.best, scale.minimum + scale.maximum - scale.best
        labels = [
            scale.labels[code].within(study.languages[0]) if code in scale.labels else ""
            for code in (worst, best)
        ]
        told = f" ({labels[0]} … {labels[1]})" if all(labels) else ""
        end = f"{best:g}, the {'smallest' if scale.reversed else 'largest'} code{told}"
        table.add_row(scale.id, f"{scale.minimum:g}", f"{scale.maximum:g}", end)
    console.print(table)


def _show_design(console: Console, study: Study, waves: Sequence[str]) -> None:
    table = _table("Respondents", "use", "waves", "column")
    uses = {name: getattr(study, name) for name in ("respondent", "weight", "cluster", "stratum")}
    uses |= {"wave": study.wave_column, "brand": study.brand}
    uses |= {f"segment {segment.id}": segment.column for segment in study.segments}
    for use, column in uses.items():
        if not _names(column, waves):
            continue
        for group, names in _by_columns((column,), waves):
            table.add_row(use, group, names[0])
    for rule in study.exclusions:
        codes = ", ".join(map(_code, rule.values))
        for group, names in _by_columns((rule.column,), waves):
            table.add_row("left out", group, f"{names[0]} = {codes}")
    console.print(table)


def _show_bases(console: Console, study: Study, checks: Sequence[WaveCheck]) -> None:
    right = range(1, len(checks) + 1)
    table = _table("Valid answers", "item", *(c.wave for c in checks), right=right)
    found = {c.wave: {base.item: base.n for base in c.bases} for c in checks}
    table.add_row("rows", *(f"{c.rows:,}" for c in checks))
    if any(c.excluded for c in checks):
        table.add_row("left out by the study", *(f"{c.excluded:,}" for c in checks))
    for item in [*(t.id for t in study.touchpoints), *(o.id for o in study.outcomes)]:
        counts = [found[c.wave].get(item) for c in checks]
        table.add_row(item, *(_NONE if n is None else f"{n:,}" for n in counts))
    console.print(table)


def _show_unknown(console: Console, checks: Sequence[WaveCheck]) -> None:
    lines = [(c.wave, code) for c in checks for code in c.unknown]
    if not lines:
        console.print("Every code in the data is known to the study.")
        return
    table = _table(
        "Codes in the data that the study does not know",
        "wave", "column", "code", "label", "n", "share", "what happens", right=(4, 5),
    )  # fmt: skip
    for wave, line in lines[:_LISTED]:
        cells = (wave, line.column, line.code, line.label or _NONE, f"{line.n:,}")
        table.add_row(*cells, f"{line.share:.1%}", line.consequence)
    console.print(table)
    if len(lines) > _LISTED:
        console.print(f"… and {len(lines) - _LISTED} more.")
    for stays, remedy in _REMEDIES.items():
        if any(line.row_stays is stays for _, line in lines):
            console.print(remedy)


def _show_unused(console: Console, checks: Sequence[WaveCheck]) -> None:
    groups: dict[tuple[str, str, str], list[str]] = {}
    for checked in checks:
        for line in checked.unused:
            groups.setdefault((line.use, line.meaning, line.code), []).append(checked.wave)
    if not groups:
        console.print("Every code of the study occurs in the data.")
        return
    table = _table("Codes of the study that never occur", "where", "meaning", "code", "waves")
    for (use, meaning, code), waves in list(groups.items())[:_LISTED]:
        shared = "all" if len(waves) == len(checks) else ", ".join(waves)
        table.add_row(use, meaning, code, shared)
    console.print(table)
    if len(groups) > _LISTED:
        console.print(f"… and {len(groups) - _LISTED} more.")


def _code(code: float | str) -> str:
    return code if isinstance(code, str) else f"{code:g}"
