"""The house rules that can be read off the source: who imports whom, and what is never written."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import supertouch

SOURCE = Path(supertouch.__file__).parent
FILES = sorted(SOURCE.rglob("*.py"))

# Who may be imported by each room, below itself; a room that is missing here fails the test.
GROUND = {"errors", "locks", "packed", "saving"}
MIDDLE = GROUND | {"tables", "language", "stats", "study"}
WINGS = MIDDLE | {"intake", "findings", "decisions", "instruments", "report", "simulate"}
ALLOWED: dict[str, set[str]] = {
    "errors": set(),
    "locks": {"errors"},
    "packed": {"errors"},
    "saving": {"errors"},
    "tables": GROUND,
    "language": GROUND,
    "stats": GROUND,
    "study": GROUND,
    "intake": MIDDLE,
    "findings": MIDDLE,
    "decisions": MIDDLE,
    "instruments": MIDDLE,
    "report": MIDDLE,
    "simulate": MIDDLE,
    "pipeline": WINGS | {"__init__"},
    "screen": WINGS | {"pipeline"},
    "cli": WINGS | {"pipeline", "screen", "__init__"},
    "__init__": {"findings", "pipeline", "study"},
    "__main__": {"cli"},
}

# Rooms that are opened for `supertouch --help`: at their top level only these may be imported.
LIGHT = {"__init__", "__main__", "cli", "errors", "locks", "pipeline", "saving", "screen"}
HEAVY = {
    "babel", "dask", "distributed", "docx", "fsspec", "jinja2", "matplotlib", "numpy", "openpyxl",
    "pandas", "pandera", "pingouin",
    "pptx", "pyarrow", "pydantic", "pyreadstat", "scipy", "sklearn", "statsmodels", "xlsxwriter",
}  # fmt: skip

# Heavy dependencies that enter by one door only.
DOORS = {
    "pyreadstat": {"intake", "simulate"},
    "openpyxl": {"intake", "simulate", "instruments"},
    "docx": {"instruments"},
    "pptx": {"report"},
    "xlsxwriter": {"report"},
    "dask": {"stats"},
    "distributed": {"stats"},
    "fsspec": {"pipeline"},
}


def room(path: Path) -> str:
    first = path.relative_to(SOURCE).parts[0]
    return first.removesuffix(".py")


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def modules(node: ast.AST) -> Iterator[str]:
    """Yield the full names that an import statement may name, relative ones as written."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, "imports are absolute"
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rooms_of(names: Iterator[str]) -> Iterator[str]:
    for name in names:
        package, _, rest = name.partition(".")
        if package == "supertouch":
            first = rest.split(".")[0]
            known = (SOURCE / first).is_dir() or (SOURCE / f"{first}.py").exists()
            yield first if first and known else "__init__"


def at_import_time(module: ast.Module) -> Iterator[ast.AST]:
    """Yield the statements that run when the module is imported."""
    waiting: list[ast.AST] = list(module.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        waiting.extend(ast.iter_child_nodes(node))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_room_imports_only_from_rooms_below(path):
    used = {name for node in ast.walk(tree(path)) for name in rooms_of(modules(node))}
    above = used - ALLOWED[room(path)] - {room(path)}
    assert not above, f"{room(path)} must not import {sorted(above)}"


def test_rooms_form_no_circle():
    below = {name: allowed - {name} for name, allowed in ALLOWED.items()}
    below["__init__"] = set()  # imports lazily what is above it
    done: set[str] = set()
    while len(done) < len(below):
        free = {name for name, needs in below.items() if name not in done and needs <= done}
        assert free, f"circle among {sorted(set(below) - done)}"
        done |= free


def test_files_form_no_circle():
    names = {".".join(path.relative_to(SOURCE).with_suffix("").parts): path for path in FILES}
    names = {name.removesuffix(".__init__"): path for name, path in names.items()}
    imports = {
        name: {
            target
            for node in at_import_time(tree(path))
            for full in modules(node)
            for target in [_file_of(full, names)]
            if target and target != name and not _is_own_package(target, name)
        }
        for name, path in names.items()
    }
    while imports:
        leaves = {name for name, needs in imports.items() if not needs & imports.keys()}
        assert leaves, f"circle among {sorted(imports)}"
        for name in leaves:
            del imports[name]


def _file_of(full: str, names: dict[str, Path]) -> str | None:
    inner = full.removeprefix("supertouch.")
    if inner == full:
        return None
    return inner if inner in names else inner.rpartition(".")[0] or None


def _is_own_package(target: str, name: str) -> bool:
    return name.startswith(f"{target}.")


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if room(path) in LIGHT],
    ids=lambda path: str(path.relative_to(SOURCE)),
)
def test_rooms_opened_for_help_import_nothing_heavy(path):
    used = {name.split(".")[0] for node in at_import_time(tree(path)) for name in modules(node)}
    assert not used & HEAVY


@pytest.mark.parametrize("library", DOORS)
def test_heavy_dependencies_enter_by_one_door(library):
    users = {
        room(path)
        for path in FILES
        for node in ast.walk(tree(path))
        if any(name.split(".")[0] == library for name in modules(node))
    }
    assert users <= DOORS[library]


def test_source_has_no_assert_and_no_drawer():
    asserting = [
        str(path.relative_to(SOURCE))
        for path in FILES
        if any(isinstance(node, ast.Assert) for node in ast.walk(tree(path)))
    ]
    drawers = {"utils", "helpers", "core", "manager", "base", "common", "misc"}
    assert not asserting
    assert not [path for path in FILES if path.stem in drawers]
