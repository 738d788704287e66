"""One scorer for many submissions: what is read once, worked out once, and drawn again together."""

from dataclasses import replace

import numpy as np
import pytest

from builders.folders import loading
from leaderboard import tasks
from leaderboard.board.rescoring import rescore
from leaderboard.board.service import Board
from leaderboard.cells import Answer, CellKey
from leaderboard.kinds.details import Detail
from leaderboard.scoring import scorer as scoring
from leaderboard.scoring.evaluate import evaluate
from leaderboard.scoring.scorer import Scorer
from leaderboard.submission.submission import Submission, write_submission
from tests.leaderboard.answers import answer, cell, exact, metadata, write
from tests.leaderboard.kinds.test_binary_metrics import FLIPS


@pytest.fixture
def loads(monkeypatch) -> list[tuple[str, ...]]:
    """What is read of data set folders, as (folder, splits, columns)."""
    found, real = [], loading.load

    def load(folder, config, *args, splits=None, columns=None):
        found.append((folder.name, *splits, *(columns or ())))
        return real(folder, config, *args, splits=splits, columns=columns)

    monkeypatch.setattr(loading, "load", load)
    return found


def grid(data, task: str, shift: float) -> dict:
    cells = [cell(data, task, n=n, shots=m) for n in (3, 5, 12) for m in (8, 32)]
    return {key: answer(data, task, shift) for key in cells}


def test_labels_and_training_rows_are_read_once(synthetic_master, loads) -> None:
    scorer = Scorer(synthetic_master.public, synthetic_master.private)
    for shift in (0.1, 0.2, 0.3):
        scorer.score(grid(synthetic_master, "correlation", shift))
        scorer.score(grid(synthetic_master, "energy", shift))
    assert loads.count(("demo-private", "test")) == 1
    assert loads.count(("demo", "train", "row_id", "shots")) == 1
    assert loads.count(("demo", "train", "row_id", "parameters")) == 1
    assert len(loads) == 3


def test_training_shots_are_reduced_once(synthetic_master, monkeypatch) -> None:
    """Six cells of two M: every row is estimated once for each M, whatever comes after."""
    task, rows = tasks.load("renyi2"), []

    def shadow(shots):
        rows.append((len(shots), shots.shape[1]))
        return task.shadow(shots)

    counted = replace(task, shadow=shadow)
    monkeypatch.setattr(tasks, "load", lambda _: counted)
    scorer = Scorer(synthetic_master.public, synthetic_master.private)
    reports = scorer.score(grid(synthetic_master, "renyi2", 0.1))
    scorer.score(grid(synthetic_master, "renyi2", 0.2))
    # n = 3, then the two rows after them, then the seven after these.
    assert rows == [(3, 8), (2, 8), (7, 8), (3, 32), (2, 32), (7, 32)]
    monkeypatch.undo()
    alone = [
        evaluate(Submission(metadata(), {r.key: answer(synthetic_master, "renyi2", 0.1)}),
                 synthetic_master.public, synthetic_master.private)[0]
        for r in reports
    ]  # fmt: skip
    for one, other in zip(reports, alone, strict=True):
        assert one.report == other.report
        assert one.details["floor"] == other.details["floor"]
        assert np.array_equal(one.report.reference.values, other.report.reference.values)


def test_answers_alone_have_no_ledger(synthetic_master) -> None:
    key, given = cell(synthetic_master), answer(synthetic_master, shift=0.1)
    scorer = Scorer(synthetic_master.public, synthetic_master.private)
    (plain,) = scorer.score({key: given})
    (whole,) = scorer.score(Submission(metadata(), {key: given}))
    assert plain.report == whole.report
    assert "ledger" not in plain.details
    assert whole.details.keys() == {"distances", "violations", "ledger", "floor"}


def test_exact_training_labels(synthetic_master) -> None:
    """A cell without noise: the mean of the exact labels has a skill of 0."""
    key = CellKey(synthetic_master.config, "renyi2", 4, 0)
    labels = synthetic_master.splits["train"]["renyi2"][:4].astype(float)
    ids = synthetic_master.splits["test"]["row_id"]
    given = Answer(ids, np.tile(labels.mean(axis=0), (len(ids), 1)).astype(np.float32))
    (found,) = Scorer(synthetic_master.public, synthetic_master.private).score({key: given})
    assert found.report.metrics["skill"].value == pytest.approx(0.0, abs=1e-6)
    assert found.details["floor"] is None  # no copies were sampled


def test_configs_are_dropped_when_they_take_too_much(synthetic_master, monkeypatch, loads) -> None:
    monkeypatch.setattr(scoring, "_KEPT_BYTES", 1)
    scorer = Scorer(None, synthetic_master.private)
    one = cell(synthetic_master)
    for _ in range(2):
        scorer.truth(one)
    assert len(loads) == 1  # the config that is asked for stays


def test_a_task_may_look_at_public_columns_of_the_same_rows(synthetic_master, monkeypatch) -> None:
    """A detail of the parameters of the test rows, which the private folder lacks."""
    task = tasks.load("renyi2")
    seen = {}

    def function(given: Answer, truth) -> dict:
        seen["parameters"], seen["row_id"] = truth.columns.get("parameters"), truth.row_id
        assert truth.columns.get("nothing") is None
        return {"first": truth.columns.get("parameters")[:, 0].tolist()}

    detail = Detail("couplings", "Couplings", "table", function)
    monkeypatch.setattr(tasks, "load", lambda _: replace(task, details=(detail,)))
    folders = synthetic_master.public, synthetic_master.private
    scorer = Scorer(*folders, chosen=lambda _config, _task, row_id: row_id % 2 == 0)
    key, given = cell(synthetic_master, "renyi2"), answer(synthetic_master, "renyi2", 0.1)
    (found,) = scorer.score({key: given.take(np.arange(10)[::-1])})
    every = synthetic_master.splits["test"]
    expected = every["parameters"][every["row_id"] % 2 == 0]
    np.testing.assert_array_equal(seen["parameters"], expected)
    assert found.details["couplings"]["first"] == expected[:, 0].tolist()
    assert found.report.rows == 5


