"""A gate on two neighbouring sites of a batch of states, and the truncation behind it.

States are right-canonical, and at every cut the Schmidt values are known. Hastings' form (J. Math.
Phys. 50, 095207 (2009)) needs no inverse of them: with C the two sites behind the gate and Θ = Λ C,
the right singular vectors V of Θ are the new right site and C V the new left one.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from builders.solvers.mps.canonical import Parts
from builders.solvers.mps.charges import Qubit
from builders.solvers.mps.mps import Blocks, Dims, column_parts, fused, rows_of

_GROWTH = 4  # states of one charge that a gate may add, and a share of those that are there
_SHARE = 0.25
_WORTH = 0.8  # part of all states below which it pays to look for the largest alone
_SEED = 2026


@dataclass(frozen=True)
class Cut:
    """What is kept of the states of one cut.

    Attributes:
        bond: bond dimension at most, a row.
        weight: sum of the smallest squared Schmidt values that a row may lose.
    """

    bond: int
    weight: float


@dataclass
class Chain:
    """B states on the way: as `Mps`, with their Schmidt values, which change in place.

    Attributes:
        qubit: local space.
        dims: for every cut 0 … N, charge of the sites on the left → dimension.
        sites: for every site, (left charge, physical state) → complex (B, left, right).
        values: for every cut, charge → Schmidt values, real (B, dimension).
    """

    qubit: Qubit
    dims: list[Dims]
    sites: list[Parts]
    values: list[Blocks]


@dataclass(frozen=True)
class Middle:
    """The states of two sites with one charge between them, as rows and columns of a matrix.

    Attributes:
        rows: physical state of the first site → (left charge, its rows).
        columns: physical state of the second site → (right charge, its columns).
    """

    rows: dict[int, tuple[int, slice]]
    columns: dict[int, tuple[int, slice]]

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of rows and columns."""
        height, width = (max(at.stop for _, at in x.values()) for x in (self.rows, self.columns))
        return height, width


def middles(qubit: Qubit, i: int, left: Dims, right: Dims) -> dict[int, Middle]:
    """Every charge m between the sites i and i + 1 that both sides allow."""
    out = {}
    for m in fused(qubit, i, left):
        rows = {s: (q, slice(a, z)) for s, q, a, z in rows_of(qubit, i, left, m) if z > a}
        columns = {
            t: (qubit.add(m, qubit.charges(i + 1)[t]), slice(a, z))
            for t, a, z in column_parts(qubit, i + 1, right, m)
            if z > a
        }
        if columns:
            out[m] = Middle(rows, columns)
    return out


def two_sites(chain: Chain, i: int, gate: Tensor, between: dict[int, Middle]) -> Blocks:
    """C of the sites i, i + 1 behind the gate: charge m → complex (B, rows, columns)."""
    first, second = chain.sites[i], chain.sites[i + 1]
    factors = [row.unbind(1) for row in gate[:, :, :, None, None].unbind(1)]
    # What is there before the gate, by left charge, right charge, and 2·s + t.
    before: dict[tuple[int, int], dict[int, Tensor]] = {}
    for m, middle in between.items():
        for s, (q, _) in middle.rows.items():
            for t, (r, _) in middle.columns.items():
                if (q, s) in first and (m, t) in second:
                    before.setdefault((q, r), {})[2 * s + t] = first[q, s] @ second[m, t]
    out: Blocks = {}
    for m, middle in between.items():
        block = out[m] = gate.new_empty((len(gate), *middle.shape))
        for s, (q, rows) in middle.rows.items():
            for t, (r, columns) in middle.columns.items():
                at = block[:, rows, columns]
                factor = factors[2 * s + t]
                terms = iter(before.get((q, r), {}).items())
                pair, term = next(terms, (0, None))
                if term is None:
                    at.zero_()
                    continue
                torch.mul(term, factor[pair], out=at)
                for pair, term in terms:
                    at.addcmul_(term, factor[pair])
    return out


