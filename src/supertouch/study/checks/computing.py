"""Check how the study is computed: the address of a cluster, and the files that encrypt it."""

from __future__ import annotations

from collections.abc import Iterator
from unicodedata import category

from supertouch.errors import Problem
from supertouch.study.checks.draft import Draft
from supertouch.study.computing import ADDRESS, is_address

__all__ = ["check_computing"]

_FILES = ("tls_ca", "tls_cert", "tls_key")


def check_computing(draft: Draft) -> Iterator[Problem]:
    """Find an address that leads nowhere, and encryption that is told by half."""
    table = draft.document.engine
    if table.scheduler is not None and not is_address(table.scheduler):
        rule = "is no address of a scheduler."
        yield draft.problem(("engine", "scheduler"), table.scheduler, rule, f"Write {ADDRESS}.")
    told = {name: getattr(table, name) for name in _FILES}
    for name, file in told.items():
        if file is not None and any(category(sign) == "Cc" for sign in file):
            rule = "holds a sign that no file name can hold."
            yield draft.problem(("engine", name), file, rule, "Write the file's name.")
    lost = [name for name, file in told.items() if file is None]
    if 0 < len(lost) < len(_FILES) and not draft.broken("engine"):
        rule = f"names {' and '.join(sorted(set(told) - set(lost)))} without {' and '.join(lost)}."
        remedy = "Name all three, or none: Dask's own configuration counts then."
        yield draft.problem(("engine",), None, rule, remedy)
    elif not lost and table.scheduler and table.scheduler.startswith("tcp://"):
        rule = "is not encrypted, though [engine] names files for it."
        remedy = "Write tls:// in place of tcp://, or take the files out."
        yield draft.problem(("engine", "scheduler"), table.scheduler, rule, remedy)
