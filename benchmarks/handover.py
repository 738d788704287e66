"""States of another library as a `Batch`: certificates and labels come from our code."""

from collections.abc import Sequence

import numpy as np

from builders.core.threads import one_thread
from builders.physics.hamiltonian import Hamiltonian, Sector
from builders.solvers.dmrg.batch import Batch
from builders.solvers.dmrg.mpo import build_mpo
from builders.solvers.dmrg.variance import energy_and_variance
from builders.solvers.mps.canonical import Parts, right_canonical, stacked


def handed_over(
    hamiltonians: Sequence[Hamiltonian], sector: Sector, states: Sequence[Sequence[Parts]]
) -> Batch:
    """One batch of all rows.

    Args:
        hamiltonians: one a row.
        sector: that of all states.
        states: for every row its tensors, site by site.

    Raises:
        WorkError: a state is not normalised.
    """
    with one_thread():
        state = stacked([right_canonical(sites, sector) for sites in states])
        mpo = build_mpo([h.normalised() for h in hamiltonians], sector)
        energy, variance = (x.numpy() for x in energy_and_variance(state, mpo))
    scale = np.array([h.scale for h in hamiltonians])
    rows = tuple(range(len(scale)))
    unknown = np.full(len(rows), np.nan)
    return Batch(
        ((rows, state),),
        energy * scale,
        variance * scale**2,
        variance / state.n_sites,
        unknown,
    )
