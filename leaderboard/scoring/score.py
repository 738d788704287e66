"""Scores of one cell with intervals: a pure function of arrays."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from builders.core.errors import RequestError
from leaderboard import tasks
from leaderboard.kinds.metrics import Floats, Metric, UndefinedError, equal_weights
from leaderboard.kinds.task import Evidence, Task

SCORER_VERSION = 1  # raised when the same predictions would get other numbers


@dataclass(frozen=True)
class Value:
    """A metric with its 95 % interval.

    Attributes:
        value: None where the metric is undefined.
        low: 2.5 % quantile over resampled Hamiltonians; None below two rows.
        high: 97.5 % quantile.
        note: why there is no value or no interval, else "".
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """A JSON object; `note` only where there is one."""
        body: dict[str, Any] = {"value": self.value, "low": self.low, "high": self.high}
        return body | ({"note": self.note} if self.note else {})

    @staticmethod
    def from_json(body: Mapping[str, Any]) -> "Value":
        """What `to_json` told.

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
        losses: float64 (R,), the loss of each row: its mean squared error over the scored entries,
            or 1 where its class is wrong.
        reference: float64 (R,), the same of a constant answer, against which skill over many cells
            is measured: the mean training estimate, or the most common class. None if unknown.
    """

    task: str
    rows: int
    metrics: Mapping[str, Value]
    bootstraps: int
    seed: int
    losses: Floats = field(compare=False, repr=False)
    reference: Floats | None = field(compare=False, repr=False)

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
    bootstraps: int = 1000,
    seed: int = 0,
) -> Report:
    """Score predictions against exact labels.

    The intervals are percentile bootstraps over the R rows, that is over Hamiltonians. Resamples
    depend on (R, bootstraps, seed) alone, so they are paired between answers to the same rows.

    Args:
        predictions: (R, L), or (R, …) with the label's shape; class names (R,) in a
            classification.
        labels: exact values, same shape.
        task: a task or its name.
        train_mean: (L,), the mean training estimate; `skill` has no value without it.
        margins: (R,), distances from the boundary between classes; `accuracy_clear` has no value
            without them.
        bootstraps: number of resamples, at least 1.
        seed: seed of the resampling.

    Raises:
        RequestError: shapes differ, no rows, a value is not finite, or not a class name.
    """
    task = tasks.load(task) if isinstance(task, str) else task
    if bootstraps < 1:
        raise RequestError(f"bootstraps {bootstraps}: at least 1 is needed.")
    evidence = task.compare(predictions, labels, train_mean=train_mean, margins=margins)
    weights = resamples(len(evidence), bootstraps, seed)
    metrics = {metric.name: _value(metric, evidence, weights) for metric in task.metrics}
    losses, reference = evidence.losses, evidence.reference
    return Report(task.name, len(evidence), metrics, bootstraps, seed, losses, reference)


@lru_cache(maxsize=8)
def resamples(rows: int, bootstraps: int, seed: int) -> Floats:
    """Weights of `bootstraps` draws of `rows` rows with replacement, float64 (B, rows)."""
    rng = np.random.default_rng(seed)
    weights = rng.multinomial(rows, np.full(rows, 1.0 / rows), size=bootstraps) / rows
    weights.flags.writeable = False  # the same array for every caller
    return weights


def _value(metric: Metric[Any], evidence: Evidence, weights: Floats) -> Value:
    rows = len(evidence)
    try:
        value = float(metric.function(evidence, equal_weights(rows))[0])
    except UndefinedError as reason:
        return Value(None, note=f"{metric.name} {reason}")
    if rows < 2:
        return Value(value, note="one row gives no interval")
    sample = metric.function(evidence, weights)
    sample = sample[np.isfinite(sample)]  # a ratio of few rows can have resamples without a value
    if not len(sample):
        return Value(value, note="no resample has a value")
    low, high = np.quantile(sample, (0.025, 0.975))
    return Value(value, float(low), float(high))
