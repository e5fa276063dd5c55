"""Hostile values, and the ways to put them into a TOML document or into bytes."""

from __future__ import annotations

import copy
import json
import random
import re
import tomllib
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

__all__ = ["IDS", "NUMBERS", "TEXTS", "Raw", "bytes_of", "document_of", "mutated", "text_of"]

Document = dict[str, Any]


class Raw(str):
    """TOML as it stands, for what no Python value becomes."""


NUMBERS: tuple[Any, ...] = (
    0, -0.0, 1, -1, 2, 3, 0.5, 1.5, 1e-320, 1e308, -1e308, float("inf"), float("-inf"),
    float("nan"), 2**31, 2**53 + 1, 2**63 - 1, -(2**63), 2**64, 10**30, 10**400, 99.999999,
    1_000_000, 366, 1000, True, False,
)  # fmt: skip
TEXTS = (
    "", " ", "\t", "x" * 500, "x" * 200_000, "ä" * 300, "\0", "a\0b", "\x1b[31mred\x1b[0m\x07",
    "\u202egnp.exe\u202c", "\u2066\u2069\u200b\ufeff", "a\nb\r\nc", "'", '"', "\\",
    "<script>x()</script>",
    "=cmd|' /C calc'!A0", "+1+1", "@SUM(1)", "{id}", "{", "}", "{0}", "{brand}", "{id!r:>99999999}",
    "%s%n", "${HOME}", "{{ 7*7 }}", "..", ".", "/", "//", "../..", "/etc/passwd", "~", "~root",
    "C:\\con", "CON", "nul.csv", "a/b", "a\\b", "*", "**", "**/*", "[", "[!", "[a-", "?", "***",
    "**" * 30, "*a" * 40, "*/" * 60, "(a+)+$", "default", "segment", "together", "brand", "DE",
    "de", "en", "xx", "zz-ZZ", "de-CH", "None", "nan", "1", "01", "1.0", "-1", "1e5", "٣", "²",
    "2026-01-01", "true", "\U0001f600", "İ", "ß", "ſ", "\ud7ff", "e\u0301", "\u00e9",
)  # fmt: skip
IDS = (
    "", " ", "..", ".",
    "a/b", "a\\b", "../x", "/x", "CON", "con", "nul", "aux", "x" * 500,
    "a" * 300,
    "ä", "\0", "a\nb", "A", "1", "_", "-", "default", "segment", "together", "brand", "None",
    "\u202ex", "a.b", "a b", "$(x)", "a;b", "a#b", "a%b", "=1", "wave", "x:y", "total",
)  # fmt: skip
DAYS = (
    date(1, 1, 1), date(9999, 12, 31), date(2026, 3, 1), datetime(2026, 3, 1, 12),
    datetime(2026, 3, 1, tzinfo=UTC), time(12, 30),
)  # fmt: skip
RAW = (
    Raw("9" * 5_000), Raw("-" + "1" * 100_000), Raw("0x" + "f" * 6_000), Raw("1e99999"),
    Raw("1_0_0_0"), Raw("[" * 3_000 + "]" * 3_000), Raw("[" * 90 + "]" * 90),
    Raw("{a=" * 3_000 + "1" + "}" * 3_000), Raw("{a=" * 80 + "1" + "}" * 80),
    Raw("[" * 100_000), Raw("'''"), Raw('"'), Raw("2026-02-30"), Raw("0000-00-00"), Raw("+nan"),
    Raw("{a.b.c.d=1, a.b.c.e=2}"), Raw("00"), Raw("\x00"), Raw('"\\ud800"'), Raw('"\\U00110000"'),
)  # fmt: skip


def document_of(path: Path) -> Document:
    """Return the content of a sound TOML file."""
    return tomllib.loads(path.read_text("utf-8"))


def hostile(rng: random.Random) -> Any:
    """Return a value that is seldom right."""
    kinds: tuple[Callable[[], Any], ...] = (
        lambda: rng.choice(NUMBERS),
        lambda: rng.choice(NUMBERS),
        lambda: rng.choice(TEXTS),
        lambda: rng.choice(TEXTS),
        lambda: rng.choice(IDS),
        lambda: rng.choice(DAYS),
        lambda: rng.choice(RAW),
        lambda: [hostile(rng) for _ in range(rng.choice((0, 1, 2, 3)))],
        lambda: {rng.choice(IDS): hostile(rng) for _ in range(rng.choice((0, 1, 2)))},
        lambda: [rng.choice(NUMBERS)] * rng.choice((2, 2000)),
        lambda: {f"k{k}": k for k in range(rng.choice((3, 2000)))},
    )
    return rng.choice(kinds)()


