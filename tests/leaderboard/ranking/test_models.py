"""One ranking of models over several cells, with answers missing."""

import numpy as np
import pytest

from leaderboard.board.service import Board
from leaderboard.cells import CellKey
from leaderboard.kinds.blocks import Losses
from leaderboard.ranking.aggregate import CellLosses
from leaderboard.ranking.curated import curated
from leaderboard.ranking.models import Model, Standing, standings
from leaderboard.submission.submission import write_submission
from leaderboard.track import RANDOM
from tests.builders.synthetic import make_folder
from tests.leaderboard.answers import answer, cell, metadata, open_season, write

KEYS = [CellKey("tfim_1d_n008", task, 5, 16) for task in ("correlation", "renyi2")]


def model(name: str, kind: str = "learned") -> Model:
    return Model(name, ("Ada",), "", kind)


def found(losses: dict[Model, list[float | None]], rows: int = 50) -> dict[str, Standing]:
    """Standings of models with these losses in `KEYS`, where a constant answer has 1."""
    answers = {
        m: {key: m.name for key, value in zip(KEYS, values, strict=True) if value is not None}
        for m, values in losses.items()
    }
    told = {
        key: {m.name: v[k] for m, v in losses.items() if v[k] is not None}
        for k, key in enumerate(KEYS)
    }
    held = {
        key: CellLosses(
            {name: Losses.of_rows(np.full(rows, value)) for name, value in told[key].items()},
            Losses.of_rows(np.ones(rows)),
        )
        for key in KEYS
    }
    return {s.model.name: s for s in standings(answers, held, told)}


def test_a_missing_answer_counts_as_the_constant_one() -> None:
    a, b, c = model("a"), model("b"), model("c", "solver")
    got = found({a: [0.2, 0.4], b: [0.1, None], c: [0.0, 0.0]})
    # (0.8 + 0.6) / 2, (0.9 + 0) / 2 and (1 + 1) / 2, all by hand.
    skills = {name: s.mean_skill.value for name, s in got.items()}
    assert skills == pytest.approx({"a": 0.7, "b": 0.45, "c": 1.0})
    # Places 3, 2, 1 and then 2, 3, 1.
    assert {n: s.mean_rank.value for n, s in got.items()} == {"a": 2.5, "b": 2.5, "c": 1.0}
    assert list(got) == ["a", "b", "c"]  # learned first
    assert [s.rank for s in got.values()] == [1, 2, 1]
    assert set(got["b"].answered) == {KEYS[0]} == set(got["b"].skills)


def test_models_that_are_not_told_apart_share_a_rank() -> None:
    rng = np.random.default_rng(0)
    reference = Losses.of_rows(np.ones(200))
    rows = {"a": rng.uniform(0, 1, 200), "c": rng.uniform(0.5, 1.5, 200)}
    rows["b"] = rows["a"] + rng.normal(1e-3, 0.1, 200)  # less than one standard error, 7e-3
    losses = {name: Losses.of_rows(values) for name, values in rows.items()}
    answers = {model(name): {KEYS[0]: name} for name in rows}
    told = {KEYS[0]: {name: float(values.mean()) for name, values in rows.items()}}
    got = standings(answers, {KEYS[0]: CellLosses(losses, reference)}, told)
    assert {s.model.name: s.rank for s in got} == {"a": 1, "b": 1, "c": 3}


def test_an_odd_cell_is_not_chosen_and_controls_never_are() -> None:
    usual = CellKey("tfim_1d_n008", "correlation", 5, 16)
    odd, control = usual._replace(n=9000), usual._replace(track=RANDOM)
    exact = CellKey("tfim_1d_n008", "correlation", 5, 0)
    assert curated({usual: 7, odd: 1, control: 9, exact: 9}) == [usual]
    graph = CellKey("qaoa_maxcut_v008", "cut", 5, 0)
    assert curated({usual: 1, graph: 1}) == [graph, usual]
    assert curated({odd: 3}, official=[usual, control]) == [usual]


def test_files_of_one_cell_make_one_model(tmp_path) -> None:
    data = make_folder(tmp_path)
    board = Board.open(tmp_path / "board", data.public)
    for task in ("correlation", "renyi2"):
        for version in ("", "2"):
            cells = {cell(data, task): answer(data, task, 0.1 if version else 0.2)}
            about = metadata(name="m", version=version)
            write_submission(tmp_path / "p.parquet", cells, about)
            board.submit(tmp_path / "p.parquet")
    board.submit(write(tmp_path / "c.parquet", data, 0.01, RANDOM, name="control"))
    got = board.models(board.curated())
    assert [(s.model.version, s.rank, len(s.answered)) for s in got] == [("2", 1, 2), ("", 2, 2)]
    board.close()


def test_a_live_season_tells_places_alone_and_counts_accounts(tmp_path) -> None:
    data = make_folder(tmp_path)
    board = Board.open(tmp_path / "board", data.public)
    open_season(board, data, "s1", 9)
    for name, shift, account in (("a", 0.4, "x"), ("b", 0.1, "x"), ("c", 0.2, "y")):
        board.submit(write(tmp_path / "p.parquet", data, shift, name=name), account=account)
    got = board.models(board.curated())
    assert [(s.model.name, s.mean_skill.value) for s in got] == [("b", None), ("c", None)]
    # Two answered cells, and an official one that nobody answers and both share.
    assert [s.mean_rank.value for s in got] == pytest.approx([(1 + 1 + 1.5) / 3, (2 + 2 + 1.5) / 3])
    assert all(len(s.answered) == 2 for s in got)
    board.close()
