"""Windows of a chain: solved exactly, read in the middle, and learnt from."""

import numpy as np
import pytest

from baselines.inputs.features import channels
from baselines.models.window_ed import Model
from baselines.solvers.window_fields import WindowFields
from baselines.solvers.window_solver import STATES, WindowSpace, lowest_vectors
from builders import families
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.physics.hamiltonian import Hamiltonian, Sector, isotropic
from builders.solvers.exact.diagonalization import exact_ground_state
from leaderboard import tasks
from tests.baselines.cells import make_cell, noise_free


def drawn(family: str, sites: int, rows: int) -> np.ndarray:
    home, size = families.load(family), Size(sites)
    rng = np.random.default_rng(1)
    return np.stack([home.flatten(home.draw(size, rng)) for _ in range(rows)])


def test_lanczos_finds_the_lowest_vector() -> None:
    """Matrices whose spectrum has a gap, of 1 in a width of about 30."""
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(20, 30, 30))
    h = 0.1 * (noise + noise.mT) + np.diag(np.arange(30.0))
    found = lowest_vectors(h)
    exact = np.linalg.eigh(h)[1][:, :, 0]
    overlap = np.abs(np.einsum("bd,bd->b", found, exact))
    # Kaniel's bound: 12 steps leave 1/cosh²(11 acosh(1 + 2/30)) = 1e-3 of tan² of the start.
    assert (1.0 - overlap < 1e-3).all()


def test_lanczos_stops_where_the_start_is_the_answer() -> None:
    """Positive energies: a step that finds nothing new must not become a level at zero."""
    found = lowest_vectors(np.diag(np.arange(1.0, 6.0))[None])
    np.testing.assert_allclose(np.abs(found), np.eye(5)[:1], atol=1e-12)


@pytest.mark.parametrize(
    ("sites", "singlets"),
    [(4, 2), (6, 5), (8, 14), (10, 42)],
)
def test_windows_of_a_heisenberg_chain_are_singlets(sites: int, singlets: int) -> None:
    """Isotropic couplings of a chain reach all singlets, whose number is Catalan's of N/2."""
    i, j = np.triu_indices(sites, 1)
    rng = np.random.default_rng(0)
    rows = [
        Hamiltonian(
            sites, tuple(isotropic(np.stack([i, j], 1), rng.uniform(0.5, 1.0, len(i)) / (j - i)))
        )
        for _ in range(2)
    ]
    found = WindowSpace.of(rows, sites, Sector("magnetization", 0))
    assert found is not None
    assert found.basis.shape[1] == singlets


def test_a_space_past_its_limit_is_none() -> None:
    """Random fields leave Σ Z alone: C(12, 6) = 924 states."""
    home, size = families.load("random_field_heisenberg_1d"), Size(12)
    rows = home.hamiltonians(size, drawn("random_field_heisenberg_1d", 12, 2))
    assert WindowSpace.of(rows, 12, home.sector(size)) is None
    assert STATES < 924


@pytest.mark.parametrize("family", ["heisenberg_1d", "tfim_1d", "xxz_1d"])
def test_a_window_that_is_the_whole_chain_is_exact(family: str) -> None:
    home, size = families.load(family), Size(8)
    parameters = drawn(family, 8, 4)
    fields = WindowFields(home, size, parameters, [["X"], ["Z"]], 8)
    seen = fields(channels(home, size, parameters), parameters)
    for letter, found in zip("XZ", seen, strict=True):
        for row, h in enumerate(home.hamiltonians(size, parameters)):
            state = exact_ground_state(h, home.sector(size))
            mean = [state.expectation(letter, (i,)) for i in range(8)]
            for d, field in zip(fields.distances, found.local, strict=True):
                both = [state.expectation(2 * letter, (i, i + d)) for i in range(8 - d)]
                connected = both - np.array(mean[: 8 - d]) * mean[d:]
                # Lanczos by 12 steps; labels themselves are good to 1e-4.
                np.testing.assert_allclose(field[row], connected, atol=1e-4)


def test_parts_that_touch_nothing_else_are_exact_in_the_middle() -> None:
    """Eight sites between free spins: their own window, the only one with both ends, is exact."""
    home, size = families.load("heisenberg_1d"), Size(12)
    J = np.zeros((12, 12))
    for i in range(2, 9):
        J[i, i + 1] = J[i + 1, i] = 1.0
    parameters = home.flatten({"J": J})[None]
    fields = WindowFields(home, size, parameters, [["X", "Y", "Z"]], 8)
    (found,) = fields(channels(home, size, parameters), parameters)
    i = np.arange(7)
    chain = Hamiltonian(8, tuple(isotropic(np.stack([i, i + 1], 1), np.ones(7))))
    exact = exact_ground_state(chain, Sector("magnetization", 0)).correlation()
    far = found.local[fields.distances.index(7)]
    assert far[0, 2] == pytest.approx(exact[0, 7], abs=1e-4)


def test_fields_do_not_change_when_the_chain_is_reflected() -> None:
    home, size = families.load("heisenberg_1d"), Size(12)
    parameters = drawn("heisenberg_1d", 12, 3)
    turned = np.stack(
        [home.flatten({"J": home.unflatten(size, p)["J"][::-1, ::-1]}) for p in parameters]
    )
    both = np.concatenate([parameters, turned])
    fields = WindowFields(home, size, both, [["X", "Y", "Z"]], 8)
    (found,) = fields(channels(home, size, both), both)
    for field in found.local:
        np.testing.assert_allclose(field[:3], field[3:, ::-1], atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("task", ["correlation", "renyi2"])
def test_exact_labels_are_learnt_too(task: str) -> None:
    cell = make_cell(family="heisenberg_1d", task=task, n=20)
    exact = np.tile(tasks.load(task).estimate(cell.shots[:1]), (20, 1))  # type: ignore[attr-defined]
    free = noise_free(cell, exact)
    found = Model().fit(free).predict(free.rows)
    np.testing.assert_allclose(found.mean(), exact.mean(), atol=0.2)


def test_windows_are_few_sites() -> None:
    with pytest.raises(RequestError, match="4 to 12"):
        Model(length=14)
