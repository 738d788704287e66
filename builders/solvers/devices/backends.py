"""The fake backends of qiskit-ibm-runtime: their names, and what was measured of their qubits."""

import warnings
from functools import cache
from importlib.metadata import version
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError, unknown
from builders.core.names import Size
from builders.physics.calibration import Calibration
from builders.physics.channel import DEVICE, Channel
from builders.solvers.devices.gates import calibrated_gates, circuit_qubits
from builders.solvers.devices.layout import Device, qubits_of

PACKAGE = "qiskit-ibm-runtime"


def calibrated(
    channel: Channel, size: Size, couplings: NDArray[np.int64] | None = None
) -> Calibration | None:
    """The numbers of the qubits that a channel's device gives to the sites; None of others.

    Args:
        channel: the channel.
        size: of the sites.
        couplings: int64 (E, 2), of rows that are states of circuits: the numbers of their gates
            come with those of the qubits then, and qubits are coupled as these sites are.

    Raises:
        RequestError: the package is missing, no such device (with the nearest name), or one of
            fewer qubits than sites, or without gates on such couplings.
    """
    if channel.kind != DEVICE:
        return None
    backend = load(channel.device)
    measured = backend.properties()
    values = [_of_qubit(measured, q) for q in range(backend.num_qubits)]
    edges = frozenset(tuple(sorted(edge)) for edge in backend.coupling_map or ())
    # Bits are not read off a qubit without these numbers.
    usable = tuple(all(v is not None for v in of_qubit) for of_qubit in values)
    errors = tuple(0.5 * (v[0] + v[1]) if ok else 1.0 for v, ok in zip(values, usable, strict=True))
    device = Device(channel.device, edges, errors, usable)
    if couplings is None:
        gates, qubits = None, qubits_of(device, size)
    else:
        qubits = circuit_qubits(device, backend.target, couplings, size.sites)
        gates = calibrated_gates(channel.device, backend.target, couplings, qubits)
    p01, p10, t1, t2, length = zip(*(values[q] for q in qubits), strict=True)
    return Calibration(
        *(channel.device, str(backend.backend_version), f"{PACKAGE} {version(PACKAGE)}"),
        *(qubits, p01, p10, t1, t2, length),
        gates=gates,
        date=measured.last_update_date.date().isoformat(),
    )


def load(device: str) -> Any:
    """The backend of this name, such as `fake_sherbrooke`.

    Raises:
        RequestError: the package is missing, or no such device.
    """
    known = names()
    if device not in known:
        raise unknown("device", device, known)
    with warnings.catch_warnings():
        # Some say that their numbers are not typical: they are those that ship.
        warnings.simplefilter("ignore")
        return getattr(_provider(), known[device])()


@cache
def names() -> dict[str, str]:
    """Name → class of every device that ships; a device of an older class has the newer one.

    Raises:
        RequestError: the package is missing.
    """
    provider = _provider()
    classes = (getattr(provider, name) for name in sorted(dir(provider)) if name[:4] == "Fake")
    named = {str(c.backend_name): c.__name__ for c in classes if hasattr(c, "backend_name")}
    # A device with gates of any angle, made for tests of these: nothing was measured of it.
    named.pop("fake_fractional", None)
    return named


def _provider() -> ModuleType:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from qiskit_ibm_runtime import fake_provider
    except ImportError:
        raise RequestError(
            f"{PACKAGE}, which ships the calibrated devices, is not installed. "
            "Install it: pip install 'qslbench[circuits]'."
        ) from None
    module: ModuleType = fake_provider
    return module


def _of_qubit(measured: Any, qubit: int) -> tuple[Any, ...]:
    """p01, p10, T1, T2 and the length of a measurement, seconds; None for what is missing."""
    told = measured.qubit_property(qubit)
    keys = ("prob_meas1_prep0", "prob_meas0_prep1", "T1", "T2", "readout_length")
    found = tuple(float(told[key][0]) if key in told else None for key in keys)
    return tuple(
        v if v is not None and v >= 0 and (k < 2 or v > 0) else None for k, v in enumerate(found)
    )
