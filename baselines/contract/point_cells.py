"""The cells of a protocol, out of what the process keeps: as measured, or with random tokens."""

from dataclasses import replace

import numpy as np

from baselines.contract.cell import LABEL, Cell, Estimate
from baselines.contract.cutting import cut, test_rows
from baselines.contract.pool import POOL, Pool
from baselines.contract.protocol import Point
from baselines.contract.rows import Rows
from baselines.contract.stored import Stored
from baselines.contract.targets import AVERAGE, Target


def open_cell(data: str, point: Point, pool: Pool = POOL) -> Cell:
    """The cell of a point, its tokens replaced where the point says so.

    The last one is kept for the next baseline; nothing can be written into it.

    Args:
        data: data set folder.
        point: which cell.
        pool: what is kept.

    Raises:
        RequestError: as `baselines.contract.cutting.cut`.
    """
    stored = pool.stored(data, point.config)

    def opened() -> Cell:
        shots = None if point.is_noise_free else point.shots
        cell = cut(stored, point.task, point.n, shots, spent=point.resources)
        if point.tokens != "measured":
            cell = randomised(cell, inputs=point.tokens == "inputs")
        return _frozen(_estimated(cell, None if point.tokens == "random" else stored))

    return pool.once("cell", (stored, point), opened, most=1)


def open_elsewhere(data: str, point: Point, pool: Pool = POOL) -> Rows | None:
    """The rows that are answered for, where they are not the test rows of the cell.

    Raises:
        RequestError: unknown config, no such split, or fewer copies.
    """
    if (point.answered, point.split) == (point.config, "test"):
        return None
    stored = pool.stored(data, point.answered)
    key = (stored, point.split, point.shots)
    return pool.once(
        "rows", key, lambda: test_rows(stored, point.split, point.shots).freeze(), most=1
    )


def randomised(cell: Cell, *, inputs: bool = False) -> Cell:
    """The cell with an independent uniform token 0..5 in place of every outcome.

    The tokens depend on the cell alone, so that all baselines and seeds see the same ones. With
    `inputs`, training labels stay those of the measured outcomes.

    Raises:
        RequestError: the record holds no random-Pauli shots.
    """
    rng = np.random.default_rng([cell.n, *cell.shots.shape])

    def random(rows: Rows) -> Rows:
        return rows.with_shots(rng.integers(0, 6, rows.shots.shape, dtype=np.uint8))

    # In this order, which the tokens depend on.
    train, test = random(cell.train), random(cell.rows)
    pretrain = None if cell.pretrain is None else random(cell.pretrain)
    if inputs:
        return replace(cell, shown=train.record, rows=test, pretrain=pretrain)
    return replace(cell, train=train, rows=test, pretrain=pretrain)


def _estimated(cell: Cell, stored: Stored | None) -> Cell:
    """The cell with all that models ask for of its training rows, estimated here for all of them.

    Args:
        cell: the cell.
        stored: the config that its tokens are those of, which keeps the estimates for other cells.
    """
    if cell.given is not None:
        return cell
    wanted: dict[str, Estimate] = {LABEL: cell.estimate}
    if cell.regression.averaged is not None:
        wanted[AVERAGE] = Target.of(cell).of_rows
    known = {
        name: estimate(cell.train)
        if stored is None
        else stored.estimates((cell.task.name, name), cell.n, cell.train.copies, estimate)
        for name, estimate in wanted.items()
    }
    return replace(cell, known=known)


def _frozen(cell: Cell) -> Cell:
    for rows in (cell.train, cell.seen, cell.rows, cell.pretrain):
        if rows is not None:
            rows.freeze()
    for array in (cell.labels, *cell.known.values()):
        array.flags.writeable = False
    return cell
