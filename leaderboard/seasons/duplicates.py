"""Near-duplicates: answers that differ by far less than they err.

Two models that were trained apart differ by about as much as they err. A copy with a little noise
does not. Answers are compared through sketches of 256 numbers, so that the search over all
entries of a cell reads no file.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leaderboard.cells import Answer
from leaderboard.kinds.metrics import Floats

BUCKETS = 256
SHARE = 0.05  # of the error


@dataclass(frozen=True)
class Sketch:
    """A linear map of an answer that keeps distances.

    Attributes:
        sums: float64 (256,).
        values: number of values of the answer, R · L.
    """

    sums: Floats
    values: int

    @staticmethod
    def of(answer: Answer) -> "Sketch | None":
        """The sketch of an answer in numbers; None for names of classes.

        Every value gets a fixed random sign and is added to the bucket of its index modulo 256
        (feature hashing, Weinberger et al. 2009): the squared distance of two sketches is that of
        the answers with a relative standard error of at most sqrt(2/256) = 9 % where the
        difference is spread over many values. Rows are taken in the order of their id.
        """
        if answer.prediction.dtype.kind == "U":
            return None
        flat = answer.prediction[np.argsort(answer.row_id, kind="stable")].ravel()
        signed = np.zeros(-(-len(flat) // BUCKETS) * BUCKETS)
        signed[: len(flat)] = flat * _signs(len(flat))
        sums = np.asarray(signed.reshape(-1, BUCKETS).sum(axis=0), dtype=np.float64)
        return Sketch(sums, answer.prediction.size)

    def apart(self, other: Floats) -> float:
        """Root mean square difference from an answer of the same size, of which these are the
        sums.
        """
        return float(np.sqrt(((self.sums - other) ** 2).sum() / self.values))

    def near(self, others: Mapping[str, tuple[Floats, float]]) -> list[str]:
        """Ids of the entries whose difference from this one is below 5 % of their error.

        Args:
            others: id → sums of the sketch, and root mean square error as it is released. Nothing
                else of the labels enters, so that the answer tells nothing about them.
        """
        return [id_ for id_, (sums, rmse) in others.items() if self.apart(sums) < SHARE * rmse]


def _signs(length: int) -> NDArray[np.int8]:
    return (2 * np.random.default_rng(length).integers(0, 2, length, dtype=np.int8) - 1).astype(
        np.int8
    )
