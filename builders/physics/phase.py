"""Phases of matter: what a family says of a row, and the two columns it becomes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from builders.core.names import Size
    from builders.physics.family import Family, Parameters

PauliString = tuple[str, tuple[int, ...]]
"""Letters X, Y, Z and their sites in increasing order: `("ZXZ", (0, 1, 2))`."""


@dataclass(frozen=True)
class Phase:
    """The phase of one row.

    Attributes:
        name: one of `Family.phases`.
        margin: distance of the deciding quantity from the nearest decision boundary, at least 0,
            finite, without unit.
    """

    name: str
    margin: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.margin < math.inf:
            raise ValueError(f"{self.margin=} of phase {self.name}: finite and at least 0")


def columns_of(
    family: "Family",
    size: "Size",
    parameters: Sequence["Parameters"],
    order: NDArray[np.float64],
    renyi2: NDArray[np.float64],
) -> dict[str, NDArray[np.generic]]:
    """Columns `phase` (int64, index into `family.phases`) and `phase_margin` (float64).

    Args:
        family: one with phases.
        size: N sites.
        parameters: of the B rows.
        order: float64 (B, S), expectation values of `family.order_strings(size)`.
        renyi2: float64 (B, N−1), in bit.
    """
    found = [family.phase(size, *row) for row in zip(parameters, order, renyi2, strict=True)]
    return phase_columns(family, found)


def phase_columns(family: "Family", found: Sequence[Phase]) -> dict[str, NDArray[np.generic]]:
    """The two columns for phases that are known already; none for a family without phases."""
    if not family.phases:
        return {}
    strange = {p.name for p in found} - set(family.phases)
    if strange:
        raise ValueError(f"{family.name} told the phases {strange}, it names {family.phases}")
    return {
        "phase": np.array([family.phases.index(p.name) for p in found], dtype=np.int64),
        "phase_margin": np.array([p.margin for p in found], dtype=np.float64),
    }
