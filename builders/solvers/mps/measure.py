"""Labels of a batch of matrix product states: correlators and entropies.

Everything is one walk along the chain with block-sparse batched products. Sites to the right of
the walker are right-canonical, so that whatever has been passed is closed by an identity. States
are real or complex; an operator between two bond states has the one of the bra first.
"""

import torch
from torch import Tensor

from builders.solvers.mps.charges import Qubit
from builders.solvers.mps.mps import Blocks, Mps

_PAIRS = ("XX", "YY", "ZZ")
# An operator whose elements are all below adds less than single precision shows to any label.
_NOTHING = 1e-11
_LOOK = 4  # sites between two looks for such operators


def densities(state: Mps) -> list[Blocks]:
    """Left density matrices at every cut 0 … N, charge → (B, d, d), in the basis of the bond."""
    qubit = state.qubit
    one = next(iter(state.sites[0].values())).new_ones((state.batch, 1, 1))
    out: list[Blocks] = [{0: one}]
    for i in range(state.n_sites):
        new: Blocks = {}
        for (q, s), a in state.parts(i).items():
            part = a.mH @ (out[-1][q] @ a)
            charge = qubit.add(q, qubit.charges(i)[s])
            new[charge] = new[charge] + part if charge in new else part
        out.append(new)
    return out


def block_entropies(rho: list[Blocks]) -> Tensor:
    """Rényi-2 entropy in bits of the left block at each of the N−1 cuts, (B, N−1)."""
    purity = [torch.stack([_squares(b).sum((1, 2)) for b in r.values()]).sum(0) for r in rho[1:-1]]
    return -torch.log2(torch.stack(purity, dim=1))


def _squares(values: Tensor) -> Tensor:
    """|value|², real."""
    if values.is_complex():
        return values.real.square() + values.imag.square()
    return values.square()


# (s, t, u, v) → ⟨s t|ρ|u v⟩ of two neighbouring sites, (B,); those that are not there are 0.
PairDensity = dict[tuple[int, int, int, int], Tensor]


def pair_entropies(state: Mps, rho: list[Blocks]) -> Tensor:
    """Rényi-2 entropy in bits of the neighbours (a, a+1), (B, N−1)."""
    return entropies_of(pair_densities(state, rho))


def entropies_of(pairs: list[PairDensity]) -> Tensor:
    """Rényi-2 entropy in bits of each pair, (B, pairs)."""
    purity = [_squares(torch.stack(list(pair.values()))).sum(0) for pair in pairs]
    return -torch.log2(torch.stack(purity, dim=1))


def pair_densities(state: Mps, rho: list[Blocks]) -> list[PairDensity]:
    """Density matrices of the neighbours (a, a+1), in the stored basis."""
    qubit = state.qubit
    out: list[PairDensity] = []
    for i in range(state.n_sites - 1):
        second = state.parts(i + 1)
        blocks: dict[tuple[int, int, int], Tensor] = {}
        for (q, s), a in state.parts(i).items():
            for t in (0, 1):
                b = second.get((qubit.add(q, qubit.charges(i)[s]), t))
                if b is not None:
                    blocks[q, s, t] = a @ b
        elements: PairDensity = {}
        for (q, s, t), ket in blocks.items():
            weighted = rho[i][q] @ ket
            for (p, u, v), bra in blocks.items():
                same = _sum(qubit, i, s, t) == _sum(qubit, i, u, v)
                if p == q and same:
                    value = (bra.conj() * weighted).sum((1, 2))
                    key = (s, t, u, v)
                    elements[key] = elements[key] + value if key in elements else value
        out.append(elements)
    return out


def _sum(qubit: Qubit, i: int, s: int, t: int) -> int:
    return qubit.add(qubit.charges(i)[s], qubit.charges(i + 1)[t])


