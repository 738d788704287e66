"""Baselines and protocols of one's own, from `QSLBENCH_PLUGINS`, by the door and in its workers."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from builders.core import discovery
from tests.paths import DOOR, ROOT

pytestmark = pytest.mark.slow


class Home:
    """A folder in which commands are run, with the toys as plug-ins."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(self, *args: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, discovery.VARIABLE: str(ROOT / "tests" / "toys")}
        command = [sys.executable, str(DOOR), *args]
        return subprocess.run(
            command, cwd=self.path, env=environment, capture_output=True, text=True, timeout=300
        )

    def told(self, *args: str) -> Any:
        done = self.run(*args, "--json")
        assert done.returncode == 0, done.stderr[-2000:]
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """`data`: single shots of a code, and graphs."""
    found = Home(tmp_path_factory.mktemp("plugins"))
    common = ("--out", "data", "--workers", "1")
    found.told("build", "toy_bits", "--size", "5", "--train", "2000", "--test", "1000", *common)
    found.told("build", "toy_graph", "--size", "5", "--train", "20", "--test", "10", *common)
    return found


def test_they_are_listed_with_what_they_read_and_answer(home: Home) -> None:
    found = {row["name"]: row for row in home.told("list", "baselines")}
    assert found["toy_lookup"]["records"] == ["detection_events"]
    assert found["toy_lookup"]["answers"] == ["binary"]
    assert (found["train_mean"]["records"], found["train_mean"]["needs"]) == (["any"], [])
    assert found["window_ed"]["needs"] == ["hamiltonian", "pairs", "chain"]


def test_a_protocol_runs_them_in_worker_processes(home: Home) -> None:
    models = [x for name in ("toy_lookup", "train_mean") for x in ("--baseline", name)]
    options = ["--data", "data", "--private", "data-private", *models, "--workers", "2"]
    found = home.told("protocol", "toy_half", *options)
    said = {(job["config"], job["baseline"], job["n"]) for job in found["jobs"]}
    # Each where it applies: on graphs there is nothing to look up.
    assert said == {
        *(("toy_bits_d05", name, n) for name in ("toy_lookup", "train_mean") for n in (1000, 2000)),
        *(("toy_graph_v005", "train_mean", n) for n in (10, 20)),
    }
    assert all("metrics" in job for job in found["jobs"])


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (("run", "toy_lookup", "--task", "toy_cut"), "toy_lookup does tasks of the kind binary"),
        (("run", "deep_sets", "--task", "toy_cut"), "reads records of the kind pauli_tokens"),
        (("run", "graph_net", "--task", "toy_cut"), "needs the Hamiltonian of every row"),
    ],
)
def test_what_does_not_apply_is_refused(home: Home, command: tuple[str, ...], message: str) -> None:
    options = ("--config", "toy_graph_v005", "--n", "10", "--shots", "0", "--out", "a.parquet")
    done = home.run(*command, *options, "--data", "data")
    assert done.returncode == 2
    assert message in done.stderr
    assert "qslbench list baselines" in done.stderr


@pytest.mark.parametrize(
    ("shots", "message"), [("3", "nothing is measured here, so it is 0"), ("-1", "so it is 0")]
)
def test_copies_that_a_record_cannot_have_are_refused(home: Home, shots: str, message: str) -> None:
    options = ("--config", "toy_graph_v005", "--task", "toy_cut", "--n", "10", "--shots", shots)
    done = home.run("run", "train_mean", *options, "--data", "data", "--out", "a.parquet")
    assert done.returncode == 2
    assert message in done.stderr


def test_a_protocol_without_a_cell_says_why(home: Home) -> None:
    options = ("--data", "data", "--config", "toy_graph_v005", "--baseline", "toy_lookup")
    done = home.run("protocol", "toy_half", *options)
    assert done.returncode == 2
    assert "toy_lookup does tasks of the kind binary; toy_cut is a regression" in done.stderr
