"""Open systems of the variational benchmark of others: our energy beside the published ones.

    OMP_NUM_THREADS=1 python -m benchmarks.varbench
    OMP_NUM_THREADS=1 python -m benchmarks.varbench --all --out benchmarks/results/varbench.json

Without --all the systems alone that take a minute. Energies are those of
github.com/varbench/varbench (Wu et al., Science 386, 296 (2024)), of sums of Pauli strings:
Σ (XX + YY + ZZ) over neighbours on a chain or an open square lattice, Σ ZZ + Σ X on a chain. `V` is
N · variance / E², E∞ being 0; `digits` counts in how many significant digits two energies agree, at
most those that were printed. Heisenberg systems are solved by block2 in SU(2) multiplets.
"""

import argparse
import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from builders import families
from builders.core.machine import hardware
from builders.core.names import Size
from builders.physics.hamiltonian import Hamiltonian, PauliTerms, Sector, chain_bonds
from builders.physics.v_score import v_score_of
from builders.solvers.block2.solver import STRONG, Precision, block2_warm_start, solve_block2
from builders.solvers.exact.diagonalization import exact_ground_state

# A cut-off of 1e-14 leaves a variance of 6.6e-9 at 200 sites, more than the published one.
CHAIN = Precision(cutoff=1e-20, threshold=1e-18, steps=30)
Published = tuple[tuple[str, str], ...]
"""Method and energy as printed."""
Solved = tuple[float, float]
"""Energy and energy variance."""


@dataclass(frozen=True)
class System:
    """One instance.

    Attributes:
        name: for people.
        published: energies of others.
        solve: the Hamiltonian, solved at the bond; None where we only state what others found.
        hamiltonian: H in Pauli strings.
        bond: multiplets kept; 0 where the diagonalisation is exact.
        slow: left out without --all.
    """

    name: str
    published: Published
    hamiltonian: Callable[[], Hamiltonian] | None = None
    solve: Callable[[Hamiltonian, int], Solved] | None = None
    bond: int = 0
    slow: bool = False


@dataclass(frozen=True)
class Found:
    """What we have of one system.

    Attributes:
        name: of the system.
        bond: multiplets kept; 0 where the diagonalisation is exact.
        energy: ⟨H⟩.
        variance: ⟨H²⟩ − ⟨H⟩².
        v_score: N · variance / E².
        seconds: CPU seconds.
    """

    name: str
    bond: int
    energy: float
    variance: float
    v_score: float
    seconds: float


def ising_chain(sites: int) -> Hamiltonian:
    """Σ Z Z + Σ X, open."""
    at, ones = np.arange(sites)[:, None], np.ones(sites)
    terms = (PauliTerms("ZZ", chain_bonds(sites), ones[1:]), PauliTerms("X", at, ones))
    return Hamiltonian(sites, terms)


def heisenberg_chain(sites: int) -> Hamiltonian:
    """Σ (XX + YY + ZZ) over neighbours, open."""
    bonds = np.zeros((sites, sites))
    i, j = chain_bonds(sites).T
    bonds[i, j] = bonds[j, i] = 1.0
    return families.solvable("heisenberg_1d").hamiltonian(Size(sites), {"J": bonds})


def heisenberg_lattice(size: Size) -> Hamiltonian:
    """Σ (XX + YY + ZZ) over neighbours, open; the family has a factor ½, so that J = 2."""
    family = families.solvable("heisenberg_2d")
    return family.hamiltonian(size, {"J": 2.0 * family.typical(size)["J"]})


def _diagonalised(h: Hamiltonian, bond: int) -> Solved:  # noqa: ARG001
    # An even chain in a field along +X: the lowest state has Π X = +1.
    state = exact_ground_state(h, Sector("parity", 1))
    return state.energy, state.energy_variance


def _cold(h: Hamiltonian, bond: int) -> Solved:
    singlet = Sector("magnetization", 0)
    batch = solve_block2([h], singlet, bond=bond, half_sweeps=8, precision=CHAIN, spin=0)
    return float(batch.energy[0]), float(batch.energy_variance[0])


