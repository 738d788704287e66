"""The evidence of a regression, errors of numbers, and its metrics."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from leaderboard.kinds.blocks import Blocks
from leaderboard.kinds.gaussian import gaussian_crps
from leaderboard.kinds.metrics import Floats, Loss, Mask, Metric, UndefinedError, same

_COLUMNS = 512  # entries a block in rmse_entrywise: 4 MB at 1000 resamples


@dataclass(frozen=True)
class Compared:
    """Mean losses of blocks, over the scored entries.

    Attributes:
        own: float64 (B,), of the predictions.
        train_mean: float64 (B,), of the mean training estimate; None if unknown.
        oracle_mean: float64 (B,), of the mean of these very labels.
    """

    own: Floats
    train_mean: Floats | None
    oracle_mean: Floats


@dataclass(frozen=True, eq=False)
class Errors:
    """Predictions and labels of one cell, R test rows with L entries each, in the label's unit.

    Attributes:
        predictions: float64 (R, L).
        labels: exact values, float64 (R, L).
        scored: bool (L,), the entries that all metrics but `rmse_entrywise` count.
        train_mean: float64 (L,), the prediction that `skill` is measured against; None if unknown.
        blocks: of the rows.
        std: float64 (R, L), the standard deviations that the answer states; None if it does not.
    """

    predictions: Floats
    labels: Floats
    scored: Mask
    train_mean: Floats | None
    blocks: Blocks
    std: Floats | None = None

    @staticmethod
    def of(
        predictions: Floats, labels: Floats, scored: Mask, train_mean: Floats | None = None
    ) -> "Errors":
        """Those of plain arrays, see the attributes."""
        return Errors(predictions, labels, scored, train_mean, Blocks.of(len(labels)))

    @cached_property
    def entries(self) -> Floats:
        """Mean squared error of every entry over the rows of each block, float64 (B, L)."""
        return self.blocks.means(self._squares)

    @cached_property
    def squared(self) -> Compared:
        """The squared errors of rows."""
        return self._compared(self._squares, square=True)

    @cached_property
    def absolute(self) -> Compared:
        """The absolute errors of rows."""
        return self._compared(np.abs(self.predictions - self.labels), square=False)

    @property
    def deviations(self) -> Floats:
        """The standard deviations that the answer states, float64 (R, L).

        Raises:
            UndefinedError: it states none.
        """
        if self.std is None:
            raise UndefinedError(
                "needs the standard deviation of every number, which was not stated"
            )
        return self.std

    @cached_property
    def crps(self) -> Floats:
        """Mean CRPS of the stated Gaussians over scored entries and rows of blocks, float64 (B,).

        Raises:
            UndefinedError: no deviation was stated.
        """
        return self.over_entries(gaussian_crps(self.predictions - self.labels, self.deviations))

    @cached_property
    def _squares(self) -> Floats:
        apart = self.predictions - self.labels
        apart *= apart
        return apart

    @cached_property
    def _share(self) -> Floats:
        """Weights of the scored entries, float64 (L,)."""
        return np.asarray(self.scored / self.scored.sum())

    def over_entries(self, losses: Floats) -> Floats:
        """Means over scored entries and over the rows of blocks, float64 (B,), of (R, L)."""
        return self.blocks.means(losses @ self._share)

    def _compared(self, own: Floats, *, square: bool) -> Compared:
        def constant(answer: Floats) -> Floats:
            apart = self.labels - answer
            return self.over_entries(apart * apart if square else np.abs(apart))

        return Compared(
            own=self.over_entries(own),
            train_mean=None if self.train_mean is None else constant(self.train_mean),
            oracle_mean=constant(self.labels.mean(axis=0)),
        )


def rmse(errors: Errors, weights: Floats) -> Floats:
    """Root of the mean over rows and scored entries, float64 (K,), for weights (K, B)."""
    return np.asarray(np.sqrt(weights @ errors.squared.own), dtype=np.float64)


def mae(errors: Errors, weights: Floats) -> Floats:
    """Mean over rows and scored entries of the absolute error, float64 (K,)."""
    return np.asarray(weights @ errors.absolute.own, dtype=np.float64)


def rmse_entrywise(errors: Errors, weights: Floats) -> Floats:
    """Mean over all entries of the entry's RMSE over rows, float64 (K,).

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
    """Entries (B, E) and how often each counts: one triangle where all matrices are symmetric."""
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
    """1 − MSE / MSE of the mean training estimate, over scored entries, float64 (K,).

    Raises:
        UndefinedError: the training mean is not known, or it has no error.
    """
    known = errors.squared
    if known.train_mean is None:
        raise UndefinedError("needs the training shots of the public data, which were not given")
    return gain(known.own, known.train_mean, weights, "the mean of the training estimates")


