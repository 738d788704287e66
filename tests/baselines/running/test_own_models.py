"""Models in files of somebody's own run and are recorded as theirs."""

from pathlib import Path

import numpy as np
import pytest

import baselines
import qslbench
from baselines.running.protocol_run import plan, run_plan
from baselines.running.run import run
from builders.core import own_files
from builders.core.errors import RequestError
from leaderboard.submission.submission import read_submission
from leaderboard.submission.validate import validate
from tests.builders.synthetic import SyntheticFolder
from tests.door import Door
from tests.paths import ROOT

CELL = ("tfim_1d_n008", "correlation", 12, 32)
MODEL = """import numpy as np

from qslbench import Baseline


class MyMean(Baseline):
    title = "Mean"

    def __init__(self, *, seed: int = 0, shift: float = 0.0):
        super().__init__(seed=seed)
        self.shift = shift

    def _fit(self, cell):
        self.mean = cell.labels.mean(axis=0) + self.shift
        self.n_parameters = self.mean.size

    def _predict(self, rows):
        return np.tile(self.mean, (len(rows), 1))
"""

pytestmark = pytest.mark.usefixtures("own")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "my_mean.py"
    path.write_text(MODEL)
    return path


def test_it_answers_as_a_built_in_one(
    model: Path, synthetic_master: SyntheticFolder, tmp_path: Path, door: Door
) -> None:
    config, task, n, shots = CELL
    cell = ("--data", synthetic_master.public, "--config", config, "--task", task)
    asked = (*cell, "--n", n, "--shots", shots, "--set", "shift=0.25")
    status, _, err = door("run", model, *asked, "--out", tmp_path / "mine.parquet")
    assert status == 0, err
    run("train_mean", synthetic_master.public, *CELL, out=tmp_path / "ours.parquet")
    mine, ours = (read_submission(tmp_path / f"{name}.parquet") for name in ("mine", "ours"))
    validate(mine, synthetic_master.public)
    (a,), (b,) = mine.cells.values(), ours.cells.values()
    assert np.allclose(a.prediction, b.prediction + 0.25, atol=1e-6)


def test_it_is_nobody_elses(model: Path, synthetic_master: SyntheticFolder, tmp_path: Path) -> None:
    out = tmp_path / "mine.parquet"
    about = run(str(model), synthetic_master.public, *CELL, out=out)
    source = baselines.source("my_mean")
    assert source is not None
    assert about.name == "my_mean"
    assert about.code == f"my_mean.py, SHA-256 {source.sha256}"
    assert about.authors == ("author not stated",)
    assert about.licence == ""
    own_files.forget(source)
    model.write_text(MODEL.replace('"Mean"', '"Mean"\n    authors = ("Ada Lovelace",)'))
    assert run(str(model), synthetic_master.public, *CELL, out=out).authors == ("Ada Lovelace",)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("np.tile", "np.tle", "my_mean.py, line 18: AttributeError: module 'numpy' has no"),
        ("cell.labels", "cell.label", "my_mean.py, line 14: AttributeError: 'Cell' object has no"),
        ("(len(rows), 1)", "(3, 1)", "my_mean.py: ValueError: my_mean: values.shape=(3, 64)"),
        ("self.mean, (", "self.mean * np.nan, (", "my_mean.py: ValueError: my_mean"),
    ],
)
def test_a_fault_is_told_with_file_and_line(
    old: str, new: str, said: str, model: Path, synthetic_master: SyntheticFolder, tmp_path: Path
) -> None:
    model.write_text(MODEL.replace(old, new))
    with pytest.raises(RequestError) as refusal:
        run(str(model), synthetic_master.public, *CELL, out=tmp_path / "mine.parquet")
    assert said in str(refusal.value)
    assert not (tmp_path / "mine.parquet").exists()


def test_a_protocol_runs_it_again_when_its_file_has_changed(
    model: Path, synthetic_master: SyntheticFolder, tmp_path: Path
) -> None:
    """Results of two versions under one name would be nobody's."""

    def new_jobs() -> int:
        for own in own_files.every():
            own_files.forget(own)
        wanted = plan(
            qslbench.plug_in(ROOT / "tests" / "toys" / "protocols" / "toy_half.py"),
            synthetic_master.public,
            tmp_path / "results",
            models=[baselines.named(str(model)), "train_mean"],
            tasks=["correlation"],
        )
        assert {job.baseline for job in wanted.jobs} == {"my_mean", "train_mean"}
        return run_plan(wanted, workers=1)

    every = new_jobs()
    assert every > 1
    assert new_jobs() == 0
    model.write_text(MODEL + "# another version\n")
    assert new_jobs() == every // 2
