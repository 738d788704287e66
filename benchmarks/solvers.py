"""Seconds a row on one core, ground state and labels, of our solver and of two others.

    OMP_NUM_THREADS=1 python -m benchmarks.solvers heisenberg_1d --size 48 --rows 10

Five ways of solving: our batched DMRG as a build does it, in its blocks of rows; the same at equal
accuracy (`torch equal`); block2 from its warm start (`warm`); block2 from a random state (`cold`);
and TeNPy from a product state. `equal`, `cold` and TeNPy take the smallest bond whose labels are
good enough: 5e-4 in every correlation and 1e-3 in every pair entropy, for every row; the last two
with four or eight half sweeps, ours with the family's steps and tolerance or with 3 and 1e-2,
whichever is cheaper. A build takes a larger bond, and solves rows again that are above its variance
limit. All labels are computed by our code. TeNPy is slow and solves the first rows only
(`--tenpy-rows`), which makes it easier for a small bond to be good for all of them. `--together` is
the number of rows in a block of ours, that of a build by default.

The sector of a family is a magnetization, or the parity Π X. There block2 runs in its general mode
with the group Z2 (`benchmarks.block2_plain`), and TeNPy without charges, which take it more time
than they save at so small bonds. A solver that is not installed, or that has not the family's
sector, is left out of the table, which says so.

The reference of a row is free fermions where they solve the family, otherwise a tight run of block2
from a random state, at twice the bond of a build at least; without block2 it is our solver from the
row's own state at growing bond. The largest energy variance of the references, in units of
N · (energy unit)², is printed.

Warm starts are solved beforehand, once for all rows of a config. Ratios are those of CPU seconds,
which other work on the machine disturbs less than it does the wall time beside them.
"""

import argparse
import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.block2_plain import parity_warm_start, solve_parity_block2
from benchmarks.label_errors import independent, reference
from benchmarks.tenpy_solver import have_tenpy, solve_tenpy
from builders import families
from builders.building.ground_state import MatrixProductGroundState
from builders.core.errors import RequestError
from builders.core.machine import hardware
from builders.core.names import Size
from builders.families.tfim_1d import TfimChain
from builders.physics.family import Family
from builders.physics.hamiltonian import Hamiltonian, Sector
from builders.physics.hamiltonian_family import SolverSettings
from builders.physics.parameters import Parameters
from builders.solvers.block2.rows import solve_warm_block2
from builders.solvers.block2.session import need_block2
from builders.solvers.block2.solver import block2_warm_start, solve_block2
from builders.solvers.dmrg.batch import Batch
from builders.solvers.dmrg.solver import solve_warm
from builders.solvers.dmrg.warm_starts import warm_starts
from builders.solvers.exact.free_fermion import tfim_ground_state, xy_ground_state

TOLERANCE = {"correlation": 5e-4, "renyi2": 1e-3}
WARM_HALF_SWEEPS = 2
COLD_HALF_SWEEPS = (8, 4)
BONDS = (2, 4, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 128)
OUR_REFERENCE_BOND = 256
Labels = dict[str, NDArray[np.float64]]
Solve = Callable[[Sequence[Hamiltonian]], Batch]


@dataclass(frozen=True)
class Line:
    """One way of solving: seconds a row, labels included, and the largest label errors.

    Attributes:
        rows: how many were compared with their references.
    """

    solver: str
    bond: int
    rows: int
    wall: float
    cpu: float
    correlation: float
    renyi2: float
    rows_outside: int

    @property
    def good(self) -> bool:
        """Whether every row is within the tolerance."""
        return self.rows_outside == 0


@dataclass(frozen=True)
class Rows:
    """The rows to solve; our solver gets more than the others, to fill its blocks.

    Attributes:
        truth: labels of the first rows, those that are compared.
        bonds: tried where the smallest good one is looked for.
    """

    family: Family
    size: Size
    hamiltonians: list[Hamiltonian]
    truth: Labels
    bonds: list[int]

    @property
    def compared(self) -> int:
        """Number of rows that have a reference."""
        return len(self.truth["renyi2"])

    def timed(self, name: str, bond: int, solve: Solve, blocks: list[slice]) -> Line:
        """Solve and label the rows of all blocks."""
        wall, cpu = time.perf_counter(), time.process_time()
        parts = [solve(self.hamiltonians[block]).labels() for block in blocks]
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        labels = {name: np.concatenate([one[name] for one in parts]) for name in TOLERANCE}
        solved = len(labels["renyi2"])
        compared = min(solved, self.compared)
        line = Line(
            name, bond, compared, wall / solved, cpu / solved, *errors(labels, self.truth, compared)
        )
        print(json.dumps(asdict(line)), flush=True)
        return line

    def cheapest(self, name: str, blocks: list[slice], *solves: Callable[..., Batch]) -> Line:
        """The good line of the fewest CPU seconds: a quicker way may need a larger bond."""
        bonds, lines = self.bonds, list[Line]()
        for solve in solves:
            lines.append(self._smallest(name, blocks, bonds, solve))
            if lines[0].good:
                bonds = [bond for bond in bonds if lines[0].bond <= bond <= 2 * lines[0].bond]
        return min([line for line in lines if line.good] or lines[:1], key=lambda line: line.cpu)

    def _smallest(
        self, name: str, blocks: list[slice], bonds: list[int], solve: Callable[..., Batch]
    ) -> Line:
        """The line of the smallest bond whose labels are good, or of the largest there is."""
        for bond in bonds:
            line = self.timed(name, bond, partial(solve, bond=bond), blocks)
            if line.good:
                break
        return line


