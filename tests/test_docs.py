"""The documents keep up with the code: tables, exit codes, commands, examples, links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from supertouch import cli, errors
from supertouch.study import load_study
from supertouch.tables import TABLES

ROOT = Path(__file__).parents[1]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("*/README.md")]


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("table", TABLES)
def test_outputs_names_exactly_the_columns_of_each_table(table):
    section = re.search(rf"^### {table}\n(.*?)(?=^##)", read("docs/outputs.md"), re.M | re.S)
    cells = re.findall(r"^\| (`[^|]*) \|", section[1], re.M)
    named = [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]
    assert sorted(named) == sorted(TABLES[table].to_schema().columns)


def test_exit_codes_are_documented():
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", read("docs/command-line.md"), re.M)}
    kinds = [errors.SupertouchError, *errors.SupertouchError.__subclasses__()]
    assert codes == {0, 2, 130, 143, *(kind.exit_code for kind in kinds)}


def test_commands_are_documented():
    page = read("docs/command-line.md")
    commands = get_command(cli.app).commands
    shown = [name for name, command in commands.items() if not command.hidden]
    assert [name for name in shown if f"`supertouch {name}" not in page] == []
    goals = re.findall(r"^([a-z-]+):.*## ", read("Makefile"), re.M)
    assert [goal for goal in goals if goal != "help" and f"`make {goal}`" not in page] == []


@pytest.mark.parametrize("page", ["README.md", "docs/getting-started.md"])
def test_example_study_files_work(page, tmp_path):
    indent, block = re.search(r"^( *)```toml\n(.*?)```", read(page), re.M | re.S).groups()
    file = tmp_path / "study.toml"
    file.write_text(re.sub(f"^{indent}", "", block, flags=re.M), encoding="utf-8")
    assert load_study(file).waves[0].id == "2026"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8"))
    local = [link for link in links if not link.startswith("http")]
    assert [link for link in local if not (page.parent / link).exists()] == []