def test_rows_of_one_evolution_are_drawn_again_together(synthetic_master, monkeypatch) -> None:
    """Two states each: the interval is that of five pairs, and the losses are kept in pairs."""
    monkeypatch.setattr(scoring, "TOGETHER", "parameters")  # a public column
    real = scoring._reader

    def reader(folder, config, split):
        read = real(folder, config, split)

        def pairs(name):
            found = read(name)
            return (found[0], (found[0] - found[0][0]) // 2) if name == "parameters" else found

        return pairs

    monkeypatch.setattr(scoring, "_reader", reader)
    key = cell(synthetic_master, "renyi2")
    given = answer(synthetic_master, "renyi2")
    errors = np.repeat([0.1, 0.2, 0.3, 0.4, 0.5], 2)[:, None].astype(np.float32)
    shifted = given._replace(prediction=given.prediction + errors)
    (found,) = Scorer(synthetic_master.public, synthetic_master.private).score({key: shifted})
    losses = found.report.losses
    assert losses.blocks.counts.tolist() == [2] * 5
    assert losses.values == pytest.approx(np.array([0.01, 0.04, 0.09, 0.16, 0.25]), rel=1e-4)
    (single,) = Scorer(None, synthetic_master.private).score({key: shifted})
    wide, narrow = (
        r.report.metrics["rmse"].high - r.report.metrics["rmse"].low for r in (found, single)
    )
    assert wide == pytest.approx(narrow * np.sqrt(2), rel=0.15)


@pytest.fixture
def flips(monkeypatch):
    """The label of phases, 0 or 1, as a bit to predict."""
    real = tasks.load
    monkeypatch.setattr(tasks, "load", lambda name: FLIPS if name == "phase" else real(name))


@pytest.mark.parametrize("season", [False, True])
def test_bits_and_probabilities_from_a_file_to_the_ranking(
    phase_folder, tmp_path, flips, season
) -> None:
    board = Board.open(tmp_path / "board", phase_folder.public, phase_folder.private)
    key, split = cell(phase_folder, "phase", shots=4), phase_folder.splits["test"]
    if season:
        board.open_season("s", cap=9, cells=[key])
    bits = split["phase"].astype(bool)
    wrong = np.where(np.arange(10) < 8, ~bits, bits)
    chances = np.where(bits, 0.75, 0.25)
    for name, given in (("wrong", wrong), ("bits", bits), ("chances", chances)):
        write_submission(
            tmp_path / "p.parquet", {key: (split["row_id"], given)}, metadata(name=name)
        )
        board.submit(tmp_path / "p.parquet", account=name)
    if season:
        board.close_season()
    rows = board.ranking(*key)
    assert [row.name for row in rows][-1] == "wrong"
    assert [row.score.value for row in rows][:2] == [0.0, 0.0]
    assert rows[0].primary == "error_rate"
    assert rows[0].score.high > 0.2  # ten rows, or five, say little
    found = {row.name: row.metrics["brier"].value for row in rows}
    assert found["chances"] == pytest.approx(0.0625)
    assert found["bits"] is None
    assert rescore(board) == []
    board.close()


def test_a_board_keeps_deviations(synthetic_folder, tmp_path) -> None:
    board = Board.open(tmp_path / "board", synthetic_folder.public)
    key, given = cell(synthetic_folder, "renyi2"), answer(synthetic_folder, "renyi2", 0.1)
    stated = given._replace(std=np.full(10, 0.1, np.float32))
    write_submission(tmp_path / "p.parquet", {key: stated}, metadata())
    receipt = board.submit(tmp_path / "p.parquet")
    assert receipt.scores[key]["coverage"].value == pytest.approx(1.0)
    assert list(receipt.scores[key])[-3:] == ["crps", "coverage", "width"]
    assert rescore(board) == []
    board.close()


def test_an_upload_is_read_once(synthetic_folder, tmp_path, monkeypatch) -> None:
    from leaderboard.board import service
    from leaderboard.submission import submission

    read, real = [], submission.read_table
    monkeypatch.setattr(submission, "read_table", lambda *a: read.append(a) or real(*a))
    board = Board.open(tmp_path / "board", synthetic_folder.public)
    board.submit(write(tmp_path / "p.parquet", synthetic_folder, 0.1))
    assert len(read) == 1
    known = submission.read_submission(write(tmp_path / "q.parquet", synthetic_folder, 0.2))
    monkeypatch.setattr(service, "read_submission", lambda *_, **__: 1 / 0)
    assert board.submit(tmp_path / "q.parquet", read=known).id == known.identity[:20]
    assert len(read) == 2
    board.close()


def test_single_numbers_score_like_lists_of_one(synthetic_master) -> None:
    key, given = cell(synthetic_master, "energy"), answer(synthetic_master, "energy", 0.1)
    scorer = Scorer(synthetic_master.public, synthetic_master.private)
    (lists,) = scorer.score({key: given})
    (single,) = scorer.score({key: given._replace(prediction=given.prediction[:, 0])})
    assert single.report == lists.report
    assert single.details == lists.details
    assert exact(synthetic_master, "energy").shape == (10, 1)
