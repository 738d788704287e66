"""Ridge regression of each pair on the parameters near it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.contract.targets import Target
from baselines.inputs.pair_features import PairFeatures
from baselines.inputs.pairs import Pairs
from baselines.linear.lasso_path import fold_masks

FOLDS = 5
PENALTIES = tuple(10.0**k for k in range(-2, 7))
"""In units of the mean of all features' squares."""

_BLOCK = 500  # pairs at a time
Floats = NDArray[np.float64]


class Model(Baseline):
    """Label_ij = mean_ij + w_ij · x_ij: `ridge_pairs` with a w for each pair, and no scale.

    Local and linear, with nothing shared: beside `ridge_pairs` it shows what sharing is worth. One
    penalty for all pairs, the best of five-fold cross-validation on the noisy labels; an infinite
    one, the mean of the training labels, is a choice.
    """

    title = "Local ridge regression, each pair by itself"
    needs_hamiltonian = True
    needs_pairs = True

    def _fit(self, cell: Cell) -> None:
        self._target, self._pairs = Target.of(cell), Pairs.of(cell.task, cell.config)
        values = self._pairs.read(self._target.training(cell))
        self._mean, self.penalty = values.mean(axis=0), np.inf
        self._slopes: Floats | None = None
        if cell.n > 1:
            self._features = PairFeatures(cell.family, self._pairs, cell.parameters)
            x = self._features(cell.parameters)
            self._centre = x.mean(axis=0)
            x -= self._centre
            self._learn(x, values - self._mean)
        self.n_parameters = self._mean.size + (0 if self._slopes is None else self._slopes.size)

    def _learn(self, x: NDArray[np.float32], y: Floats) -> None:
        """Features float32 (n, K, F) and values float64 (n, K), both of mean 0."""
        squares = np.einsum("nks,nks->n", x, x, dtype=np.float64) / (x.shape[1] * x.shape[2])
        masks = fold_masks(len(x), FOLDS)
        units = [_positive(float(squares[~out].sum())) for out in masks]
        parts, errors = [], np.zeros(len(PENALTIES))
        for start in range(0, x.shape[1], _BLOCK):
            part = slice(start, start + _BLOCK)
            parts.append(_Turned.of(x[:, part], y[:, part]))
            errors += parts[-1].errors(x[:, part], y[:, part], masks, units)
        # Of equal errors that of the larger penalty; infinity if none is below that of the mean.
        best = len(errors) - 1 - int(np.argmin(errors[::-1]))
        if errors[best] < 0:
            self.penalty = PENALTIES[best]
            penalty = self.penalty * _positive(float(squares.sum()))
            self._slopes = np.concatenate([one.slopes(penalty) for one in parts])

    def _predict(self, rows: Rows) -> NDArray[np.floating]:
        out = np.tile(self._mean, (len(rows), 1))
        if self._slopes is not None:
            x = self._features(rows.parameters) - self._centre
            out += np.einsum("nks,ks->nk", x, self._slopes)
        return self._target.to_label(self._pairs.write(out))


@dataclass(frozen=True)
class _Turned:
    """Ridge regression of some pairs in the eigenvectors of Σ x xᵀ, for any penalty.

    Attributes:
        vectors: float64 (K, F, F).
        values: float64 (K, F).
        target: Σ x y, turned, float64 (K, F).
    """

    vectors: Floats
    values: Floats
    target: Floats

    @staticmethod
    def of(x: NDArray[np.float32], y: Floats) -> "_Turned":
        """Of features (n, K, F) and values (n, K)."""
        features = x.transpose(1, 2, 0).astype(np.float64)
        values, vectors = np.linalg.eigh(features @ features.mT)
        target = vectors.mT @ (features @ y.T[:, :, None])
        return _Turned(vectors, values.clip(0.0), target[:, :, 0])

    def slopes(self, penalty: float) -> Floats:
        """Float64 (K, F)."""
        shrunk = self.target / (self.values + penalty)
        return np.asarray((self.vectors @ shrunk[:, :, None])[:, :, 0])

    def errors(
        self,
        x: NDArray[np.float32],
        y: Floats,
        masks: Sequence[NDArray[np.bool_]],
        units: Sequence[float],
    ) -> Floats:
        """Squared error of the rows of each fold, learnt without it, less that of the mean.

        (I − H)⁻¹ times what is left of them by all rows, H = x (Σ x xᵀ + penalty)⁻¹ xᵀ over the
        rows of the fold (Woodbury), so that one decomposition serves all folds and penalties.
        """
        out = np.zeros(len(PENALTIES))
        for mask, unit in zip(masks, units, strict=True):
            inputs = x[mask].transpose(1, 0, 2).astype(np.float64) @ self.vectors
            given, eye = y[mask].T[:, :, None], np.eye(int(mask.sum()))
            for k, penalty in enumerate(PENALTIES):
                scaled = inputs / (self.values + penalty * unit)[:, None, :]
                left = given - scaled @ self.target[:, :, None]
                wrong = np.linalg.solve(eye - scaled @ inputs.mT, left)
                out[k] += float(np.sum(wrong**2) - np.sum(given**2))
        return out


def _positive(unit: float) -> float:
    return max(unit, np.finfo(float).tiny)
