"""Quenches of XXZ chains: what is drawn, what is conserved, both ways to their states."""

import numpy as np
import pytest

from builders import families
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.kinds.evolution import COMPARED, EvolutionFamily
from builders.physics.evolution_certificate import TWICE_THE_BOND
from builders.physics.rows import BuildSettings
from builders.solvers.evolution.chains import evolved_chains
from builders.solvers.evolution.starts import starting_state
from builders.solvers.evolution.states import evolved_states
from builders.solvers.evolution.vectors import evolved_vectors

NAMES = ("quench_xxz_1d", "quench_xxz_1d_domain_wall", "quench_xxz_1d_disordered")


def load(name: str) -> EvolutionFamily:
    family = families.load(name)
    assert isinstance(family, EvolutionFamily)
    return family


@pytest.mark.parametrize("name", NAMES)
def test_chains_and_vectors_are_the_same_states(name: str) -> None:
    family, size = load(name), Size(8)
    times = np.array([0.2, 0.6])
    drawn = family.couplings(size, np.random.default_rng(4))
    hamiltonians = [family.hamiltonian(size, drawn)]
    start = starting_state(family.initial, hamiltonians)
    chains = evolved_chains(hamiltonians, start, times, family.evolution_settings(size))
    vectors = evolved_vectors(hamiltonians, family.initial, times)
    ours, errors = chains.labels(), chains.label_errors()
    for label, exact in vectors.labels().items():
        # The step and the cut of the family leave a few 1e-5.
        assert ours[label] == pytest.approx(exact, abs=2e-4)
    assert ours["magnetization"].sum(axis=2) == pytest.approx(np.zeros((1, 2)), abs=1e-9)
    assert chains.start_energy == pytest.approx(vectors.start_energy, abs=1e-10)
    assert chains.energy == pytest.approx(vectors.energy, abs=1e-3)
    assert errors["label_error_correlation"].max() < 5e-4
    assert errors["label_error_renyi2"].max() < 1e-3


def test_rows_past_state_vectors_pass_their_certificate() -> None:
    family, size = load("quench_xxz_1d_domain_wall"), Size(16)
    drawn = family.draw_rows(size, np.random.default_rng(5), shifted=False)
    # Early times have small bonds.
    rows = [row | {"t": row["t"] / 2} for row in drawn]
    # A seed whose block runs its first evolution again.
    seed = next(s for s in range(99) if np.random.default_rng(s).integers(COMPARED) == 0)
    rng = np.random.default_rng(seed)
    made = family.make(size, rows, [rng], BuildSettings("evolution"))
    family.certificate.refuse("config", np.arange(10), made.exactness, 2e-5)
    # The run at twice the bond is another one, and well within what the rows state.
    again = made.exactness[TWICE_THE_BOND]
    assert ((again >= 0) & (again < 0.8)).all()
    assert again.max() > 0
    for label in family.labels:
        wrong, _ = label.check(made.columns[label.name], size)
        assert not wrong.any()
    assert made.columns["energy"] == pytest.approx(np.full(10, made.columns["energy"][0]))
    shots = made.sample(3, [np.random.default_rng(6)])["shots"]
    assert shots.shape == (10, 3, 16)


def test_fields_of_the_disordered_chain_are_strong_and_in_its_energy() -> None:
    family, size = load("quench_xxz_1d_disordered"), Size(8)
    drawn = family.couplings(size, np.random.default_rng(7))
    assert np.abs(drawn["h"]).max() <= 5.0
    (fields,) = [t for t in family.hamiltonian(size, drawn).terms if t.paulis == "Z"]
    assert (fields.coefficients == drawn["h"]).all()


def test_times_past_the_certified_are_refused() -> None:
    family, size = load("quench_xxz_1d"), Size(8)
    row = family.draw(size, np.random.default_rng(8))
    with pytest.raises(RequestError, match=r"certified until 1\.5"):
        family.check(size, row | {"t": np.array(1.6)})
    with pytest.raises(RequestError, match=r"is 1\.500000001:"):
        family.check(size, row | {"t": np.array(1.500000001)})
    with pytest.raises(RequestError, match=r"'t' .* is nan: give a finite number"):
        family.check(size, row | {"t": np.nan})


@pytest.mark.parametrize("times", [[0.2, 0.1], [0.1, 0.1], [-0.1, 0.1], []])
def test_times_that_do_not_rise_are_refused(times: list[float]) -> None:
    """Each state goes on from the one before: labels would be those of other times."""
    family, size = load("quench_xxz_1d"), Size(4)
    hamiltonian = family.hamiltonian(size, family.draw(size, np.random.default_rng(9)))
    with pytest.raises(RequestError, match="Give rising times"):
        evolved_states([hamiltonian], "neel", np.array(times), family.evolution_settings(size))
