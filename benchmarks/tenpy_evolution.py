"""Evolutions by TeNPy's TEBD, a peer of ours in `benchmarks.evolution`.

It gets the Hamiltonian bond by bond, the charges that we use, its best step of fourth order, which
is ours, and the argument checks of every array operation off.
"""

from typing import Any

import numpy as np
import torch

from benchmarks.tenpy_solver import exported, tenpy_site
from builders.physics.evolution_settings import EvolutionSettings
from builders.physics.hamiltonian import Hamiltonian
from builders.solvers.evolution.bonds import bond_hamiltonians
from builders.solvers.mps.canonical import right_canonical
from builders.solvers.mps.charges import Qubit
from builders.solvers.mps.mps import Mps


def evolve_tenpy(
    hamiltonian: Hamiltonian,
    qubit: Qubit,
    bits: list[int],
    times: list[float],
    settings: EvolutionSettings,
) -> list[Mps]:
    """exp(−i H t) of a product state at the given times, each a batch of one state.

    Args:
        hamiltonian: of nearest neighbours.
        qubit: charges of the state, those of Σ Z or none.
        bits: of the product state, 0 up.
        times: rising, the first above 0.
        settings: bond, step, order and cut mean the same as in ours.
    """
    from tenpy.algorithms.tebd import TEBDEngine
    from tenpy.linalg import np_conserved as npc
    from tenpy.models.lattice import Chain
    from tenpy.models.model import NearestNeighborModel
    from tenpy.networks.mps import MPS
    from tenpy.tools.optimization import OptimizationFlag, temporary_level

    site, n = tenpy_site(qubit), hamiltonian.n_sites
    legs = [site.leg, site.leg, site.leg.conj(), site.leg.conj()]
    bonds: list[Any] = [None]
    for h in bond_hamiltonians([hamiltonian], qubit):
        dense = h[0].numpy().reshape(2, 2, 2, 2)[np.ix_(*[site.perm] * 4)]
        bonds.append(npc.Array.from_ndarray(dense, legs, labels=["p0", "p1", "p0*", "p1*"]))
    model = NearestNeighborModel(Chain(n, site), bonds)
    names = [str(bit) for bit in bits]
    state = MPS.from_product_state([site] * n, names, dtype=complex, unit_cell_width=n)
    found, now = [], 0.0
    with temporary_level(OptimizationFlag.skip_arg_checks):
        for time in times:
            steps = int(np.ceil((time - now) / settings.step * (1.0 - 1e-12)))
            options = {
                "N_steps": steps,
                "dt": (time - now) / steps,
                "order": "4_opt" if settings.order == 4 else 2,
                "trunc_params": {
                    "chi_max": settings.bond,
                    "svd_min": None,
                    # The square root of the weight that may be lost.
                    "trunc_cut": float(np.sqrt(settings.cut)),
                },
            }
            TEBDEngine(state, model, options).run()
            now = time
            found.append(exported(state, qubit))
    return [_ours(sites, qubit) for sites in found]


def _ours(sites: list[dict[tuple[int, int], torch.Tensor]], qubit: Qubit) -> Mps:
    return right_canonical(sites, qubit.sector, any_norm=True)