def _places(value: Any, found: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        found.append((value, key))
        if isinstance(item, dict | list):
            _places(item, found)
    return found


def mutated(document: Document, rng: random.Random) -> Document:
    """Return a copy with one thing changed: a value, a key, a table, or where it stands."""
    changed = copy.deepcopy(document)
    places = _places(changed, [])
    if not places:
        return {rng.choice(IDS): hostile(rng)}
    holder, key = rng.choice(places)
    rng.choice(CHANGES)(changed, holder, key, rng)
    return changed


def _replace(_: Document, holder: Any, key: Any, rng: random.Random) -> None:
    holder[key] = hostile(rng)


def _alike(_: Document, holder: Any, key: Any, rng: random.Random) -> None:
    """Put a hostile value of the same type, which is what gets furthest."""
    value = holder[key]
    if isinstance(value, str):
        holder[key] = rng.choice(TEXTS)
    elif isinstance(value, int | float):
        holder[key] = rng.choice(NUMBERS)
    elif isinstance(value, list) and value:
        holder[key] = rng.choice((value * 2, value[:1], value * 300, [*value, hostile(rng)], []))
    else:
        holder[key] = hostile(rng)


def _delete(_: Document, holder: Any, key: Any, rng: random.Random) -> None:
    del holder[key]


def _rename(_: Document, holder: Any, key: Any, rng: random.Random) -> None:
    if isinstance(holder, dict):
        other = str(key)
        new = rng.choice((*IDS, other.upper(), other + " ", other[:-1], other * 40))
        items = [(new if name == key else name, value) for name, value in holder.items()]
        holder.clear()
        holder.update(items)


def _double(_: Document, holder: Any, key: Any, rng: random.Random) -> None:
    """Repeat a thing under another name, sometimes very often."""
    many = rng.choice((1, 1, 2, 300))
    if isinstance(holder, dict):
        for k in range(many):
            holder[f"{key}_{k}" if k else f"{key}2"] = copy.deepcopy(holder[key])
    else:
        holder.extend([copy.deepcopy(holder[key])] * many)


def _transplant(document: Document, holder: Any, key: Any, rng: random.Random) -> None:
    """Put what stands elsewhere here."""
    other, at = rng.choice(_places(document, []))
    holder[key] = copy.deepcopy(other[at])


def _add(_: Document, holder: Any, key: Any, rng: random.Random) -> None:
    if isinstance(holder, dict):
        holder[rng.choice((*IDS, "a" * 20))] = hostile(rng)
    else:
        holder.insert(rng.randrange(len(holder) + 1), hostile(rng))


def _nest(_: Document, holder: Any, key: Any, rng: random.Random) -> None:
    value = holder[key]
    for _k in range(rng.choice((1, 2, 50))):
        value = rng.choice((lambda v: [v], lambda v: {"default": v}, lambda v: {"w1": v}))(value)
    holder[key] = value


CHANGES = (_replace, _alike, _alike, _alike, _delete, _rename, _double, _transplant, _add, _nest)


def text_of(document: Document) -> str:
    """Write a document as TOML: its tables as inline ones, so that everything can be said."""
    return "".join(f"{_key(key)} = {_value(value)}\n" for key, value in document.items())


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _text(key)


def _text(text: str) -> str:
    return json.dumps(text).replace("\x7f", "\\u007f") if text.isascii() else _wide(text)


def _wide(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: Any) -> str:
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {_value(item)}" for key, item in value.items()) + "}"
    return repr(value)


def bytes_of(content: bytes, rng: random.Random) -> bytes:
    """Return content with some of its bytes, words or lines changed."""
    for _ in range(rng.choice((1, 1, 2, 5, 30))):
        content = rng.choice(SLIPS)(content, rng)
    return content


def _slip_byte(content: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(content) + 1)
    return content[:at] + bytes([rng.randrange(256)]) + content[at + rng.choice((0, 1)) :]


def _slip_lines(content: bytes, rng: random.Random) -> bytes:
    lines = content.split(b"\n")
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[one : one + rng.choice((0, 1, 1, 5))] = lines[other : other + rng.choice((0, 1, 3))]
    return b"\n".join(lines)


def _slip_cut(content: bytes, rng: random.Random) -> bytes:
    return content[: rng.randrange(len(content) + 1)]


def _slip_mark(content: bytes, rng: random.Random) -> bytes:
    """Take a mark out, or put another in its place."""
    places = [found.start() for found in re.finditer(rb"[\[\]{}\"'=,.#]", content)]
    if not places:
        return content
    at = rng.choice(places)
    new = rng.choice((b"", b"[", b"]", b'"', b"'", b"{", b"}", b"=", b"\n", b'"""', b"#", b"[["))
    return content[:at] + new + content[at + 1 :]


def _slip_word(content: bytes, rng: random.Random) -> bytes:
    words = list(re.finditer(rb"[\w.-]+", content))
    if not words:
        return content
    word = rng.choice(words)
    new = rng.choice((*map(str, NUMBERS[:20]), *TEXTS[:30], *RAW[:8]))
    return content[: word.start()] + new.encode("utf-8", "replace") + content[word.end() :]


def _slip_coding(content: bytes, rng: random.Random) -> bytes:
    coding = rng.choice(("utf-16", "utf-8-sig", "latin-1", "utf-32", "cp1252"))
    return content.decode("utf-8", "replace").encode(coding, "replace")


SLIPS = (_slip_byte, _slip_byte, _slip_lines, _slip_lines, _slip_mark, _slip_mark, _slip_word,
         _slip_word, _slip_cut, _slip_coding)  # fmt: skip
