"""The same sums on one machine and on a cluster of processes, through every fault of a cluster."""

from __future__ import annotations

import shutil
import subprocess
import time

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import private_study
from cluster_work import Rows, Step, Sums, means
from clusters import RunningCluster, end, until
from supertouch.cli import app
from supertouch.errors import (
    ClusterError,
    DataError,
    OutputError,
    SupertouchError,
    UnsupportedError,
)
from supertouch.pipeline import files, parquet_parts
from supertouch.stats.cluster import Cluster
from supertouch.stats.engine import Here

dask = pytest.importorskip("dask", reason="Dask is not installed: pip install supertouch[cluster]")
pytest.importorskip("distributed", reason="distributed is not installed")

PARTS = [Rows(seed) for seed in range(60)]


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """The cluster that the tests share; ``machines`` mends it where one has done it harm."""
    clusters = [RunningCluster(tmp_path_factory.mktemp("cluster"))]
    yield clusters
    for cluster in clusters:
        cluster.stop()


@pytest.fixture
def machines(running, tmp_path_factory):
    """A cluster of two workers."""
    if running[-1].scheduler.poll() is not None:
        running.append(RunningCluster(tmp_path_factory.mktemp("cluster")))
    running[-1].fill(2)
    return running[-1]


@pytest.fixture(params=["here", "cluster"])
def engine(request):
    """Return a function that makes each engine, which tells ``told`` how it gets on."""
    if request.param == "here":
        return Here
    address = request.getfixturevalue("machines").address
    return lambda told=None: Cluster(address, told=told, patience=60.0)


def close_to(found: Sums, parts=PARTS) -> bool:
    expected = Here().fold(Step(), parts)
    return found.rows == expected.rows and np.allclose(
        found.products, expected.products, rtol=1e-12, atol=0
    )


@pytest.mark.parametrize("count", [1, 2, 31, 60])
def test_sums_and_lists_are_those_of_a_plain_loop(engine, count):
    said = []
    parts = PARTS[:count]
    found = engine(lambda done, total: said.append((done, total))).fold(Step(), parts)
    products = sum(part.numbers() @ part.numbers().T for part in parts)
    np.testing.assert_allclose(found.products, products, rtol=1e-12)
    assert found.rows == 500 * count
    found.products += 1.0  # a result is its owner's
    assert said == sorted(said)
    assert said[-1] == (count, count)
    assert engine().each(means, parts) == [means(part) for part in parts]


def test_large_constants_and_sums(engine):
    parts = [Rows(seed, columns=700, rows=20) for seed in range(40)]
    constants = np.random.default_rng(1).normal(size=(700, 700))[:, :1] * np.ones((700, 700))
    step = Step(constants[:, :1].copy())
    found = engine().fold(step, parts)
    np.testing.assert_allclose(found.products, Here().fold(step, parts).products, rtol=1e-10)


def test_no_parts(engine):
    with pytest.raises(UnsupportedError, match="no parts"):
        engine().fold(Step(), [])
    assert engine().each(means, []) == []


def test_errors_of_parts_arrive_as_they_are_and_name_the_part(engine):
    with pytest.raises(OutputError) as caught:
        engine().fold(Step(bad=40), PARTS)
    (problem,) = caught.value.problems
    assert problem.place == "rows of seed 40"
    assert "Unexpected end of stream" in problem.rule
    with pytest.raises(DataError) as caught:
        engine().fold(Step(refused=3), PARTS)
    assert [problem.remedy for problem in caught.value.problems] == ["Mend it.", "c"]
    with pytest.raises(TypeError, match="a mistake of ours"):
        engine().fold(Step(wrong=3), PARTS)
    assert close_to(engine().fold(Step(), PARTS))  # it works on after that


def test_work_that_cannot_be_sent_is_refused_before_it_is(machines):
    with pytest.raises(UnsupportedError, match="cannot be sent"):
        Cluster(machines.address).fold(lambda total, part: part, PARTS)


def analysed(path, *options, code=0):
    """Analyse a study's first wave; return its tables, or what the command said instead."""
    command = ["analyze", str(path), "--wave", "w1", "--jobs", "1", "--quiet", *options]
    result = CliRunner().invoke(app, command)
    folder = path.parent / "data" / "processed" / "analyze" / "w1"
    if code:
        assert isinstance(result.exception, SupertouchError), result.output
        assert result.exception.exit_code == code
        assert list(folder.glob("*")) == []
        return str(result.exception)
    assert result.exit_code == 0, (result.output, result.exception)
    return {file.stem: pd.read_parquet(file) for file in sorted(folder.glob("*.parquet"))}


