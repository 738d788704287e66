"""Heisenberg antiferromagnet on an open square lattice with random couplings."""

import numpy as np
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.core.names import Size
from builders.kinds.ground_state import GroundStateFamily
from builders.physics.geometry import Lattice
from builders.physics.hamiltonian import Hamiltonian, Sector, isotropic
from builders.physics.hamiltonian_family import SolverSettings
from builders.physics.parameters import Parameter, Parameters


def lattice_bonds(size: Size) -> NDArray[np.int64]:
    """Neighbours on an open rows × columns lattice, int64 (bonds, 2), the smaller site first.

    Sites are numbered row by row. Bonds are listed site by site: first to the next row, then to
    the next column.
    """
    rows, columns = size.rows or 1, size.columns or size.sites
    bonds = []
    for site in range(size.sites):
        if site // columns + 1 < rows:
            bonds.append((site, site + columns))
        if site % columns + 1 < columns:
            bonds.append((site, site + 1))
    return np.array(bonds, dtype=np.int64)


class HeisenbergLattice(GroundStateFamily):
    """H = ½ Σ_b J_b (X_i X_j + Y_i Y_j + Z_i Z_j) over the bonds b = (i, j) of an open lattice.

    J_b ~ U(0, 2). Sites are numbered row by row; bonds are those of `lattice_bonds`, in its order.
    Couplings, order and the factor ½ are those of the published data (Huang et al. 2022, Lewis et
    al. 2024), whose instances come back from their couplings.

    The label `renyi2` belongs to the pairs (a, a+1) of site numbers: neighbours on the lattice but
    for the last site of a row and the first of the next.

    All couplings being positive, the ground state has the total spin |A − B|/2 of the two
    sublattices of a chessboard (Lieb and Mattis 1962). An even number of sites has Σ Z = 0, an odd
    one has Σ Z = +1. ⟨XX⟩ = ⟨YY⟩ = ⟨ZZ⟩ in both, because a spin of 0 or ½ has no direction of
    second order, and E = (3/2) Σ_b J_b C_b.

    `build --solver block2` keeps SU(2) multiplets and is by far the faster solver here; the energy
    variance is taken in multiplets too. Rows of 6 × 6 take twice the bond of 9 × 5, see
    `docs/lattices.md`. 8 × 9 and 10 × 10 are past the limit of 45 sites: a
    row of 8 × 9 has the variance 0.13 at 64 multiplets and 0.04 at 128 (18 and 90 CPU seconds from
    a random state), where a build allows 2e-5.

    The shifted distribution is a lattice of strong rows, weakly coupled. Ferromagnetic couplings
    would not do: whatever they are, the ground state is the one with the largest spin, and all
    rows have the same labels, C_ij = 1/3.
    """

    name = "heisenberg_2d"
    title = "Heisenberg antiferromagnet on a square lattice"
    formula = "H = 1/2 sum_b J_b (X_i X_j + Y_i Y_j + Z_i Z_j), b = (i, j) neighbours on a lattice"
    distribution = "J_b ~ U(0, 2) independent for every bond."
    distribution_ood = "J_b ~ U(1, 3) along a row and U(0, 1) from row to row, independent."
    why_hard = (
        "Two dimensions: a pair of sites is joined by many paths, and its correlation depends on "
        "the couplings along all of them."
    )
    references = (
        "H.-Y. Huang et al., Science 377, eabk3333 (2022)",
        "L. Lewis et al., Nature Communications 15, 895 (2024)",
        "E. Lieb, D. Mattis, J. Math. Phys. 3, 749 (1962)",
    )
    parameters = (
        Parameter(
            "J",
            lambda s: (len(lattice_bonds(s)),),
            "coupling of each bond, in the energy unit of H",
        ),
    )
    geometry = Lattice()
    sizes = ("4x5", "5x5", "6x5", "7x5", "6x6", "8x5", "9x5")
    max_sites = 45
    max_bond = 640

    def check_size(self, size: Size) -> None:
        self.geometry.check(size, self.name)
        if size.sites > self.max_sites:
            raise RequestError(
                f"size {size} is past the limit of {self.name}: at most {self.max_sites} sites. "
                "On 8x9 a row took 90 CPU seconds at 128 multiplets, and its energy variance of "
                "4e-2 N · (energy unit)² fell three times as the bond doubled; a build "
                "allows 2e-5."
            )
        if min(size.rows or 0, size.columns or 0) < 2:
            raise RequestError(
                f"{self.name} needs two rows and two columns at least; {size} is a chain. "
                "heisenberg_1d has chains."
            )

    def draw(self, size: Size, rng: np.random.Generator) -> Parameters:
        return {"J": rng.uniform(0.0, 2.0, len(lattice_bonds(size)))}

    def draw_ood(self, size: Size, rng: np.random.Generator) -> Parameters:
        bonds = lattice_bonds(size)
        inside = np.diff(bonds, axis=1)[:, 0] == 1
        uniform = rng.uniform(0.0, 1.0, len(bonds))
        return {"J": np.where(inside, 1.0 + 2.0 * uniform, uniform)}

    def typical(self, size: Size) -> Parameters:
        return {"J": np.ones(len(lattice_bonds(size)))}

    def hamiltonian(self, size: Size, parameters: Parameters) -> Hamiltonian:
        return Hamiltonian(size.sites, tuple(isotropic(lattice_bonds(size), 0.5 * parameters["J"])))

    def sector(self, size: Size) -> Sector:
        return Sector("magnetization", size.sites % 2)

    def total_spin(self, size: Size, parameters: Parameters) -> int | None:
        # Lieb and Mattis: positive couplings.
        return size.sites % 2 if (parameters["J"] > 0).all() else None

    def solver_settings(self, size: Size) -> SolverSettings:
        # In states; block2 keeps a quarter as many multiplets. At 5 × 5, 160 multiplets leave 4e-5
        # in a correlation (benchmarks.lattices). One row at a time, because the labels of so
        # many states need memory.
        bond = 512 if size.sites <= 20 else 768 if size.sites <= 30 else 1152
        if min(size.rows or 0, size.columns or 0) > 5:
            bond *= 2  # a cut goes through more bonds: 288 multiplets leave a variance of 1.4e-4
        return SolverSettings(bond=bond, steps=4, tolerance=5e-3, block=1)


FAMILY = HeisenbergLattice()
