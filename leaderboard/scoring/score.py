"""Scores of one cell with intervals: a pure function of arrays."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from builders.core.errors import RequestError
from leaderboard import tasks
from leaderboard.cells import Answer
from leaderboard.kinds.blocks import Losses
from leaderboard.kinds.metrics import Metric, UndefinedError
from leaderboard.kinds.task import Evidence, Task
from leaderboard.kinds.truth import Truth

SCORER_VERSION = 1  # raised when the same predictions would get other numbers
BOOTSTRAPS = 1000


@dataclass(frozen=True)
class Value:
    """A metric with its 95 % interval.

    Attributes:
        value: None where the metric is undefined.
        low: lower end of the interval; None where there is none.
        high: upper end.
        note: why there is no value or no interval, else "".
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    note: str = ""

    @staticmethod
    def of_sample(value: float, sample: NDArray[np.float64]) -> "Value":
        """A value with the middle 95 % of its resamples, of those that have a value: a ratio of few
        rows can have none.
        """
        drawn = sample[np.isfinite(sample)]
        if not len(drawn):
            return Value(value, note="no resample has a value")
        low, high = np.quantile(drawn, (0.025, 0.975))
        return Value(value, float(low), float(high))

    def __str__(self) -> str:
        """`0.0248 [0.0241, 0.0255]`, or `-` and the note where there is no value."""
        if self.value is None:
            return f"- ({self.note})" if self.note else "-"
        if self.low is None or self.high is None:
            return f"{self.value:z.4f}"
        return f"{self.value:z.4f} [{self.low:z.4f}, {self.high:z.4f}]"

    def to_json(self) -> dict[str, Any]:
        """A JSON object; `note` only where there is one."""
        body: dict[str, Any] = {"value": self.value, "low": self.low, "high": self.high}
        return body | ({"note": self.note} if self.note else {})

    @staticmethod
    def from_json(body: Mapping[str, Any]) -> "Value":
        """The value that `to_json` stated.

        Raises:
            KeyError, TypeError, ValueError: it is no value.
        """
        value, low, high = (
            None if body[key] is None else float(body[key]) for key in ("value", "low", "high")
        )
        return Value(value, low, high, str(body.get("note", "")))


@dataclass(frozen=True)
class Report:
    """All metrics of one cell.

    Attributes:
        task: name of the task.
        rows: number of test rows.
        metrics: metric name → value, in the task's order.
        bootstraps: resamples behind the intervals.
        seed: of the resampling.
        losses: what two answers are compared by, see `Task.loss`.
        reference: the same of a constant answer, against which skill over many cells is measured:
            the mean training estimate, or the most common class or bits. None if unknown.
    """

    task: str
    rows: int
    metrics: Mapping[str, Value]
    bootstraps: int
    seed: int
    losses: Losses = field(compare=False, repr=False)
    reference: Losses | None = field(compare=False, repr=False)

    def words(self) -> list[str]:
        """What the numbers mean where that is easily overlooked: a skill below zero."""
        task = tasks.load(self.task)
        return [
            said
            for name, value in self.metrics.items()
            if (said := _below_zero(task.metric(name), value))
        ]

    def __str__(self) -> str:
        """Every metric with its interval, a line each, and `words`."""
        lines = [f"{self.task}, {self.rows} test rows"]
        lines += [f"  {name:<16} {value}" for name, value in self.metrics.items()]
        return "\n".join([*lines, *(f"  {said}" for said in self.words())])

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {
            "task": self.task,
            "rows": self.rows,
            "metrics": {name: value.to_json() for name, value in self.metrics.items()},
            "bootstraps": self.bootstraps,
            "seed": self.seed,
        }


