"""The notebooks run from start to end, and find what is true."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
ANSWERS = {"walk": "supers", "contact_and_experience": "bias.round(6).to_dict()"}


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """Run a notebook away from the project and return its last answer and the cells it shows."""
    jupytext, nbclient = pytest.importorskip("jupytext"), pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")

    def run(name):
        book = jupytext.read(NOTEBOOKS / f"{name}.py")
        code = f"import json\nprint(json.dumps({ANSWERS[name]}))"
        book.cells.append(nbformat.v4.new_code_cell(code))
        folder = tmp_path_factory.mktemp(name)
        resources = {"metadata": {"path": str(folder)}}
        nbclient.NotebookClient(
            book, timeout=120, kernel_name="python3", resources=resources
        ).execute()
        assert not list(folder.iterdir())
        return json.loads(book.cells[-1].outputs[0]["text"]), book

    return run


def test_the_walk_ends_at_the_super_touchpoints_that_were_planted(answers):
    supers, book = answers("walk")
    assert supers == ["advice", "delivery", "hotline", "repair"]
    assert _pictures(book) == 1


def test_only_contact_kept_apart_finds_the_truth(answers):
    bias, book = answers("contact_and_experience")
    assert max(map(abs, bias["apart"].values())) < 0.05
    assert bias["zeros"]["hotline"] < -0.45  # the sign of 0.45 is turned
    assert bias["zeros"]["customer club"] > 0.05
    assert _pictures(book) == 1


def _pictures(book):
    outputs = [output for cell in book.cells for output in cell.get("outputs", [])]
    warned = [output["text"] for output in outputs if output.get("name") == "stderr"]
    assert not [text for text in warned if "font cache" not in text]
    return sum("image/png" in output.get("data", {}) for output in outputs)
