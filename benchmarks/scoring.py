"""CPU seconds to score: one submission, 100 cells, and the ranking of a full cell.

    python -m benchmarks.scoring

200 test rows of N = 127 correlations (16129 values a row), 1000 resamples, one thread. The cells
are random, which costs the same as real ones.
"""

import argparse
import os
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from builders import families
from builders.core.machine import hardware
from builders.core.names import Size
from leaderboard import tasks
from leaderboard.cells import Answer, CellKey
from leaderboard.kinds.blocks import Blocks, Losses
from leaderboard.kinds.truth import Truth
from leaderboard.ranking.aggregate import CellLosses, overall
from leaderboard.scoring.paired import standing
from leaderboard.scoring.score import report_of


def matrices(rng: np.random.Generator, rows: int, sites: int, spread: float) -> np.ndarray:
    half = rng.normal(0.0, spread, (rows, sites, sites))
    return ((half + half.transpose(0, 2, 1)) / 2).reshape(rows, -1).astype(np.float32)


def score_cell(predictions: np.ndarray, labels: np.ndarray, sites: int) -> None:
    task, rows = tasks.load("correlation"), len(labels)
    truth = Truth(
        labels.astype(np.float64), np.arange(rows), Blocks.of(rows), size=Size(sites),
        family=families.load("tfim_1d"), given={"train_mean": labels.mean(axis=0)},
    )  # fmt: skip
    answer = Answer(truth.row_id, predictions)
    report_of(task, task.evidence(answer, truth))
    task.details_of(answer, truth)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, default=100)
    parser.add_argument("--entries", type=int, default=1000)
    parser.add_argument("--sites", type=int, default=127)
    parser.add_argument("--rows", type=int, default=200)
    args = parser.parse_args()
    print(f"N={args.sites}, {args.rows} rows, {hardware()}")
    rng = np.random.default_rng(0)
    labels = matrices(rng, args.rows, args.sites, 0.1)
    predictions = labels + matrices(rng, args.rows, args.sites, 0.03)
    score_cell(predictions[:, :16], labels[:, :16], 4)  # imports are not what is measured
    times = []
    for _ in range(args.cells):
        started = time.process_time()
        score_cell(predictions, labels, args.sites)
        times.append(time.process_time() - started)
    print(f"one submission of one cell  {times[0]:.2f} s, median {np.median(times):.2f} s")
    print(f"{args.cells} cells                   {sum(times):.1f} s")
    drawn = np.sort(rng.exponential(1.0, (args.entries, args.rows)), axis=0)
    losses = [Losses.of_rows(line) for line in drawn]
    started = time.process_time()
    standing(losses, tasks.load("correlation").ranking)
    print(f"ranks of {args.entries} entries       {time.process_time() - started:.2f} s")
    ids = [f"{k:012x}" for k in range(args.entries)]
    cells = {
        CellKey(f"tfim_1d_n{k:03d}", "correlation", 20, 64): CellLosses(
            dict(zip(ids, losses, strict=True)), losses[-1]
        )
        for k in range(args.cells)
    }
    started = time.process_time()
    overall(cells)
    print(f"over {args.cells} cells              {time.process_time() - started:.1f} s")


if __name__ == "__main__":
    main()
