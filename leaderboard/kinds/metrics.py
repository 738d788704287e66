"""The metrics of a regression, each a function of squared errors and of weights over test rows.

Weights make the bootstrap cheap: a resample of the Hamiltonians is a vector of R weights, so that
B resamples are one product of a (B, R) matrix with the errors.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Evidence = TypeVar("Evidence")  # what a metric is a function of: errors, or outcomes of classes

_COLUMNS = 512  # entries a block in rmse_entrywise: 4 MB at 1000 resamples


class UndefinedError(ValueError):
    """A metric has no value here; the message says why."""


@dataclass(frozen=True)
class Errors:
    """Squared errors of one cell, R test rows with L entries each, in the label's unit squared.

    Attributes:
        entries: float64 (R, L), of the predictions.
        rows: float64 (R,), mean of `entries` over the scored entries.
        train_mean: float64 (R,), like `rows`, of the mean training estimate; None if unknown.
        oracle_mean: float64 (R,), like `rows`, of the mean of these very labels.
    """

    entries: Floats
    rows: Floats
    train_mean: Floats | None
    oracle_mean: Floats

    @staticmethod
    def of(
        predictions: Floats, labels: Floats, scored: Mask, train_mean: Floats | None = None
    ) -> "Errors":
        """Squared errors of a cell.

        Args:
            predictions: float64 (R, L).
            labels: exact values, float64 (R, L).
            scored: bool (L,), the entries that `rmse`, `skill` and `skill_x` count.
            train_mean: float64 (L,), the prediction that `skill` is measured against.
        """
        entries = predictions - labels
        entries *= entries
        share = scored / scored.sum()

        def rows_of(constant: Floats) -> Floats:
            distance = labels - constant
            distance *= distance
            return np.asarray(distance @ share, dtype=np.float64)

        return Errors(
            entries=entries,
            rows=np.asarray(entries @ share, dtype=np.float64),
            train_mean=None if train_mean is None else rows_of(train_mean),
            oracle_mean=rows_of(labels.mean(axis=0)),
        )

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def losses(self) -> Floats:
        """See `task.Evidence`: the squared error of each row."""
        return self.rows

    @property
    def reference(self) -> Floats | None:
        """See `task.Evidence`: that of the mean training estimate."""
        return self.train_mean


def equal_weights(rows: int) -> Floats:
    """The weights of the point estimate, float64 (1, rows)."""
    return np.full((1, rows), 1.0 / rows)


def rmse(errors: Errors, weights: Floats) -> Floats:
    """Root of the mean over rows and scored entries, float64 (B,), for weights (B, R)."""
    return np.asarray(np.sqrt(weights @ errors.rows), dtype=np.float64)


def rmse_entrywise(errors: Errors, weights: Floats) -> Floats:
    """Mean over all entries of the entry's RMSE over rows, float64 (B,).

    The diagonal of a matrix label counts. This is the convention of arXiv 2505.13852 and of
    scikit-learn's `root_mean_squared_error(multioutput="uniform_average")`.
    """
    entries, times = _distinct(errors.entries)
    total = np.zeros(len(weights))
    for start in range(0, len(times), _COLUMNS):
        part = slice(start, start + _COLUMNS)
        mse = weights @ entries[:, part]
        total += np.sqrt(mse, out=mse) @ times[part]
    return np.asarray(total / errors.entries.shape[1], dtype=np.float64)


def _distinct(entries: Floats) -> tuple[Floats, Floats]:
    """Entries (R, K) and how often each counts: one triangle where all matrices are symmetric."""
    rows, length = entries.shape
    sites = math.isqrt(length)
    if sites * sites != length:
        return entries, np.ones(length)
    matrices = entries.reshape(rows, sites, sites)
    if not np.array_equal(matrices, matrices.transpose(0, 2, 1)):
        return entries, np.ones(length)
    i, j = np.triu_indices(sites)
    return entries[:, i * sites + j], np.where(i == j, 1.0, 2.0)


def skill(errors: Errors, weights: Floats) -> Floats:
    """1 − MSE / MSE of the mean training estimate, over scored entries, float64 (B,).

    Raises:
        UndefinedError: the training mean is not known, or it has no error.
    """
    if errors.train_mean is None:
        raise UndefinedError("needs the training shots of the public data, which were not given")
    return _gain(errors.rows, errors.train_mean, weights, "the mean of the training estimates")


def skill_x(errors: Errors, weights: Floats) -> Floats:
    """1 − MSE / MSE of the mean test label, over scored entries, float64 (B,).

    The mean test label is the best constant in hindsight; only a value above 0 shows that the
    Hamiltonian was used. It is taken once from all rows and held fixed under resampling.

    Raises:
        UndefinedError: all labels are the same.
    """
    return _gain(errors.rows, errors.oracle_mean, weights, "the mean of the test labels")


def _gain(rows: Floats, reference: Floats, weights: Floats, what: str) -> Floats:
    if not reference.any():
        raise UndefinedError(
            f"{what} has no error on these rows, so there is nothing to gain on it"
        )
    bottom = weights @ reference
    ratio = np.full(len(weights), np.nan)  # a resample of rows without reference error
    np.divide(weights @ rows, bottom, out=ratio, where=bottom > 0)
    return np.asarray(1.0 - ratio, dtype=np.float64)


@dataclass(frozen=True)
class Metric(Generic[Evidence]):
    """A metric with its name and direction.

    Attributes:
        name: as on the board.
        function: (errors or outcomes of R rows, weights (B, R)) → float64 (B,).
        better: whether lower or higher is better.
        meaning: one sentence.
    """

    name: str
    function: Callable[[Evidence, Floats], Floats]
    better: Literal["lower", "higher"]
    meaning: str


RMSE = Metric("rmse", rmse, "lower", "root mean squared error over rows and scored entries")
RMSE_ENTRYWISE = Metric(
    "rmse_entrywise",
    rmse_entrywise,
    "lower",
    "mean over all entries of the entry's RMSE over rows (published convention)",
)
SKILL = Metric("skill", skill, "higher", "1 - MSE / MSE of the mean training estimate")
SKILL_X = Metric("skill_x", skill_x, "higher", "1 - MSE / MSE of the mean exact test label")
