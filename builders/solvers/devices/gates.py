"""What was measured of the gates of a fake backend, and the qubits that a circuit runs on."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.physics.gate_calibration import PAIR_GATES, GateCalibration
from builders.solvers.devices.embedding import FAULTY, embedded
from builders.solvers.devices.layout import Device

_PULSE = "sx"


def circuit_qubits(
    device: Device, target: Any, couplings: NDArray[np.int64], sites: int
) -> tuple[int, ...]:
    """The qubits of sites 0 … N − 1, coupled as the circuit's are.

    Raises:
        RequestError: the device has fewer, no such couplings, or other gates than are used here.
    """
    pulses = _measured(target, _PULSE)
    errors = {
        q: error
        for q, (error, usable) in enumerate(zip(device.errors, device.usable, strict=True))
        if usable and (q,) in pulses and pulses[q,][0] < FAULTY
    }
    if sites > len(errors):
        raise RequestError(
            f"{device.name} has {len(errors)} calibrated qubits, too few for {sites} sites. Give "
            f"at most {len(errors)} sites, or a larger device."
        )
    pairs: dict[tuple[int, int], float] = {}
    for (a, b), (error, _) in _measured(target, _pair_gate(device.name, target)).items():
        low = (min(a, b), max(a, b))
        # Where both directions are calibrated, that from the lower number is used.
        if a < b or low not in pairs:
            pairs[low] = error
    return embedded(device.name, errors, pairs, couplings, sites)


def calibrated_gates(
    device: str, target: Any, couplings: NDArray[np.int64], qubits: tuple[int, ...]
) -> GateCalibration:
    """The numbers of the gates on these qubits, as `circuit_qubits` chose them."""
    gate = _pair_gate(device, target)
    measured, pulses = _measured(target, gate), _measured(target, _PULSE)
    directed = []
    for a, b in couplings.tolist():
        up = (a, b) if qubits[a] < qubits[b] else (b, a)
        directed.append(up if (qubits[up[0]], qubits[up[1]]) in measured else up[::-1])
    pairs = [measured[qubits[a], qubits[b]] for a, b in directed]
    singles = [pulses[q,] for q in qubits]
    return GateCalibration(
        *(gate, tuple(directed)),
        pair_error=tuple(error for error, _ in pairs),
        pair_length=tuple(length for _, length in pairs),
        error=tuple(error for error, _ in singles),
        length=tuple(length for _, length in singles),
    )


def _pair_gate(device: str, target: Any) -> str:
    known = [name for name in PAIR_GATES if name in target.operation_names]
    if not known or _PULSE not in target.operation_names:
        raise RequestError(
            f"{device} has the gates {', '.join(sorted(target.operation_names))}: circuits are "
            f"written in sx, rz and one of {', '.join(PAIR_GATES)}. Give another device."
        )
    return known[0]


def _measured(target: Any, gate: str) -> Mapping[tuple[int, ...], tuple[float, float]]:
    """Qubits → error and length in seconds, of those whose gate has both."""
    if gate not in target.operation_names:
        return {}
    return {
        tuple(qubits): (float(of.error), float(of.duration))
        for qubits, of in target[gate].items()
        if of is not None and of.error is not None and of.duration is not None
    }
