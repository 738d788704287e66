"""Hamiltonians that nobody measured, made of measured ones, and which labels of theirs to keep."""

import numpy as np
from numpy.typing import NDArray

from baselines.inputs.features import Channels

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PARTNERS = 5  # rows most alike in their values as a whole, one of which gives the right part


def spliced(given: Channels, count: int, rng: np.random.Generator) -> Channels:
    """Chains whose left part is that of one row and whose right part is that of another.

    Where couplings are drawn independently they have the distribution of the rows themselves. Where
    rows differ in a number as a whole, the two parts come from rows of nearly the same one.

    Args:
        given: of R rows; two at least.
        count: chains to make.
        rng: of rows and cuts.
    """
    spread = given.shared.std(axis=0)
    shared = given.shared / np.where(spread > 0.0, spread, 1.0)
    apart = np.square(shared[:, None] - shared[None]).sum(axis=2)
    np.fill_diagonal(apart, np.inf)
    near = apart.argsort(axis=1, kind="stable")[:, : min(PARTNERS, len(apart) - 1)]
    first = rng.integers(0, len(shared), count)
    second = near[first, rng.integers(0, near.shape[1], count)]
    cut = rng.integers(1, given.n_sites, count)[:, None]
    local = tuple(
        np.where(np.arange(part.shape[1]) < cut, part[first], part[second]) for part in given.local
    )
    # As `channels` has it: the row's own numbers, then the mean and the maximum of every channel.
    own = given.shared[first, : given.shared.shape[1] - 2 * len(local)]
    sums = [f(part, axis=1)[:, None] for part in local for f in (np.mean, np.max)]
    return Channels(given.n_sites, local, np.concatenate([own, *sums], axis=1))


def consistent(answers: Floats, share: float) -> Ints:
    """The rows on which learners agree best, int64, in order.

    Args:
        answers: float64 (C, R, K), of C learners, each shown other copies of the same states.
        share: of the rows, rounded up.
    """
    disagreement = answers.var(axis=0).mean(axis=1)
    best = disagreement.argsort(kind="stable")[: int(np.ceil(share * len(disagreement)))]
    return np.sort(best)
