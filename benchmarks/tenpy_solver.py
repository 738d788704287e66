"""Ground states by TeNPy, a third DMRG beside ours and block2.

TeNPy (J. Hauschild et al., SciPost Phys. Codebases 41 (2024)) is in no extra: it serves as a peer
in `benchmarks.solvers` alone, and `pip install physics-tenpy` is all it needs.

It gets the Hamiltonian as the exact MPO that our own solver uses, compressed, which is never larger
than the one its own models make of a list of couplings, and the same charges. Its engine is used as
its documentation has it: two sites, a mixer on the first half of the sweeps, `combine`, and the
argument checks of every array operation off.
"""

import logging
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from benchmarks.handover import handed_over
from builders.core.errors import RequestError
from builders.physics.hamiltonian import Hamiltonian, Sector
from builders.solvers.dmrg.batch import Batch
from builders.solvers.dmrg.mpo import DONE, START, build_mpo
from builders.solvers.mps.canonical import Parts
from builders.solvers.mps.charges import Qubit

_SVD_MIN = 1e-10  # singular values below it are cut off
_NAMES = {"I": "Id", "S+": "Sp", "S-": "Sm"}  # of our operators, where TeNPy has others


def have_tenpy() -> bool:
    """Whether TeNPy can be imported."""
    try:
        import tenpy  # noqa: F401
    except ImportError:
        return False
    return True


def solve_tenpy(
    hamiltonians: Sequence[Hamiltonian], sector: Sector, *, bond: int, sweeps: int
) -> Batch:
    """Ground states of Hamiltonians of one size, each from a product state.

    Args:
        hamiltonians: any strings that conserve the sector.
        sector: a magnetization, the parity Π X or the whole space.
        bond: bond dimension at most.
        sweeps: there and back, with the mixer on the first half of them.

    Raises:
        RequestError: another sector.
        WorkError: the state that TeNPy handed over is not normalised.
    """
    from tenpy.algorithms.dmrg import TwoSiteDMRGEngine
    from tenpy.models.lattice import Chain
    from tenpy.models.model import MPOModel
    from tenpy.networks.mps import MPS
    from tenpy.tools.optimization import OptimizationFlag, temporary_level

    if sector.kind not in ("magnetization", "parity", "none"):
        raise RequestError(
            f"sector {sector.kind!r}: TeNPy has magnetization, parity and none here."
        )
    # It warns of what truncation does to the canonical form, and puts it right by itself.
    logging.getLogger("tenpy.algorithms.dmrg").setLevel(logging.ERROR)
    qubit, n_sites = Qubit.of(sector), hamiltonians[0].n_sites
    site = tenpy_site(qubit)
    options = {
        "trunc_params": {"chi_max": bond, "svd_min": _SVD_MIN},
        "mixer": True,
        "mixer_params": {"disable_after": sweeps // 2},
        "min_sweeps": sweeps,
        "max_sweeps": sweeps,
        "combine": True,
        "max_trunc_err": 1.0,  # by default a bond that is too small is an error
    }
    states = []
    with temporary_level(OptimizationFlag.skip_arg_checks):
        for h in hamiltonians:
            model = MPOModel(Chain(n_sites, site), _operator(h.normalised(), sector, site))
            product = _start(qubit, n_sites)
            sites = [site] * n_sites
            start = MPS.from_product_state(sites, product, unit_cell_width=n_sites)
            engine = TwoSiteDMRGEngine(start, model, options)
            _, state = engine.run()
            states.append(exported(state, qubit))
    return handed_over(hamiltonians, sector, states)


def tenpy_site(qubit: Qubit) -> Any:
    """Our qubit with its charges; the states are named "0" and "1"."""
    from tenpy.linalg.np_conserved import ChargeInfo, LegCharge
    from tenpy.networks.site import Site

    charges = ChargeInfo([1 if qubit.integer else 2], ["charge"])
    leg = LegCharge.from_qflat(charges, [[c] for c in qubit.charges(0)])
    operators = {}
    for name in ("Z", "S+", "S-") if qubit.integer else ("Z", "X", "iY"):
        operators[_NAMES.get(name, name)] = np.zeros((2, 2))
        for out, into, value in qubit.elements(name):
            operators[_NAMES.get(name, name)][out, into] = value
    return Site(leg, ["0", "1"], sort_charge=True, **operators)


def _operator(h: Hamiltonian, sector: Sector, site: Any) -> Any:
    """Our MPO as TeNPy's: at every cut the channels of all charges in one row."""
    from tenpy.linalg.np_conserved import LegCharge
    from tenpy.networks.mpo import MPO

    ours = build_mpo([h], sector)
    # The ends: a string begins with START on the left and is DONE on the right.
    flat = [[(c, k) for c, count in cut.items() for k in range(count)] for cut in ours.channels]
    flat[0], flat[-1] = [(0, START)], [(0, DONE)]
    place = [{channel: k for k, channel in enumerate(cut)} for cut in flat]
    grids = []
    for i, site_weights in enumerate(ours.sites):
        grid: list[list[Any]] = [[None] * len(flat[i + 1]) for _ in flat[i]]
        for (op, c), weights in site_weights.items():
            c_out = ours.qubit.add(c, ours.qubit.op_charge(op, i))
            for a, b in torch.nonzero(weights[0]).tolist():
                row, column = place[i].get((c, a)), place[i + 1].get((c_out, b))
                if row is not None and column is not None:
                    entry = (_NAMES.get(op, op), float(weights[0, a, b]))
                    grid[row][column] = [*(grid[row][column] or []), entry]
        grids.append(grid)
    charges = site.leg.chinfo
    legs = [LegCharge.from_qflat(charges, [[c] for c, _ in cut]) for cut in flat]
    begun, done = ([cut.get((0, k)) for cut in place] for k in (START, DONE))
    n = h.n_sites
    return MPO.from_grids(
        [site] * n, grids, "finite", begun, done, legs=legs, mps_unit_cell_width=n
    )


def _start(qubit: Qubit, n_sites: int) -> list[str]:
    """A product state of the sector: Néel for a magnetization, otherwise state 0 on every site,
    but on one where the parity is odd.
    """
    if not qubit.integer:
        return [str(qubit.total), *("0" for _ in range(n_sites - 1))]
    ups = (n_sites + qubit.total) // 2
    neel = [i % 2 for i in range(n_sites)]
    for i in range(n_sites):  # from the left, until the magnetization is right
        if neel.count(0) == ups:
            break
        neel[i] = int(neel.count(0) > ups)
    return [str(s) for s in neel]


def exported(state: Any, qubit: Qubit) -> list[Parts]:
    """TeNPy's tensors, site by site; a charge of the physical leg is one of our two states."""
    sites: list[Parts] = []
    for i in range(state.L):
        b = state.get_B(i).transpose(["vL", "p", "vR"])
        left, physical, right = (leg.to_qflat()[:, 0] for leg in b.legs)
        dense = b.to_ndarray()
        sites.append(
            {
                (q, int(s)): torch.from_numpy(block)
                for at, s in enumerate(state.sites[i].perm)  # TeNPy sorts states by charge
                for q in sorted(set(left.tolist()))
                if (
                    block := dense[:, at][np.ix_(left == q, right == qubit.add(q, physical[at]))]
                ).size
            }
        )
    return sites