def pauli_pairs(state: Mps, rho: list[Blocks]) -> dict[str, Tensor]:
    """⟨X_iX_j⟩, ⟨Y_iY_j⟩ and ⟨Z_iZ_j⟩ as symmetric (B, N, N) matrices with unit diagonal."""
    products = {p: _products(state.qubit, p) for p in _PAIRS}
    keys = {key for terms in products.values() for key in terms}
    known = {key: _correlator(state, rho, *key) for key in sorted(keys)}
    shape = (state.batch, state.n_sites, state.n_sites)
    nothing = rho[0][0].real.new_zeros(shape)
    return {
        paulis: _symmetric(sum((factor * known[key] for key, factor in terms.items()), nothing))
        for paulis, terms in products.items()
    }


def correlation(state: Mps, rho: list[Blocks]) -> Tensor:
    """C_ij = ⟨X_iX_j + Y_iY_j + Z_iZ_j⟩/3, (B, N, N), C_ii = 1."""
    weights: dict[tuple[str, str], float] = {}
    for paulis in _PAIRS:
        for key, factor in _products(state.qubit, paulis).items():
            weights[key] = weights.get(key, 0.0) + factor / 3.0
    parts = [_correlator(state, rho, *key).mul_(w) for key, w in sorted(weights.items()) if w]
    total = parts[0]
    for part in parts[1:]:
        total += part
    return _symmetric(total)


def isotropic_correlation(state: Mps, rho: list[Blocks]) -> Tensor:
    """`correlation` of states of total spin 0 or ½, exactly: ⟨Z_iZ_j⟩, at half the cost."""
    return _symmetric(_correlator(state, rho, "Z", "Z"))


def _products(qubit: Qubit, paulis: str) -> dict[tuple[str, str], float]:
    """A product of two Pauli letters as a sum of those products of operators that do not vanish."""
    out: dict[tuple[str, str], float] = {}
    for (a, b), factor in qubit.expand(paulis).items():
        if qubit.add(qubit.op_charge(a, 0), qubit.op_charge(b, 0)):
            continue  # vanishes in a sector
        # The real part of ⟨a_i b_j⟩ is that of ⟨a†_i b†_j⟩: S+S− serves for S−S+.
        key = ("S+", "S-") if a == "S-" else (a, b)
        out[key] = out.get(key, 0.0) + factor
    return out


def _symmetric(upper: Tensor) -> Tensor:
    return upper + upper.mT + torch.eye(upper.shape[-1], dtype=upper.dtype, device=upper.device)


def _correlator(state: Mps, rho: list[Blocks], a: str, b: str) -> Tensor:
    """The real part of ⟨a_i b_j⟩ for all i < j, (B, N, N) with zeros elsewhere."""
    shifts = sorted({state.qubit.op_charge(a, i) for i in (0, 1)})
    first, *others = (_correlator_of(state, rho, a, b, shift) for shift in shifts)
    for other in others:
        first += other
    return first.real if first.is_complex() else first


def _correlator_of(state: Mps, rho: list[Blocks], a: str, b: str, shift: int) -> Tensor:
    """⟨a_i b_j⟩ for all i < j at which a raises the charge by `shift` and b lowers it again.

    Operators a on the sites passed so far travel together: open[q] is (B, d', sites, d) with the
    final charge q + shift. Those that conserve the charge travel without their mean, so that all
    of them fade with the distance; the first ones are left behind when nothing remains of them.
    """
    qubit, n = state.qubit, state.n_sites
    result = rho[0][0].new_zeros((state.batch, n, n))
    mean = result.new_zeros((state.batch, n))
    open_: Blocks = {}
    first = 0
    for j in range(n):
        parts = state.parts(j)
        closes = qubit.add(shift, qubit.op_charge(b, j)) == 0
        for q, block in open_.items() if closes else ():
            closing = _closing(qubit, parts, q, shift, b)
            if closing is not None:
                result[:, first:j, j] += torch.einsum("bxiy,bxy->bi", block, closing)
        moved = _carried(qubit, j, parts, open_, shift)
        begun = _begun(qubit, j, parts, rho[j], a) if qubit.op_charge(a, j) == shift else {}
        if shift == 0:
            mean[:, j] = _trace(begun)
            begun = _less(begun, mean[:, j], rho[j + 1])
        open_ = _joined(moved, begun, j - first)
        if open_ and j % _LOOK == 0:
            faded = _faded(open_)
            open_ = {q: block[:, :, faded:] for q, block in open_.items()}
            first += faded
    if shift == 0:
        result += torch.triu(mean[:, :, None] * mean[:, None], diagonal=1)
    return result


