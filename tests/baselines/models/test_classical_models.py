"""Classical baselines: planted laws are found, noise is not learnt, lattices are served."""

from dataclasses import replace

import numpy as np
import pytest

import baselines
from baselines.contract.cell import Cell
from baselines.inputs.pairs import Pairs
from baselines.models import (
    gradient_boosting,
    kernel_rbf,
    knn,
    lasso,
    rff_lasso,
    shadow_kernel_svm,
    shrinkage,
    svr,
)
from builders.core.errors import RequestError
from tests.baselines.cells import aligned_shots, make_cell, noise_free, with_parameters, with_shots
from tests.baselines.lattice import bonds, lattice_cell

LINEAR = ("ridge_pairs", "rff_lasso", "kernel_rbf", "lasso")
ON_LATTICES = (
    *("distance_mean", "gradient_boosting", "kernel_dirichlet", "kernel_ntk", "kernel_rbf", "knn"),
    *("lasso", "random_forest", "rff_lasso", "ridge", "ridge_pairs", "shadow", "shrinkage", "svr"),
    "energy_gradient",
)


def planted(n: int = 60, test: int = 20, size: int = 8) -> tuple[Cell, np.ndarray]:
    """Exact labels C_ij = c(d)·(1 + ½ (δJ of the bond on either side of the pair)), tfim_1d."""
    cell = make_cell(n=n, test=test, size=size)
    pairs = Pairs.of(cell.task, cell.config)

    def truth(parameters: np.ndarray) -> np.ndarray:
        bonds = np.pad(parameters[:, : size - 1] - 0.5, ((0, 0), (1, 1)))
        i, j = pairs.sites.T
        change = 1.0 + 0.5 * (bonds[:, i] + bonds[:, j + 1])
        return pairs.write(0.5**pairs.distance * change)

    return noise_free(cell, truth(cell.parameters)), truth(cell.rows.parameters)


@pytest.mark.parametrize(
    "name", [*LINEAR, "gradient_boosting", "kernel_ntk", "random_forest", "svr"]
)
def test_a_planted_law_is_used(name: str) -> None:
    """Better than the best constant in hindsight."""
    cell, truth = planted()
    found = baselines.load(name)().fit(cell).predict(cell.rows)
    oracle = np.mean((truth - truth.mean(axis=0)) ** 2)
    assert np.mean((found - truth) ** 2) < (0.05 if name in LINEAR else 0.9) * oracle


def test_one_model_for_all_pairs_needs_few_rows() -> None:
    """ridge_pairs learns from 6 rows what a model of each entry cannot."""
    cell, truth = planted(n=6)
    error = {
        name: np.mean((baselines.load(name)().fit(cell).predict(cell.rows) - truth) ** 2)
        for name in ("ridge_pairs", "ridge", "lasso")
    }
    assert error["ridge_pairs"] < 0.2 * min(error["ridge"], error["lasso"])


@pytest.mark.parametrize("name", ["lasso", "kernel_rbf", "knn", "random_forest", "svr"])
def test_pure_noise_leaves_the_training_mean(name: str) -> None:
    """Nothing can be learnt; what is learnt all the same is little beside the noise of the mean."""
    cell = make_cell(n=40, shots=32)
    mean = cell.labels.mean(axis=0)
    found = baselines.load(name)().fit(cell).predict(cell.rows)
    # The mean of 40 estimates of variance 3/32 from 0; the diagonal is 1 in both.
    assert np.mean((found - mean) ** 2) < 0.25 * 3.0 / 32 / 40


def test_kernel_and_neighbours_know_their_training_rows() -> None:
    cell, _ = planted()
    model = kernel_rbf.Model().fit(cell)
    assert model.chosen[1] <= 1e-2
    np.testing.assert_allclose(model.predict(cell.train), cell.exact, atol=0.01)


