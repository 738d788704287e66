"""Seconds an evolution on one core, of our batched TEBD and of TeNPy's, at equal label error.

    OMP_NUM_THREADS=1 python -m benchmarks.evolution xxz_1d --size 48 --rows 10

Both evolve the same product state under Hamiltonians of a family (its couplings), to the same
times, by the same Trotter steps of fourth order, and cut off the same weight at every bond: ours
all rows together as a build does, TeNPy (`pip install physics-tenpy`) row by row, `--tenpy-rows` of
them. The reference of these rows is ours with half the step, a hundredth of the cut and twice the
bond. All labels are computed by our code and are not timed. Seconds are CPU seconds, which other
work on the machine disturbs less than it does wall time; the ratio is of these.
"""

import argparse
import os
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.tenpy_evolution import evolve_tenpy
from benchmarks.tenpy_solver import have_tenpy
from builders import families
from builders.core.machine import hardware
from builders.core.names import Size
from builders.physics.evolution_settings import EvolutionSettings
from builders.physics.hamiltonian import Hamiltonian
from builders.solvers.evolution.chains import labels_of
from builders.solvers.evolution.product_states import bits_of, product_state
from builders.solvers.evolution.tebd import Evolved, evolve
from builders.solvers.mps.mps import Mps

Labels = list[dict[str, NDArray[np.float64]]]
NAMES = ("magnetization", "correlation", "renyi2", "renyi2_blocks")


def labels(states: Sequence[Mps], times: NDArray[np.float64], rows: int) -> Labels:
    """Labels of the first rows at all times."""
    none = np.zeros((rows, len(times)))
    first = tuple(state.rows(range(rows)) for state in states)
    return list(labels_of(Evolved(times, first, none, none)))


def errors(found: Labels, truth: Labels) -> dict[str, float]:
    """Largest error of each label at any time, in the rows that both have."""
    return {
        name: max(
            float(np.abs(one[name] - other[name][: len(one[name])]).max())
            for one, other in zip(found, truth, strict=True)
        )
        for name in NAMES
    }


def line(solver: str, rows: int, seconds: float, bond: int, off: dict[str, float]) -> str:
    """One line of the table."""
    shown = " ".join(f"{off[name]:14.1e}" for name in NAMES)
    return f"{solver:10s} {rows:4d} {bond:5d} {seconds / rows:12.2f} {shown}"


def compare(
    hamiltonians: Sequence[Hamiltonian],
    start: str,
    times: NDArray[np.float64],
    settings: EvolutionSettings,
    tenpy_rows: int,
) -> float:
    """Print a line for each solver; how many times more CPU seconds an evolution takes TeNPy."""
    n = hamiltonians[0].n_sites
    conserved = all("X" not in {t.paulis for t in h.terms} for h in hamiltonians)
    initial = product_state(start, n, conserved=conserved)
    evolve(hamiltonians[:1], initial, times[:1], settings)  # pays for memory and caches
    began = time.process_time()
    ours = evolve(hamiltonians, initial, times, settings)
    seconds = time.process_time() - began
    tight = replace(
        settings, step=settings.step / 2, cut=settings.cut / 100, bond=2 * settings.bond
    )
    truth = labels(
        evolve(hamiltonians[:tenpy_rows], initial, times, tight).states, times, tenpy_rows
    )
    print(f"{'':10s} {'rows':>4s} {'bond':>5s} {'s/evolution':>12s} ", end="")
    print(" ".join(f"{name:>14s}" for name in NAMES))
    off = errors(labels(ours.states, times, tenpy_rows), truth)
    print(line("ours", len(hamiltonians), seconds, ours.states[-1].bond(), off), flush=True)
    if not have_tenpy():
        print("TeNPy is left out: it is not installed (`pip install physics-tenpy`).")
        return float("nan")
    evolve_tenpy(hamiltonians[0], initial.qubit, bits_of(start, n), times[:1].tolist(), settings)
    began = time.process_time()
    theirs = [
        evolve_tenpy(h, initial.qubit, bits_of(start, n), times.tolist(), settings)
        for h in hamiltonians[:tenpy_rows]
    ]
    again = time.process_time() - began
    found = [labels(states, times, 1) for states in theirs]
    worst = [errors(one, [_row(at, k) for at in truth]) for k, one in enumerate(found)]
    off = {name: max(one[name] for one in worst) for name in NAMES}
    bond = max(states[-1].bond() for states in theirs)
    print(line("TeNPy", len(theirs), again, bond, off), flush=True)
    return again / len(theirs) / (seconds / len(hamiltonians))


def _row(at: dict[str, NDArray[np.float64]], k: int) -> dict[str, NDArray[np.float64]]:
    return {name: values[k : k + 1] for name, values in at.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("family", help="whose Hamiltonians, such as xxz_1d or tfim_1d")
    parser.add_argument("--size", default="48")
    parser.add_argument("--start", default="neel", help="all_up, neel or domain_wall")
    parser.add_argument("--until", type=float, default=1.0, help="last of the times")
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--rows", type=int, default=10, help="evolutions of ours together")
    parser.add_argument("--tenpy-rows", type=int, default=1)
    parser.add_argument("--step", type=float, default=0.1)
    parser.add_argument("--cut", type=float, default=1e-10)
    parser.add_argument("--bond", type=int, default=128)
    args = parser.parse_args()
    if os.environ.get("OMP_NUM_THREADS") != "1":
        parser.error("set OMP_NUM_THREADS=1: numpy, which TeNPy uses, takes every core otherwise.")
    family, size = families.solvable(args.family), Size.parse(args.size)
    rng = np.random.default_rng(2026)
    hamiltonians = [family.hamiltonian(size, family.draw(size, rng)) for _ in range(args.rows)]
    times = args.until * np.arange(1, args.times + 1) / args.times
    settings = EvolutionSettings(args.bond, args.step, cut=args.cut)
    print(f"{args.family} N={args.size} from {args.start} to t={args.until}, {hardware()}")
    ratio = compare(hamiltonians, args.start, times, settings, args.tenpy_rows)
    print(f"CPU seconds an evolution, TeNPy / ours: {ratio:.1f}")


if __name__ == "__main__":
    main()
