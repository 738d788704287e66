"""What families draw: ranges, rules and frequencies of their parameters."""

import numpy as np
import pytest

from builders import families
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.physics.parameters import Parameters

DRAWS = 400
NEAREST = 369.0 / 3.0


def draws(name: str, sites: int) -> list[Parameters]:
    """Independent parameter sets, from fixed seeds."""
    family = families.load(name)
    return [family.draw(Size(sites), np.random.default_rng([7, k])) for k in range(DRAWS)]


def is_uniform(values: np.ndarray, low: float, high: float) -> None:
    """Range, and mean and variance within four standard errors of a uniform distribution."""
    width = high - low
    assert low <= values.min()
    assert values.max() <= high
    mean_error = width / np.sqrt(12 * values.size)
    # Var[(u − ½)²] = 1/80 − 1/144 = 1/180 for u ~ U(0, 1).
    variance_error = width**2 / np.sqrt(180 * values.size)
    assert abs(values.mean() - (low + high) / 2) < 4 * mean_error
    centred = (values - (low + high) / 2) ** 2
    assert abs(centred.mean() - width**2 / 12) < 4 * variance_error


def test_tfim_couplings_are_uniform_and_fields_one() -> None:
    rows = draws("tfim_1d", 12)
    is_uniform(np.array([row["J"] for row in rows]), 0.0, 1.0)
    assert all((row["h"] == 1.0).all() for row in rows)


def test_tfim_bonds_are_independent() -> None:
    couplings = np.array([row["J"] for row in draws("tfim_1d", 12)])
    off_diagonal = np.corrcoef(couplings.T)[~np.eye(11, dtype=bool)]
    # A sample correlation of independent values has standard error 1/√n; 55 of them: 4.5 σ.
    assert np.abs(off_diagonal).max() < 4.5 / np.sqrt(DRAWS)


def test_xxz_couplings_and_anisotropies_are_uniform() -> None:
    rows = draws("xxz_1d", 12)
    is_uniform(np.array([row["J"] for row in rows]), 0.8, 1.2)
    is_uniform(np.array([row["delta"] for row in rows]), 0.0, 1.0)


def test_cluster_ising_covers_the_published_grid() -> None:
    rows = draws("cluster_ising_1d", 12)
    is_uniform(np.array([row["h1"] for row in rows]), 0.025, 1.6)
    is_uniform(np.array([row["h2"] for row in rows]), -1.55, 1.6)
    assert all(row["h3"] == 0.0 for row in rows)


def test_bond_alternation_covers_its_three_phases() -> None:
    rows = draws("bond_alternating_xxz_1d", 12)
    is_uniform(np.array([row["J_prime"] for row in rows]), 0.1, 3.0)
    is_uniform(np.array([row["delta"] for row in rows]), 0.0, 4.0)
    assert all(row["J"] == 1.0 for row in rows)


def test_rydberg_covers_the_published_grid() -> None:
    rows = draws("rydberg_1d", 13)
    is_uniform(np.array([row["delta"] / row["omega"] for row in rows]), -2.0, 3.0)
    is_uniform(np.array([row["rb_over_a"] for row in rows]), 1.0, 2.95)
    assert all(row["omega"] == 10 * np.pi for row in rows)


def test_random_fields_have_one_of_three_strengths_a_row() -> None:
    rows = np.array([row["h"] for row in draws("random_field_heisenberg_1d", 63)])
    # The largest of 63 fields is below W/2 with probability 1e-19.
    strength = np.abs(rows).max(axis=1)
    for W in (0.5, 1.0, 2.0):
        chosen = (strength > W / 2) & (strength <= W)
        # 400 draws with probability 1/3: standard error 0.024.
        assert abs(chosen.mean() - 1 / 3) < 4 * 0.024
        is_uniform(rows[chosen], -W, W)


def test_long_chains_have_no_strong_fields() -> None:
    rows = np.array([row["h"] for row in draws("random_field_heisenberg_1d", 100)])
    strength = np.abs(rows).max(axis=1)
    assert strength.max() <= 1.0
    assert abs((strength > 0.5).mean() - 0.5) < 4 * 0.025


def test_xy_has_one_field_and_one_anisotropy_a_row() -> None:
    rows = draws("xy_1d", 12)
    is_uniform(np.array([row["J"] for row in rows]), 0.8, 1.2)
    is_uniform(np.array([row["gamma"] for row in rows]), 0.2, 1.0)
    h = np.array([row["h"] for row in rows])
    assert (h.max(axis=1) <= 1.5 * h.min(axis=1)).all()
    # The mean of the row's field is 1, its variance 1/3 (1 + 1/75) + 1/75 < 0.36.
    assert abs(h.mean() - 1.0) < 4 * np.sqrt(0.36 / DRAWS)


