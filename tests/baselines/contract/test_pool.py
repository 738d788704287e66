"""What a process keeps: once each, no more than fits, and nothing of it in the hands of a model."""

from dataclasses import replace

import numpy as np
import pytest

from baselines.contract import pool as pool_module
from baselines.contract import stored as stored_module
from baselines.contract.cell import Cell
from baselines.contract.cutting import cut
from baselines.contract.point_cells import open_cell
from baselines.contract.pool import Pool
from baselines.contract.protocol import Point
from baselines.contract.stored import Stored
from baselines.contract.targets import Target
from leaderboard import tasks
from leaderboard.kinds.regression import Averaged, Regression
from tests.builders.synthetic import SyntheticFolder

GRID = [(n, m) for m in (32, 16, 8) for n in (12, 7, 3)]


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, tuple[int, ...]]]:
    """Every estimate that is made, with the shape of the shots that it is made of."""
    made: list[tuple[str, tuple[int, ...]]] = []
    load = tasks.load

    def watched(name: str) -> object:
        task = load(name)
        if not isinstance(task, Regression) or task.shadow is None:
            return task
        own, known = task.shadow, task.averaged

        def shadow(shots: np.ndarray, *rest: object) -> np.ndarray:
            made.append((name, shots.shape))
            return own(shots, *rest)

        if known is None:
            return replace(task, shadow=shadow)

        def average(shots: np.ndarray) -> np.ndarray:
            made.append((f"{name} average", shots.shape))
            return known.estimate(shots)

        both = Averaged(average, known.to_label, known.of_label)
        return replace(task, shadow=shadow, averaged=both)

    monkeypatch.setattr(tasks, "load", watched)
    return made


@pytest.mark.parametrize("task", ["correlation", "renyi2", "energy"])
def test_estimates_are_those_of_the_cell_alone(
    synthetic_master: SyntheticFolder, task: str
) -> None:
    """To the bit, in whatever order cells are asked for."""
    data, pool = synthetic_master, Pool()
    for n, m in [*reversed(GRID), *GRID]:
        kept = open_cell(str(data.public), Point(data.config, task, n, m), pool)
        alone = Cell.open(data.public, data.config, task, n, m)
        assert kept.labels.tobytes() == alone.labels.tobytes()
        target = Target.of(alone)
        assert target.training(kept).tobytes() == target.training(alone).tobytes()
        assert not kept.labels.flags.writeable
        assert kept.labels.base is None  # no way from a cell's labels to those of further rows


def test_shots_become_estimates_once_a_config(
    synthetic_master: SyntheticFolder, counted: list[tuple[str, tuple[int, ...]]]
) -> None:
    data, pool = synthetic_master, Pool()
    for task in ("correlation", "renyi2"):
        for n, m in GRID:
            cell = open_cell(str(data.public), Point(data.config, task, n, m), pool)
            for _ in range(3):  # as many models
                Target.of(cell).training(cell)
    expected = [("correlation", (12, m, 8)) for m in (32, 16, 8)]
    for m in (32, 16, 8):
        expected += [("renyi2", (12, m, 8)), ("renyi2 average", (12, m, 8))]
    assert counted == expected


def test_rows_that_are_missing_are_added(
    synthetic_master: SyntheticFolder, counted: list[tuple[str, tuple[int, ...]]]
) -> None:
    data, pool = synthetic_master, Pool()
    for n in (3, 7, 7, 5, 12):
        open_cell(str(data.public), Point(data.config, "correlation", n, 8), pool)
    assert [shape[0] for _, shape in counted] == [3, 4, 5]


def test_estimates_that_do_not_fit_are_not_kept(
    synthetic_master: SyntheticFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = 12 * 64 * 8
    monkeypatch.setattr(stored_module, "KEPT_BYTES", 2 * one)
    stored = Stored.of(synthetic_master.public, synthetic_master.config)
    cell = cut(stored, "correlation", 12, 32)
    made: list[int] = []

    def ask(m: int) -> np.ndarray:
        def estimate(rows: object) -> np.ndarray:
            made.append(m)
            return cell.regression.estimate(cell.shots[:, :m])

        return stored.estimates(("correlation", "label"), 12, m, estimate)

    for m in (32, 16, 32, 8, 32, 16):
        assert np.array_equal(ask(m), cell.regression.estimate(cell.shots[:, :m]))
    # Two fit: 8 takes the place of 16, which was asked for longer ago than 32.
    assert made == [32, 16, 8, 16]
    monkeypatch.setattr(stored_module, "KEPT_BYTES", one - 1)
    made.clear()
    ask(4)
    ask(4)
    assert made == [4, 4]


def test_configs_make_room_for_each_other(
    synthetic_master: SyntheticFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool, folder, config = Pool(), str(synthetic_master.public), synthetic_master.config
    first = pool.stored(folder, config)
    first.rows("train")
    assert pool.stored(folder, config) is first
    assert first.nbytes > 0
    monkeypatch.setattr(pool_module, "STORED_BYTES", 0)
    assert pool.stored(f"{folder}/.", config) is not first  # another name is another folder
    assert pool.stored(folder, config) is not first


def test_things_of_a_kind_make_room_for_each_other() -> None:
    pool, made = Pool(), []

    def once(kind: str, key: int) -> int:
        return pool.once(kind, key, lambda: made.append((kind, key)) or key, most=2)

    for key in (1, 2, 1, 3, 1, 2):
        assert once("a", key) == key
    assert made == [("a", 1), ("a", 2), ("a", 3), ("a", 2)]
    assert once("b", 1) == 1
    assert made[-1] == ("b", 1)


def test_what_is_kept_is_read_only(synthetic_master: SyntheticFolder) -> None:
    stored = Stored.of(synthetic_master.public, synthetic_master.config)
    with pytest.raises(ValueError, match="read-only"):
        stored.rows("train").shots[:] = 0
    cell = cut(stored, "correlation", 3, 4)
    cell.shots[:] = 0  # a copy
    assert stored.rows("train").shots[:3, :4].any()


def test_a_noise_free_cell_reads_no_shots(synthetic_master: SyntheticFolder) -> None:
    stored = Stored.of(synthetic_master.public, synthetic_master.config)
    cell = cut(stored, "correlation", 3, None)
    assert cell.is_noise_free
    assert cell.shots.shape == (3, 0, 8)
    assert {name for _, name in stored._columns} == {"row_id", "parameters", "correlation"}
