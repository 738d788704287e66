"""Shots shown and shots of labels, kept apart: each half of the shots with the label of the other.

A model that is shown the very shots of its label learns to repeat their noise.
"""

from dataclasses import dataclass

from baselines.contract.cell import Cell
from baselines.contract.rows import Rows

MIN_SHOTS = 4
"""Below, the halves of the shots are too short for a purity."""


@dataclass(frozen=True)
class Part:
    """The training rows with what labels are estimated from, and with what is shown of them."""

    labels: Rows
    inputs: Rows


def shot_halves(cell: Cell) -> list[Part]:
    """Both ways to show one half of the shots with the label of the other; [] for too few shots."""
    half = cell.train.copies // 2
    if 2 * half < MIN_SHOTS:
        return []
    first, second = slice(half), slice(half, 2 * half)
    ways = ((first, second), (second, first))
    measured, seen = cell.train, cell.seen
    return [
        Part(measured.with_shots(measured.shots[:, a]), seen.with_shots(seen.shots[:, b]))
        for a, b in ways
    ]
