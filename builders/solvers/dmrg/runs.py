"""Rows swept together by one schedule, or until they stand still, with their certificates."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from builders.core.threads import one_thread
from builders.physics.hamiltonian import Hamiltonian, Sector
from builders.solvers.dmrg.batch import Batch
from builders.solvers.dmrg.dmrg import HalfSweeps, dmrg
from builders.solvers.dmrg.mpo import Mpo
from builders.solvers.dmrg.spin_mpo import mpo_of
from builders.solvers.dmrg.variance import energy_and_variance
from builders.solvers.mps.mps import Mps

MOST_ROUNDS = 20


def swept(
    hamiltonians: Sequence[Hamiltonian],
    sector: Sector,
    start: Mps,
    schedule: tuple[HalfSweeps, ...],
) -> Batch:
    """DMRG by a fixed schedule."""
    mpo = mpo_of([h.normalised() for h in hamiltonians], sector, start.device)
    with one_thread():
        return _batch(hamiltonians, mpo, *dmrg(mpo, start, schedule), precise=True)


def settled(
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
        for _ in range(MOST_ROUNDS):
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
