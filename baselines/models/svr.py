"""Support vector regression on the kernels of the literature, one machine a label entry."""

from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

import baselines
from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.contract.targets import Target
from baselines.linear.lasso_path import fold_masks
from baselines.linear.smoothers import Scaler, refuse_many_rows
from builders.core.errors import unknown

KERNELS = ("rbf", "dirichlet", "ntk")
PENALTIES = (0.01, 0.1, 1.0, 10.0)
TUBES = (0.1, 0.5)
"""Errors that cost nothing, in units of a label entry's spread."""

FOLDS = 5
PROBES = 20
"""Label entries on which kernel, penalty and tube are chosen, for all of them alike."""

Floats = NDArray[np.float64]


class Model(Baseline):
    """ε-SVR of every label entry, in units of its spread, on standardised parameters.

    Huang et al. (Science 377, eabk3333 (2022)) take the better of kernel ridge and support vector
    regression. The kernels are those of `kernel_rbf`, `kernel_dirichlet` and `kernel_ntk`. The best
    of five-fold cross-validation on the noisy labels is taken; their mean is one of the choices.

    Args:
        seed: of nothing; the model is deterministic.
        kernel: `rbf`, `dirichlet` or `ntk`.
    """

    title = "Support vector regression"

    def __init__(self, *, seed: int = 0, kernel: str = "rbf") -> None:
        super().__init__(seed=seed)
        if kernel not in KERNELS:
            raise unknown("kernel", kernel, KERNELS)
        self.kernel = kernel
        self.chosen: tuple[str, float, float] | None = None

    def _fit(self, cell: Cell) -> None:
        refuse_many_rows(cell, "a kernel model")
        self._target = Target.of(cell)
        # A symmetric matrix holds every label twice.
        values, self._place = np.unique(self._target.training(cell), axis=1, return_inverse=True)
        self._mean, self._spread = values.mean(axis=0), values.std(axis=0)
        self._scale = Scaler(cell.parameters)
        self._inputs = self._scale(cell.parameters)
        self._varied = np.flatnonzero(self._spread > 0)
        self.n_parameters = self._mean.size
        if cell.n < FOLDS or not self._scale.used.any() or not len(self._varied):
            return
        unit = (values[:, self._varied] - self._mean[self._varied]) / self._spread[self._varied]
        kernels = baselines.load(f"kernel_{self.kernel}")(seed=0).kernels(self._inputs)  # type: ignore[attr-defined]
        grams = {name: kernel(self._inputs, self._inputs) for name, kernel in kernels.items()}
        probes = unit[:, np.linspace(0, unit.shape[1] - 1, PROBES).astype(int)]
        self.chosen = _choose(grams, probes)
        if self.chosen is not None:
            name, penalty, tube = self.chosen
            self._kernel = kernels[name]
            self._dual, self._offset = _machines(grams[name], unit, penalty, tube)
            self.n_parameters += int(np.count_nonzero(self._dual)) + self._offset.size

    def _predict(self, rows: Rows) -> NDArray[np.floating[Any]]:
        out = np.tile(self._mean, (len(rows), 1))
        if self.chosen is not None:
            kernel = self._kernel(self._scale(rows.parameters), self._inputs)
            out[:, self._varied] += (kernel @ self._dual + self._offset) * self._spread[
                self._varied
            ]
        return self._target.to_label(out[:, self._place.ravel()])


def _choose(grams: dict[str, Floats], probes: Floats) -> tuple[str, float, float] | None:
    """Kernel, penalty and tube of the smallest held-out error; None if the mean does better."""
    folds = fold_masks(len(probes), FOLDS)
    # A tie goes to the smaller penalty, and to the mean before all.
    best = sum(float(np.sum((probes[o] - probes[~o].mean(axis=0)) ** 2)) for o in folds), 0.0
    chosen = None
    # Large penalties first: one that fits lets the others be given up after a few folds.
    for name, penalty, tube in product(grams, sorted(PENALTIES, reverse=True), TUBES):
        error = 0.0
        for out in folds:
            dual, offset = _machines(grams[name][np.ix_(~out, ~out)], probes[~out], penalty, tube)
            predicted = grams[name][np.ix_(out, ~out)] @ dual + offset
            error += float(np.sum((probes[out] - predicted) ** 2))
            if error > best[0]:
                break
        if (error, penalty) < best:
            best, chosen = (error, penalty), (name, penalty, tube)
    return chosen


def _machines(gram: Floats, outputs: Floats, penalty: float, tube: float) -> tuple[Floats, Floats]:
    """Coefficients of the training rows, (n, L), and the constants, (L,), one machine a column."""
    from sklearn import config_context
    from sklearn.svm import SVR

    gram = np.ascontiguousarray(gram)
    # The checks of a Gram matrix take longer than these small machines; a function's are few.
    machine = SVR(kernel=lambda *_: gram, C=penalty, epsilon=tube)
    dual, offset = np.zeros(outputs.shape), np.zeros(outputs.shape[1])
    with config_context(assume_finite=True, skip_parameter_validation=True):
        for k, column in enumerate(np.ascontiguousarray(outputs.T)):
            machine.fit(gram, column)
            dual[machine.support_, k] = machine.dual_coef_[0]
            offset[k] = machine.intercept_[0]
    return dual, offset
