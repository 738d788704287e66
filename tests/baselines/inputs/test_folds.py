"""Rows held out: whole evolutions, and single rows where each is by itself."""

import numpy as np
import pytest

import baselines
from baselines.inputs.folds import Fold, fold_masks, fold_of_rows, hold_out, random_folds
from tests.baselines.cells import make_cell, noise_free

GROUPS = np.repeat(np.arange(5), [10, 10, 3, 10, 7])


def every_fold(groups: np.ndarray) -> dict[str, list[Fold]]:
    """What each maker of folds makes of the groups."""
    of_row = fold_of_rows(groups, 4, np.random.default_rng(0))
    return {
        "masks": [Fold.of(mask) for mask in fold_masks(groups, 4)],
        "random": random_folds(groups, 4, seed=0),
        "of rows": [Fold.of(of_row == k) for k in range(4)],
    }


@pytest.mark.parametrize("groups", [GROUPS, np.random.default_rng(1).permutation(GROUPS)])
@pytest.mark.parametrize("maker", ["masks", "random", "of rows"])
def test_folds_part_the_rows_and_split_no_group(maker: str, groups: np.ndarray) -> None:
    split = every_fold(groups)[maker]
    assert sorted(np.concatenate([f.held for f in split]).tolist()) == list(range(len(groups)))
    for fold in split:
        assert sorted([*fold.kept, *fold.held]) == list(range(len(groups)))
        assert not set(groups[fold.kept]) & set(groups[fold.held])
        assert 1 <= len(set(groups[fold.held])) <= 2


def test_there_are_no_more_folds_than_groups() -> None:
    assert len(fold_masks(np.arange(2), 5)) == len(random_folds(np.arange(2), 5, seed=0)) == 2
    assert len(fold_masks(GROUPS, 9)) == len(random_folds(GROUPS, 9, seed=0)) == 5


def test_one_group_in_five_is_held_out() -> None:
    fold = hold_out(GROUPS, seed=0)
    assert len(set(GROUPS[fold.held])) == 1
    assert not set(GROUPS[fold.kept]) & set(GROUPS[fold.held])
    single = hold_out(np.arange(12), seed=0)
    assert (len(single.kept), len(single.held)) == (10, 2)
    assert not len(hold_out(np.zeros(1, dtype=np.int64), seed=0).held)


def test_rows_of_an_evolution_are_a_group() -> None:
    cell = make_cell(family="quench_tfim_1d", n=25)
    assert cell.groups.tolist() == [0] * 10 + [1] * 10 + [2] * 5
    shuffled = cell.train.take(np.array([24, 3, 12, 20, 4]))
    assert shuffled.groups.tolist() == [0, 1, 2, 0, 1]
    # Of a single one, times are all that could be held out.
    assert make_cell(family="quench_tfim_1d", n=7).groups.tolist() == list(range(7))
    assert make_cell(family="tfim_1d", n=4).groups.tolist() == list(range(4))


def planted(trajectory: np.ndarray | None) -> np.ndarray:
    """Symmetric matrices with ones, drawn anew for each evolution, float64 (R, 36)."""
    drawn = np.stack([np.random.default_rng([7, t]).normal(size=(6, 6)) for t in trajectory])
    drawn += drawn.transpose(0, 2, 1)
    drawn[:, range(6), range(6)] = 1.0
    return drawn.reshape(-1, 36)


LEARNED = [
    "kernel_dirichlet",
    "kernel_ntk",
    "kernel_rbf",
    "knn",
    "lasso",
    pytest.param("random_forest", marks=pytest.mark.slow),
    "ridge",
    pytest.param("svr", marks=pytest.mark.slow),
]


@pytest.mark.parametrize("name", LEARNED)
def test_what_rows_of_an_evolution_share_is_not_taken_for_learnt(name: str) -> None:
    """Labels that are the same along an evolution, and nothing of its couplings.

    Times that were not seen of evolutions that were are told perfectly, others not at all. Judged
    by the former, models answer with what happens to be near, and are worse than the mean.
    """
    cell = make_cell(family="quench_tfim_1d", size=6, task="correlation", n=100, test=100)
    labels = planted(cell.train.trajectory)
    cell = noise_free(cell, labels)
    wanted = planted(cell.rows.trajectory)
    error = baselines.load(name)(seed=0).fit(cell).predict(cell.rows) - wanted
    mean = labels.mean(axis=0) - wanted
    assert np.sqrt(np.mean(error**2)) < 1.02 * np.sqrt(np.mean(mean**2))
