"""What the board says about its submissions: receipts, and the lines of a ranking."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from builders.core.errors import RequestError
from leaderboard.cells import CellKey
from leaderboard.scoring.score import Value
from leaderboard.submission.metadata import CellCost, Metadata

Metrics = Mapping[str, Value]
_ID = re.compile("[0-9a-f]{12}|[0-9a-f]{20}")


@dataclass(frozen=True)
class Receipt:
    """An accepted submission.

    Attributes:
        id: of the submission, 20 hexadecimal digits; 12 of older ones.
        created: UTC, without a time zone.
        metadata: as submitted.
        scores: cell → metric name → value with its 95 % interval.
        same_predictions: ids of other submissions with the very same predictions.
        status: `scored`, or `withdrawn` from all rankings.
    """

    id: str
    created: datetime
    metadata: Metadata
    scores: Mapping[CellKey, Metrics]
    same_predictions: tuple[str, ...] = ()
    status: str = "scored"

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {
            "id": self.id,
            "status": self.status,
            "created": utc(self.created),
            "metadata": self.metadata.model_dump(mode="json"),
            "cells": [
                {**key._asdict(), "metrics": _metrics_json(metrics)}
                for key, metrics in self.scores.items()
            ],
            "same_predictions": list(self.same_predictions),
        }

    @staticmethod
    def from_json(body: Mapping[str, Any]) -> "Receipt":
        """The receipt that `to_json` wrote, perhaps on another machine.

        Raises:
            ValueError, KeyError, TypeError: it is none.
        """
        if not all(_ID.fullmatch(id_) for id_ in [body["id"], *body["same_predictions"]]):
            raise ValueError(f"{body['id']=} {body['same_predictions']=}")
        scores = {}
        for cell in body["cells"]:
            names = (cell["config"], cell["task"], int(cell["n"]), int(cell["shots"]))
            key = CellKey(*names, cell.get("track"))  # a board of before tracks says none
            scores[key] = {name: Value.from_json(v) for name, v in cell["metrics"].items()}
        created = datetime.fromisoformat(body["created"].removesuffix("Z"))
        metadata = Metadata.model_validate(body["metadata"])
        same = tuple(body["same_predictions"])
        return Receipt(body["id"], created, metadata, scores, same, body.get("status", "scored"))


@dataclass(frozen=True)
class Refusal:
    """A file that was not accepted, as the decision log has it.

    Attributes:
        id: `refused-K`, where K is the number of its entry in the log.
        created: UTC, as in the log.
        reason: what is wrong, in full.
        error: the same as it was raised; None if read from the log.
    """

    id: str
    created: str
    reason: str
    error: RequestError | None = field(default=None, compare=False)

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {
            "id": self.id,
            "status": "refused",
            "created": self.created,
            "reason": self.reason,
        }


@dataclass(frozen=True)
class Row:
    """One line of the ranking of a cell.

    Attributes:
        rank: from 1; entries that cannot be told apart share a rank.
        class_rank: the same among the entries of its class alone; 0 where it was not asked for.
        id: of the submission.
        created: UTC, without a time zone.
        metadata: as submitted: name, entry_class, parameters, train_seconds and the rest.
        primary: name of the metric that ranks.
        metrics: metric name → value with its 95 % interval.
        p_above: p-value against the entry above, paired over Hamiltonians, Holm-adjusted over all
            neighbours; None for the first.
        resolvable: the smallest difference of the primary metric from the entry above that the
            test Hamiltonians resolve (95 %); None for the first.
        details: what is stated beside them, see `CellReport.details`.
        cost: what is stated of this cell alone; None where nothing is.
        summaries: one number of each detail that has one, for a table; None where it is not shown.
    """

    rank: int
    id: str
    created: datetime
    metadata: Metadata
    primary: str
    metrics: Metrics
    p_above: float | None = None
    resolvable: float | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    summaries: Mapping[str, float | None] = field(default_factory=dict)
    cost: CellCost | None = None
    class_rank: int = 0

    @property
    def name(self) -> str:
        """Name of the model."""
        return self.metadata.name

    @property
    def score(self) -> Value:
        """The primary metric."""
        return self.metrics[self.primary]

    @property
    def place(self) -> int:
        """The rank within its class, else among all."""
        return self.class_rank or self.rank

    @property
    def parameters(self) -> int | None:
        """Trained numbers: of this cell if they are stated, else of the file."""
        own = None if self.cost is None else self.cost.parameters
        return self.metadata.parameters if own is None else own

    @property
    def train_seconds(self) -> float | None:
        """Wall seconds of training: of this cell if they are stated, else of the file."""
        own = None if self.cost is None else self.cost.train_seconds
        return self.metadata.train_seconds if own is None else own

    @property
    def row_seconds(self) -> float | None:
        """Processor seconds a test row: of this cell if they are stated, else of the file."""
        own = None if self.cost is None else self.cost.row_seconds
        return self.metadata.row_seconds if own is None else own

    @property
    def violations(self) -> int | None:
        """Test rows that break the law of physics that most rows break; None if none applies."""
        broken = self.details.get("violations")
        return max(broken.values()) if broken else None

    def to_json(self) -> dict[str, Any]:
        """A nested JSON object with everything."""
        return {
            "rank": self.rank,
            "class_rank": self.class_rank,
            "id": self.id,
            "created": utc(self.created),
            "primary": self.primary,
            "metrics": _metrics_json(self.metrics),
            "p_above": self.p_above,
            "resolvable": self.resolvable,
            **self.details,
            "metadata": self.metadata.model_dump(mode="json"),
        }

    def to_flat(self) -> dict[str, str | int | float | bool | None]:
        """One line of a table, for CSV and data frames; intervals are `rmse_low`, `rmse_high`."""
        flat: dict[str, str | int | float | bool | None] = {
            "rank": self.rank,
            "class_rank": self.class_rank,
            "name": self.name,
            "entry_class": self.metadata.entry_class,
            "uses_test_shots": self.metadata.uses_test_shots,
        }
        for metric, value in self.metrics.items():
            flat |= {metric: value.value, f"{metric}_low": value.low, f"{metric}_high": value.high}
        return flat | {
            "p_above": self.p_above,
            "resolvable": self.resolvable,
            **self.summaries,
            "violations": self.violations,
            "parameters": self.parameters,
            "train_seconds": self.train_seconds,
            "row_seconds": self.row_seconds,
            "seed": self.metadata.seed,
            "authors": "; ".join(self.metadata.authors),
            "code": self.metadata.code,
            "id": self.id,
            "created": utc(self.created),
        }


def _metrics_json(metrics: Metrics) -> dict[str, Any]:
    return {name: value.to_json() for name, value in metrics.items()}


def utc(moment: datetime) -> str:
    """The moment, a UTC one without a time zone, as ISO 8601 to the second."""
    return f"{moment.isoformat(timespec='seconds')}Z"
