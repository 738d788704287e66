"""Rows of a family's distribution by block2: `builders.solvers.dmrg.solver.solve_warm` here."""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial

from builders import families
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.physics.hamiltonian import Hamiltonian
from builders.physics.hamiltonian_family import HamiltonianFamily, SolverSettings
from builders.physics.state_labels import PROMISED
from builders.solvers.block2.label_error import estimated
from builders.solvers.block2.solver import (
    STRONG,
    WARM,
    Precision,
    block2_warm_start,
    kept_bond,
    solve_block2,
)
from builders.solvers.dmrg import solver
from builders.solvers.dmrg.batch import Batch, solve_again
from builders.solvers.dmrg.estimates import rows_of_scale
from builders.solvers.dmrg.label_error import PART, Scale, scale_of
from builders.solvers.mps.mps import Mps

# Multiplets leave smaller errors at the same variance: rows of 8 × 5 and 9 × 5 just below the limit
# are off by 2e-4 in a correlation (benchmarks.lattices).
_MULTIPLETS = 2.0
_STILL = 5e-3  # a tolerance below it asks for rows that are fully converged


def solve_warm_block2(
    family: str,
    size: Size,
    hamiltonians: Sequence[Hamiltonian],
    *,
    half_sweeps: int | None = None,
    precision: Precision | None = None,
    settings: SolverSettings | None = None,
    again_above: float | None = None,
) -> Batch:
    """Rows of a family's distribution at its bond: `builders.solvers.dmrg.solver.solve_warm` here.

    By default 2 half sweeps at `WARM`, and 4 at `STRONG` where the family asks its rows to stand
    still: the far singlets of `xxz_1d` with 127 sites are almost degenerate.
    """
    spec = families.solvable(family)
    need_one_start(spec, size)
    settings = settings or spec.solver_settings(size)
    limit = solver.AGAIN_ABOVE if again_above is None else again_above
    spin = spec.total_spin(size, spec.typical(size))
    hard = settings.tolerance < _STILL
    count = half_sweeps or (4 if hard else 2)
    precision = precision or (STRONG if hard else WARM)
    scale = _label_error_scale(family, size, settings.bond, count, precision)
    solve = _row_solver(family, size, settings.bond, precision)
    bond = kept_bond(settings.bond, spin)
    batch = solve(hamiltonians, bond=bond, half_sweeps=count)
    batch = estimated(batch, hamiltonians, _smaller(solve, bond, count), scale)
    poor = batch.relative_variance > limit * (1.0 if spin is None else _MULTIPLETS)
    if limit <= solver.AGAIN_ABOVE:
        poor |= (batch.label_error > PROMISED).any(axis=1)

    def tighter(rows: list[int], state: Mps) -> Batch:  # noqa: ARG001  # from the warm start again
        chosen, more = [hamiltonians[k] for k in rows], bond + bond // 2
        better = solve(chosen, bond=more, half_sweeps=count + 2)
        return estimated(better, chosen, _smaller(solve, more, count + 2), scale)

    return solve_again(batch, poor, tighter)


def _row_solver(family: str, size: Size, states: int, precision: Precision) -> Callable[..., Batch]:
    """`solve_block2` from the family's warm start."""
    spec = families.solvable(family)
    return partial(
        solve_block2,
        sector=spec.sector(size),
        warm_start=block2_warm_start(family, size, states),
        precision=precision,
        spin=spec.total_spin(size, spec.typical(size)),
        stack=True,
    )


def _smaller(solve: Callable[..., Batch], bond: int, half_sweeps: int) -> Callable[..., Batch]:
    return partial(solve, bond=max(1, int(PART * bond)), half_sweeps=half_sweeps)


@lru_cache(maxsize=4)
def _label_error_scale(
    family: str, size: Size, states: int, half_sweeps: int, precision: Precision
) -> Scale:
    spec = families.solvable(family)
    bond = kept_bond(states, spec.total_spin(size, spec.typical(size)))
    solve, rows = _row_solver(family, size, states, precision), rows_of_scale(family, size)
    batch = solve(rows, bond=bond, half_sweeps=half_sweeps)
    batch = estimated(batch, rows, _smaller(solve, bond, half_sweeps), None)
    return scale_of(batch.relative_variance, batch.label_error)


def need_one_start(spec: HamiltonianFamily, size: Size) -> None:
    """Refuse families whose rows need more than sweeps from one start, all that block2 does.

    Raises:
        RequestError: the family has several warm starts, or walks.
    """
    count = len(spec.warm_starts(size))
    if count > 1:
        raise RequestError(
            f"solver 'block2': rows of {spec.name} start from {count} states, because one may lead "
            "to an excited state, and this solver starts from one. Leave --solver out."
        )
    if spec.solver_settings(size).walks:
        raise RequestError(
            f"solver 'block2': rows of {spec.name} look for other orders of their spins, because "
            "sweeps may end in an excited state, and this solver only sweeps. Leave --solver out."
        )
