"""Tasks that are ranked by other metrics: nothing is known by its spelling.

Ranking, comparison, what is resolvable and the Ladder of a task that is ranked by the mean absolute
error, against values worked out by hand; and a task whose metric has no paired test.
"""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from builders.core.errors import RequestError
from leaderboard import tasks
from leaderboard.board.service import Board
from leaderboard.cells import Answer
from leaderboard.kinds.errors import MAE, RMSE, SKILL, SKILL_X
from leaderboard.kinds.lines import constant_answers
from leaderboard.ranking.comparison import compare
from leaderboard.seasons import ladder
from leaderboard.submission.submission import write_submission
from tests.leaderboard.answers import answer, cell, exact, metadata, open_season


@pytest.fixture
def by_mae(monkeypatch):
    """The task `renyi2`, ranked by mae."""
    real = tasks.load
    task = replace(real("renyi2"), metrics=(MAE, RMSE, SKILL, SKILL_X), primary="mae", lines=())
    monkeypatch.setattr(tasks, "load", lambda name: task if name == "renyi2" else real(name))
    return task


@pytest.fixture
def board(synthetic_folder, tmp_path):
    opened = Board.open(tmp_path / "board", synthetic_folder.public)
    yield opened
    opened.close()


def submit(board, data, path, name, errors: np.ndarray, account: str = "ada") -> str:
    """Answers with these absolute errors (R, L), their signs in turn."""
    given = answer(data, "renyi2")
    signs = np.where(np.indices(errors.shape).sum(axis=0) % 2, 1.0, -1.0)
    cells = {cell(data, "renyi2"): Answer(given.row_id, given.prediction + signs * errors)}
    write_submission(path, cells, metadata(name=name))
    return board.submit(path, account=account).id


def test_ranking_comparison_and_resolvable_by_hand(by_mae, board, synthetic_folder, tmp_path):
    """Ten rows of seven entries. The first answer errs by .1 in odd rows and .3 in even ones, the
    second by .24 everywhere: .2 and .24 in mae.
    """
    path = tmp_path / "p.parquet"
    rows = np.arange(10)[:, None] % 2
    uneven = np.broadcast_to(np.where(rows, 0.1, 0.3), (10, 7))
    first = submit(board, synthetic_folder, path, "uneven", uneven)
    second = submit(board, synthetic_folder, path, "even", np.full((10, 7), 0.24))
    key = cell(synthetic_folder, "renyi2")
    one, two = board.ranking(*key)
    assert [one.id, two.id] == [first, second]
    assert [one.primary, one.score.value, two.score.value] == [
        "mae", pytest.approx(0.2, abs=1e-6), pytest.approx(0.24, abs=1e-6),
    ]  # fmt: skip
    assert one.metrics["rmse"].value == pytest.approx(math.sqrt(0.05), abs=1e-6)

    # Differences of row losses are +.06 and −.14, five of each: their mean is −.04.
    (found,) = compare(board.store, first, second)
    assert (found.metric, found.rows) == ("mae", 10)
    assert (found.first, found.second) == pytest.approx((0.2, 0.24), abs=1e-6)
    assert found.difference.value == pytest.approx(-0.04, abs=1e-6)
    # Under the null every sign is a coin: |5 · .06 ± … | ≥ .4 as the exact count over 2¹⁰ signs.
    differences = np.tile([0.06, -0.14], 5)
    signs = 1 - 2 * ((np.arange(1024)[:, None] >> np.arange(10)) & 1)
    p = (np.abs(signs @ differences) >= 0.4 - 1e-9).mean()
    # 4999 draws know it to sqrt(p (1 − p)/4999) = .007.
    assert found.p == pytest.approx(p, abs=4 * math.sqrt(p * (1 - p) / 4999))
    assert two.p_above == found.p

    # The deviation of the mean difference: that of ten numbers, −.14 and .06, is .1/sqrt(10).
    assert two.resolvable == pytest.approx(1.96 * 0.1 / math.sqrt(10), rel=0.1)
    low, high = found.difference.low, found.difference.high
    assert high - low == pytest.approx(2 * two.resolvable, rel=0.15)


def test_a_gain_on_another_loss_gives_no_line() -> None:
    """`skill` compares squared errors, so that it says nothing of a constant's absolute one."""
    with pytest.raises(ValueError, match="skill is no gain on the loss of mae"):
        constant_answers(MAE)


