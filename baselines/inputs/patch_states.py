"""States of small patches of neighbouring sites, estimated from shots as lists of Pauli strings.

A patch is a path of w sites, each a neighbour of the next. Its state is ρ_A = 2^−w Σ_P ⟨P⟩ P over
the 4^w strings P of 1, X, Y, Z, so that tr ρ_A ρ'_A = 2^−w Σ_P ⟨P⟩⟨P⟩'. A shot that measured the
letters of a string of weight |P| gives 3^|P| times the product of its outcomes, the others 0
(classical shadows: Huang, Kueng, Preskill, Nature Physics 16 (2020)).
"""

import numpy as np
from numpy.typing import NDArray

from baselines.inputs.signed_shots import signed
from builders.core.names import Size
from builders.physics.family import Family

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_SITES = 3
"""4³ = 64 strings; the variance of the heaviest is 27/M."""


def patches(family: Family, size: Size, width: int) -> Ints:
    """Sites of all patches of 1, 2 or 3 sites, int64 (A, width); none where there are no steps.

    On a chain they are the windows of consecutive sites. The ends of a longer path are in order, so
    that each patch is there once.
    """
    if width == 1:
        return np.arange(size.sites)[:, None]
    far = family.geometry.distances(size)
    if far is None:
        return np.zeros((0, width), dtype=np.int64)
    first, second = np.nonzero(far == 1)
    if width == 2:
        return np.stack([first, second], axis=1)[first < second]
    number, last = np.nonzero(far[second] == 1)
    paths = np.stack([first[number], second[number], last], axis=1)
    return np.asarray(paths[paths[:, 0] < paths[:, 2]])


def weights(width: int) -> Ints:
    """Number of letters of each string in the order of `patch_strings`, int64 (4^width,)."""
    return np.asarray([np.count_nonzero(letters) for letters in np.ndindex((4,) * width)])


def patch_strings(shots: NDArray[np.uint8], sites: Ints) -> NDArray[np.float32]:
    """Unbiased estimates of the Pauli strings of patches.

    Args:
        shots: uint8 (R, M, N), tokens 0..5, M at least 1.
        sites: int64 (A, w), see `patches`.

    Returns:
        float32 (R, A, 4^w); string P is numbered by its letters, 1, X, Y, Z as digits 0..3, the
        first site's digit the highest.
    """
    count, width = sites.shape
    out = np.empty((len(shots), count, 4**width), dtype=np.float32)
    for r, row in enumerate(shots):
        outcomes = 3.0 * signed(row[None])[0].transpose(2, 0, 1)  # (N, M, 3)
        site = np.concatenate([np.ones_like(outcomes[:, :, :1]), outcomes], axis=2)
        left = site[sites[:, 0]]
        for column in sites.T[1:-1]:
            left = (left[..., None] * site[column][:, :, None]).reshape(*left.shape[:2], -1)
        if width == 1:
            out[r] = left.mean(axis=1)
        else:
            right = site[sites[:, -1]]
            out[r] = (left.mT @ right).reshape(count, -1) / len(row)
    return out
