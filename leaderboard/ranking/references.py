"""The lines of a ranking, as its task has them, where the scores that are told show them."""

from collections.abc import Sequence
from dataclasses import dataclass

from leaderboard import tasks
from leaderboard.cells import CellKey
from leaderboard.store.records import Row


@dataclass(frozen=True)
class Reference:
    """One line.

    Attributes:
        name: of the predictor.
        value: its value of the metric that ranks.
        meaning: one sentence.
    """

    name: str
    value: float
    meaning: str


def references(key: CellKey, rows: Sequence[Row]) -> list[Reference]:
    """The lines of a cell, each from the first entry whose scores tell it."""
    found = []
    for line in tasks.load(key.task).lines:
        told = ({name: v.value for name, v in row.metrics.items()} for row in rows)
        values = (line.value(key, values) for values in told)
        value = next((value for value in values if value is not None), None)
        if value is not None:
            found.append(Reference(line.name, value, line.meaning(key)))
    return found
