"""Ground states of a batch of Hamiltonians of one family and size, as matrix product states.

One *warm start* run solves the family's typical Hamiltonian and a few random ones cold. It fixes
how many states each charge gets at each cut, and its first state is where every row starts from.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache, partial

import numpy as np
import torch
from torch import Tensor

from builders import families
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.core.threads import one_thread
from builders.physics.hamiltonian import CLOSED_FORM, SAME_ENERGY, Hamiltonian, Sector
from builders.physics.hamiltonian_family import HamiltonianFamily, SolverSettings
from builders.physics.state_labels import PROMISED
from builders.solvers.dmrg.batch import Batch, among, in_order, lowest, solve_again
from builders.solvers.dmrg.dmrg import HalfSweeps, dmrg
from builders.solvers.dmrg.label_error import Scale, extrapolated, scale_of, suspicious, whole
from builders.solvers.dmrg.mpo import Mpo
from builders.solvers.dmrg.spin_mpo import mpo_of
from builders.solvers.dmrg.variance import energy_and_variance
from builders.solvers.dmrg.walks import improved
from builders.solvers.mps.charges import Qubit
from builders.solvers.mps.mps import Mps, start_mps
from builders.solvers.mps.multiplets import correlation, without_multiplets

_WARM_START_ROWS = 3  # random rows beside the typical one that choose the dimensions
_PILOT_SEED = 20250519
_FIRST_BOND = 16
_NOISE = 0.05  # of the first sweeps from a product state
_STANDSTILL = 1e-12  # relative drop of the energy in four half sweeps
_MOST_ROUNDS = 20
_SCALE_ROWS, _SCALE_SEED = 6, 20261130  # rows that tell what a config's variance means
_MOST_TIGHTER = 3  # times that a row may ask for half as much bond again


COLD = HalfSweeps(2, 4, precise=True)
"""How single Hamiltonians are swept."""

# Rows whose variance, in units of (energy unit)² · N, is above this are solved again
# with half as much bond again: the variance falls by ten or more, label errors, which
# go with its square root, from about 4e-4 to 1e-4.
AGAIN_ABOVE = 5e-6
# Rows of multiplets are solved again above this part of it: at equal variances the doublets of
# heisenberg_1d at 127 sites are off by two to three times as much.
_MULTIPLETS = 0.3


def need_cuda() -> None:
    """Refuse work for an accelerator where there is none.

    Raises:
        RequestError: torch finds no CUDA device.
    """
    if not torch.cuda.is_available():
        raise RequestError(
            "device 'cuda': torch finds no CUDA device on this machine. Leave --device out to "
            "compute on the processor, or install torch with CUDA where there is one."
        )


def solve_warm(
    family: str,
    size: Size,
    hamiltonians: Sequence[Hamiltonian],
    device: str = "cpu",
    *,
    settings: SolverSettings | None = None,
    again_above: float = AGAIN_ABOVE,
    row_sectors: Sequence[Sequence[Sector]] | None = None,
) -> Batch:
    """Rows of a family's distribution, from its warm starts.

    Args:
        family: a family's name.
        size: N sites.
        hamiltonians: of the rows.
        device: `cpu` or `cuda`. Last bits, and so the bytes of labels, are those of the device.
        settings: the family's own by default.
        again_above: rows of a larger variance, in units of (energy unit)² · N, are solved again;
            rows of multiplets above 0.3 of it.
        row_sectors: of every row the sectors to solve it in; by default all in which the family's
            rows are solved.
    """
    spec = families.solvable(family)
    settings = settings or spec.solver_settings(size)
    # Where phases are crossed, rows of equal variance differ too much for one law.
    scale = None if "phase" in spec.tasks else label_error_scale(family, size, settings)
    mirror = spec.mirror and size.sites % 2 == 0
    stage = HalfSweeps(2, settings.steps, single=settings.single)
    batch = _from_warm_starts(family, size, hamiltonians, settings, device, row_sectors)
    if settings.walks:
        batch = improved(batch, hamiltonians, partial(at_full_bond, hamiltonians, settings))
    batch = estimated(batch, hamiltonians, stage, scale, mirror=mirror)
    limit, bond = again_above * (_MULTIPLETS if settings.multiplets else 1.0), settings.bond
    for _ in range(_MOST_TIGHTER):
        poor = batch.relative_variance > limit
        if again_above <= AGAIN_ABOVE:  # above it, rougher rows were asked for
            poor |= (batch.label_error > PROMISED).any(axis=1)
        if not poor.any():
            break
        bond += bond // 2
        again = replace(stage, bond=bond)

        def tighter(rows: list[int], state: Mps, again: HalfSweeps = again) -> Batch:
            chosen = [hamiltonians[k] for k in rows]
            better = _settled(chosen, state.qubit.sector, state, again, settings.tolerance)
            return estimated(better, chosen, again, scale, mirror=mirror)

        batch = solve_again(batch, poor, tighter)
    if settings.multiplets:
        batch = _flat(batch)
    return with_mirror_parity(spec, size, batch, hamiltonians)


def _from_warm_starts(
    family: str,
    size: Size,
    hamiltonians: Sequence[Hamiltonian],
    settings: SolverSettings,
    device: str = "cpu",
    row_sectors: Sequence[Sequence[Sector]] | None = None,
) -> Batch:
    """The lowest states that rows settle to from all warm starts."""
    spec = families.solvable(family)
    stage = HalfSweeps(2, settings.steps, single=settings.single)
    everyone = range(len(hamiltonians))
    sectors = []
    for sector in solved_sectors(spec, size, settings):
        rows = [k for k in everyone if row_sectors is None or sector in row_sectors[k]]
        if not rows:
            continue
        chosen = [hamiltonians[k] for k in rows]
        starts = [state.to(device) for state in _starts(family, size, sector, settings)]
        runs = [_settled(chosen, sector, s, stage, settings.tolerance) for s in starts]
        sectors.append(among(lowest(runs), rows, len(everyone)))
    return lowest(sectors, SAME_ENERGY * size.sites * np.array([h.scale for h in hamiltonians]))


@lru_cache(maxsize=16)
def label_error_scale(family: str, size: Size, settings: SolverSettings) -> Scale:
    """What the variance of a config's rows says of their labels, from a few rows of its own.

    Always computed on the processor: it depends on the arguments alone.
    """
    hamiltonians = rows_of_scale(family, size)
    batch = _from_warm_starts(family, size, hamiltonians, settings)
    stage = HalfSweeps(2, settings.steps, single=settings.single)
    batch = estimated(batch, hamiltonians, stage, None)
    return scale_of(batch.relative_variance, batch.label_error)


def rows_of_scale(family: str, size: Size) -> list[Hamiltonian]:
    """Some rows of the family's distribution: six, or two where a row is a block of its own."""
    spec, rng = families.solvable(family), np.random.default_rng(_SCALE_SEED)
    count = max(2, min(_SCALE_ROWS, spec.block(size)))
    return [spec.hamiltonian(size, spec.draw(size, rng)) for _ in range(count)]


