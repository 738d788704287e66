"""Tasks whose labels are classes, answered by name."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.core.names import Size
from builders.physics.family import Family
from leaderboard.cells import Answer
from leaderboard.kinds.class_metrics import WRONG, Outcomes
from leaderboard.kinds.family_facts import classes
from leaderboard.kinds.metrics import Loss
from leaderboard.kinds.task import Fault, Kind, Split, Task, no_std
from leaderboard.kinds.truth import Truth

_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class Classification(Task):
    """One of the label's classes a row.

    Attributes:
        margin: column of the distance of each row from the nearest boundary between classes.
    """

    kind: ClassVar[Kind] = "classification"
    hub_type: ClassVar[str] = "tabular-classification"
    usual_loss: ClassVar[Loss[Outcomes]] = WRONG

    upward: str = "accuracy"
    margin: str

    @property
    def training(self) -> str:
        """See `Task.training`."""
        return "Training labels are the exact classes, as is usual in the literature"

    def labels(self, split: Split, family: Family, size: Size) -> NDArray[np.str_]:  # noqa: ARG002
        """See `Task.labels`: names (R,)."""
        names = np.array(classes(family, self.label), dtype=np.str_)
        return names[np.asarray(split[self.label], dtype=np.intp)]

    def faults(self, answer: Answer, family: Family, size: Size) -> Iterator[Fault]:  # noqa: ARG002
        """See `Task.faults`: numbers, and names that are no class of the family."""
        given, names = answer.prediction, classes(family, self.label)
        allowed = ", ".join(names)
        yield from no_std(answer, self)
        if given.dtype.kind != "U":
            every = np.ones(len(given), dtype=np.bool_)
            how = f"hold numbers; the name of a class is needed, one of {allowed}"
            yield Fault("prediction", every, how)
            return
        unknown = ~np.isin(given, names)
        if unknown.any():
            first = ", ".join(repr(str(name)) for name in np.unique(given[unknown])[:_SHOWN])
            how = f"name an unknown class ({first}), allowed are {allowed}"
            yield Fault("prediction", unknown, how)

    def evidence(self, answer: Answer, truth: Truth) -> Outcomes:
        """See `Task.evidence`; `given` may hold `margins`, (R,)."""
        exact, given = _names("labels", truth.labels), _names("predictions", answer.prediction)
        if given.shape != exact.shape:
            raise RequestError(f"predictions have shape {given.shape}, labels {exact.shape}.")
        margins: Any = truth.given.get("margins")
        if margins is None:
            margins = truth.columns.get(self.margin)
        if margins is not None:
            margins = np.asarray(margins, dtype=np.float64)
            if margins.shape != exact.shape:
                raise RequestError(f"margins have shape {margins.shape}, labels {exact.shape}.")
        return Outcomes.of(given, exact, margins, truth.blocks)


def _names(what: str, array: NDArray[Any]) -> NDArray[np.str_]:
    if array.ndim != 1 or array.dtype.kind != "U" or not len(array):
        raise RequestError(
            f"{what} are {array.dtype} of shape {array.shape}; names of classes, (rows,), needed."
        )
    return array
