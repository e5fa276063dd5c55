"""Whole studies that are odd in one way each: one respondent, all the same, weights beyond reason.

``make(name, rng, folder)`` writes the study file and its answers; what a run must come to is not
known beforehand, only that it is a refusal in words or a report.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["ODD", "make"]

Rows = list[dict[str, Any]]
HARM = (
    "=cmd|' /C calc'!A0", "<script>x()</script>", "+1+1", "@SUM(1)", "\x1b[31mred", "\u202egnp.exe",
    "{id}", "[bold]x[/]", "%s", "a\nb", "x" * 300, "$x^2$", "\\frac", "_x000D_", "'", '"',
)  # fmt: skip


class Odd:
    """A study to be: how many touchpoints and respondents, and what is changed about it."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.touchpoints = ["website", "shop", "hotline", "invoice"]
        self.waves = ["w1"]
        self.n = 160
        self.labels: dict[str, str] = {}
        self.extra = ""
        self.data = ""
        self.segment = ""
        self.change: Callable[[str, Rows], Rows] = lambda wave, rows: rows
        self.asked: Callable[[str, str], bool] = lambda wave, touchpoint: True

    def label(self, name: str) -> str:
        """Return a label as TOML."""
        text = self.labels.get(name, name.title())
        return '"' + "".join(_escaped(sign) for sign in text) + '"'

    def toml(self) -> str:
        """Return the study file."""
        parts = [
            '[study]\nid = "odd"\nlanguages = ["en"]\nseed = 3',
            f"title = {self.label('title')}",
            f'[data]\nrespondent = "ID"\n{self.data}',
            "[scales.rating]\nmin = 1\nmax = 5\nbest = 5",
            "[codes]\ndont_know = [98]\nrefused = [99]",
            "[analysis]\nreplicates = 50\ngroups = 40",
            f'[outcomes.loyalty]\nlabel = {self.label("loyalty")}\nrole = "loyalty"\ncolumn = "Y"',
        ]
        for name in self.touchpoints:
            asked = ", ".join(f"{w} = false" for w in self.waves if not self.asked(w, name))
            column = f'{{ default = "R_{name}", {asked} }}' if asked else f'"R_{name}"'
            parts.append(
                f"[touchpoints.{name}]\nlabel = {self.label(name)}\n"
                f'phase = "during"\nrating = {column}'
            )
        parts += [f'[waves.{w}]\nlabel = {self.label(w)}\nfile = "{w}.csv"' for w in self.waves]
        if self.segment:
            parts.append(f"[segments.region]\nlabel = {self.label('region')}\n{self.segment}")
        return "\n".join([*parts, self.extra]) + "\n"

    def rows(self, wave: str) -> Rows:
        """Return a wave's answers: an outcome that follows the touchpoints, some of them blank."""
        found: Rows = []
        for k in range(self.n):
            rated = {name: self.rng.randint(1, 5) for name in self.touchpoints}
            mean = sum(rated.values()) / len(rated)
            row: dict[str, Any] = {"ID": f"{wave}-{k}"}
            row["Y"] = min(5, max(1, round(mean + self.rng.gauss(0, 1))))
            for name, value in rated.items():
                if self.asked(wave, name):
                    row[f"R_{name}"] = value if self.rng.random() < 0.8 else ""
            row["REGION"] = self.rng.choice("abc")
            row["W"] = round(self.rng.uniform(0.5, 2), 3)
            found.append(row)
        return self.change(wave, found)


def _escaped(sign: str) -> str:
    return f"\\u{ord(sign):04x}" if sign in '"\\' or ord(sign) < 32 or ord(sign) == 127 else sign


def _set(**values: Any) -> Callable[[str, Rows], Rows]:
    return lambda _, rows: [row | {k: v for k, v in values.items() if k in row} for row in rows]


def _ratings(value: object) -> Callable[[str, Rows], Rows]:
    """Return a change that puts the same rating everywhere."""

    def change(_: str, rows: Rows) -> Rows:
        return [{k: value if k.startswith("R_") else v for k, v in row.items()} for row in rows]

    return change


def _everything(value: object) -> Callable[[str, Rows], Rows]:
    def change(_: str, rows: Rows) -> Rows:
        return [{k: v if k == "ID" else value for k, v in row.items()} for row in rows]

    return change


def one_respondent(odd: Odd) -> None:
    odd.n = 1


def no_respondent(odd: Odd) -> None:
    odd.n = 0


def two_respondents(odd: Odd) -> None:
    odd.n = 2


def one_touchpoint(odd: Odd) -> None:
    odd.touchpoints = ["shop"]


def all_blank(odd: Odd) -> None:
    odd.change = _everything("")


def ratings_blank(odd: Odd) -> None:
    odd.change = _ratings("")


def all_refused(odd: Odd) -> None:
    odd.change = _everything("99")


def same_ratings(odd: Odd) -> None:
    odd.change = _ratings(5)


def same_outcome(odd: Odd) -> None:
    odd.change = _set(Y=4)


def everything_the_same(odd: Odd) -> None:
    odd.change = _everything(4)


def copies(odd: Odd) -> None:
    """Every touchpoint is rated as the first one."""
    odd.change = lambda _, rows: [
        row | {key: row["R_website"] for key in row if key.startswith("R_")} for row in rows
    ]


def perfect(odd: Odd) -> None:
    """The outcome is one of the ratings."""
    odd.change = lambda _, rows: [row | {"Y": row["R_shop"]} for row in rows]


