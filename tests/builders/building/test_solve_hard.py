"""Hamiltonians whose lowest states solvers miss, with exact references: right, by every solver.

`tests/golden/solve_hard.json` holds parameters, the lowest sector and its labels by exact
diagonalisation; C_ij above the diagonal, row by row.
"""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from builders import families, solve
from builders.core.errors import RequestError, WorkError
from builders.physics.hamiltonian import Sector
from builders.physics.sectors import sectors_of
from tests.paths import GOLDEN

CASES = json.loads((GOLDEN / "solve_hard.json").read_text("utf-8"))
FAST = ("negative fields", "odd ring, degenerate", "weak trimers 1e-4")
ROUNDED = 1e-7  # of stored labels, which have seven digits


def checked(case: dict[str, Any], solver: Any) -> None:
    given = case["family"], case["size"], case["parameters"]
    if case["degenerate"]:
        with pytest.raises(RequestError, match="degenerate"):
            solve(*given, solver=solver)
        return
    found = solve(*given, solver=solver)
    assert str(found.sector) == case["sector"]
    assert found.energy == pytest.approx(case["energy"], rel=1e-9)
    c = found.correlation()
    off = np.abs(c[np.triu_indices(len(c), 1)] - case["correlation"]).max()
    entropy = np.abs(found.renyi2() - case["renyi2"]).max()
    assert off <= found.label_error.correlation + ROUNDED
    assert entropy <= found.label_error.renyi2 + ROUNDED
    assert found.label_error.correlation <= 5e-4
    assert found.label_error.renyi2 <= 1e-3


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["note"]))
def test_auto(case: dict[str, Any]) -> None:
    checked(case, "auto")


@pytest.mark.parametrize(
    "case",
    [c if c["note"] in FAST else pytest.param(c, marks=pytest.mark.slow) for c in CASES],
    ids=lambda case: str(case["note"]),
)
def test_dmrg(case: dict[str, Any]) -> None:
    checked(case, "dmrg")


NEGATIVE = {"J": [0.5, 0.5], "h": [-1.0, -1.0, -1.0]}


@pytest.mark.parametrize("solver", ["exact", "dmrg"])
def test_a_sector_that_is_asked_for(solver: Any) -> None:
    found = {s: solve("tfim_1d", 3, NEGATIVE, solver=solver, sector=s) for s in ("stated", "-1")}
    assert [str(f.sector) for f in found.values()] == ["prod X = +1", "prod X = -1"]
    # Turning all X over with Z on every site maps the chain on that with positive fields.
    positive = {"J": [0.5, 0.5], "h": [1.0, 1.0, 1.0]}
    mapped = solve("tfim_1d", 3, positive, solver=solver, sector=1)
    assert found["-1"].energy == pytest.approx(mapped.energy, rel=1e-12)
    assert found["stated"].energy > found["-1"].energy + 1.0


@pytest.mark.parametrize("solver", ["exact", "dmrg"])
def test_fields_past_saturation_polarise_the_chain(solver: Any) -> None:
    """E = (N − 1) − N h for all spins down."""
    found = solve("random_field_heisenberg_1d", 6, {"h": [5.0] * 6}, solver=solver)
    assert str(found.sector) == "sum Z = -6"
    assert found.energy == pytest.approx(5.0 - 30.0, rel=1e-12)


@pytest.mark.parametrize("solver", ["exact", "dmrg"])
def test_multiplets_give_their_stated_member(solver: Any) -> None:
    n = 7
    j = -(np.eye(n, k=1) + np.eye(n, k=-1))
    assert str(solve("heisenberg_1d", n, {"J": j}, solver=solver).sector) == "sum Z = 1"
    assert str(solve("heisenberg_1d", n, {"J": -j}, solver=solver).sector) == "sum Z = 1"


