"""What a task is: what is predicted for every test row, and how answers are compared with it.

A task is one file that brings everything: its label, its metrics, the laws that every right answer
obeys, the details of a report, the lines and published numbers to read a ranking against. Kinds of
tasks (`regression`, `classification`, `binary`) say how answers of a form become evidence; files,
scores, rankings and pages need not tell them apart.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import unknown
from builders.core.names import Size
from builders.physics.family import Family
from leaderboard.cells import Answer
from leaderboard.kinds.blocks import Blocks
from leaderboard.kinds.by_time import NAME as BY_TIME
from leaderboard.kinds.by_time import error_by_time
from leaderboard.kinds.details import Detail
from leaderboard.kinds.laws import Law, violations
from leaderboard.kinds.lines import Line
from leaderboard.kinds.metrics import Loss, Metric
from leaderboard.kinds.published import Published
from leaderboard.kinds.truth import Truth

Kind = Literal["regression", "classification", "binary"]
Split = Mapping[str, NDArray[Any]]


class Fault(NamedTuple):
    """What is wrong with some rows of an answer.

    Attributes:
        column: of the file.
        rows: bool (R,), which rows.
        how: in words that follow "3 rows".
    """

    column: str
    rows: NDArray[np.bool_]
    how: str


class Evidence(Protocol):
    """What the metrics of a task are functions of, for R test rows in B blocks."""

    @property
    def blocks(self) -> Blocks:
        """How the rows are cut."""


@dataclass(frozen=True, kw_only=True)
class Task(ABC):
    """One quantity that is predicted for every test row.

    Class attributes:
        kind: how answers look: `regression`, `classification` or `binary`.
        hub_type: what the Hub calls such a task.
        usual_loss: whose mean is kept of every block where the primary metric has no loss.

    Attributes:
        name: the task's name, equal to its file's name.
        title: a few words for people.
        label: column of the data set that holds the exact value.
        unit: unit of the label, "1" where it has none.
        meaning: definition of the label in one sentence.
        metrics: what every report holds, in this order.
        primary: name of the metric that ranks.
        upward: name of a metric of which more is better, for places that know no other.
        laws: what every right answer obeys.
        details: what a report tells beside the metrics; that of all tasks is in `every_detail`.
        lines: to read a ranking against.
        published: numbers of others for cells of this task.
    """

    kind: ClassVar[Kind]
    hub_type: ClassVar[str]
    usual_loss: ClassVar[Loss[Any]]

    name: str
    title: str
    label: str
    unit: str
    meaning: str
    metrics: tuple[Metric[Any], ...]
    primary: str
    upward: str
    laws: tuple[Law, ...] = ()
    details: tuple[Detail, ...] = ()
    lines: tuple[Line, ...] = ()
    published: tuple[Published, ...] = ()

    def __post_init__(self) -> None:
        names = [m.name for m in self.every_metric]
        if len(set(names)) != len(names):
            raise ValueError(f"{self.name}: a metric is listed twice in {names}")
        for what, chosen in (("primary", self.primary), ("upward", self.upward)):
            if chosen not in [m.name for m in self.metrics]:
                raise ValueError(f"{self.name}: {what} {chosen!r} is not one of {names}")
        if self.ranking.better == "neither" or self.metric(self.upward).better != "higher":
            raise ValueError(f"{self.name}: {self.primary=} ranks, {self.upward=} is a gain")
        for parts in (self.laws, self.every_detail, self.lines):
            twice = [p.name for p in parts]
            if len(set(twice)) != len(twice):
                raise ValueError(f"{self.name}: a name stands twice in {twice}")

    @property
    def every_metric(self) -> tuple[Metric[Any], ...]:
        """Those of every report, and those that an answer has only if it states more."""
        return self.metrics

    @property
    def every_detail(self) -> tuple[Detail, ...]:
        """Those of the task, and the error by time that rows of evolutions have of any task."""
        function = partial(error_by_time, self)
        by_time = Detail(BY_TIME, "Error by time", "curve", function, ("time", self.ranking.title))
        return (*self.details, by_time)

    def metric(self, name: str) -> Metric[Any]:
        """One of its metrics.

        Raises:
            UnknownError: no such metric.
        """
        for metric in self.every_metric:
            if metric.name == name:
                return metric
        raise unknown(f"metric of {self.name}", name, [m.name for m in self.every_metric])

    @property
    def ranking(self) -> Metric[Any]:
        """The primary metric."""
        return self.metric(self.primary)

    @property
    def loss(self) -> Loss[Any]:
        """The loss that is kept of every block: that of the metric that ranks, if it has one."""
        return self.ranking.loss or self.usual_loss

    @property
    @abstractmethod
    def training(self) -> str:
        """What the labels of the training rows are, in one sentence without its full stop."""

    @abstractmethod
    def labels(self, split: Split, family: Family, size: Size) -> NDArray[Any]:
        """The exact labels of a loaded split: float64 (R, L), class names (R,), or bits (R, K).

        Raises:
            KeyError: the split's labels are hidden.
        """

    @abstractmethod
    def faults(self, answer: Answer, family: Family, size: Size) -> Iterator[Fault]:
        """What is wrong with the answer to a cell, as it stood in the file.

        Args:
            answer: its rows in any order.
            family: the family of the cell's config.
            size: its size.
        """

    @abstractmethod
    def evidence(self, answer: Answer, truth: Truth) -> Evidence:
        """What the task's metrics are functions of.

        Args:
            answer: its rows in the order of the truth's.
            truth: labels, columns and training.

        Raises:
            RequestError: shapes differ, or values that are not allowed.
        """

    def metrics_of(self, evidence: Evidence) -> tuple[Metric[Any], ...]:  # noqa: ARG002
        """The metrics that a report of this evidence holds."""
        return self.metrics

    def details_of(self, answer: Answer, truth: Truth) -> dict[str, Any]:
        """The details and the broken laws of an answer, a JSON object.

        Args:
            answer: its rows in the order of the truth's.
            truth: of a cell.
        """
        details: dict[str, Any] = {}
        for detail in self.every_detail:
            holds = detail.function(answer, truth)
            if holds is not None:
                details[detail.name] = holds
        return details | ({"violations": violations(self.laws, answer, truth)} if self.laws else {})

    def withheld(self, details: Mapping[str, Any]) -> dict[str, Any]:
        """Details without what measures hidden labels more finely than the released scores."""
        hidden = {detail.name for detail in self.every_detail if detail.uses_labels}
        kept = {name: value for name, value in details.items() if name not in hidden}
        if "violations" in kept:
            fine = {law.name for law in self.laws if law.uses_labels}
            kept["violations"] = {k: v for k, v in kept["violations"].items() if k not in fine}
        return kept

    def floor(self, truth: Truth) -> float | None:  # noqa: ARG002
        """The primary metric below which an answer that was only learned calls for an explanation;
        None where no such number is known. See `leaderboard.kinds.floor`.
        """
        return None

    def apart(self, mean_loss: float) -> float:
        """How far answers of that mean loss lie from the labels, a root mean square over values."""
        return float(np.sqrt(mean_loss))


def no_std(answer: Answer, task: Task) -> Iterator[Fault]:
    """The fault of a standard deviation where the answer is no number."""
    if answer.std is not None:
        every = np.ones(len(answer.row_id), dtype=np.bool_)
        yield Fault("std", every, f"state a deviation; task {task.name} is not answered by numbers")
