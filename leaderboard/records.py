"""What the board says about its submissions: receipts, and the lines of a ranking."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leaderboard.cells import CellKey
from leaderboard.metadata import Metadata
from leaderboard.scoring import Value

Metrics = Mapping[str, Value]


@dataclass(frozen=True)
class Receipt:
    """An accepted submission.

    Attributes:
        id: of the submission, 12 hexadecimal digits.
        created: UTC, without a time zone.
        metadata: as submitted.
        scores: cell → metric name → value with its 95 % interval.
        same_predictions: ids of other submissions with the very same predictions.
    """

    id: str
    created: datetime
    metadata: Metadata
    scores: Mapping[CellKey, Metrics]
    same_predictions: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {
            "id": self.id,
            "created": _utc(self.created),
            "metadata": self.metadata.model_dump(mode="json"),
            "cells": [
                {**key._asdict(), "metrics": _metrics_json(metrics)}
                for key, metrics in self.scores.items()
            ],
            "same_predictions": list(self.same_predictions),
        }


@dataclass(frozen=True)
class Row:
    """One line of the ranking of a cell.

    Attributes:
        rank: from 1; equal primary values share a rank.
        id: of the submission.
        created: UTC, without a time zone.
        metadata: as submitted: name, entry_class, parameters, train_seconds and the rest.
        primary: name of the metric that ranks.
        metrics: metric name → value with its 95 % interval.
    """

    rank: int
    id: str
    created: datetime
    metadata: Metadata
    primary: str
    metrics: Metrics

    @property
    def name(self) -> str:
        """Name of the model."""
        return self.metadata.name

    @property
    def score(self) -> Value:
        """The primary metric."""
        return self.metrics[self.primary]

    def to_json(self) -> dict[str, Any]:
        """A nested JSON object with everything."""
        return {
            "rank": self.rank,
            "id": self.id,
            "created": _utc(self.created),
            "primary": self.primary,
            "metrics": _metrics_json(self.metrics),
            "metadata": self.metadata.model_dump(mode="json"),
        }

    def to_flat(self) -> dict[str, str | int | float | bool | None]:
        """One line of a table, for CSV and data frames; intervals are `rmse_low`, `rmse_high`."""
        flat: dict[str, str | int | float | bool | None] = {
            "rank": self.rank,
            "name": self.name,
            "entry_class": self.metadata.entry_class,
            "uses_test_shots": self.metadata.uses_test_shots,
        }
        for metric, value in self.metrics.items():
            flat |= {metric: value.value, f"{metric}_low": value.low, f"{metric}_high": value.high}
        return flat | {
            "parameters": self.metadata.parameters,
            "train_seconds": self.metadata.train_seconds,
            "seed": self.metadata.seed,
            "authors": "; ".join(self.metadata.authors),
            "code": self.metadata.code,
            "id": self.id,
            "created": _utc(self.created),
        }


def _metrics_json(metrics: Metrics) -> dict[str, Any]:
    return {name: value.to_json() for name, value in metrics.items()}


def _utc(moment: datetime) -> str:
    return f"{moment.isoformat(timespec='seconds')}Z"
