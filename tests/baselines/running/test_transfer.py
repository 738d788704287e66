"""Other sizes, the shifted split, random inputs, and protocols about some models."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import baselines
from baselines import protocols
from baselines.contract.point_cells import open_cell, open_elsewhere
from baselines.contract.protocol import Available, Point, jobs
from baselines.contract.variant import Variant
from baselines.inputs.pairs import Pairs
from baselines.running.protocol_run import plan, run_plan
from baselines.running.protocol_scores import score_plan
from baselines.running.protocol_summary import summarise
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset.spec import BuildSpec
from builders.folders import loading
from leaderboard import read_submission, tasks
from leaderboard.commands.score import command as score
from leaderboard.scoring import evaluate
from leaderboard.submission.validate import validate
from tests.baselines.cells import make_cell, place, telling_cell
from tests.builders.synthetic import SyntheticFolder, make_folder

EVERY = {name: baselines.load(name) for name in baselines.names()}
# Those of graphs move in `test_graph_models.py`.
MOVING = [name for name, model in EVERY.items() if model.any_size and not model.needs_graph]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> SyntheticFolder:
    """tfim_1d at N = 6, with shifted rows, and at N = 8; random labels."""
    rows = {"train": 20, "test": 6}
    first = BuildSpec("tfim_1d", Size(6), rows | {"test_ood": 5}, shots=64, seed=3, test_seed=13)
    second = BuildSpec("tfim_1d", Size(8), rows, shots=64, seed=3, test_seed=13)
    return make_folder(tmp_path_factory.mktemp("transfer"), first, second)


@pytest.mark.parametrize("task", ["correlation", "renyi2"])
@pytest.mark.parametrize("name", MOVING)
def test_a_model_of_any_size_answers_at_another(name: str, task: str) -> None:
    cell, other = make_cell(task=task), make_cell(task=task, size=11)
    model = baselines.load(name)(seed=0).fit(cell)
    before = model.predict(cell.rows)
    assert model.at(cell.config) is model
    found = model.at(other.config).predict(other.rows)
    assert found.shape == (5, other.task.length(other.size))
    assert np.isfinite(found).all()
    assert np.array_equal(model.predict(cell.rows), before)


def test_others_refuse_in_words() -> None:
    model = baselines.load("train_mean")().fit(make_cell())
    with pytest.raises(RequestError, match="train_mean is trained on tfim_1d_n008 and does not"):
        model.at(place(10))
    with pytest.raises(RequestError, match="Call at"):
        model.predict(make_cell(size=10).rows)
    with pytest.raises(RequestError, match="does not answer for xxz_1d_n008"):
        baselines.load("distance_mean")().fit(make_cell()).at(place(8, "xxz_1d"))
    with pytest.raises(RequestError, match="Call fit"):
        baselines.load("distance_mean")().at(place(10))
    assert {"distance_mean", "graph_net", "mlp_pairs"} <= set(MOVING)


def test_pairs_are_carried_by_what_makes_them_alike() -> None:
    """Matrix: distances 1, 2, 3 of N = 4 hold 10, 20, 30; past 3, odd is 30 and even 20."""
    task = tasks.load("correlation")
    here = Pairs.of(task, place(4))
    there = Pairs.of(task, place(7))
    carried = here.carry(10.0 * here.distance, place(7))
    expected = {1: 10, 2: 20, 3: 30, 4: 20, 5: 30, 6: 20}
    assert carried.tolist() == [expected[d] for d in there.distance.tolist()]
    # Neighbours: bonds at 0, 1, 2 from the nearer end; in the middle even and odd take turns.
    bonds = Pairs.of(tasks.load("renyi2"), place(6))
    assert bonds.carry(np.array([5.0, 7.0, 9.0, 7.0, 5.0]), place(10)).tolist() == [
        *(5, 7, 9, 7, 9, 7, 9, 7, 5)
    ]  # fmt: skip
    assert bonds.carry(np.array([5.0, 7.0, 9.0, 7.0, 5.0]), place(4)).tolist() == [5, 7, 5]


@pytest.mark.slow
def test_transfer_is_scored_as_the_public_scorer_does(
    data: SyntheticFolder, tmp_path: Path
) -> None:
    wanted = plan("transfer", data.public, tmp_path, models=["distance_mean", "train_mean"])
    run_plan(wanted, workers=1)
    score_plan(wanted, data.private, workers=1)
    summarise(wanted)
    # Two tasks; at home and away from N = 6 and from N = 8, and shifted rows of N = 6; only
    # distance_mean goes away.
    assert len(wanted.jobs) == 2 * (2 * (2 + 1) + 2)
    for job in wanted.jobs:
        submission = read_submission(wanted.folder.submission(job))
        validate(submission, data.public, job.point.split)
        (report,) = evaluate.evaluate(submission, data.public, data.private, split=job.point.split)
        assert report.key == job.point.key
        (record,) = [r for r in summarise(wanted) if is_of(r, job)]
        assert record["metrics"]["rmse"]["value"] == pytest.approx(
            report.report.metrics["rmse"].value
        )
        away = f"from:{job.point.config}" if job.point.asked else "standard"
        assert [key.track for key in submission.cells] == [away] == [record["track"]]
        assert "trained on" not in submission.metadata.notes
    text = (wanted.folder.home / "summary.md").read_text()
    assert "rmse, n006, shifted" in text


def is_of(record: dict, job) -> bool:
    names = (record["config"], record["task"], record["trained_on"], record["split"])
    point = job.point
    return (*names, record["baseline"]) == (
        *(point.answered, point.task, point.config, point.split),
        job.baseline,
    )


def test_a_shifted_file_is_no_answer_for_the_test_rows(
    data: SyntheticFolder, tmp_path: Path
) -> None:
    wanted = plan(
        "transfer", data.public, tmp_path, models=["train_mean"], configs=["tfim_1d_n006"]
    )
    run_plan(wanted, workers=1)
    (job,) = [j for j in wanted.jobs if j.point.split != "test" and j.point.task == "renyi2"]
    submission = read_submission(wanted.folder.submission(job))
    options = [str(wanted.folder.submission(job)), "--private", str(data.private), "--json"]
    done = CliRunner().invoke(score, [*options, "--split", "test_ood"], catch_exceptions=False)
    assert json.loads(done.stdout)["split"] == "test_ood"
    with pytest.raises(RequestError, match="5 rows outside the test rows of the config"):
        validate(submission, data.public)
    with pytest.raises(RequestError, match="test_ood"):
        evaluate.evaluate(
            replace(submission, cells={job.point.key._replace(config="tfim_1d_n008"): None}),
            data.public,
            data.private,
            split="test_ood",
        )


def test_shifted_rows_are_those_of_the_split(data: SyntheticFolder) -> None:
    point = Point("tfim_1d_n006", "correlation", 20, 32, split="test_ood")
    rows = open_elsewhere(str(data.public), point)
    stored = loading.load(data.public, "tfim_1d_n006", splits=["test_ood"])["test_ood"]
    assert rows.config.size == Size(6)
    assert np.array_equal(rows.row_id, stored["row_id"])
    assert np.array_equal(rows.shots, stored["shots"][:, :32])
    assert open_elsewhere(str(data.public), replace(point, split="test")) is None


def test_random_inputs_leave_labels_as_they_were(data: SyntheticFolder) -> None:
    point = Point(data.config, "renyi2", 20, 64)
    measured, inputs, random = (
        open_cell(str(data.public), replace(point, tokens=t))
        for t in ("measured", "inputs", "random")
    )
    assert np.array_equal(inputs.labels, measured.labels)
    assert np.array_equal(inputs.shots, measured.shots)
    assert np.array_equal(inputs.seen.shots, random.shots)
    assert np.array_equal(inputs.rows.shots, random.rows.shots)
    assert measured.seen is measured.train


def test_random_inputs_are_for_models_that_have_inputs() -> None:
    point = Point("tfim_1d_n006", "correlation", 20, 64, tokens="inputs")
    found = jobs([point], [Variant(name) for name in ("ridge", "shrinkage", "deep_sets")], 1)
    assert [job.baseline for job in found] == ["shrinkage", "deep_sets"]


def test_a_mix_gives_random_inputs_no_weight() -> None:
    """The mix with the row's own shots: shots that say nothing of the label get no weight."""
    cell = telling_cell("correlation")
    rng = np.random.default_rng(0)
    shown = rng.integers(0, 6, cell.shots.shape, dtype=np.uint8)
    told, blind = (
        baselines.load("shrinkage")().fit(c)._weight
        for c in (cell, replace(cell, shown={"shots": shown}))
    )
    # Random covariances of 12 rows remain.
    assert blind.mean() < 0.3 * told.mean()


@pytest.mark.parametrize("name", protocols.names())
def test_settings_of_protocols_are_those_of_the_models(name: str) -> None:
    for variant in protocols.load(name).variants or ():
        assert Variant.of(variant.baseline, **dict(variant.settings)) == variant
        variant.model(seed=0)


def test_grids_of_depth_and_ablation() -> None:
    config = Available("heisenberg_1d_n048", 100, 512, ("correlation", "renyi2"))
    depth, ablation = (protocols.load(name) for name in ("depth", "ablation"))
    found = jobs(depth.points(config), depth.models(["mlp"]), 1)
    assert {dict(job.settings)["depth"] for job in found} == {2, 4, 8, 16, 32, 64, 100}
    assert len(found) == 2 * 2 * 2 * 7
    assert depth.layout(found[-1]) == (
        *("exact training labels, n=100", "mlp, plain", "100 layers"),
    )
    assert not ablation.points(replace(config, config="heisenberg_2d_04x05"))
    assert {p.n for p in ablation.points(config)} == {20, 60, 100}