def _grown(h: Hamiltonian, bond: int) -> Solved:
    """From the same state at 96 multiplets: every row of the family with J = 1 starts from it."""
    size, states = Size.parse("6x6"), 4 * 96
    batch = solve_block2(
        [h],
        Sector("magnetization", 0),
        bond=bond,
        half_sweeps=6,
        warm_start=block2_warm_start("heisenberg_2d", size, states),
        precision=STRONG,
        spin=0,
    )
    return float(batch.energy[0]), float(batch.energy_variance[0])


SYSTEMS = (
    System(
        "Ising chain, 10",
        (("ED", "-12.381489999654734"),),
        lambda: ising_chain(10),
        _diagonalised,
    ),
    System(
        "Heisenberg chain, 20",
        (("ED", "-34.72989333759587"),),
        lambda: heisenberg_chain(20),
        _cold,
        128,
    ),
    System(
        "Heisenberg chain, 200",
        (("DMRG, variance 5.4e-9", "-353.766222278"),),
        lambda: heisenberg_chain(200),
        _cold,
        128,
    ),
    System(
        "Heisenberg lattice, 6x6",
        (("ED", "-86.9071441699763"), ("DMRG, bond 2048, variance 4.6e-4", "-86.9071326")),
        lambda: heisenberg_lattice(Size.parse("6x6")),
        _grown,
        512,
        slow=True,
    ),
    System(
        "Heisenberg lattice, 10x10",
        (("QMC", "-251.46248"), ("DMRG, bond 10,000, variance 0.32", "-251.4534")),
    ),
)
HEAD = (
    *("system", "published by", "energy", "ours", "multiplets", "variance", "V", "digits"),
    "CPU s",
)


def digits_agreed(published: str, energy: float) -> int:
    """Significant digits in which an energy agrees with a printed one.

    All that were printed if the energy rounds to them, or else d with a relative difference of
    10^−d at most.
    """
    digits, decimals = published.strip("-").replace(".", ""), published.split(".")[1]
    printed, off = len(digits.lstrip("0")), abs(energy - float(published))
    if off <= 0.5 * 10.0 ** -len(decimals):
        return printed
    return max(0, min(printed, math.floor(-math.log10(off / abs(float(published))))))


def measure(system: System) -> Found | None:
    """Solve a system; None for one that is stated alone."""
    if system.hamiltonian is None or system.solve is None:
        return None
    h, started = system.hamiltonian(), time.process_time()
    energy, variance = system.solve(h, system.bond)
    seconds = round(time.process_time() - started, 1)
    score = v_score_of(h, energy, variance)
    return Found(system.name, system.bond, energy, variance, score, seconds)


def table(found: Sequence[Found]) -> str:
    """Markdown, a line for each published energy."""
    ours = {f.name: f for f in found}
    lines = [HEAD, ("---",) * len(HEAD)]
    for system in SYSTEMS:
        f = ours.get(system.name)
        for method, energy in system.published:
            cells = (*("–",) * 6,) if f is None else _cells(f, energy)
            lines.append((system.name, method, energy, *cells))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cells(found: Found, published: str) -> tuple[str, ...]:
    decimals = len(published.split(".")[1])
    return (
        f"{found.energy:.{min(decimals, 12)}f}",
        str(found.bond) if found.bond else "exact",
        f"{found.variance:.1e}",
        f"{found.v_score:.1e}",
        str(digits_agreed(published, found.energy)),
        f"{found.seconds:g}",
    )


def read(path: Path) -> tuple[str, list[Found]]:
    """Machine and results of a record."""
    body: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return body["hardware"], [Found(**found) for found in body["found"]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="the 6x6 lattice too")
    parser.add_argument("--out", type=Path, help="JSON file of the results; others in it stay")
    args = parser.parse_args()
    known = read(args.out)[1] if args.out and args.out.is_file() else []
    ours = {f.name: f for f in known}
    for system in SYSTEMS:
        if args.all or not system.slow:
            measured = measure(system)
            ours |= {} if measured is None else {system.name: measured}
    found = [ours[system.name] for system in SYSTEMS if system.name in ours]
    print(f"{hardware()}\n\n{table(found)}")
    if args.out:
        lines = ",\n".join(f"  {json.dumps(asdict(f))}" for f in found)
        head = f'"hardware": {json.dumps(hardware())}'
        args.out.write_text(f'{{{head}, "found": [\n{lines}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
