"""Isotropic Hamiltonians Σ J_ij (X_iX_j + Y_iY_j + Z_iZ_j) between states of one total spin.

The states of total spin J and one S_z are the paths of the spins of the first sites (see
`builders.solvers.mps.charges`), an orthonormal basis in which H is real and local. A vector
operator that is open at a cut takes the spin 2j there by 0 or ±2, its channel's charge; there is
one channel where S_z has three, for σ+, σ− and σz. What an operator does on a site depends on the
spins on its left.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor

from builders.physics.hamiltonian import Hamiltonian, PauliTerms, Sector
from builders.solvers.dmrg.mpo import DONE, START, Move, Moves, Mpo, Opened, build_mpo, side_by_side
from builders.solvers.mps.charges import HALVES, Qubit
from builders.solvers.mps.recoupling import begun, ended, passed

_CHARGES = (0, 2, -2)  # of a channel: DONE, START and open ones have 0, open ones also the others
_OPEN = 2  # first open channel of charge 0


def mpo_of(
    hamiltonians: Sequence[Hamiltonian], sector: Sector, device: torch.device | str = "cpu"
) -> Mpo:
    """`build_mpo` for every kind of sector.

    Raises:
        ValueError: a string that breaks the symmetry.
    """
    if sector.kind != "spin":
        return build_mpo(hamiltonians, sector, device)
    along_z = build_mpo([_along_z(h) for h in hamiltonians], Sector("magnetization"), device)
    channels = [dict.fromkeys((2, -2), count[0] - _OPEN) | count for count in along_z.channels]
    return SpinMpo(Qubit.of(sector), channels, along_z.sites)


def _along_z(h: Hamiltonian) -> Hamiltonian:
    """The terms Z_iZ_j of an isotropic H.

    Raises:
        ValueError: H is not isotropic.
    """
    couplings = {p: np.zeros((h.n_sites, h.n_sites)) for p in ("XX", "YY", "ZZ")}
    for term in h.terms:
        if term.paulis not in couplings:
            raise ValueError(f"terms {term.paulis} do not conserve the total spin")
        np.add.at(couplings[term.paulis], tuple(term.sites.T), term.coefficients)
    if any(not np.array_equal(couplings["ZZ"], couplings[p]) for p in ("XX", "YY")):
        raise ValueError("XX, YY and ZZ differ, so that the total spin is not conserved")
    sites = np.argwhere(couplings["ZZ"])
    return Hamiltonian(h.n_sites, (PauliTerms("ZZ", sites, couplings["ZZ"][tuple(sites.T)]),))


@dataclass(frozen=True)
class SpinMpo(Mpo):
    """A batch of isotropic Hamiltonians.

    Attributes:
        sites: those of Σ J_ij Z_i Z_j, whose channels and weights they share.
    """

    def rightwards(self, i: int, c: int, q: int) -> Moves | None:
        """Site i behind a left part of channel charge c and initial charge q."""
        return self._cached_moves(i, True, c, q)

    def leftwards(self, i: int, c: int, q: int) -> Moves | None:
        """Site i in front of a right part of channel charge c and initial charge q."""
        return self._cached_moves(i, False, c, q)

    def opened(self, i: int) -> list[Opened]:
        """Site i between the channels that are open on both sides of it."""
        inner = self.sites[i]["I", 0][:, _OPEN:, _OPEN:]
        if not inner.any():
            return []
        steps = [(c, c_out) for c in _CHARGES for c_out in _CHARGES if abs(c - c_out) <= 2]
        return [Opened("I", c, c_out, inner) for c, c_out in steps]

    def elements(self, opened: Opened, q: int) -> tuple[tuple[int, int, float], ...]:
        """(final state, initial state, value) of an operator where the initial left charge is q."""
        return _passing(q, opened.c, opened.c_out)

    def _cached_moves(self, i: int, to_right: bool, c: int, q: int) -> Moves | None:
        key = (i, to_right, c, q)
        if key not in self._known:
            charges = self.qubit.charges(i)
            steps = []
            for s, s_out in itertools.product((0, 1), repeat=2):
                first, last = charges[s], charges[s_out]
                # Spins before and after on the left of the site, and on its right.
                spins = (q, q + c) if to_right else (q - first, q + c - last)
                steps.append((s, s_out, *spins, spins[0] + first, spins[1] + last))
            moves = self._moves(i, [step for step in steps if min(step) >= 0])
            self._known[key] = side_by_side(moves, to_right) if moves else None
        known: Moves | None = self._known[key]
        return known

    def _moves(self, i: int, steps: list[tuple[int, ...]]) -> list[Move]:
        """What the site does at (s, s_out, j, j_out, m, m_out): j on its left, m on its right."""
        kinds = self._kinds(i)
        numbers = [
            (
                float(j == j_out and m == m_out),
                begun(j, m_out, m) if j == j_out else 0.0,
                passed(j_out, j, m_out, m),
                ended(j_out, j, m) if m == m_out else 0.0,
            )
            for _, _, j, j_out, m, m_out in steps
        ]
        weights = torch.tensor(numbers, dtype=kinds.dtype, device=kinds.device) @ kinds.flatten(1)
        moves = []
        for (s, s_out, j, j_out, m, m_out), one in zip(steps, weights, strict=True):
            c, c_out = j_out - j, m_out - m
            if self.channels[i].get(c, 0) and self.channels[i + 1].get(c_out, 0):
                block = one.view(kinds.shape[1:])[:, 0 if c == 0 else _OPEN :]
                moves.append(Move(c, c_out, s, s_out, block[:, :, 0 if c_out == 0 else _OPEN :]))
        return moves

    def _kinds(self, i: int) -> Tensor:
        """(4, B, channels, channels after the site): none or all has been done; a string begins;
        it goes on; it ends.
        """
        if (i,) not in self._known:
            keep = self.sites[i]["I", 0]
            act = self.sites[i].get(("Z", 0), torch.zeros_like(keep))
            kinds = keep.new_zeros((4, *keep.shape))
            kinds[0, :, START, START] = kinds[0, :, DONE, DONE] = 1.0
            kinds[1, :, START, _OPEN:] = act[:, START, _OPEN:]
            kinds[2, :, _OPEN:, _OPEN:] = keep[:, _OPEN:, _OPEN:]
            kinds[3, :, _OPEN:, DONE] = act[:, _OPEN:, DONE]
            self._known[i,] = kinds
        known: Tensor = self._known[i,]
        return known


@cache
def _passing(q: int, c: int, c_out: int) -> tuple[tuple[int, int, float], ...]:
    """(final state, initial state, value) where a string that is open passes a site."""
    elements = []
    for (s, charge), (s_out, charge_out) in itertools.product(enumerate(HALVES), repeat=2):
        spins = q + c, q, q + c + charge_out, q + charge
        if charge_out - charge == c_out - c and min(spins) >= 0 and (value := passed(*spins)):
            elements.append((s_out, s, value))
    return tuple(elements)
