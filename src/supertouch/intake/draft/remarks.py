"""What a draft says in comments: gaps, slips, and columns without use."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from supertouch.intake.draft.found import Found
from supertouch.intake.draft.gaps import gaps
from supertouch.intake.draft.toml import code_text, comment

__all__ = ["gap_lines", "left_out_lines", "strays"]

_LONGEST_NAME = 60


def gap_lines(found: Found) -> Iterator[str]:
    """Yield a remark for each role without an outcome."""
    for sentence in gaps({outcome.role for outcome in found.outcomes}):
        yield f"# CHECK: {sentence}"


def strays(found: Found) -> Iterator[str]:
    """Yield the codes that look like slips."""
    readings = [(t.column, t.reading) for t in found.touchpoints]
    readings += [(o.items[0], o.reading) for o in found.outcomes if len(o.items) == 1]
    told = [
        f"{name} {code_text(code)} (n = {n})"
        for name, reading in readings
        for code, n in reading.strays.items()
    ]
    if told:
        rows = [", ".join(told[start : start + 4]) for start in range(0, len(told), 4)]
        head = (
            "# CHECK: not declared above, since they look like slips; their rows go to quarantine:"
        )
        yield "\n".join([head, *(f"#   {comment(row)}" for row in rows)])


def left_out_lines(found: Found) -> Iterator[str]:
    """Yield every column that the draft does not use, and why."""
    if found.left_out:
        lines = ["# Left out, and why:"]
        for entry in found.left_out:
            names = ", ".join(comment(name)[:_LONGEST_NAME] for name in entry.columns)
            lines += textwrap.wrap(
                f"{names}: {comment(entry.why)}", 96,
                initial_indent="#   ", subsequent_indent="#     ",
                break_long_words=False, break_on_hyphens=False,
            )  # fmt: skip
        yield "\n".join(lines)