def errors(labels: Labels, truth: Labels, rows: int) -> tuple[float, float, int]:
    """Largest error of each label in the first rows, and how many are outside the tolerance."""
    worst = {
        name: np.abs(labels[name][:rows] - truth[name][:rows]).reshape(rows, -1).max(axis=1)
        for name in TOLERANCE
    }
    outside = np.any([worst[name] > limit for name, limit in TOLERANCE.items()], axis=0)
    return float(worst["correlation"].max()), float(worst["renyi2"].max()), int(outside.sum())


def references(
    family: Family, size: Size, parameters: Sequence[Parameters], bond: int | None
) -> Labels:
    """Labels of a closed form, or of much more exact ground states."""
    exact: Sequence[Any]
    if isinstance(family, TfimChain):
        exact = [tfim_ground_state(p["J"], p["h"]) for p in parameters]
    elif family.name == "xy_1d":
        exact = [xy_ground_state(p["J"], p["h"], float(p["gamma"])) for p in parameters]
    elif family.sector(size).kind == "magnetization" and have_block2():
        bond = bond or max(160 if size.sites > 64 else 128, 2 * family.solver_settings(size).bond)
        hamiltonians = [family.hamiltonian(size, p) for p in parameters]
        exact = [independent(h, family.sector(size), bond) for h in hamiltonians]
    else:
        batch = solve_warm(family.name, size, [family.hamiltonian(size, p) for p in parameters])
        states = {k: state.rows([at]) for ks, state in batch.groups for at, k in enumerate(ks)}
        exact = [
            reference(family, size, p, states[k], bond or OUR_REFERENCE_BOND)
            for k, p in enumerate(parameters)
        ]
    solved = [e for e in exact if isinstance(e, MatrixProductGroundState)]
    if solved:
        variance = max(float(e.batch.relative_variance[0]) for e in solved)
        print(f"largest variance of a reference: {variance:.1e}", flush=True)
    return {name: np.stack([getattr(e, name)() for e in exact]) for name in TOLERANCE}


def have_block2() -> bool:
    """Whether block2 can be imported."""
    try:
        need_block2()
    except RequestError:
        return False
    return True


