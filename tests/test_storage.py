"""Answers where the machines of a cluster find them: copied whole, once, and taken away."""

from __future__ import annotations

import os
import sys
import time

import numpy as np
import pandas as pd
import pytest

from study_base import edited, load
from supertouch.errors import OutputError, UnsupportedError
from supertouch.pipeline.parquet_parts import parquet_parts
from supertouch.pipeline.storage import discard, reachable

fsspec = pytest.importorskip(
    "fsspec", reason="fsspec is not installed: pip install supertouch[cluster]"
)

CLUSTER = 'scheduler = "tcp://127.0.0.1:8786"'


def study_with(folder, *lines):
    return load(folder, edited(("[super]", "\n".join(["[engine]", *lines, "[super]"]))))


@pytest.fixture
def wave(tmp_path):
    path = tmp_path / "responses.parquet"
    return write(path, seed=1)


def write(path, *, seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.integers(1, 6, (300, 2)).astype("int8"), columns=["a", "b"])
    frame.to_parquet(path, row_group_size=100)
    return path


@pytest.mark.parametrize("kind", ["folder", "file", "memory", "inside"])
def test_a_copy_is_read_as_the_file_is_and_older_ones_go(kind, wave, tmp_path):
    places = {
        "folder": str(tmp_path / "shared"),
        "file": f"file://{tmp_path}/shared/deep",
        "memory": f"memory://bucket{tmp_path}",
        "inside": "shared",
    }
    study = study_with(tmp_path, CLUSTER, f'storage = "{places[kind]}"')
    system, root = fsspec.core.url_to_fs(
        str(tmp_path / "shared") if kind == "inside" else places[kind]
    )
    expected = parquet_parts(study_with(tmp_path), "w1", wave)
    parts = parquet_parts(study, "w1", wave)
    assert parts[0].path != str(wave)
    assert np.array_equal(parts[0].numbers(["b", "a"]), expected[0].numbers(["b", "a"]))
    other = reachable(study, "w10", wave)
    first = parts[0].path
    before = system.info(first)
    assert reachable(study, "w1", wave) == first
    assert system.info(first) == before  # not copied again
    os.utime(wave, (ahead := time.time() + 5, ahead))
    assert reachable(study, "w1", wave) == first
    assert system.modified(first) > system.modified(other)  # the file was made anew
    second = reachable(study, "w1", write(wave, seed=2))
    left = [system.unstrip_protocol(name) for name in system.ls(root, detail=False)]
    assert sorted(left) == sorted(map(system.unstrip_protocol, [second, other]))
    discard(study, "w1")
    assert not system.exists(second)
    assert system.exists(other)


def test_without_a_cluster_or_a_storage_the_file_itself_is_read(wave, tmp_path):
    for lines in ([], [CLUSTER], ['storage = "memory://unused"']):
        assert reachable(study_with(tmp_path, *lines), "w1", wave) == str(wave)
    discard(study_with(tmp_path), "w1")


def test_a_copy_that_fails_leaves_nothing(wave, tmp_path, monkeypatch):
    study = study_with(tmp_path, CLUSTER, 'storage = "shared"')

    def full(self, start, end, **options):
        raise OSError(28, "No space left on device")

    system = fsspec.get_filesystem_class("file")
    monkeypatch.setattr(system, "mv", full)
    with pytest.raises(OutputError, match="No space left on device"):
        reachable(study, "w1", wave)
    assert list((tmp_path / "shared").iterdir()) == []


@pytest.mark.parametrize(
    ("storage", "kind", "rule"),
    [
        ("nonsense://bucket", OutputError, "cannot be used"),
        ("/proc/nowhere", OutputError, "cannot be used"),
        pytest.param("s3://bucket/surveys", UnsupportedError, "not installed"),
    ],
)
def test_a_storage_that_cannot_be_used_is_named(storage, kind, rule, wave, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "s3fs", None)
    study = study_with(tmp_path, CLUSTER, f'storage = "{storage}"')
    with pytest.raises(kind) as caught:
        reachable(study, "w1", wave)
    (problem,) = caught.value.problems
    assert problem.place == storage
    assert rule in problem.rule
