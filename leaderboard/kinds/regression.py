"""Tasks whose labels are numbers, estimated in training from the record."""

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
from builders.shadows.mitigation import MeanOutcomes
from leaderboard.cells import Answer
from leaderboard.kinds.errors import SQUARED, Errors
from leaderboard.kinds.floor import statistical_floor
from leaderboard.kinds.metrics import Floats, Loss, Metric
from leaderboard.kinds.stated_spread import STATED
from leaderboard.kinds.task import Evidence, Fault, Kind, Split, Task
from leaderboard.kinds.truth import Training, Truth


@dataclass(frozen=True)
class Averaged:
    """What is averaged over rows where the mean of the label's own estimates is biased.

    Attributes:
        estimate: uint8 shots (R, M, N) → float64 (R, L), unbiased; with the channel as second
            argument where the task `mitigates`.
        to_label: its mean (R, L) → label (R, L).
        of_label: the inverse, for exact labels.
    """

    estimate: Callable[..., Floats]
    to_label: Callable[[Floats], Floats]
    of_label: Callable[[Floats], Floats]


@dataclass(frozen=True, kw_only=True)
class Regression(Task):
    """An array of numbers a row.

    Attributes:
        shape: function of the size; the label's shape in a row, () for one number.
        shadow: uint8 shots (…, M, N) → float64 (…, *shape), the estimate from shots; with
            `needs_hamiltonians` a second argument takes the rows' Hamiltonians. None: training
            labels are exact.
        scored: function of L; bool (L,), the entries that all metrics but the entrywise count.
        needs_hamiltonians: whether the estimate needs the Hamiltonian of each row.
        per_site: whether the task asks for the column, and for its estimate, divided by N.
        averaged: what a model averages over rows instead of the label; None: the label.
        of_pairs: whether labels belong to pairs of sites: a symmetric (N, N) matrix with ones on
            its diagonal, or a vector (N - 1,) over neighbours.
        mitigates: whether `shadow`, and the estimate of `averaged`, take as second argument the
            channel that shots went through, and undo it.
    """

    kind: ClassVar[Kind] = "regression"
    hub_type: ClassVar[str] = "tabular-regression"
    usual_loss: ClassVar[Loss[Errors]] = SQUARED

    upward: str = "skill_x"
    shape: Callable[[Size], tuple[int, ...]]
    shadow: Callable[..., Floats] | None = None
    scored: Callable[[int], NDArray[np.bool_]]
    needs_hamiltonians: bool = False
    per_site: bool = False
    averaged: Averaged | None = None
    of_pairs: bool = False
    mitigates: bool = False

    @property
    def training(self) -> str:
        """See `Task.training`."""
        if self.shadow is None:
            return "Training labels are exact"
        return "Training labels are classical-shadow estimates from the cell's shots"

    @property
    def every_metric(self) -> tuple[Metric[Any], ...]:
        """See `Task.every_metric`: with those of a stated standard deviation."""
        return (*self.metrics, *STATED)

    def length(self, size: Size) -> int:
        """L, the number of values in the prediction of one row."""
        return int(np.prod(self.shape(size), dtype=int))

    def estimate(
        self,
        shots: NDArray[np.uint8],
        hamiltonians: Sequence[Hamiltonian] | None = None,
        channel: MeanOutcomes | None = None,
    ) -> Floats:
        """The label estimated from shots, flattened.

        Args:
            shots: uint8 (M, N) or (R, M, N), tokens 0..5.
            hamiltonians: of the R rows, for a task that needs them.
            channel: what flipped the bits of the shots, to be undone; of a task that `mitigates`.

        Returns:
            float64 (L,) or (R, L).

        Raises:
            RequestError: the task has no such estimate, or needs Hamiltonians and none were given.
        """
        if self.shadow is None:
            raise RequestError(
                f"task {self.name} has no estimate from shots: its training labels are exact. "
                "Choose another model."
            )
        if not self.needs_hamiltonians:
            values = self.shadow(shots) if channel is None else self.shadow(shots, channel)
        elif hamiltonians is None:
            raise RequestError(
                f"the estimate of {self.name} needs the Hamiltonians of the rows, which this "
                "model does not hand over. Choose another model or task."
            )
        else:
            values = self.shadow(shots, hamiltonians)
        values = values.reshape(*shots.shape[:-2], -1)
        return values / shots.shape[-1] if self.per_site else values

    def estimate_rows(
        self,
        family: Family,
        size: Size,
        shots: NDArray[np.uint8],
        parameters: Callable[[], NDArray[np.float64]],
        channel: MeanOutcomes | None = None,
    ) -> Floats:
        """The label of rows estimated from their shots, and from their Hamiltonians if need be.

        Args:
            family: of the rows.
            size: of the rows.
            shots: uint8 (R, M, N).
            parameters: gives the flat ones, (R, P); called where they are needed.
            channel: as for `estimate`.

        Returns:
            float64 (R, L).

        Raises:
            RequestError: the task has no such estimate, or the family no Hamiltonians.
        """
        hamiltonians = None
        if self.needs_hamiltonians:
            hamiltonians = need_hamiltonian(family).hamiltonians(size, parameters())
        return self.estimate(shots, hamiltonians, channel)

    def labels(self, split: Split, family: Family, size: Size) -> Floats:  # noqa: ARG002
        """See `Task.labels`: float64 (R, L)."""
        column = np.asarray(split[self.label], dtype=np.float64).reshape(len(split[self.label]), -1)
        return column / size.sites if self.per_site else column

    def faults(self, answer: Answer, family: Family, size: Size) -> Iterator[Fault]:  # noqa: ARG002
        """See `Task.faults`: another form, a wrong length, values that are not finite."""
        length, given = self.length(size), answer.prediction
        every = np.ones(len(given), dtype=np.bool_)
        if given.dtype.kind != "f":
            what = "a name" if given.dtype.kind == "U" else "bits"
            yield Fault("prediction", every, f"hold {what}; lists of {length} numbers are needed")
            return
        width = 1 if given.ndim == 1 else given.shape[1]
        if width != length:
            yield Fault("prediction", every, f"have {width} values; {length} are needed")
        bad = np.asarray(~np.isfinite(given).reshape(len(given), -1).all(axis=1))
        if bad.any():
            yield Fault("prediction", bad, "with values that are not finite")
        if answer.std is not None:
            yield from _std_faults(answer.std, length)

    def evidence(self, answer: Answer, truth: Truth) -> Errors:
        """See `Task.evidence`; `given` may hold `train_mean`, (L,)."""
        exact = _matrix("labels", truth.labels)
        given = _matrix("predictions", _column(answer.prediction))
        if given.shape != exact.shape:
            raise RequestError(f"predictions have shape {given.shape}, labels {exact.shape}.")
        mean = self._train_mean(truth)
        if mean is not None:
            mean = _matrix("train_mean", np.asarray(mean)[None])[0]
            if mean.shape != exact.shape[1:]:
                raise RequestError(
                    f"train_mean has {len(mean)} values, labels {exact.shape[1]} a row."
                )
        std = None if answer.std is None else _deviations(answer.std, exact.shape)
        return Errors(given, exact, self.scored(exact.shape[1]), mean, truth.blocks, std)

    def metrics_of(self, evidence: Evidence) -> tuple[Metric[Any], ...]:
        """See `Task.metrics_of`."""
        stated = isinstance(evidence, Errors) and evidence.std is not None
        return self.every_metric if stated else self.metrics

    def estimates(self, training: Training) -> Floats:
        """The labels that the training rows of a cell have, float64 (n, L)."""
        return training.by_row(self.name, self._estimates)

    def _estimates(self, training: Training) -> Floats:
        if training.exact or self.shadow is None:
            column = {self.label: training.column(self.label)}
            return self.labels(column, training.family, training.size)
        return self.estimate_rows(
            *(training.family, training.size, training.column("shots")),
            lambda: training.column("parameters"),
        )

    def _train_mean(self, truth: Truth) -> ArrayLike | None:
        if "train_mean" in truth.given or truth.training is None:
            return truth.given.get("train_mean")
        return self._reduced(truth.training)[0]

    def floor(self, truth: Truth) -> float | None:
        """See `Task.floor`: that of sampling from states; it is one of squared errors."""
        training = truth.training
        if training is None or self.shadow is None or training.exact or self.loss is not SQUARED:
            return None
        return self._reduced(training)[1]

    def _reduced(self, training: Training) -> tuple[Floats, float | None]:
        """Mean and statistical floor of the training labels."""

        def reduce() -> tuple[Floats, float | None]:
            labels = self.estimates(training)
            scored = self.scored(labels.shape[1])
            return labels.mean(axis=0), statistical_floor(labels, scored, training.size.sites)

        return training.once(self.name, reduce)

    def apart(self, mean_loss: float) -> float:
        """See `Task.apart`: an absolute error is the metric itself."""
        if not self.ranking.is_paired:
            return super().apart(mean_loss)
        return float(self.ranking.value_of(np.array(mean_loss)))


