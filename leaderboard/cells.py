"""The name of a cell and the answer that a submission gives for it."""

from collections.abc import Iterable
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from leaderboard.track import STANDARD, check_track, usual_track


class _Names(NamedTuple):
    config: str
    task: str
    n: int
    shots: int
    track: str


class CellKey(_Names):
    """One cell: a config, a task, n training rows, the shots of each, and the track.

    A named tuple, so that `CellKey(*key)` makes one of a key that is written plainly. Without a
    track it is `standard`, or `exact` where `shots` is 0; see `leaderboard.track`.

    Raises:
        RequestError: a track that is none, or none of a cell with that config and `shots`.

    >>> import qslbench
    >>> qslbench.CellKey("tfim_1d_n008", "correlation", n=12, shots=0).track
    'exact'
    """

    __slots__ = ()

    def __new__(cls, config: str, task: str, n: int, shots: int, track: str | None = None) -> Self:
        """A key whose track has been checked."""
        track_name = usual_track(shots) if track is None else track
        check_track(track_name, config, shots)
        return super().__new__(cls, config, task, n, shots, track_name)

    @classmethod
    def _make(cls, iterable: Iterable[Any]) -> Self:  # type: ignore[override]  # of any tuple
        return cls(*iterable)  # `_replace` comes here, so that it checks too

    def __str__(self) -> str:
        plain = f"{self.config} / {self.task} / n={self.n} / shots={self.shots}"
        return plain if self.track == STANDARD else f"{plain} / {self.track}"

    @property
    def file_name(self) -> str:
        """The name of a file about the cell, without suffix."""
        plain = f"{self.config}_{self.task}_n{self.n}_M{self.shots}"
        return plain if self.track == STANDARD else f"{plain}_{self.track.replace(':', '-')}"


class Answer(NamedTuple):
    """Predictions for the test rows of one cell.

    Attributes:
        row_id: int64 (R,), in any order.
        prediction: float32 (R, L), the flattened label of each row, row-major, in its unit; text
            (R,), the name of a class; bool (R,) or (R, K), bits; or float32 (R,), one number a row,
            as the probability of a bit.
        std: float32 (R, L) or (R,), the standard deviation that is stated of each number; None
            where none is.
    """

    row_id: NDArray[np.int64]
    prediction: NDArray[Any]
    std: NDArray[np.float32] | None = None

    def take(self, at: NDArray[Any]) -> "Answer":
        """Some of its rows, by number or by a mask, in that order."""
        std = None if self.std is None else self.std[at]
        return Answer(self.row_id[at], self.prediction[at], std)