def estimated(
    batch: Batch,
    hamiltonians: Sequence[Hamiltonian],
    stage: HalfSweeps,
    scale: Scale | None,
    *,
    mirror: bool = False,
) -> Batch:
    """The batch with its label errors: by the law, extrapolated where that comes near the promise.

    Args:
        batch: rows in the solver's sectors, before any projection.
        hamiltonians: of its rows.
        stage: how they were swept.
        scale: of the config; without one all rows are extrapolated.
        mirror: whether they are projected onto a mirror parity later.
    """
    if scale is None:
        errors = np.full_like(batch.label_error, np.inf)
    else:
        errors = scale.errors(batch.relative_variance, batch.step_angle, single=batch.single)
    dear = suspicious(errors)
    with one_thread():
        for rows, state in batch.groups:
            at = [k for k, row in enumerate(rows) if dear[row]]
            if at:
                chosen = [rows[k] for k in at]
                mpo = mpo_of(
                    [hamiltonians[k].normalised() for k in chosen],
                    state.qubit.sector,
                    state.device,
                )
                variance = batch.relative_variance[chosen]
                found = extrapolated(state.rows(at), mpo, variance, stage, mirror=mirror)
                errors[chosen] = whole(found, batch.step_angle[chosen], single=batch.single)
    return replace(batch, label_error=errors)


def at_full_bond(
    hamiltonians: Sequence[Hamiltonian], settings: SolverSettings, rows: list[int], state: Mps
) -> Batch:
    """Some of the rows from states of a smaller bond, at the bond of the settings."""
    chosen = [hamiltonians[k] for k in rows]
    stage = HalfSweeps(2, settings.steps, settings.bond, single=settings.single)
    return _settled(chosen, state.qubit.sector, state, stage, settings.tolerance)


def _flat(batch: Batch) -> Batch:
    """A batch of multiplets as one of states, its correlations measured before."""
    groups = []
    measured = np.empty((len(batch.energy),) + 2 * (batch.groups[0][1].n_sites,))
    with one_thread():
        for rows, state in batch.groups:
            rounded = state.to(torch.float32) if batch.single else state
            measured[list(rows)] = correlation(rounded).cpu().numpy()
            groups.append((rows, without_multiplets(state)))
    return replace(batch, groups=tuple(groups), correlation=measured)


