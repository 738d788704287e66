"""Windows of a chain evolved exactly from a product state, each site and pair read in its own."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from builders.physics.hamiltonian import Hamiltonian, PauliTerms

Floats = NDArray[np.float64]

_PAULIS = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
_BOTH = np.stack([np.kron(p, p) for p in _PAULIS])


def window(whole: Hamiltonian, start: int, length: int) -> Hamiltonian:
    """The terms inside sites start, …, start + length − 1, counted from the first of these."""
    terms = []
    for term in whole.terms:
        inside = ((term.sites >= start) & (term.sites < start + length)).all(axis=1)
        terms.append(PauliTerms(term.paulis, term.sites[inside] - start, term.coefficients[inside]))
    return Hamiltonian(length, tuple(terms))


def labels(whole: Hamiltonian, spins: Floats, times: Floats, length: int) -> dict[str, Floats]:
    """Labels of a chain at some times, from windows.

    A site or pair is read in the window in whose middle it lies. Of a pair that is the connected
    correlation alone, to which the product of both sites, each in its own window, is added: sites
    of a distant pair are near the ends of their window. Sites further apart than a window are taken
    as uncorrelated, as they are until their light cones meet.

    Args:
        whole: H of N sites.
        spins: float64 (N,), ⟨Z_i⟩ = ±1 of the initial state.
        times: float64 (T,), from 0, rising.
        length: sites of a window, at most N.

    Returns:
        `magnetization` (T, N), `correlation` (T, N, N), `renyi2` (T, N − 1), float64.
    """
    from builders.solvers.evolution.vectors import evolved_from, product_vector

    n = whole.n_sites
    letters = np.empty((3, len(times), n))
    connected = np.zeros((len(times), n, n))
    renyi2 = np.empty((len(times), n - 1))
    for start in range(n - length + 1):
        states = evolved_from(
            window(whole, start, length), product_vector(spins[start : start + length]), times
        )
        ones = [_density(states, (k,)) for k in range(length)]
        here = np.stack([np.einsum("tab,pba->pt", one, _PAULIS).real for one in ones], axis=2)
        for i, j in _read_in(start, n, length):
            if i == j:
                letters[:, :, i] = here[:, :, i - start]
                continue
            two = _density(states, (i - start, j - start))
            value = np.einsum("tab,pba->t", two, _BOTH).real
            value -= (here[:, :, i - start] * here[:, :, j - start]).sum(axis=0)
            connected[:, i, j] = connected[:, j, i] = value
            if j == i + 1:
                renyi2[:, i] = -np.log2((np.abs(two) ** 2).sum(axis=(1, 2)))
    correlation = (np.einsum("pti,ptj->tij", letters, letters) + connected) / 3.0
    correlation[:, range(n), range(n)] = 1.0
    return {
        "magnetization": letters[2],
        "correlation": correlation,
        "renyi2": renyi2.clip(0.0),
    }


def _read_in(start: int, n: int, length: int) -> Iterator[tuple[int, int]]:
    """Sites (i, i) and pairs i < j whose window, the one around their middle, begins here."""
    for i in range(start, start + length):
        for j in range(i, start + length):
            # Clipped to the chain it still holds both: a window is no shorter than j − i + 1.
            first = (i + j + 1 - length) // 2
            if min(max(first, 0), n - length) == start:
                yield i, j


def _density(states: NDArray[np.complex128], sites: tuple[int, ...]) -> NDArray[np.complex128]:
    """Reduced density matrices complex128 (T, D, D) of some sites of states (T, 2^L)."""
    n_sites = states.shape[1].bit_length() - 1
    tensor = states.reshape(len(states), *(2,) * n_sites)
    front = np.moveaxis(tensor, [s + 1 for s in sites], range(1, len(sites) + 1))
    matrix = front.reshape(len(states), 2 ** len(sites), -1)
    return np.asarray(matrix @ matrix.conj().mT)
