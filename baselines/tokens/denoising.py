"""Outcomes as the end of a denoising process: all unknown at first, then known round by round.

The noise is that which erases. At time t of [0, 1] each outcome has been erased with probability
t, so that nothing is left at t = 1; going back, an outcome that comes to be known has the
probability given those that are. Every order in which sites come to be known is learnt at once,
and none is preferred.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from baselines.tokens.token_network import START, TokenNetwork, surprise
from baselines.tokens.token_sampling import DrawnShadows

ERASED = START


def erased_outcomes(
    network: TokenNetwork, tokens: Tensor, views: Tensor, rng: np.random.Generator
) -> Tensor:
    """Mean −ln p of an erased outcome given the others, nats, as many erased as there may be.

    With k of N sites erased, k uniform on 1 … N, the mean over the erased ones is a bound of
    −ln p(all outcomes)/N, and equal to it if the network is right: it is the mean over all orders
    of Σ_j −ln p(j | those before in the order)/N.
    """
    shots, sites = tokens.shape
    order = rng.random((shots, sites)).argsort(axis=1)
    count = rng.integers(1, sites + 1, (shots, 1))
    erased = torch.from_numpy(order < count).to(tokens.device)
    cost = surprise(network(tokens.masked_fill(erased, ERASED), views), tokens)
    return ((cost * erased).sum(dim=1) / erased.sum(dim=1)).mean()


def rounds_of(sites: int, rounds: int, seed: int) -> NDArray[np.int64]:
    """In which round each site comes to be known, int64 (N,).

    Those of one round are `rounds` sites apart, since they are drawn as if they had nothing to do
    with one another; which come first is drawn.
    """
    order = np.random.default_rng([seed, 5]).permutation(min(rounds, sites))
    return np.asarray(order[np.arange(sites) % len(order)])


@torch.no_grad()
def draw_in_rounds(
    network: TokenNetwork, views: Tensor, bases: Tensor, chances: Tensor, when: NDArray[np.int64]
) -> DrawnShadows:
    """Shots of one Hamiltonian's state as the network knows it.

    Args:
        network: trained, not causal.
        views: float32 (N, features), of the row.
        bases: int64 (S, N).
        chances: float32 (S, N); bit 0 where it is below the probability of +1.
        when: int64 (N,), the round of each site.
    """
    bases, chances = bases.to(views.device), chances.to(views.device)
    tokens, means = torch.full_like(bases, ERASED), torch.zeros(*bases.shape, 3)
    given = views.expand(len(bases), -1, -1)
    for now in range(int(when.max()) + 1):
        sites = torch.from_numpy(np.flatnonzero(when == now)).to(views.device)
        probability = torch.sigmoid(network(tokens, given)[:, sites])
        up = probability.gather(2, bases[:, sites, None])[..., 0]
        tokens[:, sites] = 2 * bases[:, sites] + (chances[:, sites] >= up)
        means[:, sites] = 2.0 * probability.cpu() - 1.0
    place = np.argsort(when, kind="stable")
    drawn = tokens.cpu().numpy()[:, place]
    return DrawnShadows(drawn, means.numpy().astype(np.float64)[:, place], place)