def apply_gate(chain: Chain, i: int, gate: Tensor, cut: Cut) -> Tensor:
    """Apply a gate to the sites i, i + 1; what each row lost of its norm squared, (B,)."""
    between = middles(chain.qubit, i, chain.dims[i], chain.dims[i + 2])
    both = two_sites(chain, i, gate, between)
    theta = {m: _weighted(chain.values[i], between[m], c) for m, c in both.items()}
    norm = torch.stack([_weight(t) for t in theta.values()]).sum(0)
    found = {m: _vectors(t, chain.dims[i + 1].get(m, 0), norm, cut) for m, t in theta.items()}
    kept = shared_counts({m: w / norm[:, None] for m, (w, _) in found.items()}, cut)
    chain.dims[i + 1] = {m: count for m, count in kept.items() if count}
    chain.sites[i], chain.sites[i + 1], chain.values[i + 1] = {}, {}, {}
    weight = torch.zeros_like(norm)
    for m, count in chain.dims[i + 1].items():
        weights, vectors = found[m][0][:, -count:], found[m][1][:, :, -count:]
        weight += weights.sum(1)
        left, right = both[m] @ vectors, vectors.mH.resolve_conj()
        for s, (q, rows) in between[m].rows.items():
            chain.sites[i][q, s] = left[:, rows]
        for t, (_, columns) in between[m].columns.items():
            chain.sites[i + 1][m, t] = right[:, :, columns]
        chain.values[i + 1][m] = weights.sqrt()
    for m in chain.dims[i + 1]:
        chain.values[i + 1][m] = chain.values[i + 1][m] / weight.sqrt()[:, None]
    return (norm - weight) / norm


def shared_counts(weights: Blocks, cut: Cut) -> dict[int, int]:
    """How many states of each charge are kept, for all rows the same.

    A row needs its largest up to the bond, without the smallest that weigh no more than `cut`
    together; of each charge as many are kept as the row that needs most of them.

    Args:
        weights: charge → squared Schmidt values, rising, real (B, states).
        cut: what a row may lose.
    """
    flat = torch.cat(list(weights.values()), dim=1)
    order = flat.sort(dim=1)
    needed = order.values.cumsum(1) > cut.weight
    if flat.shape[1] > cut.bond:
        needed[:, : flat.shape[1] - cut.bond] = False
    wanted = torch.zeros_like(needed).scatter(1, order.indices, needed)
    parts = torch.split(wanted, [w.shape[1] for w in weights.values()], dim=1)
    return {m: int(part.sum(1).max()) for m, part in zip(weights, parts, strict=True)}


def _weighted(values: Blocks, middle: Middle, c: Tensor) -> Tensor:
    """Rows times the Schmidt values of the cut on the left."""
    left = torch.cat([values[q] for q, _ in middle.rows.values()], dim=1)
    return left[:, :, None] * c


def _weight(block: Tensor) -> Tensor:
    norm: Tensor = torch.linalg.vector_norm(block, dim=(1, 2))
    return norm.square()


def _vectors(theta: Tensor, before: int, norm: Tensor, cut: Cut) -> tuple[Tensor, Tensor]:
    """Squared singular values, rising, and right singular vectors, (B, k) and (B, columns, k).

    Where few of them are needed they are looked for in the images of as many random vectors
    (Halko, Martinsson, Tropp, SIAM Rev. 53, 217 (2011)) and the weight outside is measured.
    """
    rows, columns = theta.shape[1:]
    few = before + _GROWTH + int(_SHARE * before)
    if few < _WORTH * min(rows, columns):
        generator = torch.Generator().manual_seed(_SEED)
        shape = (rows, few)
        probe = torch.randn(shape, generator=generator, dtype=norm.dtype).to(theta.dtype)
        basis = torch.linalg.qr(theta.mH @ probe)[0]
        weights, vectors = _largest(theta @ basis)
        missed = (_weight(theta) - weights.sum(1)) / norm
        if bool((missed <= 0.1 * cut.weight).all()):
            return weights, basis @ vectors
    if rows < columns:
        basis = torch.linalg.qr(theta.mH)[0]
        weights, vectors = _largest(theta @ basis)
        return weights, basis @ vectors
    return _largest(theta)


def _largest(theta: Tensor) -> tuple[Tensor, Tensor]:
    weights, vectors = torch.linalg.eigh(theta.mH @ theta)
    return weights.clamp(min=0.0), vectors
