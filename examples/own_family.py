"""A family of your own, built, verified and learnt: `python examples/own_family.py`.

A command builds it too: `qslbench build examples/own_family.py --size 8 --out own-family-data`.
"""

import numpy as np

import qslbench
from qslbench import GroundStateFamily, Hamiltonian, Parameter, PauliTerms, Sector, SolverSettings


class TiltedIsing(GroundStateFamily):
    """H = − Σ_i J_i Z_i Z_{i+1} − Σ_i X_i − 0.5 Σ_i Z_i, open chain; J_i ~ U[0, 1]."""

    name = "own_family"  # that of the file
    title = "Ising chain in a tilted field"
    formula = "H = -sum_i J_i Z_i Z_{i+1} - sum_i X_i - 0.5 sum_i Z_i"
    distribution = "J_i ~ U[0, 1] independent for every bond."
    why_hard = "No symmetry is left, and no free fermions solve it."
    references = ("none",)
    parameters = (Parameter("J", lambda size: (size.sites - 1,), "coupling of Z_i Z_{i+1}"),)
    sizes = ("8", "16", "48")

    def draw(self, size, rng):
        return {"J": rng.uniform(0.0, 1.0, size.sites - 1)}

    def typical(self, size):
        return {"J": np.full(size.sites - 1, 0.5)}

    def hamiltonian(self, size, parameters):
        bonds, sites = qslbench.chain_bonds(size.sites), np.arange(size.sites)[:, None]
        coupling = PauliTerms("ZZ", bonds, -parameters["J"])
        fields = [PauliTerms(p, sites, np.full(size.sites, -h)) for p, h in (("X", 1), ("Z", 0.5))]
        return Hamiltonian(size.sites, (coupling, *fields))

    def sector(self, size):
        return Sector("none")

    def solver_settings(self, size):
        return SolverSettings(bond=16, steps=4, tolerance=1e-3)


if __name__ == "__main__":
    config = qslbench.build(__file__, 8, train=20, test=20, shots=64, out="own-family-data")
    print(config, qslbench.verify("own-family-data", rows=2).problems or "has no problems")
    qslbench.run("ridge", "own-family-data", config, "energy", 20, 64, out="ridge.parquet")
    print(*qslbench.score_file("ridge.parquet", private="own-family-data-private"), sep="\n")