def test_neighbours_by_hand() -> None:
    """Two groups of equal Hamiltonians: the nearest rows are the same one."""
    cell, _ = planted(n=8)
    parameters = np.repeat(cell.parameters[:2], 4, axis=0)
    exact = np.repeat(cell.exact[:2], 4, axis=0)
    twins = replace(with_parameters(cell, parameters), given=exact)
    model = knn.Model().fit(twins)
    assert model.k in (1, 2, 3)
    row = twins.train.take(slice(7, 8))
    np.testing.assert_allclose(model.predict(row)[0], exact[-1], atol=1e-6)


def test_shrinkage_takes_the_shadow_where_it_is_sharp() -> None:
    """Rows that are either all aligned (C = 3 in every shot) or random: s² far above the noise."""
    cell = make_cell(n=20, shots=64, test=6)
    shots, rows = cell.shots.copy(), cell.rows.shots.copy()
    shots[::2] = aligned_shots(10, 64, 8)
    rows[0] = aligned_shots(1, 64, 8)[0]
    cell = with_shots(cell, shots, rows)
    model = shrinkage.Model().fit(cell)
    # s² = 2.25 and σ² at most 9/64: w is above .9.
    found = model.predict(cell.rows).reshape(-1, 8, 8)
    assert found[0, 0, 1] > 2.8
    assert abs(found[1, 0, 1] - found[0, 0, 1]) > 2.0


def test_penalties_say_what_was_chosen() -> None:
    cell, _ = planted()
    assert 0 < lasso.Model().fit(cell).penalty < np.inf
    assert 0 < rff_lasso.Model().fit(cell).penalty < np.inf


def test_couplings_two_steps_away_are_seen_on_lattices(monkeypatch: pytest.MonkeyPatch) -> None:
    # C_01 of a 3 × 3 lattice follows the bond of sites 4 and 7, which touches neither.
    cell = lattice_cell(n=80, test=40)
    bond = bonds(cell.size).tolist().index([4, 7])
    labels = np.tile(np.eye(9), (120, 1, 1))
    couplings = np.concatenate([cell.parameters, cell.rows.parameters])[:, bond]
    labels[:, 0, 1] = labels[:, 1, 0] = 0.3 * (couplings - 1.0)
    exact = noise_free(cell, labels[:80])

    def error() -> float:
        found = rff_lasso.Model().fit(exact).predict(exact.rows).reshape(40, 9, 9)
        return float(np.std(found[:, 0, 1] - labels[80:, 0, 1]) / labels[80:, 0, 1].std())

    assert error() < 0.5
    monkeypatch.setattr(rff_lasso, "ON_LATTICES", rff_lasso.ON_CHAINS)
    assert error() > 0.9


@pytest.mark.parametrize("task", ["correlation", "renyi2"])
@pytest.mark.parametrize("name", ON_LATTICES)
def test_lattices_are_served(name: str, task: str) -> None:
    cell = lattice_cell(task)
    found = baselines.load(name)().fit(cell).predict(cell.rows)
    assert found.shape == (4, cell.task.length(cell.size))
    assert np.isfinite(found).all()


def test_a_kernel_of_too_many_rows_is_refused() -> None:
    cell, _ = planted(n=5)
    which = np.repeat(np.arange(5), 1001)
    many = replace(cell, train=cell.train.take(which), given=cell.exact[which])
    for name in ("kernel_rbf", "knn"):
        with pytest.raises(RequestError, match="at most 5000 rows"):
            baselines.load(name)().fit(many)


@pytest.mark.parametrize("name", ["shadow", "shrinkage"])
def test_a_model_of_test_shots_refuses_a_cell_without(name: str) -> None:
    cell, _ = planted(n=5)
    with pytest.raises(RequestError, match="a noise-free cell has none"):
        baselines.load(name)().fit(cell)


def test_snapshots_have_the_traces_of_their_states() -> None:
    """σ = 3|s⟩⟨s| − 1 with the six states written out."""
    x, y, z = ([[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]])
    states = [0.5 * (np.eye(2) + s * np.array(p)) for p in (x, y, z) for s in (1, -1)]
    sigma = [3 * rho - np.eye(2) for rho in states]
    expected = [[np.trace(a @ b).real for b in sigma] for a in sigma]
    seen = shadow_kernel_svm._snapshots(np.arange(6, dtype=np.uint8)[:, None])
    np.testing.assert_allclose(seen @ seen.T, expected, atol=1e-5)


