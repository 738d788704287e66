"""Seconds a row on one core, ground state and labels, of our solver and of block2 on the same rows.

    python -m benchmarks.solvers heisenberg_1d --size 48 --rows 10

Three ways of solving: our batched DMRG as a build does it, block2 from its pilot (`warm`), and
block2 from a random state in eight half sweeps (`cold`), at the smallest bond whose labels are
good enough: 5e-4 in every correlation and 1e-3 in every pair entropy, for every row. All labels
are computed by our code. Families whose sector is not a magnetization are not for block2.

The reference of a row is block2 from a random state in twelve half sweeps at --reference-bond. Our
solver gets as many rows as a build solves together, of which the first --rows are compared.

Pilots are solved beforehand, once for all rows of a config. Ratios are those of CPU seconds, which
other work on the machine disturbs less than it does the wall time beside them.
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from builders import families
from builders.block2_solver import Precision, block2_pilot, solve_block2, solve_warm_block2
from builders.hamiltonian import Hamiltonian, Sector
from builders.machine import hardware
from builders.names import Size
from builders.solver import Batch, pilot, solve_warm

TOLERANCE = {"correlation": 5e-4, "renyi2": 1e-3}
COLD_HALF_SWEEPS = 8
COLD_BONDS = (16, 24, 32, 48, 64, 96, 128)
Labels = dict[str, NDArray[np.float64]]


@dataclass(frozen=True)
class Line:
    """One way of solving: seconds a row, labels included, and the largest label errors."""

    solver: str
    bond: int
    wall: float
    cpu: float
    correlation: float
    renyi2: float
    rows_outside: int

    @property
    def good(self) -> bool:
        """Whether every row is within the tolerance."""
        return self.rows_outside == 0


def reference(h: Hamiltonian, sector: Sector, bond: int) -> Labels:
    """Labels of a much more exact ground state."""
    precision = Precision(cutoff=1e-13, threshold=1e-12, steps=12)
    batch = solve_block2([h], sector, bond=bond, half_sweeps=12, precision=precision)
    return batch.labels()


def timed(name: str, bond: int, solve: Callable[[], Batch], truth: Labels) -> Line:
    """Solve and label all rows."""
    wall, cpu = time.perf_counter(), time.process_time()
    batch = solve()
    labels = batch.labels()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    rows = len(batch.energy)
    compared = {key: labels[key][: len(values)] for key, values in truth.items()}
    return Line(name, bond, wall / rows, cpu / rows, *errors(compared, truth))


def errors(labels: Labels, truth: Labels) -> tuple[float, float, int]:
    """Largest error of each label, and the number of rows outside the tolerance."""
    rows = {
        name: np.abs(labels[name] - truth[name]).reshape(len(truth[name]), -1).max(axis=1)
        for name in TOLERANCE
    }
    outside = np.any([rows[name] > limit for name, limit in TOLERANCE.items()], axis=0)
    return float(rows["correlation"].max()), float(rows["renyi2"].max()), int(outside.sum())


def compare(family: str, size: Size, rows: int, max_bond: int) -> list[Line]:
    """Our solver, block2 warm, and block2 cold at growing bond until its labels are good."""
    spec, sector = families.load(family), families.load(family).sector(size)
    rng = np.random.default_rng(2026)
    together = max(rows, spec.effort(size).block)
    block = [spec.hamiltonian(size, spec.draw(size, rng)) for _ in range(together)]
    hamiltonians = block[:rows]
    for name, solved in (("torch", pilot), ("block2", block2_pilot)):
        started = time.process_time()
        solved(family, size)
        print(f"pilot of {name}: {time.process_time() - started:.1f} CPU s", flush=True)
    found = [reference(h, sector, max_bond) for h in hamiltonians]
    truth = {name: np.concatenate([labels[name] for labels in found]) for name in TOLERANCE}
    # The first run of all pays for pages of memory and caches.
    solve_warm(family, size, hamiltonians[:2]).labels()
    bond, ours, theirs = spec.effort(size).bond, solve_warm, solve_warm_block2
    lines = [
        timed("torch", bond, lambda: ours(family, size, block), truth),
        timed("block2 warm", bond, lambda: theirs(family, size, hamiltonians), truth),
    ]
    for bond in COLD_BONDS:

        def cold(bond: int = bond) -> Batch:
            return solve_block2(
                hamiltonians, sector, bond=bond, half_sweeps=COLD_HALF_SWEEPS, stack=True
            )

        lines.append(timed("block2 cold", bond, cold, truth))
        print(json.dumps(asdict(lines[-1])), flush=True)
        if lines[-1].good:
            break
    return [*lines[:2], lines[-1]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("family")
    parser.add_argument("--size", default="48")
    parser.add_argument("--rows", type=int, default=10)
    parser.add_argument("--reference-bond", type=int, default=160)
    args = parser.parse_args()
    lines = compare(args.family, Size.parse(args.size), args.rows, args.reference_bond)
    print(f"{args.family} N={args.size}, {args.rows} rows, one core of {hardware()}")
    print(
        f"{'solver':12s} {'bond':>4s} {'wall s/row':>10s} {'CPU s/row':>10s} {'max|dC|':>8s} "
        f"{'max|dS2|':>8s} {'rows outside':>12s} {'speed':>6s}"
    )
    for line in lines:
        print(
            f"{line.solver:12s} {line.bond:4d} {line.wall:10.3f} {line.cpu:10.3f} "
            f"{line.correlation:8.1e} {line.renyi2:8.1e} {line.rows_outside:12d} "
            f"{lines[-1].cpu / line.cpu:6.2f}"
        )
    for line in lines:
        if not line.good:
            print(f"{line.solver}: no fair comparison, {line.rows_outside} rows are outside.")


if __name__ == "__main__":
    main()
