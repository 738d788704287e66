"""Solvers as entries: exact where they say so, and blind to all data."""

from typing import ClassVar

import numpy as np
import pytest

import baselines
from baselines.contract.cell import Cell
from baselines.solvers.solver_model import Labels, SolverBaseline
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.physics.family import Family
from builders.solvers.exact.diagonalization import exact_ground_state
from tests.baselines.cells import make_cell, with_shots


def exact(cell: Cell) -> np.ndarray:
    task, rows = cell.regression, cell.rows.parameters
    states = [
        exact_ground_state(h, cell.family.sector(cell.size))
        for h in cell.family.hamiltonians(cell.size, rows)
    ]
    found = {
        "correlation": [s.correlation() for s in states],
        "renyi2": [s.renyi2() for s in states],
        "energy": [s.energy for s in states],
    }
    split = {task.label: np.array(found[task.label])}
    return task.labels(split, cell.family, cell.size)


@pytest.mark.parametrize("task", ["correlation", "renyi2", "energy"])
@pytest.mark.parametrize("family", ["tfim_1d", "xy_1d"])
def test_free_fermions_are_exact(family: str, task: str) -> None:
    cell = make_cell(family=family, task=task)
    found = baselines.load("free_fermion")().fit(cell).predict(cell.rows)
    np.testing.assert_allclose(found, exact(cell), atol=1e-6)


def test_interacting_chains_are_refused() -> None:
    cell = make_cell(family="xxz_1d")
    with pytest.raises(RequestError, match="no chain of free fermions"):
        baselines.load("free_fermion")().fit(cell)


@pytest.mark.parametrize("family", ["tfim_1d", "heisenberg_1d"])
def test_a_bond_that_holds_every_state_gives_the_exact_answer(family: str) -> None:
    cell = make_cell(family=family)
    model = baselines.load("dmrg")(bond=16, sweeps=4).fit(cell)  # type: ignore[call-arg]
    np.testing.assert_allclose(model.predict(cell.rows), exact(cell), atol=1e-3)


def test_a_small_bond_is_worse_than_a_large_one() -> None:
    cell = make_cell(family="heisenberg_1d", size=10)
    errors = [
        np.abs(baselines.load("dmrg")(bond=b).fit(cell).predict(cell.rows) - exact(cell)).max()  # type: ignore[call-arg]
        for b in (3, 16)
    ]
    assert errors[0] > errors[1]


@pytest.mark.parametrize("name", ["dmrg", "free_fermion"])
def test_no_measurement_is_looked_at(name: str) -> None:
    cell = make_cell()
    other = with_shots(cell, (cell.shots + 1) % 6)
    first, second = (baselines.load(name)().fit(c).predict(c.rows) for c in (cell, other))
    assert first.tobytes() == second.tobytes()


@pytest.mark.parametrize("given", [{"bond": 0}, {"sweeps": 0}])
def test_settings_are_checked(given: dict[str, int]) -> None:
    with pytest.raises(RequestError, match="at least 1"):
        baselines.load("dmrg")(**given)  # type: ignore[arg-type]


class Settled(SolverBaseline):
    """Says what it was set to, in all of its settings, and counts how often it was asked."""

    title = "A solver of tests"
    gives = ("energy",)
    asked: ClassVar[int] = 0

    def __init__(
        self, *, seed: int = 0, tolerance: float = 1e-3, kind: str = "a", square: bool = False
    ) -> None:
        super().__init__(seed=seed)
        # Kept under other names, as text, or not at all until it solves.
        self._loose = f"{tolerance:g}"
        self._value = float(self._loose) + (1.0 if kind == "b" else 0.0)
        self.square = square

    def _solve(self, _: Family, size: Size, parameters: np.ndarray) -> Labels:
        type(self).asked += 1
        value = self._value**2 if self.square else self._value
        return {"energy": np.full(len(parameters), value * size.sites)}


class Other(Settled):
    """Another class of the same file."""

    def _solve(self, _: Family, __: Size, parameters: np.ndarray) -> Labels:
        return {"energy": np.zeros(len(parameters))}


def test_answers_are_kept_by_every_setting() -> None:
    """5.0 is not the kept answer of 0.001, nor "b" that of "a", nor True that of False."""
    cell = make_cell(task="energy")

    def said(model: SolverBaseline) -> float:
        return float(model.fit(cell).predict(cell.rows)[0, 0])

    expected = {
        (0.001, "a", False): 0.001,
        (5.0, "a", False): 5.0,
        (5.0, "b", False): 6.0,
        (5.0, "b", True): 36.0,
        (1.0, "a", False): 1.0,
    }
    for _ in range(2):
        for (tolerance, kind, square), value in expected.items():
            model = Settled(tolerance=tolerance, kind=kind, square=square)
            assert said(model) == pytest.approx(value)
    Settled.asked = 0
    assert said(Settled(tolerance=1.0)) == said(Settled(tolerance=1.0, kind="a", seed=0)) == 1.0
    assert Settled.asked == 0  # kept, whichever way it was written
    assert said(Other(tolerance=1.0)) == 0.0


def test_a_label_that_a_solver_does_not_give_is_refused() -> None:
    with pytest.raises(RequestError, match="gives energy, and task correlation asks for"):
        Settled().fit(make_cell())


def test_cells_on_the_same_rows_are_solved_once(monkeypatch: pytest.MonkeyPatch) -> None:
    model = baselines.load("free_fermion")
    calls: list[int] = []
    solve = model._solve  # type: ignore[attr-defined]
    monkeypatch.setattr(model, "_solve", lambda *a: calls.append(1) or solve(*a))
    for task, n in (("correlation", 12), ("renyi2", 12), ("correlation", 6)):
        cell = make_cell(task=task, n=n, seed=77)
        rows = make_cell(n=12, seed=77).rows
        model().fit(cell).predict(rows)
    assert len(calls) == 1
