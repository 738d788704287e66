"""Message passing over the coupling graph, on chains and lattices."""

import copy
from typing import TYPE_CHECKING, Any, cast

from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.inputs.graph_inputs import CouplingGraph
from baselines.inputs.pairs import Pairs
from baselines.networks.network_baseline import Inputs, NetworkBaseline, check_at_least
from builders.dataset.config import Config
from leaderboard.kinds.task import Task

if TYPE_CHECKING:
    from torch import nn


class Model(NetworkBaseline):
    """Fields on sites and couplings on edges → rounds of messages → each pair from its two sites.

    Weights are shared over sites, edges and pairs of like distance, so that reflections of a chain
    and the symmetries of a lattice are kept, and the same network answers at any size.

    Args:
        seed: of folds, weights and batches.
        rounds: of messages.
        width: features of a site.
        rate: learning rate.
    """

    title = "Message passing over the coupling graph"
    shared = True
    needs_hamiltonian = True
    needs_pairs = True
    any_size = True

    def __init__(
        self, *, seed: int = 0, rounds: int = 3, width: int = 8, rate: float = 3e-3
    ) -> None:
        super().__init__(seed=seed, rate=rate)
        check_at_least("rounds", rounds, 1)
        check_at_least("width", width, 1)
        self.rounds, self.width = rounds, width

    def _open(self, cell: Cell) -> None:
        self._graph = CouplingGraph(cell.family, cell.size, (cell.size, cell.parameters))

    def _move(self, task: Task, config: Config) -> None:
        assert self._pairs is not None
        self._base, self._scale = (self._pairs.carry(x, config) for x in (self._base, self._scale))
        self._pairs = self._layout = Pairs.of(task, config)
        self._graph = CouplingGraph(config.family, config.size, self._graph.reference)
        self._members = copy.deepcopy(self._members)
        for member in self._members:
            network = cast("Any", member.network)
            network.at(self._graph.edges)
            network.head.at(self._pairs)

    def _inputs(self, rows: Rows) -> Inputs:
        return self._graph(rows.parameters)

    def _build(self, inputs: Inputs, outputs: int, pairs: Pairs | None) -> "nn.Module":
        from baselines.networks.graph_network import GraphNetwork
        from baselines.networks.plain_networks import SharedPairs

        assert pairs is not None
        features = (inputs[0].shape[2], inputs[1].shape[2])
        head = SharedPairs(pairs, self.width)
        shape = {"width": self.width, "rounds": self.rounds}
        return GraphNetwork(self._graph.edges, pairs.n_sites, features, head, **shape)
