"""Shadows of shots whose bits a known channel flipped, with the channel inverted.

The mean of an outcome o' = ±1 that is read is s·o + a, where o would be ideal; s and a depend on
site and basis (`SiteChannel.slope_and_offset`). So (o' − a)/s has the mean of o, on every site by
itself, and estimates made of products over different sites stay unbiased when each outcome is
replaced by it. The price is the spread: a string of weight w needs about Π 1/s² times the shots.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError

Floats = NDArray[np.float64]


class MeanOutcomes(Protocol):
    """What the mean of an outcome became on its way: a `SiteChannel`, or several one by one."""

    def slope_and_offset(self) -> tuple[Floats, Floats]:
        """See `SiteChannel.slope_and_offset`."""


def outcomes(shots: NDArray[np.uint8], channel: MeanOutcomes) -> Floats:
    """Mitigated outcomes in each basis, 0 where another one was measured.

    Args:
        shots: uint8 (M, N), tokens 0..5.
        channel: what flipped their bits, of N sites.

    Returns:
        float64 (3, M, N), bases X, Y, Z; of any size, not ±1.

    Raises:
        RequestError: another number of sites, or a channel that cannot be inverted.
    """
    slope, offset = channel.slope_and_offset()
    n_sites = shots.shape[-1]
    if slope.shape[1] != n_sites:
        raise RequestError(
            f"shots of {n_sites} sites and a channel of {slope.shape[1]}. Give that of the shots."
        )
    # By token: 2·basis + bit, bit 0 the outcome +1.
    of_token = np.stack([(1.0 - offset) / slope, (-1.0 - offset) / slope], axis=1)
    values = of_token.reshape(6, n_sites)[shots, np.arange(n_sites)]
    basis = shots >> 1
    return np.where(basis == np.arange(3)[:, None, None], values, 0.0)


def correlation(shots: NDArray[np.uint8], channel: MeanOutcomes) -> Floats:
    """See `shadow_correlation`; float64 (..., N, N) of shots (..., M, N)."""
    n_shots, n_sites = shots.shape[-2:]
    out = np.empty((*shots.shape[:-2], n_sites, n_sites))
    for at in np.ndindex(shots.shape[:-2]):
        flat = outcomes(shots[at], channel).reshape(3 * n_shots, n_sites)
        out[at] = flat.T @ flat * (3.0 / n_shots)
        np.fill_diagonal(out[at], 1.0)
    return out


def magnetization(shots: NDArray[np.uint8], channel: MeanOutcomes) -> Floats:
    """See `shadow_magnetization`; float64 (..., N) of shots (..., M, N)."""
    out = np.empty((*shots.shape[:-2], shots.shape[-1]))
    for at in np.ndindex(shots.shape[:-2]):
        out[at] = 3.0 * outcomes(shots[at], channel)[2].mean(axis=0)
    return out


def pair_purity(shots: NDArray[np.uint8], channel: MeanOutcomes) -> Floats:
    """See `shadow_pair_purity`; float64 (..., N−1) of shots (..., M, N)."""
    n_shots, n_sites = shots.shape[-2:]
    out = np.empty((*shots.shape[:-2], n_sites - 1))
    for at in np.ndindex(shots.shape[:-2]):
        values = outcomes(shots[at], channel)
        left, right = values[..., :-1], values[..., 1:]
        squares = values**2
        ones = (values.sum(axis=1) ** 2 - squares.sum(axis=1)).sum(axis=0)
        twos = np.einsum("bma,cma->bca", left, right) ** 2
        # One basis is measured a shot and site: the sum over bases of the square is its square.
        same = (squares[..., :-1].sum(axis=0) * squares[..., 1:].sum(axis=0)).sum(axis=0)
        pairs = twos.sum(axis=(0, 1)) - same
        total = 9.0 * (ones[:-1] + ones[1:]) + 81.0 * pairs
        out[at] = 0.25 * (1.0 + total / (n_shots * (n_shots - 1.0)))
    return out
