"""How often sweeps end with an up spin in the wrong place, and how often walks set it right.

    OMP_NUM_THREADS=1 python -m benchmarks.spin_orders --size 64 --strength 2 --rows 60

Rows of `random_field_heisenberg_1d` of one strength W, with --ood of its shifted distribution, are
solved as a build solves them, without and with walks through the neighbouring sectors of Σ Z. A
third solution starts from random product states, which know nothing of the warm start, and walks
too. Each is compared with the lowest energy of the three. Strengths and sizes that the family
leaves out can be asked for. --out FILE.json adds the record to those in the file.
"""

import argparse
import json
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from builders.core.machine import hardware
from builders.core.names import Size
from builders.core.threads import one_thread
from builders.families.random_field_heisenberg_1d import FAMILY
from builders.physics.hamiltonian import Hamiltonian, Sector
from builders.solvers.dmrg.dmrg import HalfSweeps, dmrg
from builders.solvers.dmrg.solver import at_full_bond, solve_warm
from builders.solvers.dmrg.spin_mpo import mpo_of
from builders.solvers.dmrg.walks import improved
from builders.solvers.dmrg.warm_starts import warm_starts
from builders.solvers.mps.canonical import Parts, right_canonical, stacked
from builders.solvers.mps.charges import HALVES
from builders.solvers.mps.mps import Mps

SEED = 1
# Above the lowest energy, in units of the coupling: more than rows of one order differ by, and less
# than two orders differ by as a rule.
MISSED = 5e-3
_TOGETHER = 20
_GOLDEN = (np.sqrt(5.0) - 1.0) / 2.0

Array = NDArray[np.float64]


def fields(size: Size, strength: float, rows: int, *, ood: bool) -> Array:
    """Fields of rows of one strength, (rows, N)."""
    rng = np.random.default_rng([SEED, size.sites, round(1000 * strength), ood])
    if not ood:
        return rng.uniform(-strength, strength, (rows, size.sites))
    offsets = rng.uniform(0.0, 2.0 * np.pi, (rows, 1))
    return strength * np.cos(2.0 * np.pi * _GOLDEN * np.arange(size.sites) + offsets)


def product_states(n_sites: int, sector: Sector, rng: np.random.Generator, rows: int) -> Mps:
    """Product states with the spins of the sector in random order."""
    up = (n_sites + sector.value) // 2
    states = []
    for _ in range(rows):
        spins = rng.permutation(np.arange(n_sites) >= up).astype(int)
        charge, sites = 0, list[Parts]()
        for s in spins.tolist():
            sites.append({(charge, s): torch.ones((1, 1, 1), dtype=torch.float64)})
            charge += HALVES[s]
        states.append(right_canonical(sites, sector))
    return stacked(states)


def from_random(size: Size, hamiltonians: list[Hamiltonian], rng: np.random.Generator) -> Array:
    """Energies of rows that start from random product states and walk."""
    sector, settings = FAMILY.sector(size), FAMILY.solver_settings(size)
    start = product_states(size.sites, sector, rng, len(hamiltonians))
    shake = HalfSweeps(2, settings.steps, 16, noise=0.05)
    mpo = mpo_of([h.normalised() for h in hamiltonians], sector)
    with one_thread():
        state, _ = dmrg(mpo, start, (shake, HalfSweeps(2, settings.steps, 16)))
    finish = partial(at_full_bond, hamiltonians, settings)
    batch = finish(list(range(len(hamiltonians))), state)
    return improved(batch, hamiltonians, finish).energy


def measured(size: Size, strength: float, rows: int, *, ood: bool) -> dict[str, Any]:
    """How many rows each way misses, and CPU seconds a row."""
    settings = FAMILY.solver_settings(size)
    warm_starts(FAMILY.name, size)  # solved once in a process
    drawn = fields(size, strength, rows, ood=ood)
    rng = np.random.default_rng(SEED)
    found: dict[str, list[Any]] = {"sweeps": [], "walks": [], "random": []}
    seconds = dict.fromkeys(found, 0.0)
    for first in range(0, rows, _TOGETHER):
        h = [FAMILY.hamiltonian(size, {"h": row}) for row in drawn[first : first + _TOGETHER]]
        for name in found:
            begin = time.process_time()
            if name == "random":
                energy = from_random(size, h, rng)
            else:
                how = replace(settings, walks=name == "walks")
                energy = solve_warm(FAMILY.name, size, h, settings=how).energy
            found[name].append(energy)
            seconds[name] += time.process_time() - begin
    energies = {name: np.concatenate(some) for name, some in found.items()}
    lowest = np.min(list(energies.values()), axis=0)
    above = {name: energy - lowest for name, energy in energies.items()}
    return {
        "size": size.sites,
        "strength": strength,
        "ood": ood,
        "rows": rows,
        "missed": {name: int((a > MISSED).sum()) for name, a in above.items()},
        "furthest": {name: float(a.max()) for name, a in above.items()},
        "seconds": {name: s / rows for name, s in seconds.items()},
        "hardware": hardware(),
    }


def line(record: dict[str, Any]) -> str:
    """A record as a line of the table."""
    cells = [str(record["size"]), f"{record['strength']:g}", "yes" if record["ood"] else ""]
    cells += [str(record["rows"]), *(str(k) for k in record["missed"].values())]
    cells += [f"{record['furthest']['sweeps']:.2g}", f"{record['furthest']['walks']:.1g}"]
    cells += [f"{record['seconds'][name]:.2f}" for name in ("sweeps", "walks")]
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Solve, compare, print a line of the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--strength", type=float, default=2.0)
    parser.add_argument("--rows", type=int, default=20)
    parser.add_argument("--ood", action="store_true")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    size = FAMILY.geometry.parse(str(given.size))
    record = measured(size, given.strength, given.rows, ood=given.ood)
    print(hardware())
    print(
        "| N | W | shifted | rows | sweeps miss | walks miss | random starts and walks miss "
        "| sweeps above by | walks above by | sweeps, s a row | walks, s a row |"
    )
    print(line(record))
    if given.out:
        kept = json.loads(given.out.read_text()) if given.out.is_file() else []
        given.out.write_text(json.dumps([*kept, record], indent=1) + "\n")


if __name__ == "__main__":
    main()
