"""Kicked Ising circuits as products of clusters: a qubit that is not kicked joins no others.

From |0⟩ a qubit with θ_i = 0 stays there for ever, and R_ZZ(−π/2) with it is R_Z(−π/2) of the other
qubit. The state is a product over the connected clusters of kicked qubits, each a vector by Aer: as
long as none is large, it is exact at any number of qubits, angles and steps.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import WorkError
from builders.solvers.circuits.aer import saved_states
from builders.solvers.circuits.vector_state import VectorState

Floats = NDArray[np.float64]
Edges = NDArray[np.int64]

_ROUNDING = 1e-10  # of the norm


class ProductOfClusters:
    """A product of states of some of the qubits.

    Args:
        sites: of each cluster, rising numbers of its qubits.
        states: of each cluster.
    """

    def __init__(self, sites: Sequence[Sequence[int]], states: Sequence[VectorState]) -> None:
        self._sites, self._states = sites, states
        self._n = sum(map(len, sites))

    def magnetization(self) -> Floats:
        """⟨Z_i⟩, float64 (N,)."""
        return np.asarray(self._bloch()[2])

    def correlation(self) -> Floats:
        """C_ij = (⟨X_iX_j⟩ + ⟨Y_iY_j⟩ + ⟨Z_iZ_j⟩)/3, float64 (N, N), 1 on the diagonal."""
        bloch = self._bloch()
        out: Floats = bloch.T @ bloch / 3.0
        for sites, state in zip(self._sites, self._states, strict=True):
            out[np.ix_(sites, sites)] = state.correlation()
        return out

    def renyi2(self) -> Floats:
        """S2 = −log2 tr ρ² of the pairs (a, a+1), float64 (N−1,), in bit."""
        single = 1.0 - np.log2(1.0 + (self._bloch() ** 2).sum(axis=0))
        out: Floats = np.maximum(0.0, single[:-1] + single[1:])
        for sites, state in zip(self._sites, self._states, strict=True):
            for a, b, entropy in zip(sites[:-1], sites[1:], state.renyi2(), strict=True):
                if b == a + 1:
                    out[a] = entropy
        return out

    def sample(self, n_shots: int, rng: np.random.Generator) -> NDArray[np.uint8]:
        """Random-Pauli tokens, uint8 (n_shots, N); every cluster has a stream of its own."""
        tokens = np.empty((n_shots, self._n), dtype=np.uint8)
        streams = rng.spawn(len(self._sites))
        for sites, state, stream in zip(self._sites, self._states, streams, strict=True):
            tokens[:, sites] = state.sample(n_shots, stream)
        return tokens

    def _bloch(self) -> Floats:
        out = np.empty((3, self._n))
        for sites, state in zip(self._sites, self._states, strict=True):
            out[:, sites] = state.bloch()
        return out


def clusters_of(edges: Edges, kicked: NDArray[np.bool_]) -> list[list[int]]:
    """Connected kicked qubits, each cluster in rising order, by their first qubits.

    Args:
        edges: int64 (E, 2).
        kicked: bool (N,).
    """
    cluster = {int(i): [int(i)] for i in np.flatnonzero(kicked)}
    for a, b in edges.tolist():
        if a in cluster and b in cluster and cluster[a] is not cluster[b]:
            cluster[a] += cluster[b]
            for site in cluster[b]:
                cluster[site] = cluster[a]
    return sorted({id(c): sorted(c) for c in cluster.values()}.values())


def kicked_clusters(theta: Floats, edges: Edges, steps: Sequence[int]) -> list[ProductOfClusters]:
    """The states after some numbers of steps from all qubits in |0⟩.

    A step is R_ZZ(−π/2) = exp(iπ/4 ZZ) on every edge, then R_X(θ_i) on every qubit.

    Args:
        theta: float64 (N,), angles in radians.
        edges: int64 (E, 2).
        steps: in rising order.

    Raises:
        RequestError: Aer is not installed.
        WorkError: Aer failed.
    """
    kicked = theta != 0.0
    clusters = clusters_of(edges, kicked)
    still = [[int(i)] for i in np.flatnonzero(~kicked)]
    up = VectorState(np.array([1.0, 0.0], dtype=complex))
    paths = [_vectors(sites, theta, edges, steps) for sites in clusters]
    return [
        ProductOfClusters(clusters + still, [path[k] for path in paths] + [up] * len(still))
        for k in range(len(steps))
    ]


def _vectors(
    sites: Sequence[int], theta: Floats, edges: Edges, steps: Sequence[int]
) -> list[VectorState]:
    # Aer's qubit 0 is the least significant bit.
    place = {site: len(sites) - 1 - k for k, site in enumerate(sites)}
    inside = [(place[a], place[b]) for a, b in edges.tolist() if a in place and b in place]
    outside = [
        place[i] for a, b in edges.tolist() for i, j in ((a, b), (b, a))
        if i in place and j not in place
    ]  # fmt: skip

    def write(circuit: Any) -> None:
        for pair in inside:
            circuit.rzz(-np.pi / 2, *pair)
        for qubit in outside:
            circuit.rz(-np.pi / 2, qubit)
        for site in sites:
            circuit.rx(float(theta[site]), place[site])

    found = []
    for saved in saved_states(len(sites), steps, write, method="statevector"):
        vector = np.asarray(saved, dtype=complex)
        norm = np.linalg.norm(vector)
        if not abs(norm - 1.0) < _ROUNDING:
            raise WorkError(f"Aer's state of {len(sites)} qubits has the norm {norm:.12f}.")
        found.append(VectorState(vector))
    return found
