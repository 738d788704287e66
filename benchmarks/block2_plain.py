"""block2 where the sector is a parity Π X, which `builders.solvers.block2.solver` lacks.

block2's general symmetry mode with the group Z2, for `benchmarks.solvers` alone. A qubit is in the
basis |+⟩, |−⟩ as in our solver, in which X is diagonal and Z moves the charge. Half sweeps,
precision and noise are those of `builders.solvers.block2.solver`, warm and cold.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.handover import handed_over
from builders import families
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.core.scratch import scratch_folder
from builders.physics.hamiltonian import Hamiltonian, Sector
from builders.solvers.block2.solver import COLD, WARM, WarmStart
from builders.solvers.dmrg.batch import Batch
from builders.solvers.mps.canonical import Parts
from builders.solvers.mps.charges import Qubit

_SEED = 20250519
_NOISES = (1e-3, 1e-4, 1e-4, 1e-5, 1e-5)
_WARM_START, _ROW = "WARM_START", "ROW"  # names of states in the scratch folder


def solve_parity_block2(
    hamiltonians: Sequence[Hamiltonian],
    sector: Sector,
    *,
    bond: int,
    half_sweeps: int,
    warm_start: WarmStart | None = None,
) -> Batch:
    """Ground states of Hamiltonians of one size.

    Args:
        hamiltonians: any strings that conserve Π X.
        sector: a parity Π X.
        bond: bond dimension at most.
        half_sweeps: an even number.
        warm_start: where every row starts; without one it is a random state, with noise on the
            first half sweeps but not on the last two.

    Raises:
        RequestError: another sector.
        WorkError: the state that block2 handed over is not normalised.
    """
    states = []
    with _session(hamiltonians[0].n_sites, sector) as driver:
        for name, content in (warm_start.files if warm_start else {}).items():
            (Path(driver.scratch) / name).write_bytes(content)
        for h in hamiltonians:
            start = _WARM_START if warm_start else None
            state = _optimised(driver, h, sector, _ROW, start, bond, half_sweeps)
            states.append(_exported(driver, state, Qubit.of(sector)))
            del state  # block2's objects must be gone before the driver is
    return handed_over(hamiltonians, sector, states)


@lru_cache(maxsize=4)
def parity_warm_start(family: str, size: Size) -> WarmStart:
    """The ground state of the family's typical Hamiltonian, solved once a process."""
    spec = families.load(family)
    sector, bond = spec.sector(size), spec.solver_settings(size).bond
    h = spec.hamiltonian(size, spec.typical(size))
    with _session(size.sites, sector) as driver:
        _optimised(driver, h, sector, _WARM_START, None, bond, 12)
        kept = [path for path in Path(driver.scratch).iterdir() if _WARM_START in path.name]
        return WarmStart(size.sites, sector, None, {path.name: path.read_bytes() for path in kept})


@contextmanager
def _session(n_sites: int, sector: Sector) -> Iterator[Any]:
    """A block2 driver of one thread, whose scratch folder ends with it."""
    if sector.kind != "parity":
        raise RequestError(f"sector {sector.kind!r}: this one takes parities of X.")
    from pyblock2.driver import core

    qubit = Qubit.of(sector)
    with scratch_folder() as scratch:
        driver = core.DMRGDriver(
            scratch=str(scratch), symm_type=core.SymmetryTypes.SAny, n_threads=1, stack_mem=1 << 30
        )
        try:
            driver.set_symmetry_groups("Z2")
            charge = driver.bw.SX
            driver.initialize_system(
                n_sites, vacuum=charge(0), target=charge(qubit.total), hamil_init=False
            )
            basis = [[(charge(c), 1) for c in qubit.charges(0)]] * n_sites
            driver.ghamil = driver.get_custom_hamiltonian(basis, [_operators(qubit)] * n_sites)
            yield driver
        finally:
            driver.finalize()


def _optimised(
    driver: Any,
    h: Hamiltonian,
    sector: Sector,
    name: str,
    start: str | None,
    bond: int,
    half_sweeps: int,
) -> Any:
    """block2's state of one row, centre on site 0."""
    precision = WARM if start else COLD
    mpo = _operator(driver, h.normalised(), Qubit.of(sector))
    if start:
        state = driver.copy_mps(driver.load_mps(start), name)
    else:
        driver.bw.b.Random.rand_seed(_SEED)
        state = driver.get_random_mps(name, bond_dim=bond)
    driver.dmrg(
        mpo,
        state,
        n_sweeps=half_sweeps,
        tol=0.0,
        bond_dims=[bond],
        noises=[0.0] if start else [*_NOISES[: half_sweeps - 2], 0.0],
        thrds=[precision.threshold],
        cutoff=precision.cutoff,
        dav_max_iter=precision.steps,
        store_wfn_spectra=False,
    )
    return state


_LETTERS = {"X": "X", "Z": "Z", "iY": "Y"}


def _operators(qubit: Qubit) -> dict[str, Any]:
    """The matrices of the letters; "" is the identity."""
    operators = {"": np.eye(2)}
    for name, letter in _LETTERS.items():
        matrix = np.zeros((2, 2))
        for out, into, value in qubit.elements(name):
            matrix[out, into] = value
        operators[letter] = matrix
    return operators


def _operator(driver: Any, h: Hamiltonian, qubit: Qubit) -> Any:
    terms = driver.expr_builder()
    for term in h.terms:
        for ops, factor in qubit.expand(term.paulis).items():
            kept = term.coefficients != 0
            sites, values = term.sites[kept], factor * term.coefficients[kept]
            name = "".join(_LETTERS[op] for op in ops)
            terms.add_term(name, sites.ravel().tolist(), values.tolist())
    return driver.get_mpo(terms.finalize(adjust_order=False))


def _exported(driver: Any, state: Any, qubit: Qubit) -> list[Parts]:
    """The tensors of a state, site by site; it is one of single sites afterwards."""
    from pyblock2.algebra.io import MPSTools

    driver.adjust_mps(state, dot=1)
    sites: list[Parts] = []
    for i, tensor in enumerate(MPSTools.from_block2(state).tensors):
        parts: Parts = {}
        for block in tensor.blocks:
            charges = [label.values[0] for label in block.q_labels]
            # The end sites have no label, and no axis, for the bond that is not there.
            left, site = (0, charges[0]) if i == 0 else charges[:2]
            values = np.array(block.reduced, dtype=np.float64)
            matrix = values.reshape(1 if i == 0 else len(values), -1)
            parts[left, qubit.charges(i).index(site)] = torch.from_numpy(matrix)
        sites.append(parts)
    return sites
