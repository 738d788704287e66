"""A protocol on the workers of a Dask cluster gives the same answers."""

from pathlib import Path

import pytest

from baselines.running.protocol_run import plan, run_plan
from builders.core.names import Size
from builders.dataset.spec import BuildSpec
from leaderboard import read_submission
from tests.builders.building.test_runners import scheduler, workers
from tests.builders.synthetic import make_folder

__all__ = ["scheduler"]  # a fixture


@pytest.mark.slow
def test_a_cluster_gives_the_same_answers(scheduler: str, tmp_path: Path) -> None:
    spec = BuildSpec("tfim_1d", Size(6), {"train": 20, "test": 5}, shots=64, seed=3, test_seed=13)
    data = make_folder(tmp_path, spec)
    here, there = (
        plan("gspe", data.public, tmp_path / place, models=["ridge_pairs", "random_forest"])
        for place in ("here", "there")
    )
    run_plan(here, workers=1)
    (tmp_path / "work").mkdir()
    with workers(scheduler, tmp_path / "work", 2):
        assert run_plan(there, scheduler=scheduler) == len(there.jobs)
    for one, other in zip(here.jobs, there.jobs, strict=True):
        first, second = (p.folder.submission(j) for p, j in ((here, one), (there, other)))
        assert (
            read_submission(first).predictions_sha256 == read_submission(second).predictions_sha256
        )
