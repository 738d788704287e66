"""What short windows of a chain say of its evolution, and what they leave learnt."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.contract.targets import Target
from baselines.inputs.pairs import layout
from baselines.linear.noisy_mix import bands
from baselines.models import short_time_ed
from leaderboard.kinds.evolutions import Evolutions

Floats = NDArray[np.float64]
SHORTER = 2
"""Sites that the second windows lack; what that changes tells where windows are too short."""


class Model(short_time_ed.Model):
    """w + a·w + b·v + c·⟨w⟩ + d·⟨v⟩, one (a, b, c, d) for each time and band of distances.

    w is the answer of `short_time_ed`, v what it is more than that of windows two sites shorter,
    ⟨·⟩ the mean over training rows of that time. Least squares on the training labels, with a
    penalty that expects a correction of the size of v: none where windows have converged, so that
    the noise of labels is not learnt there. Times that no training row has take what was learnt for
    the nearest one.

    Args:
        seed: of nothing.
        length: sites of a window, as in `short_time_ed`.
    """

    title = "Exact evolution of short windows, corrected by ridge regression"
    entry_class = "hybrid"
    uses_labels = True
    needs_trajectory = True

    def _fit(self, cell: Cell) -> None:
        super()._fit(cell)
        self._target, self._layout = Target.of(cell), layout(cell.task, cell.config)
        # Windows look at no labels, and are the same whatever these are.
        plain = replace(cell, mitigated=False, known={})
        lengths = (self.length, max(2, self.length - SHORTER))
        self._windows = [short_time_ed.Model(length=length).fit(plain) for length in lengths]
        trajectory = np.zeros(cell.n, np.int64) if cell.trajectory is None else cell.trajectory
        self._evolutions = Evolutions.of(cell.parameters, trajectory)
        times = self._times(cell.train)
        self._known = np.unique(times)
        wanted = self._layout.read(self._target.training(cell))
        w, v = self._seen(cell.train)
        bands_of = bands(self._layout, w.shape[1])
        self._groups = [bands_of == band for band in np.unique(bands_of)]
        self._corrections = {
            (k, g): _Correction(w[at][:, there], v[at][:, there], wanted[at][:, there])
            for k, time in enumerate(self._known)
            for g, there in enumerate(self._groups)
            for at in (times == time,)
        }
        self.n_parameters = 4 * len(self._corrections)

    def _times(self, rows: Rows) -> Floats:
        return np.round(self._evolutions.times(rows.parameters), 6)

    def _seen(self, rows: Rows) -> tuple[Floats, Floats]:
        """Of rows: w and v, float64 (R, K)."""
        answers = [model.predict(rows).astype(np.float64) for model in self._windows]
        longer, shorter = (self._layout.read(self._target.of_label(a)) for a in answers)
        return longer, longer - shorter

    def _predict(self, rows: Rows) -> Floats:
        w, v = self._seen(rows)
        nearest = np.abs(self._times(rows)[:, None] - self._known).argmin(axis=1)
        found = w.copy()
        for (k, g), correction in self._corrections.items():
            part = np.ix_(nearest == k, self._groups[g])
            found[part] += correction(w[part], v[part])
        return self._target.to_label(self._layout.write(found))


class _Correction:
    """a·w + b·v + c·⟨w⟩ + d·⟨v⟩ of one time and band, float64 (R, K) all."""

    def __init__(self, w: Floats, v: Floats, wanted: Floats) -> None:
        self._means = w.mean(axis=0), v.mean(axis=0)
        # In these units each weight is expected to be of order one at most.
        size = float(np.sqrt(np.mean(w**2)))
        self._unit = float(np.sqrt(np.mean(v**2))) / size if size else 0.0
        self._weights: Floats = np.zeros(4)
        columns, rest = self._columns(w, v), (wanted - w).ravel()
        # Where weights are 0, all of the rest is noise.
        penalty = float(rest.var())
        if penalty:
            left = columns.T @ columns + penalty * np.eye(4)
            self._weights = np.asarray(np.linalg.solve(left, columns.T @ rest), dtype=np.float64)

    def __call__(self, w: Floats, v: Floats) -> Floats:
        return np.asarray((self._columns(w, v) @ self._weights).reshape(w.shape))

    def _columns(self, w: Floats, v: Floats) -> Floats:
        ones, changes = (np.broadcast_to(mean, w.shape) for mean in self._means)
        every = (self._unit * w, v, self._unit * ones, changes)
        return np.stack([column.ravel() for column in every], axis=1)
