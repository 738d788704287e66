"""Quenches of Ising chains: what is drawn, what is refused, and rows as a build makes them."""

import numpy as np
import pytest

from builders import families
from builders.building.blocks import make_rows
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset.schema import Arrays
from builders.kinds.evolution import EvolutionFamily
from builders.physics.certificate import VARIANCE_LIMIT
from builders.physics.initial_state import SPINS
from builders.physics.rows import BuildSettings
from builders.physics.state_labels import PROMISED
from builders.shadows.estimators import shadow_correlation, shadow_magnetization
from tests.builders.solvers.evolution import state_vectors

NAMES = [n for n in families.names() if n.startswith("quench_tfim_1d")]
PRODUCTS = [n for n in NAMES if not n.endswith("_ground")]


def quench(name: str) -> EvolutionFamily:
    found = families.load(name)
    assert isinstance(found, EvolutionFamily)
    return found


def rows(name: str, size: Size, shots: int, seeds: list[int], *, shifted: bool = False) -> Arrays:
    family = quench(name)
    each = np.repeat(seeds, family.rows_a_seed).tolist()
    return make_rows(family, size, shots, each, BuildSettings(family.method, shifted=shifted))


@pytest.mark.parametrize("name", NAMES)
def test_an_evolution_has_one_set_of_couplings_and_rising_times(name: str) -> None:
    family, size = quench(name), Size(12)
    for shifted, want in ((False, np.arange(1, 11) / 5), (True, np.arange(11, 21) / 5)):
        drawn = family.draw_rows(size, np.random.default_rng(1), shifted=shifted)
        assert [float(p["t"]) for p in drawn] == want.tolist()
        for p in drawn:
            assert p["J"] is drawn[0]["J"]
            assert (p["J"] >= 0).all()
            assert (p["J"] <= 1).all()
            assert (p["h"] == 1).all()
            family.check(size, p)  # all times are certified


def test_other_starts_have_other_hamiltonians_from_one_seed() -> None:
    """They are families of their own, and one seed gives the same numbers to each."""
    size = Size(9)
    drawn = [quench(n).draw(size, np.random.default_rng(3))["J"] for n in NAMES]
    assert len({J.tobytes() for J in drawn}) == 1
    assert len({quench(n).initial for n in NAMES}) == len(NAMES) == 4


@pytest.mark.parametrize("name", NAMES)
def test_times_that_are_negative_or_not_certified_are_refused(name: str) -> None:
    family, size = quench(name), Size(8)
    good = family.draw(size, np.random.default_rng(0))
    most = family.certified_until(size)
    family.check(size, good | {"t": 0.0})
    family.check(size, good | {"t": most})
    with pytest.raises(RequestError, match=rf"a time: from 0 to {most:g}; given -0\.1"):
        family.check(size, good | {"t": -0.1})
    with pytest.raises(RequestError, match=rf"is 4\.5: at size 8 .* certified until {most:g}"):
        family.check(size, good | {"t": 4.5})


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shifted", [False, True])
def test_rows_are_states_of_the_evolution(name: str, shifted: bool) -> None:
    """Every label of the first and the last row against a state vector, to float32."""
    family, size = quench(name), Size(6)
    made = rows(name, size, 1, [5], shifted=shifted)
    for k in (0, 9):
        p = family.unflatten(size, made["parameters"][k])
        H = family.hamiltonian(size, p)
        if family.initial in SPINS:
            start = state_vectors.product_vector(SPINS[family.initial](6))
        else:
            critical = family.hamiltonian(size, {"J": np.ones(5), "h": np.ones(6)})
            start = np.linalg.eigh(state_vectors.sparse(critical).toarray())[1][:, 0]
        vector = state_vectors.evolve(H, start, float(p["t"]))
        for label, want in state_vectors.labels(vector).items():
            assert made[label][k] == pytest.approx(want, abs=1e-6), label
        energy = np.vdot(vector, state_vectors.sparse(H) @ vector).real
        assert made["energy"][k] == pytest.approx(energy, abs=1e-10)


SLOW = [pytest.param(n, marks=[pytest.mark.slow] * (n != "quench_tfim_1d")) for n in NAMES]


@pytest.mark.parametrize("name", SLOW)
def test_matrix_product_states_keep_what_the_certificate_promises(name: str) -> None:
    """16 sites are past those of state vectors; the last times are the largest that are allowed."""
    made = rows(name, Size(16), 1, [5], shifted=True)
    assert (made["label_error_correlation"] <= PROMISED[0]).all()
    assert (made["label_error_renyi2"] <= PROMISED[1]).all()
    assert (made["label_error_correlation"] > 0).all()  # they were compared
    assert (made["truncated_weight"] > 0).all()
    assert np.ptp(made["energy"]) < 1e-12
    # 31 terms of size 1 at most, each off by 5e-4 at most.
    assert (made["energy_drift"] <= 31 * PROMISED[0]).all()
    judged = {name[6:]: values for name, values in made.items() if name.startswith("check_")}
    quench(name).certificate.refuse("c", np.arange(10), judged, VARIANCE_LIMIT)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_matrix_product_states_of_48_sites_are_those_of_free_fermions(name: str) -> None:
    made = rows(name, Size(48), 1, [5], shifted=True)
    assert (made["label_error_correlation"] <= PROMISED[0]).all()
    assert (made["label_error_renyi2"] <= PROMISED[1]).all()


@pytest.mark.parametrize("name", PRODUCTS)
def test_shots_are_of_the_state_at_the_time(name: str) -> None:
    """Estimates of 10 · (6 + 15) values within five standard errors, √((3 − value²)/M)."""
    shots = 1500
    made = rows(name, Size(6), shots, [7])
    z, c = made["magnetization"], made["correlation"]
    off = np.abs(shadow_magnetization(made["shots"]) - z) / np.sqrt((3.0 - z**2) / shots)
    assert off.max() < 5.0
    off = np.abs(shadow_correlation(made["shots"]) - c) / np.sqrt((3.0 - c**2) / shots)
    assert off.max() < 5.0
    # Not those of another time: ⟨Z⟩ turns over within an evolution.
    assert np.abs(shadow_magnetization(made["shots"][::-1]) - z).max() > 0.5


def test_rows_do_not_depend_on_how_many_shots_are_drawn() -> None:
    few, more = (rows("quench_tfim_1d", Size(4), shots, [3]) for shots in (3, 8))
    np.testing.assert_array_equal(few["shots"], more["shots"][:, :3])
    np.testing.assert_array_equal(few["correlation"], more["correlation"])
