"""Expected cuts of the quantum approximate optimization algorithm from state vectors.

|γ, β⟩ = Π_k e^{−iβ_k Σ X} e^{−iγ_k C} |+…+⟩. C and Σ X commute with the flip of all qubits, so that
the last one can be kept at 0: 2^(V−1) amplitudes, numbered as cuts are. Gradients go back through
the layers with a second state (adjoint differentiation), the first being kept on the way.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builders.solvers.graphs.cuts import cut_values
from builders.solvers.graphs.layers import Cuts, Mixer, Precision, Turn, uniform

Floats = NDArray[np.float64]

_AT_ONCE = 2**15
"""Amplitudes of all states that are worked on together: half a MB, fastest of 2^14 to 2^18."""


@dataclass(frozen=True, eq=False)
class Expected:
    """Expected cuts of B states.

    Attributes:
        value: float64 (B,).
        gradient: float64 (B, 2p), by the angles; None where it was not asked for.
    """

    value: Floats
    gradient: Floats | None = None


def from_states(
    weights: Floats,
    angles: Floats,
    measured: Floats | None = None,
    *,
    gradient: bool = False,
    precision: Precision = np.float64,
) -> Expected:
    """Expected cuts, exact to rounding.

    Args:
        weights: float64 (B, V, V), of the graphs whose C is in the circuit.
        angles: float64 (B, 2p), γ_1 … γ_p, β_1 … β_p.
        measured: the graphs whose cut is measured, if they are others; of the same shape.
        gradient: whether to differentiate by the angles.
        precision: of amplitudes; float32 is twice as fast and good to about 1e-6.
    """
    together = max(1, _AT_ONCE >> (weights.shape[1] - 1))
    parts = []
    for start in range(0, len(weights), together):
        part = slice(start, start + together)
        observable = None if measured is None else measured[part]
        parts.append(_some(weights[part], angles[part], observable, precision, gradient=gradient))
    value = np.concatenate([part.value for part in parts]) if parts else np.empty(0)
    slopes = [part.gradient for part in parts if part.gradient is not None]
    return Expected(value, np.concatenate(slopes) if slopes else None)


def _some(
    weights: Floats,
    angles: Floats,
    measured: Floats | None,
    precision: Precision,
    *,
    gradient: bool,
) -> Expected:
    depth, vertices = angles.shape[1] // 2, weights.shape[1]
    cuts = Cuts(weights, precision)
    seen = cuts.values if measured is None else cut_values(measured).astype(precision)
    start = uniform(vertices).astype(precision)
    psi = np.broadcast_to(start, (len(weights), *start.shape))
    layers: list[tuple[Floats, Turn, Mixer]] = []
    for gamma, beta in zip(angles[:, :depth].T, angles[:, depth:].T, strict=True):
        turn, mixer = Turn(gamma, cuts), Mixer(beta, vertices, precision)
        psi = turn.forward(psi)
        layers.append((psi, turn, mixer))
        psi = mixer.forward(psi)
    other = seen[:, None] * psi
    value = np.asarray((psi * other).sum(axis=(1, 2)), dtype=np.float64)
    if not gradient:
        return Expected(value)
    slopes = np.empty_like(angles)
    for k in reversed(range(depth)):
        psi, turn, mixer = layers[k]
        other = mixer.back(other)
        slopes[:, depth + k] = mixer.slope(psi, other)
        slopes[:, k] = turn.slope(psi, other)
        if k:
            other = turn.back(other)
    return Expected(value, slopes)
