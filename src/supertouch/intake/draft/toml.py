"""Texts, codes and keys as TOML writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from supertouch.study.model import Code

__all__ = ["by_language", "code_text", "comment", "key_text", "list_text", "quoted"]


def quoted(text: str) -> str:
    """Return a text as a TOML string."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def code_text(code: Code) -> str:
    """Return a code as TOML: a number, or a text in quotes."""
    return quoted(code) if isinstance(code, str) else f"{code:g}"


def list_text(codes: Sequence[Code]) -> str:
    """Return codes as a TOML list."""
    return f"[{', '.join(code_text(code) for code in codes)}]"


def comment(text: str) -> str:
    """Return a text on one line, fit for a comment."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


def key_text(code: Code) -> str:
    """Return a code as the key of a table."""
    if isinstance(code, str):
        return quoted(code)
    text = code_text(code)
    return text if code >= 0 and code == int(code) else quoted(text)


def by_language(known: Mapping[str, str], languages: Sequence[str]) -> str:
    """Return a text by language as TOML; empty where it is known in none of them."""
    told = [
        f"{language} = {quoted(known[language])}" for language in languages if language in known
    ]
    return f"{{ {', '.join(told)} }}" if told else ""
