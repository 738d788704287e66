"""Message passing over a weighted graph, pooled to its angles."""

import copy
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from baselines.inputs.graphs import weights_of
from baselines.inputs.pairs import Pairs
from baselines.networks.network_baseline import Inputs, NetworkBaseline, check_at_least
from builders.dataset.config import Config
from leaderboard.kinds.task import Task

if TYPE_CHECKING:
    from torch import nn


class Model(NetworkBaseline):
    """Σ_j w_ij² of a vertex and the weights of all pairs → rounds of messages → mean over vertices.

    Args:
        seed: of folds, weights and batches.
        rounds: of messages.
        width: features of a vertex.
        rate: learning rate.
    """

    title = "Message passing over a weighted graph"
    records = ("nothing",)
    needs_graph = True
    any_size = True

    def __init__(
        self, *, seed: int = 0, rounds: int = 3, width: int = 12, rate: float = 3e-3
    ) -> None:
        super().__init__(seed=seed, rate=rate)
        check_at_least("rounds", rounds, 1)
        check_at_least("width", width, 1)
        self.rounds, self.width = rounds, width

    def _open(self, cell: Cell) -> None:
        self._pairs_of = np.stack(np.triu_indices(cell.size.sites, 1))
        self._strength = float((weights_of(cell.train) ** 2).sum(axis=2).mean())

    def _move(self, task: Task, config: Config) -> None:
        self._pairs_of = np.stack(np.triu_indices(config.size.sites, 1))
        self._members = copy.deepcopy(self._members)
        for member in self._members:
            cast("Any", member.network).at(self._pairs_of)

    def _inputs(self, rows: Rows) -> Inputs:
        weights = weights_of(rows)
        nodes = (weights**2).sum(axis=2, keepdims=True) / self._strength - 1.0
        u, v = self._pairs_of
        edge = weights[:, u, v]
        # What is no edge sends another message, and is divided by a number of its own.
        return nodes.astype(np.float32), np.stack([edge, edge != 0], axis=2).astype(np.float32)

    def _build(self, inputs: Inputs, outputs: int, pairs: Pairs | None) -> "nn.Module":
        from baselines.networks.graph_network import GraphNetwork
        from baselines.networks.plain_networks import WholeChain

        features = (inputs[0].shape[2], inputs[1].shape[2])
        head = WholeChain(self.width, outputs, silent=True)
        shape = {"width": self.width, "rounds": self.rounds}
        return GraphNetwork(self._pairs_of, inputs[0].shape[1], features, head, **shape)