def with_mirror_parity(
    spec: HamiltonianFamily, size: Size, batch: Batch, hamiltonians: Sequence[Hamiltonian]
) -> Batch:
    """The batch, its states given a definite mirror parity where the family's H has that mirror."""
    if not spec.mirror or size.sites % 2:
        return batch
    from builders.solvers.dmrg.mirror import mirror_symmetric  # it builds on this module

    return mirror_symmetric(batch, hamiltonians)


def solve_missed(
    batch: Batch, hamiltonians: Sequence[Hamiltonian], exact: Sequence[float | None]
) -> Batch:
    """A batch whose rows have the energies of a closed form, where there is one.

    In a strongly disordered chain a row can keep an excitation of its warm start that no sweep
    removes; it is an eigenstate as good as the ground state to its variance. Such rows are solved
    cold.
    """
    missed = np.array(
        [
            e is not None and abs(energy - e) > CLOSED_FORM * abs(e)
            for energy, e in zip(batch.energy, exact, strict=True)
        ]
    )

    def cold(rows: list[int], state: Mps) -> Batch:
        solved = in_order([solve_cold(hamiltonians[k], state.qubit.sector) for k in rows])
        return estimated(solved, [hamiltonians[k] for k in rows], COLD, None)

    return solve_again(batch, missed, cold)


def solve_cold(
    hamiltonian: Hamiltonian,
    sector: Sector,
    *,
    warm_starts: Sequence[Mps] = (),
    tolerance: float = 1e-9,
    max_bond: int = 256,
    walks: bool = False,
) -> Batch:
    """One Hamiltonian from outside: the bond grows until the energy variance is small enough.

    Args:
        hamiltonian: any strings that conserve the sector.
        sector: its symmetry sector.
        warm_starts: states of the sector to start from too, where one start may miss the lowest
            energy.
        tolerance: of the variance, in units of (energy unit)² · N.
        max_bond: where growing stops; the variance then says how good the state is.
        walks: look for other orders of up spins, as in `SolverSettings`.
    """
    sectors = []
    for choice in sector.choices():
        cold = start_mps(Qubit.of(choice), hamiltonian.n_sites)
        starts = [cold, *(state for state in warm_starts if state.qubit.sector == choice)]
        run = partial(solve_tighter, hamiltonian, choice, tolerance=tolerance, max_bond=max_bond)
        batch = lowest([run(start) for start in starts])
        if walks:
            batch = improved(batch, [hamiltonian], partial(_only_row, run))
        sectors.append(batch)
    return lowest(sectors, SAME_ENERGY * hamiltonian.n_sites * hamiltonian.scale)


def _only_row(run: Callable[[Mps], Batch], rows: list[int], state: Mps) -> Batch:  # noqa: ARG001
    """What is done to one state, as it is done to rows."""
    return run(state)


def solve_tighter(
    hamiltonian: Hamiltonian, sector: Sector, start: Mps, *, tolerance: float, max_bond: int
) -> Batch:
    """As `solve_cold`, from a given state; the first bond is the next power of two, 16 at least.

    A small variance alone does not end it: where couplings differ by orders of magnitude, weakly
    coupled parts show in the energy's last digits only, so that the energy must stand still too.
    """
    bond = max(_FIRST_BOND, 1 << start.bond().bit_length())
    shake = (HalfSweeps(2, 4, bond, noise=_NOISE, precise=True),) if start.bond() == 1 else ()
    batch = _run([hamiltonian], sector, start, (*shake, HalfSweeps(4, 4, bond, precise=True)))
    for _ in range(_MOST_ROUNDS):
        before = batch.energy[0]
        converged = batch.relative_variance[0] <= tolerance
        if not converged:
            bond *= 2
            if bond > max_bond:
                break
        state, stage = batch.groups[0][1], HalfSweeps(4, 4, bond, precise=True)
        batch = _run([hamiltonian], sector, state, (stage,))
        if converged and before - batch.energy[0] <= _STANDSTILL * abs(before):
            break
    return batch


def solved_sectors(
    spec: HamiltonianFamily, size: Size, settings: SolverSettings
) -> tuple[Sector, ...]:
    """The sectors in which rows are solved; the lowest energy is kept."""
    sector = spec.sector(size)
    return (Sector("spin", sector.value),) if settings.multiplets else spec.sectors(size)


def other_starts(family: str, size: Size) -> list[Mps]:
    """The states of all warm starts of a family that has several."""
    several = len(families.solvable(family).warm_starts(size)) > 1
    return [s for states in warm_starts(family, size).values() for s in states] if several else []


