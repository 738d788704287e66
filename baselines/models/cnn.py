"""Convolutions along the chain, each pair read off its two sites."""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.inputs.features import SiteChannels
from baselines.inputs.pairs import Pairs
from baselines.inputs.signed_shots import site_means
from baselines.networks.network_baseline import Inputs, NetworkBaseline, check_at_least

if TYPE_CHECKING:
    from torch import nn


class Model(NetworkBaseline):
    """Parameters as channels of sites → `depth` convolutions over three sites → labels or classes.

    A pair's label is linear in the features of its two sites and their products, with weights of
    its own; a class, in the mean over sites. So an output sees `depth` sites around its own.
    The CNN of arXiv 2505.13852, which has 4 layers; kernels, widths, the last layer, the
    optimiser and how measurements enter were not found in print and are ours.

    Args:
        seed: of folds, weights and batches.
        depth: convolutions.
        width: channels of each.
        residual: whether every convolution after the first adds to its input.
        rate: learning rate.
    """

    title = "Convolutional network"
    answers = ("regression", "classification")
    needs_chain = True

    def __init__(
        self,
        *,
        seed: int = 0,
        depth: int = 4,
        width: int = 32,
        residual: bool = True,
        rate: float = 1e-3,
    ) -> None:
        super().__init__(seed=seed, rate=rate)
        check_at_least("depth", depth, 1)
        check_at_least("width", width, 1)
        self.depth, self.width, self.residual = depth, width, residual

    def _open(self, cell: Cell) -> None:
        self._channels = SiteChannels(cell.family, cell.size, cell.parameters)

    def _inputs(self, rows: Rows) -> Inputs:
        parts = [self._channels(rows.parameters)]
        if self.uses_test_shots:
            parts.append(site_means(rows.shots))
        return (np.concatenate(parts, axis=1, dtype=np.float32),)

    def _build(self, inputs: Inputs, outputs: int, pairs: Pairs | None) -> "nn.Module":
        from baselines.networks.plain_networks import Convolution, OwnPairs, WholeChain

        whole = partial(WholeChain, self.width, outputs, silent=self._is_silent)
        head = whole() if pairs is None else OwnPairs(pairs, self.width)
        shape = {"width": self.width, "depth": self.depth}
        return Convolution(inputs[0].shape[1], head, residual=self.residual, **shape)
