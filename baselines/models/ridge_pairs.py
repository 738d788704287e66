"""One linear model shared over all pairs of sites."""

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.contract.targets import Target
from baselines.inputs.pair_features import PairFeatures
from baselines.inputs.pairs import Pairs
from baselines.inputs.shared_base import pair_base
from baselines.linear.lasso_path import fold_masks

FOLDS = 5
PENALTIES = tuple(10.0**k for k in range(-4, 4))
OWN = 3
"""Distances 1 … OWN have coefficients of their own besides the common ones."""

_BLOCK = 20  # rows at a time
Floats = NDArray[np.float64]


class Model(Baseline):
    """Label = base_ij + scale(d) · w · x_ij, with one w for all pairs of all rows.

    x_ij is what the pair sees of the couplings nearby (`PairFeatures`), base_ij the shrunk mean of
    the pair and scale(d) the mean by distance: a change of couplings changes a far, small
    correlation by a small amount. The nearest distances add a w of their own. Ridge regression,
    by the sums over pairs Σ x xᵀ and Σ x y of each distance, so that its cost is that of reading
    the features once. The penalty is the best of five-fold cross-validation on the noisy labels;
    an infinite one, the base alone, is a choice.

    Args:
        seed: not used.
        near: whether a pair sees the couplings nearby, beside the values of the row as a whole.
        distance: whether base and scale know the distance of the pair: without it the base is the
            mean of each entry and the scale is 1.
    """

    title = "Ridge regression shared over pairs"
    needs_hamiltonian = True
    needs_pairs = True

    def __init__(self, *, seed: int = 0, near: bool = True, distance: bool = True) -> None:
        super().__init__(seed=seed)
        self.near, self.distance = near, distance

    def _fit(self, cell: Cell) -> None:
        self._target, self._pairs = Target.of(cell), Pairs.of(cell.task, cell.config)
        values = self._pairs.read(self._target.training(cell))
        curve, self._base = pair_base(self._pairs, values)
        if not self.distance:
            curve, self._base = np.ones_like(curve), values.mean(axis=0)
        self._features = PairFeatures(cell.family, self._pairs, cell.parameters, near=self.near)
        self._basis = _basis(self._pairs.distance, curve) if self.distance else curve[:, None]
        self._slopes: Floats | None = None
        self.penalty = np.inf
        if cell.n > 1:
            folds = [
                self._moments(cell.parameters[out], values[out] - self._base)
                for out in fold_masks(cell.n, FOLDS)
            ]
            self.penalty = _choose(folds)
            if np.isfinite(self.penalty):
                self._slopes = _solve(*_total(folds), self.penalty)
        self.n_parameters = self._base.size + (0 if self._slopes is None else self._slopes.size)

    def _moments(self, parameters: Floats, change: Floats) -> tuple[Floats, Floats]:
        """Σ x xᵀ and Σ x y over rows and pairs, x with all multiples of the basis."""
        groups = np.split(*_by_distance(self._pairs.distance))
        gram, target = np.zeros(()), np.zeros(())
        for start in range(0, len(parameters), _BLOCK):
            x = self._features(parameters[start : start + _BLOCK])
            y = change[start : start + _BLOCK].astype(np.float32)
            for group in groups:
                scale = self._basis[group[0]]
                part = x[:, group].reshape(-1, x.shape[2])
                square, product = part.T @ part, part.T @ y[:, group].ravel()
                gram = gram + np.kron(np.outer(scale, scale), square.astype(np.float64))
                target = target + np.kron(scale, product.astype(np.float64))
        return gram, target

    def _predict(self, rows: Rows) -> NDArray[np.floating]:
        out = np.tile(self._base, (len(rows), 1))
        if self._slopes is not None:
            slopes = self._slopes.reshape(self._basis.shape[1], -1)
            for start in range(0, len(rows), _BLOCK):
                x = self._features(rows.parameters[start : start + _BLOCK])
                change = x @ slopes.T.astype(np.float32)
                out[start : start + _BLOCK] += np.einsum("rkm,km->rk", change, self._basis)
        return self._target.to_label(self._pairs.write(out))


def _by_distance(distance: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    order = np.argsort(distance, kind="stable")
    return order, np.flatnonzero(np.diff(distance[order])) + 1


def _basis(distance: NDArray[np.int64], curve: Floats) -> Floats:
    """The curve, and the curve at each of the nearest distances alone, float64 (K, m)."""
    own = [d for d in range(1, OWN + 1) if (distance == d).any()]
    columns = [np.ones(len(distance)), *((distance == d).astype(float) for d in own)]
    return np.stack(columns, axis=1) * curve[:, None]


def _total(moments: list[tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    grams, targets = zip(*moments, strict=True)
    return np.sum(grams, axis=0), np.sum(targets, axis=0)


def _solve(gram: Floats, target: Floats, penalty: float) -> Floats:
    """Ridge solution, the penalty in units of the mean diagonal."""
    unit = max(float(np.diagonal(gram).mean()), np.finfo(float).tiny)
    return np.asarray(np.linalg.solve(gram + penalty * unit * np.eye(len(gram)), target))


def _choose(folds: list[tuple[Floats, Floats]]) -> float:
    """The penalty of the smallest held-out error; y² is the same for all of them."""
    errors = dict.fromkeys(PENALTIES, 0.0)
    for k, (gram, target) in enumerate(folds):
        rest = _total(folds[:k] + folds[k + 1 :])
        for penalty in PENALTIES:
            w = _solve(*rest, penalty)
            errors[penalty] += float(w @ gram @ w - 2.0 * w @ target)
    best = min(reversed(PENALTIES), key=lambda p: errors[p])
    return best if errors[best] < 0 else np.inf
