"""Support vector machine on the shadow kernel: phases told from measurements alone."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from baselines.contract.baseline import Baseline
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.inputs.folds import fold_masks

TAU = GAMMA = 1.0
PENALTIES = tuple(10.0**k for k in range(-2, 4))
FOLDS = 5
_BLOCK = 1024  # shots of the second set at a time
Floats = NDArray[np.float64]


class Model(Baseline):
    """C-SVM with k(S, S') = exp(τ/T² Σ_tt' exp(γ/N Σ_i tr σ_i^t σ_i^t')), divided by its diagonal.

    σ_i^t = 3|s⟩⟨s| − 1 is the snapshot of qubit i in shot t, so that the trace is 5 for equal
    tokens, −4 for the same basis with the other bit, ½ for other bases. τ = γ = 1, as in Huang et
    al., Science 377, eabk3333 (2022). A pair of a state with itself leaves out t = t', which would
    tell it from all others by its shots. C is chosen by five-fold cross-validation.
    """

    title = "SVM on the shadow kernel"
    uses_test_shots = True
    records = ("pauli_tokens",)
    answers = ("classification",)

    def _fit(self, cell: Cell) -> None:
        self._shots, labels = cell.seen.shots, cell.labels
        self._inner = _own(self._shots)
        kernel = _kernel(_means(self._shots, self._shots), self._inner, self._inner)
        np.fill_diagonal(kernel, 1.0)
        self._only = str(labels[0]) if len(set(labels)) == 1 else None
        self.penalty = float("nan")
        if self._only is None:
            errors = [_errors(kernel, labels, cell.groups, C) for C in PENALTIES]
            self.penalty = PENALTIES[int(np.argmin(errors))]
            self._machine = _machine(self.penalty).fit(kernel, labels)
            self.n_parameters = int(self._machine.dual_coef_.size)

    def _predict(self, rows: Rows) -> NDArray[np.str_]:
        if self._only is not None:
            return np.full(len(rows), self._only)
        kernel = _kernel(_means(rows.shots, self._shots), _own(rows.shots), self._inner)
        return np.asarray(self._machine.predict(kernel), dtype=np.str_)


def _machine(penalty: float) -> Any:
    from sklearn.svm import SVC

    return SVC(C=penalty, kernel="precomputed")


def _errors(
    kernel: Floats, labels: NDArray[np.str_], groups: NDArray[np.int64], penalty: float
) -> int:
    """Held-out rows that are told wrong."""
    wrong = 0
    for out in fold_masks(groups, FOLDS):
        if len(set(labels[~out])) < 2:
            wrong += int(np.sum(labels[out] != labels[~out][0])) if (~out).any() else 0
            continue
        machine = _machine(penalty).fit(kernel[np.ix_(~out, ~out)], labels[~out])
        wrong += int(np.sum(machine.predict(kernel[np.ix_(out, ~out)]) != labels[out]))
    return wrong


def _kernel(means: Floats, left: Floats, right: Floats) -> Floats:
    """exp(τ (mean − half of both own means)): 1 for states whose means are alike."""
    return np.asarray(np.exp(TAU * (means - 0.5 * (left[:, None] + right))))


def _means(left: NDArray[np.uint8], right: NDArray[np.uint8]) -> Floats:
    """1/T² Σ_tt' exp(γ/N Σ_i tr σσ') of every two rows, float64 (R, S)."""
    n_shots, n_sites = right.shape[1:]
    flat = _snapshots(right.reshape(-1, n_sites))
    per_block = max(1, _BLOCK // n_shots) * n_shots
    out = np.empty((len(left), len(right)))
    for r, row in enumerate(left):
        mine = _snapshots(row)
        for start in range(0, len(flat), per_block):
            part = np.exp(GAMMA / n_sites * (mine @ flat[start : start + per_block].T))
            sums = part.sum(axis=0, dtype=np.float64).reshape(-1, n_shots).mean(axis=1)
            at = start // n_shots
            out[r, at : at + len(sums)] = sums / len(row)
    return out


def _own(shots: NDArray[np.uint8]) -> Floats:
    """The mean of each row with itself over t ≠ t', float64 (R,)."""
    n_shots, n_sites = shots.shape[1:]
    out = np.empty(len(shots))
    for r, row in enumerate(shots):
        mine = _snapshots(row)
        part = np.exp(GAMMA / n_sites * (mine @ mine.T)).astype(np.float64)
        np.fill_diagonal(part, 0.0)
        out[r] = part.sum() / max(1, n_shots * (n_shots - 1))
    return out


def _snapshots(tokens: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Vectors whose product is Σ_i tr σ_i σ_i': ½ + (9/2) (Bloch vectors' product) a site."""
    n_shots, n_sites = tokens.shape
    out = np.zeros((n_shots, n_sites, 4), dtype=np.float32)
    basis, sign = tokens // 2, 1.0 - 2.0 * (tokens % 2)
    np.put_along_axis(out, basis[:, :, None].astype(np.intp), (np.sqrt(4.5) * sign)[..., None], 2)
    out[:, :, 3] = np.sqrt(0.5)
    return out.reshape(n_shots, -1)
