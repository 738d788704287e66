"""A session of block2: its driver, its scratch folder, and what to do where it is not installed.

This is the only file that imports block2.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from builders.core.errors import RequestError
from builders.core.scratch import scratch_folder
from builders.physics.hamiltonian import Sector

_STACK_MEMORY = 1 << 30  # bytes that block2 reserves for operators; it touches what it needs


@contextmanager
def session(n_sites: int, sector: Sector, spin: int | None) -> Iterator[Any]:
    """A block2 driver of one thread, whose scratch folder ends with it."""
    core = _core()
    # Operators are written at every bond: in memory a row takes half the time it does on a disk.
    with scratch_folder() as scratch:
        # SGB: qubits without the signs of fermions. Its one charge is 2 S_z.
        driver = core.DMRGDriver(
            scratch=str(scratch),
            symm_type=core.SymmetryTypes.SGB if spin is None else core.SymmetryTypes.SU2,
            n_threads=1,
            stack_mem=_STACK_MEMORY,
        )
        try:
            if spin is None:
                driver.initialize_system(n_sites=n_sites, heis_twos=1, heis_twosz=sector.value)
            else:  # with the spin that makes a doublet a singlet
                driver.initialize_system(n_sites=n_sites + spin, heis_twos=1, spin=0)
            yield driver
        finally:
            driver.finalize()


def tensors_of(state: Any) -> list[Any]:
    """The tensors of a state, site by site, each a list of blocks with their charges."""
    from pyblock2.algebra.io import MPSTools

    return list(MPSTools.from_block2(state).tensors)


def need_block2() -> None:
    """Refuse early, before any work.

    Raises:
        RequestError: block2 is not installed; says what to do.
    """
    _core()


def _core() -> Any:
    try:
        import block2  # noqa: F401
        from pyblock2.driver import core
    except ImportError as error:
        raise RequestError(
            f"the solver block2 cannot be loaded ({error}). Install it with "
            "`pip install 'qslbench[block2]'`, or take `--solver torch`, which does without."
        ) from None
    return core
