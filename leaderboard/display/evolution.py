"""Rows of one evolution: which they are, and what they are counted by."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builders.dataset.schema import Arrays
from builders.physics.family import Family
from builders.physics.parameters import Parameter, Parameters

COLUMN = "trajectory"


def evolutions(arrays: Arrays) -> list[int]:
    """Numbers of the evolutions of a split, in order; none where rows are no such thing."""
    return sorted({int(number) for number in arrays.get(COLUMN, ())})


def rows_of(arrays: Arrays, number: int) -> NDArray[np.intp]:
    """Places of the rows of one evolution in the split, in order."""
    return np.flatnonzero(arrays[COLUMN] == number)


@dataclass(frozen=True)
class Times:
    """What the T states of an evolution are counted by.

    Attributes:
        title: the meaning of the one parameter that differs between them, with its unit; `state`
            where they are numbered.
        at: its values, rising, or 0 … T − 1.
    """

    title: str
    at: tuple[float, ...]

    @property
    def edges(self) -> tuple[float, ...]:
        """Ends of the T intervals around the times, T + 1 numbers: half-way to the neighbours."""
        if len(self.at) < 2:
            return (self.at[0] - 0.5, self.at[0] + 0.5)
        inner = [(a + b) / 2 for a, b in zip(self.at, self.at[1:], strict=False)]
        first, last = 2 * self.at[0] - inner[0], 2 * self.at[-1] - inner[-1]
        return (first, *inner, last)


def time_title(family: Family) -> str:
    """What its evolutions are counted by: the meaning of its one scalar parameter, or `time`."""
    size = family.geometry.parse(family.sizes[0])
    single = [spec.meaning for spec in family.parameters if not spec.shape(size)]
    return single[0] if len(single) == 1 else "time"


def times(specs: Sequence[Parameter], states: Sequence[Parameters]) -> Times:
    """Of the parameters of the states of an evolution, in order.

    Args:
        specs: what the family declares.
        states: of each state.
    """
    columns = {
        spec.meaning: tuple(float(state[spec.name]) for state in states)
        for spec in specs
        if states[0][spec.name].ndim == 0
    }
    rising = [title for title, at in columns.items() if len(at) > 1 and (np.diff(at) > 0).all()]
    changing = [title for title, at in columns.items() if len(set(at)) > 1]
    if rising == changing and len(rising) == 1:
        return Times(rising[0], columns[rising[0]])
    return Times("state", tuple(map(float, range(len(states)))))
