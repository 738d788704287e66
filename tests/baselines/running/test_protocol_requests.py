"""Protocols: what is asked for and cannot be had, and runs that were killed."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from baselines.running.protocol_run import plan, run_plan
from baselines.running.protocol_scores import score_plan
from baselines.running.protocol_summary import summarise
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset.spec import BuildSpec
from leaderboard import read_submission
from leaderboard.scoring.evaluate import evaluate
from leaderboard.submission.validate import validate
from tests.builders.synthetic import SyntheticFolder, make_folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> SyntheticFolder:
    """tfim_1d, N = 6, 40 training and 6 test rows, 128 shots."""
    spec = BuildSpec("tfim_1d", Size(6), {"train": 40, "test": 6}, shots=128, seed=3, test_seed=13)
    return make_folder(tmp_path_factory.mktemp("requests"), spec)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"models": ["rigde"]}, "Did you mean 'ridge'"),
        ({"configs": ["tfim_1d_n007"]}, "tfim_1d_n006"),
        ({"tasks": ["energy"]}, "no cell with task energy .* correlation, renyi2"),
        ({"tasks": ["correlation", "energy"]}, "no cell with task energy"),
        ({"rows": [20, 60]}, r"no cell with n 60 .* 20, 40\."),
        ({"shots": [256]}, r"no cell with shots 256 .* 64, 128\."),
        ({"tokens": ["random"]}, "no cell with tokens random"),
        (
            {"models": ["train_mean", "majority"]},
            r"gspe is one for majority\. majority does tasks of .* correlation is a regression",
        ),
        ({"seeds": 0}, "seeds 0"),
    ],
)
def test_wrong_requests(
    data: SyntheticFolder, tmp_path: Path, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(RequestError, match=message):
        plan("gspe", data.public, tmp_path, **options)


def test_some_cells_alone(data: SyntheticFolder, tmp_path: Path) -> None:
    some = {"rows": [20], "shots": [64, 128], "tasks": ["renyi2"]}
    wanted = plan("gspe", data.public, tmp_path, models=["train_mean"], **some)
    assert {(j.point.task, j.point.n, j.point.shots) for j in wanted.jobs} == {
        ("renyi2", 20, 64),
        ("renyi2", 20, 128),
    }
    some = {"tokens": ["inputs"], "tasks": ["renyi2"]}
    wanted = plan("randomisation", data.public, tmp_path, models=["shadow"], **some)
    assert {j.point.tokens for j in wanted.jobs} == {"inputs"}


def test_too_few_rows_or_shots_for_any_cell(tmp_path: Path) -> None:
    spec = BuildSpec("tfim_1d", Size(6), {"train": 10, "test": 2}, shots=16, seed=3, test_seed=13)
    folder = make_folder(tmp_path, spec)
    with pytest.raises(RequestError, match=r"no cell of protocol gspe .* tfim_1d_n006 configs"):
        plan("gspe", folder.public, tmp_path / "out")


def test_labels_that_are_not_numbers_end_a_run_and_what_is_done_stays(
    data: SyntheticFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from leaderboard.kinds.regression import Regression

    exact, read = Regression.labels, []

    def second_is_broken(*given: Any) -> np.ndarray:
        read.append(given)
        found = exact(*given)
        return found if len(read) == 1 else np.full_like(found, np.nan)

    wanted = plan("noise_free", data.public, tmp_path, models=["train_mean"], tasks=["renyi2"])
    monkeypatch.setattr(Regression, "labels", second_is_broken)
    with pytest.raises(RequestError, match="renyi2 of 40 training rows is not finite"):
        run_plan(wanted, workers=1)
    assert [wanted.is_done(job) for job in wanted.jobs] == [True, False]


def test_hidden_labels_that_are_not_numbers_are_refused(
    data: SyntheticFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from leaderboard.kinds.regression import Regression

    some = {"rows": [20], "shots": [64], "tasks": ["renyi2"]}
    wanted = plan("gspe", data.public, tmp_path, models=["train_mean"], **some)
    run_plan(wanted, workers=1)
    monkeypatch.setattr(Regression, "labels", lambda *_: np.full((6, 5), np.nan))
    with pytest.raises(RequestError, match="labels have 6 rows that are not finite"):
        score_plan(wanted, data.private, workers=1)
    (record,) = summarise(wanted)
    assert "metrics" not in record


def test_a_record_that_was_cut_is_made_again(data: SyntheticFolder, tmp_path: Path) -> None:
    some = {"rows": [20], "shots": [64]}
    wanted = plan("gspe", data.public, tmp_path, models=["train_mean"], **some)
    run_plan(wanted, workers=1)
    path = wanted.folder.record(wanted.jobs[0])
    whole = path.read_text()
    path.write_text(whole[: len(whole) // 2])
    assert not wanted.is_done(wanted.jobs[0])
    assert run_plan(wanted, workers=1) == 1
    assert wanted.is_done(wanted.jobs[0])


def test_noise_free_answers_and_controls_are_of_their_tracks(
    data: SyntheticFolder, tmp_path: Path
) -> None:
    """They validate, and are scored as the protocol scores them."""
    tracks = {}
    for name in ("noise_free", "randomisation"):
        options: dict[str, Any] = {"models": ["shadow", "ridge"], "tasks": ["correlation"]}
        if name == "noise_free":
            options = {"models": ["ridge"], "tasks": ["correlation"], "rows": [20]}
        wanted = plan(name, data.public, tmp_path, **options)
        run_plan(wanted, workers=1)
        score_plan(wanted, data.private, workers=1)
        records = summarise(wanted)
        for job, record in zip(wanted.jobs, records, strict=True):
            submission = read_submission(wanted.folder.submission(job))
            validate(submission, data.public)
            (report,) = evaluate(submission, data.public, data.private)
            assert report.key == job.point.key
            assert record["track"] == report.key.track
            metrics = {k: v.value for k, v in report.report.metrics.items() if k != "skill"}
            assert metrics == {k: record["metrics"][k]["value"] for k in metrics}
            tracks.setdefault(report.key.track, set()).add(submission.metadata.notes)
    assert set(tracks) == {"exact", "standard", "random", "random-inputs"}
    assert not [notes for found in tracks.values() for notes in found if "random" in notes]


def test_records_of_before_tracks_are_done_again_where_their_file_lacks_one(
    data: SyntheticFolder, tmp_path: Path
) -> None:
    some = {"models": ["train_mean"], "tasks": ["renyi2"], "shots": [64]}
    wanted = plan("randomisation", data.public, tmp_path, **some)
    run_plan(wanted, workers=1)
    for job in wanted.jobs:
        path = wanted.folder.record(job)
        record = json.loads(path.read_text())
        del record["track"]
        path.write_text(json.dumps(record))
    assert {job.point.tokens: wanted.is_done(job) for job in wanted.jobs} == {
        "measured": True,
        "random": False,
    }


def test_a_run_killed_at_once_goes_on(data: SyntheticFolder, tmp_path: Path) -> None:
    """SIGKILL leaves no time to tidy up."""
    code = (
        "import os, sys; from pathlib import Path\n"
        "from baselines.running import protocol_run as p\n"
        "real, count = p.write, []\n"
        "def write(*a, **k):\n"
        "    count.append(real(*a, **k))\n"
        "    len(count) == 3 and os.kill(os.getpid(), 9)\n"
        "p.write = write\n"
        "wanted = p.plan('gspe', Path(sys.argv[1]), Path(sys.argv[2]), models=['train_mean'])\n"
        "p.run_plan(wanted, workers=1)\n"
    )
    given = [sys.executable, "-c", code, str(data.public), str(tmp_path)]
    assert subprocess.run(given, check=False, capture_output=True).returncode == -signal.SIGKILL
    wanted = plan("gspe", data.public, tmp_path, models=["train_mean"])
    # The third has answers and no record: it is not done.
    assert sum(map(wanted.is_done, wanted.jobs)) == 2
    assert wanted.folder.submission(wanted.jobs[2]).is_file()
    assert run_plan(wanted, workers=1) == len(wanted.jobs) - 2
    score_plan(wanted, data.private, workers=1)
    assert all("metrics" in record for record in summarise(wanted))
