"""A small network of its own for each pair, over the parameters near it."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.inputs.geometry import site_distances, support
from baselines.inputs.pairs import Pairs
from baselines.linear.smoothers import Scaler
from baselines.networks.network_baseline import Inputs, NetworkBaseline, check_at_least

if TYPE_CHECKING:
    from torch import nn


class Model(NetworkBaseline):
    """Parameters within `radius` steps of the pair → `depth` layers of tanh → the pair's label.

    Local by construction and nothing shared, after the deep networks of Wanner et al. (2024), in
    which every local observable has a network over the parameters near it; widths, optimiser and
    the ℓ₁ bound on the last layer of that work are not taken over.

    Args:
        seed: of folds, weights and batches.
        radius: steps from a site of the pair to all sites of a parameter, at most.
        depth: hidden layers.
        width: units of each.
        rate: learning rate.
    """

    title = "Local network for each pair"
    needs_hamiltonian = True
    needs_pairs = True

    def __init__(
        self,
        *,
        seed: int = 0,
        radius: int = 1,
        depth: int = 2,
        width: int = 8,
        rate: float = 1e-3,
    ) -> None:
        super().__init__(seed=seed, rate=rate)
        check_at_least("radius", radius, 0)
        check_at_least("depth", depth, 1)
        check_at_least("width", width, 1)
        self.radius, self.depth, self.width = radius, depth, width

    def _open(self, cell: Cell) -> None:
        self._scaler = Scaler(cell.parameters)
        pairs = Pairs.of(cell.task, cell.config)
        self._entries = _near(cell, pairs, self.radius, self._scaler.used)

    def _inputs(self, rows: Rows) -> Inputs:
        scaled = self._scaler(rows.parameters)
        # The last column is 0: it fills up the lists of pairs with fewer parameters.
        padded = np.pad(scaled, ((0, 0), (0, 1))).astype(np.float32)
        return (padded[:, self._entries],)

    def _build(self, inputs: Inputs, outputs: int, pairs: Pairs | None) -> "nn.Module":
        from baselines.networks.local_network import LocalNetworks

        return LocalNetworks(outputs, inputs[0].shape[2], width=self.width, depth=self.depth)


def _near(cell: Cell, pairs: Pairs, radius: int, used: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Columns of the standardised parameters that each pair sees, int64 (K, F)."""
    terms, far = support(cell.family, cell.size), site_distances(cell.family, cell.size)
    near = np.zeros((len(used), cell.size.sites), dtype=np.bool_)
    near[terms.entry] = (far[terms.sites] <= radius).all(axis=1)
    near[terms.common] = True
    near = near[used]
    seen = (near[:, pairs.sites[:, 0]] | near[:, pairs.sites[:, 1]]).T
    most = int(seen.sum(axis=1).max(initial=0))
    order = np.argsort(~seen, axis=1, kind="stable")[:, :most]
    return np.where(np.take_along_axis(seen, order, axis=1), order, used.sum())
