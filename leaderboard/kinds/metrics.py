"""What a metric is: a function of the evidence of a cell, and its tie to a mean loss.

Metrics are functions of evidence and of weights over blocks of test rows, which makes the bootstrap
cheap: a resample is a vector of B weights, so that K resamples are one product of a (K, B) matrix
with the losses.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Better = Literal["lower", "higher", "neither"]
E = TypeVar("E")  # evidence: what a metric is a function of, errors or outcomes of classes

_TRIED = np.array([0.04, 0.25, 0.81])  # mean losses at which an inverse is tried
_ROUNDING = 1e-12


class UndefinedError(ValueError):
    """A metric has no value here; the message says why."""


@dataclass(frozen=True)
class Loss(Generic[E]):
    """What is averaged over test rows, so that two answers can be compared row by row.

    Attributes:
        name: for people: `squared error`.
        own: evidence → float64 (B,), the mean loss of each block, lower is better.
        reference: the same of a constant answer; None where it is unknown.
        rows: where every row's loss is 0 or 1, evidence → bool (R,), which are 1: such answers are
            compared exactly.
    """

    name: str
    own: Callable[[E], Floats]
    reference: Callable[[E], Floats | None]
    rows: Callable[[E], Mask] | None = None


@dataclass(frozen=True)
class Metric(Generic[E]):
    """A metric with its name, its direction and, where it is one, its tie to a mean loss.

    A metric that is a function of a mean loss names the loss and both ways: then entries can be
    compared in pairs on the same test rows, and a ranking can say what it resolves. One that is
    none of these three has no paired test.

    Attributes:
        name: as on the board.
        function: (evidence of B blocks, weights (K, B)) → float64 (K,).
        better: whether lower or higher is better; `neither` where a number between is right.
        meaning: one sentence.
        title: a few words for people; the name by default.
        loss: whose mean the metric is a function of.
        of_loss: mean loss → metric.
        to_loss: its inverse.
        interval: evidence → ends of the 95 % interval, or None for the bootstrap's.
        gain_on: of a gain, 1 − mean loss / mean loss of a constant answer, that loss.
        against: of a gain, that answer in words.
        live: whether it is told while a season is open. One that an answer can aim at single rows,
            by more than how far it is off, would tell their labels bit by bit.
        formula: LaTeX, in the symbols that pages explain; "" where the meaning says it all.
    """

    name: str
    function: Callable[[E, Floats], Floats]
    better: Better
    meaning: str
    title: str = ""
    loss: Loss[E] | None = None
    of_loss: Callable[[Floats], Floats] | None = None
    to_loss: Callable[[Floats], Floats] | None = None
    interval: Callable[[E], tuple[float, float] | None] | None = None
    gain_on: Loss[E] | None = None
    against: str = ""
    live: bool = True
    formula: str = ""

    def __post_init__(self) -> None:
        if self.better not in get_args(Better):
            raise ValueError(f"{self.name}: {self.better=}, one of {get_args(Better)} is needed")
        tie = (self.loss, self.of_loss, self.to_loss)
        if any(part is None for part in tie) != all(part is None for part in tie):
            raise ValueError(f"{self.name}: loss, of_loss and to_loss are given together or not")
        if self.better == "neither" and self.is_paired:
            raise ValueError(f"{self.name}: a function of a loss has a direction, {self.better=}")
        if self.is_paired:
            back = self.loss_of(self.value_of(_TRIED))
            if not np.allclose(back, _TRIED, rtol=_ROUNDING):
                raise ValueError(f"{self.name}: to_loss(of_loss({_TRIED})) is {back}")
            grows = bool(np.all(np.diff(self.value_of(_TRIED)) > 0))
            if grows is not (self.better == "lower"):
                how = "grows" if grows else "does not grow"
                raise ValueError(
                    f"{self.name}: {self.better} is better, and it {how} with the loss"
                )
        if bool(self.against) != (self.gain_on is not None):
            raise ValueError(f"{self.name}: {self.against=} says what a gain is measured against")
        if not self.title:
            object.__setattr__(self, "title", self.name.replace("_", " ").capitalize())

    @property
    def is_paired(self) -> bool:
        """Whether entries can be compared by it row by row: it is a function of a mean loss."""
        return self.of_loss is not None

    @property
    def is_error(self) -> bool:
        """Whether it measures how far answers are off, in the way of its loss."""
        return self.is_paired and self.better == "lower"

    @property
    def unpaired(self) -> str:
        """Why there is no paired test; "" where there is one."""
        if self.is_paired:
            return ""
        return f"{self.name} is no function of a mean loss, so that it has no paired test"

    def value_of(self, mean_loss: Floats) -> Floats:
        """The metric of mean losses, any shape.

        Raises:
            UndefinedError: it is no function of a mean loss.
        """
        if self.of_loss is None:
            raise UndefinedError(self.unpaired)
        return self.of_loss(mean_loss)

    def loss_of(self, value: Floats) -> Floats:
        """The mean losses of values of the metric, the inverse of `value_of`.

        Raises:
            UndefinedError: it is no function of a mean loss.
        """
        if self.to_loss is None:
            raise UndefinedError(self.unpaired)
        return self.to_loss(value)


def same(values: Floats) -> Floats:
    """The tie of a metric that is the mean loss itself."""
    return values


def complement(values: Floats) -> Floats:
    """The tie of a metric that is 1 less the mean loss; its own inverse."""
    return np.asarray(1.0 - values)