def test_the_floor_is_one_of_squared_errors(by_mae, board, synthetic_folder, tmp_path) -> None:
    submit(board, synthetic_folder, tmp_path / "p.parquet", "m", np.full((10, 7), 1e-4))
    (row,) = board.ranking(*cell(synthetic_folder, "renyi2"))
    assert row.details["floor"] is None
    assert "below_floor" not in row.details


def test_overall_skill_is_that_of_absolute_errors(by_mae, board, synthetic_folder, tmp_path):
    id_ = submit(board, synthetic_folder, tmp_path / "p.parquet", "m", np.full((10, 7), 0.1))
    key = cell(synthetic_folder, "renyi2")
    (found,) = board.overall([key])
    labels = exact(synthetic_folder, "renyi2").astype(float)
    train = synthetic_folder.splits["train"]["shots"][: key.n, : key.shots]
    mean = np.abs(labels - by_mae.estimate(train).mean(axis=0)).mean()
    assert found.id == id_
    assert found.mean_skill.value == pytest.approx(1 - 0.1 / mean, abs=1e-6)


def test_the_ladder_steps_by_absolute_errors(by_mae, board, synthetic_folder, tmp_path) -> None:
    """One step of the grid is 3 % of the mae, and the loss is the mae itself, no square of it."""
    open_season(board, synthetic_folder, "s", 9)
    key, path = cell(synthetic_folder, "renyi2"), tmp_path / "p.parquet"
    step = math.exp(ladder.STEP)
    told = {}
    # From .2, whose place on the grid is told: 2 % better is held back, 4 % better is told.
    base = ladder.coarse(0.2)
    for name, error in (("first", 0.2), ("held", 0.98 * base), ("told", 0.96 * base)):
        id_ = submit(board, synthetic_folder, path, name, np.full((10, 7), error))
        told[name] = board.submission(id_).scores[key]["mae"].value
    assert told["first"] == pytest.approx(base)
    assert told["held"] is None
    assert told["told"] == pytest.approx(base / step)
    # By squares the step would be twice as wide: 4 % of an rmse is 8 % of its square.
    assert ladder.loss_step(MAE) == ladder.STEP
    assert ladder.loss_step(RMSE) == 2 * ladder.STEP


def test_near_duplicates_are_told_by_the_size_of_the_error(
    by_mae, board, synthetic_folder, tmp_path
) -> None:
    path = tmp_path / "p.parquet"
    first = submit(board, synthetic_folder, path, "m", np.full((10, 7), 0.2))
    submit(board, synthetic_folder, path, "copy", np.full((10, 7), 0.205))
    submit(board, synthetic_folder, path, "other", np.full((10, 7), 0.25))
    key = cell(synthetic_folder, "renyi2")
    found = {row.name: row.details.get("near_duplicates", []) for row in board.ranking(*key)}
    # .005 and .05 beside 5 % of .2: the copy alone is near.
    assert found == {"m": [], "copy": [first], "other": []}


@pytest.fixture
def by_f1(monkeypatch):
    """The task `phase`, ranked by a metric that is no function of a mean loss."""
    real = tasks.load
    task = replace(real("phase"), primary="macro_f1")
    monkeypatch.setattr(tasks, "load", lambda name: task if name == "phase" else real(name))
    return task


def test_a_metric_without_a_paired_test_ranks_by_value_alone(by_f1, phase_folder, tmp_path):
    board = Board.open(tmp_path / "board", phase_folder.public, phase_folder.private)
    key = cell(phase_folder, "phase", shots=4)
    ids, names = phase_folder.splits["test"]["row_id"], exact(phase_folder, "phase")
    wrong = np.where(names == "ordered", "paramagnetic", "ordered")
    some = np.where(np.arange(10) < 2, wrong, names)
    entries = {"right": names, "some": some, "all wrong": wrong, "some again": some}
    found = {}
    for name, given in entries.items():
        write_submission(tmp_path / "p.parquet", {key: (ids, given)}, metadata(name=name))
        found[name] = board.submit(tmp_path / "p.parquet").id
    rows = board.ranking(*key)
    assert [(row.name, row.rank) for row in rows] == [
        ("right", 1), ("some", 2), ("some again", 2), ("all wrong", 4),
    ]  # fmt: skip
    assert {(row.p_above, row.resolvable) for row in rows} == {(None, None)}
    assert json.dumps(rows[0].to_json())
    with pytest.raises(RequestError, match="macro_f1 is no function of a mean loss"):
        compare(board.store, found["right"], found["some"])
    board.close()