def skill_x(errors: Errors, weights: Floats) -> Floats:
    """1 − MSE / MSE of the mean test label, over scored entries, float64 (K,).

    The mean test label is the best constant in hindsight; only a value above 0 shows that the
    Hamiltonian was used. It is taken once from all rows and held fixed under resampling.

    Raises:
        UndefinedError: all labels are the same.
    """
    known = errors.squared
    return gain(known.own, known.oracle_mean, weights, "the mean of the test labels")


def gain(own: Floats, reference: Floats, weights: Floats, what: str) -> Floats:
    """1 − mean loss / mean loss of a constant answer, float64 (K,), of losses (B,).

    Args:
        own: of the answer.
        reference: of the constant one.
        weights: float64 (K, B).
        what: the constant answer, for the message.

    Raises:
        UndefinedError: the constant answer makes no error.
    """
    if not reference.any():
        raise UndefinedError(
            f"{what} has no error on these rows, so there is nothing to gain on it"
        )
    bottom = weights @ reference
    ratio = np.full(len(weights), np.nan)  # a resample of rows without reference error
    np.divide(weights @ own, bottom, out=ratio, where=bottom > 0)
    return np.asarray(1.0 - ratio, dtype=np.float64)


SQUARED: Loss[Errors] = Loss(
    "squared error", lambda e: e.squared.own, lambda e: e.squared.train_mean
)
ABSOLUTE: Loss[Errors] = Loss(
    "absolute error", lambda e: e.absolute.own, lambda e: e.absolute.train_mean
)
GAIN_OF_SQUARES = r"1 - \langle (\hat y - y)^2 \rangle \,/\, \langle (\bar y - y)^2 \rangle"
RMSE = Metric(
    *("rmse", rmse, "lower", "root mean squared error over rows and scored entries", "RMSE"),
    *(SQUARED, np.sqrt, np.square),
    formula=r"\sqrt{\langle (\hat y - y)^2 \rangle}",
)
MAE = Metric(
    *("mae", mae, "lower", "mean absolute error over rows and scored entries", "MAE"),
    *(ABSOLUTE, same, same),
    formula=r"\langle |\hat y - y| \rangle",
)
RMSE_ENTRYWISE = Metric(
    "rmse_entrywise",
    rmse_entrywise,
    "lower",
    "mean over all entries of the entry's RMSE over rows (published convention)",
    "RMSE, entrywise",
    formula=r"\bigl\langle \sqrt{\langle (\hat y - y)^2 \rangle_r} \bigr\rangle_e",
)
SKILL = Metric(
    *("skill", skill, "higher", "1 - MSE / MSE of the mean training estimate", "Skill"),
    gain_on=SQUARED,
    against="the constant answer, the mean training estimate",
    formula=GAIN_OF_SQUARES,
)
SKILL_X = Metric(
    *("skill_x", skill_x, "higher", "1 - MSE / MSE of the mean exact test label", "Skill X"),
    gain_on=SQUARED,
    against="the best constant in hindsight, the mean exact test label",
    formula=GAIN_OF_SQUARES,
)
