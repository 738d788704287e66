"""Names of classes from a file to the ranking."""

import json

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import qslbench
from builders.core.errors import RequestError
from leaderboard.board.service import Board
from leaderboard.store.store import Store
from leaderboard.submission.submission import read_submission, write_submission
from tests.leaderboard.answers import cell, exact, metadata

HEAD = "config,task,n,shots,row_id,prediction\n"


def answers(data) -> dict:
    names = exact(data, "phase")
    return {cell(data, "phase", shots=4): (data.splits["test"]["row_id"], names)}


@pytest.fixture
def file(phase_folder, tmp_path):
    write_submission(tmp_path / "p.parquet", answers(phase_folder), metadata())
    return tmp_path / "p.parquet"


def test_names_survive_the_file(phase_folder, file) -> None:
    assert str(pq.read_schema(file).field("prediction").type) == "string"
    submission = read_submission(file)
    ((key, answer),) = submission.cells.items()
    assert key == cell(phase_folder, "phase", shots=4)
    assert answer.prediction.dtype.kind == "U"
    assert answer.prediction.tolist() == exact(phase_folder, "phase").tolist()


def test_csv_is_the_same_submission(phase_folder, file, tmp_path) -> None:
    lines = [
        f"{key.config},phase,{key.n},{key.shots},{row_id},{name}\n"
        for key, (ids, names) in answers(phase_folder).items()
        for row_id, name in zip(ids, names, strict=True)
    ]
    path = tmp_path / "p.csv"
    path.write_text(HEAD + "".join(lines))
    path.with_suffix(".json").write_text(metadata().model_dump_json())
    assert read_submission(path).identity == read_submission(file).identity


def test_hash_tells_names_apart(phase_folder, file, tmp_path) -> None:
    cells = answers(phase_folder)
    ((key, (ids, names)),) = cells.items()
    other = names.copy()
    other[0] = next(name for name in ("ordered", "paramagnetic") if name != names[0])
    write_submission(tmp_path / "q.parquet", {key: (ids, other)}, metadata())
    one, two = read_submission(file), read_submission(tmp_path / "q.parquet")
    assert one.predictions_sha256 != two.predictions_sha256
    shuffled = np.random.default_rng(1).permutation(len(ids))
    write_submission(tmp_path / "r.parquet", {key: (ids[shuffled], names[shuffled])}, metadata())
    assert read_submission(tmp_path / "r.parquet").predictions_sha256 == one.predictions_sha256


def test_names_and_numbers_are_two_files(phase_folder, tmp_path) -> None:
    ids = phase_folder.splits["test"]["row_id"]
    cells = answers(phase_folder) | {
        cell(phase_folder, "renyi2", shots=4): (ids, exact(phase_folder, "renyi2"))
    }
    with pytest.raises(RequestError, match="Write them as two files"):
        write_submission(tmp_path / "p.parquet", cells, metadata())
    path = tmp_path / "p.csv"
    path.write_text(HEAD + 'c,renyi2,1,1,0,"[0.1]"\nc,phase,1,1,0,ordered\n')
    path.with_suffix(".json").write_text(metadata().model_dump_json())
    with pytest.raises(RequestError, match=r"row 1: 'ordered' is not a list .* of their own"):
        read_submission(path)


def test_long_and_many_names_are_refused(phase_folder, tmp_path) -> None:
    ((key, (ids, _)),) = answers(phase_folder).items()
    long = np.array(["x" * 61] * len(ids))
    write_submission(tmp_path / "p.parquet", {key: (ids, long)}, metadata())
    with pytest.raises(RequestError, match="'prediction' holds names of at most 60 bytes"):
        read_submission(tmp_path / "p.parquet")
    many = np.array([f"c{k}" for k in range(1001)])
    write_submission(tmp_path / "q.parquet", {key: (np.arange(1001), many)}, metadata())
    with pytest.raises(RequestError, match="at most 1000 different ones; 1001 were given"):
        read_submission(tmp_path / "q.parquet")


def test_board_ranks_by_accuracy(phase_folder, file, tmp_path) -> None:
    board = Board.open(tmp_path / "board", phase_folder.public, phase_folder.private)
    try:
        ((key, (ids, names)),) = answers(phase_folder).items()
        constant = np.full(len(ids), "ordered")
        write_submission(tmp_path / "q.parquet", {key: (ids, constant)}, metadata(name="constant"))
        board.submit(tmp_path / "q.parquet")
        board.submit(file)
        rows = board.ranking(*key)
        assert [row.name for row in rows] == ["a model", "constant"]
        assert [row.rank for row in rows] == [1, 2]
        assert rows[1].score.value == pytest.approx((names == "ordered").mean())
        assert isinstance(board.store, Store)
        kept = board.store.predictions_path(read_submission(file).predictions_sha256)
        assert read_submission(kept).predictions_sha256 == read_submission(file).predictions_sha256
    finally:
        board.close()


def invoke(*args: object) -> str:
    done = CliRunner().invoke(qslbench.cli, [str(a) for a in args], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_baselines_enter_by_the_same_door(phase_folder, tmp_path) -> None:
    for model, task, metric in (
        ("majority", "phase", "accuracy"),
        ("train_mean", "energy", "rmse"),
        ("shadow", "energy", "rmse"),
    ):
        out = tmp_path / f"{model}-{task}.parquet"
        where = ("--data", phase_folder.public, "--config", phase_folder.config)
        invoke("run", model, *where, "--task", task, "--n", 10, "--shots", 4, "--out", out)
        invoke("validate", out, "--data", phase_folder.public)
        (found,) = json.loads(invoke("score", out, "--private", phase_folder.private, "--json"))[
            "cells"
        ]
        assert found["task"] == task
        assert found["metrics"][metric]["value"] >= 0.0
        assert found["metrics"][metric]["low"] is not None
        if model == "train_mean":
            assert found["metrics"]["skill"]["value"] == pytest.approx(0.0, abs=1e-6)


def test_tasks_are_listed_with_their_kind() -> None:
    rows = {row["name"]: row for row in json.loads(invoke("list", "tasks", "--json"))}
    assert rows["phase"]["kind"] == "classification"
    assert rows["phase"]["metrics"] == ["accuracy", "macro_f1", "accuracy_clear"]
    assert "exact classes" in rows["phase"]["training"]
    assert rows["energy"]["kind"] == "regression"
    assert "estimates" in rows["energy"]["training"]