def test_shadow_kernel_of_two_rows_by_hand() -> None:
    """One shot a row, two sites: traces 5 + ½ over N = 2."""
    found = shadow_kernel_svm._means(
        np.array([[[0, 4]]], dtype=np.uint8), np.array([[[0, 0]]], dtype=np.uint8)
    )
    assert found[0, 0] == pytest.approx(np.exp(5.5 / 2))


def test_shadow_kernel_tells_order_from_disorder() -> None:
    """Aligned spins against random ones, with the Hamiltonians saying nothing."""
    cell = make_cell(family="xxz_1d_critical", task="phase", n=20, shots=32, test=10)
    shots, rows = cell.shots.copy(), cell.rows.shots.copy()
    shots[::2], rows[::2] = aligned_shots(10, 32, 8), aligned_shots(5, 32, 8)
    names = np.where(np.arange(20) % 2, "luttinger_liquid", "neel")
    cell = replace(with_shots(cell, shots, rows), given=names)
    found = shadow_kernel_svm.Model().fit(cell).predict(cell.rows)
    assert found.tolist() == ["neel", "luttinger_liquid"] * 5


def test_trees_change_the_base_by_what_they_say_of_each_pair() -> None:
    cell, _ = planted()
    model = gradient_boosting.Model().fit(cell)
    assert model._trees is not None
    same = replace(cell.rows, row_id=np.arange(60), parameters=cell.parameters, record=cell.record)
    found = model._pairs.read(model.predict(same))
    for row in (0, 59):  # of the first block and of the last
        (x,) = model._inputs(cell.parameters[row : row + 1])
        expected = model._base + model._curve * model._trees.predict(x)
        np.testing.assert_allclose(found[row], expected, rtol=1e-6)  # answers are float32


def test_machines_are_those_of_scikit_learn() -> None:
    from sklearn.svm import SVR

    rng = np.random.default_rng(1)
    inputs, outputs = rng.normal(size=(30, 4)), rng.normal(size=(30, 2))
    gram = inputs @ inputs.T
    dual, offset = svr._machines(gram, outputs, penalty=0.5, tube=0.1)
    for k in range(2):
        machine = SVR(kernel="precomputed", C=0.5, epsilon=0.1).fit(gram, outputs[:, k])
        expected = machine.predict(gram)
        np.testing.assert_allclose(gram @ dual[:, k] + offset[k], expected, rtol=1e-12)


@pytest.mark.parametrize("noise", [0.1, 10.0])
def test_the_machine_of_the_smallest_held_out_error_is_chosen(noise: float) -> None:
    """By trying all of them to the end; where there is noise alone, none beats the mean."""
    from sklearn.dummy import DummyRegressor
    from sklearn.model_selection import PredefinedSplit, cross_val_predict
    from sklearn.svm import SVR

    rng = np.random.default_rng(2)
    inputs = rng.normal(size=(25, 2))
    probes = inputs[:, :1] + noise * rng.normal(size=(25, 3))
    grams = {"linear": inputs @ inputs.T, "quadratic": (1.0 + inputs @ inputs.T) ** 2}
    folds = PredefinedSplit(np.arange(25) % svr.FOLDS)

    def error(machine: object, x: np.ndarray) -> float:
        found = [cross_val_predict(machine, x, column, cv=folds) for column in probes.T]
        return float(np.sum((np.transpose(found) - probes) ** 2))

    errors = {
        (name, C, tube): error(SVR(kernel="precomputed", C=C, epsilon=tube), grams[name])
        for name in grams
        for C in svr.PENALTIES
        for tube in svr.TUBES
    }
    best = min(errors, key=errors.__getitem__)
    is_better = errors[best] < error(DummyRegressor(), inputs)
    assert is_better == (noise < 1)
    assert svr._choose(grams, probes, np.arange(25)) == (best if is_better else None)