def never_together(odd: Odd) -> None:
    """Nobody rated two touchpoints."""

    def change(_: str, rows: Rows) -> Rows:
        names = [f"R_{name}" for name in odd.touchpoints]
        for k, row in enumerate(rows):
            row |= {name: 3 + k % 3 if i == k % len(names) else "" for i, name in enumerate(names)}
        return rows

    odd.change = change


def duplicate_ids(odd: Odd) -> None:
    odd.change = _set(ID="same")


def ids_across_waves(odd: Odd) -> None:
    odd.waves = ["w1", "w2"]
    odd.change = lambda _, rows: [row | {"ID": str(k)} for k, row in enumerate(rows)]


def disjoint_waves(odd: Odd) -> None:
    """No touchpoint was asked in both waves."""
    odd.waves = ["w1", "w2"]
    first = set(odd.touchpoints[:2])
    odd.asked = lambda wave, touchpoint: (touchpoint in first) == (wave == "w1")


def weights(value: object) -> Callable[[Odd], None]:
    def spoil(odd: Odd) -> None:
        odd.data = 'weight = "W"'
        odd.change = _set(W=value)

    return spoil


def one_huge_weight(odd: Odd) -> None:
    odd.data = 'weight = "W"'
    odd.change = lambda _, rows: [row | {"W": 1e300 if k == 0 else 1} for k, row in enumerate(rows)]


def tiny_and_huge_weights(odd: Odd) -> None:
    odd.data = 'weight = "W"'
    odd.change = lambda _, rows: [
        row | {"W": 1e-300 if k % 2 else 1e300} for k, row in enumerate(rows)
    ]


def values_of_a_segment(odd: Odd) -> None:
    """As many groups as respondents."""
    odd.segment = 'column = "REGION"'
    odd.n = 600
    odd.change = lambda _, rows: [row | {"REGION": f"g{k}"} for k, row in enumerate(rows)]


def harmful_segment(odd: Odd) -> None:
    odd.segment = 'column = "REGION"'
    odd.change = lambda _, rows: [
        row | {"REGION": HARM[k % 3].replace("\n", " ")} for k, row in enumerate(rows)
    ]


def impossible_margins(odd: Odd) -> None:
    odd.segment = 'column = "REGION"\nvalues = { a = "A", b = "B", c = "C", d = "D" }'
    odd.extra = "[weighting]\nmargins = { region = { a = 1, b = 1, c = 1, d = 97 } }"


def harmful_labels(odd: Odd) -> None:
    names = [*odd.touchpoints, "title", "loyalty", "w1", "region"]
    odd.labels = dict(zip(names, odd.rng.sample(HARM, len(names)), strict=True))
    odd.segment = 'column = "REGION"'


def endless_labels(odd: Odd) -> None:
    odd.labels = dict.fromkeys([*odd.touchpoints, "title", "loyalty", "w1"], "Wort " * 400)


def cluster_per_person(odd: Odd) -> None:
    odd.data = 'cluster = "ID"\nstratum = "REGION"'


def one_cluster(odd: Odd) -> None:
    odd.data = 'cluster = "ONE"'
    odd.change = lambda _, rows: [row | {"ONE": 1} for row in rows]


def stratum_per_person(odd: Odd) -> None:
    odd.data = 'stratum = "ID"'


def off_the_scale(odd: Odd) -> None:
    odd.change = _ratings(7)


def words_for_numbers(odd: Odd) -> None:
    odd.change = _ratings("very good")


def not_numbers(odd: Odd) -> None:
    odd.change = lambda _, rows: [
        row | {"R_shop": ("inf", "nan", "-inf", "1e400")[k % 4]} for k, row in enumerate(rows)
    ]


def many_touchpoints(odd: Odd) -> None:
    odd.touchpoints = [f"t{k}" for k in range(300)]
    odd.n = 400


def many_columns(odd: Odd) -> None:
    odd.change = lambda _, rows: [row | {f"X{k}": k % 7 for k in range(10_000)} for row in rows]


ODD: dict[str, Callable[[Odd], None]] = {
    function.__name__: function
    for function in (
        one_respondent, no_respondent, two_respondents, one_touchpoint, all_blank, ratings_blank,
        all_refused, same_ratings, same_outcome, everything_the_same, copies, perfect,
        never_together, duplicate_ids, ids_across_waves, disjoint_waves, one_huge_weight,
        tiny_and_huge_weights, values_of_a_segment, harmful_segment, impossible_margins,
        harmful_labels, endless_labels, cluster_per_person, one_cluster, stratum_per_person,
        off_the_scale, words_for_numbers, not_numbers, many_touchpoints, many_columns,
    )
} | {
    f"weights {value}": weights(value) for value in (0, -1, 1e308, 5e-324, "", "inf", "nan", "x")
}  # fmt: skip


def make(name: str, rng: random.Random, folder: Path) -> Path:
    """Write an odd study and return its file."""
    odd = Odd(rng)
    ODD[name](odd)
    raw = folder / "data" / "raw"
    raw.mkdir(parents=True)
    for wave in odd.waves:
        rows = odd.rows(wave)
        head = list(rows[0]) if rows else ["ID", "Y", *(f"R_{t}" for t in odd.touchpoints)]
        with (raw / f"{wave}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, head)
            writer.writeheader()
            writer.writerows(rows)
    path = folder / "study.toml"
    path.write_text(odd.toml(), encoding="utf-8")
    return path
