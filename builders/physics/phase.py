"""Phases of matter: what a family says of a row, and the two columns it becomes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

PauliString = tuple[str, tuple[int, ...]]
"""Letters X, Y, Z and their sites in increasing order: `("ZXZ", (0, 1, 2))`."""


@dataclass(frozen=True)
class Phase:
    """The phase of one row.

    Attributes:
        name: one of the family's phases.
        margin: distance of the deciding quantity from the nearest decision boundary, at least 0,
            finite, without unit.
    """

    name: str
    margin: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.margin < math.inf:
            raise ValueError(f"{self.margin=} of phase {self.name}: finite and at least 0")


def phase_columns(classes: tuple[str, ...], rows: Sequence[Phase]) -> dict[str, NDArray[Any]]:
    """Columns `phase` (int64, index into `classes`) and `phase_margin` (float64); none without."""
    if not classes:
        return {}
    strange = {p.name for p in rows} - set(classes)
    if strange:
        raise ValueError(f"phases {strange} of rows; the family names {classes}")
    return {
        "phase": np.array([classes.index(p.name) for p in rows], dtype=np.int64),
        "phase_margin": np.array([p.margin for p in rows], dtype=np.float64),
    }
