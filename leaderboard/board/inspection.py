"""One entry in one cell, row by row: what it answered and what would have been right."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from leaderboard import tasks
from leaderboard.board.service import Board
from leaderboard.cells import CellKey
from leaderboard.kinds.blocks import Losses
from leaderboard.kinds.metrics import Floats
from leaderboard.scoring.scorer import Scorer
from leaderboard.seasons.label_access import labels_withheld, seasons, withheld
from leaderboard.store.entries import Head


@dataclass(frozen=True)
class Inspection:
    """The scored test rows of one answer, R of them.

    Attributes:
        row_id: int64 (R,).
        truth: float64 (R, L), names of classes (R,), or bits (R, K).
        predicted: as `truth`; of bits, their probabilities where these were answered.
    """

    row_id: NDArray[np.int64]
    truth: NDArray[Any]
    predicted: NDArray[Any]


def inspect(board: Board, id_: str, key: CellKey) -> Inspection:
    """Labels and predictions of an entry.

    Raises:
        RequestError: no such entry or cell; labels that may not be shown, see
            `leaderboard.seasons.label_access`, or that cannot be read.
        WorkError: the file of predictions is gone or another.
    """
    entry = board.store.submission(id_)
    settings = board.settings
    reason = labels_withheld(
        board.store, settings.private, entry.season, key.config, shows=settings.show_labels
    )
    if reason:
        raise RequestError(reason)
    _, private = settings.pair()
    answers = board.store.stored(entry).cells
    if key not in answers:
        raise RequestError(f"{id_} has no answer in cell {key}.")
    scorer = Scorer(None, private, chosen=partial(scored_rows, board, entry))
    truth = scorer.truth(key)
    given = truth.aligned(answers[key]).prediction.reshape(truth.labels.shape)
    kept = given.astype(np.float64) if given.dtype.kind == "f" else given
    return Inspection(truth.row_id, truth.labels, kept)


def scored_rows(
    board: Board, head: Head, config: str, task: str, row_id: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Bool (R,): the test rows behind the scores of an entry, in the order of its losses.

    Raises:
        RequestError: the season is open, so that nobody may know them.
    """
    reason = withheld(board.store, head.season)
    if reason:
        raise RequestError(reason)
    if head.season is None:
        return np.ones(len(row_id), dtype=np.bool_)
    return seasons(board.store)[head.season].chosen(live=False)(config, task, row_id)


def row_errors(losses: Losses, task: str) -> Floats:
    """The error of each row, or block of rows, float64 (B,): the metric of its loss where that is
    an error, else the loss, 0 or 1 for classes.
    """
    metric = tasks.load(task).ranking
    if metric.is_error:
        return metric.value_of(losses.values)
    return losses.values
