"""Kernel ridge regression between states that are compared patch by patch, from shots alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.contract.shot_halves import Part, shot_halves
from baselines.contract.targets import Target
from baselines.inputs.pairs import layout
from baselines.inputs.patch_states import MOST_SITES, patch_strings, patches
from baselines.linear.patch_kernel import PatchKernel
from baselines.linear.smoothers import MAX_ROWS, KernelFit, best_penalty, refuse_many_rows
from leaderboard.kinds.regression import Regression

DECAYS = (1.0, 1.0 / 3.0)
DEGREES = (1, 2)
Floats = NDArray[np.float64]


class Model(Baseline):
    """k = (1 + k̄/s)^h, k̄ = mean over patches A of Σ_P λ^|P| ⟨P⟩_A ⟨P⟩'_A, estimated from shots.

    The geometrically local quantum kernel of Chinzei, Tran, Matsumoto, Endo, Oshima (arXiv
    2509.13705): states whose correlations decay are told by what patches of neighbouring sites
    look like, so a kernel made of the patches' shadows in place of the whole state's
    (`shadow_kernel_svm`) needs fewer rows; a power h of it makes products over several patches;
    where all places are alike, patches at different ones are compared too (`shared`). They prove a
    better polynomial in N for polynomials of expectation values, a number of rows that does not
    grow with N for translation-invariant states, and show both on two tasks.

    Different here: the paper's body was not at hand, so the form of the patches' kernel is this
    one, an inner product of unbiased estimates of Pauli strings, hence positive semidefinite.
    k̄ is centred on the training rows, s its mean diagonal. Patches are paths of 1 to 3 sites;
    their length, λ in 1 and ⅓, h in 1 and 2, `shared` or not, and the penalty are those of the
    smallest error of a row, or an evolution, left out, on noisy labels. Numbers are learnt from
    half of the shots with the label of the other half, both ways; classes by least squares on
    their indicators. The Hamiltonian is not seen.

    Attributes:
        chosen: the kernel, h and the penalty, after `fit`; None where the mean is answered.
    """

    title = "Kernel ridge on shadows of local patches"
    answers = ("regression", "classification")
    uses_test_shots = True
    records = ("pauli_tokens",)

    def __init__(self, *, seed: int = 0) -> None:
        super().__init__(seed=seed)
        self.chosen: tuple[PatchKernel, int, float] | None = None

    def _fit(self, cell: Cell) -> None:
        self._names: NDArray[np.str_] | None = None
        parts = [Part(cell.train, cell.seen)]
        if isinstance(cell.task, Regression):
            self._target, self._layout = Target.of(cell), layout(cell.task, cell.config)
            self._mean = self._layout.read(self._target.training(cell)).mean(axis=0)
            if cell.exact is None:
                parts = shot_halves(cell)
            values = [self._values(cell, part) for part in parts]
        else:
            self._names, codes = np.unique(cell.labels, return_inverse=True)
            values = [np.eye(len(self._names))[codes]]
            self._mean = values[0].mean(axis=0)
        refuse_many_rows(cell, "a kernel of two halves of every row", MAX_ROWS // 2)
        self.chosen, self.n_parameters = None, self._mean.size
        if cell.n > 1 and parts and parts[0].inputs.copies:
            self._learn(cell, parts, np.concatenate(values))

    def _values(self, cell: Cell, part: Part) -> Floats:
        """What is averaged over rows, from the part's shots or exact, float64 (n, K)."""
        if cell.exact is not None:
            return self._layout.read(self._target.training(cell))
        averaged = cell.regression.averaged is not None
        estimate = self._target.of_rows if averaged else cell.estimate
        return self._layout.read(estimate(part.labels))

    def _learn(self, cell: Cell, parts: list[Part], values: Floats) -> None:
        shots = np.concatenate([part.inputs.shots for part in parts])
        centred = values - values.mean(axis=0)
        outer, groups = centred @ centred.T, np.tile(cell.groups, len(parts))
        best = np.inf
        for kernel, features in _candidates(cell, shots):
            inputs = _Inputs.of(features)
            for degree in DEGREES:
                error, penalty = best_penalty(inputs(features, degree), outer, groups)
                if error < best:
                    best, self.chosen, self._inputs = error, (kernel, degree, penalty), inputs
        if self.chosen is not None:
            _, degree, penalty = self.chosen
            gram = self._inputs(self._inputs.known, degree)
            self._learnt = KernelFit.of(gram, penalty, centred)
            self.n_parameters += self._learnt.dual.size

    def _predict(self, rows: Rows) -> NDArray[Any]:
        out = np.tile(self._mean, (len(rows), 1))
        if self.chosen is not None:
            kernel, degree, _ = self.chosen
            out += self._learnt(self._inputs(kernel.features(rows.shots), degree))
        if self._names is not None:
            return np.asarray(self._names[out.argmax(axis=1)])
        return self._target.to_label(self._layout.write(out))


@dataclass(frozen=True, eq=False)
class _Inputs:
    """Features of the training rows, float32 (n, F), and what centres and scales them."""

    known: NDArray[np.float32]
    centre: Floats
    unit: float

    @staticmethod
    def of(features: NDArray[np.float32]) -> "_Inputs":
        centre = features.mean(axis=0, dtype=np.float64)
        unit = float(np.mean(np.sum((features - centre) ** 2, axis=1)))
        return _Inputs(features, centre, max(unit, np.finfo(float).tiny))

    def __call__(self, features: NDArray[np.float32], degree: int) -> Floats:
        """(1 + k̄/s)^degree of rows with these features and the training rows, float64 (R, n)."""
        product = (features - self.centre) @ (self.known - self.centre).T
        return np.asarray((1.0 + product / self.unit) ** degree)


def _candidates(
    cell: Cell, shots: NDArray[np.uint8]
) -> Iterator[tuple[PatchKernel, NDArray[np.float32]]]:
    """Kernels to choose from and the features of the shots, the fewest features first."""
    for width in range(1, MOST_SITES + 1):
        sites = patches(cell.family, cell.size, width)
        if not len(sites):
            continue
        strings = patch_strings(shots, sites)
        for shared, decay in product((True, False), DECAYS):
            kernel = PatchKernel(sites, decay, shared)
            yield kernel, kernel.of_strings(strings)
