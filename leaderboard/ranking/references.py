"""The lines of a ranking, as its task has them, where the released scores show them."""

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
    lines = []
    for line in tasks.load(key.task).lines:
        released = ({name: v.value for name, v in row.metrics.items()} for row in rows)
        values = (line.value(key, values) for values in released)
        value = next((value for value in values if value is not None), None)
        if value is not None:
            lines.append(Reference(line.name, value, line.meaning(key)))
    return lines
