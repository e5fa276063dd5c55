"""Where the real survey data lies, or why a test is skipped."""

import os
from pathlib import Path

import pytest


def real_data(*parts: str) -> Path:
    """Return a path inside the real data, or skip the test."""
    folder = os.environ.get("SUPERTOUCH_REAL_DATA")
    if not folder:
        pytest.skip("needs real data: set SUPERTOUCH_REAL_DATA to its folder")
    return Path(folder).joinpath(*parts)
