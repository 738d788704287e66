"""Random-Pauli shots of noisy circuits on a chain, from their density matrix, at any length.

A qubit is its Pauli components r = tr(ρ (1, X, Y, Z)), a channel a real matrix on them. A two-qubit
gate that couples by R_ZZ and its depolarizing noise is a sum of D ≤ 5 products of one matrix a
qubit, so that s gates on a bond leave D^s numbers there, whatever the length: nothing is truncated
and nothing is drawn but bases and outcomes. What the unmeasured qubits on the right contribute to a
bond is the same for all shots and made once; then qubits are measured from left to right, each shot
with the D^s numbers that its outcomes so far leave on the bond.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from builders.physics.gate_noise import GateNoise
from builders.solvers.circuits.native import Gate

Floats = NDArray[np.float64]

_PAULIS = np.array(
    [[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]], dtype=complex
)
_UP = np.array([1.0, 0.0, 0.0, 1.0])
_RANK = 1e-12  # of a gate's singular values, beside the largest
_NUMBERS = 1 << 17
"""Of the shots that are measured together, a qubit: they stay in the cache; no effect on them."""


@dataclass(frozen=True, eq=False)
class Coupling:
    """A two-qubit gate as one of its qubits sees it.

    Attributes:
        right: whether the other qubit is on the right.
        parts: float64 (D, 4, 4): a channel matrix for each state of the bond.
    """

    right: bool
    parts: Floats


def sample_noisy_chain(
    gates: Sequence[Gate], n_sites: int, n_shots: int, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Tokens 2·basis + bit, uint8 (n_shots, n_sites), from all qubits in |0⟩.

    Bases and outcomes are two streams spawned from `rng`, each in the order of shots: the first M
    of more shots are the same shots.

    Args:
        gates: on sites and neighbours, in order; every bond has as many.
        n_sites: N ≥ 2.
        n_shots: M.
        rng: its numbers.
    """
    streams = rng.spawn(2)
    bases = streams[0].integers(0, 3, (n_shots, n_sites))
    uniforms = streams[1].random((n_shots, n_sites))
    sites = couplings_of(gates, n_sites)
    behind = _right_sides(sites)
    tokens = np.empty(bases.shape, dtype=np.uint8)
    step = max(1, _NUMBERS // max(side.size for side in behind))
    for start in range(0, n_shots, step):
        part = slice(start, start + step)
        tokens[part] = 2 * bases[part] + _measured(sites, behind, bases[part], uniforms[part])
    return tokens


def couplings_of(gates: Sequence[Gate], n_sites: int) -> list[list[Coupling]]:
    """Of every site its two-qubit gates in order, rotations and their noise written into them."""
    sites: list[list[Coupling]] = [[] for _ in range(n_sites)]
    waiting = [np.eye(4)] * n_sites
    for gate in gates:
        if len(gate.sites) == 1:
            (site,) = gate.sites
            waiting[site] = channel_matrix(gate.unitary, gate.noise) @ waiting[site]
            continue
        low = min(gate.sites)
        pair = channel_matrix(gate.unitary, gate.noise).reshape(4, 4, 4, 4)
        if gate.sites[0] != low:
            pair = pair.transpose(1, 0, 3, 2)
        u, weights, v = np.linalg.svd(pair.transpose(0, 2, 1, 3).reshape(16, 16))
        kept = int((weights > _RANK * weights[0]).sum())
        root = np.sqrt(weights[:kept, None])
        for site, parts in ((low, root * u.T[:kept]), (low + 1, root * v[:kept])):
            before = waiting[site]
            sites[site].append(Coupling(site == low, parts.reshape(-1, 4, 4) @ before))
            waiting[site] = np.eye(4)
    for own, after in zip(sites, waiting, strict=True):
        own[-1] = Coupling(own[-1].right, after @ own[-1].parts)
    return sites


def channel_matrix(unitary: NDArray[np.complex128], noise: GateNoise | None) -> Floats:
    """R_PQ = tr(P E(Q)) / 2^n of a gate and its noise on n qubits, float64 (4^n, 4^n)."""
    n = len(unitary).bit_length() - 1
    paulis = reduce(_products, [_PAULIS] * n)
    turned = unitary @ paulis @ unitary.conj().T
    matrix: Floats = np.einsum("pij,qji->pq", paulis, turned).real / 2**n
    if noise is None:
        return matrix
    matrix *= 1.0 - noise.depolarizing
    matrix[0, 0] = 1.0  # the rest of the mixed state
    relaxation: Floats = np.ones((1, 1))
    for q, kept in noise.relaxation:
        relaxation = np.asarray(np.kron(relaxation, _relaxation(q, kept)), dtype=np.float64)
    return np.asarray(relaxation @ matrix)


def _products(one: NDArray[np.complex128], other: NDArray[np.complex128]) -> NDArray[np.complex128]:
    return np.stack([np.kron(a, b) for a in one for b in other])


def _relaxation(q: float, kept: float) -> Floats:
    """The mixture of `builders.physics.gate_noise` on the Pauli components of a qubit."""
    fallen = q * (1.0 - kept**2)
    coherent = 1.0 - q + q * kept
    matrix = np.diag([1.0, coherent, coherent, 1.0 - fallen])
    matrix[3, 0] = fallen
    return matrix


def _site(couplings: Sequence[Coupling], side: Floats, *, from_right: bool) -> Floats:
    """A qubit's components behind its gates, (4, S, numbers of the bond on the other side).

    Args:
        couplings: of the qubit.
        side: numbers of the bond on the one side, first gate first, float64 (D^s, S).
        from_right: whether that is the right one.
    """
    shots = side.shape[1]
    now = _UP[:, None] * side.reshape(1, -1)
    for coupling in couplings:
        states = len(coupling.parts)
        if coupling.right == from_right:
            # The state of the bond stands behind the component, later gates and shots behind it.
            absorb = coupling.parts.transpose(1, 2, 0).reshape(4, -1)
            now = absorb @ now.reshape(4 * states, -1)
        else:
            emit = coupling.parts.transpose(1, 2, 0)
            now = np.matmul(now.T[None], emit).reshape(4, -1)
    return now.reshape(4, shots, -1)


def _right_sides(sites: Sequence[Sequence[Coupling]]) -> list[Floats]:
    """Of every site what the traced qubits behind it give to the bond, float64 (D^s,)."""
    sides = [np.ones(1)]
    for couplings in reversed(sites[1:]):
        sides.append(_site(couplings, sides[-1][:, None], from_right=True)[0, 0])
    return sides[::-1]


def _measured(
    sites: Sequence[Sequence[Coupling]],
    behind: Sequence[Floats],
    bases: NDArray[np.int64],
    uniforms: Floats,
) -> NDArray[np.int64]:
    """Bits, int64 (S, N)."""
    bits = np.empty(bases.shape, dtype=np.int64)
    every = np.arange(len(bases))
    side = np.ones((1, len(bases)))
    for i, couplings in enumerate(sites):
        states = _site(couplings, side, from_right=False)
        # As the device, p(bit) is (⟨1⟩ ± ⟨P⟩)/2; `side` is kept at ⟨1⟩ = 1.
        mean = states @ behind[i]
        letter = 1 + bases[:, i]
        up = 0.5 * (1.0 + mean[letter, every] / mean[0])
        bits[:, i] = uniforms[:, i] >= up
        sign = 1.0 - 2.0 * bits[:, i]
        left = states[0] + sign[:, None] * states[letter, every]
        norm = mean[0] + sign * mean[letter, every]
        side = np.ascontiguousarray((left / norm[:, None]).T)
    return bits
