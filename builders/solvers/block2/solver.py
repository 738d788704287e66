"""Ground states by block2, an independent DMRG, handed over as our matrix product states.

block2 (Zhai et al., JCP 159, 234801 (2023)) is the extra `block2`. It finds the state: energy,
labels and shots are computed from it by the code that serves our own solver, so that the two check
each other. So is the variance, unless the state is one of multiplets, see
`builders.solvers.block2.square`.

Its spins have the charge 2 S_z = Z, +1 first, and its sites go from left to right like ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from builders import families
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.core.threads import one_thread
from builders.physics.hamiltonian import Hamiltonian, Sector
from builders.solvers.block2.session import session, tensors_of
from builders.solvers.block2.spin import spin_terms, without_last_spin, without_su2
from builders.solvers.block2.square import Moments, certified, moments
from builders.solvers.dmrg.batch import Batch
from builders.solvers.dmrg.mpo import build_mpo
from builders.solvers.dmrg.variance import energy_and_variance
from builders.solvers.mps.canonical import Parts, right_canonical, stacked

_SEED = 20250519
# Noise on the first half sweeps of a random start: it adds the charges that the start lacks.
_NOISES = (1e-3, 1e-4, 1e-4, 1e-5, 1e-5)
_PILOT_HALF_SWEEPS = 12
STATES = 4
"""States for each multiplet at equal label errors, on a 4 × 5 lattice."""
_WARM_HALF_SWEEPS = 2

_WARM_START, _ROW = "WARM_START", "ROW"  # names of states in the scratch folder


@dataclass(frozen=True)
class Precision:
    """When block2 has done enough at one bond.

    Attributes:
        cutoff: eigenvalues of the density matrix that are cut off.
        threshold: squared residual of the local problem. It is absolute, and H has the largest
            coefficient 1.
        steps: Davidson steps at most.
    """

    cutoff: float
    threshold: float
    steps: int


WARM = Precision(cutoff=1e-10, threshold=1e-9, steps=4)
STRONG = Precision(cutoff=1e-12, threshold=1e-13, steps=12)
COLD = Precision(cutoff=1e-10, threshold=1e-9, steps=20)
REFERENCE = Precision(cutoff=1e-14, threshold=1e-13, steps=30)


@dataclass(frozen=True)
class WarmStart:
    """A state that rows start from.

    Attributes:
        n_sites: number of sites N.
        sector: the sector that it is in.
        spin: twice the total spin, where the state is kept in multiplets.
        files: name → content of the files in which block2 keeps it.
    """

    n_sites: int
    sector: Sector
    spin: int | None
    files: dict[str, bytes] = field(repr=False)


def solve_block2(
    hamiltonians: Sequence[Hamiltonian],
    sector: Sector,
    *,
    bond: int,
    half_sweeps: int = _WARM_HALF_SWEEPS,
    warm_start: WarmStart | None = None,
    precision: Precision | None = None,
    stack: bool = False,
    spin: int | None = None,
) -> Batch:
    """Ground states of Hamiltonians of one size.

    A row's state depends, bit for bit, on its Hamiltonian and the arguments, not on other rows.
    One process runs one call at a time: block2 keeps its memory and scratch folder in globals.

    Args:
        hamiltonians: sums of Z_i, Z_i Z_j and X_i X_j + Y_i Y_j.
        sector: a magnetization.
        bond: bond dimension at most; with a total spin, multiplets at most.
        half_sweeps: even number of half sweeps, all of which are done.
        warm_start: where every row starts; without one it is a random state, with noise on the
            first half sweeps but not on the last two.
        precision: default `WARM` with a warm start and `COLD` without.
        stack: put all rows into one group, in which labels take less time, and their last bits
            depend on the other rows; otherwise every row is a group.
        spin: twice the total spin of the ground states, 0 or 1, if it is known to be that of all
            Hamiltonians, which are isotropic. The sector is that of its largest S_z.

    Raises:
        RequestError: block2 is not installed; a sector or a term that this solver does not have.
        WorkError: the state that block2 handed over is not normalised, or has another energy.
    """
    if sector.kind != "magnetization":
        raise RequestError(
            f"sector {sector.kind!r}: the solver block2 takes Hamiltonians that conserve the "
            "magnetization. `--solver torch` has the other sectors."
        )
    if half_sweeps < 2 or half_sweeps % 2:
        raise ValueError(f"{half_sweeps=}: an even number brings the centre back to site 0")
    n_sites = hamiltonians[0].n_sites
    if warm_start is not None and (warm_start.n_sites, warm_start.sector, warm_start.spin) != (
        n_sites,
        sector,
        spin,
    ):
        raise ValueError(f"{warm_start=} is not for {n_sites} sites in {sector} with {spin=}")
    if spin is not None and (spin not in (0, 1) or spin != sector.value):
        raise ValueError(f"{spin=}: 0 or 1, and the magnetization of {sector}")
    scaled = [h.normalised() for h in hamiltonians]
    with session(n_sites, sector, spin) as driver:
        if warm_start is not None:
            for name, content in warm_start.files.items():
                (Path(driver.scratch) / name).write_bytes(content)
        run = partial(
            _optimised,
            driver,
            name=_ROW,
            start=_WARM_START if warm_start else None,
            bond=bond,
            half_sweeps=half_sweeps,
            precision=precision or (WARM if warm_start else COLD),
            spin=spin,
        )
        handed_over = [_handed_over(driver, run(h), h, spin) for h in scaled]
    with one_thread():
        states = [right_canonical(sites, sector) for sites, _ in handed_over]
        rows = tuple(range(len(states)))
        groups = ((rows, stacked(states)),) if stack else tuple(((k,), states[k]) for k in rows)
        energy, variance = np.empty(len(rows)), np.empty(len(rows))
        correlation = None if spin is None else np.empty((len(rows), n_sites, n_sites))
        for numbers, state in groups:
            at = list(numbers)
            if correlation is None:
                mpo = build_mpo([scaled[k] for k in at], sector)
                energies, variances = energy_and_variance(state, mpo)
            else:
                couplings = np.stack([_couplings(scaled[k])["XX"] for k in at])
                known = [m for k in at if (m := handed_over[k][1]) is not None]
                energies, variances, pairs = certified(state, couplings, known)
                correlation[at] = pairs.numpy()
            energy[at], variance[at] = energies.numpy(), variances.numpy()
    scale = np.array([h.scale for h in hamiltonians])
    unknown = np.full(len(rows), np.nan)
    energy, relative, variance = energy * scale, variance / n_sites, variance * scale**2
    return Batch(groups, energy, variance, relative, unknown, correlation=correlation)


def block2_warm_start(family: str, size: Size, bond: int | None = None) -> WarmStart:
    """The ground state of the family's typical Hamiltonian, solved once a process.

    It depends on nothing but the arguments. The bond, in states, is that of the family's solver
    settings by default.
    """
    return _warm_start(family, size, bond or families.solvable(family).solver_settings(size).bond)


@lru_cache(maxsize=4)
def _warm_start(family: str, size: Size, bond: int) -> WarmStart:
    spec = families.solvable(family)
    sector, spin = spec.sector(size), spec.total_spin(size, spec.typical(size))
    h = spec.hamiltonian(size, spec.typical(size)).normalised()
    with session(size.sites, sector, spin) as driver:
        _optimised(
            driver,
            h,
            name=_WARM_START,
            start=None,
            bond=kept_bond(bond, spin),
            half_sweeps=_PILOT_HALF_SWEEPS,
            precision=COLD,
            spin=spin,
        )
        kept = [path for path in Path(driver.scratch).iterdir() if _WARM_START in path.name]
        return WarmStart(size.sites, sector, spin, {path.name: path.read_bytes() for path in kept})


def kept_bond(bond: int, spin: int | None) -> int:
    """What a bond of so many states is in multiplets, if there are any."""
    return bond if spin is None else round(bond / STATES)


def _optimised(
    driver: Any,
    h: Hamiltonian,
    *,
    name: str,
    start: str | None,
    bond: int,
    half_sweeps: int,
    precision: Precision,
    spin: int | None,
) -> Any:
    """block2's state of one row, centre on site 0; like any of its objects it must be gone
    before the session is.
    """
    mpo = _operator(driver, h, spin)
    if start is None:
        driver.bw.b.Random.rand_seed(_SEED)  # the same start for every row
        state = driver.get_random_mps(name, bond_dim=bond)
    else:
        state = driver.copy_mps(driver.load_mps(start), name)
    driver.dmrg(
        mpo,
        state,
        n_sweeps=half_sweeps,
        tol=0.0,  # never stop early: a row's bytes are those of a fixed schedule
        bond_dims=[bond],
        noises=[0.0] if start else [*_NOISES[: half_sweeps - 2], 0.0],
        thrds=[precision.threshold],
        cutoff=precision.cutoff,
        dav_max_iter=precision.steps,
        store_wfn_spectra=False,
    )
    return state


def _operator(driver: Any, h: Hamiltonian, spin: int | None) -> Any:
    """H in spin operators: Z = 2 S_z and XX + YY = 2 (S+S− + S−S+)."""
    couplings = _couplings(h)
    if spin is not None:
        return driver.get_mpo(spin_terms(driver, couplings).finalize(adjust_order=False))
    terms = driver.expr_builder()
    for names, paulis, factor in (
        (("Z",), "Z", 2.0),
        (("ZZ",), "ZZ", 4.0),
        (("PM", "MP"), "XX", 2.0),
    ):
        sites = np.argwhere(couplings[paulis])
        numbers = factor * couplings[paulis][tuple(sites.T)]
        for name in names if len(sites) else ():
            terms.add_term(name, sites.ravel().tolist(), numbers.tolist())
    return driver.get_mpo(terms.finalize(adjust_order=False))  # sites increase in every term


def _couplings(h: Hamiltonian) -> dict[str, NDArray[np.float64]]:
    """Coefficients by Pauli letters: Z (N,), others (N, N) above the diagonal."""
    couplings = {p: np.zeros((h.n_sites,) * len(p)) for p in ("Z", "XX", "YY", "ZZ")}
    for term in h.terms:
        if term.paulis not in couplings:
            raise RequestError(
                f"terms {term.paulis}: the solver block2 takes {', '.join(couplings)}. "
                "`--solver torch` has the others."
            )
        np.add.at(couplings[term.paulis], tuple(term.sites.T), term.coefficients)
    if not np.allclose(couplings["XX"], couplings["YY"], rtol=1e-12, atol=0.0):
        raise RequestError(
            "XX and YY have different coefficients, so that the magnetization is not conserved. "
            "The solver block2 takes XX + YY; `--solver torch` has the other sectors."
        )
    return couplings


def _handed_over(
    driver: Any, state: Any, h: Hamiltonian, spin: int | None
) -> tuple[list[Parts], Moments | None]:
    """The tensors of a state, and its moments where it is one of multiplets."""
    known = None
    if spin is not None:
        known = moments(driver, state, _operator(driver, h, spin), _couplings(h)["XX"])
    return _exported(driver, state, spin), known


def _exported(driver: Any, state: Any, spin: int | None) -> list[Parts]:
    """The tensors of a state, site by site; it is one of single sites afterwards."""
    if spin is None:
        driver.adjust_mps(state, dot=1)
    else:
        state = without_su2(driver, state)
    sites: list[Parts] = []
    for i, tensor in enumerate(tensors_of(state)):
        parts: Parts = {}
        for block in tensor.blocks:
            charges = [label.n if spin is None else label.twos for label in block.q_labels]
            # The end sites have no label, and no axis, for the bond that is not there.
            left, site = (0, charges[0]) if i == 0 else charges[:2]
            values = np.array(block.reduced, dtype=np.float64)
            matrix = values.reshape(1 if i == 0 else len(values), -1)
            parts[left, (1 - site) // 2] = torch.from_numpy(matrix)
        sites.append(parts)
    return without_last_spin(sites) if spin else sites
