"""Lines to read a ranking against: what is reached without learning anything."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from leaderboard.cells import CellKey
from leaderboard.kinds.errors import SKILL, SKILL_X
from leaderboard.kinds.metrics import Metric

# Metric name → its value, as it is released of one entry; None where it has none.
Values = Mapping[str, float | None]


@dataclass(frozen=True)
class Line:
    """One line in the metric that ranks.

    Attributes:
        name: of the predictor.
        meaning: cell → one sentence.
        value: (cell, values of an entry) → where it lies; None where that cannot be said.
    """

    name: str
    meaning: Callable[[CellKey], str]
    value: Callable[[CellKey, Values], float | None]


def under_gain(name: str, meaning: str, primary: Metric[Any], gain: Metric[Any]) -> Line:
    """The constant answer under a gain, which is 1 − loss / loss of that answer: an entry's own
    scores tell where it lies, without a look at the labels.

    Args:
        name: of the line.
        meaning: of the constant answer, one sentence.
        primary: the metric that ranks, a function of the mean loss.
        gain: the metric that is measured against the answer.

    Raises:
        ValueError: they speak of different losses.
    """
    if primary.loss is None or primary.loss is not gain.gain_on:
        raise ValueError(f"line {name}: {gain.name} is no gain on the loss of {primary.name}")

    def value(key: CellKey, values: Values) -> float | None:  # noqa: ARG001
        score, gained = values.get(primary.name), values.get(gain.name)
        if score is None or gained is None or gained >= 1.0:
            return None
        return float(primary.value_of(primary.loss_of(np.array(score)) / (1.0 - gained)))

    return Line(name, lambda key: meaning, value)  # noqa: ARG005


def constant_answers(primary: Metric[Any]) -> tuple[Line, ...]:
    """The two constants that a regression's gains are measured against."""
    return (
        under_gain("train_mean", "the mean of the training estimates", primary, SKILL),
        under_gain("oracle mean", "the best constant answer in hindsight", primary, SKILL_X),
    )
