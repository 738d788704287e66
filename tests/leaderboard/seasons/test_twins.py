"""Configs that differ by noise alone have the same labels, and are one secret."""

import pytest

from builders.core.errors import RequestError
from leaderboard.board.service import Board
from leaderboard.seasons import seasons
from leaderboard.seasons.twins import noiseless, twins, used_before
from tests.leaderboard.answers import submit

PLAIN, NOISY, OTHER = "tfim_1d_n006", "tfim_1d_n006-depolarizing.0.05", "tfim_1d_n008"


def test_one_test_seed_and_two_channels_are_twins() -> None:
    assert noiseless(NOISY) == PLAIN
    assert twins({PLAIN: 7, NOISY: 7, OTHER: 7}) == [PLAIN, NOISY]
    assert twins({PLAIN: 7, NOISY: 8, OTHER: 7}) == []
    assert twins({PLAIN: None, NOISY: None}) == []


def test_labels_that_a_season_revealed_under_another_noise_are_known() -> None:
    """The number of a config's rows hangs on its name, as that of `data_seeds` does."""
    seeds = {PLAIN: 7, OTHER: 7}

    def number(config: str, name: str) -> int:
        return hash((name, seeds[config]))

    assert used_before(seeds, {NOISY: hash((NOISY, 7))}, number) == [PLAIN]
    assert used_before(seeds, {NOISY: hash((NOISY, 8))}, number) == []
    assert used_before(seeds, {PLAIN: hash((PLAIN, 7))}, number) == [PLAIN]


def test_no_season_opens_on_twins(synthetic_folder, tmp_path, monkeypatch) -> None:
    board = Board.open(tmp_path / "board", synthetic_folder.public)
    monkeypatch.setattr(seasons, "twins", lambda seeds: [f"{config}-x" for config in seeds])
    with pytest.raises(RequestError, match="have the same labels, as they differ by noise alone"):
        board.open_season("s")
    board.close()


def test_a_season_with_entries_of_another_noise_does_not_open(
    synthetic_folder, tmp_path, monkeypatch
) -> None:
    board = Board.open(tmp_path / "board", synthetic_folder.public)
    submit(board, synthetic_folder, tmp_path / "p.parquet", 0.1)
    stored = board.store.without_season()
    noisy = {f"{config}-depolarizing.0.05": count for config, count in stored.items()}
    monkeypatch.setattr("leaderboard.store.writing.Writing.without_season", lambda _: noisy)
    with pytest.raises(RequestError, match="made without a season"):
        board.open_season("s")
    board.close()
