"""Pfaffians of windows: by hand, by expansion, where pivots vanish, and against determinants."""

import numpy as np
import pytest

from builders.solvers.evolution.gaussian import evolved, product_start
from builders.solvers.evolution.pfaffians import window_pfaffians


def antisymmetric(n: int, seed: int) -> np.ndarray:
    half = np.random.default_rng(seed).standard_normal((2 * n, 2 * n))
    return half - half.T


def expanded(A: np.ndarray) -> float:
    """Along the first row: the definition, n!! terms."""
    if not len(A):
        return 1.0
    total = 0.0
    for j in range(1, len(A)):
        rest = [k for k in range(1, len(A)) if k != j]
        total += (-1.0) ** (j - 1) * A[0, j] * expanded(A[np.ix_(rest, rest)])
    return total


def test_four_rows_by_hand() -> None:
    """Pf = a12 a34 − a13 a24 + a14 a23 = 1·6 − 2·5 + 3·4 = 8."""
    A = np.array([[0, 1, 2, 3], [-1, 0, 4, 5], [-2, -4, 0, 6], [-3, -5, -6, 0]], dtype=float)
    assert window_pfaffians(A[None])[0] == pytest.approx(np.array([[1, 8], [0, 6]]))


@pytest.mark.parametrize("gone", [(), ((0, 1),), ((2, 3), (4, 5)), ((0, 1), (0, 2), (0, 3))])
def test_windows_are_those_of_the_definition(gone: tuple[tuple[int, int], ...]) -> None:
    """Also where a pivot is zero, so that pairs have to wait."""
    matrices = np.stack([antisymmetric(5, seed) for seed in (1, 2)])
    for i, j in gone:
        matrices[:, i, j] = matrices[:, j, i] = 0.0
    found = window_pfaffians(matrices)
    for A, windows in zip(matrices, found, strict=True):
        for i in range(5):
            for j in range(i, 5):
                want = expanded(A[2 * i : 2 * j + 2, 2 * i : 2 * j + 2])
                # Rounding of sums of 945 products of five numbers up to 4 each.
                assert windows[i, j] == pytest.approx(want, abs=1e-10)
    assert not np.tril(found, -1).any()


def test_no_pair_ever_fits() -> None:
    assert not window_pfaffians(np.zeros((1, 8, 8))).any()


@pytest.mark.parametrize("t", [1e-8, 0.05, 1.0, 4.0])
def test_squares_are_determinants_in_a_long_chain(t: float) -> None:
    """Pf² = det of every window of a covariance, which LAPACK gives with row exchanges.

    The error of the Pfaffian is then that of both methods, 1e-12 each with room for 64 pairs.
    """
    rng = np.random.default_rng(3)
    n = 40
    state = evolved(rng.uniform(0.0, 2.0, n - 1), np.ones(n), product_start(np.ones(n)), [t])
    for order in ([2 * k + d for k in range(n) for d in (1, 2)],  # b_k a_{k+1}
                  [2 * k + d for k in range(n) for d in (3, 0)]):  # b_{k+1} a_k  # fmt: skip
        A = state.covariance[0][np.ix_(order, order)]
        windows = window_pfaffians(A[None])[0]
        for i in range(0, n, 3):
            for j in range(i, n, 4):
                part = A[2 * i : 2 * j + 2, 2 * i : 2 * j + 2]
                root = np.sqrt(max(0.0, np.linalg.det(part)))
                assert abs(windows[i, j]) == pytest.approx(root, abs=1e-11), (i, j)
