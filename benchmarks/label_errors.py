"""Label errors of data set rows against a reference, beside the certificate that goes with them.

    python -m benchmarks.label_errors heisenberg_1d --size 48 --rows 20

The rows are those that a build solves, with --ood those of the split test_ood. The reference of
transverse-field Ising and XY chains is free fermions; of the other families it is DMRG from the
row's own state at several times the bond, until the energy variance in units of
N · (largest coefficient)² is below 1e-9 or the bond is --bond.
"""

import argparse
import json
import time

import numpy as np

from builders import families
from builders.exact import MAX_SITES, exact_ground_state
from builders.families.tfim_1d import TfimChain
from builders.family import Family, Parameters
from builders.free_fermion import tfim_ground_state, xy_ground_state
from builders.ground_state import GroundState, MatrixProductGroundState
from builders.machine import hardware
from builders.mps import Mps
from builders.names import Size
from builders.solver import solve_tighter, solve_warm, with_mirror_parity

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


def measure(
    family: Family, size: Size, rows: int, bond: int, *, ood: bool = False
) -> list[dict[str, float]]:
    """One line a row: certificate, relative energy error, largest label errors."""
    rng = np.random.default_rng(2026)
    draw = family.draw_ood if ood else family.draw
    parameters = [draw(size, rng) for _ in range(rows)]
    pilot = (family.pilot_ood if ood else "") or family.name
    batch = solve_warm(pilot, size, [family.hamiltonian(size, p) for p in parameters])
    labels = batch.labels()
    states = {k: (group[1], at) for group in batch.groups for at, k in enumerate(group[0])}
    found = []
    for k, p in enumerate(parameters):
        group, at = states[k]
        if isinstance(family, TfimChain):
            exact = tfim_ground_state(p["J"], p["h"])
        elif family.name == "xy_1d":
            exact = xy_ground_state(p["J"], p["h"], float(p["gamma"]))
        else:
            exact = reference(family, size, p, group.rows([at]), bond)
        line = {
            "relative_variance": float(batch.relative_variance[k]),
            "energy": abs(batch.energy[k] - exact.energy) / abs(exact.energy),
        }
        for name in LABELS:
            line[name] = float(np.abs(labels[name][k] - getattr(exact, name)()).max())
        found.append(line)
        print(json.dumps({"row": k, **line}), flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("family")
    parser.add_argument("--size", default="48")
    parser.add_argument("--rows", type=int, default=20)
    parser.add_argument("--bond", type=int, default=256, help="of the reference, at most")
    parser.add_argument("--ood", action="store_true", help="rows of the shifted distribution")
    args = parser.parse_args()
    family, size = families.load(args.family), Size.parse(args.size)
    started = time.perf_counter()
    lines = measure(family, size, args.rows, args.bond, ood=args.ood)
    print(
        f"{family.name}{' test_ood' if args.ood else ''} N={size}, {len(lines)} rows, {hardware()}"
    )
    for name in lines[0]:
        values = np.array([line[name] for line in lines])
        print(f"{name:18s} median {np.median(values):.1e}  largest {values.max():.1e}")
    print(f"{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
