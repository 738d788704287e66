"""The generator learns what there is to learn of a known state, and no more than there is."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from baselines.contract.cell import Cell
from baselines.inputs.features import channels
from baselines.models.shadow_generator import Model
from baselines.tokens.token_training import Reading, held_out_surprise
from builders.core.errors import RequestError
from builders.solvers.exact.diagonalization import exact_ground_state
from builders.solvers.exact.state_vector import StateVector
from tests.baselines.cells import make_cell, noise_free, with_shots

SHOTS = 250


def singlets() -> StateVector:
    """Sites 0-1 and 2-3 in singlets: C = −1 inside a pair, 0 between pairs, no site has a mean."""
    pair = np.array([0.0, 1.0, -1.0, 0.0]) / np.sqrt(2.0)
    return StateVector(0.0, 0.0, 1.0, np.kron(pair, pair))


def with_states(cell: Cell, states: list[StateVector], shots: int) -> Cell:
    rng = np.random.default_rng(3)
    tokens = np.stack([state.sample(shots, rng) for state in states])
    return with_shots(cell, tokens[: cell.n], tokens[cell.n :])


@pytest.fixture(scope="module")
def chain() -> tuple[Cell, Model]:
    """Four rows of singlets, whatever their couplings say."""
    cell = make_cell(size=4, n=4, test=2, shots=1)
    cell = with_states(cell, [singlets()] * 6, SHOTS)
    return cell, Model(seed=0).fit(cell)


def test_held_out_outcomes_surprise_less_than_independent_sites(chain: tuple[Cell, Model]) -> None:
    """Each site for itself is uniform, ln 2; a pair in one basis, a third of them, saves half."""
    cell, model = chain
    given = channels(cell.family, cell.size, cell.rows.parameters)
    rows = Reading.of(model._window, given, cell.rows.shots, torch.device("cpu"))
    found, exact = held_out_surprise(model.network, rows), np.log(2.0) * 5 / 6
    # A pair costs ln 2 or 2 ln 2, sd ln 2 √(2/9); a site half of it; the pairs of 500 shots.
    error = 0.5 * np.log(2.0) * np.sqrt(2 / 9) / np.sqrt(2 * 2 * SHOTS)
    assert exact - 4 * error < found < exact + 0.2 * (np.log(2.0) - exact)


def test_correlations_of_singlets(chain: tuple[Cell, Model]) -> None:
    cell, model = chain
    expected = np.eye(4)
    expected[[0, 1, 2, 3], [1, 0, 3, 2]] = -1.0
    found = model.predict(cell.rows).reshape(-1, 4, 4)
    # The shadow estimate from all 1,000 training shots has the error √(3 / 1,000) = .055.
    assert np.abs(found - expected).max() < 4 * np.sqrt(3 / (4 * SHOTS))


def model_answer(cell: Cell) -> NDArray[np.float32]:
    return Model(seed=0).fit(cell).predict(cell.rows)


def test_reflection_of_the_chain() -> None:
    cell = make_cell(n=6, shots=32)
    model, p = Model(seed=0).fit(cell), cell.rows.parameters
    mirrored = np.concatenate([p[:, 6::-1], p[:, :6:-1]], axis=1)
    there, back = (
        model.predict(replace(cell.rows, parameters=x)).reshape(-1, 8, 8) for x in (p, mirrored)
    )
    # A probability that is off by an ulp may turn an outcome of one of 64 shots.
    np.testing.assert_allclose(back[:, ::-1, ::-1], there, atol=1e-5)
    assert np.ptp(there, axis=0).max() > 1e-4


def test_other_labels_come_from_the_drawn_shots() -> None:
    """The energy of H = −Σ X (no couplings) in the state |+…+⟩ is −1 a site."""
    cell = make_cell(size=4, n=4, test=1, shots=1, task="energy")
    plus = StateVector(0.0, 0.0, 1.0, np.full(16, 0.25))
    flat = cell.rows.parameters.copy()
    flat[:, :3], flat[:, 3:] = 0.0, 1.0
    asked = replace(cell, rows=replace(cell.rows, parameters=flat))
    cell = with_states(asked, [plus] * 5, 200)
    # 200 shots are drawn; a site's estimate of ⟨X⟩ has variance 2, the mean over four a half.
    assert abs(model_answer(cell)[0, 0] + 1.0) < 4 * np.sqrt(0.5 / 200)


def test_refusals() -> None:
    cell = make_cell()
    exact = noise_free(cell, np.zeros((cell.n, 64)))
    with pytest.raises(RequestError, match="learns from shots"):
        Model().fit(exact)
    with pytest.raises(RequestError, match="width=10"):
        Model(width=10)


@pytest.mark.slow
def test_learns_the_hamiltonian() -> None:
    """Ground states of four sites: better than the best answer that is the same for all rows."""
    cell = make_cell(family="tfim_1d_wide", size=4, n=60, test=40, shots=1)
    flat = np.concatenate([cell.parameters, cell.rows.parameters])
    sector = cell.family.sector(cell.size)
    states = [exact_ground_state(h, sector) for h in cell.family.hamiltonians(cell.size, flat)]
    cell = with_states(cell, states, 200)
    truth = np.stack([state.correlation() for state in states[60:]]).reshape(40, -1)
    error = np.mean((model_answer(cell) - truth) ** 2)
    assert error < 0.5 * np.mean((truth - truth.mean(axis=0)) ** 2)
