"""A small family on a lattice, for models that have to work there."""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from baselines.contract.cell import Cell
from builders.core.names import Size
from builders.dataset.config import Config
from builders.physics.geometry import Geometry, Lattice
from builders.physics.hamiltonian import Hamiltonian, PauliTerms, Sector, isotropic
from builders.physics.hamiltonian_family import HamiltonianFamily, SolverSettings
from builders.physics.parameters import Parameter, Parameters
from builders.physics.rows import MadeRows
from leaderboard import tasks
from tests.baselines.cells import token_rows


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


class Grid(HamiltonianFamily):
    """H = ½ Σ_b J_b (XX + YY + ZZ)_b + g X_0: bonds of a lattice and one scalar."""

    name: ClassVar = "lattice_of_tests"
    geometry: ClassVar[Geometry] = Lattice()
    parameters: ClassVar = (
        Parameter("J", lambda s: (len(bonds(s)),), "coupling of a bond"),
        Parameter("g", lambda _: (), "field on site 0"),
    )

    def draw(self, size: Size, rng: np.random.Generator) -> Parameters:
        return {"J": rng.uniform(0, 2, len(bonds(size))), "g": np.array(rng.uniform())}

    def make(self, size: Size, parameters: Sequence[Parameters], *_: Any) -> MadeRows:
        raise NotImplementedError

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


GRID = Grid()


def lattice_cell(task: str = "correlation", size: str = "3x3", n: int = 12, test: int = 4) -> Cell:
    """Uniformly random tokens on a lattice."""
    config, rng = Config(GRID, Size.parse(size)), np.random.default_rng(0)
    rows = np.stack([GRID.flatten(GRID.draw(config.size, rng)) for _ in range(n + test)])
    tokens = rng.integers(0, 6, (n + test, 16, config.size.sites), dtype=np.uint8)
    return Cell(
        tasks.load(task),
        token_rows(config, rows[:n], tokens[:n]),
        token_rows(config, rows[n:], tokens[n:], 1_000_000),
    )
