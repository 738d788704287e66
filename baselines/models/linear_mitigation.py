"""Noise undone by what is learnt: a linear mix of the row's noisy shadow and its parameters."""

import numpy as np
from numpy.typing import NDArray

from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.inputs.mitigation import Mitigation
from baselines.inputs.pairs import layout
from baselines.linear.noisy_mix import Halves, NoisyMix, bands
from baselines.linear.parameter_prior import ParameterPrior


class Model(Mitigation):
    """c + u · (ridge on the parameters) + v · (shadow from the row's noisy shots).

    Learning-based mitigation (Czarnik et al., Quantum 5, 592 (2021); Liao et al., Nat. Mach.
    Intell. 6, 1478 (2024)) learns ideal values from noisy ones and parameters on circuits whose
    ideal values are known. Here no label of a training row is known better than its shots tell it:
    ideal values are the estimates with the channel inverted, unbiased, from the half of the shots
    that the model is not shown. What is won over `readout_mitigation` is spread: c, u and v are
    the best linear mix for M shots (`baselines.linear.noisy_mix`), one for pairs of like distance.
    With fewer than four training rows or shots the channel is inverted and nothing is learnt.
    """

    title = "Noise mitigated by a learnt linear mix"

    def _fit(self, cell: Cell) -> None:
        super()._fit(cell)
        self._layout = layout(cell.task, cell.config)
        halves = Halves.of(cell)
        self._learnt: tuple[ParameterPrior, NoisyMix] | None = None
        if halves is None:
            return
        prior = ParameterPrior(cell.train, halves.wanted)
        mix = NoisyMix(halves, prior, bands(self._layout, halves.raw.shape[1]))
        self._learnt = prior, mix
        self.n_parameters = prior.n_parameters + mix.weights.size

    def _predict(self, rows: Rows) -> NDArray[np.float64]:
        if self._learnt is None:
            return self._target.to_label(self._undone(rows))
        prior, mix = self._learnt
        raw = self._layout.read(self._target.of_rows(rows))
        return self._target.to_label(self._layout.write(mix(prior(rows), raw)))
