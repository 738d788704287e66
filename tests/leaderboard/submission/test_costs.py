"""Costs of single cells: read, checked, stored, shown beside those of the file."""

import hashlib
import json

import pyarrow.parquet as pq
import pytest

from builders.core.errors import RequestError
from leaderboard.board import scores_table
from leaderboard.board.service import Board
from leaderboard.submission.metadata import CellCost, parse_metadata
from leaderboard.submission.submission import Submission, read_submission
from leaderboard.submission.validate import validate
from leaderboard.track import RANDOM
from tests.leaderboard.answers import answer, cell, metadata, write


def cost(key, **numbers) -> CellCost:
    return CellCost(**dict(zip(("config", "task", "n", "shots"), key[:4], strict=True)), **numbers)


def stated(**changes) -> str:
    body = json.loads(metadata().model_dump_json(exclude={"costs"}))
    return json.dumps(body | changes)


def test_a_file_without_costs_has_the_hash_that_it_had(synthetic_folder) -> None:
    cells = {cell(synthetic_folder): answer(synthetic_folder)}
    plain = Submission(metadata(), cells)
    body = plain.metadata.model_dump(mode="json", exclude={"version", "costs"})

    text = f"{plain.predictions_sha256}\n{json.dumps(body, sort_keys=True)}"
    assert plain.identity == hashlib.sha256(text.encode()).hexdigest()
    more = Submission(metadata(costs=(cost(cell(synthetic_folder), parameters=3),)), cells)
    assert more.identity != plain.identity


def test_costs_are_stored_and_stand_in_the_place_of_the_files(synthetic_folder, tmp_path) -> None:
    one, two = cell(synthetic_folder), cell(synthetic_folder, "renyi2")
    costs = (cost(one, parameters=7, train_seconds=0.25),)
    path = write(tmp_path / "p.parquet", synthetic_folder, 0.1, costs=costs)
    assert read_submission(path).metadata.costs == costs
    board = Board.open(tmp_path / "board", synthetic_folder.public)
    board.submit(path)
    (first,), (second,) = board.ranking(*one), board.ranking(*two)
    assert (first.parameters, first.train_seconds) == (7, 0.25)
    assert (second.parameters, second.train_seconds) == (12, 1.5)  # of the file
    assert first.to_flat()["train_seconds"] == 0.25
    with scores_table.written(board, "parquet") as stream:
        table = pq.read_table(stream).to_pylist()
    assert {(line["task"], line["parameters"]) for line in table} == {
        ("correlation", 7), ("renyi2", 12),
    }  # fmt: skip
    board.close()


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ({"parameters": -1}, "greater than or equal to 0"),
        ({"train_seconds": "1_0"}, "valid number"),
        ({"seconds": 1}, "unknown key 'costs.0.seconds'"),
    ],
)
def test_a_cost_that_is_none_is_refused_with_its_place(synthetic_folder, number, said) -> None:
    names = dict(zip(("config", "task", "n", "shots"), cell(synthetic_folder)[:4], strict=True))
    with pytest.raises(RequestError, match=r"costs\.0") as refusal:
        parse_metadata(stated(costs=[names | number]))
    assert said in str(refusal.value)


def test_costs_of_no_cell_of_the_file_are_refused(synthetic_folder) -> None:
    key = cell(synthetic_folder)
    costs = (
        cost(key._replace(n=7), parameters=1),
        cost(key, parameters=1),
        cost(key, train_seconds=1.0),
        cost(key, track=RANDOM, parameters=1),
        cost(key, track="exact", parameters=1),
        cost(cell(synthetic_folder, "renyi2")),
    )
    cells = {k: answer(synthetic_folder, k.task) for k in (key, cell(synthetic_folder, "renyi2"))}
    with pytest.raises(RequestError) as refusal:
        validate(Submission(metadata(costs=costs), cells), synthetic_folder.public)
    lines = str(refusal.value).splitlines()[1:]
    for line, (item, words) in zip(
        lines,
        [
            (0, "is no cell of this file"), (2, "is there already"), (3, "is no cell of this file"),
            (4, "track 'exact' with shots=16"), (5, "no number"),
        ],
        strict=True,
    ):  # fmt: skip
        assert f"item {item}: " in line
        assert words in line
