"""Phase diagrams of families, drawn from the rows of a built data set.

    python -m benchmarks.phase_diagrams rydberg_1d --size 31 --rows 300
    python -m benchmarks.phase_diagrams rydberg_1d --size 31 --data DIR

Draws `docs/phases_<family>.svg`, by default from rows that it builds in a temporary folder. Filled
marks are rows whose `phase_margin` is at least 0.05. The thin lines run where a margin changes its
sign between rows: they are computed. Thick lines are those of `benchmarks.known_boundaries`.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

import builders
from benchmarks import known_boundaries
from benchmarks.known_boundaries import Boundary
from benchmarks.plots import save
from builders import families
from builders.building.build import build
from builders.core.errors import RequestError
from builders.core.machine import hardware
from builders.core.names import Size
from builders.dataset.schema import Arrays
from builders.dataset.spec import BuildSpec

Array = NDArray[np.float64]
COLOURS = ("#0072b2", "#d55e00", "#009e73")
MARKS = "os^"
CLEAR = 0.05
SHOTS = 8  # which no diagram looks at


class Rows:
    """The training rows of a config: named parameters, float64 (R, …), and columns."""

    def __init__(self, family: str, size: Size, arrays: Arrays) -> None:
        spec = families.load(family)
        named = [spec.unflatten(size, row) for row in arrays["parameters"]]
        self.parameters = {
            p.name: np.stack([row[p.name] for row in named]) for p in spec.parameters
        }
        self.names, self.size, self.arrays = spec.phases, size, arrays

    def signed(self, phase: int) -> Array:
        """The margin, negative in the rows of other phases."""
        inside = self.arrays["phase"] == phase
        return np.where(inside, 1.0, -1.0) * self.arrays["phase_margin"]


def marks(axis: Axes, rows: Rows, x: Array, y: Array) -> None:
    """One mark a row, in the colour of its phase, hollow near a boundary."""
    clear = rows.arrays["phase_margin"] >= CLEAR
    for k, name in enumerate(rows.names):
        inside = rows.arrays["phase"] == k
        for chosen, face in ((inside & clear, COLOURS[k]), (inside & ~clear, "none")):
            axis.plot(
                x[chosen],
                y[chosen],
                MARKS[k],
                markersize=3.5,
                markeredgecolor=COLOURS[k],
                markerfacecolor=face,
                markeredgewidth=0.7,
                label=name if face != "none" else None,
            )


def plane(axis: Axes, rows: Rows, x: Array, y: Array, known: list[Boundary]) -> None:
    """Rows of two parameters, computed boundaries between them and known ones."""
    marks(axis, rows, x, y)
    for k, _ in enumerate(rows.names):
        if (rows.arrays["phase"] == k).any():
            axis.tricontour(x, y, rows.signed(k), levels=[0.0], colors="0.6", linewidths=0.6)
    for line, dashes in zip(known, ("--", ":"), strict=False):
        style = "*" if line.points else "-" if line.exact else dashes
        axis.plot(line.x, line.y, style, color="black", linewidth=1.6, label=line.name)
    axis.legend(fontsize=7, loc="upper left", bbox_to_anchor=(1.0, 1.0))


def rydberg(rows: Rows, axes: list[Axes]) -> None:
    p = rows.parameters
    x, y = p["delta"] / p["omega"], p["rb_over_a"]
    plane(axes[0], rows, x, y, known_boundaries.rydberg())
    axes[0].set(xlabel="Δ/Ω", ylabel="R_b/a")


def bond_alternating(rows: Rows, axes: list[Axes]) -> None:
    p = rows.parameters
    plane(axes[0], rows, p["J_prime"] / p["J"], p["delta"], known_boundaries.bond_alternating())
    axes[0].set(xlabel="J'/J", ylabel="δ")


def cluster_ising(rows: Rows, axes: list[Axes]) -> None:
    p = rows.parameters
    plane(axes[0], rows, p["h1"], p["h2"], known_boundaries.cluster_ising())
    axes[0].set(xlabel="h1", ylabel="h2")


def ising(rows: Rows, axes: list[Axes]) -> None:
    """The margin against the mean coupling, and an order parameter against the margin."""
    n, margin = rows.size.sites, rows.signed(rows.names.index("ordered"))
    mean = rows.parameters["J"].mean(axis=1)
    far = rows.arrays["correlation"][:, n // 4, 3 * n // 4].astype(np.float64)
    for axis, x, y in zip(axes, (mean, margin), (margin, far), strict=True):
        marks(axis, rows, x, y)
    couplings = np.linspace(mean.min(), mean.max(), 60)
    axes[0].plot(couplings, np.log(couplings), "--", color="black", label="uniform chain")
    axes[0].axhline(0.0, color="black", linewidth=1.6, label="boundary, exact")
    axes[0].set(xlabel="mean of J/h", ylabel="mean of ln(J/h)")
    margins = np.linspace(margin.min(), margin.max(), 60)
    uniform = known_boundaries.uniform_ising(n, margins)
    axes[1].plot(margins, uniform, "--", color="black")
    axes[1].axvline(0.0, color="black", linewidth=1.6)
    axes[1].set(xlabel="mean of ln(J/h)", ylabel=f"C of the sites {n // 4} and {3 * n // 4}")
    axes[0].legend(fontsize=7)


DIAGRAMS: dict[str, tuple[Callable[[Rows, list[Axes]], None], int]] = {
    "rydberg_1d": (rydberg, 1),
    "bond_alternating_xxz_1d": (bond_alternating, 1),
    "cluster_ising_1d": (cluster_ising, 1),
    "tfim_1d_wide": (ising, 2),
    "tfim_1d_critical": (ising, 2),
}


def draw(rows: Rows, family: str, picture: Path) -> None:
    """Write the diagram of a family."""
    diagram, panels = DIAGRAMS[family]
    size = (5.2 * panels, 3.8) if panels > 1 else (6.4, 3.8)
    figure, axes = plt.subplots(1, panels, figsize=size, layout="constrained", squeeze=False)
    diagram(rows, list(axes[0]))
    figure.suptitle(f"{family}, {rows.size} sites, {len(rows.arrays['phase'])} rows", fontsize=9)
    save(figure, picture)


def read(spec: BuildSpec, data: Path | None) -> Rows:
    """The rows of a folder, or of one that is built and removed."""
    if data is not None:
        return Rows(spec.family, spec.size, builders.load(data, spec.config)["train"])
    with tempfile.TemporaryDirectory(prefix="qslbench-phases-") as folder:
        started = time.process_time()
        build(spec, Path(folder) / "data", workers=1)
        seconds = time.process_time() - started
        print(f"{spec.config}: {spec.rows['train']} rows in {seconds:.0f} CPU s, {hardware()}")
        return read(spec, Path(folder) / "data")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("family", choices=sorted(DIAGRAMS))
    parser.add_argument("--size", required=True)
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--data", type=Path, help="a built folder instead of a new build")
    parser.add_argument("--picture", type=Path, help="default docs/phases_<family>.svg")
    args = parser.parse_args()
    picture = args.picture or Path(f"docs/phases_{args.family}.svg")
    try:
        spec = BuildSpec(args.family, Size.parse(args.size), {"train": args.rows}, SHOTS, seed=0)
        draw(read(spec, args.data), args.family, picture)
    except RequestError as error:
        parser.error(str(error))
    print(f"{picture}: {picture.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
