"""What a baseline is: fitted to a cell, asked for rows, and never shown anything else."""

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray

from baselines.contract.applies import ANY, refusal
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from builders.core.errors import RequestError
from builders.dataset.config import Config
from leaderboard.cells import Answer
from leaderboard.kinds.task import Kind, Task

OURS = ("qslbench",)
"""Authors of the models of this package."""


class Baseline(ABC):
    """Base of every `Model`; a subclass states the class attributes, `_fit` and `_predict`.

    What a model cannot do it declares, and `fit` refuses it in words before `_fit` sees the data.

    Class attributes:
        title: one line for people.
        authors: who stands as the author of what `run` writes.
        entry_class: `learned`, `hybrid` or `solver`, as on the board.
        uses_test_shots: whether `predict` looks at the record of the rows it answers for.
        records: kinds of record that it reads, `Record.kind`; `any` where it reads none.
        answers: kinds of task that it does.
        needs_hamiltonian: whether parameters must fix a Hamiltonian.
        needs_pairs: whether labels must belong to pairs of sites.
        needs_chain: whether sites must stand in a row.
        needs_estimate: whether the label must have an estimate from a row's own record.
        estimators: estimates from shots whose expectation values the model knows; a task with
            another one is refused. () for any.
        uses_labels: whether it learns from `Cell.labels` (or `Target.training`), so that a cell
            with other labels, `Cell.mitigate`, gives another model; False for what learns from
            shots themselves, or nothing.
        needs_channel: whether the record must have gone through a noise channel, see
            `Rows.channel`.
        needs_trajectory: whether rows must be states of evolutions, see `Rows.trajectory`.
        needs_evolution: whether parameters must fix a Hamiltonian, an initial state and a time.
        needs_circuit: whether rows must be states of circuits that have Clifford points.
        needs_graph: whether rows must be weighted graphs.
        needs_error_model: whether a detector error model must stand beside the rows, see
            `Rows.texts`.
        is_random: whether the seed matters; protocols run the others with one seed alone.
        any_size: whether a fitted model also answers for other sizes of its family, see `at`.

    Attributes:
        seed: of everything random in the model; the same seed gives the same bytes.
        n_parameters: trained numbers, known after `fit`.
    """

    title: ClassVar[str]
    authors: ClassVar[tuple[str, ...]] = OURS
    entry_class: ClassVar[Literal["learned", "hybrid", "solver"]] = "learned"
    uses_test_shots: ClassVar[bool] = False
    records: ClassVar[tuple[str, ...]] = (ANY,)
    answers: ClassVar[tuple[Kind, ...]] = ("regression",)
    needs_hamiltonian: ClassVar[bool] = False
    needs_pairs: ClassVar[bool] = False
    needs_chain: ClassVar[bool] = False
    needs_estimate: ClassVar[bool] = False
    uses_labels: ClassVar[bool] = True
    needs_channel: ClassVar[bool] = False
    needs_trajectory: ClassVar[bool] = False
    needs_evolution: ClassVar[bool] = False
    needs_circuit: ClassVar[bool] = False
    needs_graph: ClassVar[bool] = False
    needs_error_model: ClassVar[bool] = False
    estimators: ClassVar[tuple[Callable[..., Any], ...]] = ()
    is_random: ClassVar[bool] = False
    any_size: ClassVar[bool] = False

    def __init__(self, *, seed: int = 0) -> None:
        self.seed = seed
        self.n_parameters = 0
        self._fitted: tuple[Task, Config] | None = None

    @classmethod
    def name(cls) -> str:
        """That of its file."""
        return cls.__module__.rpartition(".")[2]

    @classmethod
    def refusal(cls, task: Task, config: Config, *, noise_free: bool = False) -> str:
        """Why the model does not apply to the cells of a task and config; "" where it does.

        Args:
            task: what is predicted.
            config: of the rows.
            noise_free: whether labels are exact and no record is shown.
        """
        return refusal(cls.name(), cls, task, config, noise_free=noise_free)

    def fit(self, cell: Cell) -> Self:
        """Learn from the training rows of `cell`: their labels are `cell.labels`.

        Raises:
            RequestError: the model does not apply to this cell.
        """
        refused = self.refusal(cell.task, cell.config, noise_free=cell.is_noise_free)
        if not refused and cell.mitigated and not self.uses_labels:
            refused = f"{self.name()} does not learn from labels that mitigation could change."
        if refused:
            raise RequestError(refused)
        self._fit(cell)
        self._fitted = (cell.task, cell.config)
        return self

    def predict(self, rows: Rows) -> NDArray[Any]:
        """Answers for the rows.

        Returns:
            Flattened labels float32 (R, L) in the task's unit; names (R,) of a classification; of
            a binary task K bits, bool (R, K), or their probabilities, float32 (R, K); (R,) of one
            bit.

        Raises:
            RequestError: called before `fit`, or rows of another config.
        """
        task, config = self._of()
        if rows.config != config:
            raise RequestError(
                f"{self.name()} is fitted to answer for {config}, and the rows are of "
                f"{rows.config}. Call at(config) first."
            )
        answers = np.asarray(self._predict(rows))
        if task.kind == "binary" and answers.ndim == 2 and answers.shape[1] == 1:
            answers = answers[:, 0]  # one bit a row is written as such
        values = np.ascontiguousarray(answers, dtype=_dtype(task, answers))
        answer = Answer(rows.row_id, values)
        faults = [fault.how for fault in task.faults(answer, config.family, config.size)]
        if faults or len(values) != len(rows):
            raise ValueError(f"{self.name()}: {values.shape=} for {len(rows)} rows, {faults=}")
        return values

    def at(self, config: Config) -> Self:
        """The fitted model for rows of another config of its family; this one stays as it is.

        Raises:
            RequestError: called before `fit`, another family, or the model answers at the size of
                its cell alone.
        """
        task, home = self._of()
        if config == home:
            return self
        if config.family != home.family or not (self.any_size or config.size == home.size):
            raise RequestError(
                f"{self.name()} is trained on {home} and does not answer for {config}. Choose a "
                "size of the same family, and a baseline for any size (graph_net, distance_mean)."
            )
        moved = copy.copy(self)
        if config.size != home.size:
            moved._move(task, config)
        moved._fitted = (task, config)
        return moved

    def _of(self) -> tuple[Task, Config]:
        """What the model answers: a task, and rows of a config."""
        if self._fitted is None:
            raise RequestError(f"{self.name()} is not fitted. Call fit(cell) first.")
        return self._fitted

    def _move(self, task: Task, config: Config) -> None:
        """Make what depends on the size anew, in a copy whose attributes are still shared."""
        raise NotImplementedError(f"{self.name()} says any_size and moves not to {config}")

    @abstractmethod
    def _fit(self, cell: Cell) -> None:
        """Learn; set `n_parameters`."""

    @abstractmethod
    def _predict(self, rows: Rows) -> NDArray[Any]:
        """See `predict`, in any precision."""


def _dtype(task: Task, answers: NDArray[Any]) -> type[np.generic]:
    if task.kind == "classification":
        return np.str_
    return np.bool_ if answers.dtype.kind == "b" else np.float32
