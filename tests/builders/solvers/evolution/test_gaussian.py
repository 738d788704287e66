"""Free-fermion evolution against state vectors, closed forms, symmetries and the light cone."""

from collections.abc import Callable

import numpy as np
import pytest

from builders import families
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.physics.hamiltonian import Hamiltonian
from builders.solvers.evolution.gaussian import (
    GaussianStates,
    evolved,
    ground_start,
    product_start,
)
from builders.solvers.exact.diagonalization import exact_ground_state
from builders.solvers.exact.free_fermion import tfim_ground_state
from tests.builders.solvers.evolution.state_vectors import evolve, labels, product_vector

TIGHT = 1e-10
"""What the data promise; both solvers work to about 1e-14."""
Couplings = tuple[np.ndarray, np.ndarray]

SPINS: dict[str, Callable[[int], np.ndarray]] = {
    "all_up": np.ones,
    "neel": lambda n: (-1.0) ** np.arange(n),
    "domain_wall": lambda n: np.where(np.arange(n) < n // 2, 1.0, -1.0),
    "drawn": lambda n: np.random.default_rng(n).choice([-1.0, 1.0], n),
}


def couplings(n: int, seed: int) -> Couplings:
    rng = np.random.default_rng(seed)
    return rng.uniform(-0.5, 2.0, n - 1), rng.uniform(-0.5, 1.5, n)


def ising(J: np.ndarray, h: np.ndarray) -> Hamiltonian:
    return families.load("tfim_1d").hamiltonian(Size(len(h)), {"J": J, "h": h})


def starts(name: str, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Γ and the state vector of an initial state."""
    if name in SPINS:
        return product_start(SPINS[name](n)), product_vector(SPINS[name](n))
    J, h = np.random.default_rng(n).uniform(0.0, 2.0, n - 1), np.ones(n)
    sector = families.load("tfim_1d").sector(Size(n))
    return ground_start(J, h), exact_ground_state(ising(J, h), sector).vector


@pytest.mark.parametrize("name", [*SPINS, "ground"])
@pytest.mark.parametrize(("n", "times"), [(2, [0.7]), (5, [0.0, 0.3, 2.0]), (12, [1.3])])
def test_every_label_is_that_of_the_state_vector(name: str, n: int, times: list[float]) -> None:
    J, h = couplings(n, seed=n)
    covariance, vector = starts(name, n)
    ours = evolved(J, h, covariance, times).labels()
    for k, t in enumerate(times):
        for label, want in labels(evolve(ising(J, h), vector, t)).items():
            assert ours[label][k] == pytest.approx(want, abs=TIGHT), (label, t)


@pytest.mark.parametrize("name", SPINS)
def test_at_time_zero_it_is_the_product_state(name: str) -> None:
    """Also at a length where exact methods end; all values are 0 or ±1, up to rounding."""
    n = 48
    spins = SPINS[name](n)
    states = evolved(*couplings(n, seed=1), product_start(spins), [0.0])
    zz = np.outer(spins, spins)
    assert states.magnetization()[0] == pytest.approx(spins, abs=1e-12)
    assert states.zz()[0] == pytest.approx(zz, abs=1e-12)
    assert states.correlation()[0] == pytest.approx((zz + 2.0 * np.eye(n)) / 3.0, abs=1e-12)
    assert states.renyi2()[0] == pytest.approx(0.0, abs=1e-12)
    assert states.renyi2_blocks()[0] == pytest.approx(0.0, abs=1e-12)


def test_free_spins_precess() -> None:
    """J = 0: ⟨Z_i⟩ = s_i cos 2h_i t, ⟨Y_i⟩ by rotation about X, and nothing is entangled."""
    n, t = 6, 0.4
    h, spins = np.linspace(0.3, 1.2, n), SPINS["drawn"](n)
    states = evolved(np.zeros(n - 1), h, product_start(spins), [t])
    z, y = spins * np.cos(2 * h * t), spins * np.sin(2 * h * t)
    off = ~np.eye(n, dtype=bool)
    assert states.magnetization()[0] == pytest.approx(z, abs=1e-12)
    assert states.zz()[0][off] == pytest.approx(np.outer(z, z)[off], abs=1e-12)
    assert states.yy()[0][off] == pytest.approx(np.outer(y, y)[off], abs=1e-12)
    assert states.renyi2()[0] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("name", ["all_up", "domain_wall", "ground"])
def test_energy_is_conserved(name: str) -> None:
    """To 1e-12 of Σ|J| + Σ|h|, the norm of H that it is a sum over."""
    n = 127
    J, h = couplings(n, seed=2)
    start = product_start(SPINS[name](n)) if name in SPINS else ground_start(np.ones(n - 1) / 2, h)
    energy = evolved(J, h, start, [0.0, 0.5, 2.0, 20.0]).energy(J, h)
    assert np.ptp(energy) < 1e-12 * (np.abs(J).sum() + np.abs(h).sum())
    if name == "all_up":
        assert energy[0] == pytest.approx(-J.sum(), rel=1e-12)


def test_a_ground_state_of_the_same_couplings_stands_still() -> None:
    n = 16
    J, h = np.random.default_rng(4).uniform(0.0, 1.0, n - 1), np.ones(n)
    state = tfim_ground_state(J, h)
    later = evolved(J, h, ground_start(J, h), [3.0])
    assert later.correlation()[0] == pytest.approx(state.correlation(), abs=TIGHT)
    assert later.renyi2()[0] == pytest.approx(state.renyi2(), abs=TIGHT)
    assert later.renyi2_blocks()[0] == pytest.approx(state.renyi2_blocks(), abs=TIGHT)
    assert later.magnetization()[0] == pytest.approx(0.0, abs=TIGHT)
    assert later.energy(J, h) == pytest.approx(state.energy, rel=1e-12)


def test_time_runs_back() -> None:
    """U(−t) U(t) = 1; and complex conjugation, under which Y alone is odd, turns t into −t."""
    n = 30
    J, h = couplings(n, seed=5)
    start = product_start(SPINS["neel"](n))
    there = evolved(J, h, start, [2.5])
    back = evolved(J, h, there.covariance[0], [-2.5])
    assert back.covariance[0] == pytest.approx(start, abs=1e-12)
    mirrored = evolved(J, h, start, [-2.5]).labels()
    for label, values in there.labels().items():
        assert mirrored[label] == pytest.approx(values, abs=TIGHT), label


def test_reading_the_chain_from_its_other_end_changes_nothing() -> None:
    """The boundary spin stands at one end, and no label shows which."""
    n = 40
    J, h = couplings(n, seed=6)
    spins = SPINS["drawn"](n)
    ours = evolved(J, h, product_start(spins), [1.0, 3.0]).labels()
    other = evolved(J[::-1], h[::-1], product_start(spins[::-1]), [1.0, 3.0]).labels()
    for label, values in ours.items():
        turned = other[label][:, ::-1]
        turned = turned[:, :, ::-1] if label == "correlation" else turned
        assert values == pytest.approx(turned, abs=TIGHT), label


def test_light_cone() -> None:
    """J = h = 1: a spin that starts flipped is not felt beyond v t, v = 2 min(J, h) = 2.

    On the infinite chain of Majorana operators the entry of e^{Kt} at distance d is the Bessel
    function J_d(4t), at most e^{d (tanh α − α)} with d = 4t cosh α (Kapteyn); reflections at the
    ends come from further. Flipping spin c moves two entries of Γ(0), at distances of 2|i − c| − 1
    or more from a_i and b_i, so that ⟨X_i⟩ moves by at most 8 of its square, reflections included.
    """
    n, c, t = 61, 30, 4.0
    spins = np.ones(n)
    flipped = np.where(np.arange(n) == c, -1.0, 1.0)
    J, h = np.ones(n - 1), np.ones(n)
    one, two = (evolved(J, h, product_start(s), [t]) for s in (spins, flipped))
    moved = np.abs(one.x() - two.x())[0]
    apart = np.abs(np.arange(n) - c)
    steps = 2.0 * apart - 1.0
    outside = steps > 4.0 * t
    alpha = np.arccosh(steps[outside] / (4.0 * t))
    bound = 8.0 * np.exp(2.0 * steps[outside] * (np.tanh(alpha) - alpha))
    assert (moved[outside] <= bound + 1e-14).all()
    assert moved[apart >= 2.0 * t + 8].max() < 1e-4
    assert moved[apart == 2.0 * t].min() > 1e-3  # it has just arrived there


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\+1 and -1"):
        product_start([1.0, 0.5])
    with pytest.raises(ValueError, match="3 sites"):
        evolved([1.0, 1.0], [1.0] * 3, product_start([1.0, 1.0]), [0.0])
    with pytest.raises(RequestError, match="N >= 2"):
        evolved([1.0], [1.0] * 3, product_start([1.0] * 3), [0.0])
    with pytest.raises(ValueError, match="not pure"):
        GaussianStates(np.zeros((1, 6, 6)))
