"""Estimated label errors, against exact labels."""

import numpy as np
import pytest

from builders import families
from builders.core.names import Size
from builders.physics.hamiltonian_family import SolverSettings
from builders.solvers.dmrg import solver
from builders.solvers.dmrg.label_error import (
    Scale,
    missing,
    scale_of,
    suspicious,
    werner_entropies,
)
from builders.solvers.exact.diagonalization import exact_ground_state
from builders.solvers.mps import measure

N = Size(12)


def test_a_linear_and_a_square_root_law_are_extrapolated_exactly() -> None:
    """Labels that are off by a √v and b v: at v = 1e-6, with 9e-6 at the smaller bond."""
    v, grown = np.array([1e-6]), np.array([9e-6])
    a, b = 0.2, 30.0
    moved = np.array([[a * (3e-3 - 1e-3), b * 8e-6]])
    safety = missing(moved, v, grown) / np.array([[a * 1e-3, b * 1e-6]])
    assert safety == pytest.approx(np.array([[5.0, 10.0]]))


def test_a_variance_that_does_not_grow_leaves_three_times_what_moved() -> None:
    moved = np.full((2, 2), 1e-5)
    found = missing(moved, np.array([1e-6, 1e-6]), np.array([1e-6, 0.0]))
    assert found == pytest.approx(np.array([[15e-5, 30e-5]] * 2))


def test_the_scale_is_that_of_usual_rows() -> None:
    v = np.array([1e-6, 4e-6])
    errors = np.array([[1e-4, 2e-5], [1e-4, 9e-5]])
    scale = scale_of(v, errors)
    assert (scale.amplitude, scale.weight) == pytest.approx((0.035, 11.25))
    told = scale.errors(np.array([1e-6, 4e-6, 1e-8]), np.array([0.0, np.nan, 1e-2]))
    assert (told[:2] >= errors * [0.35 - 1e-12, 0.5 - 1e-12]).all()
    assert told[2] == pytest.approx([5e-6, 11.25e-8 + 3e-4])


def test_the_law_does_not_leave_out_the_rows_of_large_errors() -> None:
    """Six rows of one law, correlations off by a √v at a = 0.3 to 3: those of large v come near
    the promise, and among them is the largest a. No row may be told less than what it asks for.
    """
    v = np.array([1e-9, 1e-8, 2e-8, 5e-8, 8e-8, 1e-7])
    errors = np.stack([np.array([0.3, 0.5, 0.3, 1.1, 1.7, 0.9]) * np.sqrt(v), 50.0 * v], axis=1)
    assert suspicious(errors).tolist() == [False] * 4 + [True, True]
    told = scale_of(v, errors).errors(v, np.zeros(6))
    assert (told[:, 0] >= 0.35 * errors[:, 0] * (1.0 - 1e-12)).all()


def test_a_row_past_the_promise_is_sent_to_a_second_look_and_makes_others_no_worse() -> None:
    """Near a transition a row is off by far more than its variance tells of others."""
    v = np.array([1e-8, 1e-6])
    scale = scale_of(v, np.array([[2e-5, 1e-6], [0.2, 0.1]]))
    told = scale.errors(v, np.zeros(2))
    assert told[1, 0] == pytest.approx(2.5e-4)  # half of what correlations promise
    assert told[1, 1] == pytest.approx(5e-4)
    assert told[0, 0] == pytest.approx(2.5e-5)  # in √v a tenth of it


def test_no_error_is_below_what_solvers_agree_to() -> None:
    assert Scale(0.1, 1.0).errors(np.zeros(1), np.zeros(1)).tolist() == [[5e-6, 5e-6]]


def test_the_entropy_of_a_pair_of_a_singlet() -> None:
    """C = −1 is a pure singlet; C = 0 is the full mixture of two bits."""
    c = np.zeros((1, 3, 3))
    c[0, 0, 1] = -1.0
    assert werner_entropies(c)[0] == pytest.approx([0.0, 2.0])


def off(family: str, bond: int) -> tuple[np.ndarray, np.ndarray]:
    """Estimated and true errors, (B, 2), of eight rows at a bond that is too small."""
    spec = families.solvable(family)
    rng = np.random.default_rng(3)
    hamiltonians = [spec.hamiltonian(N, spec.draw(N, rng)) for _ in range(8)]
    settings = SolverSettings(bond, steps=4, tolerance=3e-3)
    batch = solver.solve_warm(family, N, hamiltonians, settings=settings, again_above=1.0)
    labels = batch.labels()
    true = np.empty((8, 2))
    for k, h in enumerate(hamiltonians):
        exact = exact_ground_state(h, spec.sector(N))
        for at, name in enumerate(("correlation", "renyi2")):
            true[k, at] = np.abs(labels[name][k] - getattr(exact, name)()).max()
    return batch.label_error, true


@pytest.mark.parametrize(
    ("family", "bond"), [("heisenberg_1d", 8), ("xxz_1d", 8), ("tfim_1d_critical", 6)]
)
def test_estimates_lie_above_the_errors_and_within_a_factor(family: str, bond: int) -> None:
    """Against exact diagonalisation; the largest of each column is not far above."""
    estimate, true = off(family, bond)
    assert (estimate >= true).all()
    assert true.max() > 1e-6
    assert (estimate.max(axis=0) < 30.0 * true.max(axis=0)).all()


def test_suspicious_rows_are_solved_again_until_they_keep_the_promise() -> None:
    """At bond 8 rows miss it; the last bond is the third of half as much again."""
    spec = families.solvable("xxz_1d")
    rng = np.random.default_rng(3)
    hamiltonians = [spec.hamiltonian(N, spec.draw(N, rng)) for _ in range(4)]
    settings = SolverSettings(8, steps=4, tolerance=3e-3)
    batch = solver.solve_warm("xxz_1d", N, hamiltonians, settings=settings)
    assert batch.groups[-1][1].bond() > 8
    assert (batch.label_error <= (5e-4, 1e-3)).all()


def test_mirror_images_may_be_mixed_in_any_way() -> None:
    """The mean with the mirror image has the same labels for a|L⟩ + b|R⟩, whatever a and b."""
    from builders.physics.hamiltonian import Sector
    from builders.solvers.dmrg.label_error import _labels
    from builders.solvers.mps.charges import Qubit
    from builders.solvers.mps.mps import start_mps

    state = start_mps(Qubit.of(Sector("magnetization", 0)), 6)  # Néel: its image is the other
    rho = measure.densities(state)
    assert measure.pair_entropies(state, rho).abs().max() < 1e-12
    c, entropies = _labels(state, single=False, mirror=True)
    # In the bulk of ρ = (|↑↓⟩⟨↑↓| + |↓↑⟩⟨↓↑|)/2 is one bit.
    assert entropies == pytest.approx(np.ones((1, 5)))
    assert c[0, 0, 1] == pytest.approx(-1.0 / 3.0)
