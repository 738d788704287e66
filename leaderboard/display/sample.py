"""Some rows of a data set as the page shows them: labels where public, estimates beside them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset.config import Config
from builders.dataset.schema import Arrays
from builders.physics.family import Family
from builders.physics.label import Label
from builders.physics.parameters import Parameters
from builders.physics.record import PauliTokens
from leaderboard import tasks
from leaderboard.display import sentences, words
from leaderboard.kinds.regression import Regression


@dataclass(frozen=True, eq=False)
class ShownLabel:
    """One label of R rows, in the terms of the task that asks for it.

    Attributes:
        label: its declaration.
        title: for people.
        unit: of both arrays, "1" where they have none.
        exact: (R, *shape); None where labels are hidden.
        estimate: float64 (R, *shape) from all stored copies; None where the record gives none.
    """

    label: Label
    title: str
    unit: str
    exact: NDArray[Any] | None
    estimate: NDArray[np.float64] | None

    @property
    def best(self) -> NDArray[Any] | None:
        """The exact values, or else the estimates; None where there are neither."""
        return self.estimate if self.exact is None else self.exact

    @property
    def value_title(self) -> str:
        """Of its values on an axis, with their unit."""
        return words.in_unit(self.label.name.replace("_", " "), self.unit)


@dataclass(frozen=True, eq=False)
class Sample:
    """R rows of one split.

    Attributes:
        family: of the config.
        size: of the config.
        arrays: every public column, (R, …).
        labels: those that belong to rows; those of single shots are shown as shares.
    """

    family: Family
    size: Size
    arrays: Arrays
    labels: tuple[ShownLabel, ...]

    @property
    def hidden(self) -> bool:
        """Whether the labels of these rows are withheld."""
        return not any(label.name in self.arrays for label in self.family.labels)

    @property
    def copies(self) -> int:
        """Stored copies a row; 0 where a row holds none or is one itself."""
        record = self.family.record
        return self.arrays[record.names[0]].shape[1] if record.has_copies else 0

    @property
    def estimate_title(self) -> str:
        """What the estimates are."""
        return f"Shadow estimate from {sentences.count(self.copies)} shots"

    def both(self, label: ShownLabel) -> dict[str, NDArray[Any]]:
        """Title → exact values and estimates of all rows, where there are any."""
        both = {"Exact": label.exact, self.estimate_title: label.estimate}
        return {title: values for title, values in both.items() if values is not None}

    def parameters(self, row: int) -> Parameters:
        """Parameter → float64 array of its shape."""
        flat = self.arrays.get("parameters")
        return self.family.unflatten(self.size, np.empty(0) if flat is None else flat[row])

    def estimated_numbers(self, row: int) -> dict[str, float]:
        """Title → value of every label that is one number and is estimated from the record: the
        estimate, and the exact one where its task has it in other terms than `numbers`.
        """
        numbers = {}
        for shown in self.labels:
            if shown.estimate is None or shown.label.axes:
                continue
            stored = self.arrays.get(shown.label.name)
            if shown.exact is not None and stored is not None and shown.exact[row] != stored[row]:
                numbers[shown.title] = float(shown.exact[row])
            numbers[f"{shown.title}, estimate"] = float(shown.estimate[row])
        return numbers

    def numbers(self, row: int) -> dict[str, str | float | int]:
        """Every label and certificate column that is one value, and every figure."""
        values: dict[str, str | float | int] = {}
        for label in self.family.labels:
            if label.name in self.arrays and not label.axes:
                value = self.arrays[label.name][row]
                values[label.name] = label.classes[int(value)] if label.classes else value.item()
        for column in self.family.certificate.columns:
            if column.name in self.arrays and not column.shape:
                values[column.name] = self.arrays[column.name][row].item()
        one = {name: column[row : row + 1] for name, column in self.arrays.items()}
        for figure in self.family.figures:
            found = figure.values(self.family, self.size, one)
            if found is not None:
                values[figure.name] = found.item()
        return values


def sample(config: Config, split: Arrays, rows: NDArray[np.intp]) -> Sample:
    """Some rows of a split as loaded from the public folder."""
    family, size = config.family, config.size
    arrays = {name: column[rows] for name, column in split.items()}
    labels = tuple(
        _shown(family, size, label, arrays) for label in family.labels if label.per == "row"
    )
    return Sample(family, size, arrays, labels)


def _shown(family: Family, size: Size, label: Label, arrays: Arrays) -> ShownLabel:
    """The label as the task has it that asks for it; else as it is stored."""
    task = next((t for t in map(tasks.load, family.tasks) if t.label == label.name), None)
    exact = arrays.get(label.name)
    title = label.name.replace("_", " ").capitalize() if task is None else task.title
    if not isinstance(task, Regression):
        return ShownLabel(label, title, label.unit, exact, None)
    shape = (len(arrays["row_id"]), *label.shape(size))
    if exact is not None:
        exact = task.labels(arrays, family, size).reshape(shape)
    estimate = _estimate(task, family, size, arrays)
    if estimate is not None:
        estimate = estimate.reshape(shape)
    return ShownLabel(label, title, task.unit, exact, estimate)


def _estimate(
    task: Regression, family: Family, size: Size, arrays: Arrays
) -> NDArray[np.float64] | None:
    if not isinstance(family.record, PauliTokens):
        return None
    (shots,) = family.record.names
    try:
        return task.estimate_rows(family, size, arrays[shots], lambda: arrays["parameters"])
    except RequestError:  # no estimate from shots, or too few of them for this quantity
        return None
