"""Ridge regression with columns free of the penalty, judged by leaving out groups of rows."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from baselines.inputs.folds import members

Floats = NDArray[np.float64]

PENALTIES = tuple(10.0**k for k in range(-8, 5))
"""In units of the largest squared singular value; the largest leaves the free columns alone."""
_RANK = 1e-9  # singular values below, of the largest, are rounding
_LEAST = 1e-9  # of 1 − leverage


class GroupedRidge:
    """y = F·a + X·b, |b|² penalised; the penalty is that of the smallest leave-group-out error.

    Rows of one evolution share their couplings: left out one at a time, the others would tell.

    Args:
        free: F, float64 (n, q), columns without penalty.
        inputs: X, float64 (n, p).
        values: y, float64 (n, K).
        groups: int64 (n,), rows that are left out together, see `Rows.groups`.
        penalties: to choose from.

    Attributes:
        held_out: float64 (n, K), every row predicted without its group; 0 in directions that the
            others leave open.
        error: mean square of values less `held_out`.
        penalty: chosen.
        n_parameters: q·K + p·K.
    """

    def __init__(
        self,
        free: Floats,
        inputs: Floats,
        values: Floats,
        groups: NDArray[np.int64],
        penalties: Sequence[float] = PENALTIES,
    ) -> None:
        basis, size, turn = np.linalg.svd(free, full_matrices=False)
        kept = size > _RANK * size.max(initial=0.0)
        basis, size, turn = basis[:, kept], size[kept], turn[kept]
        rest = inputs - basis @ (basis.T @ inputs)
        left, spread, right = np.linalg.svd(rest, full_matrices=False)
        kept = spread > _RANK * np.linalg.norm(inputs)
        left, spread, right = left[:, kept], spread[kept], right[kept]
        together = members(groups)
        plain = values - basis @ (basis.T @ values)
        inside = left.T @ values
        self.error, self.penalty = np.inf, float("nan")
        for penalty in penalties:
            scaled = penalty * spread.max(initial=0.0) ** 2
            shrink = spread**2 / (spread**2 + scaled) if spread.size else spread
            residual = plain - left @ (shrink[:, None] * inside)
            held = np.empty_like(values)
            for rows in together:
                u, q = left[rows], basis[rows]
                kept_share = np.eye(len(rows)) - q @ q.T - (u * shrink) @ u.T
                w, v = np.linalg.eigh(kept_share)
                is_open = (w < _LEAST)[:, None]
                missed = (v.T @ residual[rows]) / w.clip(_LEAST)[:, None]
                held[rows] = values[rows] - v @ np.where(is_open, v.T @ values[rows], missed)
            error = float(np.mean((values - held) ** 2))
            # A tie goes to the larger penalty.
            if error <= self.error:
                self.error, self.penalty, self.held_out = error, penalty, held
                gain = shrink / spread if spread.size else spread
                self._slopes = right.T @ (gain[:, None] * inside)
        offsets = values - inputs @ self._slopes
        self._free = turn.T @ ((basis.T @ offsets) / size[:, None])
        self.n_parameters = self._free.size + self._slopes.size

    def __call__(self, free: Floats, inputs: Floats) -> Floats:
        """Float64 (R, q) and (R, p) → (R, K)."""
        return np.asarray(free @ self._free + inputs @ self._slopes)
