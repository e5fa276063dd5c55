"""What a release is made of: versions, locks, the package, the jobs that make it."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
import tarfile
import tomllib
from datetime import date
from importlib.metadata import packages_distributions
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from typer.main import get_command

import supertouch
from supertouch import cli

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
LOCKS = ["requirements.lock", "requirements-dev.lock"]
PACKAGED = {
    *(".github", ".gitignore", ".pre-commit-config.yaml", "Makefile", "PKG-INFO", "pyproject.toml"),
    *("CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "LICENSE", "README.md", "SECURITY.md"),
    *("benchmarks", "docs", "examples", "notebooks", "plan.toml", "src", "study.toml", "tests"),
    *LOCKS,
}
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
GOALS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_versions_agree():
    citation = yaml.safe_load(read("CITATION.cff"))
    version = PROJECT["project"]["version"]
    assert {supertouch.__version__, citation["version"]} == {version}
    assert re.search(r"^## (\S+)", read("CHANGELOG.md"), re.M)[1] == version
    assert citation["license"] == PROJECT["project"]["license"]
    assert date.fromisoformat(citation["date-released"]) >= date(2026, 11, 22)


def test_each_paper_cited_can_be_found():
    papers = yaml.safe_load(read("CITATION.cff"))["references"]
    assert [paper for paper in papers if not paper.keys() >= {"title", "authors", "year"}] == []
    articles = [paper for paper in papers if paper["type"] == "article"]
    assert [paper["title"] for paper in articles if not paper["doi"].startswith("10.")] == []


def test_what_is_imported_is_asked_for():
    """A package that only comes along with another one may go away with it."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    known = packages_distributions()
    named = set(re.findall(r"^ *(?:import|from) (\w+)", text, re.M)) & known.keys() - {"supertouch"}
    lines = [*PROJECT["project"]["dependencies"], *itertools.chain(*EXTRAS.values())]
    asked = {name for line in lines for name in (Requirement(line).name, *Requirement(line).extras)}
    assert {"numpy", "pandas", "typer"} <= named
    assert [n for n in named if not asked & set(map(canonicalize_name, known[n]))] == []


# --- locks ----------------------------------------------------------------------------------------


def locked(name):
    """Return {package: [(version, marker, hashes), …]} of a lock file, every line accounted for."""
    entries = re.split(
        r"^(?=[a-z0-9])", re.sub(r"^ *#.*\n", "", read(name), flags=re.M), flags=re.M
    )
    found = {}
    for entry in filter(None, entries):
        head, *hashes = re.sub(r" \\\n", "\n", entry).strip().split("\n")
        package, version, marker = re.fullmatch(
            r"([a-z0-9.-]+)==([^ ;]+)(?: ; (.+))?", head
        ).groups()
        found.setdefault(package, []).append((version, marker, [line.strip() for line in hashes]))
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_each_locked_package_has_hashes(name):
    entries = [(package, *entry) for package, rows in locked(name).items() for entry in rows]
    assert len(entries) > 30
    bare = [package for package, _, _, hashes in entries if not hashes]
    odd = [
        line
        for *_, hashes in entries
        for line in hashes
        if not re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", line)
    ]
    assert bare + odd == []


def wanted(*groups):
    for group in groups:
        for entry in PROJECT["dependency-groups"][group]:
            if isinstance(entry, dict):
                yield from wanted(entry["include-group"])
            else:
                yield Requirement(entry)


def test_locks_hold_what_the_project_asks_for():
    run, dev = (locked(name) for name in LOCKS)
    assert {package: dev.get(package) for package in run} == run
    needed = map(Requirement, PROJECT["project"]["dependencies"])
    offered = map(Requirement, itertools.chain(*EXTRAS.values()))
    asked = [(run, [*needed, *wanted("build")]), (dev, [*offered, *wanted("dev", "tests")])]
    missing = [str(want) for lock, wants in asked for want in wants if want.name not in lock]
    other = [
        str(want)
        for lock, wants in asked
        for want in wants
        for version, *_ in lock.get(want.name, [])
        if version not in want.specifier
    ]
    assert missing + other == []


def test_no_package_index_is_named():
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            cwd=ROOT, capture_output=True, text=True, check=False)  # fmt: skip
    if listed.returncode:
        pytest.skip("needs a git checkout, to know which files are the project's")
    index = re.compile(rb"pypi\.(org|python)|pythonhosted\.|anaconda\.(org|com)|npmjs\.|"
                       rb"--(extra-)?index-url[ =]|--find-links[ =]")  # fmt: skip
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    named = [path.name for path in files if path.is_file() and index.search(path.read_bytes())]
    assert named == []


# --- the package ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    pytest.importorskip("hatchling")
    return build(ROOT, tmp_path_factory.mktemp("dist"))


def build(folder, target, *options):
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-d", target, *options],
                   cwd=folder, check=True, capture_output=True)  # fmt: skip
    return target


def test_the_wheel_holds_the_package_and_nothing_else(built):
    (wheel,) = built.glob("*.whl")
    names = set(ZipFile(wheel).namelist())
    package = {name for name in names if name.startswith("supertouch/")}
    source = ROOT / "src"
    there = {str(path.relative_to(source)) for path in source.rglob("*")
             if path.is_file() and "__pycache__" not in path.parts}  # fmt: skip
    assert package == there
    assert {Path(name).suffix for name in package} >= {
        ".py",
        ".toml",
        ".j2",
        ".js",
        ".css",
        ".typed",
    }
    rest = {name.split("/", 1)[1] for name in names - package}
    assert rest == {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}


def test_the_sdist_makes_the_same_wheel(built, tmp_path):
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as packed:
        assert {name.split("/")[1] for name in packed.getnames()} <= PACKAGED
        packed.extractall(tmp_path, filter="data")
    (folder,) = tmp_path.iterdir()
    (again,) = build(folder, tmp_path / "dist", "-t", "wheel").iterdir()
    assert again.read_bytes() == next(built.glob("*.whl")).read_bytes()


# --- the forge ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_jobs_are_pinned_and_may_do_little(path):
    text = path.read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        assert job.keys() >= {"permissions", "timeout-minutes"}
    pinned = re.findall(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", text, re.M)
    assert len(pinned) == text.count("uses:")
    goals = re.findall(r"^ *- (?:run: make|goal:) ([a-z -]+)", text, re.M)
    assert goals
    assert set(" ".join(goals).split()) - GOALS == set()


def test_every_supported_python_is_tested():
    tests = yaml.safe_load(read(".github/workflows/ci.yml"))["jobs"]["tests"]
    tested = tests["strategy"]["matrix"]["python"]
    told = [
        line.rsplit(" ", 1)[1]
        for line in PROJECT["project"]["classifiers"]
        if re.search(r":: 3\.\d+$", line)
    ]
    assert tested == told
    assert all(python in SpecifierSet(PROJECT["project"]["requires-python"]) for python in tested)


@pytest.mark.parametrize("page", ["SECURITY.md", "CONTRIBUTING.md"])
def test_pages_name_what_exists(page):
    quoted = re.findall(r"`([^`]+)`", read(page))
    commands = get_command(cli.app).commands
    goals = [word.split()[1] for word in quoted if word.startswith("make ")]
    verbs = [word.split()[1] for word in quoted if re.match(r"supertouch [a-z]", word)]
    assert set(goals) - GOALS | set(verbs) - set(commands) == set()
    tops = ("src/", "tests/", "docs/", "benchmarks/", ".github/")
    assert [word for word in quoted if word.startswith(tops) and not (ROOT / word).exists()] == []
