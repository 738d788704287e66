"""A perceptron from the flat parameter vector to all labels at once."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.inputs.pairs import Pairs
from baselines.inputs.signed_shots import site_means
from baselines.linear.smoothers import Scaler
from baselines.networks.network_baseline import Inputs, NetworkBaseline, check_at_least

if TYPE_CHECKING:
    from torch import nn


class Model(NetworkBaseline):
    """Standardised parameters → `depth` hidden layers of ReLU → one output a label or class.

    The MLP of arXiv 2505.13852, which has 4 layers and is compared there at other depths; widths,
    optimiser and how measurements enter were not found in print and are ours. So are the base and
    the stopping, see `NetworkBaseline`, which let it fall back to the training mean.

    Args:
        seed: of folds, weights and batches.
        depth: hidden layers.
        width: units of each.
        residual: whether every hidden layer after the first adds to its input.
        rate: learning rate.
    """

    title = "Multilayer perceptron"
    answers = ("regression", "classification")

    def __init__(
        self,
        *,
        seed: int = 0,
        depth: int = 4,
        width: int = 128,
        residual: bool = True,
        rate: float = 1e-3,
    ) -> None:
        super().__init__(seed=seed, rate=rate)
        check_at_least("depth", depth, 1)
        check_at_least("width", width, 1)
        self.depth, self.width, self.residual = depth, width, residual

    def _open(self, cell: Cell) -> None:
        self._scaler = Scaler(cell.parameters)

    def _inputs(self, rows: Rows) -> Inputs:
        parts: list[NDArray[np.floating]] = [self._scaler(rows.parameters)]
        if self.uses_test_shots:
            parts.append(site_means(rows.shots).reshape(len(rows), -1))
        return (np.concatenate(parts, axis=1, dtype=np.float32),)

    def _build(self, inputs: Inputs, outputs: int, pairs: Pairs | None) -> "nn.Module":
        from baselines.networks.plain_networks import Perceptron

        return Perceptron(
            inputs[0].shape[1],
            outputs,
            width=self.width,
            depth=self.depth,
            residual=self.residual,
            silent=self._is_silent,
        )
