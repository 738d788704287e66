"""Tasks whose labels are numbers, estimated in training from shots."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from builders.core.errors import RequestError
from builders.core.names import Size
from builders.physics.family import Family
from builders.physics.hamiltonian import Hamiltonian
from builders.physics.hamiltonian_family import need_hamiltonian
from leaderboard.kinds.floor import statistical_floor
from leaderboard.kinds.metrics import Errors, Floats
from leaderboard.kinds.task import Fault, Kind, Split, Task, Training


@dataclass(frozen=True)
class Averaged:
    """What is averaged over rows where the mean of the label's own estimates is biased.

    Attributes:
        estimate: uint8 shots (R, M, N) → float64 (R, L), unbiased.
        to_label: its mean (R, L) → label (R, L).
        of_label: the inverse, for exact labels.
    """

    estimate: Callable[[NDArray[np.uint8]], Floats]
    to_label: Callable[[Floats], Floats]
    of_label: Callable[[Floats], Floats]


@dataclass(frozen=True)
class Regression(Task):
    """An array of numbers a row.

    Attributes:
        shape: function of the size; the label's shape in a row, () for one number.
        shadow: uint8 shots (…, M, N) → float64 (…, *shape), the estimate from shots; with
            `needs_hamiltonians` a second argument takes the rows' Hamiltonians.
        scored: function of L; bool (L,), the entries that `rmse`, `skill`, `skill_x` count.
        needs_hamiltonians: whether the estimate needs the Hamiltonian of each row.
        per_site: whether the task asks for the column, and for its estimate, divided by N.
        averaged: what a model averages over rows instead of the label; None: the label.
        of_pairs: whether labels belong to pairs of sites: a symmetric (N, N) matrix with ones on
            its diagonal, or a vector (N - 1,) over neighbours.
    """

    kind: ClassVar[Kind] = "regression"
    training: ClassVar[str] = "Training labels are classical-shadow estimates from the cell's shots"

    shape: Callable[[Size], tuple[int, ...]]
    shadow: Callable[..., Floats]
    scored: Callable[[int], NDArray[np.bool_]]
    needs_hamiltonians: bool = False
    per_site: bool = False
    averaged: Averaged | None = None
    of_pairs: bool = False

    def length(self, size: Size) -> int:
        """L, the number of values in the prediction of one row."""
        return int(np.prod(self.shape(size), dtype=int))

    def estimate(
        self, shots: NDArray[np.uint8], hamiltonians: Sequence[Hamiltonian] | None = None
    ) -> Floats:
        """The label estimated from shots, flattened.

        Args:
            shots: uint8 (M, N) or (R, M, N), tokens 0..5.
            hamiltonians: of the R rows, for a task that needs them.

        Returns:
            float64 (L,) or (R, L).

        Raises:
            RequestError: the task needs Hamiltonians and none were given.
        """
        if not self.needs_hamiltonians:
            values = self.shadow(shots)
        elif hamiltonians is None:
            raise RequestError(
                f"the estimate of {self.name} needs the Hamiltonians of the rows, which this "
                "model does not hand over. Choose another model or task."
            )
        else:
            values = self.shadow(shots, hamiltonians)
        values = values.reshape(*shots.shape[:-2], -1)
        return values / shots.shape[-1] if self.per_site else values

    def labels(self, split: Split, family: Family, size: Size) -> Floats:  # noqa: ARG002
        """See `Task.labels`: float64 (R, L)."""
        column = np.asarray(split[self.label], dtype=np.float64).reshape(len(split[self.label]), -1)
        return column / size.sites if self.per_site else column

    def faults(self, prediction: NDArray[Any], family: Family, size: Size) -> Iterator[Fault]:  # noqa: ARG002
        """See `Task.faults`: names, a wrong length, values that are not finite."""
        length, every = self.length(size), np.ones(len(prediction), dtype=np.bool_)
        if prediction.ndim != 2:
            yield every, f"hold a name; lists of {length} numbers are needed"
            return
        if prediction.shape[1] != length:
            yield every, f"have {prediction.shape[1]} values; {length} are needed"
        bad = ~np.isfinite(prediction).all(axis=1)
        if bad.any():
            yield bad, "with values that are not finite"

    def references(self, split: Split, train: Training | None) -> dict[str, NDArray[Any] | None]:  # noqa: ARG002
        """See `Task.references`: `train_mean`, float64 (L,), of the training estimates; `floor`."""
        if train is None:
            return {"train_mean": None, "floor": None}
        hamiltonians = None
        if self.needs_hamiltonians:
            hamiltonians = need_hamiltonian(train.family).hamiltonians(train.size, train.parameters)
        estimates = self.estimate(train.shots, hamiltonians)
        floor = statistical_floor(estimates, self.scored(estimates.shape[1]), train.size.sites)
        return {
            "train_mean": estimates.mean(axis=0),
            "floor": None if floor is None else np.array(floor),
        }

    def compare(
        self, predictions: ArrayLike, labels: ArrayLike, **references: ArrayLike | None
    ) -> Errors:
        """Squared errors; see `Task.compare`. The reference is `train_mean`, (L,)."""
        exact, given = _matrix("labels", labels), _matrix("predictions", predictions)
        if given.shape != exact.shape:
            raise RequestError(f"predictions have shape {given.shape}, labels {exact.shape}.")
        mean = references.get("train_mean")
        if mean is not None:
            mean = _matrix("train_mean", np.asarray(mean)[None])[0]
            if mean.shape != exact.shape[1:]:
                raise RequestError(
                    f"train_mean has {len(mean)} values, labels {exact.shape[1]} a row."
                )
        return Errors.of(given, exact, self.scored(exact.shape[1]), mean)


def every_entry(length: int) -> NDArray[np.bool_]:
    """Bool (length,): all entries are scored."""
    return np.ones(length, dtype=np.bool_)


def _matrix(name: str, given: ArrayLike) -> Floats:
    try:
        array = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise RequestError(f"{name} are not an array of numbers.") from None
    if array.ndim < 2 or 0 in array.shape:
        raise RequestError(f"{name} have shape {array.shape}; (rows, values) is needed.")
    array = array.reshape(len(array), -1)
    bad = np.flatnonzero(~np.isfinite(array).all(axis=1))
    if len(bad):
        raise RequestError(f"{name} have {len(bad)} rows that are not finite, first {bad[:5]}.")
    return array
