"""One row of a data set as the page shows it: couplings, labels where public, estimates."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builders import families
from builders.core.errors import RequestError
from builders.core.names import parse_config
from builders.dataset.schema import Arrays
from builders.physics.hamiltonian_family import need_hamiltonian
from builders.physics.parameters import Parameters
from leaderboard import tasks
from leaderboard.kinds.regression import Regression


@dataclass(frozen=True)
class SampleRow:
    """One row.

    Attributes:
        row_id: of the row.
        couplings: parameter name → float64 array of its shape.
        shots: number of stored shots, M.
        energy: None where labels are hidden.
        energy_variance: None where labels are hidden.
        phase: its name; None where labels are hidden and in a family without phases.
        labels: regression task → exact label, float64 in its shape; empty where labels are hidden.
        estimates: task → shadow estimate from all stored shots, same shapes; a task for which
            the stored shots are too few is left out.
        profile: float64 (N − 1,), S2 of the first 1 … N − 1 sites in bit; None where hidden.
    """

    row_id: int
    couplings: Parameters
    shots: int
    energy: float | None
    energy_variance: float | None
    phase: str | None
    labels: dict[str, NDArray[np.float64]]
    estimates: dict[str, NDArray[np.float64]]
    profile: NDArray[np.float64] | None = None

    @property
    def hidden(self) -> bool:
        """Whether the labels of this row are withheld."""
        return not self.labels


def sample(config: str, split: Arrays, index: int) -> SampleRow:
    """Row `index` of a split as loaded from the public folder.

    Raises:
        RequestError: the family of the config is not one of ours.
    """
    name, size, _ = parse_config(config)
    family = families.load(name)
    row = {column: array[index : index + 1] for column, array in split.items()}
    labels, estimates = {}, {}
    for task_name in family.tasks:
        task = tasks.load(task_name)
        if not isinstance(task, Regression):
            continue
        shape = task.shape(size)
        if task.label in split:
            labels[task_name] = task.labels(row, family, size).reshape(shape)
        # Some families have no Hamiltonian, and then no task that needs one.
        hamiltonians = None
        if task.needs_hamiltonians:
            hamiltonians = need_hamiltonian(family).hamiltonians(size, row["parameters"])
        try:
            estimates[task_name] = task.estimate(row["shots"], hamiltonians).reshape(shape)
        except RequestError:  # too few shots for this quantity
            continue

    def scalar(column: str) -> float | None:
        return float(split[column][index]) if column in split else None

    return SampleRow(
        row_id=int(split["row_id"][index]),
        couplings=family.unflatten(size, split["parameters"][index]),
        shots=row["shots"].shape[1],
        energy=scalar("energy"),
        energy_variance=scalar("energy_variance"),
        phase=family.label("phase").classes[int(split["phase"][index])]
        if "phase" in split
        else None,
        labels=labels,
        estimates=estimates,
        profile=split["renyi2_blocks"][index].astype(np.float64)
        if "renyi2_blocks" in split
        else None,
    )
