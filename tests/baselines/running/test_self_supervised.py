"""Copies divided between labelled rows and rows for pre-training: the cell is the only door."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import baselines
from baselines import protocols
from baselines.contract.cell import Cell
from baselines.contract.point_cells import open_cell
from baselines.contract.protocol import Available, Point
from baselines.models import llm4qpe_f, llm4qpe_t
from baselines.running.protocol_run import plan, read_record, run_plan
from baselines.running.protocol_scores import score_plan
from baselines.running.run import answer, write
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset.spec import BuildSpec
from leaderboard import read_submission
from leaderboard.cells import CellKey
from leaderboard.scoring.ledger import Ledger
from leaderboard.submission.metadata import Resources
from leaderboard.submission.validate import validate
from tests.baselines.cells import make_cell
from tests.baselines.contract.test_protocol import Spy, contains
from tests.builders.synthetic import SyntheticFolder, make_folder

SPENT = Resources(n=10, shots=16, pretrain_n=5, pretrain_shots=32)  # 320 = 20 · 16 copies


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> SyntheticFolder:
    """tfim_1d, N = 6, 60 training and 6 test rows, 128 shots."""
    spec = BuildSpec("tfim_1d", Size(6), {"train": 60, "test": 6}, shots=128, seed=3, test_seed=13)
    return make_folder(tmp_path_factory.mktemp("ssl"), spec)


def spent_cell(data: SyntheticFolder, spent: Resources = SPENT) -> Cell:
    return Cell.open(data.public, data.config, "correlation", 20, 16, spent=spent)


def test_a_cell_is_cut_to_both_parts(data: SyntheticFolder) -> None:
    cell, train = spent_cell(data), data.splits["train"]
    assert np.array_equal(cell.shots, train["shots"][:10, :16])
    assert cell.pretrain is not None
    assert np.array_equal(cell.pretrain.shots, train["shots"][10:15, :32])
    assert np.array_equal(cell.pretrain.parameters, train["parameters"][10:15])
    assert np.array_equal(cell.rows.shots, data.splits["test"]["shots"][:, :16])
    assert cell.labels.shape == (10, 36)
    assert (cell.n, cell.key) == (10, CellKey(data.config, "correlation", 20, 16))
    assert cell.resources == SPENT
    for array in (cell.pretrain.shots, cell.pretrain.parameters, cell.pretrain.row_id):
        assert array.base is None


@pytest.mark.parametrize(
    ("spent", "message"),
    [
        ({"pretrain_n": 6}, r"10·16 \+ 6·32 = 352 .* more than the 20·16 = 320"),
        ({"n": 58, "shots": 1}, r"rows=63 is outside .*1 to 60 training rows"),
        ({"n": 0}, "n=0 is too small"),
        ({"pretrain_n": 1, "pretrain_shots": 160}, r"pretrain_shots=160 .*1 to 128 shots"),
    ],
)
def test_more_than_the_cell_has_is_refused(
    data: SyntheticFolder, spent: dict[str, int], message: str
) -> None:
    with pytest.raises(RequestError, match=message):
        spent_cell(data, SPENT.model_copy(update=spent))


def test_a_cell_checks_itself(data: SyntheticFolder) -> None:
    cell = spent_cell(data)
    assert cell.pretrain is not None
    with pytest.raises(ValueError, match="more copies"):
        replace(cell, budget=(19, 16))
    with pytest.raises(ValueError, match="rows of"):
        replace(cell, pretrain=make_cell(size=5).rows)
    with pytest.raises(RequestError, match="noise-free"):
        Cell.open(data.public, data.config, "correlation", 20, None, spent=SPENT)


def test_random_tokens_replace_those_of_both_parts(data: SyntheticFolder) -> None:
    point = Point(data.config, "correlation", 20, 16, spent=(10, 16, 5, 32))
    measured, random = (
        open_cell(str(data.public), replace(point, tokens=t)) for t in ("measured", "random")
    )
    assert measured.resources == random.resources == SPENT
    assert measured.pretrain is not None
    assert random.pretrain is not None
    assert np.mean(measured.pretrain.shots != random.pretrain.shots) > 0.7


def test_a_model_cannot_read_past_either_part(
    data: SyntheticFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = baselines.load
    monkeypatch.setattr(baselines, "load", lambda name: Spy if "llm" in name else load(name))
    wanted = plan("self_supervised", data.public, tmp_path, tasks=["correlation"])
    run_plan(wanted, workers=1)
    last = wanted.jobs[-1].point
    labelled, shots, rows, each = last.spent
    assert (labelled, shots, rows, each) == (10, 64, 15, 128)
    arrays = [x for x in Spy.taken if isinstance(x, np.ndarray)]
    train, test = data.splits["train"], data.splits["test"]
    assert any(np.array_equal(x, train["shots"][10:25]) for x in arrays)
    for hidden in (
        train["shots"][25],
        train["shots"][0, 64:],
        train["parameters"][25],
        train["correlation"][0, 0, 1:],
        train["correlation"][12, 0, 1:],
        test["shots"][0, 64:],
        test["correlation"][0, 0, 1:],
    ):
        assert not [x for x in arrays if contains(x, hidden)]
        assert not [x for x in Spy.taken if isinstance(x, bytes) and hidden.tobytes() in x]
    score_plan(wanted, data.private, workers=1)
    record = read_record(wanted.folder.record(wanted.jobs[-1]))
    assert record is not None
    assert record["spent"] == [10, 64, 15, 128]
    for job in wanted.jobs:
        submission = read_submission(wanted.folder.submission(job))
        validate(submission, data.public)
        (key,) = submission.cells
        ledger = Ledger.of(key, submission.metadata, rows=6)
        assert ledger.stated == ledger.allowed == 40 * 64


def test_only_t_is_pre_trained_on_it(data: SyntheticFolder) -> None:
    cell = spent_cell(data)
    alone = replace(cell, pretrain=None)
    for model, same in ((llm4qpe_t.Model, False), (llm4qpe_f.Model, True)):
        weights = [model(seed=0).fit(c).model.trunk.tokens.weight for c in (cell, alone)]
        assert torch.equal(*weights) is same


def test_a_file_states_one_way_of_spending(data: SyntheticFolder, tmp_path: Path) -> None:
    cell = spent_cell(data)
    first, second = (answer("train_mean", c, 0) for c in (cell, replace(cell, pretrain=None)))
    assert write(tmp_path / "a.parquet", "train_mean", 0, [first]).resources == SPENT
    with pytest.raises(ValueError, match="different resources"):
        write(tmp_path / "b.parquet", "train_mean", 0, [first, second])


@pytest.mark.parametrize(("train", "shots"), [(100, 512), (60, 64), (40, 64), (39, 512), (100, 63)])
def test_points_spend_the_cell_wholly_and_no_more_than_there_is(train: int, shots: int) -> None:
    found = protocols.load("self_supervised").points(
        Available("tfim_1d_n048", train, shots, ("correlation", "renyi2"))
    )
    assert len(set(found)) == len(found)
    assert bool(found) is (train >= 40 and shots >= 64)
    for point in found:
        assert point.resources is not None
        assert point.resources.copies == point.n * point.shots
        labelled, each, rows, more = point.spent
        assert labelled + rows <= train
        assert max(each, more) <= shots
