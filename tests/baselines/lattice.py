"""A small family on a lattice, for models that have to work there."""

from typing import ClassVar

import numpy as np

from baselines.contract.cell import Cell, Rows
from builders.core.names import Size
from builders.physics.family import Family
from builders.physics.hamiltonian import Hamiltonian, PauliTerms, Sector, isotropic
from builders.physics.hamiltonian_family import SolverSettings
from builders.physics.parameters import Parameter, Parameters
from leaderboard import tasks


def bonds(size: Size) -> np.ndarray:
    """Site by site: first to the next row, then to the next column."""
    columns = size.columns or size.sites
    found = []
    for site in range(size.sites):
        if site + columns < size.sites:
            found.append((site, site + columns))
        if site % columns + 1 < columns:
            found.append((site, site + 1))
    return np.array(found)


class Lattice(Family):
    """H = ½ Σ_b J_b (XX + YY + ZZ)_b + g X_0: bonds of a lattice and one scalar."""

    name: ClassVar = "lattice_of_tests"
    parameters: ClassVar = (
        Parameter("J", lambda s: (len(bonds(s)),), "coupling of a bond"),
        Parameter("g", lambda _: (), "field on site 0"),
    )

    def draw(self, size: Size, rng: np.random.Generator) -> Parameters:
        return {"J": rng.uniform(0, 2, len(bonds(size))), "g": np.array(rng.uniform())}

    def typical(self, size: Size) -> Parameters:
        raise NotImplementedError

    def hamiltonian(self, size: Size, parameters: Parameters) -> Hamiltonian:
        terms = tuple(isotropic(bonds(size), 0.5 * parameters["J"]))
        return Hamiltonian(
            size.sites, (*terms, PauliTerms("X", np.array([[0]]), np.array([parameters["g"]])))
        )

    def sector(self, size: Size) -> Sector:  # noqa: ARG002
        return Sector("none")

    def solver_settings(self, size: Size) -> SolverSettings:
        raise NotImplementedError


GRID = Lattice()


def lattice_cell(task: str = "correlation", size: str = "3x3", n: int = 12, test: int = 4) -> Cell:
    """Uniformly random tokens on a lattice."""
    shape, rng = Size.parse(size), np.random.default_rng(0)
    rows = np.stack([GRID.flatten(GRID.draw(shape, rng)) for _ in range(n + test)])
    tokens = rng.integers(0, 6, (n + test, 16, shape.sites), dtype=np.uint8)
    test_rows = Rows(1_000_000 + np.arange(test), rows[n:], tokens[n:])
    return Cell(GRID, shape, tasks.load(task), rows[:n], tokens[:n], test_rows)
