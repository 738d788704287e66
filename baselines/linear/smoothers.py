"""Linear smoothers: predictions that are weighted means of the training labels.

Kernel ridge regression and nearest neighbours predict Ŷ = W Y. All outputs share the weights, so
that leave-one-out errors need the (n, n) matrix Y Yᵀ only, however many outputs there are.
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.contract.targets import Target
from builders.core.errors import RequestError

Floats = NDArray[np.float64]
Kernel = Callable[[Floats, Floats], Floats]

MAX_ROWS = 5000
"""Training rows at most: n × n matrices are decomposed."""

PENALTIES = tuple(10.0**k for k in range(-6, 7))
"""Ridge penalties, in units of the mean diagonal of the centred kernel."""


def leave_one_out(weights: Floats, outer: Floats) -> float:
    """Σ over rows and outputs of the squared error of each row predicted by the others.

    For ridge regression with a free constant, e_i = (y − W y)_i / (1 − W_ii) exactly.

    Args:
        weights: W, float64 (n, n).
        outer: Y Yᵀ, float64 (n, n).
    """
    residual = np.eye(len(weights)) - weights
    squares = np.einsum("ij,ij->i", residual @ outer, residual)
    return float(np.sum(squares / np.diagonal(residual) ** 2))


class Scaler:
    """Brings parameters to mean 0 and spread 1; what is constant in training is left out."""

    def __init__(self, parameters: Floats) -> None:
        spread = parameters.std(axis=0)
        self.used = spread > 1e-9 * np.abs(parameters).max(initial=0.0)
        self._centre = parameters.mean(axis=0)[self.used]
        self._spread = spread[self.used]

    def __call__(self, parameters: Floats) -> Floats:
        """Float64 (R, P) → (R, P used)."""
        return np.asarray((parameters[:, self.used] - self._centre) / self._spread)


def refuse_many_rows(cell: Cell, what: str) -> None:
    """Refuse cells of more than `MAX_ROWS` rows.

    Raises:
        RequestError: there are more.
    """
    if cell.n > MAX_ROWS:
        raise RequestError(
            f"n={cell.n}: {what} works with n x n matrices, at most {MAX_ROWS} rows. "
            "Give a smaller n, or choose another baseline."
        )


class KernelBaseline(Baseline):
    """Kernel ridge regression for all labels at once; a subclass gives the kernels to choose from.

    Kernel and penalty are those of the smallest leave-one-out error on the noisy training labels,
    one choice for all labels. The largest penalty leaves the mean of the training labels.

    Attributes:
        chosen: name of the kernel and the penalty, after `fit`.
    """

    def __init__(self, *, seed: int = 0) -> None:
        super().__init__(seed=seed)
        self.chosen = ("", float("nan"))

    @abstractmethod
    def kernels(self, inputs: Floats) -> Mapping[str, Kernel]:
        """Kernels by name, for standardised training inputs float64 (n, P)."""

    def _fit(self, cell: Cell) -> None:
        refuse_many_rows(cell, "a kernel model")
        self._target = Target.of(cell)
        values = self._target.training(cell)
        self._scale = Scaler(cell.parameters)
        self._inputs = self._scale(cell.parameters)
        self._mean = values.mean(axis=0)
        centred = values - self._mean
        self._dual: Floats | None = None
        self.n_parameters = self._mean.size
        if cell.n > 1 and self._scale.used.any():
            self._choose(centred @ centred.T)
            self._dual = self._solve(self._kernel(self._inputs, self._inputs), centred)
            self.n_parameters += self._dual.size

    def _choose(self, outer: Floats) -> None:
        best = np.inf
        for name, kernel in self.kernels(self._inputs).items():
            values, vectors = _spectrum(kernel(self._inputs, self._inputs))
            unit = values.mean()
            for penalty in PENALTIES:
                shrink = values / (values + penalty * unit)
                weights = (vectors * shrink) @ vectors.T + 1.0 / len(values)
                error = leave_one_out(weights, outer)
                # A tie goes to the larger penalty.
                if error <= best:
                    best, self.chosen, self._kernel = error, (name, penalty), kernel

    def _solve(self, kernel: Floats, centred: Floats) -> Floats:
        self._column = kernel.mean(axis=0)
        values, vectors = _spectrum(kernel)
        shrunk = vectors / (values + self.chosen[1] * values.mean())
        return np.asarray(shrunk @ (vectors.T @ centred))

    def _predict(self, rows: Rows) -> NDArray[np.floating]:
        out = np.tile(self._mean, (len(rows), 1))
        if self._dual is not None:
            kernel = self._kernel(self._scale(rows.parameters), self._inputs) - self._column
            # Rows of the dual sum to 0, so that the row mean of the kernel falls out.
            out += kernel @ self._dual
        return self._target.to_label(out)


def _spectrum(kernel: Floats) -> tuple[Floats, Floats]:
    """Eigenvalues and eigenvectors of the kernel with its mean removed on both sides."""
    column = kernel.mean(axis=0)
    values, vectors = np.linalg.eigh(kernel - column - column[:, None] + column.mean())
    return values.clip(0.0) + np.finfo(float).tiny, vectors
