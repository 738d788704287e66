"""What a lattice needs of block2: label errors, certificate and seconds as the bond grows.

    python -m benchmarks.lattices --size 4x5 --rows 4 --multiplets 96 128 160 240

Rows are solved in SU(2) multiplets, four half sweeps from the warm start of `build --solver
block2`. Errors are the largest differences from the last number of multiplets. `states` is the bond
in states of fixed S_z that the same matrices have; variances are in units of N · (energy unit)².
`--start` keeps fewer multiplets in the warm start, where that of a build takes too long. Seconds
are those of the processor.
"""

import argparse
import time

import numpy as np

from benchmarks.neighbours import neighbours
from builders import families
from builders.core.machine import hardware
from builders.core.names import Size
from builders.solvers.block2.solver import STATES, block2_warm_start, solve_block2
from builders.solvers.dmrg.batch import Batch

LABELS = ("correlation", "renyi2", "renyi2_blocks")


def differences(one: Batch, other: Batch, size: Size) -> dict[str, float]:
    ours, theirs = one.labels(), other.labels()
    largest = {"energy": np.abs(one.energy / other.energy - 1).max()}
    largest |= {k: np.abs(ours[k] - theirs[k]).max() for k in LABELS}
    pairs = np.abs(ours["correlation"] - theirs["correlation"]).reshape(len(one.energy), -1)
    return largest | {"correlation of neighbours": pairs[:, neighbours(size)].max()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", default="4x5")
    parser.add_argument("--rows", type=int, default=4)
    parser.add_argument("--multiplets", type=int, nargs="+", default=[96, 128, 160, 240])
    parser.add_argument("--start", type=int, help="multiplets of the warm start")
    args = parser.parse_args()
    family, size = families.load("heisenberg_2d"), Size.parse(args.size)
    rng = np.random.default_rng(2026)
    hamiltonians = [family.hamiltonian(size, family.draw(size, rng)) for _ in range(args.rows)]
    spin = family.total_spin(size, family.typical(size))
    started = time.process_time()
    states = None if args.start is None else STATES * args.start
    warm_start = block2_warm_start("heisenberg_2d", size, states)
    spent = time.process_time() - started
    print(f"{size}, {args.rows} rows, {hardware()}, warm start {spent:.1f} CPU s", flush=True)
    batches = []
    for bond in args.multiplets:
        before = time.process_time()
        batch = solve_block2(
            hamiltonians,
            family.sector(size),
            bond=bond,
            half_sweeps=4,
            warm_start=warm_start,
            spin=spin,
        )
        seconds = (time.process_time() - before) / args.rows
        states = max(state.bond() for _, state in batch.groups)
        print(
            f"{bond} multiplets, {states} states: {seconds:.1f} CPU s a row, "
            f"variance at most {batch.relative_variance.max():.1e}",
            flush=True,
        )
        batches.append(batch)
    for bond, batch in zip(args.multiplets[:-1], batches[:-1], strict=True):
        largest = differences(batch, batches[-1], size)
        print(f"{bond}: " + ", ".join(f"{name} {value:.1e}" for name, value in largest.items()))


if __name__ == "__main__":
    main()