@pytest.mark.parametrize(
    ("family", "n", "sector", "words"),
    [
        ("xxz_1d", 6, 3, "-6, -4, ..., 6"),
        ("xxz_1d", 6, "8", "-6, -4, ..., 6"),
        ("xxz_1d", 6, "+1,-1", "-6, -4, ..., 6"),
        ("tfim_1d", 6, "0", r"\+1 and -1 \(prod X\)"),
        ("xy_1d", 6, "odd", r"\+1 and -1 \(prod Z\)"),
        ("cluster_ising_1d", 6, "+1", r"\+1,\+1 and \+1,-1"),
        ("rydberg_1d", 6, "+1", "no symmetry"),
        ("tfim_1d", 6, Sector("magnetization", 0), r"\+1 and -1"),
    ],
)
def test_sectors_that_there_are_not(family: str, n: int, sector: Any, words: str) -> None:
    spec = families.solvable(family)
    size = spec.geometry.parse(str(n))
    given = spec.draw(size, np.random.default_rng(0))
    with pytest.raises(RequestError, match=words):
        solve(family, size, given, sector=sector)


def test_the_order_of_sectors_with_one_energy() -> None:
    values = [s.value for s in sectors_of(Sector("magnetization", 1), 5)]
    assert values == [1, -1, 3, -3, 5, -5]
    pairs = [(s.value, s.odd) for s in sectors_of(Sector("sublattice_parity", 1), 5)]
    assert pairs == [(1, 1), (1, -1), (-1, 1), (-1, -1)]
    assert sectors_of(Sector("none"), 5) == (Sector("none"),)
    assert sectors_of(Sector("parity_z"), 5) == sectors_of(Sector("parity_z", 1), 5)


def test_a_bond_past_memory_is_refused() -> None:
    given = {"J": np.ones(63), "delta": np.full(63, 0.5)}
    with pytest.raises(RequestError, match=r"GiB.* At most \d+ fits"):
        solve("xxz_1d", 64, given, bond=10**7)
    with pytest.raises(RequestError, match="give 2 or more"):
        solve("xxz_1d", 64, given, bond=1)


def test_a_bond_that_is_too_small_is_not_vouched_for() -> None:
    given = {"J": np.ones(15), "delta": np.full(15, 0.5)}
    with pytest.raises(WorkError, match=r"could not vouch for .* at bond 8 .*`--bond` gives"):
        solve("xxz_1d", 16, given, bond=8)


@pytest.mark.slow
def test_far_singlets_of_a_long_chain_are_right_or_refused() -> None:
    """One of the chains in which a relative energy error of 1e-8 hides 3e-3 in a correlation."""
    rng = np.random.default_rng(0)
    given = {"J": rng.uniform(0.62, 1.39, 23), "delta": rng.uniform(0.2, 1.3, 23)}
    one, two = (solve("xxz_1d", 24, given, bond=bond) for bond in (96, 192))
    off = np.abs(one.correlation() - two.correlation()).max()
    assert off <= one.label_error.correlation + two.label_error.correlation


@pytest.mark.slow
def test_of_two_mirror_images_the_one_that_rows_are_is_given() -> None:
    """Deep in the Néel phase of 16 sites no energy tells the two parities apart: the even one.

    To order 1/δ the state is (|↑↓…⟩ + |↓↑…⟩)/√2, whose pairs have one bit of entropy.
    """
    found = solve("bond_alternating_xxz_1d", 16, {"J": 1.0, "J_prime": 1.0, "delta": 8.0})
    c = found.correlation()
    assert np.abs(c - c[::-1, ::-1]).max() < 1e-6
    assert np.abs(found.renyi2() - 1.0).max() < 1.0 / 8.0
    assert found.label_error.allowed


def test_an_energy_that_block2_undercuts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("block2", reason="block2 is not installed: pip install 'qslbench[block2]'")
    from builders.solvers.dmrg import one_state

    real = one_state.vouched

    def another_state(*given: Any) -> Any:
        batch, error = real(*given)
        return replace(batch, energy=batch.energy + 1e-3), error

    monkeypatch.setattr(one_state, "vouched", another_state)
    with pytest.raises(WorkError, match="two solvers end in different states"):
        solve("xxz_1d", 6, {"J": [1.0] * 5, "delta": [0.5] * 5}, solver="dmrg")
