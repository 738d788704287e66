"""The matrix of a ConvAC's tensor across a partition, and the rank of it for random weights.

The rank of random real weights is that of almost all weights. It is found without rounding over the
field of the integers modulo the prime p = 2³¹ − 1: a minor of A is a polynomial in the weights, so
that one that does not vanish identically is 0 at random weights with a probability of at most its
degree over p (Schwartz 1980, Zippel 1979). A matrix of rank R over this field has at least the rank
R for almost all real weights; a smaller one by chance has a probability of at most R · D / p,
with D the number of weights in one term of A: 10⁻⁵ for R = 256 and N = 16.

The matrix is built up the tree with the sites of I along one axis and the others along another.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from baselines.tensor_networks.architecture import Architecture
from baselines.tensor_networks.partition import checked_part
from baselines.tensor_networks.weights import Weights, shapes_of
from builders.core.errors import RequestError

PRIME = 2**31 - 1
"""Products of two residues fit into int64."""

LARGEST = 2**24
"""Numbers that an array may have on the way to the matrix."""

Array = NDArray[Any]


def coefficients(weights: Weights, part: Iterable[int], output: int = 0) -> Array:
    """A of one output as a matrix, (M^|I|, M^|J|), sites of either part in ascending order.

    Args:
        weights: float64, or int64 from 0 to p − 1 for the residues modulo p.
        part: the sites of I.
        output: which answer.

    Raises:
        RequestError: no partition, no output of this number, or an array past `LARGEST` numbers.
    """
    shape = weights.architecture
    chosen = checked_part(shape.sites, part)
    if output not in range(shape.outputs):
        raise RequestError(f"{output=}; there are outputs 0 to {shape.outputs - 1}.")
    needed = shape.features**shape.sites * max(shape.bonds)
    if needed > LARGEST:
        raise RequestError(
            f"{shape.features}^{shape.sites} coefficients with {max(shape.bonds)} channels are "
            f"{needed:.3g} numbers; at most {LARGEST} are held. Take fewer sites or features."
        )
    exact = weights.output.dtype == np.int64
    tensors = [_site(shape, chosen, i, weights.output.dtype) for i in range(shape.padded)]
    for layer in range(shape.depth):
        mapped = [_mapped(t, weights.at(layer, i), exact) for i, t in enumerate(tensors)]
        if layer == shape.depth - 1:
            mapped[0] = _product(mapped[0], weights.output[output], exact)
        tensors = [
            _pooled(mapped[a : a + shape.window], exact, last=layer == shape.depth - 1)
            for a in range(0, len(mapped), shape.window)
        ]
    return tensors[0][:, :, 0]


def generic_rank(architecture: Architecture, part: Iterable[int], seed: int = 0) -> int:
    """The rank across (I, J) for almost all weights, from random ones modulo p.

    Raises:
        RequestError: as `coefficients`.
    """
    rng = np.random.default_rng(seed)
    arrays = [rng.integers(1, PRIME, shape) for shape in shapes_of(architecture)]
    weights = Weights(architecture, tuple(arrays[:-1]), arrays[-1])
    return rank_modulo(coefficients(weights, part))


def rank_modulo(matrix: Array) -> int:
    """Rank of an int64 matrix over the integers modulo p, by elimination."""
    left = np.array(matrix, dtype=np.int64) % PRIME
    if left.shape[0] > left.shape[1]:
        left = left.T.copy()
    rank = 0
    for column in range(left.shape[1]):
        rows = np.flatnonzero(left[rank:, column])
        if not len(rows):
            continue
        pivot = rank + rows[0]
        left[[rank, pivot]] = left[[pivot, rank]]
        unit = left[rank, column:] * pow(int(left[rank, column]), -1, PRIME) % PRIME
        below = left[rank + 1 :, column:]
        below -= below[:, :1] * unit % PRIME
        below %= PRIME
        rank += 1
        if rank == left.shape[0]:
            break
    return rank


def numerical_rank(matrix: Array) -> tuple[int, float]:
    """Rank of a float64 matrix by its singular values, and the gap behind the last one counted.

    Counted are singular values above max(shape) · 2⁻⁵² of the largest. The gap is the ratio of the
    last one counted to the next, inf where there is none: a rank with a gap below 10³ is doubtful.
    """
    values = np.linalg.svd(matrix.astype(np.float64), compute_uv=False)
    if not values[0]:
        return 0, np.inf
    rank = int((values > max(matrix.shape) * 2.0**-52 * values[0]).sum())
    if rank == len(values) or not values[rank]:
        return rank, np.inf
    return rank, float(values[rank - 1] / values[rank])


def _site(shape: Architecture, chosen: frozenset[int], i: int, dtype: np.dtype[Any]) -> Array:
    """One site as (rows, columns, channels): the identity, or the constant ones of padding."""
    if i >= shape.sites:
        return np.ones((1, 1, shape.features), dtype)
    identity = np.eye(shape.features, dtype=dtype)
    return identity[:, None] if i in chosen else identity[None]


def _mapped(tensor: Array, matrix: Array, exact: bool) -> Array:
    """The 1×1 convolution at one position."""
    if not exact:
        return tensor @ matrix.T
    out = np.zeros((*tensor.shape[:2], len(matrix)), np.int64)
    for channel in range(matrix.shape[1]):
        out += tensor[:, :, channel, None] * matrix[:, channel] % PRIME
        out %= PRIME
    return out


def _pooled(tensors: list[Array], exact: bool, *, last: bool) -> Array:
    """The product of a window, channel by channel; of the last one summed over channels."""
    out = tensors[0]
    for i, other in enumerate(tensors[1:], start=1):
        if last and i == len(tensors) - 1:
            return _contracted(out, other, exact)
        # Rows of the earlier sites first, and columns likewise.
        out = _product(out[:, None, :, None], other[None, :, None, :], exact)
        rows, more_rows, columns, more_columns, channels = out.shape
        out = out.reshape(rows * more_rows, columns * more_columns, channels)
    return out


def _contracted(a: Array, b: Array, exact: bool) -> Array:
    """Σ over channels of the products of all entries, with one channel left."""
    shape = (a.shape[0], b.shape[0], a.shape[1], b.shape[1])
    if exact:
        out = np.zeros(shape, np.int64)
        for channel in range(a.shape[2]):
            left, right = a[:, None, :, None, channel], b[None, :, None, :, channel]
            out += _product(left, right, exact)
            out %= PRIME
    else:
        out = np.einsum("acr,bdr->abcd", a, b)
    return out.reshape(shape[0] * shape[1], shape[2] * shape[3], 1)


def _product(a: Array, b: Array, exact: bool) -> Array:
    product: Array = a * b
    return product % PRIME if exact else product
