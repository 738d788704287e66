"""Shadows drawn from a trained network, one site after the other, all shots at once."""

from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from baselines.tokens.token_network import BASES, START, Cache, TokenNetwork

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class DrawnShadows:
    """S shots of one row, and what was expected at each site before it was measured.

    Attributes:
        tokens: int64 (S, N), 0..5, in the order in which sites were measured.
        means: float64 (S, N, 3), ⟨X⟩, ⟨Y⟩, ⟨Z⟩ given the outcomes at the sites before.
        place: int64 (N,), the site that was measured first, second, …; along the chain if empty.
    """

    tokens: NDArray[np.int64]
    means: Floats
    place: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    @property
    def sites(self) -> NDArray[np.int64]:
        """`place`, whole."""
        return self.place if len(self.place) else np.arange(self.tokens.shape[1])

    def along_chain(self) -> NDArray[np.int64]:
        """The tokens in the order of the sites, int64 (S, N)."""
        return self.tokens[:, np.argsort(self.sites)]

    @property
    def bases(self) -> NDArray[np.bool_]:
        """Whether the site was measured in that basis, (S, N, 3)."""
        return np.asarray(np.arange(BASES) == (self.tokens // 2)[..., None])

    def signs(self) -> Floats:
        """Outcomes ±1 in each basis, 0 where another one was measured, float64 (S, N, 3)."""
        return np.asarray(self.bases * (1.0 - 2.0 * (self.tokens % 2))[..., None])


def bases_and_chances(shots: int, sites: int, seed: int) -> tuple[Tensor, Tensor]:
    """Bases 0..2, int64 (S, N), and uniform numbers, float32 (S, N).

    All rows are drawn with the same ones, so that a row's answer does not depend on the others
    and differences between Hamiltonians are not blurred by chance.
    """
    rng = np.random.default_rng([seed, 3])
    bases = rng.integers(0, BASES, (shots, sites))
    return torch.from_numpy(bases), torch.from_numpy(rng.random((shots, sites), dtype=np.float32))


@torch.no_grad()
def draw(network: TokenNetwork, views: Tensor, bases: Tensor, chances: Tensor) -> DrawnShadows:
    """Measure one Hamiltonian's state as the network knows it, site by site.

    Args:
        network: trained.
        views: float32 (N, features), of the row.
        bases: int64 (S, N).
        chances: float32 (S, N); bit 0 where it is below the probability of +1.
    """
    shots, sites = bases.shape
    cache = Cache(len(network.blocks))
    token = torch.full((shots,), START, device=views.device)
    tokens, means = [], []
    for site in range(sites):
        probability = torch.sigmoid(network.step(token, views, site, cache))
        basis = bases[:, site].to(views.device)
        up = probability.gather(1, basis[:, None])[:, 0]
        token = 2 * basis + (chances[:, site].to(views.device) >= up)
        tokens.append(token)
        means.append(2.0 * probability - 1.0)
    expected = torch.stack(means, 1).cpu().numpy().astype(np.float64)
    return DrawnShadows(torch.stack(tokens, 1).cpu().numpy(), expected)
