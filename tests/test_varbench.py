"""Published instances of others: digits by hand, the small ones solved, the record and its page."""

from importlib.util import find_spec

import pytest

from benchmarks import varbench
from tests.paths import ROOT

RECORD = ROOT / "benchmarks" / "results" / "varbench.json"
BY_NAME = {system.name: system for system in varbench.SYSTEMS}


@pytest.mark.parametrize(
    ("published", "energy", "digits"),
    [
        ("-2.5", -2.5, 2),
        ("-2.5", -2.54, 2),  # rounds to what is printed
        ("-2.500", -2.54, 1),  # off by 1.6e-2
        ("-251.4534", -251.4510, 5),  # off by 9.5e-6
        ("-0.25", -0.2500000001, 2),
        ("-12.381489999654734", -12.381489999653, 12),  # off by 1.4e-13
        ("-100.0", -200.0, 0),
    ],
)
def test_digits_agreed(published: str, energy: float, digits: int) -> None:
    assert varbench.digits_agreed(published, energy) == digits


def test_the_ising_chain_is_the_published_one() -> None:
    found = varbench.measure(BY_NAME["Ising chain, 10"])
    assert found is not None
    assert found.energy == pytest.approx(-12.381489999654734, rel=1e-14)
    # Exact to rounding, 1e-15 of E².
    assert abs(found.v_score) < 1e-14


@pytest.mark.skipif(find_spec("block2") is None, reason="pip install 'qslbench[block2]'")
def test_the_chain_of_20_is_the_published_one() -> None:
    found = varbench.measure(BY_NAME["Heisenberg chain, 20"])
    assert found is not None
    (published,) = (float(energy) for _, energy in BY_NAME[found.name].published)
    # Variational, and above by about the variance over a gap of the order of one.
    assert -1e-11 < found.energy - published < 1e-9
    assert found.v_score == pytest.approx(20 * found.variance / found.energy**2, rel=1e-14)


def test_the_lattice_has_a_factor_of_a_half_taken_out() -> None:
    h = BY_NAME["Heisenberg lattice, 6x6"].hamiltonian
    assert h is not None
    for term in h().terms:
        assert term.coefficients.tolist() == [1.0] * 60


def test_the_record_is_beside_the_published_energies() -> None:
    _, found = varbench.read(RECORD)
    assert [f.name for f in found] == [s.name for s in varbench.SYSTEMS if s.hamiltonian]
    for f in found:
        system = BY_NAME[f.name]
        assert f.bond == system.bond
        for method, energy in system.published:
            printed = len(energy.strip("-").replace(".", ""))
            agreed = varbench.digits_agreed(energy, f.energy)
            # Of exact energies 12 digits where the state is one of few sites.
            assert agreed >= min(printed, 12) or f.name.endswith("6x6"), method
    lattice = found[-1]
    exact, dmrg = (float(energy) for _, energy in BY_NAME[lattice.name].published)
    assert exact < lattice.energy < dmrg


def test_the_page_has_the_table_of_the_record() -> None:
    machine, found = varbench.read(RECORD)
    text = (ROOT / "docs" / "engine.md").read_text(encoding="utf-8")
    shown = text.split("<!-- varbench -->\n")[1].split("\n<!-- end of varbench -->")[0]
    assert shown == varbench.table(found)
    assert machine
