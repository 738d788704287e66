"""Warm rows at the edges of what families draw, and of their shifted rows, against exact states.

The promise of the data sets: 1e-6 relative in the energy, 5e-4 in every correlation and entropy.
Random rows are in `test_dmrg.py`; families that cross phases have their edges in files of their
own, and `test_every_family_has_its_edges_tested` asks for one or the other.
"""

from pathlib import Path

import numpy as np
import pytest

from builders import families
from builders.core.names import Size
from builders.families.heisenberg_1d import J0
from builders.families.heisenberg_2d import lattice_bonds
from builders.physics.parameters import Parameters
from builders.solvers.dmrg.solver import solve_warm
from builders.solvers.exact.diagonalization import exact_ground_state
from tests.builders.family_cases import solvable

N = 10
LATTICE = Size.parse("3x4")


def ising(*couplings: float) -> list[Parameters]:
    return [{"J": np.full(N - 1, j), "h": np.ones(N)} for j in couplings]


def xxz(*corners: tuple[float, float]) -> list[Parameters]:
    return [{"J": np.full(N - 1, j), "delta": np.full(N - 1, d)} for j, d in corners]


def heisenberg(exponent: float, longest: int) -> Parameters:
    distance = np.abs(np.subtract.outer(np.arange(N), np.arange(N)))
    kept = (distance >= 1) & (distance <= longest)
    return {"J": np.where(kept, J0 / np.maximum(distance, 1) ** exponent, 0.0)}


def lattice(along: float, across: float) -> Parameters:
    inside = np.diff(lattice_bonds(LATTICE), axis=1)[:, 0] == 1
    return {"J": np.where(inside, along, across)}


# Two values in a chain at once: the strongest disorder that the distribution allows.
MIXED = {"J": np.where(np.arange(N - 1) % 2, 1.2, 0.8), "delta": np.tile([0.0, 1.0], N)[: N - 1]}
EDGES = {
    "tfim_1d": ising(0.0, 1e-3, 1.0),
    "tfim_1d_wide": ising(0.0, 0.5, 2.0),
    "tfim_1d_ordered": ising(1.0, 3.0),
    "tfim_1d_critical": ising(0.81, 1.0, 1.21),
    "heisenberg_1d": [heisenberg(a, far) for a in (1.0, 2.0, 3.0) for far in (1, 2, N)],
    "xxz_1d": [*xxz((0.8, 0.0), (1.2, 0.0), (0.8, 1.0), (1.2, 1.0)), MIXED],
    "xxz_1d_attractive": xxz((1.0, -0.5), (1.0, 0.0)),
    "xxz_1d_critical": xxz((1.0, 0.8), (1.0, 1.0), (1.0, 1.2)),
    # Weak rows leave columns of three spins, four doublets whose levels lie close together.
    "heisenberg_2d": [lattice(*pair) for pair in ((2.0, 2.0), (3.0, 0.05), (0.1, 2.0))],
}
ELSEWHERE = {
    "bond_alternating_xxz_1d": "test_bond_alternating.py",
    "cluster_ising_1d": "test_cluster_ising.py",
    "random_field_heisenberg_1d": "test_random_field.py",
    "rydberg_1d": "test_rydberg.py",
    "xy_1d": "test_xy.py",
}
SLOW = {"heisenberg_2d"}  # the bond of lattices
MANY_STARTS = {"cluster_ising_1d", "bond_alternating_xxz_1d"}


def test_every_family_has_its_edges_tested() -> None:
    assert set(EDGES) | set(ELSEWHERE) == set(solvable())
    for file in ELSEWHERE.values():
        assert "EDGES" in (Path(__file__).parent / file).read_text(encoding="utf-8")


def agree(name: str, size: Size, rows: list[Parameters]) -> None:
    family = families.load(name)
    hamiltonians = [family.hamiltonian(size, family.check(size, row)) for row in rows]
    batch = solve_warm(name, size, hamiltonians)
    labels = batch.labels()
    for k, h in enumerate(hamiltonians):
        exact = exact_ground_state(h, family.sectors(size))
        assert batch.energy[k] == pytest.approx(exact.energy, rel=1e-6), (name, k)
        for label, values in labels.items():
            assert values[k] == pytest.approx(getattr(exact, label)(), abs=5e-4), (name, k, label)


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[pytest.mark.slow] * (n in SLOW)) for n in EDGES]
)
def test_rows_at_the_edges_of_the_range(name: str) -> None:
    agree(name, LATTICE if name == "heisenberg_2d" else Size(N), EDGES[name])


SHIFTED = [n for n in solvable() if families.load(n).distribution_ood]


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[pytest.mark.slow] * (n in SLOW)) for n in SHIFTED]
)
def test_rows_of_the_shifted_distribution(name: str) -> None:
    family, size = families.load(name), LATTICE if name == "heisenberg_2d" else Size(N)
    if name in MANY_STARTS:
        size = Size(6)
    rows = [family.draw_ood(size, np.random.default_rng([5, k])) for k in range(4)]
    agree(family.warm_start_ood or name, size, rows)