def score(
    predictions: ArrayLike,
    labels: ArrayLike,
    task: Task | str,
    *,
    train_mean: ArrayLike | None = None,
    margins: ArrayLike | None = None,
    std: ArrayLike | None = None,
    bootstraps: int = BOOTSTRAPS,
    seed: int = 0,
) -> Report:
    """Score predictions against exact labels.

    The intervals are percentile bootstraps over the R rows, that is over Hamiltonians, or over
    blocks of rows where there are many (`leaderboard.kinds.blocks`); of a share of many rows that
    may hold none, Wilson's. Resamples depend on (R, bootstraps, seed) alone, so they are paired
    between answers to the same rows.

    Args:
        predictions: (R, L), or (R, …) with the label's shape; class names (R,) in a
            classification; bits or probabilities, (R,) or (R, K), in a binary task.
        labels: exact values, same shape.
        task: a task or its name.
        train_mean: (L,), the mean training estimate; `skill` has no value without it.
        margins: (R,), distances from the boundary between classes; `accuracy_clear` has no value
            without them.
        std: standard deviations of the numbers, (R,), or shaped like the predictions; with them
            the report says whether they are calibrated.
        bootstraps: number of resamples, at least 1.
        seed: seed of the resampling.

    Raises:
        RequestError: shapes differ, no rows, a value is not finite, not a class name, no
            probability, or a deviation that cannot be.

    >>> import numpy as np
    >>> import qslbench
    >>> labels = np.array([[[1.0, c], [c, 1.0]] for c in (0.1, 0.2, 0.3)])
    >>> print(qslbench.score(labels + 0.1, labels, "correlation").metrics["rmse"])
    0.1000 [0.1000, 0.1000]
    """
    task = tasks.load(task) if isinstance(task, str) else task
    given, exact = _array("predictions", predictions), _array("labels", labels)
    truth = Truth.of(exact, train_mean=train_mean, margins=margins)
    stated = None if std is None else _array("std", std)
    if stated is not None and (stated.ndim < 1 or len(stated) != len(exact)):
        raise RequestError(f"std has shape {stated.shape}; one line for each of the "
                           f"{len(exact)} rows is needed.")  # fmt: skip
    answer = Answer(truth.row_id, given, stated)
    return report_of(task, task.evidence(answer, truth), bootstraps, seed)


def report_of(
    task: Task, evidence: Evidence, bootstraps: int = BOOTSTRAPS, seed: int = 0
) -> Report:
    """The report of evidence that the task gave.

    Raises:
        RequestError: no resamples.
    """
    if bootstraps < 1:
        raise RequestError(f"bootstraps {bootstraps}: at least 1 is needed.")
    blocks = evidence.blocks
    metrics = {
        metric.name: _value(metric, evidence, bootstraps, seed)
        for metric in task.metrics_of(evidence)
    }
    reference = task.loss.reference(evidence)
    return Report(
        task.name,
        blocks.rows,
        metrics,
        bootstraps,
        seed,
        _losses(task, evidence),
        None if reference is None else Losses(reference, blocks),
    )


def _below_zero(metric: Metric[Any], value: Value) -> str:
    """A gain below zero in words; "" elsewhere."""
    if not metric.against or value.value is None or value.value >= 0:
        return ""
    if value.high is not None and value.high >= 0:
        return f"{metric.name} below 0, and its interval holds 0: as good as {metric.against}"
    return f"{metric.name} below 0: worse than {metric.against}"


def _losses(task: Task, evidence: Evidence) -> Losses:
    if task.loss.rows is not None:
        return Losses.of_wrong(task.loss.rows(evidence), evidence.blocks)
    return Losses(task.loss.own(evidence), evidence.blocks)


def _array(name: str, given: ArrayLike) -> NDArray[Any]:
    try:
        return np.asarray(given)
    except ValueError:  # lists of different lengths
        raise RequestError(f"{name} are not an array of numbers.") from None


def _value(metric: Metric[Any], evidence: Evidence, bootstraps: int, seed: int) -> Value:
    blocks = evidence.blocks
    try:
        value = float(metric.function(evidence, blocks.equal)[0])
    except UndefinedError as reason:
        return Value(None, note=f"{metric.name} {reason}")
    interval = None if metric.interval is None else metric.interval(evidence)
    if interval is not None:
        return Value(value, *interval)
    if len(blocks) < 2:
        unit = "row" if blocks.rows == 1 else "block of rows"
        return Value(value, note=f"one {unit} gives no interval")
    return Value.of_sample(value, metric.function(evidence, blocks.resamples(bootstraps, seed)))
