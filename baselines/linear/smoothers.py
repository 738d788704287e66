"""Linear smoothers: predictions that are weighted means of the training labels.

Kernel ridge regression and nearest neighbours predict Ŷ = W Y. All outputs share the weights, so
that errors of rows held out need the (n, n) matrix Y Yᵀ only, however many outputs there are.
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.contract.targets import Target
from baselines.inputs.folds import are_single, members
from builders.core.errors import RequestError

Floats = NDArray[np.float64]
Kernel = Callable[[Floats, Floats], Floats]

MAX_ROWS = 5000
"""Training rows at most: n × n matrices are decomposed."""

PENALTIES = tuple(10.0**k for k in range(-6, 7))
"""Ridge penalties, in units of the mean diagonal of the centred kernel."""


def held_out_error(weights: Floats, outer: Floats, groups: NDArray[np.int64]) -> float:
    """Σ over rows and outputs of the squared error of each group predicted by the others.

    For ridge regression with a free constant, e_G = (1 − W_GG)⁻¹ (y − W y)_G exactly: a fit without
    G stays what it is when G is added with the values that it predicts there, ŷ_G, so that
    ŷ_G = (W y)_G + W_GG (ŷ − y)_G.

    Args:
        weights: W, float64 (n, n).
        outer: Y Yᵀ, float64 (n, n).
        groups: int64 (n,), at least two of them, see `Rows.groups`.
    """
    residual = np.eye(len(weights)) - weights
    left = residual @ outer
    if are_single(groups):
        squares = np.einsum("ij,ij->i", left, residual)
        return float(np.sum(squares / np.diagonal(residual) ** 2))
    error, found = 0.0, members(groups)
    for length in {len(rows) for rows in found}:
        rows = np.stack([one for one in found if len(one) == length])
        own = residual[rows[:, :, None], rows[:, None, :]]
        # tr own⁻¹ (y − W y)(y − W y)ᵀ own⁻ᵀ
        half = np.linalg.solve(own, left[rows] @ residual[rows].mT)
        error += float(np.trace(np.linalg.solve(own, half.mT), axis1=1, axis2=2).sum())
    return error


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


def refuse_many_rows(cell: Cell, what: str, most: int = MAX_ROWS) -> None:
    """Refuse cells of more than `most` rows.

    Raises:
        RequestError: there are more.
    """
    if cell.n > most:
        raise RequestError(
            f"n={cell.n}: {what} works with n x n matrices, at most {most} rows. "
            "Give a smaller n, or choose another baseline."
        )


def best_penalty(kernel: Floats, outer: Floats, groups: NDArray[np.int64]) -> tuple[float, float]:
    """The smallest error of a group left out, and its penalty; of equal ones the larger.

    Args:
        kernel: of the training rows, float64 (n, n).
        outer: Y Yᵀ of the centred labels, float64 (n, n).
        groups: int64 (n,), at least two of them.
    """
    values, vectors = _spectrum(kernel)
    unit = values.mean()

    def error(penalty: float) -> float:
        shrink = values / (values + penalty * unit)
        weights = (vectors * shrink) @ vectors.T + 1.0 / len(values)
        return held_out_error(weights, outer, groups)

    errors = {penalty: error(penalty) for penalty in reversed(PENALTIES)}
    best = min(errors, key=errors.__getitem__)
    return errors[best], best


@dataclass(frozen=True, eq=False)
class KernelFit:
    """Kernel ridge regression of centred labels.

    Attributes:
        column: mean of the kernel over training rows, float64 (n,).
        dual: float64 (n, L).
    """

    column: Floats
    dual: Floats

    @staticmethod
    def of(kernel: Floats, penalty: float, centred: Floats) -> "KernelFit":
        """From the training rows' kernel (n, n) and labels (n, L), in units of `PENALTIES`."""
        values, vectors = _spectrum(kernel)
        shrunk = vectors / (values + penalty * values.mean())
        return KernelFit(kernel.mean(axis=0), np.asarray(shrunk @ (vectors.T @ centred)))

    def __call__(self, kernel: Floats) -> Floats:
        """Change from the mean, float64 (R, L), of rows with this kernel to the training rows."""
        # Rows of the dual sum to 0, so that the row mean of the kernel falls out.
        return np.asarray((kernel - self.column) @ self.dual)


class KernelBaseline(Baseline):
    """Kernel ridge regression for all labels at once; a subclass gives the kernels to choose from.

    Kernel and penalty are those of the smallest error on the noisy training labels of a row, or an
    evolution, left out; one choice for all labels. The largest penalty leaves the mean of the
    training labels.

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
        self._fit_of: KernelFit | None = None
        self.n_parameters = self._mean.size
        if cell.n > 1 and self._scale.used.any():
            self._choose(centred @ centred.T, cell.groups)
            kernel = self._kernel(self._inputs, self._inputs)
            self._fit_of = KernelFit.of(kernel, self.chosen[1], centred)
            self.n_parameters += self._fit_of.dual.size

    def _choose(self, outer: Floats, groups: NDArray[np.int64]) -> None:
        best = np.inf
        for name, kernel in self.kernels(self._inputs).items():
            error, penalty = best_penalty(kernel(self._inputs, self._inputs), outer, groups)
            if error <= best:
                best, self.chosen, self._kernel = error, (name, penalty), kernel

    def _predict(self, rows: Rows) -> NDArray[np.floating]:
        out = np.tile(self._mean, (len(rows), 1))
        if self._fit_of is not None:
            out += self._fit_of(self._kernel(self._scale(rows.parameters), self._inputs))
        return self._target.to_label(out)


def _spectrum(kernel: Floats) -> tuple[Floats, Floats]:
    """Eigenvalues and eigenvectors of the kernel with its mean removed on both sides."""
    column = kernel.mean(axis=0)
    values, vectors = np.linalg.eigh(kernel - column - column[:, None] + column.mean())
    return values.clip(0.0) + np.finfo(float).tiny, vectors