def _trace(begun: Blocks) -> Tensor:
    return torch.stack([x[:, :, 0].diagonal(dim1=1, dim2=2).sum(1) for x in begun.values()]).sum(0)


def _less(begun: Blocks, mean: Tensor, rho: Blocks) -> Blocks:
    """An operator without its mean, behind the density matrix of the sites up to its own."""
    out = {q: -mean[:, None, None, None] * weight[:, :, None] for q, weight in rho.items()}
    for q, block in begun.items():
        out[q] += block
    return out


def _faded(open_: Blocks) -> int:
    """How many of the first operators have vanished in all rows."""
    largest = torch.stack([block.abs().amax((0, 1, 3)) for block in open_.values()]).amax(0)
    return int((largest.cummax(0).values < _NOTHING).sum())


def _closing(
    qubit: Qubit, parts: dict[tuple[int, int], Tensor], q: int, shift: int, b: str
) -> Tensor | None:
    """Σ over elements of b: bra block times ket block, (B, d', d)."""
    total: Tensor | None = None
    for s_out, s_in, value in qubit.elements(b):
        bra, ket = parts.get((qubit.add(q, shift), s_out)), parts.get((q, s_in))
        if bra is not None and ket is not None:
            term = value * (bra.conj() @ ket.mT)
            total = term if total is None else total + term
    return total


def _carried(
    qubit: Qubit, j: int, parts: dict[tuple[int, int], Tensor], open_: Blocks, shift: int
) -> Blocks:
    """The open operators carried over site j."""
    moved: Blocks = {}
    for q, block in open_.items():
        for s in (0, 1):
            bra, ket = parts.get((qubit.add(q, shift), s)), parts.get((q, s))
            if bra is None or ket is None:
                continue
            batch, d_out, count, d_in = block.shape
            half = (block.reshape(batch, d_out * count, d_in) @ ket).reshape(batch, d_out, -1)
            term = (bra.mH @ half).reshape(batch, bra.shape[2], count, ket.shape[2])
            charge = qubit.add(q, qubit.charges(j)[s])
            moved[charge] = moved[charge] + term if charge in moved else term
    return moved


def _begun(
    qubit: Qubit, j: int, parts: dict[tuple[int, int], Tensor], rho: Blocks, a: str
) -> Blocks:
    """The operator a on site j, behind the density matrix of the sites before."""
    fresh: Blocks = {}
    for s_out, s_in, value in qubit.elements(a):
        for q, weight in rho.items():
            bra, ket = parts.get((q, s_out)), parts.get((q, s_in))
            if bra is None or ket is None:
                continue
            term = value * (bra.mH @ (weight @ ket))[:, :, None]
            charge = qubit.add(q, qubit.charges(j)[s_in])
            fresh[charge] = fresh[charge] + term if charge in fresh else term
    return fresh


def _joined(moved: Blocks, fresh: Blocks, passed: int) -> Blocks:
    """Both side by side; `passed` operators were open, in a cut bond perhaps none of them lives."""
    out: Blocks = {}
    for q in {**moved, **fresh}:
        old, new = moved.get(q), fresh.get(q)
        if old is None:
            assert new is not None
            old = new.new_zeros((new.shape[0], new.shape[1], passed, new.shape[3]))
        if new is None:
            new = old.new_zeros((old.shape[0], old.shape[1], 1, old.shape[3]))
        out[q] = torch.cat([old, new], dim=2)
    return out
