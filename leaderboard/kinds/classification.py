"""Tasks whose labels are classes, answered by name."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from builders.core.errors import RequestError
from builders.core.names import Size
from builders.physics.family import Family
from leaderboard.kinds.class_metrics import Outcomes
from leaderboard.kinds.task import Fault, Kind, Split, Task, Training

_SHOWN = 3


@dataclass(frozen=True)
class Classification(Task):
    """One of the family's phases a row.

    Attributes:
        margin: column of the distance of each row from the nearest boundary between classes.
    """

    kind: ClassVar[Kind] = "classification"
    training: ClassVar[str] = "Training labels are the exact classes, as is usual in the literature"

    margin: str

    def labels(self, split: Split, family: Family, size: Size) -> NDArray[np.str_]:  # noqa: ARG002
        """See `Task.labels`: names (R,)."""
        return np.array(family.label(self.label).classes, dtype=np.str_)[
            np.asarray(split[self.label], dtype=np.intp)
        ]

    def faults(self, prediction: NDArray[Any], family: Family, size: Size) -> Iterator[Fault]:  # noqa: ARG002
        """See `Task.faults`: numbers, and names that are no class of the family."""
        allowed = ", ".join(family.label(self.label).classes)
        if prediction.dtype.kind != "U":
            yield (
                np.ones(len(prediction), dtype=np.bool_),
                f"hold numbers; the name of a class is needed, one of {allowed}",
            )
            return
        unknown = ~np.isin(prediction, family.label(self.label).classes)
        if unknown.any():
            names = ", ".join(repr(str(name)) for name in np.unique(prediction[unknown])[:_SHOWN])
            yield unknown, f"name an unknown class ({names}), allowed are {allowed}"

    def references(self, split: Split, train: Training | None) -> dict[str, NDArray[Any] | None]:  # noqa: ARG002
        """See `Task.references`: `margins`, float64 (R,)."""
        return {"margins": split.get(self.margin)}

    def compare(
        self, predictions: ArrayLike, labels: ArrayLike, **references: ArrayLike | None
    ) -> Outcomes:
        """Outcomes; see `Task.compare`. The reference is `margins`, (R,)."""
        exact, given = _names("labels", labels), _names("predictions", predictions)
        if given.shape != exact.shape:
            raise RequestError(f"predictions have shape {given.shape}, labels {exact.shape}.")
        margins = references.get("margins")
        if margins is not None:
            margins = np.asarray(margins, dtype=np.float64)
            if margins.shape != exact.shape:
                raise RequestError(f"margins have shape {margins.shape}, labels {exact.shape}.")
        return Outcomes.of(given, exact, margins)


def _names(what: str, given: ArrayLike) -> NDArray[np.str_]:
    array = np.asarray(given)
    if array.ndim != 1 or array.dtype.kind != "U" or not len(array):
        raise RequestError(
            f"{what} are {array.dtype} of shape {array.shape}; names of classes, (rows,), needed."
        )
    return array
