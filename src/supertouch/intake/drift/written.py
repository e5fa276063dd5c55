"""How study.toml is written today, and the lines that it needs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from supertouch.intake.drift.uses import Loc, Use
from supertouch.study.document import Document, Table, found_in
from supertouch.study.fields import Spec, Texts
from supertouch.study.model import EMPTIES, Code, Columns, Scale, Study
from supertouch.study.shape import shape
from supertouch.study.toml import parse
from supertouch.study.wording import plain, toml_value

__all__ = ["Name", "Written", "as_written", "choice", "lines"]

Name = str | Literal[False]
_PATTERNS = ("rating", "contact", "brand_fit")


def lines(header: str, content: Mapping[str, object], *, remark: str = "") -> str:
    """Return a table's header with the keys that belong below it; the remark goes above.

    Examples
    --------
    >>> print(lines("touchpoints.shop", {"rating": "Q4"}))
    [touchpoints.shop]
    rating = "Q4"
    """
    above = [f"# {line}" for line in remark.splitlines()]
    keys = [f"{key} = {toml_value(_shown(value))}" for key, value in content.items()]
    return "\n".join([*above, f"[{header}]", *keys])


def as_written(use: Use, name: str) -> str:
    """Return a column's name as the study writes it: with the brand's place in it."""
    if not use.part or use.part not in name:
        return name
    return "{brand}".join(name.rsplit(use.part, 1))


def choice(options: Sequence[str], remark: str) -> str:
    """Return several ways to write the same keys, all behind #, below the table's header."""
    rows = list(dict.fromkeys(row for option in options for row in option.splitlines()))
    headers = [row for row in rows if row.startswith("[")]
    above = [row for row in rows if row.startswith("#")]
    keys = [f"# {row}" for row in rows if not row.startswith(("[", "#"))]
    return "\n".join([*above, *headers, f"# {remark}", *keys])


def _shown(value: object) -> object:
    if isinstance(value, Spec):
        start: dict[str, object] = {} if value.default is None else {"default": value.default}
        named = {**start, **value.by_wave}
        return value.default if list(named) == ["default"] else named
    if isinstance(value, Texts):
        every = value.by_language.get("")
        return every if every is not None else dict(value.by_language)
    if isinstance(value, Table):
        return {k: _shown(getattr(value, k)) for k in type(value).model_fields if _said(value, k)}
    if isinstance(value, list):
        return [_shown(item) for item in value]
    return value


def _said(table: Table, key: str) -> bool:
    return key in table.model_fields_set and getattr(table, key) is not None


