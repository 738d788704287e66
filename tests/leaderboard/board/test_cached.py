"""Rankings are kept until the board changes, and no longer."""

import pytest

from leaderboard.board import lookups
from leaderboard.board.cached import Cached
from leaderboard.board.service import Board
from tests.leaderboard.answers import cell, open_season, write


def test_the_last_results_of_one_version_are_kept() -> None:
    cached, made = Cached(most=2), []

    def get(version: int, key: str) -> str:
        return cached.get(version, key, lambda: made.append(key) or key)

    assert [get(1, key) for key in "aabcba"] == list("aabcba")
    assert made == ["a", "b", "c", "a"]  # the second a was known, the last one forgotten
    get(2, "a")
    get(2, "a")
    assert made[4:] == ["a"]


def test_what_is_made_while_the_board_changes_is_not_kept() -> None:
    cached = Cached()
    assert cached.get(1, "a", lambda: cached.get(2, "a", lambda: "new") and "old") == "old"
    assert cached.get(2, "a", lambda: "newer") == "new"


def test_only_what_changes_a_ranking_makes_it_again(
    synthetic_folder, tmp_path, monkeypatch
) -> None:
    board, calls = Board.open(tmp_path / "board", synthetic_folder.public), []
    for name in ("ranked", "ranked_overall"):
        function = getattr(lookups, name)

        def counted(*args, function=function, **more):
            calls.append(function.__name__)
            return function(*args, **more)

        monkeypatch.setattr(lookups, name, counted)
    other = Board.open(tmp_path / "board")  # as another process has it
    keys = [cell(synthetic_folder), cell(synthetic_folder, "renyi2")]
    counts = []
    for shift in (0.1, 0.1, 0.2):  # the second file is refused
        try:
            other.submit(write(tmp_path / "p.parquet", synthetic_folder, shift))
        except lookups.RequestError:
            (tmp_path / "p.parquet").unlink()
        for _ in range(2):
            rows, entries = board.ranking(*keys[0]), board.overall(keys)
        counts.append((len(rows), len(entries), len(calls)))
    assert counts == [(1, 1, 2), (1, 1, 2), (2, 2, 4)]
    monkeypatch.setattr("leaderboard.seasons.seasons._refuse_seasonless", lambda *_: None)
    open_season(board, synthetic_folder, "s", 1)
    assert board.ranking(*keys[0]) == []
    for opened in (board, other):
        opened.close()


@pytest.mark.parametrize("name", ["ranking", "overall"])
def test_callers_may_change_what_they_got(synthetic_folder, tmp_path, name) -> None:
    board = Board.open(tmp_path / "board", synthetic_folder.public)
    board.submit(write(tmp_path / "p.parquet", synthetic_folder, 0.1))
    key = cell(synthetic_folder)
    calls = {"ranking": lambda: board.ranking(*key), "overall": lambda: board.overall([key])}
    calls[name]().clear()
    assert len(calls[name]()) == 1
    board.close()
