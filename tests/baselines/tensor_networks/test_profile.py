"""Entanglement of a family's ground states at every scale."""

import numpy as np
import pytest

from baselines.tensor_networks.profile import family_profiles, profile_of_vector
from builders import families
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.physics.rows import BuildSettings
from builders.solvers.exact.diagonalization import exact_ground_state

SIZE = Size(10)


@pytest.mark.slow
def test_rows_are_solved_as_builds_solve_them_and_agree_with_exact_states() -> None:
    spec = families.load("tfim_1d")
    rows = [spec.draw(SIZE, np.random.default_rng(seed)) for seed in (1, 2)]
    for row, found in zip(rows, family_profiles("tfim_1d", SIZE, rows, 2), strict=True):
        exact = exact_ground_state(spec.hamiltonian(SIZE, row), [spec.sector(SIZE)])
        ours = profile_of_vector(exact.vector, 2)
        # Builds allow their labels an error of 1e-3 bit.
        assert np.abs(found.cuts - ours.cuts).max() < 1e-3
        assert np.abs(found.cuts_renyi2 - exact.renyi2_blocks()).max() < 1e-3
        assert [len(scale) for scale in found.blocks] == [10, 5, 3, 2]
        for a, b in zip(found.blocks, ours.blocks, strict=True):
            assert np.abs(a - b).max() < 1e-3
        assert found.worst()[0] == found.blocks[0].max()


def test_families_without_ground_states_are_refused() -> None:
    with pytest.raises(RequestError, match="rows of toric_code are no ground states"):
        family_profiles("toric_code", SIZE, [], 2)


@pytest.mark.slow
def test_a_build_measures_the_states_of_solved() -> None:
    spec = families.load("tfim_1d")
    row = spec.draw(SIZE, np.random.default_rng(3))
    settings = spec.check_settings(SIZE, BuildSettings(""))
    made = spec.make(SIZE, [row], [], settings).columns["renyi2_blocks"][0]
    (found,) = family_profiles("tfim_1d", SIZE, [row], 2)
    # float32 columns, and Schmidt weights below 1e-12 left out.
    assert np.abs(made - found.cuts_renyi2).max() < 1e-6
