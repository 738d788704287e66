"""Cells made of arrays, without files or solvers."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from baselines.contract.cell import Cell
from baselines.contract.rows import Rows
from builders import families
from builders.core.names import Size
from builders.dataset.config import Config
from leaderboard import tasks


def place(size: int | str, family: str = "", channel: str = "") -> Config:
    """A config of a chain of that many sites, or of a lattice such as `3x3`."""
    on_lattice = "x" in str(size)
    home = families.load(family or ("heisenberg_2d" if on_lattice else "tfim_1d"))
    return Config(home, Size.parse(size), channel)


def token_rows(
    config: Config, parameters: NDArray[np.float64], shots: NDArray[np.uint8], first: int = 0
) -> Rows:
    """Rows of random-Pauli shots, numbered from `first`; whole evolutions where there are some."""
    number = np.arange(len(parameters))
    family = config.family
    trajectory = number // family.rows_a_seed if family.trajectory else None
    return Rows(config, first + number, parameters, {"shots": shots}, trajectory=trajectory)


def drawn(config: Config, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Flat parameters of rows in the order of a data set, float64 (count, P)."""
    family, size, rows = config.family, config.size, []
    while len(rows) < count:
        if family.rows_a_seed == 1:
            rows.append(family.draw(size, rng))
        else:
            rows += family.draw_rows(size, rng, shifted=False)
    return np.stack([family.flatten(row) for row in rows[:count]])


def make_cell(
    *,
    family: str = "tfim_1d",
    size: int = 8,
    task: str = "correlation",
    n: int = 12,
    shots: int = 16,
    test: int = 5,
    seed: int = 0,
    channel: str = "",
) -> Cell:
    """Parameters of the family, uniformly random tokens, and classes where the task has them."""
    config = place(size, family, channel)
    home, rng = config.family, np.random.default_rng(seed)
    # Test rows are of other evolutions than training rows.
    first = -(-n // home.rows_a_seed) * home.rows_a_seed
    every = drawn(config, first + test, rng)
    parameters = np.concatenate([every[:n], every[first:]])
    tokens = rng.integers(0, 6, (n + test, shots, size), dtype=np.uint8)
    asked = tasks.load(task)
    names = None
    if asked.kind == "classification":
        classes = home.label(asked.label).classes
        names = np.array(classes)[rng.integers(len(classes), size=n)]
    return Cell(
        asked,
        token_rows(config, parameters[:n], tokens[:n]),
        token_rows(config, parameters[n:], tokens[n:], 1_000_000),
        names,
    )


def with_shots(cell: Cell, train: NDArray[np.uint8], test: NDArray[np.uint8] | None = None) -> Cell:
    """The cell with other shots, uint8 (rows, M, N), of its training rows and its test rows."""
    rows = cell.rows if test is None else cell.rows.with_shots(test)
    return replace(cell, train=cell.train.with_shots(train), rows=rows)


def with_parameters(cell: Cell, parameters: NDArray[np.float64]) -> Cell:
    """The cell with other parameters of its training rows."""
    return replace(cell, train=replace(cell.train, parameters=parameters))


def noise_free(cell: Cell, exact: NDArray[np.float64]) -> Cell:
    """The cell with exact labels (n, …) and without shots."""
    empty = with_shots(cell, cell.shots[:, :0], cell.rows.shots[:, :0])
    return replace(empty, given=exact.reshape(cell.n, -1))


def telling_cell(
    task: str,
    n: int = 24,
    shots: int = 128,
    test: int = 40,
    *,
    family: str = "tfim_1d",
    channel: str = "",
) -> Cell:
    """Shots that tell rows apart: products of one-site states, ⟨Z⟩ from 0 to 1, each row its own.

    Classes are told by ⟨Z⟩ above and below ½. A model that reads shots may decide that uniformly
    random ones, with labels made of them, are not worth reading.
    """
    cell = make_cell(family=family, task=task, n=n, shots=shots, test=test, channel=channel)
    rng = np.random.default_rng(1)
    trained, tested = (rng.permutation(np.linspace(0.0, 1.0, count)) for count in (n, test))

    def told(shots: NDArray[np.uint8], mean: NDArray[np.float64]) -> NDArray[np.uint8]:
        outcome = rng.random(shots.shape) > (1.0 + mean[:, None, None]) / 2.0
        return np.where(shots // 2 == 2, 4 + outcome, shots).astype(np.uint8)

    test_shots = told(cell.rows.shots, tested)
    names = None
    if cell.given is not None:
        classes = cell.family.label(cell.task.label).classes
        names = np.array(classes)[(trained > 0.5).astype(np.int64)]
    return replace(with_shots(cell, told(cell.shots, trained), test_shots), given=names)


def aligned_shots(rows: int, shots: int, size: int) -> NDArray[np.uint8]:
    """All sites measured in Z with outcome 0: every pair estimate is +3."""
    return np.full((rows, shots, size), 4, dtype=np.uint8)
