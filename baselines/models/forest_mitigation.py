"""Noise undone by a random forest: from the row's noisy shadow and a guess of its parameters."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.inputs.mitigation import Mitigation
from baselines.inputs.pairs import layout
from baselines.linear.noisy_mix import Halves, bands
from baselines.linear.parameter_prior import ParameterPrior

Floats = NDArray[np.float64]

TREES = 50
LEAF = 0.05
"""Smallest leaf, as a share of the values that trees are grown on."""
MOST_VALUES = 20_000


class Model(Mitigation):
    """guess + forest(guess, raw estimate, its mean over the band, band, place), value by value.

    The forest of Liao et al., Nat. Mach. Intell. 6, 1478 (2024), with what they had of circuits
    replaced by a guess from the parameters, ridge regression as in `linear_mitigation`. What it is
    trained for is the same, too: the label with the channel inverted, of the half of the shots
    that it is not shown. So it sees half as many shots in training as at prediction.

    Args:
        seed: of trees, and of the values that they are grown on where there are more than
            `MOST_VALUES`.
    """

    title = "Noise mitigated by a random forest"
    is_random = True

    def _fit(self, cell: Cell) -> None:
        super()._fit(cell)
        self._layout = layout(cell.task, cell.config)
        halves = Halves.of(cell)
        self._prior: ParameterPrior | None = None
        if halves is None:
            return
        self._prior = ParameterPrior(cell.train, halves.wanted)
        self._bands = bands(self._layout, halves.raw.shape[1])
        guess = self._prior.held_out
        inputs = np.concatenate([self._inputs(guess, raw) for raw in halves.raw_halves])
        wanted = np.concatenate([(y - guess).ravel() for y in halves.wanted_halves[::-1]])
        if len(wanted) > MOST_VALUES:
            rng = np.random.default_rng(self.seed)
            kept = np.sort(rng.choice(len(wanted), MOST_VALUES, replace=False))
            inputs, wanted = inputs[kept], wanted[kept]
        self._forest = _grow(inputs, wanted, self.seed)
        leaves = sum(tree.get_n_leaves() for tree in self._forest.estimators_)
        self.n_parameters = self._prior.n_parameters + int(leaves)

    def _inputs(self, guess: Floats, raw: Floats) -> Floats:
        """Float64 (R·K, 5) of (R, K) both."""
        count = np.bincount(self._bands)
        sums = np.stack([np.bincount(self._bands, weights=row) for row in raw])
        mean = (sums / count.clip(1))[:, self._bands]
        place = np.broadcast_to(np.arange(raw.shape[1]), raw.shape)
        band = np.broadcast_to(self._bands, raw.shape)
        return np.stack([x.ravel() for x in (guess, raw, mean, band, place)], axis=1)

    def _predict(self, rows: Rows) -> NDArray[np.floating]:
        if self._prior is None:
            return self._target.to_label(self._undone(rows))
        guess = self._prior(rows)
        raw = self._layout.read(self._target.of_rows(rows))
        change = np.zeros_like(guess)
        if guess.size:
            change = self._forest.predict(self._inputs(guess, raw)).reshape(guess.shape)
        return self._target.to_label(self._layout.write(guess + change))


def _grow(inputs: Floats, wanted: Floats, seed: int) -> Any:
    from sklearn.ensemble import RandomForestRegressor

    leaf = max(1, round(LEAF * len(inputs)))
    return RandomForestRegressor(TREES, min_samples_leaf=leaf, random_state=seed).fit(
        inputs, wanted
    )
