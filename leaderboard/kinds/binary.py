"""Tasks whose labels are bits, answered by bits or by the probabilities of 1."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.core.names import Size
from builders.physics.family import Family
from leaderboard.cells import Answer
from leaderboard.kinds.binary_metrics import ANY_WRONG, Tally
from leaderboard.kinds.metrics import Floats, Loss
from leaderboard.kinds.task import Fault, Kind, Split, Task, no_std
from leaderboard.kinds.truth import Truth

Bits = NDArray[np.bool_]


def one(size: Size) -> int:  # noqa: ARG001
    """One bit a row."""
    return 1


@dataclass(frozen=True, kw_only=True)
class Binary(Task):
    """K bits a row, for data of which a row is one shot.

    Attributes:
        bits: function of the size, K; the label's column holds 0 or 1, (R, K) or (R,).
    """

    kind: ClassVar[Kind] = "binary"
    hub_type: ClassVar[str] = "tabular-classification"
    usual_loss: ClassVar[Loss[Tally]] = ANY_WRONG

    upward: str = "skill"
    bits: Callable[[Size], int] = one

    @property
    def training(self) -> str:
        """See `Task.training`."""
        return "Training labels are exact"

    def labels(self, split: Split, family: Family, size: Size) -> Bits:  # noqa: ARG002
        """See `Task.labels`: bool (R, K)."""
        column = np.asarray(split[self.label])
        return column.reshape(len(column), -1).astype(np.bool_)

    def faults(self, answer: Answer, family: Family, size: Size) -> Iterator[Fault]:  # noqa: ARG002
        """See `Task.faults`: names, another number of bits, numbers that are no probabilities."""
        given, wanted = answer.prediction, self.bits(size)
        every = np.ones(len(given), dtype=np.bool_)
        yield from no_std(answer, self)
        if given.dtype.kind not in "bf":
            how = "hold names; 0 or 1 is needed, or the probability of 1"
            yield Fault("prediction", every, how)
            return
        width = 1 if given.ndim == 1 else given.shape[1]
        if width != wanted:
            yield Fault("prediction", every, f"have {width} values; {wanted} are needed")
        if given.dtype.kind == "f":
            inside = (given >= 0) & (given <= 1)
            bad = np.asarray(~inside.reshape(len(given), -1).all(axis=1))
            if bad.any():
                yield Fault("prediction", bad, "with values that are no probabilities, 0 to 1")
        elif self.loss is not ANY_WRONG:
            how = f"hold bits; {self.primary} needs probabilities"
            yield Fault("prediction", every, how)

    def evidence(self, answer: Answer, truth: Truth) -> Tally:
        """See `Task.evidence`: bool or integers 0 and 1 are bits, floats are probabilities."""
        exact = _bits("labels", truth.labels)
        given = _columns("predictions", answer.prediction)
        if given.shape != exact.shape:
            raise RequestError(f"predictions have shape {given.shape}, labels {exact.shape}.")
        if given.dtype.kind != "f":
            if self.loss is not ANY_WRONG:
                raise RequestError(f"predictions are bits; {self.primary} needs probabilities.")
            return Tally(_bits("predictions", given), exact, None, truth.blocks)
        chances: Floats = given.astype(np.float64)
        wrong = np.flatnonzero(~((chances >= 0) & (chances <= 1)).all(axis=1))
        if len(wrong):
            raise RequestError(
                f"predictions have {len(wrong)} rows that are no probabilities, 0 to 1, first "
                f"{wrong[:5]}."
            )
        return Tally(chances > 0.5, exact, chances, truth.blocks)


def _columns(what: str, given: NDArray[Any]) -> NDArray[Any]:
    if given.dtype.kind not in "biuf" or given.ndim not in (1, 2) or 0 in given.shape:
        raise RequestError(
            f"{what} are {given.dtype} of shape {given.shape}; bits or probabilities, (rows,) or "
            "(rows, bits), are needed."
        )
    return given.reshape(len(given), -1)


def _bits(what: str, given: NDArray[Any]) -> Bits:
    array = _columns(what, given)
    if array.dtype.kind != "b":
        wrong = np.flatnonzero(~((array == 0) | (array == 1)).all(axis=1))
        if len(wrong):
            raise RequestError(f"{what} have {len(wrong)} rows that are not 0 or 1, first "
                               f"{wrong[:5]}.")  # fmt: skip
    return np.asarray(array, dtype=np.bool_)
