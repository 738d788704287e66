"""Rows of one evolution: which they are, and what they are counted by."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builders.dataset.schema import Arrays
from builders.physics.parameters import Parameters

COLUMN = "trajectory"


def evolutions(arrays: Arrays) -> list[int]:
    """Numbers of the evolutions of a split, in order; none where rows are no such thing."""
    return sorted({int(number) for number in arrays.get(COLUMN, ())})


def rows_of(arrays: Arrays, number: int) -> NDArray[np.intp]:
    """Places of the rows of one evolution in the split, in order."""
    return np.flatnonzero(arrays[COLUMN] == number)


@dataclass(frozen=True)
class Times:
    """What the states of an evolution are counted by.

    Attributes:
        axis: the one parameter that differs between them, or their number.
        ticks: its values, one text a state.
    """

    axis: str
    ticks: tuple[str, ...]


def times(parameters: Sequence[Parameters]) -> Times:
    """Of the parameters of its states, in order."""
    single = {name for name, value in parameters[0].items() if value.ndim == 0}
    texts = {name: tuple(f"{float(state[name]):.4g}" for state in parameters) for name in single}
    changing = [name for name in texts if len(set(texts[name])) > 1]
    if len(changing) == 1:
        return Times(changing[0], texts[changing[0]])
    return Times("state", tuple(map(str, range(len(parameters)))))