@dataclass(frozen=True, slots=True)
class Written:
    """The study and, where its file can be read, what stands there word for word."""

    study: Study
    document: Document | None
    text: str
    specs: Mapping[Loc, Spec]

    @classmethod
    def of(cls, study: Study) -> Written:
        """Read the study file again; a study without a file is taken as plain tables."""
        try:
            text = study.file.read_bytes().decode("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            return cls(study, None, "", {})
        parsed = parse(text, file=study.file.name)
        if parsed.failed:
            return cls(study, None, text, {})
        shaped = shape(parsed.content, file=study.file.name, spoiled=parsed.spoiled)
        specs = {_loc(loc): spec for loc, spec in found_in(shaped.document, Spec)}
        return cls(study, shaped.document, text, specs)

    def spec(self, use: Use) -> Spec:
        """Return the columns of a use as they are written at its own place, without patterns."""
        if self.document is None:
            return _spec(use.columns)
        return self.specs.get(_loc(use.loc), Spec())

    def patterned(self, use: Use, wave: str) -> bool:
        """Tell whether a pattern in [columns] names the column in ``wave``."""
        own = self.spec(use)
        return (
            self.document is not None
            and use.kind in _PATTERNS
            and own.default is None
            and wave not in own.by_wave
        )

    def pattern_of(self, key: str, wave: str) -> str | None:
        """Return the pattern that names the touchpoints' columns in ``wave``."""
        spec: Spec = getattr(self.document.columns, key) if self.document else Spec()
        return spec.by_wave.get(wave, spec.default) or None

    def has_table(self, header: str) -> bool:
        """Tell whether the file has a table of its own for this."""
        return re.search(rf"^\s*\[\s*{re.escape(header)}\s*\]", self.text, re.M) is not None

    def renamed(self, use: Use, names: Mapping[str, Name]) -> str:
        """Return the lines that give a use other columns in some waves."""
        return self._respecified(use, self._changed(self.spec(use), names))

    def _changed(self, spec: Spec, names: Mapping[str, Name]) -> Spec:
        return Spec(spec.default, {**spec.by_wave, **names})

    def _respecified(self, use: Use, spec: Spec) -> str:
        header, key = ".".join(map(str, use.loc[:-1])), str(use.loc[-1])
        if use.loc[0] == "outcomes":
            return self._outcome(use, spec)
        if len(use.loc) > 2 and isinstance(use.loc[2], int):
            number = int(use.loc[2]) + 1
            table = ".".join(map(str, use.loc[:2]))
            if use.loc[:2] == ("data", "exclude"):
                return lines(
                    "[data.exclude]", {key: spec}, remark=f"[[data.exclude]] number {number}"
                )
            written = toml_value(_shown(spec))
            return f"# {table}, number {number}: write column = {written}"
        return lines(header, {key: spec})

    def _outcome(self, use: Use, spec: Spec) -> str:
        """Rewrite the items of an outcome, and the waves that it lists."""
        number = int(use.loc[3])
        table = self.document.outcomes.get(use.id) if self.document else None
        outcome = self.study.outcome(use.id)
        specs = [_spec(item) for item in outcome.items] if table is None else list(table.specs)
        specs[number] = spec
        content: dict[str, object] = (
            {"items": specs} if len(specs) > 1 or (table and table.items) else {"column": spec}
        )
        if table is not None and table.waves is not None:
            waves = [w for w in table.waves if _asked(specs, w) >= outcome.min_items]
            if waves != table.waves and waves:
                content["waves"] = waves
        return lines(f"outcomes.{use.id}", content)

    def pattern(self, key: str, names: Mapping[str, Name]) -> str:
        """Return the line of [columns] that names all touchpoints' columns in some waves."""
        spec: Spec = getattr(self.document.columns, key) if self.document else Spec()
        return lines("columns", {key: self._changed(spec, names)})

    def codes(self, use: Use, meanings: Mapping[str, Sequence[Code]], *, shared: bool) -> str:
        """Return the lines that give codes a meaning, beside those that they have.

        With ``shared`` they are written in [codes], for all items.
        """
        if use.contact is not None:
            own = {kind: (*getattr(use.contact, kind), *codes) for kind, codes in meanings.items()}
            return self._inner(use, "contact_rule", own)
        own = {kind: (*getattr(use.codes, kind), *codes) for kind, codes in meanings.items()}
        if shared:
            return lines("codes", own)
        return self._inner(use, "brand_fit_codes" if use.kind == "brand_fit" else "codes", own)

    def _inner(self, use: Use, key: str, content: Mapping[str, object]) -> str:
        header = f"{use.loc[0]}.{use.id}"
        if self.has_table(f"{header}.{key}"):
            return lines(f"{header}.{key}", content)
        table = getattr(self.document, str(use.loc[0]), {}).get(use.id) if self.document else None
        before = _shown(getattr(table, key)) if table is not None else {}
        return lines(header, {key: {**(before if isinstance(before, dict) else {}), **content}})

    def codes_of(self, use: Use) -> dict[str, object]:
        """Return the codes that a touchpoint states for itself, ready for another one."""
        table = self.document.touchpoints.get(use.id) if self.document else None
        return {"codes": _shown(table.codes)} if table and _said(table, "codes") else {}

    def inherits(self, use: Use, kinds: Sequence[str]) -> bool:
        """Tell whether the codes of these empties come from [codes]."""
        if self.document is None or use.kind not in ("rating", "outcome"):
            return False
        table = getattr(self.document, str(use.loc[0])).get(use.id)
        return table is not None and all(getattr(table.codes, kind) is None for kind in kinds)

    def value(self, use: Use, labels: Mapping[str, str]) -> str:
        """Return the lines that add values to a segment."""
        header = f"segments.{use.id}"
        if self.has_table(f"{header}.values"):
            return lines(f"{header}.values", {_key(code): text for code, text in labels.items()})
        table = self.document.segments.get(use.id) if self.document else None
        before = {code: _shown(text) for code, text in table.values.items()} if table else {}
        values = {_key(code): text for code, text in {**before, **labels}.items()}
        return lines(header, {"values": values})

    def successor(self, use: Use, wave: str, column: str, scale: Scale, why: str) -> str:
        """Return the tables that end a touchpoint before ``wave`` and go on with another one."""
        new, taken = f"{use.id}_{_slug(wave)}", {point.id for point in self.study.touchpoints}
        while new in taken:
            new += "_b"
        known = self.study.scales
        fits = next((s.id for s in known.values() if _same(s, scale)), None)
        tables = [f"# {line}" for line in why.splitlines()]
        tables.append(self.renamed(use, {wave: False}))
        if fits is None:
            bounds = {"min": scale.minimum, "max": scale.maximum, "best": scale.best}
            if scale.step != 1:
                bounds["step"] = scale.step
            tables.append(lines(f"scales.{scale.id}", bounds))
        content: dict[str, object] = dict(self._described(use))
        key = "scale" if use.kind == "rating" else "brand_fit_scale"
        content |= {key: fits or scale.id, "rating": {"default": False, wave: column}}
        content |= self._still_empty(use, scale)
        for other in ("contact", "brand_fit"):
            named = getattr(self.study.touchpoint(use.id), other).within(wave)
            if named:
                content[other] = {"default": False, wave: named}
            elif self.pattern_of(other, wave):
                content[other] = False
        tables.append(lines(f"touchpoints.{new}", content))
        return "\n\n".join(tables).replace("\n\n", "\n")

    def _still_empty(self, use: Use, scale: Scale) -> dict[str, object]:
        """Return the codes of a touchpoint without those that are answers on another scale."""
        own = self.codes_of(use).get("codes", {})
        kept = dict(own) if isinstance(own, dict) else {}
        for kind in EMPTIES:
            codes: tuple[Code, ...] = getattr(use.codes, kind)
            rest = tuple(code for code in codes if not _answers(code, scale))
            if rest != codes:
                kept[kind] = rest
        return {"codes": kept} if kept else {}

    def _described(self, use: Use) -> dict[str, object]:
        """Return what a touchpoint says of itself, without its columns and scales."""
        table = self.document.touchpoints.get(use.id) if self.document else None
        if table is None:
            point = self.study.touchpoint(use.id)
            return {"label": dict(point.label.by_language) or point.id, "phase": point.phase}
        left = {*_PATTERNS, "scale", "brand_fit_scale", "brand_fit_codes"}
        names = [name for name in type(table).model_fields if _said(table, name)]
        return {name: _shown(getattr(table, name)) for name in names if name not in left}


def _answers(code: Code, scale: Scale) -> bool:
    try:
        return scale.minimum <= float(code) <= scale.maximum
    except ValueError:
        return False


def _spec(columns: Columns) -> Spec:
    by_wave: dict[str, Name] = {wave: name or False for wave, name in columns.by_wave.items()}
    return Spec(columns.default, by_wave)


def _loc(loc: Loc) -> Loc:
    """Return the place of an outcome's one item as that of its column."""
    if loc[0] == "outcomes" and len(loc) == 3 and loc[2] == "column":
        return (*loc[:2], "items", 0)
    return loc


def _asked(specs: Sequence[Spec], wave: str) -> int:
    return sum(bool(spec.by_wave.get(wave, spec.default)) for spec in specs)


def _same(one: Scale, other: Scale) -> bool:
    bounds: list[tuple[Any, ...]] = [(s.minimum, s.maximum, s.best, s.step) for s in (one, other)]
    return bounds[0] == bounds[1]


def _key(code: str) -> str:
    return code if re.fullmatch(r"[A-Za-z0-9_-]+", code) else f'"{code}"'


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", plain(text).casefold()).strip("_") or "new"
