"""What was measured of a device: the numbers of the qubits that sites are placed on."""

import math
from dataclasses import dataclass
from typing import ClassVar

from builders.core.errors import RequestError
from builders.physics.gate_calibration import GateCalibration


@dataclass(frozen=True)
class Calibration:
    """Numbers of N qubits of a device, one a site; they travel in the manifest.

    Attributes:
        device: name of the device, such as `fake_sherbrooke`.
        version: the backend's version.
        source: package and version that the numbers were read from.
        qubits: the device's number of each site's qubit.
        p01: probability that a bit 0 is read as 1.
        p10: probability that a bit 1 is read as 0.
        t1: relaxation time of the excited state, seconds.
        t2: dephasing time, seconds. Above 2 t1, which no qubit can have, it counts as 2 t1.
        length: length of a measurement, seconds.
        gates: of the circuit's couplings; None where rows are no circuits.
        date: day of the device's last calibration, such as 2025-02-26; None where unknown.
    """

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    device: str
    version: str
    source: str
    qubits: tuple[int, ...]
    p01: tuple[float, ...]
    p10: tuple[float, ...]
    t1: tuple[float, ...]
    t2: tuple[float, ...]
    length: tuple[float, ...]
    gates: GateCalibration | None = None
    date: str | None = None

    def __post_init__(self) -> None:
        if len(set(self.qubits)) != len(self.qubits) or any(q < 0 for q in self.qubits):
            raise RequestError(f"calibration of {self.device}: {self.qubits=} are not one a site.")
        for name in ("p01", "p10", "t1", "t2", "length"):
            values = getattr(self, name)
            if len(values) != len(self.qubits):
                raise RequestError(
                    f"calibration of {self.device}: {len(values)} values of {name}, "
                    f"{len(self.qubits)} qubits."
                )
            if not all(_is_possible(name, value) for value in values):
                raise RequestError(f"calibration of {self.device}: {name} = {values} cannot be.")
        if self.gates is not None and len(self.gates.error) != len(self.qubits):
            raise RequestError(
                f"calibration of {self.device}: gates of {len(self.gates.error)} sites, "
                f"{len(self.qubits)} qubits."
            )


def _is_possible(name: str, value: float) -> bool:
    if name in ("p01", "p10"):
        return 0.0 <= value <= 1.0
    return math.isfinite(value) and (value >= 0.0 if name == "length" else value > 0.0)
