"""Shadow estimators: values by hand, exact means by enumeration, statistics of real shots."""

from itertools import permutations

import numpy as np
import pytest

from builders.core.errors import RequestError
from builders.shadows.estimators import shadow_correlation, shadow_pair_purity, shadow_renyi2
from builders.solvers.exact.diagonalization import StateVector
from tests.builders.small_states import ground_state, random_state, token_probabilities

X0, X1, Y0, Y1, Z0, Z1 = range(6)


def shots_of(*rows: tuple[int, ...]) -> np.ndarray:
    return np.array(rows, dtype=np.uint8)


def test_correlation_by_hand() -> None:
    # +3 same basis and bit, −3 other bit, 0 other basis, +3: mean 0.75.
    shots = shots_of((X0, X0), (X0, X1), (X0, Y0), (Z1, Z1))
    assert np.array_equal(shadow_correlation(shots), [[1.0, 0.75], [0.75, 1.0]])


def test_correlation_by_hand_three_sites() -> None:
    shots = shots_of((Y0, Y1, Y1), (Y1, Z0, Z0))
    # (0,1): −3, 0. (0,2): −3, 0. (1,2): +3, +3.
    assert np.array_equal(
        shadow_correlation(shots), [[1.0, -1.5, -1.5], [-1.5, 1.0, 3.0], [-1.5, 3.0, 1.0]]
    )


def test_purity_by_hand() -> None:
    # tr(ρ̂ρ̂') of one site: 5 same basis and bit, −4 other bit, ½ other basis; a pair multiplies.
    shots = shots_of((Z0, X0, Y0), (Z0, X1, Z0), (X1, X0, Y1))
    # Pairs of shots (0,1), (0,2), (1,2). Sites 0: 5, ½, ½. Site 1: −4, 5, −4. Site 2: ½, −4, ½.
    assert shadow_pair_purity(shots) == pytest.approx([-19.5 / 3, -24.0 / 3], rel=1e-14)


def test_renyi2_by_hand() -> None:
    # ½·½ = ¼ is the fully mixed pair; below it is clipped to ¼ and 5·5 = 25 to 1 − 1e-9.
    assert shadow_renyi2(shots_of((X0, Z0), (Z0, Y0))) == pytest.approx([2.0], abs=1e-15)
    assert shadow_renyi2(shots_of((X0, Z0), (X1, Y0))) == pytest.approx([2.0], abs=1e-15)
    pure = shadow_renyi2(shots_of((X0, Z0), (X0, Z0)))
    assert pure == pytest.approx([1e-9 / np.log(2.0)], rel=1e-6)


def test_renyi2_by_hand_inside_the_range() -> None:
    shots = shots_of((X0, X0), (X0, Y0), (Y0, X0), (Y0, Y1), (Z0, Z0))
    # Ten pairs of shots: (0,1), (2,3) on the left site and (0,2) on the right give 5·½, (1,3) on
    # the right gives ½·(−4), the other six ¼: (7.5 − 2 + 1.5)/10 = 0.7.
    assert shadow_renyi2(shots) == pytest.approx([-np.log2(0.7)], abs=1e-14)


