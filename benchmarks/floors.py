"""What noise leaves where the right model is known, and how far a model is from it.

    python -m benchmarks.floors DIR --configs heisenberg_1d_n048 --model pauli_pairs

For each config of a data set folder with `DIR-private` beside it: the `rmse` of correlations of a
model trained on shots, and on exact labels of the same rows, which is what the model cannot
express; the noise between the two, √(first² − second²); and the floor s·√(p/(n·K))
(`leaderboard.kinds.floor.parametric_floor`) that p weights leave, p the effective number that the
model found to be determined. In families whose far pairs are products of site means m, with p the
weights of m, the floor of m carries over to C_ij = m_i m_j/3.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from baselines.contract.cell import Cell
from baselines.contract.variant import Variant
from builders import families
from builders.dataset import manifest
from builders.folders import loading
from builders.folders.siblings import private_folder
from leaderboard import tasks
from leaderboard.kinds.floor import parametric_floor
from leaderboard.scoring.score import score

Floats = NDArray[np.float64]
TASK = "correlation"


def floor(degrees: dict[str, float], n: int, shots: int, sites: int, square: float) -> float:
    """The error of correlations that noise leaves to p weights.

    Args:
        degrees: p of site means by letter, and of pairs, as `pauli_pairs` gives them.
        n: training rows of the cell.
        shots: shots a row.
        sites: N.
        square: mean of m² over the sites; 0 where means vanish.
    """
    means = {name: p for name, p in degrees.items() if len(name) == 1}
    pairs = {name: p for name, p in degrees.items() if len(name) > 1}
    # C is a third of the sum of ⟨XX⟩, ⟨YY⟩ and ⟨ZZ⟩, each measured by a ninth of the shots.
    variance = 0.0
    for name, p in pairs.items():
        letters = len(name) // 2
        left = (1.0 - square) ** 2 if name[0] in means else 1.0
        alone = parametric_floor(9.0 * left / (shots * letters), p, n * sites * (sites - 1) // 2)
        variance += (alone * letters / 3.0) ** 2
    for p in means.values():
        # A site is measured in its letter by a third of the shots; a pair has two of them.
        alone = parametric_floor(3.0 * (1.0 - square) / shots, p, n * sites)
        variance += 2.0 * square * (alone / 3.0) ** 2
    return float(np.sqrt(variance))


def measure(data: Path, config: str, model: str, n: int, shots: int) -> dict[str, object]:
    """One line of the table."""
    family = families.load(manifest.read(data).configs[config].family)
    private = private_folder(data)
    test = loading.load(private, config, splits=("test",))["test"]
    labels = tasks.load(TASK).labels(test, family, Cell.open(data, config, TASK, 1, 1).size)
    labels = labels[np.argsort(test["row_id"])]
    errors, degrees, square = [], {}, 0.0
    for given in (shots, None):
        cell = Cell.open(data, config, TASK, n, given)
        fitted = Variant.of(model).model(0).fit(cell)
        answer = fitted.predict(cell.rows)
        errors.append(score(answer, labels, TASK).metrics["rmse"].value)
        if given is not None:
            degrees = fitted.degrees  # type: ignore[attr-defined]
            far = answer.reshape(len(answer), cell.size.sites, -1)[:, 0, -1]
            square = float(3.0 * np.abs(far).mean())
    means = any(len(name) == 1 for name in degrees)
    sites = cell.size.sites
    noise = np.sqrt(errors[0] ** 2 - errors[1] ** 2) if errors[1] < errors[0] else None
    return {
        "config": config, "model": model, "n": n, "shots": shots, "rmse": round(errors[0], 5),
        "exact_labels": round(errors[1], 5), "noise": noise and round(float(noise), 5),
        "weights": {name: round(p, 1) for name, p in degrees.items()},
        "floor": round(floor(degrees, n, shots, sites, square if means else 0.0), 5),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--configs", required=True)
    parser.add_argument("--model", default="pauli_pairs")
    parser.add_argument("--n", type=int, default=100)
    parser.add_argument("--shots", type=int, default=64)
    args = parser.parse_args()
    for config in args.configs.split(","):
        line = measure(args.folder, config, args.model, args.n, args.shots)
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
