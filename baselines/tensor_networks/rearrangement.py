"""An order of the sites in which blocks of a tree are weakly joined to the rest.

The algorithm of Alexander, De La Vega, Razin, Cohen, NeurIPS 2023 (arXiv 2303.11249):
split the sites in two parts of given sizes with the least weight between them, and each part
again, until single windows are left. With `surrogate.correlations` as weights the cuts are
surrogate entanglements; with |couplings| they are those of the Hamiltonian. Here the sizes are
those of the blocks of the tree, the last of which may be shorter. A minimal cut of given sizes is
NP-hard: up to `EXACT` ways all are tried, beyond that Kernighan and Lin's exchanges (Bell System
Technical Journal 49, 291 (1970)) run from the order of the Fiedler vector and from random parts,
and the best end is taken. The authors take METIS.
"""

from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from baselines.tensor_networks.architecture import layers
from builders.core.errors import RequestError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

EXACT = 4000
"""Ways of taking a part that are all tried."""

_STARTS = 8  # random ones
_GAIN = 1e-12  # of the total weight: less is rounding


def rearranged(weights: Floats, window: int, seed: int = 0) -> Ints:
    """An order of the sites, int64 (N,): position k of the tree gets site order[k].

    Args:
        weights: of pairs of sites, (N, N), symmetric, none negative.
        window: of the tree.
        seed: of the random starts.

    Raises:
        RequestError: weights that are no such matrix, or a window below 2.
    """
    given = np.asarray(weights, dtype=np.float64)
    square = given.ndim == 2 and given.shape[0] == given.shape[1] >= 2
    if not square or not np.isfinite(given).all() or (given < 0).any() or (given != given.T).any():
        raise RequestError(
            f"weights of shape {given.shape}: a symmetric matrix (N, N) of finite numbers that are "
            "not negative is meant."
        )
    if window < 2:
        raise RequestError(f"{window=}; a window is at least 2.")
    clean = given - np.diag(np.diag(given))
    rng = np.random.default_rng(seed)
    depth = layers(len(given), window)
    return np.array(_order(clean, np.arange(len(given)), window, depth, rng), dtype=np.int64)


def least_cut(weights: Floats, size: int, rng: np.random.Generator) -> Ints:
    """The part of `size` sites with the least weight to the others, ascending; see the module.

    Of parts that are as light the one with the first sites in the order of the numbers.
    """
    n = len(weights)
    if comb(n, size) <= EXACT:
        parts = np.array(list(combinations(range(n), size)))
        inside = np.zeros((len(parts), n))
        np.put_along_axis(inside, parts, 1.0, axis=1)
        cuts = ((inside @ weights) * (1.0 - inside)).sum(axis=1)
        least: Ints = parts[np.argmax(cuts <= cuts.min() + _GAIN * weights.sum())]
        return least
    starts = [_fiedler(weights)[:size], *(rng.permutation(n)[:size] for _ in range(_STARTS))]
    ends = [_exchanged(weights, start) for start in starts]
    # An equal split has two names; the one with site 0 is taken.
    if 2 * size == n:
        ends = [end if 0 in end else np.setdiff1d(np.arange(n), end) for end in ends]
    return min(ends, key=lambda end: (round(_cut(weights, end), 12), tuple(end)))


def _order(
    weights: Floats, sites: Ints, window: int, depth: int, rng: np.random.Generator
) -> list[int]:
    """Sites of a block of scale `depth`, in the order of its blocks of the scale below."""
    if len(sites) <= window:
        return [int(i) for i in np.sort(sites)]
    out: list[int] = []
    size = window ** (depth - 1)
    for block in _blocks(weights, sites, size, -(-len(sites) // size), rng):
        out += _order(weights, block, window, depth - 1, rng)
    return out


def _blocks(
    weights: Floats, sites: Ints, size: int, count: int, rng: np.random.Generator
) -> list[Ints]:
    """Sites as `count` blocks of `size` sites, the last perhaps shorter, by halving."""
    if count == 1:
        return [sites]
    first = (count + 1) // 2
    chosen = least_cut(weights[np.ix_(sites, sites)], first * size, rng)
    others = np.setdiff1d(np.arange(len(sites)), chosen)
    return [
        *_blocks(weights, sites[chosen], size, first, rng),
        *_blocks(weights, sites[others], size, count - first, rng),
    ]


def _fiedler(weights: Floats) -> Ints:
    """Sites in the order of the second eigenvector of the Laplacian, its largest entry positive."""
    laplacian = np.diag(weights.sum(axis=1)) - weights
    vector = np.linalg.eigh(laplacian)[1][:, 1]
    vector = vector * np.sign(vector[np.argmax(np.abs(vector))])
    return np.argsort(vector.round(12), kind="stable")


def _exchanged(weights: Floats, start: Ints) -> Ints:
    """A part after passes of exchanges, each pass cut off where its gain is largest."""
    inside = np.zeros(len(weights), dtype=bool)
    inside[start] = True
    least = _GAIN * weights.sum()
    while True:
        trial, free = inside.copy(), np.ones(len(weights), dtype=bool)
        gains: list[float] = []
        swaps: list[tuple[int, int]] = []
        for _ in range(min(inside.sum(), (~inside).sum())):
            sign = np.where(trial, 1.0, -1.0)
            # Weight across minus weight within: what a site gains by changing sides.
            wish = -sign * (weights @ sign)
            ours, theirs = np.flatnonzero(trial & free), np.flatnonzero(~trial & free)
            gain = wish[ours, None] + wish[theirs] - 2.0 * weights[np.ix_(ours, theirs)]
            a, b = np.unravel_index(np.argmax(gain), gain.shape)
            i, j = int(ours[a]), int(theirs[b])
            gains.append(float(gain[a, b]))
            swaps.append((i, j))
            trial[i], trial[j], free[i], free[j] = False, True, False, False
        total = np.cumsum(gains)
        best = int(np.argmax(total))
        if total[best] <= least:
            return np.flatnonzero(inside)
        for i, j in swaps[: best + 1]:
            inside[i], inside[j] = False, True


def _cut(weights: Floats, part: Ints) -> float:
    others = np.setdiff1d(np.arange(len(weights)), part)
    return float(weights[np.ix_(part, others)].sum())
