"""Heisenberg chain in a random field: disorder."""

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from builders.core.errors import RequestError
from builders.core.names import Size
from builders.families import CHAIN_SIZES
from builders.kinds.ground_state import GroundStateFamily
from builders.physics.hamiltonian import Hamiltonian, PauliTerms, Sector, chain_bonds, isotropic
from builders.physics.hamiltonian_family import SolverSettings
from builders.physics.parameters import Parameter, Parameters

STRENGTHS = (0.5, 1.0, 2.0)
_LONG = 64  # sites past which the strongest fields are left out
_GOLDEN = (np.sqrt(5.0) - 1.0) / 2.0  # the number furthest from fractions
_EXACT = 14  # sites up to which exact diagonalisation is there to tell the lowest state


class RandomFieldHeisenbergChain(GroundStateFamily):
    """H = Σ_i (X_i X_{i+1} + Y_i Y_{i+1} + Z_i Z_{i+1}) + Σ_i h_i Z_i, open chain.

    h_i ~ U[−W, W] with one W of 0.5, 1 and 2 a row (0.5 and 1 past 64 sites), in Pauli units; in
    spin operators S = σ/2 and units of their coupling the fields are half as large. The state is
    the lowest one with Σ Z = 0 for even N and +1 for odd N: the ground state of the sector and,
    with a field, not always of all states. A field that is the same on all sites changes nothing
    but the energy of odd chains.

    Orders that have a spin up here instead of far away come close in energy where fields are strong
    and chains long: no local update leads from one to the other, and the energy variance does not
    tell which one is lower. Rows are therefore led through the neighbouring sectors, where a spin
    is added or taken out wherever that is best (`builders.solvers.dmrg.walks`; `docs/engine.md`
    says how often that was needed). Past 64 sites W is at most 1. Fields that spread by more than
    2 W are refused where the chain is too long for exact diagonalisation.
    """

    name = "random_field_heisenberg_1d"
    title = "Heisenberg chain in a random field"
    formula = "H = sum_i (X_i X_{i+1} + Y_i Y_{i+1} + Z_i Z_{i+1}) + sum_i h_i Z_i"
    distribution = (
        "h_i ~ U[-W, W] for every site, one W of 0.5, 1 and 2 for a row (past 64 sites 0.5 and 1)."
    )
    distribution_ood = (
        "h_i = W cos(2 pi b i + u) with b = (sqrt(5) - 1) / 2, one u ~ U[0, 2 pi] and one W as "
        "above for a row: fields of the same strengths, quasiperiodic, not independent."
    )
    why_hard = (
        "The strength of the disorder is not given, only its N numbers: a site's response to the "
        "fields around it reaches further the weaker they are."
    )
    references: ClassVar[tuple[str, ...]] = (
        "A. Pal, D. A. Huse, Phys. Rev. B 82, 174411 (2010)",
        "D. J. Luitz, N. Laflorencie, F. Alet, Phys. Rev. B 91, 081103 (2015)",
    )
    parameters = (Parameter("h", lambda s: (s.sites,), "field along Z, in units of the coupling"),)
    sizes = tuple(size for size in CHAIN_SIZES if int(size) <= 127)

    def draw(self, size: Size, rng: np.random.Generator) -> Parameters:
        strength = float(rng.choice(_strengths(size)))
        return {"h": rng.uniform(-strength, strength, size.sites)}

    def draw_ood(self, size: Size, rng: np.random.Generator) -> Parameters:
        strength, offset = float(rng.choice(_strengths(size))), rng.uniform(0.0, 2.0 * np.pi)
        angles = 2.0 * np.pi * _GOLDEN * np.arange(size.sites) + offset
        # Cosines of single numbers: those of arrays differ in the last bit between processors.
        return {"h": strength * np.array([math.cos(angle) for angle in angles])}

    def typical(self, size: Size) -> Parameters:
        return {"h": np.zeros(size.sites)}

    def check(self, size: Size, given: Mapping[str, Any]) -> Parameters:
        parameters = super().check(size, given)
        spread = float(np.ptp(parameters["h"]))
        widest = 2.0 * max(_strengths(size))
        if spread > widest and size.sites > _EXACT:
            raise RequestError(
                f"the fields 'h' of {self.name} spread by {spread:.3g} (largest minus smallest). "
                f"At {size} sites at most {widest:g} is allowed: in stronger disorder the "
                "solver can end in an excited state without a sign of it."
            )
        return parameters

    def hamiltonian(self, size: Size, parameters: Parameters) -> Hamiltonian:
        n = size.sites
        fields = PauliTerms("Z", np.arange(n)[:, None], parameters["h"])
        return Hamiltonian(n, (*isotropic(chain_bonds(n), np.ones(n - 1)), fields))

    def sector(self, size: Size) -> Sector:
        return Sector("magnetization", size.sites % 2)

    def solver_settings(self, size: Size) -> SolverSettings:
        if size.sites <= 64:
            return SolverSettings(bond=48, steps=4, tolerance=1e-3, walks=True)
        return SolverSettings(bond=64, steps=6, tolerance=1e-3, walks=True)


def _strengths(size: Size) -> tuple[float, ...]:
    return STRENGTHS if size.sites <= _LONG else STRENGTHS[:-1]


FAMILY = RandomFieldHeisenbergChain()