def every_entry(length: int) -> NDArray[np.bool_]:
    """Bool (length,): all entries are scored."""
    return np.ones(length, dtype=np.bool_)


def _std_faults(std: NDArray[np.float32], length: int) -> Iterator[Fault]:
    width = 1 if std.ndim == 1 else std.shape[1]
    if width not in (1, length):
        every = np.ones(len(std), dtype=np.bool_)
        yield Fault("std", every, f"have {width} values; 1 or {length} are needed")
    values = std.reshape(len(std), -1)
    bad = np.asarray(~(np.isfinite(values) & (values >= 0)).all(axis=1))
    if bad.any():
        yield Fault("std", bad, "with values that are negative or not finite")


def _deviations(given: NDArray[Any], shape: tuple[int, ...]) -> Floats:
    """Stated deviations, (R, L), of one a row or one a value."""
    std = _matrix("std", _column(given))
    if std.shape[1] not in (1, shape[1]):
        raise RequestError(f"std has {std.shape[1]} values a row; 1 or {shape[1]} are needed.")
    bad = np.flatnonzero((std < 0).any(axis=1))
    if len(bad):
        raise RequestError(f"std has {len(bad)} rows that are negative, first {bad[:5]}.")
    return np.broadcast_to(std, shape)


def _column(given: NDArray[Any]) -> NDArray[Any]:
    """One number a row as rows of one."""
    return given[:, None] if given.ndim == 1 else given


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
