"""What a task is: what is predicted for every test row, and how answers are compared with it.

There are two kinds, `leaderboard.kinds.regression` (numbers) and
`leaderboard.kinds.classification` (the name of a class). What they share is here, so
that files, scores and rankings need not tell them apart.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from builders.core.names import Size
from builders.physics.family import Family
from leaderboard.kinds.metrics import Metric

Kind = Literal["regression", "classification"]
Split = Mapping[str, NDArray[Any]]
# Which rows of an answer are wrong, bool (R,), and how, in words that follow "3 rows".
Fault = tuple[NDArray[np.bool_], str]


class Evidence(Protocol):
    """What the metrics of a task are functions of, for R test rows."""

    def __len__(self) -> int:
        """R."""

    @property
    def losses(self) -> NDArray[np.float64]:
        """Float64 (R,), lower is better; entries of a ranking are compared by them."""

    @property
    def reference(self) -> NDArray[np.float64] | None:
        """Float64 (R,), the losses of a constant answer; None if it is unknown."""


@dataclass(frozen=True)
class Training:
    """The training rows of a cell, as every method sees them.

    Attributes:
        family: the family of the Hamiltonians.
        size: N sites.
        parameters: float64 (n, P), flat as in `Family.flatten`.
        shots: uint8 (n, M, N), tokens 0..5.
        exact: float64 (n, L), the labels of a noise-free cell, which has no shots; None elsewhere.
    """

    family: Family
    size: Size
    parameters: NDArray[np.float64]
    shots: NDArray[np.uint8]
    exact: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Task(ABC):
    """One quantity that is predicted for every test row.

    Class attributes:
        kind: `regression` or `classification`.
        training: what the labels of the training rows are, in one sentence.

    Attributes:
        name: the task's name, equal to its file's name.
        title: a few words for people.
        label: column of the data set that holds the exact value.
        unit: unit of the label, "1" where it has none.
        meaning: definition of the label in one sentence.
        metrics: what a report holds, in this order.
        primary: name of the metric that ranks.
    """

    kind: ClassVar[Kind]
    training: ClassVar[str]

    name: str
    title: str
    label: str
    unit: str
    meaning: str
    metrics: tuple[Metric[Any], ...]
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

    @abstractmethod
    def labels(self, split: Split, family: Family, size: Size) -> NDArray[Any]:
        """The exact labels of a loaded split, float64 (R, L) or class names (R,).

        Raises:
            KeyError: the split's labels are hidden.
        """

    @abstractmethod
    def faults(self, prediction: NDArray[Any], family: Family, size: Size) -> Iterator[Fault]:
        """What is wrong with the predictions of a cell.

        Args:
            prediction: float32 (R, L) or names (R,), as they stood in the file.
            family: the family of the cell's config.
            size: its size.
        """

    @abstractmethod
    def references(self, split: Split, train: Training | None) -> dict[str, NDArray[Any] | None]:
        """What is known beside predictions and labels: `train_mean` and `margins`, which `compare`
        takes, and `floor`, see `leaderboard.kinds.floor`; each only where the task has it.

        Args:
            split: the test split with its labels.
            train: the cell's training rows, if the public data are there.
        """

    @abstractmethod
    def compare(
        self, predictions: ArrayLike, labels: ArrayLike, **references: ArrayLike | None
    ) -> Evidence:
        """What the task's metrics are functions of, for R rows; its length is R.

        Raises:
            RequestError: shapes differ, no rows, or values that are not allowed.
        """
