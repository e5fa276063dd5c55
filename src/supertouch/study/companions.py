"""Files beside the answers that say what their codes mean."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["companions"]

_COMPANION = re.compile(r"code(book|buch|plan)|\.(r|qsf)$", re.IGNORECASE)


def companions(raw: Path) -> tuple[Path, ...]:
    """Return the codebooks and syntax files in the folder of a raw file, by name."""
    if not raw.parent.is_dir():
        return ()
    there = sorted(path for path in raw.parent.iterdir() if _COMPANION.search(path.name))
    return tuple(path for path in there if path.is_file() and path != raw)
