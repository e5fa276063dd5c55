"""A file that may bring a library in C down is tried in a process of its own first."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

__all__ = ["survives"]

SECONDS = 60
BYTES = 4 << 30

_TRY = """
import sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]),) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
except (ImportError, ValueError, OSError):
    pass
import pyreadstat
try:
    pyreadstat.read_sav(sys.argv[1], user_missing=True, disable_datetime_conversion=True)
except Exception:
    sys.exit(1)
"""


def survives(path: Path) -> bool:
    """Tell whether reading an SPSS file leaves the reading process alive, in bounds.

    Another process reads it, within 60 seconds and (where the system can) 4 GB. An error that the
    library raises counts as survived: it will raise it again where it is told to the user.
    """
    command = [sys.executable, "-I", "-c", _TRY, str(path.resolve()), str(BYTES)]
    try:
        done = subprocess.run(command, check=False, capture_output=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode in (0, 1)
