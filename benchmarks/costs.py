"""What a row costs: CPU seconds and certificate of every family at every published size.

    OMP_NUM_THREADS=1 python -m benchmarks.costs --out benchmarks/results/costs.json
    python -m benchmarks.costs --table benchmarks/results/costs.json docs/families.md

Every point solves two random rows with the family's solver settings and measures their labels, in
one process on one core, small sizes first; points that the file holds already are not measured
again. Two rows together cost more each than the blocks of a build. The warm start is solved once in
a process and stands apart. Lattices are solved by block2, as `build --solver block2` does.
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.pages import digits, put_table
from builders import families
from builders.core.machine import hardware
from builders.core.names import Size
from builders.kinds.ground_state import GroundStateFamily
from builders.physics.hamiltonian import Hamiltonian
from builders.solvers.dmrg.batch import Batch
from builders.solvers.dmrg.solver import solve_warm
from builders.solvers.dmrg.warm_starts import warm_starts

LARGEST = 127
ROWS = 2
MARKS = "<!-- costs -->", "<!-- end of costs -->"


@dataclass(frozen=True)
class Cost:
    """One measured point.

    Attributes:
        family: name of the family.
        size: number of sites, or ROWSxCOLUMNS.
        solver: `torch`, our own, or `block2`.
        bond: bond dimension at most, in states.
        warm_start_seconds: CPU seconds of all warm starts.
        seconds: CPU seconds a row, state and certificate.
        label_seconds: CPU seconds a row, all labels.
        variance: largest certificate, in units of N · (energy unit)².
    """

    family: str
    size: str
    solver: str
    bond: int
    warm_start_seconds: float
    seconds: float
    label_seconds: float
    variance: float


def points() -> list[tuple[GroundStateFamily, Size]]:
    """Every solved family at each of its sizes, the cheap ones first."""
    every = (families.load(name) for name in families.names())
    cases = [
        (family, size)
        for family in every
        if isinstance(family, GroundStateFamily)
        for size in map(family.geometry.parse, family.sizes)
        if size.sites <= LARGEST
    ]
    return sorted(cases, key=lambda point: (not point[1].is_chain, point[1].sites))


def measure(family: GroundStateFamily, size: Size) -> Cost:
    """Solve and label `ROWS` rows in this process."""
    rng = np.random.default_rng(2026)
    hamiltonians = [family.hamiltonian(size, family.draw(size, rng)) for _ in range(ROWS)]
    solver = "torch" if size.is_chain else "block2"
    times = [time.process_time()]
    _solve_warm_starts(family, size, solver)
    times.append(time.process_time())
    batch = _solve(family, size, solver, hamiltonians)
    times.append(time.process_time())
    batch.labels()
    times.append(time.process_time())
    spent = [round(float(s), 4) for s in np.diff(times) / (1, ROWS, ROWS)]
    bond = max(state.bond() for _, state in batch.groups)
    worst = float(f"{batch.relative_variance.max():.3g}")
    return Cost(family.name, str(size), solver, bond, *spent, worst)


def _solve_warm_starts(family: GroundStateFamily, size: Size, solver: str) -> None:
    if solver == "block2":
        from builders.solvers.block2.solver import block2_warm_start

        block2_warm_start(family.name, size)
        return
    warm_starts(family.name, size)


def _solve(
    family: GroundStateFamily, size: Size, solver: str, rows: Sequence[Hamiltonian]
) -> Batch:
    if solver == "block2":
        from builders.solvers.block2.rows import solve_warm_block2

        return solve_warm_block2(family.name, size, rows)
    return solve_warm(family.name, size, rows)


def measure_all(out: Path) -> None:
    """Every point that `out` lacks, written after each."""
    costs = read(out)
    have = {(cost.family, cost.size) for cost in costs}
    out.parent.mkdir(parents=True, exist_ok=True)
    for family, size in points():
        if (family.name, str(size)) in have:
            continue
        costs.append(measure(family, size))
        lines = ",\n".join(f"  {json.dumps(asdict(cost))}" for cost in costs)
        head = f'"hardware": {json.dumps(hardware())}, "rows": {ROWS}'
        out.write_text(f'{{{head}, "points": [\n{lines}\n]}}\n')
        print(json.dumps(asdict(costs[-1])), flush=True)


def read(path: Path) -> list[Cost]:
    """The points of a file; none where there is no file."""
    stored = json.loads(path.read_text())["points"] if path.exists() else []
    return [Cost(**point) for point in stored]


def table(costs: Sequence[Cost]) -> str:
    """Markdown: families with the same sizes share a table, a line a family, a column a size."""
    grid: dict[tuple[str, ...], list[str]] = {}
    for name in sorted({cost.family for cost in costs}):
        of = [cost for cost in costs if cost.family == name]
        cells = [f"{digits(c.seconds + c.label_seconds)} ({c.variance:.0e})" for c in of]
        line = " | ".join((f"`{name}`", *cells))
        grid.setdefault(tuple(cost.size for cost in of), []).append(f"| {line} |")
    blocks = []
    for sizes, lines in sorted(grid.items(), key=lambda item: -len(item[1])):
        head = " | ".join(("CPU s a row (variance)", *sizes))
        blocks.append("\n".join((f"| {head} |", "|---" * (len(sizes) + 1) + "|", *lines)))
    return "\n\n".join(blocks)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--table", nargs=2, type=Path, metavar=("JSON", "PAGE"))
    args = parser.parse_args()
    if args.out:
        measure_all(args.out)
    if args.table:
        stored, page = args.table
        put_table(page, MARKS, table(read(stored)))


if __name__ == "__main__":
    main()
