"""Near-duplicates: answers that differ by far less than they err.

Two models that were trained apart differ by about as much as they err. A copy with a little noise
does not. Answers are compared through sketches of 256 numbers, so that the search over all
entries of a cell reads no file.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from leaderboard.cells import Answer
from leaderboard.kinds.metrics import Floats

BUCKETS = 256
SHARE = 0.05  # of the error


def sketch(answer: Answer) -> Floats:
    """A linear map of an answer to float64 (256,) that keeps distances.

    Every value gets a fixed random sign and is added to the bucket of its index modulo 256
    (feature hashing, Weinberger et al. 2009): the squared distance of two sketches is that of the
    answers with a relative standard error of at most sqrt(2/256) = 9 % where the difference is
    spread over many values. Rows are taken in the order of their id.
    """
    flat = answer.prediction[np.argsort(answer.row_id, kind="stable")].ravel()
    signed = np.zeros(-(-len(flat) // BUCKETS) * BUCKETS)
    signed[: len(flat)] = flat * _signs(len(flat))
    return np.asarray(signed.reshape(-1, BUCKETS).sum(axis=0), dtype=np.float64)


def apart(one: Floats, other: Floats, values: int) -> float:
    """Root mean square difference of two answers of so many values, from their sketches."""
    return float(np.sqrt(((one - other) ** 2).sum() / values))


def near(new: Floats, others: Mapping[str, tuple[Floats, float]], values: int) -> list[str]:
    """Ids of the entries whose difference from `new` is below 5 % of their error.

    Args:
        new: sketch of the new answer.
        others: id → sketch, and root mean square error as it is released. Nothing else of the
            labels enters, so that the answer tells nothing about them.
        values: number of values of the answer, R · L.
    """
    return [
        id_
        for id_, (sketched, rmse) in others.items()
        if apart(new, sketched, values) < SHARE * rmse
    ]


def _signs(length: int) -> NDArray[np.int8]:
    return (2 * np.random.default_rng(length).integers(0, 2, length, dtype=np.int8) - 1).astype(
        np.int8
    )
