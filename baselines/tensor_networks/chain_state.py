"""A ConvAC as a matrix product state: the same tensor, for the solvers' measurements.

Going up the tree, every position is a chain of the sites below it that ends in its channels. To
multiply two positions channel by channel the channel of the first is handed along the chain of the
second and compared with its own at the end; then the chain is brought to its Schmidt rank, with
singular values below 1e-13 of the largest left out, which are rounding errors. A padded site is a
chain of no sites. A site of M values is ⌈log₂ M⌉ qubits, the amplitudes of further values 0, so
that entropies between sites stay what they are.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from baselines.tensor_networks.weights import Weights
from builders.core.errors import RequestError

if TYPE_CHECKING:
    from builders.solvers.mps.mps import Mps

LARGEST_BOND = 4096
"""Bond dimension that a chain may have before it is brought to its rank."""

_ROUNDING = 1e-13

Array = NDArray[np.float64]
# Tensors (left, M, right) of the sites, the first left bond 1, and the end (bond, channels).
Chain = tuple[list[Array], Array]


def qubits_per_site(features: int) -> int:
    """⌈log₂ M⌉, at least 1."""
    return max(1, (features - 1).bit_length())


def chain_tensors(weights: Weights, output: int = 0) -> list[Array]:
    """The tensor of one output as tensors (left, M, right) of the N sites, up to a factor.

    Raises:
        RequestError: no output of this number, or a bond past `LARGEST_BOND`.
    """
    shape = weights.architecture
    if output not in range(shape.outputs):
        raise RequestError(f"{output=}; there are outputs 0 to {shape.outputs - 1}.")
    chains = [_leaf(shape.features, i < shape.sites) for i in range(shape.padded)]
    for layer in range(shape.depth):
        mapped = [
            (sites, end @ np.asarray(weights.at(layer, i), np.float64).T)
            for i, (sites, end) in enumerate(chains)
        ]
        chains = []
        for a in range(0, len(mapped), shape.window):
            union = mapped[a]
            for other in mapped[a + 1 : a + shape.window]:
                union = _compressed(_product(union, other))
            chains.append(union)
    ((sites, end),) = chains
    last = np.asarray(weights.output[output], np.float64)
    sites, end = _compressed((sites, (end @ last)[:, None]))
    sites[-1] = sites[-1] @ end
    return sites


def chain_state(weights: Weights, output: int = 0) -> "Mps":
    """The normalised state of one output, on N · `qubits_per_site` qubits.

    Raises:
        RequestError: as `chain_tensors`.
    """
    import torch

    from builders.physics.hamiltonian import Sector
    from builders.solvers.mps.canonical import right_canonical

    count = qubits_per_site(weights.architecture.features)
    qubits = [q for site in chain_tensors(weights, output) for q in _as_qubits(site, count)]
    parts = [{(0, s): torch.from_numpy(q[:, s].copy()) for s in (0, 1)} for q in qubits]
    return right_canonical(parts, Sector("none"), any_norm=True)


def _leaf(features: int, real: bool) -> Chain:
    if real:
        return [np.eye(features)[None]], np.eye(features)
    return [], np.ones((1, features))


def _product(first: Chain, second: Chain) -> Chain:
    """Both chains one behind the other, their channels multiplied."""
    (left, carried), (right, end) = first, second
    if not right:
        return left, carried * end
    channels = carried.shape[1]
    bond = channels * max(site.shape[2] for site in right)
    if bond > LARGEST_BOND:
        raise RequestError(
            f"a chain of {len(left) + len(right)} sites would have bonds of {bond} states; at most "
            f"{LARGEST_BOND} are held. Take fewer sites or narrower layers."
        )
    same = np.eye(channels)
    passed = [
        np.einsum("xy,asb->xasyb", same, site).reshape(
            channels * site.shape[0], site.shape[1], channels * site.shape[2]
        )
        for site in right
    ]
    # Padding is behind all sites: a chain of sites never follows one of none.
    sites = [*left[:-1], left[-1] @ carried, *passed]
    compared = (same[:, None, :] * end[None]).reshape(-1, channels)
    return sites, compared


def _compressed(chain: Chain) -> Chain:
    """The same chain, to a factor, with bonds of its Schmidt ranks and the centre on site 0."""
    sites, end = chain
    if not sites:
        return sites, end / np.linalg.norm(end)
    out, carry = [], np.ones((1, 1))
    for site in sites:
        matrix = np.tensordot(carry, site, axes=1)
        basis, carry = np.linalg.qr(matrix.reshape(-1, site.shape[2]))
        out.append(basis.reshape(matrix.shape[0], site.shape[1], -1))
    pieces: list[Array] = []
    left, kept = _split(carry @ end)
    for site in reversed(out):
        moved = site @ left
        left, basis = _split(moved.reshape(moved.shape[0], -1))
        pieces.append(basis.reshape(-1, *moved.shape[1:]))
    # What is left is the norm and a sign.
    pieces[-1] = np.tensordot(np.sign(left), pieces[-1], axes=1)
    return pieces[::-1], kept


def _split(matrix: Array) -> tuple[Array, Array]:
    """A matrix as (rows, rank) times orthonormal rows."""
    u, values, rows = np.linalg.svd(matrix, full_matrices=False)
    keep = values > _ROUNDING * values[0]
    keep[0] = True
    return u[:, keep] * values[keep], rows[keep]


def _as_qubits(site: Array, count: int) -> list[Array]:
    """A site (left, M, right) as `count` tensors (left, 2, right), the first the highest bit."""
    left, values, right = site.shape
    rest = np.concatenate([site, np.zeros((left, 2**count - values, right))], axis=1)
    out = []
    for k in range(count - 1, 0, -1):
        basis, rest = np.linalg.qr(rest.reshape(2 * len(rest), -1))
        out.append(basis.reshape(-1, 2, basis.shape[1]))
        rest = rest.reshape(-1, 2**k, right)
    return [*out, rest]
