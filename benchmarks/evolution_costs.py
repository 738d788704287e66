"""What a state at a time costs: CPU seconds and label errors of quenches and kicked circuits.

    OMP_NUM_THREADS=1 python -m benchmarks.evolution_costs --out FILE.json
    python -m benchmarks.evolution_costs --table FILE.json docs/families.md

FILE.json is benchmarks/results/evolution_costs.json. Every point makes the rows of two evolutions
as a build does, states, labels and certificate, and then 512 shots of each, in one process on one
core; points that the file holds already are not measured again. A build makes up to ten evolutions
together, which costs less for each.
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
from builders.kinds.circuit import KickedIsing
from builders.kinds.evolution import EvolutionFamily
from builders.physics.rows import BuildSettings

SIZES = ("16", "48", "127")
EVOLUTIONS = 2
SHOTS = 512
MARKS = "<!-- costs of evolutions -->", "<!-- end of costs of evolutions -->"
Made = EvolutionFamily | KickedIsing


@dataclass(frozen=True)
class EvolutionCost:
    """One measured point.

    Attributes:
        family: name of the family.
        size: number of sites.
        last: time or step of the last row of an evolution.
        seconds: CPU seconds a row, states, labels and certificate.
        shot_seconds: CPU seconds a row, 512 shots.
        label_error_correlation: largest of the rows.
        label_error_renyi2: largest of the rows, bit.
    """

    family: str
    size: str
    last: float
    seconds: float
    shot_seconds: float
    label_error_correlation: float
    label_error_renyi2: float


def points() -> list[tuple[Made, Size]]:
    """Every family of evolutions at each of `SIZES` that it has, the cheap ones first."""
    every = (families.load(name) for name in families.names())
    cases = [
        (family, family.geometry.parse(size))
        for family in every
        if isinstance(family, Made)
        for size in family.sizes
        if size in SIZES
    ]
    return sorted(cases, key=lambda point: point[1].sites)


def measure(family: Made, size: Size) -> EvolutionCost:
    """The rows of some evolutions and their shots in this process."""
    rng = np.random.default_rng(2026)
    smallest = family.geometry.parse(family.sizes[0])
    first = family.draw_rows(smallest, rng, shifted=False)
    family.make(smallest, first, rng.spawn(1), BuildSettings(family.method))  # loads the solvers
    parameters = [p for _ in range(EVOLUTIONS) for p in family.draw_rows(size, rng, shifted=False)]
    rngs = rng.spawn(EVOLUTIONS)
    times = [time.process_time()]
    made = family.make(size, parameters, rngs, BuildSettings(family.method))
    times.append(time.process_time())
    made.sample(SHOTS, rngs)
    times.append(time.process_time())
    spent = [round(float(s), 4) for s in np.diff(times) / len(parameters)]
    moving = "t" if isinstance(family, EvolutionFamily) else "steps"
    none = np.zeros(1)
    errors = (
        float(f"{made.columns.get(f'label_error_{label}', none).max():.3g}")
        for label in ("correlation", "renyi2")
    )
    return EvolutionCost(family.name, str(size), float(parameters[-1][moving]), *spent, *errors)


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
        head = f'"hardware": {json.dumps(hardware())}, "evolutions": {EVOLUTIONS}'
        out.write_text(f'{{{head}, "points": [\n{lines}\n]}}\n')
        print(json.dumps(asdict(costs[-1])), flush=True)


def read(path: Path) -> list[EvolutionCost]:
    """The points of a file; none where there is no file."""
    stored = json.loads(path.read_text())["points"] if path.exists() else []
    return [EvolutionCost(**point) for point in stored]


def table(costs: Sequence[EvolutionCost]) -> str:
    """Markdown: a line a family, a column a size."""
    sizes = sorted({cost.size for cost in costs}, key=int)
    head = " | ".join(("states, labels + shots: CPU s a row (label errors)", "until", *sizes))
    lines = [f"| {head} |", "|---" * (len(sizes) + 2) + "|"]
    for name in sorted({cost.family for cost in costs}):
        of = {cost.size: cost for cost in costs if cost.family == name}
        cells = [_cell(of[size]) if size in of else "" for size in sizes]
        until = f"{next(iter(of.values())).last:g}"
        lines.append(f"| {' | '.join((f'`{name}`', until, *cells))} |")
    return "\n".join(lines)


def _cell(cost: EvolutionCost) -> str:
    errors = (cost.label_error_correlation, cost.label_error_renyi2)
    known = ", ".join(f"{error:.0e}" for error in errors) if any(errors) else "exact"
    return f"{digits(cost.seconds)} + {digits(cost.shot_seconds)} ({known})"


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