def shifted(name: str, sites: int) -> list[Parameters]:
    """Independent parameter sets of the split `test_ood`, from fixed seeds."""
    family = families.load(name)
    return [family.draw_ood(Size(sites), np.random.default_rng([7, k])) for k in range(DRAWS)]


def test_shifted_chains_of_two_parameters() -> None:
    rows = shifted("bond_alternating_xxz_1d", 12)
    is_uniform(np.array([row["J_prime"] for row in rows]), 0.1, 3.0)
    is_uniform(np.array([row["delta"] for row in rows]), 4.0, 6.0)
    rows = shifted("rydberg_1d", 13)
    is_uniform(np.array([row["delta"] / row["omega"] for row in rows]), 3.0, 4.0)
    is_uniform(np.array([row["rb_over_a"] for row in rows]), 1.0, 2.95)
    rows = shifted("cluster_ising_1d", 12)
    is_uniform(np.array([row["h1"] for row in rows]), 0.025, 1.6)
    is_uniform(np.array([row["h3"] for row in rows]), 0.05, 0.3)


def test_shifted_xy_chains_have_stronger_anisotropies() -> None:
    rows = shifted("xy_1d", 12)
    is_uniform(np.array([row["gamma"] for row in rows]), 1.0, 1.5)
    is_uniform(np.array([row["J"] for row in rows]), 0.8, 1.2)


def test_shifted_fields_are_waves() -> None:
    """cos a + cos b = 2 cos((a+b)/2) cos((a−b)/2): h_{i−1} + h_{i+1} = 2 cos(2πb) h_i."""
    rows = np.array([row["h"] for row in shifted("random_field_heisenberg_1d", 63)])
    period = 2.0 * np.cos(np.pi * (np.sqrt(5.0) - 1.0))
    np.testing.assert_allclose(rows[:, :-2] + rows[:, 2:], period * rows[:, 1:-1], atol=1e-12)
    strength = np.abs(rows).max(axis=1)
    for W in (0.5, 1.0, 2.0):
        # Angles are a golden fraction of a turn apart: one of 63 is within 1/63 of a turn of 0.
        chosen = (strength <= W) & (strength > W * np.cos(2 * np.pi / 63))
        assert abs(chosen.mean() - 1 / 3) < 4 * 0.024


@pytest.mark.parametrize("value", [0.0, -1.0])
def test_xxz_refuses_a_coupling_that_is_not_positive(value: float) -> None:
    given = {"J": [1.0, value, 1.0], "delta": [0.5, 0.5, 0.5]}
    with pytest.raises(RequestError, match=rf"must be positive; J\[1\] = {value}"):
        families.load("xxz_1d").check(Size(4), given)


@pytest.fixture(scope="module")
def heisenberg() -> np.ndarray:
    """Couplings, float64 (DRAWS, 14, 14)."""
    return np.array([row["J"] for row in draws("heisenberg_1d", 14)])


def test_heisenberg_neighbours_are_always_coupled(heisenberg: np.ndarray) -> None:
    neighbours = np.diagonal(heisenberg, offset=1, axis1=1, axis2=2)
    np.testing.assert_array_equal(neighbours, NEAREST)
    assert (heisenberg >= 0).all()


def test_heisenberg_bonds_stay_off_once_they_are_off(heisenberg: np.ndarray) -> None:
    on = heisenberg > 0
    for i in range(14):
        for j in range(i + 2, 14):
            assert not (on[:, i, j] & ~on[:, i, j - 1]).any(), (i, j)


def test_heisenberg_coins_are_fair_at_every_distance(heisenberg: np.ndarray) -> None:
    on = heisenberg > 0
    for distance in range(2, 7):
        tossed = np.array([on[:, i, i + distance - 1] for i in range(14 - distance)])
        kept = np.array([on[:, i, i + distance] for i in range(14 - distance)])
        n = tossed.sum()
        assert abs(kept.sum() / n - 0.5) < 4 * np.sqrt(0.25 / n), distance


def test_heisenberg_sites_toss_their_own_coins(heisenberg: np.ndarray) -> None:
    first = np.array([heisenberg[:, i, i + 2] > 0 for i in range(12)])
    off_diagonal = np.corrcoef(first)[~np.eye(12, dtype=bool)]
    assert np.abs(off_diagonal).max() < 4.5 / np.sqrt(DRAWS)


def test_heisenberg_has_one_exponent_a_row(heisenberg: np.ndarray) -> None:
    i, j = np.triu_indices(14, 2)
    exponents = []
    for matrix in heisenberg:
        values = matrix[i, j]
        kept = values > 0
        found = np.log(NEAREST / values[kept]) / np.log((j - i)[kept])
        if len(found):
            # log of a rounded power over log 2 or more: a few eps.
            np.testing.assert_allclose(found, found[0], rtol=0, atol=1e-13)
            exponents.append(found[0])
    assert len(exponents) > 0.99 * DRAWS
    is_uniform(np.array(exponents), 1.0, 2.0)
