"""Messages along the couplings of a Hamiltonian."""

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn


class GraphNetwork(nn.Module):
    """h_v ← h_v + relu(U h_v + V Σ_u relu(W h_u + W' h_v + E x_uv)) / √rounds, then `head`.

    The sum runs over edges at v and is divided by the root of their mean number; x_uv is the same
    in both directions. Nothing depends on how sites are numbered, apart from the head.

    Args:
        edges: sites of the edges, int64 (2, E).
        n_sites: N.
        features: of a node and of an edge.
        head: (B, N, width) → (B, outputs).
        width: of h.
        rounds: of messages, so many edges an output sees around its sites.
    """

    start: Tensor
    stop: Tensor

    def __init__(
        self,
        edges: NDArray[np.int64],
        n_sites: int,
        features: tuple[int, int],
        head: nn.Module,
        *,
        width: int,
        rounds: int,
    ) -> None:
        super().__init__()
        self.at(edges)
        degree = 2.0 * edges.shape[1] / n_sites
        self.entrance = nn.Linear(features[0], width)
        self.rounds = nn.ModuleList(_Round(features[1], width, degree) for _ in range(rounds))
        self.head = head
        self.step = 1.0 / math.sqrt(rounds)

    def at(self, edges: NDArray[np.int64]) -> None:
        """The graph that is answered for; another one than in training, if need be."""
        both = torch.from_numpy(edges)
        self.register_buffer("start", torch.cat([both[0], both[1]]), persistent=False)
        self.register_buffer("stop", torch.cat([both[1], both[0]]), persistent=False)

    def forward(self, nodes: Tensor, couplings: Tensor) -> Tensor:
        """Float32 (B, N, F) and (B, E, G) → (B, outputs)."""
        h = torch.relu(self.entrance(nodes))
        twice = torch.cat([couplings, couplings], dim=1)
        for one in self.rounds:
            h = h + one(h, twice, self.start, self.stop) * self.step
        outputs: Tensor = self.head(h)
        return outputs


class _Round(nn.Module):
    """One round of messages, and what they change."""

    def __init__(self, couplings: int, width: int, mean_degree: float) -> None:
        super().__init__()
        self.unit = 1.0 / math.sqrt(max(1.0, mean_degree))
        self.sender = nn.Linear(width, width)
        self.receiver = nn.Linear(width, width, bias=False)
        self.edge = nn.Linear(couplings, width, bias=False)
        self.own = nn.Linear(width, width)
        self.heard = nn.Linear(width, width, bias=False)

    def forward(self, h: Tensor, x: Tensor, start: Tensor, stop: Tensor) -> Tensor:
        sent = torch.relu(self.sender(h)[:, start] + self.receiver(h)[:, stop] + self.edge(x))
        heard = torch.zeros_like(h).index_add(1, stop, sent)
        return torch.relu(self.own(h) + self.heard(heard * self.unit))
