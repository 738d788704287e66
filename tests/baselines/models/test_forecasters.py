"""Forecasters: modes that are there are found, times that were not seen are answered."""

from dataclasses import replace

import numpy as np
import pytest
import torch

import baselines
from baselines.contract.cell import Cell
from baselines.linear.dynamic_modes import basis, modes
from baselines.models import dmd, transformer
from baselines.networks.network_training import make
from baselines.networks.pair_training import folds
from baselines.networks.time_networks import Attention
from builders.core.errors import RequestError
from leaderboard.kinds.evolutions import Evolutions
from tests.baselines.cells import make_cell, noise_free

MODELS = ("dmd", "gru", "transformer")
NETWORKS = ("gru", "transformer")
FACTORS = np.array([0.7 + 0.0j, 0.9 * np.exp(0.5j)])


def planted(parameters: np.ndarray) -> np.ndarray:
    """Labels with two modes and a constant, amplitudes affine in three couplings, (R, 4)."""
    # Of the four functions of time, of 1 and the couplings, of the entries.
    weights = np.random.default_rng(5).normal(size=(4, 4, 4))
    over = basis(FACTORS, parameters[:, -1] / 0.2)
    seen = np.hstack([np.ones((len(parameters), 1)), parameters[:, :3]])
    return np.asarray(np.einsum("rq,rc,qck->rk", over, seen, weights))


def linear_evolutions(rows: int = 80) -> tuple[Cell, np.ndarray]:
    """A cell of such labels, and those of its test rows."""
    cell = make_cell(family="quench_tfim_1d", size=4, task="magnetization", n=rows, test=10)
    return noise_free(cell, planted(cell.parameters)), planted(cell.rows.parameters)


def later(cell: Cell, by: float) -> Cell:
    """The cell with later test rows."""
    parameters = cell.rows.parameters.copy()
    parameters[:, -1] += by
    return replace(cell, rows=replace(cell.rows, parameters=parameters))


def test_modes_of_a_linear_recursion_are_its_eigenvalues() -> None:
    rng = np.random.default_rng(0)
    over = basis(FACTORS, np.arange(10.0))[:, 1:]
    series = [over @ rng.normal(size=(3, 2)) for _ in range(3)]
    found = np.sort_complex(modes(series, 5))
    np.testing.assert_allclose(found, np.sort_complex(FACTORS), atol=1e-8)


def test_a_mode_that_grows_is_held() -> None:
    """Labels are bounded: 1.2^t, told by ten times, does not go on."""
    assert np.abs(modes([1.2 ** np.arange(10.0)[:, None]], 2)).max() == pytest.approx(1.0)


def test_short_series_and_rank_zero_have_no_modes() -> None:
    assert not len(modes([np.ones((1, 3))], 4))
    assert not len(modes([np.ones((10, 3))], 0))


def test_dmd_recovers_the_modes_and_forecasts_later_times() -> None:
    cell, truth = linear_evolutions()
    model = dmd.Model().fit(cell)
    for factor in FACTORS:
        assert np.abs(model.factors - factor).min() < 1e-6
    # The least penalty is 1e-8 of the largest squared singular value.
    np.testing.assert_allclose(model.predict(cell.rows), truth, atol=1e-3)
    ahead = later(cell, 2.0).rows
    np.testing.assert_allclose(model.predict(ahead), planted(ahead.parameters), atol=1e-3)
    steady = dmd.Model(rank=0).fit(cell)
    assert np.abs(steady.predict(cell.rows) - truth).max() > 0.1


def test_dmd_of_noise_alone_is_close_to_the_training_mean() -> None:
    cell = make_cell(family="quench_tfim_1d", size=4, task="magnetization", n=40, shots=16)
    found = dmd.Model().fit(cell).predict(cell.rows)
    # Estimates of uniform tokens have the variance 3/16; forty of them the mean of 0.005.
    assert np.sqrt(np.mean(found**2)) < 0.3 * np.sqrt(3.0 / 16.0)


