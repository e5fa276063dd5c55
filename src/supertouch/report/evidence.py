"""The tables of a study as the report looks them up, and the labels that go with their keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from typing import Any

import pandas as pd

from supertouch.errors import OutputError, Problem
from supertouch.language import Language
from supertouch.report.cockpit.texts import cleaned
from supertouch.report.keys import KEYS, REPORTED
from supertouch.study.model import Outcome, Role, Study, Touchpoint, Wave
from supertouch.tables import checked

__all__ = ["DRIVEN", "REPORTED", "Evidence", "Record"]

Record = Mapping[str, Any]

DRIVEN: tuple[Role, ...] = ("loyalty", "recommendation")


class Evidence:
    """Looks up rows of the tables by wave, group and keys, and the words for them.

    Parameters
    ----------
    study
        What was asked.
    tables
        The tables of every wave, one below the other; a missing one counts as empty.
    words
        The language that labels are wanted in.
    about
        Tables of which one must hold a wave for it to be told of; none of them need hold any
        where there are none.
    """

    def __init__(
        self,
        study: Study,
        tables: Mapping[str, pd.DataFrame],
        *,
        words: Language,
        about: Sequence[str] = ("sample",),
    ) -> None:
        self.study = study
        self.words = words
        self._groups: dict[str, dict[tuple[str, ...], list[Record]]] = {}
        self._rows: dict[str, dict[tuple[str, ...], Record]] = {}
        for name, keys in KEYS.items():
            frame = tables[name] if name in tables else checked(pd.DataFrame(), table=name)
            self._add(name, frame, keys)
        self._labels = self._all_labels()
        present = {key[0] for name in about for key in self._groups[name]}
        self.waves: tuple[Wave, ...] = tuple(wave for wave in study.waves if wave.id in present)
        if about and not self.waves:
            rule = "holds no wave of the study, so there is nothing to report."
            place = f"table '{about[0]}'"
            raise OutputError(Problem(place, "", rule, "Run the stages before it first."))

    def within(self, words: Language) -> Evidence:
        """Return the same tables with another language for their labels."""
        other = copy(self)
        other.words = words
        other._labels = other._all_labels()
        return other

    def _all_labels(self) -> dict[str, str]:
        items: Iterable[Touchpoint | Outcome] = (*self.study.outcomes, *self.study.touchpoints)
        return {item.id: self.label(item) for item in items}

    def _add(self, name: str, frame: pd.DataFrame, keys: tuple[str, ...]) -> None:
        groups: dict[tuple[str, ...], list[Record]] = {}
        rows: dict[tuple[str, ...], Record] = {}
        values = [_values(frame[column]) for column in frame]
        for row in zip(*values, strict=True):
            record: Record = dict(zip(frame.columns, row, strict=True))
            group = (
                str(record.get("wave", "")),
                str(record.get("segment", "")),
                str(record.get("segment_value", "")),
            )
            groups.setdefault(group, []).append(record)
            rows[group + tuple([str(record[key]) for key in keys])] = record
        self._groups[name] = groups
        self._rows[name] = rows

    def rows(self, table: str, wave: str, *, group: tuple[str, str] = ("", "")) -> list[Record]:
        """Return the rows of ``table`` for ``wave`` and a group (segment, value; default total)."""
        return self._groups[table].get((wave, *group), [])

    def row(
        self, table: str, wave: str, *keys: str, group: tuple[str, str] = ("", "")
    ) -> Record | None:
        """Return the row of ``table`` with those keys, or None."""
        return self._rows[table].get((wave, *group, *keys))

    def groups(self, wave: str) -> list[tuple[str, str]]:
        """Return the segment groups of ``wave`` (segment, value) in the study's order."""
        found = {
            key[1:3]
            for table in ("performance", "outcomes", "models")
            for key in self._groups[table]
            if key[0] == wave and key[1]
        }
        segments = [segment.id for segment in self.study.segments]
        values = {
            (segment.id, code_key(code)): place
            for segment in self.study.segments
            for place, code in enumerate(segment.values)
        }

        def order(key: tuple[str, ...]) -> tuple[int, int, str]:
            segment, value = key
            known = segments.index(segment) if segment in segments else len(segments)
            return known, values.get((segment, value), len(values)), value

        return sorted(((key[0], key[1]) for key in found), key=order)

    def small_groups(self, wave: str) -> list[tuple[tuple[str, str], int]]:
        """Return the segment groups of ``wave`` that are too small to analyse, with their n."""
        return [
            ((key[1], key[2]), int(record["value"]))
            for key, records in self._groups["diagnostics"].items()
            if key[0] == wave and key[1]
            for record in records
            if record["code"] == "small_segment"
        ]

    def every(self, table: str, wave: str) -> list[Record]:
        """Return the rows of ``table`` for ``wave``, every group below the other."""
        return [
            record
            for key, records in self._groups[table].items()
            if key[0] == wave
            for record in records
        ]

    def table(self, name: str) -> list[Record]:
        """Return every row of a table, whichever wave and group it is about."""
        return [record for records in self._groups[name].values() for record in records]

    def driven(self, wave: str) -> list[Outcome]:
        """Return the outcomes that super-touchpoints are held against in ``wave``."""
        found = [self.study.outcome_of(role, wave) for role in DRIVEN]
        return [outcome for outcome in found if outcome is not None]

    def outcomes(self, wave: str) -> list[Outcome]:
        """Return every outcome asked in ``wave``, those that count for the verdict first."""
        first = self.driven(wave)
        names = {outcome.id for outcome in first}
        return first + [item for item in self.study.outcomes_in(wave) if item.id not in names]

    def label(self, item: Touchpoint | Outcome | Wave) -> str:
        """Return the label of a touchpoint, outcome or wave; its id when it has none."""
        return one_line(item.label.within(self.words.code)) or item.id

    def outcome_label(self, outcome: Outcome) -> str:
        """Return the outcome's label, with the word proxy where it stands in for another."""
        label = self.label(outcome)
        if not outcome.proxy:
            return label
        role = self.words.say(f"role.{outcome.role}")
        return self.words.say("outcome.proxy", label=label, role=role)

    def proxies(self, wave: str) -> list[Outcome]:
        """Return the outcomes that stand in for loyalty or recommendation in ``wave``."""
        return [outcome for outcome in self.driven(wave) if outcome.proxy]

    def missing(self, wave: str) -> tuple[Role, ...]:
        """Return loyalty or recommendation where ``wave`` neither asked it nor has a proxy."""
        return tuple(role for role in DRIVEN if self.study.outcome_of(role, wave) is None)

    def rank_told(self, wave: str) -> bool:
        """Tell whether more touchpoints are ranked than the top takes, so that P(rank) tells."""
        rows = [row for row in self.rows("supertouchpoints", wave)
                if row["rank_probability"] is not None]  # fmt: skip
        return bool(rows) and len(rows) > int(rows[0]["top"])

    def item_label(self, item: str) -> str:
        """Return the label of a touchpoint or outcome by its id; the id when the study has none."""
        return self._labels.get(item, item)

    def segment_label(self, segment: str) -> str:
        """Return the label of a segment."""
        found = next((item for item in self.study.segments if item.id == segment), None)
        return one_line(found.label.within(self.words.code)) or segment if found else segment

    def value_label(self, segment: str, value: str) -> str:
        """Return the label of a segment's value; the value itself when it has none."""
        found = next((item for item in self.study.segments if item.id == segment), None)
        labels = {code_key(code): text for code, text in found.values.items()} if found else {}
        text = labels.get(value)
        return one_line(text.within(self.words.code)) or value if text else value

    def touchpoints(self, wave: str) -> list[Touchpoint]:
        """Return the touchpoints asked in ``wave``, in the study's order."""
        return list(self.study.touchpoints_in(wave))

    def contact_asked(self, touchpoint: str, wave: str) -> bool:
        """Tell whether an answer in ``wave`` can say that a touchpoint was not met."""
        item = self.study.touchpoint(touchpoint)
        rule = item.contact_rule
        return (
            item.contact.within(wave) is not None
            or bool(item.codes.not_met)
            or item.codes.blank == "not_met"
            or "not_met" in (rule.when_blank, rule.when_dont_know)
        )

    def weighting(self, wave: str) -> str:
        """Return whether answers are weighted: by which column, or raked to which margins."""
        words = self.words
        column = self.study.weight.within(wave)
        raked = [item.segment for item in self.study.weighting.margins if item.within(wave)]
        if raked:
            names = words.series(self.segment_label(segment) for segment in raked)
            if column is None:
                return words.say("base.raked", names=names)
            return words.say("base.raked_from", names=names, column=column)
        return words.say("base.weighted", column=column) if column else words.say("base.unweighted")

    def weightings(self) -> str:
        """Return how answers are weighted over all waves, every column named once."""
        margins = self.study.weighting.margins
        if any(item.within(wave.id) for wave in self.waves for item in margins):
            return "; ".join(dict.fromkeys(self.weighting(wave.id) for wave in self.waves))
        columns = [self.study.weight.within(wave.id) for wave in self.waves]
        named = self.words.series(dict.fromkeys(column for column in columns if column))
        if not named:
            return self.words.say("base.unweighted")
        text = self.words.say("base.weighted", column=named)
        return text if all(columns) else self.words.say("base.weighted_partly", weighting=text)

    def base(self, wave: str, *methods: str) -> str:
        """Return the line below a table: base n and n_eff of the wave, weighting and methods."""
        sample = self.row("sample", wave) or {}
        n = self.words.integer(sample.get("n_accepted"))
        n_eff = self.words.integer(sample.get("n_eff"))
        count = self.words.say("base.sample", n=n, n_eff=n_eff)
        return " · ".join((count, self.weighting(wave), *(text for text in methods if text)))

    def confidence(self) -> str:
        """Return the confidence level in percent, as in 95 %."""
        return self.words.percent(self.study.analysis.confidence)

    def model_base(self, wave: str, outcome: Outcome, *, group: tuple[str, str] = ("", "")) -> str:
        """Return n, n_eff, R², method and replicates of one driver model."""
        model = self.row("models", wave, outcome.id, group=group)
        if model is None:
            return ""
        words = self.words
        about = {name: words.integer(model[name]) for name in ("n", "n_eff")}
        about["outcome"] = self.outcome_label(outcome)
        if not model["admitted"]:
            return words.say("base.model_refused", **about)
        return words.say(
            "base.model",
            **about,
            r2=words.percent(model["r2"], 1),
            method=words.known("method", str(model["method"])),
            replicates=words.integer(model["replicates"]),
        )

    def rows_base(self, outcome: Outcome, rows: Sequence[Record]) -> str:
        """Return n and n_eff of rows on one outcome; from and to where they differ."""
        words = self.words
        texts = []
        for name in ("n", "n_eff"):
            found = [row[name] for row in rows if row[name] is not None]
            ends = [words.integer(end(found)) for end in (min, max)] if found else ["–"]
            one = len(set(ends)) == 1
            texts.append(ends[0] if one else words.say("format.range", low=ends[0], high=ends[1]))
        label = self.outcome_label(outcome)
        return words.say("base.rows", outcome=label, n=texts[0], n_eff=texts[1])


def code_key(code: float | str) -> str:
    """Return a code as the key that tables hold: whole numbers without a decimal point."""
    if isinstance(code, float) and code.is_integer():
        return str(int(code))
    return str(code)


def one_line(text: str) -> str:
    """Return ``text`` with every run of white space turned into one blank, and nothing unseen."""
    return " ".join(cleaned(text).split())


def _values(column: pd.Series[Any]) -> list[Any]:
    """Return what a column holds, None where it is blank."""
    found = column.to_numpy(dtype=object, copy=True)
    found[column.isna().to_numpy()] = None
    return list(found.tolist())
