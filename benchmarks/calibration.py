"""Are the label errors that rows carry right? Estimates beside true errors, over all chains.

    OMP_NUM_THREADS=1 python -m benchmarks.calibration --out FILE.json

Rows are made as a build makes them, from seeds of their own. The reference of transverse-field
Ising and XY chains is free fermions; of families that conserve Σ Z block2 from a random state at
twice the bond of a build; of the others our solver from a product state, tight. A reference above
the row's own energy is none: then our solver starts from a product state, and where that is above
the row too and has other labels, the row counts as not compared. FILE.json is added to row by row,
and a run that was stopped goes on; references are kept in FILE-references, so that another way to
estimate is tried without solving them again. `--table FILE.json` prints: how many estimates lie
above the true error, and how many are at most ten times as large, where an error below 1e-6, to
which the references agree among themselves, counts as that.
`--plot FILE.json PICTURE` draws it.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.label_errors import independent
from builders import families
from builders.building.ground_state import MatrixProductGroundState
from builders.core.errors import RequestError, WorkError
from builders.core.machine import hardware
from builders.core.names import Size
from builders.families.tfim_1d import TfimChain
from builders.kinds.ground_state import GroundStateFamily
from builders.physics.hamiltonian import SAME_ENERGY, Hamiltonian
from builders.physics.parameters import Parameters
from builders.physics.rows import BuildSettings
from builders.physics.state_labels import PROMISED
from builders.solvers.dmrg.batch import lowest
from builders.solvers.dmrg.cold import solve_cold
from builders.solvers.dmrg.solver import with_mirror_parity
from builders.solvers.exact.free_fermion import tfim_ground_state, xy_ground_state

SIZES = ("24", "37", "61", "96")
LABELS = ("correlation", "renyi2")
RESOLUTION = 1e-6


def chains() -> list[str]:
    """Families of chains that are solved."""
    every = [families.load(name) for name in families.names()]
    return [f.name for f in every if isinstance(f, GroundStateFamily) and f.sizes[0].isdigit()]


def reference(spec: GroundStateFamily, size: Size, p: Parameters, energy: float) -> Any:
    """A ground state that owes nothing to how the row was solved."""
    if isinstance(spec, TfimChain):
        return tfim_ground_state(p["J"], p["h"])
    if spec.name == "xy_1d":
        return xy_ground_state(p["J"], p["h"], float(p["gamma"]))
    h, sector, bond = spec.hamiltonian(size, p), spec.sector(size), spec.solver_settings(size).bond
    runs = []
    if sector.kind == "magnetization":
        try:
            found = independent(h, sector, 2 * bond)
            assert isinstance(found, MatrixProductGroundState)
            runs.append(found.batch)
        except (RequestError, WorkError) as error:
            print(f"# block2: {error}", flush=True)
    if not runs or runs[0].energy[0] > energy + _same(h):
        runs.append(solve_cold(h, sector, tolerance=1e-10, max_bond=4 * bond))
    return MatrixProductGroundState(with_mirror_parity(spec, size, lowest(runs), [h]))


def _same(h: Hamiltonian) -> float:
    return SAME_ENERGY * h.n_sites * h.scale


def measure(name: str, size: Size, rows: int, known: list[dict[str, Any]], out: Path) -> None:
    """Add the lines of a config that are not there yet."""
    done = sum(1 for x in known if (x["family"], x["size"]) == (name, str(size)))
    spec = families.load(name)
    if done >= rows or not isinstance(spec, GroundStateFamily):
        return
    rng = np.random.default_rng([2026, size.sites])
    parameters = [spec.draw(size, rng) for _ in range(rows)]
    made = spec.make(size, parameters, [], BuildSettings("torch")).columns
    for k in range(done, rows):
        started = time.perf_counter()
        kept = out.with_name(f"{out.stem}-references") / f"{name}_{size}_{k}.npz"
        if not kept.is_file():
            exact = reference(spec, size, parameters[k], float(made["energy"][k]))
            arrays = {label: getattr(exact, label)().astype(np.float32) for label in LABELS}
            kept.parent.mkdir(exist_ok=True)
            np.savez(kept, energy=exact.energy, **arrays)
        true = np.load(kept)
        line: dict[str, Any] = {"family": name, "size": str(size), "row": k}
        line["energy"] = float(made["energy"][k] - true["energy"])
        for label in LABELS:
            line[label] = float(np.abs(made[label][k] - true[label]).max())
            line[f"label_error_{label}"] = float(made[f"label_error_{label}"][k])
        known.append(line)
        print(json.dumps(line), f"{time.perf_counter() - started:.0f} s", flush=True)
        out.write_text(json.dumps({"hardware": hardware(), "rows": known}, indent=0) + "\n")


def compared(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those whose reference found what the row has: one of other labels at a higher energy did not,
    and says nothing of the row, since energies of states are upper bounds.
    """
    return [
        x
        for x in rows
        if x["energy"] > -1e-6
        or all(x[k] <= most for k, most in zip(LABELS, PROMISED, strict=True))
    ]


def table(every: list[dict[str, Any]]) -> None:
    """What part of the estimates is above the error, and within a factor of ten, by family."""
    rows = compared(every)
    print(f"{len(rows)} rows; the references of {len(every) - len(rows)} more ended above them")
    for name in [*sorted({x["family"] for x in rows}), "all"]:
        some = [x for x in rows if name in (x["family"], "all")]
        text = f"{name:28s} {len(some):4d} rows"
        for label in LABELS:
            true = np.maximum([x[label] for x in some], RESOLUTION)
            ratio = np.array([x[f"label_error_{label}"] for x in some]) / true
            text += f"   {label}: above {np.mean(ratio >= 1):4.0%}, within 10 {_near(ratio):4.0%}"
        print(text)


def _near(ratio: Any) -> float:
    return float(np.mean((ratio >= 0.1) & (ratio <= 10.0)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--rows", type=int, default=6, help="of each config")
    parser.add_argument("--sizes", nargs="+", default=SIZES)
    parser.add_argument("--families", nargs="+", default=[])
    parser.add_argument("--table", type=Path)
    parser.add_argument("--plot", nargs=2, type=Path, metavar=("FILE", "PICTURE"))
    args = parser.parse_args()
    if args.plot:
        from benchmarks.plots import plot_calibration

        plot_calibration(*args.plot)
        return
    if args.table:
        table(json.loads(args.table.read_text())["rows"])
        return
    known = json.loads(args.out.read_text())["rows"] if args.out.is_file() else []
    for size in args.sizes:
        for name in args.families or chains():
            measure(name, Size.parse(size), args.rows, known, args.out)
    table(known)


if __name__ == "__main__":
    main()
