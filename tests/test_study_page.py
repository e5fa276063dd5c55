"""The page docs/study-file.md documents every key of the study file, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from study_base import load
from supertouch.study import Codes, Columns, Contact
from supertouch.study.document import TABLES, keys_of
from supertouch.study.model import (
    Analysis,
    Audit,
    Computing,
    Fieldwork,
    Mentions,
    PlanRule,
    Portfolio,
    Privacy,
    Quality,
    Questionnaire,
    Reporting,
    SuperRule,
    Text,
    Tracking,
)
from supertouch.study.wording import toml_value

DOCS = Path(__file__).parents[1] / "docs" / "study-file.md"


def documented() -> dict[str, dict[str, str]]:
    """Return the keys that the page documents, by table, with what it says of their defaults."""
    tables: dict[str, dict[str, str]] = {}
    table = ""
    for line in DOCS.read_text(encoding="utf-8").splitlines():
        if header := re.match(r"#+ `\[+([A-Za-z._]+)\]+`", line):
            table = header[1].replace(".ID", "")
        elif line.startswith("#"):
            table = ""
        elif (row := re.match(r"\| `([a-z_]+)` \|[^|]*\| ([^|]*) \|", line)) and table:
            tables.setdefault(table, {})[row[1]] = row[2]
    return tables


def test_the_page_names_every_key_and_no_other():
    assert {table: set(keys) for table, keys in documented().items()} == {
        table: set(keys_of(table)) for table in TABLES if table
    }
    assert {table.split(".")[0] for table in documented()} == set(keys_of(""))


def test_the_page_states_the_defaults():
    page = documented()
    rules = {
        "super": SuperRule(),
        "analysis": Analysis(),
        "quality": Quality(),
        "field": Fieldwork(),
        "privacy": Privacy(),
        "tracking": Tracking(),
        "audit": Audit(),
        "mentions": Mentions(),
        "portfolio": Portfolio(),
        "plan": PlanRule(),
        "questionnaire": Questionnaire(),
        "report": Reporting(),
        "engine": Computing(),
    }
    for table, rule in rules.items():
        for key, stated in page[table].items():
            default = getattr(rule, key)
            if stated.startswith("`"):
                assert stated == f"`{toml_value(default)}`", f"{table}.{key}"
            else:
                assert default in (None, (), {}, Columns(), Text(), 1 / 3), f"{table}.{key}"
    assert page["data"]["panel"] == f"`{toml_value(False)}`"
    contact = Contact()
    for key in ("when_blank", "when_dont_know", "contradiction"):
        assert page["contact"][key] == f'`"{getattr(contact, key)}"`'
    assert page["contact"]["not_met"] == "`[0, 2]`"
    assert page["codes"]["blank"] == f'`"{Codes().blank}"`'


def test_the_page_marks_what_is_required():
    required = {
        (table, key)
        for table, keys in documented().items()
        for key in keys
        if documented()[table][key] == "required"
    }
    assert required == {
        (table, info.alias or name)
        for table, model in TABLES.items()
        for name, info in model.model_fields.items()
        if "required" in info.metadata
    }


@pytest.mark.parametrize("number", [0, 1])
def test_the_examples_of_the_page_are_sound(tmp_path, number):
    examples = re.findall(r"```toml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert len(examples) == 2
    assert load(tmp_path, examples[number]).touchpoints
