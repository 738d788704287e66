"""Kicked Ising circuits in the gates of a device: what is written here is what runs, no compiler.

A qubit's gates between two couplings are one rotation: RZ alone, or one pulse √X between RZ where
it turns by π/2, or else two. RZ is free. The coupling R_ZZ(−π/2) is one two-qubit gate, with
D = diag(1, −i) and H the Hadamard gate, c the control and t the target:

    cz:   CZ · D_c D_t
    cx:   H_t · CX · D_c (H D)_t
    ecr:  H_t · ECR · X_c H_t

Couplings of one step come in groups of disjoint pairs, each pair in the first group that it fits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.physics.calibration import Calibration
from builders.physics.gate_noise import GateNoise, noise_of

Complex = NDArray[np.complex128]

_EYE, _X = np.eye(2, dtype=complex), np.array([[0, 1], [1, 0]], dtype=complex)
_H = np.array([[1, 1], [1, -1]], dtype=complex) * np.sqrt(0.5)
_D = np.diag([1, -1j])
_SX = np.array([[1 + 1j, 1 - 1j], [1 - 1j, 1 + 1j]]) / 2
PAIR_UNITARIES: dict[str, Complex] = {
    "cz": np.diag([1, 1, 1, -1]).astype(complex),
    "cx": np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]], dtype=complex),
    "ecr": np.array([[0, 0, 1, 1j], [0, 0, 1j, 1], [1, -1j, 0, 0], [-1j, 1, 0, 0]]) * np.sqrt(0.5),
}
"""Rows and columns |control, target⟩ = 00, 01, 10, 11."""
_BEFORE = {"cz": (_D, _D), "cx": (_D, _H @ _D), "ecr": (_X, _H)}
_AFTER = {"cz": (_EYE, _EYE), "cx": (_EYE, _H), "ecr": (_EYE, _H)}
_SAME = 1e-9  # rotations nearer than that to 0 or π/2 are these


@dataclass(frozen=True, eq=False)
class Gate:
    """One gate, and the noise behind it.

    Attributes:
        sites: one or two.
        unitary: complex (2, 2) or (4, 4), rows |first site, second site⟩.
        noise: None of a change of frame.
    """

    sites: tuple[int, ...]
    unitary: Complex
    noise: GateNoise | None


def kicked_gates(
    theta: NDArray[np.float64], steps: int, edges: NDArray[np.int64], device: Calibration
) -> list[Gate]:
    """The gates of some steps, each R_ZZ(−π/2) on all edges and then R_X(θ_i) on all qubits.

    Args:
        theta: float64 (N,), radians.
        steps: how many.
        edges: int64 (E, 2), couplings of the circuit, each one of the calibration.
        device: a calibration with gates.

    Raises:
        RequestError: it has none, or none on one of the edges.
    """
    writer = _Writer(len(theta), device)
    half = np.asarray(theta) / 2
    cos, sin = np.cos(half), -1j * np.sin(half)
    for _ in range(steps):
        for a, b in _in_groups(edges):
            writer.couple(a, b)
        for site in range(len(theta)):
            writer.turn(site, np.array([[cos[site], sin[site]], [sin[site], cos[site]]]))
    return writer.finish()


class _Writer:
    """Gates so far, and the rotations that wait for the next coupling of their qubit."""

    def __init__(self, sites: int, device: Calibration) -> None:
        self._single, pairs = noise_of(device)
        assert device.gates is not None  # `noise_of` has refused it
        self._kind, self._name = device.gates.gate, device.device
        self._pairs = dict(zip(device.gates.pairs, pairs, strict=True))
        self._gates: list[Gate] = []
        self._waiting = [_EYE] * sites

    def turn(self, site: int, unitary: Complex) -> None:
        self._waiting[site] = unitary @ self._waiting[site]

    def couple(self, a: int, b: int) -> None:
        pair = (a, b) if (a, b) in self._pairs else (b, a)
        if pair not in self._pairs:
            raise RequestError(f"the calibration of {self._name} has no gate on sites {a}, {b}.")
        for site, before in zip(pair, _BEFORE[self._kind], strict=True):
            self.turn(site, before)
        # Changes of frame right before it are written into its matrix.
        first, second = (self._pulses(site) for site in pair)
        unitary = PAIR_UNITARIES[self._kind] @ np.kron(first, second)
        self._gates.append(Gate(pair, unitary, self._pairs[pair]))
        for site, after in zip(pair, _AFTER[self._kind], strict=True):
            self.turn(site, after)

    def finish(self) -> list[Gate]:
        for site in range(len(self._waiting)):
            frame = self._pulses(site)
            if frame is not _EYE:
                self._gates.append(Gate((site,), frame, None))
        return self._gates

    def _pulses(self, site: int) -> Complex:
        """Write what waits on a site; what is left is diagonal, a change of frame."""
        unitary, self._waiting[site] = self._waiting[site], _EYE
        for pulse in (pulses := pulses_of(unitary)):
            self._gates.append(Gate((site,), pulse, self._single[site]))
        return _EYE if pulses else unitary


def pulses_of(unitary: Complex) -> list[Complex]:
    """Factors, the first first, of the form RZ √X RZ: none of a diagonal matrix, else 1 or 2."""
    up, down = abs(unitary[0, 0]), abs(unitary[1, 0])
    if down < _SAME:
        return []
    if abs(up - down) < _SAME:
        return [unitary]
    # U(θ, φ, λ) = RZ(φ+π) √X RZ(θ+π) √X RZ(λ); where θ = π, λ is free.
    angle = np.angle(-unitary[0, 1] / unitary[0, 0]) if up > _SAME else 0.0
    first: Complex = np.asarray(_SX * np.array([1.0, np.exp(1j * angle)]), dtype=np.complex128)
    return [first, unitary @ first.conj().T]


def _in_groups(edges: NDArray[np.int64]) -> Sequence[tuple[int, int]]:
    groups: list[list[tuple[int, int]]] = []
    for edge in edges.tolist():
        a, b = int(edge[0]), int(edge[1])
        free = (g for g in groups if not any({a, b} & {*pair} for pair in g))
        group = next(free, None)
        if group is None:
            groups.append(group := [])
        group.append((a, b))
    return [pair for group in groups for pair in group]
