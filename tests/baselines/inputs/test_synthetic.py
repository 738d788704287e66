"""Spliced chains are chains of the family, and what learners agree on is kept."""

import numpy as np
import pytest

from baselines.inputs.features import Channels, channels
from baselines.inputs.synthetic import consistent, spliced
from tests.baselines.cells import make_cell


@pytest.mark.parametrize("family", ["tfim_1d", "heisenberg_1d", "xxz_1d"])
def test_both_parts_are_those_of_rows(family: str) -> None:
    cell = make_cell(family=family, size=8, n=6)
    given = channels(cell.family, cell.size, cell.parameters)
    made = spliced(given, 30, np.random.default_rng(0))
    assert [part.shape for part in made.local] == [(30, p.shape[1]) for p in given.local]
    new = False
    for part, rows in zip(made.local, given.local, strict=True):
        assert all((part[:, [j]] == rows[:, j]).any(axis=1).all() for j in range(part.shape[1]))
        # Fields of 1 are the same in any row; of couplings that differ some chains are new.
        known = (part[:, None] == rows[None]).all(axis=2).any(axis=1)
        new |= not known.all()
    assert new


@pytest.mark.parametrize("family", ["tfim_1d", "heisenberg_1d", "xxz_1d"])
def test_values_of_the_whole_chain_are_those_that_channels_would_give(family: str) -> None:
    """A row spliced with its twin is the row."""
    cell = make_cell(family=family, size=8, n=2)
    twins = np.repeat(cell.parameters[:1], 2, axis=0)
    given = channels(cell.family, cell.size, twins)
    made = spliced(given, 5, np.random.default_rng(0))
    np.testing.assert_allclose(made.shared, np.repeat(given.shared[:1], 5, axis=0), rtol=1e-14)


def test_parts_come_from_rows_of_nearly_the_same_number_as_a_whole() -> None:
    scale = np.repeat([1.0, 100.0], 10)[:, None]
    local = scale * np.random.default_rng(0).uniform(0.9, 1.1, (20, 6))
    shared = np.concatenate([local.mean(axis=1)[:, None], local.max(axis=1)[:, None]], axis=1)
    made = spliced(Channels(6, (local,), shared), 100, np.random.default_rng(1)).local[0]
    assert (made.max(axis=1) < 2.0 * made.min(axis=1)).all()


def test_rows_are_kept_on_which_learners_agree() -> None:
    rng = np.random.default_rng(0)
    spread = rng.permutation(np.linspace(0.1, 1.0, 10))
    answers = np.array([-1.0, 0.0, 1.0])[:, None, None] * spread[:, None] + rng.random((10, 4))
    kept = consistent(answers, 0.35)
    assert kept.tolist() == sorted(spread.argsort()[:4].tolist())
    assert consistent(answers, 1.0).tolist() == list(range(10))