def test_a_study_on_a_cluster(machines, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "ROW_GROUP", 20)
    monkeypatch.setattr(parquet_parts, "ROWS", 20)
    path = private_study.write_study(tmp_path / "here")
    text = path.read_text(encoding="utf-8").partition("[segments.")[0]
    text += f"[engine]\nstream_above = 0\nstorage = 'file://{tmp_path}/shared'\n"
    path.write_text(text, encoding="utf-8")
    here = analysed(path)
    assert len(here["importance"]) > 0
    analyses = tmp_path / "here" / "data" / "processed" / "analyze" / "w1"
    shutil.rmtree(analyses)
    there = analysed(path, "--scheduler", machines.address)
    assert there.keys() == here.keys()
    for name, table in here.items():
        pd.testing.assert_frame_equal(there[name], table, rtol=1e-10, atol=1e-10, obj=name)
    (copy,) = (tmp_path / "shared").iterdir()
    content = bytearray(copy.read_bytes())
    content[200:400] = bytes(200)
    copy.write_bytes(content)
    shutil.rmtree(analyses)
    said = analysed(path, "--scheduler", machines.address, code=OutputError.exit_code)
    assert f"{copy}, row groups 0" in said
    assert "--force" in said
    with dask.config.set({"distributed.comm.timeouts.connect": "1s"}):
        said = analysed(path, "--scheduler", "tcp://127.0.0.1:9", code=ClusterError.exit_code)
    assert "tcp://127.0.0.1:9: cannot be reached" in said


def test_a_worker_joins_late_and_one_is_ended_in_the_middle(machines, tmp_path):
    joined = []

    def told(done, total):
        if not joined:
            joined.append(machines.join())

    step = Step(crowd=(3, tmp_path))
    found = Cluster(machines.address, told=told).fold(step, PARTS)
    assert close_to(found)
    assert joined[0].pid in found.workers
    step = Step(deadly_once=(20, tmp_path / "ended"))
    assert close_to(Cluster(machines.address).fold(step, PARTS))
    assert (tmp_path / "ended").exists()
    until(lambda: machines.count() == 2)


def test_other_versions_are_told_before_work_begins(machines, tmp_path):
    other = tmp_path / "supertouch"
    other.mkdir()
    (other / "__init__.py").write_text('__version__ = "0.0.1"\n', encoding="utf-8")
    stranger = machines.join(PYTHONPATH=str(tmp_path))
    until(lambda: machines.count() == 3)
    with pytest.raises(ClusterError) as caught:
        Cluster(machines.address).fold(Step(), PARTS)
    end(stranger)
    (problem,) = caught.value.problems
    assert "supertouch 0.0.1 on Python" in problem.value
    assert "Install the same versions" in problem.remedy


def test_a_cluster_that_falls_apart(machines, tmp_path):
    with pytest.raises(ClusterError) as caught:
        Cluster(machines.address).fold(Step(deadly=33), PARTS)
    assert "rows of seed 33" in str(caught.value)
    assert "ended 2 workers" in str(caught.value)
    with pytest.raises(ClusterError, match="has had no worker for 1 seconds"):
        Cluster(machines.address, patience=1.0).fold(Step(), PARTS)
    machines.fill(1)
    with pytest.raises(ClusterError, match="has had no worker for 3 seconds"):
        Cluster(machines.address, patience=3.0).fold(Step(deadly=33), PARTS)
    machines.fill(1)
    ended = []

    def told(done, total):
        if not ended:
            end(machines.scheduler)
            ended.append(time.monotonic())

    alone = Step(crowd=(99, tmp_path))
    with pytest.raises(ClusterError, match=f"scheduler {machines.address}: was lost"):
        Cluster(machines.address, told=told, patience=9.0).fold(alone, PARTS)
    assert time.monotonic() - ended[0] < 9.0
    start = time.monotonic()
    with pytest.raises(ClusterError, match=f"scheduler {machines.address}: cannot be reached"):
        Cluster(machines.address, patience=1.0).fold(Step(), PARTS)
    assert time.monotonic() - start < 9.0


@pytest.fixture
def keys(tmp_path):
    """Certificates that a test signs itself."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path / "keys"
    folder.mkdir()

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    new = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2")
    openssl(*new, "-keyout", "ca-key.pem", "-out", "ca.pem", "-subj", "/CN=test authority")
    new = ("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "request.pem")
    openssl(*new, "-subj", "/CN=localhost")
    signed = ("-CA", "ca.pem", "-CAkey", "ca-key.pem", "-CAcreateserial", "-days", "2")
    openssl("x509", "-req", "-in", "request.pem", *signed, "-out", "cert.pem")
    return folder


def test_an_encrypted_cluster_lets_in_only_who_has_the_keys(keys, tmp_path):
    secret = RunningCluster(tmp_path, keys=keys)
    secret.join()
    files = {
        "tls_ca_file": str(keys / "ca.pem"),
        "tls_client_cert": str(keys / "cert.pem"),
        "tls_client_key": str(keys / "key.pem"),
    }
    plain = secret.address.replace("tls:", "tcp:")
    try:
        assert secret.address.startswith("tls://")
        assert close_to(Cluster(secret.address, files).fold(Step(), PARTS))
        for address, security in [(secret.address, {}), (plain, {}), (plain, files)]:
            with pytest.raises(ClusterError, match="cannot be reached"):
                Cluster(address, security, patience=1.0).fold(Step(), PARTS)
    finally:
        secret.stop()
