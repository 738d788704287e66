"""Where the detectors of a code stand in space and time, as networks see them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Layout:
    """The D detectors on a grid: their coordinates, each replaced by its rank among all.

    Attributes:
        x: int64 (D,), column.
        y: int64 (D,), row.
        t: int64 (D,), round.
    """

    x: Ints
    y: Ints
    t: Ints

    @staticmethod
    def of(coordinates: NDArray[np.float64]) -> "Layout":
        """The layout of detectors whose coordinates begin with x, y and t.

        Args:
            coordinates: float64 (D, C), C at least 3, as a detector error model states them.

        Raises:
            RequestError: fewer coordinates, or two detectors at one place.
        """
        if coordinates.ndim != 2 or coordinates.shape[1] < 3:
            raise RequestError(
                f"the detectors have coordinates of shape {coordinates.shape}; x, y and t of each "
                "are needed. Choose a decoder that reads events alone (decoder_mlp, lookup)."
            )
        ranks = [np.unique(c, return_inverse=True)[1] for c in coordinates[:, :3].T]
        if len(np.unique(np.stack(ranks), axis=1).T) < len(coordinates):
            raise RequestError("two detectors have the same x, y and t. Choose another decoder.")
        return Layout(*ranks)

    @property
    def kind(self) -> Ints:
        """0 or 1, int64 (D,): the colour on the checkerboard, X or Z checks of a surface code.

        On a chip whose rows and columns are the diagonals of the code, as in published experiments,
        all checks have one colour, and their kinds are in turn from column to column.
        """
        colour = (self.x + self.y) % 2
        return colour if colour.min() < colour.max() else self.x % 2

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Of the volume: kinds, rounds, columns, rows."""
        return 2, *(int(c.max()) + 1 for c in (self.t, self.x, self.y))  # type: ignore[return-value]

    @property
    def cell(self) -> Ints:
        """Number of each detector's cell in the volume, int64 (D,)."""
        return np.ravel_multi_index((self.kind, self.t, self.x, self.y), self.shape)

    @property
    def column(self) -> Ints:
        """Number of each detector's check among all checks, int64 (D,): the same in every round."""
        _, check = np.unique(np.stack([self.x, self.y]), axis=1, return_inverse=True)
        return np.asarray(check.reshape(-1))

    @property
    def features(self) -> NDArray[np.float32]:
        """Kind, t, x and y of each detector, the latter from −1 to 1, float32 (D, 4)."""
        scaled = [2.0 * c / max(1, c.max()) - 1.0 for c in (self.t, self.x, self.y)]
        return np.stack([self.kind, *scaled], axis=1).astype(np.float32)

    @property
    def nearness(self) -> NDArray[np.float32]:
        """1 / distance² of every two detectors, 0 of one with itself, float32 (D, D).

        The distance is the largest of the differences in x, y and t (arXiv 2307.01241).
        """
        places = np.stack([self.x, self.y, self.t], axis=1)
        apart = np.abs(places[:, None] - places).max(axis=2)
        near = 1.0 / np.maximum(apart, 1) ** 2 * (apart > 0)
        return np.asarray(near, dtype=np.float32)
