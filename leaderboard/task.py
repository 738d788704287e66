"""What a task is: a label to predict, its estimate from shots, and how answers are scored."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from builders.names import Size
from leaderboard.metrics import Metric


@dataclass(frozen=True)
class Task:
    """One quantity that is predicted for every test row.

    Attributes:
        name: the task's name, equal to its file's name.
        title: a few words for people.
        label: column of the data set that holds the exact value.
        unit: unit of the label, "1" where it has none.
        meaning: definition of the label in one sentence.
        shape: function of the size; the label's shape in a row.
        shadow: uint8 shots (…, M, N) → float64 (…, *shape), the estimate from shots.
        scored: function of L; bool (L,), the entries that `rmse`, `skill`, `skill_x` count.
        metrics: what a report holds, in this order.
        primary: name of the metric that ranks.
    """

    name: str
    title: str
    label: str
    unit: str
    meaning: str
    shape: Callable[[Size], tuple[int, ...]]
    shadow: Callable[[NDArray[np.uint8]], NDArray[np.float64]]
    scored: Callable[[int], NDArray[np.bool_]]
    metrics: tuple[Metric, ...]
    primary: str

    def __post_init__(self) -> None:
        names = [m.name for m in self.metrics]
        if len(set(names)) != len(names):
            raise ValueError(f"{self.name}: a metric is listed twice in {names}")
        if self.primary not in names:
            raise ValueError(f"{self.name}: {self.primary=} is not one of {names}")

    @property
    def direction(self) -> Literal["lower", "higher"]:
        """Whether a lower or a higher primary metric is better."""
        return next(m.better for m in self.metrics if m.name == self.primary)

    def length(self, size: Size) -> int:
        """L, the number of values in the prediction of one row."""
        return int(np.prod(self.shape(size), dtype=int))

    def estimate(self, shots: NDArray[np.uint8]) -> NDArray[np.float64]:
        """The label estimated from shots, flattened.

        Args:
            shots: uint8 (M, N) or (R, M, N), tokens 0..5.

        Returns:
            float64 (L,) or (R, L).
        """
        values = self.shadow(shots)
        return values.reshape(*shots.shape[:-2], -1)

    def labels(self, split: Mapping[str, NDArray[Any]]) -> NDArray[np.float64]:
        """The exact labels of a loaded split as float64 (R, L).

        Raises:
            KeyError: the split's labels are hidden.
        """
        column = np.asarray(split[self.label], dtype=np.float64)
        return column.reshape(len(column), -1)