@pytest.mark.parametrize("n_shots", [2, 3, 11])
def test_purity_is_the_mean_over_pairs_of_shots(n_shots: int) -> None:
    shots = np.random.default_rng(5).integers(0, 6, (n_shots, 6), dtype=np.uint8)
    values = []
    for one, other in permutations(shots, 2):
        site = np.where(one // 2 != other // 2, 0.5, np.where(one == other, 5.0, -4.0))
        values.append(site[:-1] * site[1:])
    # Rounding only: the terms are below 25 and the sums below 25 · 110.
    want = np.array(values)
    assert shadow_pair_purity(shots) == pytest.approx(want.sum(axis=0) / len(want), abs=1e-12)


@pytest.mark.parametrize("state", [random_state(2, 1), ground_state("heisenberg_1d", 3, 2)])
def test_one_shot_estimates_the_correlation_with_variance_3_minus_c2(state: StateVector) -> None:
    """Mean and variance over all 6^N outcomes, so there is no statistical error."""
    tokens, p = token_probabilities(state)
    values = shadow_correlation(tokens[:, None, :])
    mean = np.einsum("k,kij->ij", p, values)
    variance = np.einsum("k,kij->ij", p, values**2) - mean**2
    off = ~np.eye(state.n_sites, dtype=bool)
    # Sums of 216 terms of order 1.
    assert mean == pytest.approx(state.correlation(), abs=1e-12)
    assert variance[off] == pytest.approx((3.0 - state.correlation() ** 2)[off], abs=1e-12)


@pytest.mark.parametrize("state", [random_state(3, 4), ground_state("tfim_1d", 3, 2)])
def test_two_shots_estimate_the_purity_without_bias(state: StateVector) -> None:
    """Mean over all pairs of outcomes; more shots average this same quantity over their pairs."""
    tokens, p = token_probabilities(state)
    first, second = (k.ravel() for k in np.meshgrid(*[np.arange(len(p))] * 2, indexing="ij"))
    purity = shadow_pair_purity(np.stack([tokens[first], tokens[second]], axis=1))
    # Sums of 46656 terms of order 25 with weights that add up to 1.
    assert p[first] * p[second] @ purity == pytest.approx(2.0 ** -state.renyi2(), abs=1e-11)


@pytest.mark.parametrize("family", ["heisenberg_1d", "tfim_1d"])
def test_rmse_of_the_raw_shadow(family: str) -> None:
    """RMSE over all entries = sqrt((N−1)/N · (3 − ⟨C²⟩)/M) (PHYSICS reference, section 1).

    The squared error of a row of M shots, averaged over entries, has that mean exactly; rows are
    independent, so the mean of R rows lies within 4 standard errors but for 6 in 10^5 draws.
    """
    n_sites, n_shots, rows = 8, 64, 400
    state = ground_state(family, n_sites, seed=3)
    exact = state.correlation()
    tokens = state.sample(rows * n_shots, np.random.default_rng(11))
    error = shadow_correlation(tokens.reshape(rows, n_shots, n_sites)) - exact
    squared = (error**2).mean(axis=(1, 2))
    mean_c2 = (exact**2)[~np.eye(n_sites, dtype=bool)].mean()
    want = np.sqrt((n_sites - 1) / n_sites * (3.0 - mean_c2) / n_shots)
    rmse = np.sqrt(squared.mean())
    sampling_error = squared.std(ddof=1) / np.sqrt(rows) / (2.0 * want)
    assert sampling_error < 0.01 * want  # Else the comparison would say little.
    assert abs(rmse - want) < 4.0 * sampling_error


def test_purity_of_real_shots_is_unbiased() -> None:
    """Mean over rows within 4.5 standard errors on each of 5 pairs (3e-5 to fail by chance)."""
    state, rows, n_shots = ground_state("tfim_1d", 6, seed=8), 1000, 32
    tokens = state.sample(rows * n_shots, np.random.default_rng(2)).reshape(rows, n_shots, 6)
    purity = shadow_pair_purity(tokens)
    error = purity.mean(axis=0) - 2.0 ** -state.renyi2()
    sampling_error = purity.std(axis=0, ddof=1) / np.sqrt(rows)
    assert (sampling_error < 0.02).all()
    assert (np.abs(error) < 4.5 * sampling_error).all()


def test_rows_do_not_depend_on_their_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    shots = np.random.default_rng(0).integers(0, 6, (5, 2, 7, 4), dtype=np.uint8)
    for estimate in (shadow_correlation, shadow_pair_purity, shadow_renyi2):
        together = estimate(shots)
        assert together.dtype == np.float64
        assert np.array_equal(together[3, 1], estimate(shots[3, 1]))
        with monkeypatch.context() as patch:
            patch.setattr("builders.shadows.estimators._BLOCK_BYTES", 1000)
            assert np.array_equal(together, estimate(shots))
    assert shadow_correlation(shots).shape == (5, 2, 4, 4)
    assert shadow_renyi2(shots).shape == (5, 2, 3)


def test_order_of_shots_and_signs_do_not_matter() -> None:
    rng = np.random.default_rng(6)
    shots = rng.integers(0, 6, (40, 5), dtype=np.uint8)
    for estimate in (shadow_correlation, shadow_renyi2):
        assert np.array_equal(estimate(shots), estimate(shots[rng.permutation(40)]))
        assert np.array_equal(estimate(shots), estimate(shots ^ 1))


@pytest.mark.parametrize(
    ("shots", "words"),
    [
        (np.zeros((4, 3)), "float64"),
        ([[0, 1]], "list"),
        (np.zeros(4, dtype=np.uint8), r"\(4,\)"),
        (np.full((4, 3), 6, dtype=np.uint8), r"0\.\.6|6\.\.6"),
        (np.full((4, 3), -1), "-1"),
        (np.zeros((0, 3), dtype=np.uint8), "0 shot"),
    ],
)
def test_refusals(shots: np.ndarray, words: str) -> None:
    for estimate in (shadow_correlation, shadow_renyi2):
        with pytest.raises(RequestError, match=words):
            estimate(shots)


def test_an_entropy_needs_two_shots_and_two_sites() -> None:
    with pytest.raises(RequestError, match=r"1 shot.*at least 2"):
        shadow_renyi2(np.zeros((3, 1, 4), dtype=np.uint8))
    with pytest.raises(RequestError, match="at least 2 sites"):
        shadow_renyi2(np.zeros((3, 4, 1), dtype=np.uint8))
