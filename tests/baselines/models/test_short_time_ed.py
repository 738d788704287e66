"""Windows evolved exactly: the whole chain, light cones, and what is refused."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from baselines.models import short_time_ridge
from baselines.models.short_time_ed import Model
from baselines.solvers.evolved_windows import labels
from builders import families
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.kinds.evolution import EvolutionFamily
from builders.physics.initial_state import spins
from tests.baselines.cells import make_cell, noise_free


def quench(name: str) -> EvolutionFamily:
    found = families.load(name)
    assert isinstance(found, EvolutionFamily)
    return found


def exact(name: str, sites: int, parameters: Any) -> dict[str, np.ndarray]:
    """By free fermions, a solver that has no windows and no state vectors."""
    home, size = quench(name), Size(sites)
    out: dict[str, list[np.ndarray]] = {}
    for row in parameters:
        p = home.unflatten(size, row)
        known = home.exact_labels(size, p, np.array([float(p["t"])]))
        assert known is not None
        for label, values in known.items():
            out.setdefault(label, []).append(values[0])
    return {label: np.stack(values) for label, values in out.items()}


@pytest.mark.parametrize("family", ["quench_tfim_1d", "quench_tfim_1d_neel"])
@pytest.mark.parametrize("task", ["magnetization", "correlation", "renyi2"])
def test_a_window_that_is_the_whole_chain_is_exact(family: str, task: str) -> None:
    cell = make_cell(family=family, task=task, size=6, n=1, test=5)
    found = Model(length=8).fit(cell).predict(cell.rows)
    expected = exact(family, 6, cell.rows.parameters)[task].reshape(5, -1)
    # Answers are float32; entropies take the logarithm of them.
    np.testing.assert_allclose(found, expected, atol=2e-6)


@pytest.mark.parametrize("family", ["quench_tfim_1d_neel", "quench_tfim_1d_domain_wall"])
def test_windows_are_right_inside_the_light_cone_and_wrong_past_it(family: str) -> None:
    cell = make_cell(family=family, task="magnetization", size=12, n=1, test=10)
    expected = exact(family, 12, cell.rows.parameters)["magnetization"]
    found = Model(length=6).fit(cell).predict(cell.rows)
    error = np.abs(found - expected).max(axis=1)
    # The bond that a window cuts is 3 sites from its middle, and is felt there by nested
    # commutators of 2 · 3 − 1 or more factors of it and of the fields between: (2t)^6/6! at most
    # is 6e-6 at t = 0.2, times few paths. At t = 2 signals of velocity 2 have passed it; weak
    # bonds hold some of them back.
    assert error[0] < 1e-4
    assert error[-1] > 1e-3
    assert error[0] < error[4] < error[-1]


def test_longer_windows_are_right_for_longer() -> None:
    cell = make_cell(family="quench_tfim_1d", task="correlation", size=10, n=1, test=10)
    expected = exact("quench_tfim_1d", 10, cell.rows.parameters)["correlation"].reshape(10, -1)
    errors = [
        np.abs(Model(length=length).fit(cell).predict(cell.rows)[4] - expected[4]).max()
        for length in (4, 6, 8)
    ]
    assert errors[0] > 3.0 * errors[1] > 9.0 * errors[2]


def test_sites_further_apart_than_a_window_are_uncorrelated_at_first() -> None:
    cell = make_cell(family="quench_tfim_1d", task="correlation", size=10, n=1, test=1)
    found = Model(length=6).fit(cell).predict(cell.rows).reshape(10, 10)
    expected = exact("quench_tfim_1d", 10, cell.rows.parameters)["correlation"][0]
    assert found[0, 9] == pytest.approx(expected[0, 9], abs=1e-5)
    assert abs(expected[0, 9]) > 0.1


def test_parts_without_a_bond_between_them_are_exact() -> None:
    home, size = quench("quench_tfim_1d_neel"), Size(8)
    J = np.ones(7)
    J[3] = 0.0
    whole = home.hamiltonian(size, {"J": J, "h": np.ones(8), "t": np.array(2.0)})
    start, times = spins("neel", 8), np.array([2.0])
    parts, chain = labels(whole, start, times, 8), labels(whole, start, times, 4)
    # Of all windows of four sites two hold a whole part; sites 0 and 7 are read in these.
    np.testing.assert_allclose(
        chain["magnetization"][0, [0, 7]], parts["magnetization"][0, [0, 7]], atol=1e-12
    )


def test_rows_of_one_evolution_may_come_in_any_order() -> None:
    cell = make_cell(family="quench_tfim_1d", task="renyi2", size=6, n=1, test=10)
    turned = cell.rows.take(np.arange(9, -1, -1))
    model = Model(length=4).fit(cell)
    np.testing.assert_allclose(model.predict(turned)[::-1], model.predict(cell.rows), atol=1e-6)


def test_what_has_no_windows_is_refused() -> None:
    with pytest.raises(RequestError, match="needs the Hamiltonian, the initial state"):
        Model().fit(make_cell())
    with pytest.raises(RequestError, match="start from another one"):
        Model().fit(make_cell(family="quench_tfim_1d_ground"))
    with pytest.raises(RequestError, match="give 2 to 12"):
        Model(length=13)


def learnt(labels_of: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Answers learnt from exact labels (w, v) → (n, L), and w and v of the test rows."""
    cell = make_cell(family="quench_xxz_1d", task="magnetization", size=6, n=50, test=10)

    def windows(rows: Any) -> tuple[np.ndarray, np.ndarray]:
        longer, shorter = (Model(length=k).fit(cell).predict(rows) for k in (4, 2))
        return longer, longer - shorter

    exact_cell = noise_free(cell, labels_of(*windows(cell.train)).astype(np.float64))
    found = short_time_ridge.Model(length=4).fit(exact_cell).predict(cell.rows)
    return found, *windows(cell.rows)


def test_windows_that_are_right_are_left_alone() -> None:
    found, w, _ = learnt(lambda w, _: w)
    np.testing.assert_array_equal(found, w)


def test_what_windows_leave_is_learnt() -> None:
    found, w, v = learnt(lambda w, v: w + 0.5 * v)
    # 30 labels a time, and a penalty of the mean square of their rest: it is ¼ of that of v, so
    # that a weight loses about one part in 120, and more where v and its mean share it.
    assert np.sqrt(np.mean((found - w - 0.5 * v) ** 2)) < 0.05 * np.sqrt(np.mean(v**2))


def test_later_times_take_the_correction_of_the_last_one() -> None:
    cell = make_cell(family="quench_xxz_1d", task="magnetization", size=6, n=20, test=10)
    model = short_time_ridge.Model(length=4).fit(cell)
    rows = replace(cell.rows, parameters=cell.rows.parameters.copy())
    rows.parameters[:, -1] = 1.3
    found = model.predict(rows)
    w = Model(length=4).fit(cell).predict(rows)
    last = model._corrections[len(model._known) - 1, 0]
    np.testing.assert_allclose(found, w + last(*model._seen(rows)), rtol=1e-5, atol=1e-6)
