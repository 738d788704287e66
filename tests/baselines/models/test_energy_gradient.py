"""Windows of pairs on lattices, the energy process, and the model made of them."""

import numpy as np
import pytest

import baselines
from baselines.contract.cell import Cell
from baselines.inputs.pair_windows import PairWindow, pair_windows
from baselines.inputs.pairs import Pairs
from baselines.linear.energy_process import Data, EnergyProcess, Kernel
from baselines.models import energy_gradient
from builders import families
from builders.core.names import Size
from builders.families.heisenberg_2d import lattice_bonds
from builders.solvers.exact.diagonalization import exact_ground_state
from leaderboard import tasks
from tests.baselines.cells import make_cell, noise_free, place, token_rows
from tests.baselines.lattice import GRID

LATTICE = families.load("heisenberg_2d")
TASK = tasks.load("correlation")


def lattice_windows(text: str, radius: int = 3) -> tuple[Size, PairWindow]:
    size = Size.parse(text)
    return size, pair_windows(LATTICE, Pairs.of(TASK, place(text)), radius=radius, farthest=1)[0]


def random_rows(size: Size, count: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.stack([LATTICE.flatten(LATTICE.draw(size, rng)) for _ in range(count)])


def test_a_window_names_the_couplings_around_a_bond() -> None:
    size, window = lattice_windows("4x5", radius=1)
    assert window.shift == (1, 0)
    assert len(window.pairs) == 31
    # The bond itself; three more at each of its ends, and the two beside it.
    assert np.sort(window.steps).tolist() == [0.0] + [1.0] * 8
    # Four symmetries: the bond turned around, the two sides exchanged, both.
    assert len(window.images) == 4
    own = window.entry[:, window.steps == 0][:, 0]
    bonds = lattice_bonds(size)
    assert np.array_equal(bonds[own], Pairs.of(TASK, place("4x5")).sites[window.pairs])


@pytest.mark.parametrize("axis", [0, 1])
def test_a_reflected_lattice_has_the_same_windows(axis: int) -> None:
    size, window = lattice_windows("3x4")
    row = random_rows(size, 1)[0]
    mirror = np.flip(np.arange(12).reshape(3, 4), axis).ravel()
    bonds = lattice_bonds(size)
    at = {tuple(b): k for k, b in enumerate(bonds.tolist())}
    image = np.array([at[tuple(sorted(mirror[b].tolist()))] for b in bonds])
    first, second = window.values(np.stack([row, row[image]]))
    own = window.entry[:, window.steps == 0][:, 0]
    for k, bond in enumerate(own):
        other = second[np.flatnonzero(own == image[bond])[0]]
        # One of the symmetries brings one window onto the other.
        assert min(np.abs(other[i] - first[k]).max() for i in window.images) == 0.0


def test_pairs_of_every_displacement_are_found_once() -> None:
    pairs = Pairs.of(TASK, place("3x4"))
    found = pair_windows(LATTICE, pairs, radius=2, farthest=9)
    assert sorted(np.concatenate([w.pairs for w in found]).tolist()) == list(range(66))
    assert [w.shift for w in found][:3] == [(1, 0), (1, 1), (2, 0)]
    for window in found:
        assert sum(window.shift) == pairs.distance[window.pairs[0]]
        # Symmetries form a group: each is a permutation, and one is that of nothing.
        assert all(sorted(i) == list(range(len(window.kind))) for i in window.images.tolist())
        assert any((i == np.arange(len(i))).all() for i in window.images)


def test_slopes_are_derivatives() -> None:
    size, window = lattice_windows("3x3")
    rows = random_rows(size, 3)
    points = window.values(random_rows(size, 2, seed=1)).reshape(-1, len(window.kind))[:5]
    kernel = Kernel.of(window, points, 0.6**window.steps / 2.0)

    def energy(parameters: np.ndarray) -> np.ndarray:
        x = window.values(parameters) * kernel.scale
        images = [points[:, i] * kernel.scale for i in window.images]
        return sum(
            np.exp(-0.5 * ((x[:, :, None] - p) ** 2).sum(axis=-1)).sum(axis=1) for p in images
        )

    step = 1e-5
    for entry in range(rows.shape[1]):
        raised, lowered = rows.copy(), rows.copy()
        raised[:, entry] += step
        lowered[:, entry] -= step
        expected = (energy(raised) - energy(lowered)) / (2 * step)
        # Second order in the step, and rounding over the step.
        np.testing.assert_allclose(kernel.slopes(rows)[:, entry], expected, atol=1e-8)


def test_a_process_learns_one_slope_from_the_other() -> None:
    """∂E/∂J_b is known for some couplings only, and for the others too where E is shared."""
    size, window = lattice_windows("3x4")
    rows = random_rows(size, 60)
    truth = Kernel.of(window, window.values(rows[:1])[0][:4], 0.5**window.steps / 2.0)
    slopes = truth.slopes(rows) @ np.array([1.0, -2.0, 0.5, 1.5])
    known, hidden = np.arange(0, 17, 2), np.arange(1, 17, 2)
    data = Data(rows[:40], known, slopes[:40, known], np.full((40, 9), 1e6), known=True)
    spread = np.ones(len(window.kind))
    process = EnergyProcess.fit(window, data, spread)
    assert process is not None
    error = process(rows[40:], hidden) - slopes[40:, hidden]
    assert error.std() < 0.2 * slopes[40:, hidden].std()


def test_nothing_is_learnt_from_noise() -> None:
    size, window = lattice_windows("3x3")
    rows = random_rows(size, 20)
    values = np.random.default_rng(5).normal(size=(20, 12))
    data = Data(rows, np.arange(12), values, np.ones((20, 12)), known=True)
    assert EnergyProcess.fit(window, data, np.ones(len(window.kind))) is None


def exact_cell(n: int, test: int, text: str = "3x4", shots: int = 500) -> tuple[Cell, np.ndarray]:
    """A lattice by exact diagonalisation, and the exact labels of its test rows."""
    size = Size.parse(text)
    rows = random_rows(size, n + test, seed=7)
    tokens, labels = [], []
    for k, row in enumerate(rows):
        h = LATTICE.hamiltonian(size, LATTICE.unflatten(size, row))
        state = exact_ground_state(h, LATTICE.sector(size))
        tokens.append(state.sample(shots, np.random.default_rng(k)))
        labels.append(state.correlation())
    stacked = np.stack(tokens)
    asked = token_rows(place(text), rows[n:], stacked[n:], 1_000_000)
    return Cell(TASK, token_rows(place(text), rows[:n], stacked[:n]), asked), np.stack(labels)


@pytest.mark.slow
def test_neighbours_are_far_better_than_by_their_own_shots() -> None:
    cell, labels = exact_cell(60, 20)
    i, j = lattice_bonds(cell.size).T
    errors = {}
    for name in ("energy_gradient", "ridge_pairs"):
        answer = baselines.load(name)().fit(cell).predict(cell.rows).reshape(20, 12, 12)
        errors[name] = np.sqrt(np.mean((answer - labels[60:])[:, i, j] ** 2))
    # Shots of the test row alone leave √((3 − C²)/500) = .075.
    assert errors["energy_gradient"] < 0.05
    assert errors["energy_gradient"] < 0.7 * errors["ridge_pairs"]
    exact = noise_free(cell, labels[:60])
    answer = baselines.load("energy_gradient")().fit(exact).predict(cell.rows)
    error = (answer.reshape(20, 12, 12) - labels[60:])[:, i, j]
    assert np.sqrt(np.mean(error**2)) < 0.8 * errors["energy_gradient"]


def test_coupled_pairs_are_told_from_the_hamiltonian() -> None:
    size = Size.parse("3x4")
    pairs = Pairs.of(TASK, place("3x4"))
    bonds = energy_gradient._bonds(LATTICE, pairs)
    assert bonds is not None
    assert bonds.entry.tolist() == list(range(17))
    # H holds ½ J (XX + YY + ZZ), so that ∂E/∂J = 3/2 C.
    assert bonds.slope == pytest.approx(1.5)
    assert np.array_equal(pairs.sites[bonds.pair], lattice_bonds(size))
    # Fields beside the couplings do not matter; anisotropic couplings do.
    assert energy_gradient._bonds(GRID, pairs) is not None
    for name in ("tfim_1d", "xxz_1d"):
        chain = Pairs.of(TASK, place(8, name))
        assert energy_gradient._bonds(families.load(name), chain) is None


@pytest.mark.parametrize("family", ["tfim_1d", "xxz_1d"])
def test_without_such_pairs_the_answers_are_those_of_ridge_pairs(family: str) -> None:
    cell = make_cell(family=family)
    ours, theirs = (
        baselines.load(name)().fit(cell).predict(cell.rows)
        for name in ("energy_gradient", "ridge_pairs")
    )
    assert np.array_equal(ours, theirs)
