"""Label errors of data set rows against a reference, beside the certificate that goes with them.

    python -m benchmarks.label_errors heisenberg_1d --size 48 --rows 20

The rows are those that a build solves, with --ood those of the split test_ood. The reference of
transverse-field Ising and XY chains is free fermions. Of the other families it is DMRG from the
row's own state at several times the bond, until the energy variance in units of
N · (energy unit)² is below 1e-9 or the bond is --bond; with --block2 it is block2 from a
random state at the bond --bond, twelve half sweeps, which shares no code with ours.

--out FILE.json keeps all rows, and `--plot A.json B.json … PICTURE` draws the errors of such files
against the certificate.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np

from builders import families
from builders.building.ground_state import GroundState, MatrixProductGroundState
from builders.core.machine import hardware
from builders.core.names import Size
from builders.families.tfim_1d import TfimChain
from builders.physics.family import Family
from builders.physics.hamiltonian import Hamiltonian, Sector
from builders.physics.parameters import Parameters
from builders.solvers.dmrg.cold import solve_tighter
from builders.solvers.dmrg.solver import solve_warm, with_mirror_parity
from builders.solvers.exact.diagonalization import MAX_SITES, exact_ground_state
from builders.solvers.exact.free_fermion import tfim_ground_state, xy_ground_state
from builders.solvers.mps.mps import Mps

LABELS = ("correlation", "renyi2", "renyi2_blocks")


def reference(
    family: Family, size: Size, parameters: Parameters, state: Mps, bond: int
) -> GroundState:
    """A much more exact ground state than the row's."""
    h, sector = family.hamiltonian(size, parameters), family.sector(size)
    if size.sites <= MAX_SITES:
        return exact_ground_state(h, sector)
    batch = solve_tighter(h, sector, state, tolerance=1e-9, max_bond=bond)
    return MatrixProductGroundState(with_mirror_parity(family, size, batch, [h]))


def independent(h: Hamiltonian, sector: Sector, bond: int) -> GroundState:
    """The ground state by block2 from a random state."""
    from builders.solvers.block2.solver import Precision, solve_block2

    precision = Precision(cutoff=1e-13, threshold=1e-12, steps=12)
    batch = solve_block2([h], sector, bond=bond, half_sweeps=12, precision=precision)
    return MatrixProductGroundState(batch)


def measure(
    family: Family, size: Size, rows: int, bond: int, *, ood: bool = False, block2: bool = False
) -> list[dict[str, float]]:
    """One line a row: certificate, relative energy error, largest label errors."""
    rng = np.random.default_rng(2026)
    draw = family.draw_ood if ood else family.draw
    parameters = [draw(size, rng) for _ in range(rows)]
    warm_start = (family.warm_start_ood if ood else "") or family.name
    batch = solve_warm(warm_start, size, [family.hamiltonian(size, p) for p in parameters])
    labels = batch.labels()
    states = {k: (group[1], at) for group in batch.groups for at, k in enumerate(group[0])}
    lines = []
    for k, p in enumerate(parameters):
        group, at = states[k]
        if isinstance(family, TfimChain):
            exact = tfim_ground_state(p["J"], p["h"])
        elif family.name == "xy_1d":
            exact = xy_ground_state(p["J"], p["h"], float(p["gamma"]))
        elif block2:
            exact = independent(family.hamiltonian(size, p), family.sector(size), bond)
        else:
            exact = reference(family, size, p, group.rows([at]), bond)
        line = {
            "relative_variance": float(batch.relative_variance[k]),
            "step_angle": float(batch.step_angle[k]),
            "energy": float(abs(batch.energy[k] - exact.energy) / abs(exact.energy)),
        }
        for name in LABELS:
            line[name] = float(np.abs(labels[name][k] - getattr(exact, name)()).max())
        lines.append(line)
        print(json.dumps({"row": k, **line}), flush=True)
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("family", nargs="?")
    parser.add_argument("--size", default="48")
    parser.add_argument("--rows", type=int, default=20)
    parser.add_argument("--bond", type=int, default=256, help="of the reference, at most")
    parser.add_argument("--ood", action="store_true", help="rows of the shifted distribution")
    parser.add_argument("--block2", action="store_true", help="block2 makes the reference")
    parser.add_argument("--out", type=Path, help="keep the rows in this JSON file")
    parser.add_argument("--plot", nargs="+", type=Path, metavar="FILE")
    args = parser.parse_args()
    if args.plot:
        from benchmarks.plots import plot_errors

        plot_errors(args.plot[:-1], args.plot[-1])
        return
    family, size = families.load(args.family), Size.parse(args.size)
    started = time.perf_counter()
    lines = measure(family, size, args.rows, args.bond, ood=args.ood, block2=args.block2)
    print(
        f"{family.name}{' test_ood' if args.ood else ''} N={size}, {len(lines)} rows, {hardware()}"
    )
    for name in lines[0]:
        values = np.array([line[name] for line in lines])
        print(f"{name:18s} median {np.median(values):.1e}  largest {values.max():.1e}")
    print(f"{time.perf_counter() - started:.0f} s")
    if args.out:
        head = {"family": family.name, "size": str(size), "hardware": hardware()}
        args.out.parent.mkdir(parents=True, exist_ok=True)
        args.out.write_text(json.dumps({**head, "rows": lines}, indent=1) + "\n")


if __name__ == "__main__":
    main()
