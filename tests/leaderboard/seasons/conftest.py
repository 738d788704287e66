"""The board that tests of seasons run on."""

import pytest

from leaderboard.board.service import Board


@pytest.fixture
def board(synthetic_folder, tmp_path):
    opened = Board.open(tmp_path / "board", synthetic_folder.public)
    yield opened
    opened.close()
