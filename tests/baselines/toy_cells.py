"""Cells of the toys: rows of one evolution, single shots of a code, graphs and no measurement."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from baselines.contract.applies import is_estimated
from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from builders.dataset.config import Config
from builders.physics.family import Family
from builders.physics.rows import BuildSettings
from leaderboard.kinds.task import Task
from tests.toys.families import toy_bits, toy_graph, toy_walk
from tests.toys.tasks import toy_cut, toy_magnetization, toy_observable

TOYS: dict[str, tuple[Family, Task]] = {
    "pauli_tokens": (toy_walk.FAMILY, toy_magnetization.TASK),
    "pauli_tokens, exact labels": (toy_walk.FAMILY, replace(toy_magnetization.TASK, shadow=None)),
    "detection_events": (toy_bits.FAMILY, toy_observable.TASK),
    "nothing": (toy_graph.FAMILY, toy_cut.TASK),
}
"""Kind of record, and what labels are → a family that has it, and its task."""


def toy_cell(record: str, *, n: int = 12, test: int = 8, shots: int = 16, size: int = 0) -> Cell:
    """A cell of the toy with that record, at its smallest size if none is given."""
    family, task = TOYS[record]
    config = Config(family, family.geometry.parse(size or family.sizes[0]))
    rows, labels = toy_rows(config, task, n + test, shots)
    given = None if is_estimated(task, config) else labels[:n]
    return Cell(task, rows.take(slice(n)), rows.take(slice(n, None)), given)


def toy_rows(config: Config, task: Task, count: int, shots: int) -> tuple[Rows, NDArray[Any]]:
    """Rows of a toy as its family makes them, and their exact labels."""
    family, size = config.family, config.size
    rngs = [np.random.default_rng(k) for k in range(-(-count // family.rows_a_seed))]
    drawn = [p for rng in rngs for p in family.draw_rows(size, rng, shifted=False)]
    made = family.make(size, drawn, rngs, BuildSettings(family.method))
    trajectory = np.arange(len(drawn)) // family.rows_a_seed
    rows = Rows(
        config,
        np.arange(len(drawn)),
        np.stack([family.flatten(p) for p in drawn]),
        family.record.first(made.sample(shots, rngs), shots),
        trajectory=trajectory if family.trajectory else None,
    )
    return rows.take(slice(count)), task.labels(made.columns, family, size)[:count]
