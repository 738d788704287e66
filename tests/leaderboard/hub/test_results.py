"""Exports for the Hub, read back by huggingface_hub's own classes."""

import json

import pytest
import yaml
from click.testing import CliRunner
from huggingface_hub import ModelCard, parse_eval_result_entries

import qslbench
from builders.core.errors import RequestError
from builders.dataset import manifest
from leaderboard import tasks
from leaderboard.board.service import Board
from leaderboard.hub import results as hub_metadata
from tests.leaderboard.answers import SHOTS, N, cell, open_season, write

DATASET = "org/data"


@pytest.fixture
def board(synthetic_folder, tmp_path):
    opened = Board.open(tmp_path / "board", synthetic_folder.public)
    yield opened
    opened.close()


@pytest.fixture
def receipt(board, synthetic_folder, tmp_path):
    return board.submit(write(tmp_path / "p.parquet", synthetic_folder, 0.25))


def run(*arguments):
    return CliRunner().invoke(qslbench.cli, ["hub", *map(str, arguments)])


def test_a_model_card_with_the_scores_is_read_by_the_hub_library(receipt, board) -> None:
    place = ("--store", board.store.folder, "--dataset", DATASET, "--revision", "abc")
    done = run("results", receipt.id, *place)
    assert done.exit_code == 0, done.exception
    card = ModelCard(f"---\n{done.stdout}---\n# a model\n", ignore_metadata_errors=False)
    found = card.data.eval_results
    assert card.data.model_name == "a model"
    expected = {
        (key.config, key.task, name): score
        for key, metrics in receipt.scores.items()
        for name, score in metrics.items()
    }
    assert len(found) == len(expected) == 8
    for result in found:
        task = result.task_name.split("(")[1].rstrip(")")
        score = expected[result.dataset_config, task, result.metric_type]
        assert (result.metric_value, result.metric_args) == (
            score.value,
            {"low": score.low, "high": score.high},
        )
        assert result.dataset_type == DATASET
        assert (result.dataset_split, result.dataset_revision) == ("test", "abc")
        assert result.dataset_args == {"n": N, "shots": SHOTS}
        assert result.task_type == "tabular-regression"


def test_eval_results_hold_the_number_of_which_more_is_better(receipt, board) -> None:
    place = ("--store", board.store.folder, "--dataset", DATASET)
    done = run("results", receipt.id, *place, "--form", "eval-results")
    entries = parse_eval_result_entries(yaml.safe_load(done.stdout))
    assert [entry.task_id for entry in entries] == [
        f"tfim_1d_n008-{task}-n{N}-m{SHOTS}" for task in ("correlation", "renyi2")
    ]
    for entry, (key, metrics) in zip(entries, receipt.scores.items(), strict=True):
        assert entry.task_id == hub_metadata.task_id(key)
        assert entry.value == metrics["skill_x"].value
        assert entry.dataset_id == DATASET
        assert receipt.id in entry.notes
    every = map(tasks.load, tasks.names())
    assert {task.metric(task.upward).better for task in every} == {"higher"}


def test_results_are_of_one_track(board, synthetic_folder, tmp_path) -> None:
    """A control never reaches a board of the Hub unasked."""
    track = "from:tfim_1d_n016"
    receipt = board.submit(write(tmp_path / "t.parquet", synthetic_folder, 0.2, track))
    place = ("--store", board.store.folder, "--dataset", DATASET)
    refusal = run("results", receipt.id, *place)
    assert "name the track of its cells with --track" in str(refusal.exception)
    index = yaml.safe_load(run("results", receipt.id, *place, "--track", track).stdout)
    first = index["model-index"][0]["results"][0]
    assert first["dataset"]["args"] == {"n": N, "shots": SHOTS, "track": track}
    (entry, _) = hub_metadata.eval_results(receipt, DATASET, track=track)
    assert entry["dataset"]["task_id"].endswith("-m16-from-tfim_1d_n016")
    with pytest.raises(RequestError, match="Did you mean 'random'"):
        hub_metadata.model_index(receipt, DATASET, track="randon")


def test_eval_yaml_names_the_cells_that_results_answer(receipt, synthetic_folder) -> None:
    done = run("benchmark", "--data", synthetic_folder.public, "--n", N, "--shots", SHOTS)
    document = yaml.safe_load(done.stdout)
    assert set(document) == {"name", "description", "evaluation_framework", "tasks"}
    ids = [task["id"] for task in document["tasks"]]
    assert len(ids) == len(set(ids)) == 3
    answered = hub_metadata.eval_results(receipt, DATASET)
    assert {entry["dataset"]["task_id"] for entry in answered} < set(ids)
    configs = manifest.read(synthetic_folder.public).configs
    assert {(t["config"], t["split"]) for t in document["tasks"]} == {(c, "test") for c in configs}
    # By default the largest cells.
    largest = run("benchmark", "--data", synthetic_folder.public, "--json")
    assert json.loads(largest.stdout)["tasks"][0]["id"] == "tfim_1d_n008-correlation-n12-m32"


@pytest.mark.parametrize(("n", "shots"), [(13, 32), (12, 33)])
def test_cells_that_the_data_lack_are_refused(synthetic_folder, n, shots) -> None:
    with pytest.raises(RequestError, match="has no config with"):
        hub_metadata.benchmark(manifest.read(synthetic_folder.public), n, shots)


def test_what_is_no_data_set_and_what_is_no_submission_is_refused(receipt, board) -> None:
    with pytest.raises(RequestError, match="give ORG/NAME"):
        hub_metadata.model_index(receipt, "data")
    refusal = run("results", "0" * 12, "--store", board.store.folder, "--dataset", DATASET)
    assert isinstance(refusal.exception, RequestError)


def test_nothing_is_told_before_the_board_tells_it(board, synthetic_folder, tmp_path) -> None:
    open_season(board, synthetic_folder, "one", 5)
    told = board.submit(write(tmp_path / "q.parquet", synthetic_folder, 0.25))
    metrics = told.scores[cell(synthetic_folder)]
    shown = hub_metadata.model_index(told, DATASET)[0]["results"][0]["metrics"]
    assert {m["type"]: m["value"] for m in shown} == {
        name: score.value for name, score in metrics.items() if score.value is not None
    }
