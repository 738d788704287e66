"""What a gate of a calibrated device does beside its unitary, as Aer's model of devices has it.

Behind a gate with average infidelity e and length τ come, in this order:

1. Depolarizing noise on its n qubits, d = 2^n: with probability p the state of these qubits is
   replaced by the fully mixed one. p = d (e − 1 + F)/(d F − 1), F the average fidelity of step 2
   alone, gives the whole an infidelity of e; p is 0 where relaxation alone makes more than e.
2. Relaxation of every qubit for τ: populations by T1 to |0⟩, coherences by T2, at most 2 T1.

Rotations about Z are changes of frame: no time, no noise. Idle qubits stay as they are.

Relaxation with g1 = 1 − e^{−τ/T1} and g2 = 1 − e^{−τ/T2} is written as a mixture of nothing and a
second channel, so that nothing happens to most gates of most shots:

    E(ρ) = (1 − q) ρ + q (K0 ρ K0† + K1 ρ K1†),   K0 = diag(1, k),   K1 = √(1 − k²) |0⟩⟨1|,
    q = g2² / (2 g2 − g1),   k = g1/g2 − 1.

T2 = T1 gives k = 0, a reset; T1 = ∞ gives k = −1, a Z; at T2 = 2 T1, where q = 1, it is the usual
amplitude damping.
"""

import math
from dataclasses import dataclass

from builders.core.errors import RequestError
from builders.physics.calibration import Calibration


@dataclass(frozen=True)
class GateNoise:
    """Noise behind one gate of n qubits.

    Attributes:
        depolarizing: p of step 1, 0 to 4^n/(4^n − 1).
        relaxation: (q, k) of each qubit.
    """

    depolarizing: float
    relaxation: tuple[tuple[float, float], ...]

    @property
    def pauli(self) -> float:
        """Probability that step 1 puts one of the 4^n − 1 Pauli strings on the qubits."""
        return self.depolarizing * (1.0 - 0.25 ** len(self.relaxation))


def of_gate(error: float, length: float, times: tuple[tuple[float, float], ...]) -> GateNoise:
    """The noise behind a gate.

    Args:
        error: average infidelity e.
        length: τ, seconds.
        times: T1 and T2 of each qubit, seconds.
    """
    qubits = [(length / t1, length / min(t2, 2.0 * t1)) for t1, t2 in times]
    dim = 2 ** len(times)
    process = math.prod((1.0 + 2.0 * math.exp(-b) + math.exp(-a)) / 4.0 for a, b in qubits)
    fidelity = (dim * process + 1.0) / (dim + 1.0)
    excess = min(error, dim / (dim + 1.0)) - (1.0 - fidelity)
    p = dim * excess / (dim * fidelity - 1.0) if excess > 0.0 else 0.0
    most = dim**2 / (dim**2 - 1.0)
    return GateNoise(min(p, most), tuple(_mixture(a, b) for a, b in qubits))


def _mixture(relaxed: float, dephased: float) -> tuple[float, float]:
    """(q, k) of lengths in units of T1 and of T2."""
    g1, g2 = -math.expm1(-relaxed), -math.expm1(-dephased)
    if g2 == 0.0:
        return 0.0, 1.0
    # At T2 = 2 T1 both are 1 and g2 away from their bounds; rounding may not pass them.
    return min(1.0, g2**2 / (2.0 * g2 - g1)), max(-1.0, min(1.0, g1 / g2 - 1.0))


def noise_of(device: Calibration) -> tuple[list[GateNoise], list[GateNoise]]:
    """Noise of √X on every site, and of the two-qubit gate on every coupling.

    Raises:
        RequestError: the calibration has no gates.
    """
    gates = device.gates
    if gates is None:
        raise RequestError(f"the calibration of {device.device} has no gates.")
    times = list(zip(device.t1, device.t2, strict=True))
    single = [
        of_gate(error, length, (of_site,))
        for error, length, of_site in zip(gates.error, gates.length, times, strict=True)
    ]
    pairs = [
        of_gate(error, length, (times[a], times[b]))
        for error, length, (a, b) in zip(
            gates.pair_error, gates.pair_length, gates.pairs, strict=True
        )
    ]
    return single, pairs
