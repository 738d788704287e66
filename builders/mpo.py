"""Matrix product operators of many Hamiltonians at once, exact and with few channels.

Between two neighbouring sites an operator string is in one of a few *channels*: not begun,
finished, or open with a definite charge. For pair terms Σ J_ij a_i b_j the open channels at a cut
are the right singular vectors of the block of J that crosses the cut, so that their number is
the rank of that block (Fröwis, Nebendahl, Dür, PRA 81, 062337 (2010); Chan et al., JCP 145,
014102 (2016)).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from builders.charges import Qubit
from builders.hamiltonian import Hamiltonian, Sector

START, DONE = 0, 1  # places of these two channels in the group of charge 0
_RANK_TOLERANCE = 1e-13  # of the largest coupling: at the rounding error of the couplings

Site = dict[tuple[str, int], Tensor]


@dataclass(frozen=True)
class Move:
    """What an MPO does on one site between two channel charges and two physical states.

    Attributes:
        c: charge of the channels on the left.
        c_out: charge of the channels on the right.
        s: physical state before.
        s_out: physical state after.
        weights: float64 (B, left channels, right channels).
    """

    c: int
    c_out: int
    s: int
    s_out: int
    weights: Tensor


@dataclass(frozen=True)
class Mpo:
    """A batch of B Hamiltonians of one shape.

    Attributes:
        qubit: local space.
        channels: for every cut 0 … N, charge → number of channels.
        sites: for every site, (operator, charge of the left channel) → float64
            (B, left channels, right channels); the right charge is the left one plus that of
            the operator.
    """

    qubit: Qubit
    channels: list[dict[int, int]]
    sites: list[Site]

    def moves(self, i: int) -> list[Move]:
        """Site i by matrix elements: operators that do the same to the charges are added up."""
        found: dict[tuple[int, int, int, int], Tensor] = {}
        for (op, c), weights in self.sites[i].items():
            c_out = self.qubit.add(c, self.qubit.op_charge(op))
            for s_out, s_in, value in self.qubit.elements(op):
                key = (c, c_out, s_in, s_out)
                term = value * weights
                found[key] = found[key] + term if key in found else term
        return [Move(*key, weights) for key, weights in found.items()]

    @property
    def batch(self) -> int:
        """Number of Hamiltonians."""
        return len(self.sites[0]["I", 0])

    def shifted(self, energy: Tensor) -> "Mpo":
        """H − energy, with the shift spread evenly over the sites; energy has shape (B,)."""
        sites = []
        for site in self.sites:
            identity = site["I", 0].clone()
            identity[:, START, DONE] -= energy / len(self.sites)
            sites.append({**site, ("I", 0): identity})
        return Mpo(self.qubit, self.channels, sites)


def build_mpo(
    hamiltonians: Sequence[Hamiltonian], sector: Sector, device: torch.device | str = "cpu"
) -> Mpo:
    """Write Hamiltonians of one size as a batch of MPOs.

    Raises:
        ValueError: a string of three or more letters, or one that breaks the symmetry.
    """
    qubit = Qubit.of(sector)
    n = hamiltonians[0].n_sites
    fields, pairs = _collect(hamiltonians, qubit)
    channels: list[dict[int, int]] = [{0: 2} for _ in range(n + 1)]
    entries: list[list[tuple[str, int, int, int, Tensor]]] = [[] for _ in range(n)]
    for (a, b), coupling in pairs.items():
        _open_channels(qubit, channels, entries, a, b, torch.from_numpy(coupling))
    sites = [_empty_site(qubit, channels, i, len(hamiltonians)) for i in range(n)]
    for i, site_entries in enumerate(entries):
        for op, charge, row, column, value in site_entries:
            block = _block(sites[i], qubit, channels, i, op, charge, len(hamiltonians))
            block[:, row : row + value.shape[1], column : column + value.shape[2]] += value
    for op, strength in fields.items():
        for i in range(n):
            block = _block(sites[i], qubit, channels, i, op, 0, len(hamiltonians))
            block[:, START, DONE] += torch.from_numpy(strength[:, i])
    used = [{k: v.to(device) for k, v in s.items() if v.numel() and v.any()} for s in sites]
    return Mpo(qubit, channels, used)


def _collect(
    hamiltonians: Sequence[Hamiltonian], qubit: Qubit
) -> tuple[dict[str, np.ndarray], dict[tuple[str, str], np.ndarray]]:
    """Field strengths (B, N) by operator, and couplings (B, N, N) by pair of operators."""
    b, n = len(hamiltonians), hamiltonians[0].n_sites
    fields: dict[str, np.ndarray] = {}
    pairs: dict[tuple[str, str], np.ndarray] = {}
    for row, h in enumerate(hamiltonians):
        for term in h.terms:
            for ops, factor in qubit.expand(term.paulis).items():
                value = factor * term.coefficients
                if len(ops) == 1:
                    array = fields.setdefault(ops[0], np.zeros((b, n)))
                    np.add.at(array[row], term.sites[:, 0], value)
                elif len(ops) == 2:
                    matrix = pairs.setdefault((ops[0], ops[1]), np.zeros((b, n, n)))
                    np.add.at(matrix[row], (term.sites[:, 0], term.sites[:, 1]), value)
                else:
                    raise ValueError(f"{term.paulis}: this solver takes one- and two-site strings")
    for op, strength in fields.items():
        _refuse_broken_symmetry(qubit, (op,), strength)
    for ops, coupling in pairs.items():
        _refuse_broken_symmetry(qubit, ops, coupling)
    neutral = {k: v for k, v in pairs.items() if _total_charge(qubit, k) == 0 and v.any()}
    return {k: v for k, v in fields.items() if v.any() and not qubit.op_charge(k)}, neutral


def _total_charge(qubit: Qubit, ops: tuple[str, ...]) -> int:
    total = 0
    for op in ops:
        total = qubit.add(total, qubit.op_charge(op))
    return total


def _refuse_broken_symmetry(qubit: Qubit, ops: tuple[str, ...], values: np.ndarray) -> None:
    if _total_charge(qubit, ops) and values.any():
        raise ValueError(f"terms {'·'.join(ops)} do not conserve the charge of the sector")


def _open_channels(
    qubit: Qubit,
    channels: list[dict[int, int]],
    entries: list[list[tuple[str, int, int, int, Tensor]]],
    a: str,
    b: str,
    coupling: Tensor,
) -> None:
    """Add the channels of Σ_{i<j} coupling[:, i, j] a_i b_j."""
    batch, n = coupling.shape[0], coupling.shape[1]
    charge = qubit.op_charge(a)
    reach = int((torch.nonzero(coupling)[:, 2] - torch.nonzero(coupling)[:, 1]).max())
    padded = coupling.new_zeros((batch, n + reach, n + 2 * reach))
    padded[:, :n, :n] = coupling
    floor = _RANK_TOLERANCE * float(coupling.abs().max())
    basis = coupling.new_zeros((batch, 0, reach))  # right vectors at the cut left of the site
    first = 0
    for i in range(n):
        block = padded[:, max(0, i + 1 - reach) : i + 1, i + 1 : i + 1 + reach]
        _, singular, vectors = torch.linalg.svd(block, full_matrices=False)
        rank = int((singular > floor).sum(dim=1).max()) if i < n - 1 else 0
        new = vectors[:, :rank]
        new_first = channels[i + 1].get(charge, 0)
        if rank:
            channels[i + 1][charge] = new_first + rank
        begin = padded[:, i, None, i + 1 : i + 1 + reach] @ new.mT
        shifted = torch.cat([basis[:, :, 1:], basis.new_zeros((batch, basis.shape[1], 1))], dim=2)
        entries[i].append((a, 0, START, new_first, begin))
        entries[i].append(("I", charge, first, new_first, shifted @ new.mT))
        entries[i].append((b, charge, first, DONE, basis[:, :, :1]))
        basis, first = new, new_first


def _empty_site(qubit: Qubit, channels: list[dict[int, int]], i: int, batch: int) -> Site:
    site: Site = {}
    identity = _block(site, qubit, channels, i, "I", 0, batch)
    identity[:, START, START] = 1.0
    identity[:, DONE, DONE] = 1.0
    return site


def _block(
    site: Site, qubit: Qubit, channels: list[dict[int, int]], i: int, op: str, charge: int, b: int
) -> Tensor:
    if (op, charge) not in site:
        left = channels[i].get(charge, 0)
        right = channels[i + 1].get(qubit.add(charge, qubit.op_charge(op)), 0)
        site[op, charge] = torch.zeros((b, left, right), dtype=torch.float64)
    return site[op, charge]
