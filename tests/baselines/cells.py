"""Cells made of arrays, without files or solvers."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from baselines.contract.cell import Cell, Rows
from builders import families
from builders.core.names import Size
from leaderboard import tasks


def make_cell(
    *,
    family: str = "tfim_1d",
    size: int = 8,
    task: str = "correlation",
    n: int = 12,
    shots: int = 16,
    test: int = 5,
    seed: int = 0,
) -> Cell:
    """Parameters of the family, uniformly random tokens, and classes where the task has them."""
    home, shape = families.load(family), Size(size)
    rng = np.random.default_rng(seed)
    parameters = np.stack([home.flatten(home.draw(shape, rng)) for _ in range(n + test)])
    tokens = rng.integers(0, 6, (n + test, shots, size), dtype=np.uint8)
    rows = Rows(1_000_000 + np.arange(test), parameters[n:], tokens[n:])
    asked = tasks.load(task)
    names = None
    if asked.kind == "classification":
        names = np.array(home.phases)[rng.integers(len(home.phases), size=n)]
    return Cell(home, shape, asked, parameters[:n], tokens[:n], rows, names)


def telling_cell(task: str) -> Cell:
    """Shots that tell rows apart: products of one-site states, ⟨Z⟩ from 0 to 1, each row its own.

    Classes are told by ⟨Z⟩ above and below ½. A model that reads shots may decide that uniformly
    random ones, with labels made of them, are not worth reading.
    """
    cell = make_cell(task=task, n=24, shots=128, test=40)
    rng = np.random.default_rng(1)
    train, test = (rng.permutation(np.linspace(0.0, 1.0, count)) for count in (cell.n, 40))

    def told(shots: NDArray[np.uint8], mean: NDArray[np.float64]) -> NDArray[np.uint8]:
        outcome = rng.random(shots.shape) > (1.0 + mean[:, None, None]) / 2.0
        return np.where(shots // 2 == 2, 4 + outcome, shots).astype(np.uint8)

    rows = replace(cell.rows, shots=told(cell.rows.shots, test))
    names = None
    if cell.classes is not None:
        names = np.array(cell.family.phases)[(train > 0.5).astype(np.int64)]
    return replace(cell, shots=told(cell.shots, train), rows=rows, classes=names)


def aligned_shots(rows: int, shots: int, size: int) -> NDArray[np.uint8]:
    """All sites measured in Z with outcome 0: every pair estimate is +3."""
    return np.full((rows, shots, size), 4, dtype=np.uint8)
