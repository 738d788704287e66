"""The Lasso on grid cells: what a pair sees, what is solved, and what is learnt."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from baselines.contract.cell import Cell
from baselines.inputs.local_grid import LocalGrid, indicators
from baselines.inputs.pairs import Pairs
from baselines.linear.grouped_lasso import Moments, Path
from baselines.linear.lasso_path import FACTORS
from baselines.models.grid_lasso import Model
from builders.core.errors import RequestError
from tests.baselines.cells import make_cell, noise_free, with_parameters
from tests.baselines.lattice import lattice_cell

Floats = NDArray[np.float64]


def grid_of(cell: Cell, radius: int = 2) -> tuple[LocalGrid, Pairs]:
    pairs = Pairs.of(cell.task, cell.config)
    return LocalGrid(cell.family, pairs, cell.parameters, radius=radius, levels=4), pairs


def bonds(cell: Cell, parameters: Floats) -> Floats:
    """Couplings J of `tfim_1d` rows, float64 (R, N − 1)."""
    return np.stack([cell.family.unflatten(cell.size, row)["J"] for row in parameters])


def test_a_pair_sees_the_couplings_near_it_alone() -> None:
    cell = make_cell(size=12, n=40)
    grid, pairs = grid_of(cell)
    before = grid(cell.parameters)
    moved = cell.parameters.copy()
    moved[:, 0] = moved[:, 0].max() + moved[:, 0].min() - moved[:, 0]  # the bond of sites 0 and 1
    changed = (grid(moved) != before).any(axis=(0, 2))
    # Bond 0 lies two steps from a pair whose first site is 2.
    assert changed.tolist() == (pairs.sites[:, 0] <= 2).tolist()


def test_a_mirrored_chain_has_mirrored_cells() -> None:
    cell = make_cell(size=7, n=40)
    J = bonds(cell, cell.parameters[:20])
    both = [np.concatenate([x, np.ones((20, 7))], axis=1) for x in (J, J[:, ::-1])]
    cell = with_parameters(cell, np.concatenate(both))
    grid, pairs = grid_of(cell)
    found = grid(cell.parameters)
    image = [
        int(np.flatnonzero((pairs.sites == np.sort(6 - pair)).all(axis=1))[0])
        for pair in pairs.sites
    ]
    np.testing.assert_array_equal(found[20:], found[:20][:, image])


def test_indicators_are_one_a_grid() -> None:
    cell = make_cell(size=6, n=30)
    grid, _ = grid_of(cell)
    cells = grid(cell.parameters)
    assert (indicators(cells, grid.length).sum(axis=2) == (cells < grid.length).sum(axis=2)).all()
    # A cell that no training row was in has no indicator: far off all edges is the last level.
    assert grid(1e3 * cell.parameters).max() <= grid.length


def test_weights_are_those_of_scikit_learn() -> None:
    """λ √m Σ|w| + ½ Σ (y − w·x)² is its problem with α = λ/√m, each group by itself."""
    from sklearn.linear_model import Lasso

    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 30, 4, 5)).astype(np.float32)
    y = (x @ [1.0, 0.0, -0.5, 0.0, 0.2] + rng.normal(size=(2, 30, 4))).astype(np.float32)
    folds = [np.arange(30) % 2 == k for k in range(2)]
    moments = Moments.join([Moments.of(*one, folds) for one in zip(x, y, strict=True)])
    path = Path.of(moments, 20.0)
    for k in (4, 12):
        alpha = FACTORS[k] * 20.0 / np.sqrt(120)
        for group in range(2):
            known = Lasso(alpha=alpha, fit_intercept=False, tol=1e-8)
            known.fit(x[group].reshape(120, 5).astype(float), y[group].ravel().astype(float))
            np.testing.assert_allclose(path.weights[k, group], known.coef_, atol=2e-2 * alpha)


def test_held_out_errors_are_those_of_the_rows_left_out() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(20, 3, 4)).astype(np.float32)
    y = (x @ [1.0, 0.0, -1.0, 0.0]).astype(np.float32)
    folds = [np.arange(20) % 2 == k for k in range(2)]
    path = Path.of(Moments.of(x, y, folds), 1.0)
    # y is what x says, so that nearly all of Σ y² goes.
    assert path.errors[-1] == pytest.approx(-float(np.sum(y**2)), rel=0.05)


@pytest.mark.parametrize("shared", [True, False])
def test_a_step_of_the_nearest_coupling_is_learnt(shared: bool) -> None:
    """C_i,i+1 is −½ for J above its median and −1 below: a law of one cell, exact labels."""
    cell = make_cell(size=6, n=120, test=60)
    known = [bonds(cell, p) for p in (cell.parameters, cell.rows.parameters)]
    middle = np.median(known[0])
    exact = []
    for J in known:
        matrix = np.tile(np.eye(6), (len(J), 1, 1))
        i = np.arange(5)
        matrix[:, i, i + 1] = matrix[:, i + 1, i] = np.where(middle < J, -0.5, -1.0)
        exact.append(matrix)
    found = Model(shared=shared).fit(noise_free(cell, exact[0])).predict(cell.rows)
    error = np.sqrt(np.mean((found.reshape(-1, 6, 6) - exact[1])[:, i, i + 1] ** 2))
    # The mean is wrong by ¼ everywhere; cells that the step runs through are a tenth of the values.
    assert error < 0.12


def test_sharing_teaches_a_pair_what_others_have_seen() -> None:
    """Few noisy rows: each pair by itself learns less of a law that is the same for all."""
    cell = make_cell(size=16, n=24, test=60)
    rng = np.random.default_rng(3)
    known = [bonds(cell, p) for p in (cell.parameters, cell.rows.parameters)]
    i = np.arange(15)

    def labels(J: Floats, noise: float) -> Floats:
        matrix = np.tile(np.eye(16), (len(J), 1, 1))
        bond = np.where(np.median(known[0]) < J, -0.4, -0.6) + noise * rng.normal(size=J.shape)
        matrix[:, i, i + 1] = matrix[:, i + 1, i] = bond
        return matrix

    trained, exact = noise_free(cell, labels(known[0], 0.2)), labels(known[1], 0.0)

    def error(shared: bool) -> float:
        found = Model(shared=shared).fit(trained).predict(cell.rows).reshape(-1, 16, 16)
        return float(np.sqrt(np.mean((found - exact)[:, i, i + 1] ** 2)))

    assert error(True) < 0.6 * error(False)


def test_labels_of_noise_alone_leave_the_base() -> None:
    cell = make_cell(size=6, n=60, shots=32)
    found = Model(shared=False).fit(cell).predict(cell.rows)
    assert found.std(axis=0).mean() < 0.03  # the noise of a label is √(3/32) = .3


def test_lattices_are_served() -> None:
    cell = lattice_cell()
    model = Model().fit(cell)
    assert np.isfinite(model.predict(cell.rows)).all()


def test_constant_couplings_leave_the_base() -> None:
    cell = make_cell(n=8)
    same = np.tile(cell.parameters[:1], (8, 1))
    model = Model().fit(replace(cell, train=replace(cell.train, parameters=same)))
    assert np.isinf(model.penalty)
    assert np.ptp(model.predict(cell.rows), axis=0).max() == 0.0


@pytest.mark.parametrize(("name", "value"), [("radius", -1), ("levels", 1), ("levels", 65)])
def test_settings_out_of_range_are_refused(name: str, value: int) -> None:
    with pytest.raises(RequestError, match=f"setting {name}={value}"):
        Model(**{name: value})
