"""Expectation values of Pauli strings in matrix product states, all states of a batch at once.

A string is one walk from its first site to its last. What lies to the left is the density matrix
of the bond, what lies to the right is closed by an identity, as the sites are right-canonical.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from builders.core.threads import one_thread
from builders.physics.phase import PauliString
from builders.solvers.mps.charges import Qubit
from builders.solvers.mps.measure import densities
from builders.solvers.mps.mps import Blocks, Mps

if TYPE_CHECKING:
    from builders.solvers.dmrg.batch import Batch

# Charge of the bra and of the ket → (B, d', d).
Walker = dict[tuple[int, int], Tensor]
# Final state, initial state, value.
Elements = tuple[tuple[int, int, float], ...]


@torch.no_grad()
def expectations(batch: "Batch", strings: Sequence[PauliString]) -> NDArray[np.float64]:
    """Expectation values of S strings in the B states of a batch, float64 (B, S)."""
    out = np.empty((len(batch.energy), len(strings)))
    if strings:
        for rows, state in batch.groups:
            with one_thread():
                out[list(rows)] = string_values(state, strings).cpu().numpy()
    return out


def string_values(
    state: Mps, strings: Sequence[PauliString], rho: Sequence[Blocks] | None = None
) -> Tensor:
    """⟨Π_m letters[m] on sites[m]⟩ of every string, (B, S).

    A string that changes the charge of the sector has the expectation value 0, and so has one
    with an odd number of Y, because the states are real.

    Args:
        state: B states.
        strings: at least one; sites increase along each.
        rho: the density matrices `measure.densities(state)`, if they are known.

    Raises:
        ValueError: letters other than X, Y, Z, or sites that do not increase or do not exist.
    """
    left = densities(state) if rho is None else rho
    return torch.stack([_string_value(state, left, *string) for string in strings], dim=1)


def _string_value(
    state: Mps, rho: Sequence[Blocks], letters: str, sites: tuple[int, ...]
) -> Tensor:
    _check(letters, sites, state.n_sites)
    zero = next(iter(rho[0].values())).new_zeros(state.batch)
    if letters.count("Y") % 2:
        return zero
    at = dict(zip(sites, letters, strict=True))
    walker: Walker = {(q, q): block for q, block in rho[sites[0]].items()}
    for i in range(sites[0], sites[-1] + 1):
        walker = _step(state, i, walker, _elements(state.qubit, at.get(i)))
    traces = [b.diagonal(dim1=1, dim2=2).sum(1) for (bra, ket), b in walker.items() if bra == ket]
    # Y = −i (iY), of which `_elements` takes the real iY.
    sign = (-1.0) ** (letters.count("Y") // 2)
    return sign * torch.stack([zero, *traces]).sum(0)


def _check(letters: str, sites: tuple[int, ...], n_sites: int) -> None:
    good = letters and not set(letters) - set("XYZ") and len(letters) == len(sites)
    if not good or list(sites) != sorted(set(sites)) or sites[0] < 0 or sites[-1] >= n_sites:
        raise ValueError(f"{letters!r} on {sites}: letters X, Y, Z on increasing sites of 0..N-1")


def _elements(qubit: Qubit, letter: str | None) -> Elements:
    """Matrix elements of a letter in the stored basis, of the identity without one; Y as iY."""
    if letter is None:
        return qubit.elements("I")
    return tuple(
        (out, into, factor * value)
        for (op,), factor in qubit.expand(letter).items()
        for out, into, value in qubit.elements(op)
    )


def _step(state: Mps, i: int, walker: Walker, elements: Elements) -> Walker:
    """The walker carried over site i."""
    parts = state.parts(i)
    moved: Walker = {}
    for (bra_charge, ket_charge), block in walker.items():
        for s_out, s_in, value in elements:
            bra, ket = parts.get((bra_charge, s_out)), parts.get((ket_charge, s_in))
            if bra is None or ket is None:
                continue
            charges = state.qubit.charges(i)
            key = (
                state.qubit.add(bra_charge, charges[s_out]),
                state.qubit.add(ket_charge, charges[s_in]),
            )
            term = value * (bra.mT @ block @ ket)
            moved[key] = moved[key] + term if key in moved else term
    return moved
