"""Exact diagonalisation of a Heisenberg lattice of up to 25 sites, as a reference for tests.

    python -m benchmarks.exact_lattice --size 5x5 --seed 2026 --out tests/golden/exact_5x5.json

Lanczos in the sector of the family: 5,200,300 amplitudes at 5 × 5, H applied bond by bond without a
matrix. It shares no code with the solvers. Stored are the couplings, ⟨H⟩, ⟨H²⟩ − ⟨H⟩² and all C_ij,
which are ⟨Z_iZ_j⟩, the state being a singlet or a doublet.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.linalg import LinearOperator, eigsh

from builders import families
from builders.core.machine import hardware
from builders.core.names import Size
from builders.families.heisenberg_2d import lattice_bonds

Floats = NDArray[np.float64]
FAMILY = families.load("heisenberg_2d")


class Lattice:
    """H = Σ c (XX + YY + ZZ) on the words of N bits with a fixed number of ones.

    Args:
        size: the lattice.
        couplings: float64 (bonds,), c of each bond.
    """

    def __init__(self, size: Size, couplings: Floats) -> None:
        n = size.sites
        ones = (n - FAMILY.sector(size).value) // 2  # a bit is a spin with Z = −1
        words = np.arange(2**n, dtype=np.uint32)
        self.words = words[np.bitwise_count(words) == ones]
        self.n = n
        self._diagonal = np.zeros(len(self.words))
        self._swaps = []
        place = np.full(2**n, -1, dtype=np.int32)
        place[self.words] = np.arange(len(self.words))
        for (i, j), c in zip(lattice_bonds(size).tolist(), couplings.tolist(), strict=True):
            ends = np.uint32((1 << (n - 1 - i)) | (1 << (n - 1 - j)))
            unequal = np.bitwise_count(self.words & ends) == 1
            self._diagonal += np.where(unequal, -c, c)
            # Where the spins are equal, XX + YY is 0: the word stands for itself, and is taken off.
            other = np.where(unequal, place[self.words ^ ends], np.arange(len(self.words)))
            self._diagonal -= np.where(unequal, 0.0, 2.0 * c)
            self._swaps.append((2.0 * c, other.astype(np.int32)))

    def __call__(self, psi: Floats) -> Floats:
        """H psi."""
        out = self._diagonal * psi
        for c, other in self._swaps:
            out += c * psi[other]
        return out

    def lowest(self) -> tuple[float, Floats]:
        """Energy and state of the lowest level."""
        size = len(self.words)
        start = np.random.default_rng(0).standard_normal(size)
        operator = LinearOperator((size, size), matvec=self, dtype=np.float64)
        energy, vector = eigsh(operator, k=1, which="SA", v0=start, tol=1e-12, ncv=24)
        return float(energy[0]), vector[:, 0] / np.linalg.norm(vector[:, 0])

    def zz(self, psi: Floats) -> Floats:
        """⟨Z_iZ_j⟩, float64 (N, N)."""
        weight = psi**2
        z = [1.0 - 2.0 * ((self.words >> np.uint32(self.n - 1 - i)) & 1) for i in range(self.n)]
        return np.array([[np.dot(a * b, weight) for b in z] for a in z])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", default="5x5")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    size = Size.parse(args.size)
    J = FAMILY.draw(size, np.random.default_rng(args.seed))["J"]
    started = time.process_time()
    lattice = Lattice(size, 0.5 * J)
    energy, psi = lattice.lowest()
    variance = float(np.square(lattice(psi) - energy * psi).sum())
    zz = lattice.zz(psi)
    print(
        f"{size}: {len(psi)} amplitudes, E = {energy:.12f}, variance {variance:.1e}, "
        f"{time.process_time() - started:.0f} CPU s, {hardware()}"
    )
    if args.out:
        upper = zz[np.triu_indices(size.sites, 1)].round(12).tolist()
        body = {
            "command": f"python -m benchmarks.exact_lattice --size {size} --seed {args.seed}",
            "couplings": J.tolist(),
            "energy": energy,
            "energy_variance": variance,
            "correlation_upper": upper,
        }
        args.out.write_text(f"{json.dumps(body)}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
