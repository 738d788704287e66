"""The shared network learns a local function, learns nothing from noise, and keeps symmetries."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from baselines.contract.cell import Cell
from baselines.models.mlp_pairs import Model
from baselines.networks.pair_training import TrainingRun, best_factor
from tests.baselines.cells import make_cell, with_shots

SIZE = 10


def polarisation(couplings: NDArray[np.float64]) -> NDArray[np.float64]:
    """A made-up local law: m_i = 0.95 − 0.4 · (J_{i−1} + J_i), (R, N − 1) → (R, N)."""
    padded = np.pad(couplings, ((0, 0), (1, 1)))
    return 0.95 - 0.4 * (padded[:, :-1] + padded[:, 1:])


def planted(n: int, shots: int) -> tuple[Cell, NDArray[np.float64]]:
    """Product states with ⟨X_i⟩ = m_i and no other order; exact labels of the test rows."""
    cell = make_cell(size=SIZE, n=n, test=50, shots=1)
    parameters = np.concatenate([cell.parameters, cell.rows.parameters])
    m = polarisation(parameters[:, : SIZE - 1])
    rng = np.random.default_rng(5)
    bases = rng.integers(0, 3, (len(m), shots, SIZE))
    mean = np.where(bases == 0, m[:, None], 0.0)
    tokens = (2 * bases + (rng.random(bases.shape) > (1 + mean) / 2)).astype(np.uint8)
    truth = m[n:, :, None] * m[n:, None, :] / 3
    truth[:, range(SIZE), range(SIZE)] = 1.0
    return with_shots(cell, tokens[:n], tokens[n:]), truth.reshape(50, -1)


def test_learns_a_planted_local_function() -> None:
    cell, truth = planted(n=60, shots=200)
    prediction = Model(seed=0).fit(cell).predict(cell.rows)
    oracle_mean = np.mean((truth - truth.mean(axis=0)) ** 2)
    # Noise a label is sqrt(3/200) = .12 and the spread .05: 60·45 labels leave it learnable.
    assert np.mean((prediction - truth) ** 2) < 0.5 * oracle_mean


def test_learns_little_from_noise() -> None:
    """Uniform tokens are the shots of the maximally mixed state: C = 0 for every Hamiltonian."""
    cell = make_cell(size=SIZE, n=40, shots=64)
    prediction = Model(seed=0).fit(cell).predict(cell.rows).reshape(-1, SIZE, SIZE)
    off = prediction[:, ~np.eye(SIZE, dtype=bool)]
    # One label has noise sqrt(3/64) = .22; their mean over 40 rows, without pooling, .034.
    assert np.sqrt(np.mean(off**2)) < 0.02


@pytest.mark.parametrize("task", ["correlation", "renyi2"])
def test_reflection_of_the_chain(task: str) -> None:
    cell = make_cell(size=SIZE, n=30, task=task, shots=64)
    # `every` above what validation may stop at: the weights are far from their start.
    model = Model(seed=0, training=TrainingRun(steps=40, every=40)).fit(cell)
    assert model.trained is not None
    model.trained = replace(model.trained, steps=40, shrink=1.0)
    p = cell.rows.parameters
    mirrored = np.concatenate([p[:, SIZE - 2 :: -1], p[:, : SIZE - 2 : -1]], axis=1)
    shape = (-1, *cell.task.shape(cell.size))
    there = model.predict(cell.rows).reshape(shape)
    back = model.predict(replace(cell.rows, parameters=mirrored)).reshape(shape)
    axes = tuple(range(1, there.ndim))
    np.testing.assert_allclose(back, np.flip(there, axes), atol=1e-5)
    assert np.ptp(there, axis=0).max() > 1e-4  # the network did answer


def test_seed_matters() -> None:
    cell, _ = planted(n=20, shots=100)
    first, second = (Model(seed=seed).fit(cell).predict(cell.rows) for seed in (0, 1))
    assert not np.array_equal(first, second)


def test_number_of_threads_is_given_back() -> None:
    before = torch.get_num_threads()
    Model().fit(make_cell(n=4))
    assert torch.get_num_threads() == before


@pytest.mark.parametrize(
    ("change", "factor", "drop"),
    [
        # Σ wc = 2·1 + 4·2 = 10 and Σ c² = 5, so s = 2 is cut to 1: 20 − (1 + 4) = 15.
        ([1.0, 2.0, 9.0], 1.0, 15.0),
        # Σ wc = 16 + 4 = 20 and Σ c² = 65: s = 20/65, the sum falls by 20²/65.
        ([8.0, 1.0, 9.0], 20.0 / 65.0, 400.0 / 65.0),
        ([-1.0, -2.0, 9.0], 0.0, 0.0),
        ([0.0, 0.0, 9.0], 0.0, 0.0),
    ],
)
def test_best_factor_by_hand(change: list[float], factor: float, drop: float) -> None:
    """Wanted is (2, 4); a third row has weight 0."""
    given = torch.tensor(change).reshape(1, 3, 1)
    wanted = torch.tensor([2.0, 4.0, 100.0]).reshape(1, 3, 1)
    found = best_factor(given, wanted, torch.tensor([[1.0, 1.0, 0.0]]))
    assert found == pytest.approx((factor, drop))


def test_training_checks_itself() -> None:
    with pytest.raises(ValueError, match="below 1"):
        TrainingRun(members=0)
    with pytest.raises(ValueError, match="fewer steps"):
        TrainingRun(steps=10, every=20)
