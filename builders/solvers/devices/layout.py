"""Which qubits of a device the sites are placed on: always the same ones.

A chain lies on a path of connected qubits. The paths tried are walks, one from each qubit. A walk
steps to a connected qubit that it has not visited: into a dead end only where all are, then to a
next number where there is one (rows of a device are numbered along), else to the lowest. On a
heavy-hexagon lattice the longest is a snake through all rows. Of all stretches of N qubits on these
walks the one with the least mean readout error is taken, the first where two are equal.

Where no walk is as long, and where sites are no chain, the sites are the N qubits with the least
readout errors, in the order of their numbers: bits are read off each qubit by itself, and nothing
depends on which are neighbours.
"""

from dataclasses import dataclass

import numpy as np

from builders.core.errors import RequestError
from builders.core.names import Size


@dataclass(frozen=True)
class Device:
    """What a layout is chosen by.

    Attributes:
        name: of the device.
        edges: connected qubits, pairs (low, high).
        errors: mean readout error of each qubit.
        usable: whether each qubit can be measured; others are left out.
    """

    name: str
    edges: frozenset[tuple[int, int]]
    errors: tuple[float, ...]
    usable: tuple[bool, ...]


def qubits_of(device: Device, size: Size) -> tuple[int, ...]:
    """The qubits of sites 0 … N − 1.

    Raises:
        RequestError: the device has fewer.
    """
    fits, sites = sum(device.usable), size.sites
    if sites > fits:
        raise RequestError(
            f"{device.name} has {fits} calibrated qubits, too few for {sites} sites. Give at most "
            f"{fits} sites, or a larger device."
        )
    stretches = _stretches(device, sites) if size.is_chain and size.letter == "n" else []
    errors = np.array(device.errors)
    if stretches:
        return min(stretches, key=lambda path: float(errors[list(path)].mean()))
    best = sorted((q for q, ok in enumerate(device.usable) if ok), key=lambda q: (errors[q], q))
    return tuple(sorted(best[:sites]))


def walks(device: Device) -> list[tuple[int, ...]]:
    """A walk from each usable qubit, see above."""
    near: dict[int, list[int]] = {q: [] for q, ok in enumerate(device.usable) if ok}
    for low, high in sorted(device.edges):
        if low in near and high in near:
            near[low].append(high)
            near[high].append(low)
    found = []
    for start in near:
        path, seen, here = [start], {start}, start
        while ahead := [q for q in near[here] if q not in seen]:
            path.append(here := _step(here, ahead, near, seen))
            seen.add(here)
        found.append(tuple(path))
    return found


def _step(here: int, ahead: list[int], near: dict[int, list[int]], seen: set[int]) -> int:
    def worse(q: int) -> tuple[bool, bool, int]:
        return all(after in seen for after in near[q]), abs(q - here) != 1, q

    return min(ahead, key=worse)


def _stretches(device: Device, sites: int) -> list[tuple[int, ...]]:
    return [path[at : at + sites] for path in walks(device) for at in range(len(path) - sites + 1)]
