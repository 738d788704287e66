"""How the solver's time and memory grow with the size and with the bond dimension.

    python -m benchmarks.scaling --out benchmarks/results/scaling.json
    python -m benchmarks.scaling --plot benchmarks/results/scaling.json docs/scaling.svg

Every point is a process of its own that solves and labels a few rows of a family with the family's
solver settings on one core, so that its peak memory is its own: the warm start, the rows' states
and their labels. Seconds are CPU seconds a row, apart from the warm start and the config's scale of
label errors, which are solved once a process. Where the bond is varied,
rows do two half sweeps and no row is solved again, so that the points show the cost of a sweep.
"""

import argparse
import json
import math
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from builders import families
from builders.core.machine import hardware
from builders.core.names import Size

SIZES = (31, 63, 127, 256, 512, 1024)
BONDS = (16, 32, 64, 128)
FAMILIES = ("tfim_1d", "heisenberg_1d", "xxz_1d")
BOND_SIZE = 48  # of the points in which the bond varies
# Rows solved together, by the largest size that they are for: what a build takes, then fewer.
ROWS = {127: 20, 256: 4, 1024: 2}


@dataclass(frozen=True)
class Point:
    """One measured point.

    Attributes:
        family: name of the family.
        sites: N.
        bond: bond dimension at most.
        rows: how many were solved together.
        warm_start_seconds: CPU seconds of the warm start.
        seconds: CPU seconds a row, state and certificate.
        label_seconds: CPU seconds a row, all labels.
        memory: peak resident memory of the process, GiB.
        variance: largest certificate of the rows, in units of N · (energy unit)².
    """

    family: str
    sites: int
    bond: int
    rows: int
    warm_start_seconds: float
    seconds: float
    label_seconds: float
    memory: float
    variance: float


def measure(family: str, sites: int, bond: int | None, rows: int) -> Point:
    """Solve and label `rows` rows in this process."""
    from builders.solvers.dmrg.estimates import label_error_scale
    from builders.solvers.dmrg.solver import AGAIN_ABOVE, solve_warm
    from builders.solvers.dmrg.warm_starts import warm_starts

    spec, size = families.load(family), Size(sites)
    settings = spec.solver_settings(size)
    if bond:
        settings = replace(settings, bond=bond, tolerance=1.0)
    rng = np.random.default_rng(2026)
    hamiltonians = [spec.hamiltonian(size, spec.draw(size, rng)) for _ in range(rows)]
    times = [time.process_time()]
    warm_starts(family, size, settings)
    label_error_scale(family, size, settings)
    times.append(time.process_time())
    again = math.inf if bond else AGAIN_ABOVE
    batch = solve_warm(family, size, hamiltonians, settings=settings, again_above=again)
    times.append(time.process_time())
    batch.labels()
    times.append(time.process_time())
    spent = np.diff(times) / (1, rows, rows)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    worst = float(batch.relative_variance.max())
    numbers = [round(float(s), 4) for s in spent]
    return Point(family, sites, settings.bond, rows, *numbers, round(peak, 3), worst)


def measure_all(out: Path) -> None:
    """All points, each in a process, written after each."""
    tasks: list[tuple[str, int, int | None]]
    tasks = [(f, BOND_SIZE, b) for f in FAMILIES[1:] for b in BONDS]
    tasks += [(f, n, None) for n in SIZES for f in FAMILIES]
    points = []
    for family, sites, bond in tasks:
        command = [sys.executable, "-m", "benchmarks.scaling", "--point", family, str(sites)]
        done = subprocess.run(
            [*command, *([str(bond)] if bond else [])], check=True, stdout=subprocess.PIPE
        )
        points.append(json.loads(done.stdout))
        print(json.dumps(points[-1]), flush=True)
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps({"hardware": hardware(), "points": points}, indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--point", nargs="+", metavar=("FAMILY", "SITES"))
    parser.add_argument("--plot", nargs=2, type=Path, metavar=("JSON", "PICTURE"))
    args = parser.parse_args()
    if args.point:
        family, sites, *bond = args.point
        rows = next(rows for limit, rows in ROWS.items() if int(sites) <= limit)
        point = measure(family, int(sites), int(bond[0]) if bond else None, rows)
        print(json.dumps(asdict(point)))
    if args.out:
        measure_all(args.out)
    if args.plot:
        from benchmarks.plots import plot_scaling

        plot_scaling(*args.plot)


if __name__ == "__main__":
    main()