def warm_starts(
    family: str, size: Size, settings: SolverSettings | None = None
) -> dict[Sector, list[Mps]]:
    """All that the rows of a config start from, by sector, kept; `settings` as in `solve_warm`."""
    spec = families.solvable(family)
    settings = settings or spec.solver_settings(size)
    sectors = solved_sectors(spec, size, settings)
    return {sector: _starts(family, size, sector, settings) for sector in sectors}


def _starts(family: str, size: Size, sector: Sector, settings: SolverSettings) -> list[Mps]:
    """What rows start from in one sector."""
    spec = families.solvable(family)
    first = sector in (solved_sectors(spec, size, settings)[0], *spec.sector(size).choices())
    numbers = range(len(spec.warm_starts(size))) if first else spec.other_starts(size)
    return [warm_start(family, size, k, sector, settings.bond) for k in numbers]


def warm_start(
    family: str,
    size: Size,
    number: int = 0,
    choice: Sector | None = None,
    bond: int | None = None,
) -> Mps:
    """A state that the rows of a config start from, kept; it depends on its arguments alone.

    Args:
        family: a family's name.
        size: N sites.
        number: which of the family's warm starts.
        choice: one of `solved_sectors`; default the first of the family's solver settings.
        bond: bond dimension; default that of the family's solver settings.
    """
    spec = families.solvable(family)
    settings = spec.solver_settings(size)
    sector = choice or solved_sectors(spec, size, settings)[0]
    # Kept by what is meant, however it was asked for.
    return _warm_start(family, size, number, sector, bond or settings.bond)


@lru_cache(maxsize=16)
def _warm_start(family: str, size: Size, number: int, sector: Sector, bond: int) -> Mps:
    spec = families.solvable(family)
    rng = np.random.default_rng(_PILOT_SEED)
    parameters = [spec.warm_starts(size)[number]] + [
        spec.draw(size, rng) for _ in range(_WARM_START_ROWS)
    ]
    hamiltonians = [spec.hamiltonian(size, p) for p in parameters]
    start = start_mps(Qubit.of(sector), size.sites)
    bonds = sorted({min(bond, 2**k) for k in range(4, 12)})
    schedule = tuple(
        HalfSweeps(4 if b == bonds[-1] else 2, 4, b, noise=_NOISE if b == bonds[0] else 0.0)
        for b in bonds
    )
    mpo = mpo_of([h.normalised() for h in hamiltonians], sector)
    with one_thread():
        return dmrg(mpo, start.rows([0] * len(hamiltonians)), schedule)[0].rows([0])


def _run(
    hamiltonians: Sequence[Hamiltonian],
    sector: Sector,
    start: Mps,
    schedule: tuple[HalfSweeps, ...],
) -> Batch:
    """DMRG by a fixed schedule."""
    mpo = mpo_of([h.normalised() for h in hamiltonians], sector, start.device)
    with one_thread():
        return _batch(hamiltonians, mpo, *dmrg(mpo, start, schedule), precise=True)


def _settled(
    hamiltonians: Sequence[Hamiltonian],
    sector: Sector,
    start: Mps,
    stage: HalfSweeps,
    tolerance: float,
) -> Batch:
    """DMRG from one state, or one for each, every row until it stands still."""
    mpo = mpo_of([h.normalised() for h in hamiltonians], sector, start.device)
    rows, kept = len(hamiltonians), replace(stage, bond=None)
    with one_thread():
        state, step_angle = dmrg(
            mpo, start if start.batch == rows else start.rows([0] * rows), (stage,)
        )
        for _ in range(_MOST_ROUNDS):
            restless = torch.nonzero(step_angle > tolerance)[:, 0].tolist()
            if not restless:
                break
            better, step_angle[restless] = dmrg(mpo.rows(restless), state.rows(restless), (kept,))
            everyone = len(restless) == len(hamiltonians)
            state = better if everyone else state.replaced(restless, better)
        return replace(
            _batch(hamiltonians, mpo, state, step_angle, precise=False), single=stage.single
        )


def _batch(
    hamiltonians: Sequence[Hamiltonian], mpo: Mpo, state: Mps, step_angle: Tensor, *, precise: bool
) -> Batch:
    """States with their certificates, from the solver's units to those of H."""
    certificates = energy_and_variance(state, mpo, precise=precise)
    energy, variance = (x.cpu().numpy() for x in certificates)
    scale = np.array([h.scale for h in hamiltonians])
    return Batch(
        ((tuple(range(len(hamiltonians))), state),),
        energy * scale,
        variance * scale**2,
        variance / state.n_sites,
        step_angle.cpu().numpy(),
    )
