"""The qubits of a code and the gates between them, as its circuit has them."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leaderboard.display.bonds import Bonds

CIRCUIT = "circuit.stim"
"""The text file beside the rows."""
_PLACE = re.compile(r"^\s*QUBIT_COORDS\(([^)]*)\)((?: \d+)+)", re.MULTILINE)
_GATE = re.compile(r"^\s*(?:CX|CZ|CNOT)((?: \d+)+)", re.MULTILINE)


@dataclass(frozen=True, eq=False)
class CodeMap:
    """Q qubits.

    Attributes:
        positions: float64 (Q, 2), rows downwards.
        names: number of each in the circuit.
        bonds: the pairs that a gate joins; None where there are none.
    """

    positions: NDArray[np.float64]
    names: tuple[str, ...]
    bonds: Bonds | None


def code_map(circuit: str) -> CodeMap | None:
    """The map of a circuit of Stim; None of one without coordinates in a plane."""
    places: dict[int, tuple[float, float]] = {}
    for at, qubits in _PLACE.findall(circuit):
        place = [float(number) for number in at.split(",")]
        if len(place) >= 2:
            places.update({int(qubit): (place[0], -place[1]) for qubit in qubits.split()})
    if not places:
        return None
    order = {qubit: k for k, qubit in enumerate(sorted(places))}
    pairs: set[tuple[int, int]] = set()
    for qubits in _GATE.findall(circuit):
        numbers = [int(qubit) for qubit in qubits.split()]
        pairs |= {
            (order[min(pair)], order[max(pair)])
            for pair in zip(numbers[::2], numbers[1::2], strict=True)
            if set(pair) <= set(order)
        }
    positions = np.array([places[qubit] for qubit in order])
    joined = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    bonds = Bonds.between(positions, joined, None, "two-qubit gates") if len(joined) else None
    return CodeMap(positions, tuple(map(str, order)), bonds)
