"""The public log of an open season tells nothing of its losses, though their hash stands in it."""

import itertools
from dataclasses import replace

import numpy as np

from leaderboard.board.service import Board
from leaderboard.kinds.blocks import Losses
from leaderboard.store.entries import Scored
from leaderboard.store.rows import cell_rows, scores_sha256
from leaderboard.submission.submission import write_submission
from tests.leaderboard.answers import cell, exact, metadata


def test_nobody_finds_the_wrong_rows_behind_a_hash(phase_folder, tmp_path) -> None:
    """Of a few right or wrong rows, all cases are tried in no time, whether a score is told or
    held back: the number of wrong ones, exactly, and where they are.
    """
    key = cell(phase_folder, "phase", shots=4)
    board = Board.open(tmp_path / "board", phase_folder.public)
    board.open_season("s", cells=[key])
    rows, names = phase_folder.splits["test"]["row_id"], exact(phase_folder, "phase")
    write_submission(tmp_path / "p.parquet", {key: (rows, names)}, metadata())
    id_ = board.submit(tmp_path / "p.parquet", account="ada").id
    logged = board.log()[-1]["scores"][id_]

    entry = board.store.submission(id_)
    public = -(-len(rows) // 2)
    tried = []
    for bits in itertools.product((False, True), repeat=public):
        losses = Losses.of_rows(np.array(bits, dtype=np.float64))
        result = replace(entry.results[key], losses=losses)
        tried.append(scores_sha256(*cell_rows({key: Scored(entry.scores[key], result, None)})))
    assert len(set(tried)) == 2**public
    assert entry.results[key].losses.mean == 0.0  # the case of all right is among them
    assert logged not in tried
    assert board.other_scores() == []
    board.close_season()
    assert board.other_scores() == []
    board.close()
