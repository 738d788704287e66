"""Central charges of critical chains, from the Rényi-2 entropies of the left blocks.

An open hopping chain of L sites, block of l: S2 = (c/8) log2 χ + const + f a χ^{−K/2} + b χ^{−K} +
f d χ^{−3K/2} bit with χ = (2(L+1)/π) sin(π(2l+1)/(2(L+1))) and f = sin(k_F (2l+1)). Leading term:
P. Calabrese, J. Cardy, J. Stat. Mech. P06002 (2004). Arguments, f and the exponent K/n of the
first correction: M. Fagotti, P. Calabrese, arXiv:1010.5796, for XX (K = 1); with the Luttinger
parameter K of XXZ: J. C. Xavier, F. C. Alcaraz, arXiv:1103.2103. The other two terms are its next
powers. k_F = π(m + ½)/(L+1) for m spins up.

A critical Ising chain of N sites is one of 2N Majorana fermions: L = 2N, block 2l, f = 1.
Without the corrections, fits at these sizes give 0.59 for ½ and 1.06 for 1: they fall off with
the square root of the block, and are no error of the states.
"""

import numpy as np
import pytest

from builders import families
from builders.core.names import Size
from builders.physics.parameters import Parameters
from builders.solvers.dmrg.solver import solve_warm
from builders.solvers.exact.free_fermion import tfim_ground_state, xy_ground_state

CLOSE = 0.05
"""What is asked for, relative. The formula's own error is smaller: next powers of χ leave 2e-3 of
exact states (below), and 1e-2 at Δ = ½, where χ^{−K/2} falls off more slowly."""


def central_charge(
    blocks: np.ndarray, length: int, step: int, luttinger: float, fermi: float | None
) -> float:
    """c from the entropies of the blocks of N/8 … 7N/8 sites, by least squares.

    Args:
        blocks: float64 (N−1,), bit.
        length: L, sites of the hopping chain.
        step: its sites for one spin.
        luttinger: K.
        fermi: k_F; None for f = 1, where two powers of χ are enough.
    """
    n = len(blocks) + 1
    spins = np.arange(n // 8, n - n // 8 + 1)
    place = (2 * step * spins + 1) / (2 * (length + 1))
    chord = 2 * (length + 1) / np.pi * np.sin(np.pi * place)
    turn = np.ones(len(spins)) if fermi is None else np.sin(fermi * (2 * spins + 1))
    powers = [turn * chord ** (-luttinger / 2), chord**-luttinger]
    if fermi is not None:
        powers.append(turn * chord ** (-1.5 * luttinger))
    design = np.stack([np.log2(chord) / 8, np.ones(len(spins)), *powers], axis=1)
    return float(np.linalg.lstsq(design, blocks[spins - 1])[0][0])


def of_ising(blocks: np.ndarray) -> float:
    return central_charge(blocks, 2 * (len(blocks) + 1), 2, 1.0, None)


def of_xxz(blocks: np.ndarray, delta: float) -> float:
    n = len(blocks) + 1
    fermi = np.pi * ((n + n % 2) / 2 + 0.5) / (n + 1)
    return central_charge(blocks, n, 1, np.pi / (2 * (np.pi - np.arccos(delta))), fermi)


def uniform(n: int) -> Parameters:
    return {"J": np.ones(n - 1), "h": np.ones(n)}


def test_two_ising_chains_make_a_hopping_chain() -> None:
    """Σ (XX + YY) of 2N sites is two critical chains of N Majorana pairs: S2 of 2l is twice that
    of l. This fixes the arguments of χ for the Ising chain.
    """
    hopping = xy_ground_state(-2.0 * np.ones(63), np.zeros(64), 0.0).renyi2_blocks()
    ising = tfim_ground_state(np.ones(31), np.ones(32)).renyi2_blocks()
    assert hopping[1::2] == pytest.approx(2 * ising, abs=1e-11)


@pytest.mark.parametrize("n", [127, 255])
def test_free_fermions(n: int) -> None:
    exact = tfim_ground_state(np.ones(n - 1), np.ones(n)).renyi2_blocks()
    assert of_ising(exact) == pytest.approx(0.5, rel=2e-3)


def test_free_hopping() -> None:
    exact = xy_ground_state(-2.0 * np.ones(127), np.zeros(128), 0.0).renyi2_blocks()
    assert of_xxz(exact, 0.0) == pytest.approx(1.0, rel=1e-3)


def test_a_chain_off_criticality_has_another_value() -> None:
    """In the paramagnet the entropy of long blocks is a constant: c = 0."""
    gapped = tfim_ground_state(np.full(126, 0.5), np.ones(127)).renyi2_blocks()
    assert abs(of_ising(gapped)) < 0.05


@pytest.mark.slow
def test_solved_ising_chain() -> None:
    n, family = 64, families.load("tfim_1d_critical")
    batch = solve_warm(family.name, Size(n), [family.hamiltonian(Size(n), uniform(n))])
    assert of_ising(batch.labels()["renyi2_blocks"][0]) == pytest.approx(0.5, rel=CLOSE)


@pytest.mark.slow
def test_solved_xxz_chain() -> None:
    """Δ = 0 and ½; at Δ = 1 corrections fall off with the logarithm of the length alone.

    An even number of sites, because the formula is that of Σ Z = 0: odd chains hold half a spin,
    whose profile along the chain turns the oscillation, and at Δ = ½ the fit of 127 gives 0.91.
    """
    n, family, anisotropies = 64, families.load("xxz_1d"), (0.0, 0.5)
    rows = [{"J": np.ones(n - 1), "delta": np.full(n - 1, d)} for d in anisotropies]
    batch = solve_warm(family.name, Size(n), [family.hamiltonian(Size(n), row) for row in rows])
    for blocks, delta in zip(batch.labels()["renyi2_blocks"], anisotropies, strict=True):
        assert of_xxz(blocks, delta) == pytest.approx(1.0, rel=CLOSE), delta
