"""Entanglement of states: at every contiguous cut, and at every scale of a tree of windows.

Both entropies are in bits: von Neumann's −Σ p log₂ p, which the log₂ of a min-cut bounds, and
Rényi's second −log₂ Σ p², which is smaller and is what data sets of `builders` have as label.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from baselines.tensor_networks.partition import canonical_blocks, scales
from builders import families
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.physics.rows import BuildSettings

if TYPE_CHECKING:
    from builders.solvers.exact.state_vector import Vector
    from builders.solvers.mps.mps import Mps

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class EntanglementProfile:
    """Entropies of one state in bits.

    Attributes:
        window: of the tree.
        cuts: von Neumann entropy of the first k sites, k = 1 … N−1, float64 (N−1,).
        cuts_renyi2: the same of Rényi-2.
        blocks: scale l → von Neumann entropy of each block of window^l sites, from the left.
        blocks_renyi2: the same of Rényi-2.
    """

    window: int
    cuts: Floats
    cuts_renyi2: Floats
    blocks: tuple[Floats, ...]
    blocks_renyi2: tuple[Floats, ...]

    @property
    def sites(self) -> int:
        """N."""
        return len(self.cuts) + 1

    def worst(self) -> Floats:
        """The largest von Neumann entropy of each scale, float64 (L,)."""
        return np.array([entropies.max() for entropies in self.blocks])


def profile_of_chain(
    state: "Mps", window: int, row: int = 0, qubits: int = 1
) -> EntanglementProfile:
    """Entropies of one state of a batch of matrix product states.

    Args:
        state: the batch.
        window: of the tree.
        row: which state.
        qubits: qubits that make one site.

    Raises:
        RequestError: qubits that make no whole sites, a window below 2, or blocks past memory.
    """
    from builders.solvers.mps.schmidt import schmidt_form
    from builders.solvers.mps.tree_blocks import tree_weights

    form = schmidt_form(state, row)
    return _profile(window, form.weights[qubits:-1:qubits], tree_weights(form, window, qubits))


def profile_of_vector(vector: "Vector", window: int) -> EntanglementProfile:
    """Entropies of a state of a few qubits by its amplitudes (2^N,), site 0 the highest bit."""
    from builders.solvers.exact.partition_weights import partition_weights

    n = vector.size.bit_length() - 1
    cuts = [partition_weights(vector, range(k)) for k in range(1, n)]
    blocks = [
        [partition_weights(vector, block) for block in canonical_blocks(n, window, scale)]
        for scale in scales(n, window)
    ]
    return _profile(window, cuts, blocks)


def family_profiles(
    family: str, size: Size, parameters: Sequence[Mapping[str, Any]], window: int
) -> list[EntanglementProfile]:
    """Entropies of a family's ground states, solved together as a build solves its rows.

    Args:
        family: a family of ground states.
        size: of the rows.
        parameters: of every row, with the family's names and shapes.
        window: of the tree; sites are taken in the order of the solver's chain.

    Raises:
        RequestError: another family, parameters that it refuses, or blocks past memory.
    """
    from builders.kinds.ground_state import GroundStateFamily

    spec = families.load(family)
    if not isinstance(spec, GroundStateFamily):
        raise RequestError(f"rows of {family} are no ground states that are solved as one batch.")
    settings = spec.check_settings(size, BuildSettings(""))
    checked = [spec.check(size, row) for row in parameters]
    batch = spec.solved(size, checked, settings)
    found: dict[int, EntanglementProfile] = {}
    for rows, state in batch.groups:
        for at, number in enumerate(rows):
            found[number] = profile_of_chain(state, window, at)
    return [found[number] for number in range(len(parameters))]


def _profile(
    window: int, cuts: Sequence[Floats], blocks: Sequence[Sequence[Floats]]
) -> EntanglementProfile:
    from builders.solvers.mps.schmidt import renyi2, von_neumann

    return EntanglementProfile(
        window,
        np.array([von_neumann(weights) for weights in cuts]),
        np.array([renyi2(weights) for weights in cuts]),
        tuple(np.array([von_neumann(weights) for weights in scale]) for scale in blocks),
        tuple(np.array([renyi2(weights) for weights in scale]) for scale in blocks),
    )
