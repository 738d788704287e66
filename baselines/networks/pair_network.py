"""A small network shared over all pairs of sites, several members side by side.

Kept apart from the model's training loop: this is the function, that is how it is learnt.
"""

import math
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from baselines.inputs.pairs import Pairs

COMPONENTS = 8  # numbers that a site's view is condensed to
KERNELS = 4  # groups of components, each with its own weight as a function of distance
NEAREST = 6  # distances that have a feature of their own


class PairNetwork(nn.Module):
    """r_ij = Σ_c a_c(d) (u_c + v_c) + Σ_m b_m(d) Σ_{c in group m} u_c v_c, with d = j − i.

    u = encoder(right view of i) and v = encoder(left view of j): one encoder for all sites and
    both directions, so that r does not change when the chain is reflected. Products of site
    numbers are what far correlations are made of; near pairs lie in both windows. a and b come
    from a second small network fed with d.

    All weights have a leading axis over `members`, which never mix.
    """

    def __init__(
        self, pairs: Pairs, features: int, members: int, hidden: int, rng: torch.Generator
    ) -> None:
        super().__init__()
        self.members = members
        self.at(pairs)
        widths = (features, hidden, COMPONENTS)
        self.encoder = _layers(members, widths, rng)
        self.curves = _layers(members, (self.table.shape[2], 8, COMPONENTS + KERNELS), rng)

    def at(self, pairs: Pairs) -> None:
        """The pairs that are answered for; of another size, if need be."""
        self.pairs = pairs
        table = _distance_features(int(pairs.distance.max()), pairs.n_sites)
        self.table = table.expand(self.members, -1, -1)

    def forward(self, right: Tensor, left: Tensor) -> Tensor:
        """The relative corrections of B rows a member.

        Args:
            right: float32 (members, B, N, F).
            left: likewise.

        Returns:
            float32 (members, B, N, N), meant for i < j, or (members, B, N − 1).
        """
        u, v = self._encode(right), self._encode(left)
        curves = _apply(self.curves, self.table)
        return self._matrix(u, v, curves) if self.pairs.is_matrix else self._bonds(u, v, curves)

    def _encode(self, views: Tensor) -> Tensor:
        members, rows, sites, _ = views.shape
        flat = _apply(self.encoder, views.flatten(1, 2))
        return flat.reshape(members, rows, sites, COMPONENTS)

    def _matrix(self, u: Tensor, v: Tensor, curves: Tensor) -> Tensor:
        n = u.shape[2]
        sites = torch.arange(n)
        index = (sites[None, :] - sites[:, None]).clamp(min=1) - 1
        by_pair = curves[:, index]
        a, b = by_pair[..., :COMPONENTS], by_pair[..., COMPONENTS:]
        out = torch.einsum("kbic,kijc->kbij", u, a) + torch.einsum("kbjc,kijc->kbij", v, a)
        for m in range(KERNELS):
            products = u[..., m::KERNELS] @ v[..., m::KERNELS].transpose(-1, -2)
            out = out + products * b[:, None, :, :, m]
        return out

    def _bonds(self, u: Tensor, v: Tensor, curves: Tensor) -> Tensor:
        u, v = u[:, :, :-1], v[:, :, 1:]
        a, b = curves[:, None, None, 0, :COMPONENTS], curves[:, None, None, 0, COMPONENTS:]
        groups = (u * v).reshape(*u.shape[:-1], -1, KERNELS).sum(dim=-2)
        return ((u + v) * a).sum(dim=-1) + (groups * b).sum(dim=-1)


def _layers(members: int, widths: tuple[int, ...], rng: torch.Generator) -> nn.ParameterList:
    weights = nn.ParameterList()
    for inputs, outputs in pairwise(widths):
        start = torch.empty(members, inputs, outputs)
        weights.append(nn.Parameter(start.uniform_(-1, 1, generator=rng) / math.sqrt(inputs)))
        weights.append(nn.Parameter(torch.zeros(members, 1, outputs)))
    return weights


def _apply(weights: nn.ParameterList, x: Tensor) -> Tensor:
    """A perceptron of two layers: (members, ·, inputs) → (members, ·, outputs)."""
    first, first_bias, second, second_bias = weights
    return torch.baddbmm(second_bias, functional.gelu(torch.baddbmm(first_bias, x, first)), second)


def _distance_features(longest: int, n_sites: int) -> Tensor:
    d = torch.arange(1, longest + 1, dtype=torch.float32)
    sign = 1.0 - 2.0 * (d % 2)
    near = [(d == k).float() for k in range(1, NEAREST + 1)]
    return torch.stack([1 / d, d.log(), d / n_sites, sign, sign / d, *near], dim=1)