def compare(
    name: str,
    size: Size,
    rows: int,
    tenpy_rows: int,
    bond: int | None,
    together: int | None = None,
    bonds: Sequence[int] = BONDS,
) -> list[Line]:
    """Our solver, block2 warm, then block2 cold and TeNPy at the smallest bond that is good."""
    family = families.load(name)
    rng = np.random.default_rng(2026)
    block = together or family.block(size)
    blocks = [slice(start, start + block) for start in range(0, rows, block)]
    parameters = [family.draw(size, rng) for _ in range(blocks[-1].stop)]
    truth = references(family, size, parameters[:rows], bond)
    settings, all_rows = family.solver_settings(size), [slice(0, rows)]
    # The search begins well below the bond of a build.
    bonds = [b for b in bonds if b >= settings.bond // 4]
    hamiltonians = [family.hamiltonian(size, p) for p in parameters]
    drawn = Rows(family, size, hamiltonians, truth, bonds)
    _warm_start("torch", warm_starts, name, size)
    ours = partial(solve_warm, name, size)
    ours(drawn.hamiltonians[:2]).labels()  # the first run of all pays for memory and caches
    lines = [drawn.timed("torch", settings.bond, ours, blocks)]
    quick = replace(settings, steps=3, tolerance=max(settings.tolerance, 1e-2))
    for bond in (b for b in bonds if b <= settings.bond):
        warm_starts(name, size, replace(settings, bond=bond))  # which are kept
    equal = [partial(_by_settings, name, size, settings=e) for e in (settings, quick)]
    lines.append(drawn.cheapest("torch equal", blocks, *equal))
    sector = family.sector(size)
    warm: Solve
    cold: Callable[..., Batch]
    if sector.kind not in ("magnetization", "parity"):
        print(f"no other solver: the sector {sector.kind!r} is not for them.")
        return lines
    if not have_block2():
        print("block2 is left out: it is not installed.")
    else:
        if sector.kind == "magnetization":
            _warm_start("block2", block2_warm_start, name, size)
            warm = partial(solve_warm_block2, name, size)
            cold = partial(solve_block2, sector=sector, stack=True)
        else:
            _warm_start("block2", parity_warm_start, name, size)
            start = parity_warm_start(name, size)
            by_parity = partial(solve_parity_block2, sector=sector)
            warm = partial(
                by_parity, bond=settings.bond, half_sweeps=WARM_HALF_SWEEPS, warm_start=start
            )
            cold = by_parity
        lines.append(drawn.timed("block2 warm", settings.bond, warm, all_rows))
        lines.append(drawn.cheapest("block2 cold", all_rows, *_sweeps(cold)))
    if not have_tenpy():
        print("TeNPy is left out: it is not installed (`pip install physics-tenpy`).")
    elif tenpy_rows:
        by_tenpy = partial(_by_tenpy, sector=sector)
        by_tenpy(drawn.hamiltonians[:1], bond=BONDS[0], half_sweeps=4)  # imports and caches
        few = [slice(0, min(tenpy_rows, rows))]
        lines.append(drawn.cheapest("TeNPy", few, *_sweeps(by_tenpy)))
    return lines


def _sweeps(solve: Callable[..., Batch]) -> list[Callable[..., Batch]]:
    return [partial(solve, half_sweeps=count) for count in COLD_HALF_SWEEPS]


def _by_settings(
    family: str,
    size: Size,
    hamiltonians: Sequence[Hamiltonian],
    *,
    settings: SolverSettings,
    bond: int,
) -> Batch:
    """Our solver without a second look at rows of a larger variance."""
    chosen = replace(settings, bond=bond)
    return solve_warm(family, size, hamiltonians, settings=chosen, again_above=np.inf)


def _by_tenpy(
    hamiltonians: Sequence[Hamiltonian], *, sector: Sector, bond: int, half_sweeps: int
) -> Batch:
    # The states of a parity have small bonds, at which TeNPy is faster without charges.
    kept = Sector("none") if sector.kind == "parity" else sector
    return solve_tenpy(hamiltonians, kept, bond=bond, sweeps=half_sweeps // 2)


def _warm_start(solver: str, solve: Callable[[str, Size], object], family: str, size: Size) -> None:
    started = time.process_time()
    solve(family, size)  # which keeps it
    print(f"warm start of {solver}: {time.process_time() - started:.1f} CPU s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("family")
    parser.add_argument("--size", default="48")
    parser.add_argument("--rows", type=int, default=10)
    parser.add_argument("--tenpy-rows", type=int, default=2, help="0 leaves TeNPy out")
    parser.add_argument("--together", type=int, help="rows in a block of ours")
    parser.add_argument("--bonds", type=int, nargs="+", default=BONDS, help="tried, rising")
    parser.add_argument("--reference-bond", type=int, help="default 128, past 64 sites 160")
    args = parser.parse_args()
    if os.environ.get("OMP_NUM_THREADS") != "1":
        parser.error("set OMP_NUM_THREADS=1: numpy, which TeNPy uses, takes every core otherwise.")
    size = Size.parse(args.size)
    lines = compare(
        args.family,
        size,
        args.rows,
        args.tenpy_rows,
        args.reference_bond,
        args.together,
        args.bonds,
    )
    print(f"{args.family} N={args.size}, one core of {hardware()}")
    print(
        f"{'solver':13s} {'bond':>4s} {'rows':>4s} {'wall s/row':>10s} {'CPU s/row':>10s} "
        f"{'max|dC|':>8s} {'max|dS2|':>8s} {'rows outside':>12s} {'CPU/ours':>8s}"
    )
    for line in lines:
        print(
            f"{line.solver:13s} {line.bond:4d} {line.rows:4d} {line.wall:10.3f} {line.cpu:10.3f} "
            f"{line.correlation:8.1e} {line.renyi2:8.1e} {line.rows_outside:12d} "
            f"{line.cpu / lines[0].cpu:8.2f}"
        )
    for line in lines:
        if not line.good:
            print(f"{line.solver}: no fair comparison, {line.rows_outside} rows are outside.")


if __name__ == "__main__":
    main()
