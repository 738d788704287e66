"""Schmidt weights of blocks of a chain against everything else, at every scale of a tree.

A block between two cuts is a map from its two bonds to its qubits. Short blocks are held as that,
(left bond, block states, right bond), and have the weights of their density matrix. Of longer ones
the products of the map with its adjoint are enough, (left, right, left′, right′): these multiply
along the chain, and the weights are the same but for zeros.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.solvers.mps.schmidt import SchmidtForm, Weights

LARGEST = 2**27
"""Numbers of a block's tensor at most: 1 GiB in float64."""

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class _Block:
    """Some neighbours: their tensor (left, states, right), or its square with all four bonds."""

    tensor: Array | None
    square: Array | None = None

    @property
    def bonds(self) -> tuple[int, int]:
        if self.tensor is not None:
            return self.tensor.shape[0], self.tensor.shape[2]
        assert self.square is not None
        return self.square.shape[0], self.square.shape[1]

    def squared(self) -> Array:
        if self.square is not None:
            return self.square
        assert self.tensor is not None
        left, right = self.bonds
        flat = np.swapaxes(self.tensor, 1, 2).reshape(left * right, -1)
        return (flat @ flat.conj().T).reshape(left, right, left, right)

    def weights(self, left: Weights) -> Weights:
        """Eigenvalues of the density matrix, descending; `left` are the weights of the left cut."""
        root = np.sqrt(left)
        if self.tensor is not None:
            flat = np.swapaxes(root[:, None, None] * self.tensor, 0, 1)
            flat = flat.reshape(self.tensor.shape[1], -1)
            density = flat @ flat.conj().T
        else:
            square = root[:, None, None, None] * self.squared() * root[:, None]
            density = square.reshape(square.shape[0] * square.shape[1], -1)
        values: Weights = np.linalg.eigvalsh(density)[::-1]
        return np.clip(values, 0.0, None)


def tree_weights(
    form: SchmidtForm, window: int, qubits: int = 1
) -> tuple[tuple[Weights, ...], ...]:
    """Weights of the blocks of window^l sites: scale l → block, from the left → weights.

    Args:
        form: the state.
        window: ≥ 2, how many blocks of a scale make one of the next; the last may have fewer.
        qubits: qubits of the chain that make one site of the tree.

    Raises:
        RequestError: a chain that is no whole number of sites, or tensors past `LARGEST`.
    """
    if window < 2 or qubits < 1 or len(form.sites) % qubits:
        raise RequestError(
            f"{len(form.sites)} qubits in sites of {qubits} under windows of {window}: windows are "
            "at least 2, and the qubits must make whole sites."
        )
    blocks = _joined([_Block(tensor) for tensor in form.sites], qubits)
    step, scales = qubits, []
    while len(blocks) > 1:
        lefts = form.weights[:-1:step]
        scales.append(tuple(b.weights(left) for b, left in zip(blocks, lefts, strict=True)))
        blocks = _joined(blocks, window)
        step *= window
    return tuple(scales)


def _joined(blocks: list[_Block], count: int) -> list[_Block]:
    """Every `count` neighbours as one block."""
    out = []
    for a in range(0, len(blocks), count):
        union = blocks[a]
        for block in blocks[a + 1 : a + count]:
            union = _union(union, block)
        out.append(union)
    return out


def _union(a: _Block, b: _Block) -> _Block:
    left, right = a.bonds[0], b.bonds[1]
    if a.tensor is not None and b.tensor is not None:
        states = a.tensor.shape[1] * b.tensor.shape[1]
        if states <= left * right:
            _refuse_past(left * states * right, left, right)
            both = np.tensordot(a.tensor, b.tensor, axes=1)
            return _Block(both.reshape(left, states, right))
    _refuse_past(max(left * right, *(x * y for x, y in (a.bonds, b.bonds))) ** 2, left, right)
    square = np.tensordot(a.squared(), b.squared(), axes=((1, 3), (0, 2)))
    return _Block(None, np.ascontiguousarray(square.transpose(0, 2, 1, 3)))


def _refuse_past(numbers: int, left: int, right: int) -> None:
    if numbers > LARGEST:
        raise RequestError(
            f"a block between bonds of {left} and {right} states needs {numbers:.2g} numbers; at "
            f"most {LARGEST} are held. Solve with a smaller bond."
        )
