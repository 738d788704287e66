"""Exact diagonalisation of up to 14 qubits in a symmetry sector: the oracle of other solvers."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, eigsh

from builders.core.errors import RequestError, WorkError
from builders.physics.hamiltonian import SAME_ENERGY, Hamiltonian, Sector
from builders.solvers.exact.davidson import two_lowest
from builders.solvers.exact.state_vector import StateVector, string_masks, string_signs

__all__ = ["MAX_SITES", "StateVector", "exact_ground_state", "matrix", "sector_basis"]

MAX_SITES = 14
"""Largest system: 2^14 amplitudes."""

RESIDUAL = 1e-10
"""Largest ‖Hψ − Eψ‖ of an accepted state, in units of Σ|coefficients|."""

DEGENERATE = 1e-9
"""Gaps below this, in units of Σ|coefficients|, count as none: the state would be known to worse
than about 1e-16 / 1e-9 = 1e-7."""

_DENSE = 1000
_SPREAD = 30.0  # of the diagonal, in energy units, above which Lanczos is the slower method
_ENERGY = 1e-11  # largest residual where only an energy is asked, in units of Σ|coefficients|

_Csr = sparse.csr_array[np.float64]
_Floats = NDArray[np.float64]


def exact_ground_state(h: Hamiltonian, sector: Sector | Sequence[Sector]) -> StateVector:
    """The ground state of `h` in `sector`, or in the lowest of several sectors.

    Args:
        h: at most 14 qubits.
        sector: conserved by `h`. Of several, whose energies agree within `SAME_ENERGY`, the first
            is taken.

    Returns:
        The state on all 2^N amplitudes; the first one above half of the largest is positive.

    Raises:
        RequestError: too many sites, a sector that is empty or not conserved, a ground level
            that is degenerate inside the sector.
        WorkError: the eigensolver's residual is too large.
    """
    if h.n_sites > MAX_SITES:
        raise RequestError(
            f"{h.n_sites} sites given; exact diagonalisation takes at most {MAX_SITES}. "
            "Use the DMRG solver."
        )
    # In units of H, because Lanczos takes numbers near the ends of the float range for converged.
    scale = h.scale or 1.0
    unit = h.normalised() if h.scale else h
    full = matrix(unit)
    norm = max(sum(float(np.abs(t.coefficients).sum()) for t in unit.terms), 1e-300)
    given = (sector,) if isinstance(sector, Sector) else sector
    choices = list(dict.fromkeys(choice for one in given for choice in one.choices()))
    bases = [sector_basis(h.n_sites, choice) for choice in choices]
    spaces = [_reduced(full, *pair, norm) for pair in zip(bases, choices, strict=True)]
    won = 0
    if len(spaces) > 1:
        energies = np.array([_lowest_energy(space, norm) for space in spaces])
        won = int(np.argmax(energies <= energies.min() + SAME_ENERGY * h.n_sites))
    small, gap = _lowest(spaces[won], norm)
    if gap < DEGENERATE * norm:
        raise RequestError(
            f"the ground level is degenerate in {choices[won]} (gap {gap * scale:.1e}): no unique "
            "state. Choose a finer sector or other parameters."
        )
    vector = np.asarray(bases[won] @ small)
    # Symmetric states have several largest amplitudes, whose order is rounding: take the first.
    large = np.argmax(np.abs(vector) > 0.5 * np.abs(vector).max())
    vector *= np.sign(vector[large]) / np.linalg.norm(vector)
    image = np.asarray(full @ vector)
    energy = float(vector @ image)
    residual = float(np.linalg.norm(image - energy * vector))
    if residual > RESIDUAL * norm:
        raise WorkError(f"exact diagonalisation did not converge: residual {residual:.1e}.")
    state = StateVector(energy * scale, (residual * scale) ** 2, gap * scale, vector)
    return replace(state, sector=choices[won])


def _reduced(full: _Csr, basis: _Csr, sector: Sector, norm: float) -> _Csr:
    """H in the basis of a sector."""
    reduced = (basis.T @ full @ basis).tocsr()
    if abs(full @ basis - basis @ reduced).max() > 1e-12 * norm:
        raise RequestError(f"H does not conserve {sector}. Choose a symmetry that commutes with H.")
    return reduced


def matrix(h: Hamiltonian) -> _Csr:
    """H as a sparse float64 (2^N, 2^N) array; site 0 is the most significant bit."""
    states = np.arange(2**h.n_sites)
    diagonals: dict[int, NDArray[np.float64]] = {}
    for term in h.terms:
        for sites, coefficient in zip(term.sites, term.coefficients, strict=True):
            flips, signs = string_masks(term.paulis, sites, h.n_sites)
            values = coefficient * string_signs(term.paulis, signs, states)
            diagonals[flips] = diagonals.get(flips, 0.0) + values
    if not diagonals:
        return sparse.csr_array((states.size, states.size), dtype=np.float64)
    rows = np.concatenate([states ^ flips for flips in diagonals])
    entries = np.concatenate(list(diagonals.values()))
    columns = np.tile(states, len(diagonals))
    return sparse.csr_array((entries, (rows, columns)), shape=(states.size, states.size))


def sector_basis(n_sites: int, sector: Sector) -> _Csr:
    """Orthonormal basis of the sector as the columns of a sparse float64 (2^N, dimension) array.

    Raises:
        RequestError: no state of `n_sites` qubits lies in the sector.
    """
    states = np.arange(2**n_sites)
    if sector.kind in ("parity", "sublattice_parity"):
        flips = {states.size - 1: sector.value}
        if sector.odd is not None:
            masks = [sum(1 << (n_sites - 1 - i) for i in range(k, n_sites, 2)) for k in (0, 1)]
            flips = dict(zip(masks, (sector.value, sector.odd), strict=True))
        # The first site of every mask is up in the representatives of the orbits of the flips.
        first = states[: states.size >> len(flips)]
        rows, weights = first, np.full(first.size, np.sqrt(0.5 ** len(flips)))
        for mask, sign in flips.items():
            rows = np.concatenate([rows, rows ^ mask])
            weights = np.concatenate([weights, sign * weights])
        columns = np.tile(first, 2 ** len(flips))
    else:
        magnetization = n_sites - 2 * np.bitwise_count(states).astype(np.int64)
        value = {"none": np.zeros_like(states), "magnetization": magnetization}.get(
            sector.kind, 1 - 2 * (np.bitwise_count(states).astype(np.int64) % 2)
        )
        rows = states[value == sector.value]
        weights, columns = np.ones(rows.size), np.arange(rows.size)
    if not rows.size:
        raise RequestError(
            f"no state of {n_sites} qubits has magnetization {sector.value}. "
            f"Allowed: {-n_sites}, {2 - n_sites}, ..., {n_sites}."
        )
    return sparse.csr_array((weights, (rows, columns)), shape=(states.size, columns.max() + 1))


def _lowest_energy(h: _Csr, norm: float) -> float:
    """The lowest level of a symmetric array."""
    if h.shape[0] <= _DENSE:
        return float(np.linalg.eigvalsh(h.toarray())[0])
    if np.ptp(h.diagonal()) > _SPREAD:
        return float(two_lowest(h, _ENERGY * norm)[0][0])
    start = np.random.default_rng(0).standard_normal(h.shape[0])
    return float(eigsh(h, k=1, which="SA", v0=start, return_eigenvectors=False)[0])


def _lowest(h: _Csr, norm: float) -> tuple[_Floats, float]:
    """Ground vector and gap of a symmetric array whose norm is at most `norm`."""
    dimension = h.shape[0]
    if dimension <= _DENSE:
        values, vectors = np.linalg.eigh(h.toarray())
        return vectors[:, 0], float(values[1] - values[0]) if dimension > 1 else np.inf
    if np.ptp(h.diagonal()) > _SPREAD:
        values, vectors = two_lowest(h, min(1e-12 * norm, 1e-10))
        return vectors[:, 0], float(values[1] - values[0])
    rng = np.random.default_rng(0)
    _, ground = eigsh(h, k=1, which="SA", v0=rng.standard_normal(dimension))
    psi = ground[:, 0] / np.linalg.norm(ground[:, 0])

    # One Lanczos run sees one vector of a degenerate level. The level above is found by a second
    # run with the ground state lifted out of the way.
    def lifted(x: _Floats) -> _Floats:
        x = x.ravel()
        return np.asarray(h @ x + 2.0 * norm * (psi @ x) * psi)

    operator = LinearOperator(h.shape, matvec=lifted, dtype=np.float64)
    start = rng.standard_normal(dimension)
    _, other = eigsh(operator, k=1, which="SA", v0=start)
    # What the two runs left of each other in close levels is undone in their plane.
    plane = np.linalg.qr(np.stack([psi, other[:, 0]], axis=1))[0]
    values, turn = np.linalg.eigh(plane.T @ np.asarray(h @ plane))
    return plane @ turn[:, 0], float(values[1] - values[0])
