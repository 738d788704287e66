"""What a site sees of the Hamiltonian: the parameters in a window, read in one direction.

Nothing here knows a family. Each named parameter becomes channels along the chain: a value a
site, a value a bond, or, for a symmetric matrix of couplings, one channel for each range k with
the couplings of sites a and a + k.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.core.names import Size
from builders.physics.family import Family
from builders.physics.parameters import Parameter

Floats = NDArray[np.float64]

RANGES = 4
"""Longest range of a symmetric matrix of couplings that becomes a channel."""


@dataclass(frozen=True)
class Channels:
    """The parameters of R rows along a chain of N sites.

    Attributes:
        n_sites: N.
        local: arrays float64 (R, N − k); entry a belongs to the sites a … a + k.
        shared: float64 (R, G), values of a row as a whole: its scalars, and the mean and the
            maximum of every local channel, where a number common to all couplings shows.
    """

    n_sites: int
    local: tuple[Floats, ...]
    shared: Floats


def channels(family: Family, size: Size, parameters: Floats) -> Channels:
    """Split flat parameters, float64 (R, P), into channels.

    Raises:
        RequestError: a lattice, or a parameter that is neither a value a site or bond, nor a
            scalar, nor a symmetric matrix.
    """
    local: list[Floats] = []
    shared: list[Floats] = []
    rows = [family.unflatten(size, row) for row in parameters]
    for spec in family.parameters:
        values = np.stack([row[spec.name] for row in rows])
        if values.ndim == 1:
            shared.append(values)
        else:
            local += _along_chain(spec, size, values)
    for part in local:
        shared += [part.mean(axis=1), part.max(axis=1)]
    return Channels(size.sites, tuple(local), np.stack(shared, axis=1))


def _along_chain(spec: Parameter, size: Size, values: Floats) -> list[Floats]:
    n, shape = size.sites, values.shape[1:]
    if size.is_chain and spec.symmetric and shape == (n, n):
        ranges = range(1, min(RANGES, n - 1) + 1)
        return [np.diagonal(values, k, axis1=1, axis2=2) for k in ranges]
    if size.is_chain and shape in {(n,), (n - 1,)}:
        return [values]
    raise RequestError(
        f"parameter {spec.name!r} of shape {shape} at size {size}: this model reads values a "
        "site or a bond of a chain, scalars and symmetric matrices. Choose another baseline."
    )


@dataclass(frozen=True)
class SiteWindow:
    """Turns channels into one feature vector a site, standardised by the training rows.

    Attributes:
        reference: channels of the training rows; what is constant there is left out.
        half_width: sites seen to each side.
        decay: factor a site of distance. Small features are learnt late, so that a model
            stopped early leans on what is near.
    """

    reference: Channels
    half_width: int = 4
    decay: float = 0.6

    def views(self, given: Channels) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Every site looking to the right, and every site looking to the left.

        The left view of a chain is the right view of its mirror image, so that a function
        symmetric in (right view of i, left view of j) does not change under reflection.

        Returns:
            Two arrays float32 (R, N, F).
        """
        pairs = list(zip(given.local, self.reference.local, strict=True))
        local = [(c - r.mean()) / r.std() for c, r in pairs if _varies(r.std(), r)]
        spread = self.reference.shared.std(axis=0)
        used = _varies(spread, self.reference.shared)
        shared = (given.shared - self.reference.shared.mean(axis=0))[:, used] / spread[used]
        right = self._looking_right(local, shared, given.n_sites)
        left = self._looking_right([c[:, ::-1] for c in local], shared, given.n_sites)
        return right, np.ascontiguousarray(left[:, ::-1])

    def _looking_right(self, local: list[Floats], shared: Floats, n: int) -> NDArray[np.float32]:
        w = self.half_width
        parts = []
        for channel in local:
            k = n - channel.shape[1]
            padded = np.pad(channel, ((0, 0), (w, w + k)))  # 0 is the mean: nothing to see
            for o in range(-w, w + 1):
                parts.append(padded[:, o + w : o + w + n] * self.decay ** abs(o + k / 2))
        per_row = (len(shared), n)
        parts += [np.broadcast_to(f, per_row) for f in _ends(n)]
        parts += [np.broadcast_to(f[:, None], per_row) for f in shared.T]
        return np.stack(parts, axis=2).astype(np.float32)


class SiteChannels:
    """One value a site in every channel, standardised by the training rows.

    A bond, or a coupling of longer range, stands at its first site; values of a row as a whole are
    channels too. Where a channel ends before the chain does it is 0, the mean.

    Args:
        family: the family of the Hamiltonians.
        size: a chain of N sites.
        parameters: float64 (n, P) of the training rows.
    """

    def __init__(self, family: Family, size: Size, parameters: Floats) -> None:
        self._family, self._size = family, size
        given = channels(family, size, parameters)
        self._local = [(c.mean(), _unit(c.std(), c)) for c in given.local]
        spread = _unit(given.shared.std(axis=0), given.shared)
        self._shared = given.shared.mean(axis=0), spread

    def __call__(self, parameters: Floats) -> NDArray[np.float32]:
        """Float64 (R, P) → float32 (R, channels, N)."""
        given, n = channels(self._family, self._size, parameters), self._size.sites
        scaled = zip(given.local, self._local, strict=True)
        parts = [np.pad((c - m) / s, ((0, 0), (0, n - c.shape[1]))) for c, (m, s) in scaled]
        shared = (given.shared - self._shared[0]) / self._shared[1]
        parts += [np.broadcast_to(column[:, None], (len(shared), n)) for column in shared.T]
        return np.stack(parts, axis=1, dtype=np.float32)


def _unit(spread: Floats | float, values: Floats) -> Floats:
    """The spread, or infinity where nothing varies: what is divided by it is 0."""
    return np.where(_varies(spread, values), spread, np.inf)


def _varies(spread: Floats | float, values: Floats) -> NDArray[np.bool_]:
    return np.asarray(spread > 1e-9 * np.abs(values).max(axis=0).max(initial=0.0))


def _ends(n: int) -> list[Floats]:
    """Distance to the end behind and to the end ahead; open ends alternate along a chain."""
    behind = np.arange(n)
    out = []
    for distance in (behind, n - 1 - behind):
        sign = (-1.0) ** distance
        out += [2.0 / (1.0 + distance), 2.0 * sign / (1.0 + distance), sign]
    return out
