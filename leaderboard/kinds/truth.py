"""What an answer is judged by: the labels of the test rows, public columns of them, the training.

Columns are read when a task first asks for them. What a task works out from training rows is kept,
so that the cells of a config share it.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from builders.core.errors import RequestError
from builders.core.names import Size
from builders.physics.family import Family
from leaderboard.cells import Answer
from leaderboard.kinds.blocks import Blocks
from leaderboard.kinds.family_facts import copies

T = TypeVar("T")
# Name → column (rows, …), or None where the data have no such column.
Read = Callable[[str], NDArray[Any] | None]


class Columns:
    """Columns of some rows, each read once, when it is first asked for."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._known: dict[str, NDArray[Any] | None] = {}

    def get(self, name: str) -> NDArray[Any] | None:
        """The column, (rows, …); None where the data have none of that name."""
        if name not in self._known:
            self._known[name] = self._read(name)
        return self._known[name]

    @property
    def nbytes(self) -> int:
        """Of what was read."""
        return sum(0 if column is None else column.nbytes for column in self._known.values())


class TrainingRows:
    """The training rows of a config, and what tasks worked out from them.

    Attributes:
        family: of the config.
        size: of the config.
        columns: of all rows, by row_id.
    """

    def __init__(self, family: Family, size: Size, columns: Columns) -> None:
        self.family, self.size, self.columns = family, size, columns
        self._made: dict[Hashable, Any] = {}
        self._running: dict[str, tuple[Hashable, NDArray[Any]]] = {}

    def first(self, n: int, shots: int) -> "Training":
        """The first n rows and the first copies of each; see `Training`."""
        return Training(self, slice(0, n), shots)

    @property
    def nbytes(self) -> int:
        """Of columns and tables."""
        return self.columns.nbytes + sum(table.nbytes for _, table in self._running.values())

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, made at the first call with that key."""
        if key not in self._made:
            self._made[key] = make()
        made: T = self._made[key]
        return made

    def running(
        self, name: str, kind: Hashable, count: int, make: Callable[[slice], NDArray[Any]]
    ) -> NDArray[Any]:
        """The first `count` lines of a table that grows, line by line, as more are asked for.

        Args:
            name: of the table.
            kind: what its lines depend on; of each name the table asked for last is kept.
            count: lines.
            make: rows → their lines, each of its own row alone.
        """
        known = self._running.get(name)
        if known is None or known[0] != kind:
            table = make(slice(0, count))
        elif len(known[1]) < count:
            table = np.concatenate([known[1], make(slice(len(known[1]), count))])
        else:
            return known[1][:count]
        self._running[name] = (kind, table)
        return table


@dataclass(frozen=True)
class Training:
    """The training rows of a cell, as every method sees them.

    Attributes:
        rows: of the config.
        chosen: those of the cell, the first n.
        shots: M, copies of each; 0 in a cell without noise.
    """

    rows: TrainingRows
    chosen: slice
    shots: int

    @property
    def exact(self) -> bool:
        """Whether labels are exact: in a cell without noise."""
        return self.shots == 0

    @property
    def family(self) -> Family:
        """Of the config."""
        return self.rows.family

    @property
    def size(self) -> Size:
        """Of the config."""
        return self.rows.size

    def column(self, name: str) -> NDArray[Any]:
        """A column of the cell's rows, (n, …), cut to their first M copies where it holds copies.

        Raises:
            RequestError: the data have none of that name.
        """
        values = self.rows.columns.get(name)
        if values is None:
            raise RequestError(
                f"the training rows of {self.family.name} have no column {name!r}. Give the folder "
                "of the public data."
            )
        mine = values[self.chosen]
        return mine[:, : self.shots] if name in copies(self.family) else mine

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What a task works out of the cell, made once for all answers to it."""
        return self.rows.once((name, self.chosen.stop, self.shots), make)

    def by_row(self, name: str, make: "Callable[[Training], NDArray[Any]]") -> NDArray[Any]:
        """What a task works out of every row by itself, (n, …); shared with cells of other n."""

        def part(chosen: slice) -> NDArray[Any]:
            return make(Training(self.rows, chosen, self.shots))

        return self.rows.running(name, self.shots, self.chosen.stop, part)


def _nothing(name: str) -> None:  # noqa: ARG001
    return None


@dataclass(frozen=True, eq=False)
class Truth:
    """What is known of R test rows when an answer is scored.

    Attributes:
        labels: as `Task.labels` gives them, (R, …).
        row_id: int64 (R,).
        blocks: of the rows.
        columns: hidden and public columns of the same rows.
        training: the training rows of the cell; None without public data.
        family: of the config; None where plain arrays are scored.
        size: its size.
        asked: int64, all rows that an answer must have, where more are asked for than are scored.
        given: what the task would look up in columns and training, where it is known already.
    """

    labels: NDArray[Any]
    row_id: NDArray[np.int64]
    blocks: Blocks
    columns: Columns = field(default_factory=lambda: Columns(_nothing))
    training: Training | None = None
    family: Family | None = None
    size: Size | None = None
    asked: NDArray[np.int64] | None = None
    given: Mapping[str, ArrayLike | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not len(self.labels) == len(self.row_id) == self.blocks.rows:
            raise ValueError(f"{self.labels.shape=} {self.row_id.shape=} {self.blocks.rows=}")

    @staticmethod
    def of(labels: NDArray[Any], **given: ArrayLike | None) -> "Truth":
        """Of plain labels (R, …), rows numbered from 0.

        Args:
            labels: as in the attribute.
            given: as in the attribute.

        Raises:
            RequestError: no rows.
        """
        if not labels.ndim or not len(labels):
            raise RequestError(f"labels have shape {labels.shape}; one row at least is needed.")
        rows = len(labels)
        return Truth(labels, np.arange(rows), Blocks.of(rows), given=given)

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, rows: NDArray[np.intp]) -> "Truth":
        """Some of the rows, each a block of its own."""

        def column(name: str) -> NDArray[Any] | None:
            every = self.columns.get(name)
            return None if every is None else every[rows]

        return replace(
            self,
            labels=self.labels[rows],
            row_id=self.row_id[rows],
            blocks=Blocks.of(len(rows)),
            columns=Columns(column),
            asked=None,
        )

    def aligned(self, answer: Answer) -> Answer:
        """The answer's rows in the order of these.

        Raises:
            RequestError: it does not have exactly the rows that are asked for.
        """
        asked = self.row_id if self.asked is None else self.asked
        if np.array_equal(answer.row_id, self.row_id) and len(asked) == len(self.row_id):
            return answer
        if not np.array_equal(np.sort(answer.row_id), np.sort(asked)):
            raise RequestError("not exactly the test rows. Validate it.")
        return answer.take(places(answer.row_id, self.row_id))


def places(row_id: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.intp]:
    """Where in `row_id` the wanted ids stand, which are all there."""
    order = np.argsort(row_id, kind="stable")
    return np.asarray(order[np.searchsorted(row_id, wanted, sorter=order)])
