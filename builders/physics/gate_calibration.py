"""What was measured of a device's gates, on the qubits and couplings that a circuit uses."""

import math
from dataclasses import dataclass
from typing import ClassVar

from builders.core.errors import RequestError

PAIR_GATES = ("cz", "ecr", "cx")
"""Two-qubit gates that circuits are written in, beside pulses √X and rotations about Z."""


@dataclass(frozen=True)
class GateCalibration:
    """Errors, as average gate infidelities, and lengths in seconds.

    Attributes:
        gate: the two-qubit gate, one of `PAIR_GATES`.
        pairs: sites of each coupling in the direction of the gate, control first, (E, 2).
        pair_error: of the two-qubit gate, (E,).
        pair_length: of the two-qubit gate, (E,).
        error: of √X on every site, (N,).
        length: of √X on every site, (N,).
    """

    __pydantic_config__: ClassVar = {"extra": "forbid"}

    gate: str
    pairs: tuple[tuple[int, int], ...]
    pair_error: tuple[float, ...]
    pair_length: tuple[float, ...]
    error: tuple[float, ...]
    length: tuple[float, ...]

    def __post_init__(self) -> None:
        if self.gate not in PAIR_GATES:
            raise RequestError(f"gate {self.gate!r} is not one of {', '.join(PAIR_GATES)}.")
        sites = len(self.error)
        low = [(min(pair), max(pair)) for pair in self.pairs]
        if len(set(low)) != len(low) or any(not 0 <= a < b < sites for a, b in low):
            raise RequestError(f"{self.pairs=} are not couplings of {sites} sites, each once.")
        counts = {"pair_error": len(low), "pair_length": len(low), "length": sites, "error": sites}
        for name, count in counts.items():
            values = getattr(self, name)
            most = 1.0 if name.endswith("error") else math.inf
            if len(values) != count or not all(0.0 <= v <= most and v < math.inf for v in values):
                raise RequestError(f"gates: {name} = {values} cannot be; {count} are needed.")
