"""Matrix product operators of many Hamiltonians at once, exact and with few channels.

Between two neighbouring sites an operator string is in one of a few *channels*: not begun,
finished, or open with a definite charge. For pair terms Σ J_ij a_i b_j the open channels at a cut
are the right singular vectors of the block of J that crosses the cut, so that their number is
the rank of that block (Fröwis, Nebendahl, Dür, PRA 81, 062337 (2010); Chan et al., JCP 145,
014102 (2016)). A string of three or more letters carries its coefficient from its first site on,
and strings with the same letters still to come share a channel.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from builders.physics.hamiltonian import Hamiltonian, Sector
from builders.solvers.mps.charges import Qubit

START, DONE = 0, 1  # places of these two channels in the group of charge 0
_RANK_TOLERANCE = 1e-13  # of the largest coupling: at the rounding error of the couplings


Site = dict[tuple[str, int], Tensor]
Entry = tuple[str, int, int, int, Tensor]  # operator, channel charge, row, column, weights
String = tuple[tuple[str, int], ...]  # (operator, site) along the chain


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
class Moves:
    """What an MPO does on one site to a part whose channels have one charge.

    Attributes:
        weights: (B, channels after the site of all pieces, channels of the part).
        pieces: moves and their places among the channels after the site.
    """

    weights: Tensor
    pieces: tuple[tuple[Move, slice], ...]


@dataclass(frozen=True)
class Opened:
    """An operator on one site of strings that have begun before it and end after it.

    Attributes:
        op: its name.
        c: charge of the channels on the left.
        c_out: charge of the channels on the right.
        weights: float64 (B, left channels, right channels), the open ones alone.
    """

    op: str
    c: int
    c_out: int
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
    _known: dict[tuple[int, ...], Any] = field(default_factory=dict, repr=False, compare=False)

    def rightwards(self, i: int, c: int, q: int) -> Moves | None:  # noqa: ARG002
        """Site i behind a left part of channel charge c and initial charge q."""
        return self._gathered(i, True).get(c)

    def leftwards(self, i: int, c: int, q: int) -> Moves | None:  # noqa: ARG002
        """Site i in front of a right part of channel charge c and initial charge q."""
        return self._gathered(i, False).get(c)

    def _gathered(self, i: int, to_right: bool) -> dict[int, Moves]:
        # Sweeps come back to a site many times.
        if (i, to_right) not in self._known:
            by_charge: dict[int, list[Move]] = {}
            for move in self.moves(i):
                by_charge.setdefault(move.c if to_right else move.c_out, []).append(move)
            self._known[i, to_right] = {c: side_by_side(m, to_right) for c, m in by_charge.items()}
        gathered: dict[int, Moves] = self._known[i, to_right]
        return gathered

    def moves(self, i: int) -> list[Move]:
        """Site i by matrix elements: operators that do the same to the charges are added up."""
        sums: dict[tuple[int, int, int, int], Tensor] = {}
        for (op, c), weights in self.sites[i].items():
            c_out = self.qubit.add(c, self.qubit.op_charge(op, i))
            for s_out, s_in, value in self.qubit.elements(op):
                key = (c, c_out, s_in, s_out)
                term = value * weights
                sums[key] = sums[key] + term if key in sums else term
        return [Move(*key, weights) for key, weights in sums.items()]

    def elements(self, opened: Opened, q: int) -> tuple[tuple[int, int, float], ...]:  # noqa: ARG002
        """(final state, initial state, value) of an operator where the initial left charge is q."""
        return self.qubit.elements(opened.op)

    def opened(self, i: int) -> list[Opened]:
        """Site i between the channels that are open on both sides of it."""
        opened = []
        for (op, c), weights in self.sites[i].items():
            c_out = self.qubit.add(c, self.qubit.op_charge(op, i))
            inner = weights[:, 0 if c else 2 :, 0 if c_out else 2 :]
            if inner.any():
                opened.append(Opened(op, c, c_out, inner))
        return opened

    @property
    def batch(self) -> int:
        """Number of Hamiltonians."""
        return len(self.sites[0]["I", 0])

    def rows(self, index: Sequence[int]) -> "Mpo":
        """The Hamiltonians with the given numbers."""
        pick = list(index)
        sites = [{key: weights[pick] for key, weights in site.items()} for site in self.sites]
        return replace(self, sites=sites, _known={})

    def to(self, where: torch.device | str | torch.dtype) -> "Mpo":
        """The same on another device or in another precision."""
        sites = [{key: weights.to(where) for key, weights in site.items()} for site in self.sites]
        return replace(self, sites=sites, _known={})


def side_by_side(moves: list[Move], to_right: bool) -> Moves:
    """Moves of one part as one product of matrices."""
    parts = [move.weights.mT if to_right else move.weights for move in moves]
    ends = np.cumsum([0, *(part.shape[1] for part in parts)]).tolist()
    places = [slice(a, z) for a, z in itertools.pairwise(ends)]
    return Moves(torch.cat(parts, dim=1), tuple(zip(moves, places, strict=True)))


def build_mpo(
    hamiltonians: Sequence[Hamiltonian], sector: Sector, device: torch.device | str = "cpu"
) -> Mpo:
    """Write Hamiltonians of one size as a batch of MPOs.

    Raises:
        ValueError: a string that breaks the symmetry.
    """
    qubit = Qubit.of(sector)
    n = hamiltonians[0].n_sites
    fields, pairs, strings = _collect(hamiltonians, qubit)
    channels: list[dict[int, int]] = [{0: 2} for _ in range(n + 1)]
    entries: list[list[Entry]] = [[] for _ in range(n)]
    for (a, b), coupling in pairs.items():
        charges = _charges(qubit, a, n)
        for charge in dict.fromkeys(charges[coupling.any(axis=(0, 2))].tolist()):
            begun_here = np.where((charges == charge)[:, None], coupling, 0.0)
            _open_channels(qubit, channels, entries, a, b, torch.from_numpy(begun_here))
    _open_strings(qubit, channels, entries, strings)
    sites = [_empty_site(qubit, channels, i, len(hamiltonians)) for i in range(n)]
    for i, site_entries in enumerate(entries):
        for op, charge, row, column, value in site_entries:
            block = _block(sites[i], qubit, channels, i, op, charge, len(hamiltonians))
            block[:, row : row + value.shape[1], column : column + value.shape[2]] += value
    for op, strength in fields.items():
        for i in range(n):
            block = _block(sites[i], qubit, channels, i, op, 0, len(hamiltonians))
            block[:, START, DONE] += torch.from_numpy(strength[:, i])
    used = [{k: v for k, v in s.items() if v.numel() and v.any()} for s in sites]
    return Mpo(qubit, channels, used).to(device)


def _collect(
    hamiltonians: Sequence[Hamiltonian], qubit: Qubit
) -> tuple[dict[str, np.ndarray], dict[tuple[str, str], np.ndarray], dict[String, np.ndarray]]:
    """Field strengths (B, N) by operator, couplings (B, N, N) by pair of operators, and the
    coefficients (B,) of longer strings.
    """
    b, n = len(hamiltonians), hamiltonians[0].n_sites
    fields: dict[str, np.ndarray] = {}
    pairs: dict[tuple[str, str], np.ndarray] = {}
    strings: dict[String, np.ndarray] = {}
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
                    for sites, coefficient in zip(term.sites.tolist(), value, strict=True):
                        key = tuple(zip(ops, sites, strict=True))
                        strings.setdefault(key, np.zeros(b))[row] += coefficient
    for op, strength in fields.items():
        _refuse_broken_symmetry((op,), _charges(qubit, op, n), strength)
    for (a, c), coupling in pairs.items():
        total = [[_total_charge(qubit, ((a, i), (c, j))) for j in (0, 1)] for i in (0, 1)]
        _refuse_broken_symmetry((a, c), np.tile(total, (n, n))[:n, :n], coupling)
    for key, coefficients in strings.items():
        charge = np.array(_total_charge(qubit, key))
        _refuse_broken_symmetry(tuple(op for op, _ in key), charge, coefficients)
    return (
        {k: v for k, v in fields.items() if v.any()},
        {k: v for k, v in pairs.items() if v.any()},
        {k: v for k, v in strings.items() if v.any()},
    )


def _charges(qubit: Qubit, op: str, n: int) -> np.ndarray:
    """By how much op raises the charge on every site, int64 (n,)."""
    return np.array([qubit.op_charge(op, i) for i in range(n)])


def _total_charge(qubit: Qubit, string: String) -> int:
    total = 0
    for op, i in string:
        total = qubit.add(total, qubit.op_charge(op, i))
    return total


def _refuse_broken_symmetry(ops: tuple[str, ...], charge: np.ndarray, values: np.ndarray) -> None:
    if (values * (charge != 0)).any():
        raise ValueError(f"terms {'·'.join(ops)} do not conserve the charge of the sector")


def _open_strings(
    qubit: Qubit,
    channels: list[dict[int, int]],
    entries: list[list[Entry]],
    strings: dict[String, np.ndarray],
) -> None:
    """Add the channels of Σ coefficient · string: one for every rest of a string at a cut."""
    places: dict[tuple[int, String], tuple[int, int]] = {}  # (cut, rest) → charge, place there

    def place(cut: int, rest: String) -> tuple[tuple[int, int], bool]:
        known = (cut, rest) in places
        if not known:
            charge = qubit.subtract(0, _total_charge(qubit, rest))
            count = channels[cut].get(charge, 0)
            places[cut, rest] = charge, count
            channels[cut][charge] = count + 1
        return places[cut, rest], known

    for (first, *others), coefficients in strings.items():
        op, i = first
        rest = tuple(others)
        (charge, at), known = place(i + 1, rest)
        entries[i].append((op, 0, START, at, torch.from_numpy(coefficients)[:, None, None]))
        one = torch.ones((len(coefficients), 1, 1), dtype=torch.float64)
        for j in range(i + 1, others[-1][1] + 1):
            if known:
                break  # somebody else has laid the way to the end
            op, after = (rest[0][0], rest[1:]) if rest[0][1] == j else ("I", rest)
            (next_charge, next_at), known = place(j + 1, after) if after else ((0, DONE), True)
            entries[j].append((op, charge, at, next_at, one))
            charge, at, rest = next_charge, next_at, after


def _open_channels(
    qubit: Qubit,
    channels: list[dict[int, int]],
    entries: list[list[Entry]],
    a: str,
    b: str,
    coupling: Tensor,
) -> None:
    """Add the channels of Σ_{i<j} coupling[:, i, j] a_i b_j; a has one charge on all its sites."""
    batch, n = coupling.shape[0], coupling.shape[1]
    _, starts, stops = torch.nonzero(coupling).unbind(1)
    charge = qubit.op_charge(a, int(starts[0]))
    reach = int((stops - starts).max())
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
        if qubit.op_charge(a, i) == charge:
            entries[i].append((a, 0, START, new_first, begin))
        entries[i].append(("I", charge, first, new_first, shifted @ new.mT))
        if qubit.add(charge, qubit.op_charge(b, i)) == 0:
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
        right = channels[i + 1].get(qubit.add(charge, qubit.op_charge(op, i)), 0)
        site[op, charge] = torch.zeros((b, left, right), dtype=torch.float64)
    return site[op, charge]