@pytest.mark.parametrize("name", ["gru", pytest.param("transformer", marks=pytest.mark.slow)])
def test_networks_learn_a_function_of_time(name: str) -> None:
    cell, truth = linear_evolutions(120)
    found = baselines.load(name)().fit(cell).predict(cell.rows)
    mean = np.mean((cell.labels.mean(axis=0) - truth) ** 2)
    assert np.mean((found - truth) ** 2) < 0.5 * mean


@pytest.mark.parametrize("name", MODELS)
def test_times_that_no_training_row_has_are_answered(name: str) -> None:
    cell, _ = linear_evolutions(30)
    model = baselines.load(name)().fit(cell)
    for by in (-0.1, 0.1, 2.0):
        assert np.isfinite(model.predict(later(cell, by).rows)).all()


@pytest.mark.parametrize("name", NETWORKS)
def test_a_row_is_answered_the_same_beside_later_ones(name: str) -> None:
    cell, _ = linear_evolutions(30)
    model = baselines.load(name)().fit(cell)
    first = model.predict(cell.rows.take(slice(1)))
    np.testing.assert_allclose(model.predict(later(cell, 0.0).rows)[:1], first, atol=1e-6)


def test_attention_sees_no_later_time() -> None:
    network = make(
        lambda: Attention(3, 2, width=16, depth=2, heads=2, silent=False), [0]
    ).requires_grad_(requires_grad=False)
    couplings, steps = torch.ones(1, 3), torch.ones(1, 6)
    changed = steps.clone()
    changed[0, 3] = 0.5
    before, after = (network.forecasts(couplings, x) for x in (steps, changed))
    # The times after steps 1, 2 and 3 are as they were; from the fourth step on all are others.
    torch.testing.assert_close(after[:, :4], before[:, :4], rtol=0.0, atol=1e-6)
    assert (after[:, 4:] - before[:, 4:]).abs().amax(dim=2).min() > 1e-3
    # The answer is that of the last step, whatever is padded behind it.
    padded = torch.tensor([[1.0, 1.0, 0.0, 0.0]])
    torch.testing.assert_close(network(couplings, padded), before[:, 2], rtol=0.0, atol=1e-6)


def test_heads_have_sixteen_numbers() -> None:
    with pytest.raises(RequestError, match="multiple of 16"):
        transformer.Model(width=24)


@pytest.mark.parametrize("name", MODELS)
def test_rows_that_are_no_evolutions_are_refused(name: str) -> None:
    with pytest.raises(RequestError, match="follow each other"):
        baselines.load(name)().fit(make_cell())


def test_the_time_is_what_changes_along_an_evolution() -> None:
    cell = make_cell(family="quench_tfim_1d", size=4, n=25)
    assert cell.trajectory is not None
    found = Evolutions.of(cell.parameters, cell.trajectory)
    assert found.time == cell.parameters.shape[1] - 1
    assert found.step == pytest.approx(0.2)
    np.testing.assert_allclose(found.times(cell.parameters)[:10], np.arange(1, 11))
    assert [len(run) for run in found.runs(cell.parameters, cell.trajectory)] == [10, 10, 5]
    gap = np.delete(np.arange(25), 4)
    parts = found.runs(cell.parameters[gap], cell.trajectory[gap])
    assert [len(run) for run in parts] == [4, 5, 10, 5]


def test_folds_of_evolutions_hold_them_whole() -> None:
    together = np.arange(25) // 10
    for fold in folds(25, 4, seed=0, together=together):
        assert not set(together[fold.kept]) & set(together[fold.held])
        assert len(fold.kept) + len(fold.held) == 25


@pytest.mark.parametrize("given", [-1, 25])
def test_the_number_of_modes_is_checked(given: int) -> None:
    with pytest.raises(RequestError, match="0 to 24"):
        dmd.Model(rank=given)
