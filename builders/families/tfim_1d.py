"""Transverse-field Ising chain with random couplings."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from builders.core.names import Size
from builders.families import CHAIN_SIZES
from builders.kinds.ground_state import GroundStateFamily
from builders.physics.closed_form import ClosedForm
from builders.physics.hamiltonian import Hamiltonian, PauliTerms, Sector, chain_bonds
from builders.physics.hamiltonian_family import SolverSettings
from builders.physics.parameters import Parameter, Parameters
from builders.physics.phase import Phase

# Where a mean logarithm is cut off, so that a chain with a zero coupling has a finite margin.
_SMALLEST = 1e-300


class TfimChain(GroundStateFamily):
    """H = − Σ_i J_i Z_i Z_{i+1} − Σ_i h_i X_i, open chain, in the sector Π X_i = +1.

    J_i ~ U[0, 1], h_i = 1: paramagnetic, as in the published data of arXiv 2505.13852, which are
    written with spin operators S = σ/2 and J ~ U[0, 2], so that their energies are half of these.
    The ground state is that of free fermions (Pfeuty 1970), which gives every label exactly.
    The infinite chain with random couplings is ordered where the mean of ln|J| is above that of
    ln|h|, paramagnetic where it is below (Fisher 1995, exact); the margin is the difference. J of
    the default distribution is below h, so that all rows are paramagnetic and the phase is no task.
    """

    name = "tfim_1d"
    title = "Transverse-field Ising chain"
    formula = "H = -sum_i J_i Z_i Z_{i+1} - sum_i h_i X_i"
    distribution = "J_i ~ U[0, 1] independent for every bond; h_i = 1."
    distribution_ood = "J_i ~ U[1, 3] independent for every bond; h_i = 1: the ordered phase."
    warm_start_ood = "tfim_1d_ordered"
    phases = ("paramagnetic", "ordered")
    phase_rule = (
        "Ordered where the mean of ln|J| is above that of ln|h| (exact for the infinite random "
        "chain); the margin is the difference of the two."
    )
    why_hard = (
        "It is the easy end of the board: short correlations, exactly solvable. A model that "
        "does not beat the mean here has learnt nothing from the couplings."
    )
    references: ClassVar[tuple[str, ...]] = (
        "P. Pfeuty, Ann. Phys. 57, 79 (1970)",
        "D. S. Fisher, Phys. Rev. B 51, 6411 (1995)",
        "arXiv:2505.13852",
    )
    parameters = (
        Parameter("J", lambda s: (s.sites - 1,), "coupling of Z_i Z_{i+1}, in units of h"),
        Parameter("h", lambda s: (s.sites,), "transverse field on site i"),
    )
    sizes = CHAIN_SIZES

    def draw(self, size: Size, rng: np.random.Generator) -> Parameters:
        return {"J": rng.uniform(0.0, 1.0, size.sites - 1), "h": np.ones(size.sites)}

    def typical(self, size: Size) -> Parameters:
        return {"J": np.full(size.sites - 1, 0.5), "h": np.ones(size.sites)}

    def hamiltonian(self, size: Size, parameters: Parameters) -> Hamiltonian:
        sites = np.arange(size.sites)[:, None]
        return Hamiltonian(
            size.sites,
            (
                PauliTerms("ZZ", chain_bonds(size.sites), -parameters["J"]),
                PauliTerms("X", sites, -parameters["h"]),
            ),
        )

    def sector(self, size: Size) -> Sector:
        return Sector("parity", 1)

    def solver_settings(self, size: Size) -> SolverSettings:
        return SolverSettings(bond=8, steps=4, tolerance=2e-2, block=100)

    def draw_ood(self, size: Size, rng: np.random.Generator) -> Parameters:
        return {"J": rng.uniform(1.0, 3.0, size.sites - 1), "h": np.ones(size.sites)}

    def phase(
        self,
        size: Size,
        parameters: Parameters,
        order: NDArray[np.float64],
        renyi2: NDArray[np.float64],
    ) -> Phase:
        coupling, field = (_mean_log(parameters[name]) for name in ("J", "h"))
        return Phase("ordered" if coupling > field else "paramagnetic", abs(coupling - field))

    def exact_energy(self, size: Size, parameters: Parameters) -> float:
        # Imported here because listing families must not load scipy.
        from builders.solvers.exact.free_fermion import tfim_ground_state

        return tfim_ground_state(parameters["J"], parameters["h"]).energy

    def exact_state(self, size: Size, parameters: Parameters, sector: Sector) -> ClosedForm:
        from builders.solvers.exact.free_fermion import tfim_ground_state

        return tfim_ground_state(parameters["J"], parameters["h"], sector.value)


def _mean_log(values: NDArray[np.float64]) -> float:
    return float(np.log(np.maximum(np.abs(values), _SMALLEST)).mean())


FAMILY = TfimChain()
