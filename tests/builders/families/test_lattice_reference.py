"""Rows of 25 sites against exact diagonalisation, stored by `benchmarks.exact_lattice`."""

import json
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

from benchmarks.exact_lattice import Lattice
from builders import families
from builders.core.names import Size
from builders.families.heisenberg_2d import lattice_bonds
from builders.solvers.exact.diagonalization import exact_ground_state
from tests.paths import GOLDEN

FAMILY = families.load("heisenberg_2d")
PATH = GOLDEN / "exact_5x5.json"


def reference() -> tuple[dict[str, Any], np.ndarray]:
    """The stored row and its correlation matrix."""
    stored = json.loads(PATH.read_text(encoding="utf-8"))
    c = np.zeros((25, 25))
    c[np.triu_indices(25, 1)] = stored["correlation_upper"]
    return stored, c + c.T + np.eye(25)


@pytest.mark.parametrize("text", ["3x3", "3x4"])
def test_lanczos_agrees_with_exact_diagonalisation(text: str) -> None:
    size = Size.parse(text)
    row = FAMILY.draw(size, np.random.default_rng(4))
    lattice = Lattice(size, 0.5 * row["J"])
    energy, psi = lattice.lowest()
    exact = exact_ground_state(FAMILY.hamiltonian(size, row), FAMILY.sector(size))
    assert energy == pytest.approx(exact.energy, rel=1e-12)
    # The squared residual is what 1e-12 of the energy leaves.
    assert lattice.zz(psi) == pytest.approx(exact.correlation(), abs=1e-9)


def test_the_reference_is_an_eigenstate_of_the_row() -> None:
    stored, c = reference()
    J = np.array(stored["couplings"])
    drawn = FAMILY.draw(Size.parse("5x5"), np.random.default_rng(2026))["J"]
    np.testing.assert_array_equal(drawn, J)
    # The energy is off by at most the variance over the gap: far below 1e-8.
    assert stored["energy_variance"] < 1e-12
    i, j = lattice_bonds(Size.parse("5x5")).T
    assert stored["energy"] == pytest.approx(1.5 * J @ c[i, j], rel=1e-10)
    # A doublet: the total spin squared is 3/4, Σ_ij ⟨σ_i·σ_j⟩ = 4 · 3/4.
    assert 3.0 * c.sum() == pytest.approx(3.0, abs=1e-8)


@pytest.mark.slow
@pytest.mark.skipif(find_spec("block2") is None, reason="pip install 'qslbench[block2]'")
def test_a_row_of_25_sites_is_within_the_promised_errors() -> None:
    from builders.solvers.block2.rows import solve_warm_block2

    stored, c = reference()
    size = Size.parse("5x5")
    h = FAMILY.hamiltonian(size, {"J": np.array(stored["couplings"])})
    batch = solve_warm_block2("heisenberg_2d", size, [h])
    assert np.abs(batch.labels()["correlation"][0] - c).max() < 5e-4
    # Variational, and no further above than the variance over a gap of the order of one.
    above = batch.energy[0] - stored["energy"]
    assert 0 < above < batch.energy_variance[0]
