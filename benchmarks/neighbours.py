"""Errors at the nearest neighbours of a lattice, beside the published ones.

    OMP_NUM_THREADS=1 python -m benchmarks.neighbours DIR --out benchmarks/results/neighbours.json
    python -m benchmarks.neighbours --table benchmarks/results/neighbours.json docs/lattices.md

Lewis et al., Nature Communications 15, 895 (2024), state the RMSE over test Hamiltonians,
averaged over the pairs of neighbours, at n = 250 and 500 shots. It is told here twice: against
the exact labels of the test rows, and against estimates from as many shots of theirs, which adds
the noise √((3 − C²)/M) to every error. All lattices in DIR are taken; labels are in `DIR-private`.
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from baselines.contract.cell import Cell
from baselines.running.run import answer
from benchmarks.pages import put_table
from builders.core.machine import hardware
from builders.core.names import Size, parse_config
from builders.dataset import manifest
from builders.folders import loading
from builders.folders.siblings import private_folder
from builders.physics.geometry import Chain, Lattice
from builders.shadows.estimators import shadow_correlation
from leaderboard import tasks
from leaderboard.kinds.errors import Errors, rmse_entrywise
from leaderboard.scoring.score import score

TASK = "correlation"
MARKS = "<!-- neighbours -->", "<!-- end of neighbours -->"
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Found:
    """One model in one cell.

    Attributes:
        model: its name.
        config: of the data.
        seed: of the data.
        n: training rows.
        shots: of each, and of the test rows whose estimates are compared with.
        test: test rows.
        exact: mean over neighbours of the RMSE over test rows, against exact labels.
        low: 2.5 % quantile of it over resampled Hamiltonians.
        high: 97.5 % quantile.
        noisy: as `exact`, against estimates from shots.
        rmse: over all pairs, against exact labels.
        cpu_seconds: of fit and predict.
    """

    model: str
    config: str
    seed: int
    n: int
    shots: int
    test: int
    exact: float
    low: float
    high: float
    noisy: float
    rmse: float
    cpu_seconds: float


def neighbours(size: Size) -> NDArray[np.int64]:
    """Flat numbers of the entries (i, j), i < j, of pairs one lattice step apart, int64 (K,)."""
    apart = (Chain() if size.is_chain else Lattice()).distances(size)
    return np.flatnonzero(np.triu(apart == 1).ravel())


def over_neighbours(predictions: Floats, labels: Floats, size: Size) -> tuple[float, float, float]:
    """Mean over neighbours of the RMSE over rows, with its interval; arrays are (R, N·N)."""
    at = neighbours(size)
    scored = np.ones(len(at), dtype=np.bool_)
    errors = Errors.of(predictions[:, at], labels[:, at], scored)
    weights = np.vstack([errors.blocks.equal, errors.blocks.resamples(1000, 0)])
    value, *sample = rmse_entrywise(errors, weights)
    low, high = np.quantile(sample, (0.025, 0.975))
    return float(value), float(low), float(high)


def measure(data: Path, config: str, models: Sequence[str], n: int, shots: int) -> list[Found]:
    """The models in one cell; lines of JSON are printed on the way."""
    seed = manifest.read(data).configs[config].seed
    cell = Cell.open(data, config, TASK, n, shots)
    private = private_folder(data)
    test = loading.load(private, config, splits=("test",))["test"]
    order = np.argsort(test["row_id"])
    exact = test["correlation"][order].reshape(len(order), -1).astype(np.float64)
    assert np.array_equal(test["row_id"][order], cell.rows.row_id)
    noisy = shadow_correlation(cell.rows.shots).reshape(exact.shape)
    results = []
    for name in models:
        started = time.process_time()
        given = answer(name, cell, 0).prediction.astype(np.float64)
        seconds = time.process_time() - started
        value, low, high = over_neighbours(given, exact, cell.size)
        other = over_neighbours(given, noisy, cell.size)[0]
        whole = score(given, exact, tasks.load(TASK)).metrics["rmse"].value
        assert whole is not None
        numbers = [round(x, 5) for x in (value, low, high, other, whole)]
        results.append(Found(name, config, seed, n, shots, len(exact), *numbers, round(seconds, 1)))
        print(json.dumps(asdict(results[-1])), flush=True)
    return results


def read(path: Path) -> list[Found]:
    """What a file holds; nothing where there is no file."""
    stored = json.loads(path.read_text())["found"] if path.exists() else []
    return [Found(**one) for one in stored]


def write(path: Path, results: Sequence[Found]) -> None:
    """Add to a file, a line each; what it holds of the same model and data is replaced."""
    lines = {(one.config, one.seed, one.model): one for one in (*read(path), *results)}
    body = ",\n".join(f"  {json.dumps(asdict(one))}" for one in lines.values())
    head = f'"hardware": {json.dumps(hardware())}'
    path.write_text(f'{{{head}, "found": [\n{body}\n]}}\n')


def table(results: Sequence[Found]) -> str:
    """Markdown: a line a model and data set, the smallest error first."""
    columns = ["lattice", "seed", "model", "exact test labels", "95 %", "against shots"]
    columns += ["all pairs", "CPU s"]
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for one in sorted(results, key=lambda x: (x.config, x.seed, x.exact)):
        cells = [str(parse_config(one.config)[1]), str(one.seed), f"`{one.model}`"]
        cells += [f"{one.exact:.4f}", f"{one.low:.4f} – {one.high:.4f}", f"{one.noisy:.4f}"]
        cells += [f"{one.rmse:.4f}", f"{one.cpu_seconds:.1f}"]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--models", default="rff_lasso,energy_gradient")
    parser.add_argument("--n", type=int, default=250)
    parser.add_argument("--shots", type=int, default=500)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--table", nargs=2, type=Path, metavar=("JSON", "PAGE"))
    args = parser.parse_args()
    if args.data:
        configs = manifest.read(args.data).configs
        lattices = [c for c in configs if not parse_config(c)[1].is_chain]
        models = args.models.split(",")
        results = [
            one for c in lattices for one in measure(args.data, c, models, args.n, args.shots)
        ]
        print(table(results))
        if args.out:
            write(args.out, results)
    if args.table:
        stored, page = args.table
        put_table(page, MARKS, table(read(stored)))


if __name__ == "__main__":
    main()
