"""Logical errors of decoders with intervals, and what a shot costs, from `qslbench protocol`.

    python -m benchmarks.decoders RESULTS … --data DIR [--search 4000] > tables.md

Each RESULTS is a folder that `qslbench protocol decoders` wrote from DIR, which has `DIR-private`
beside it. Every decoder is compared with correlated matching on the same shots (McNemar), and with
Tesseract on the first `--search` of them. `docs/decoders.md` holds what it printed.
"""

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

import baselines
from baselines.contract.cell import Cell
from benchmarks.findings import table
from builders.core.machine import hardware
from builders.dataset import manifest
from builders.folders import loading
from builders.folders.siblings import private_folder
from leaderboard import tasks
from leaderboard.kinds.binary_metrics import wilson
from leaderboard.scoring.paired import mcnemar_p

REFERENCE, SEARCH = "pymatching_correlated", "tesseract"
TASK = "decoding"
SMALLEST = 1e-300


@dataclass(frozen=True)
class Job:
    """A finished job of the protocol."""

    record: dict[str, Any]
    submission: Path

    @cached_property
    def chances(self) -> NDArray[np.float64]:
        """What it answered, by row, float64 (R,)."""
        table = pq.read_table(self.submission, columns=["row_id", "prediction"]).sort_by("row_id")
        return table["prediction"].to_numpy().astype(np.float64)


def jobs(results: Sequence[Path], config: str) -> list[Job]:
    """Those of a config that were not refused, each once, by n and name."""
    found = {}
    for folder in results:
        for path in sorted((folder / "decoders" / "cells").glob(f"{config}-*.json")):
            record = json.loads(path.read_text(encoding="utf-8"))
            if "refused" not in record and not record["seed"]:
                found[record["n"], record["baseline"]] = Job(record, path.with_suffix(".parquet"))
    return [found[key] for key in sorted(found)]


def lines(
    found: Sequence[Job], truth: NDArray[np.bool_], searched: NDArray[np.bool_] | None
) -> Iterator[list[str]]:
    """A line a job; `searched` says where Tesseract was wrong in the first shots."""
    wrong = {id(job): (job.chances > 0.5) != truth for job in found}
    reference = next(wrong[id(job)] for job in found if job.record["baseline"] == REFERENCE)
    for job in found:
        record, own = job.record, wrong[id(job)]
        low, high = wilson(float(own.mean()), len(own))
        yield [
            *(f"{record['n']:,}", f"`{record['baseline']}`"),
            f"{own.mean():.4f} [{low:.4f}, {high:.4f}]",
            against(own, reference),
            "–" if searched is None else against(own[: len(searched)], searched),
            *(f"{1e6 * record['row_seconds']:.3g}", f"{record['cpu_seconds']:.0f}"),
        ]


def against(own: NDArray[np.bool_], other: NDArray[np.bool_]) -> str:
    """The difference of two error rates on the same shots with its interval, and McNemar's p."""
    here, there = int((own & ~other).sum()), int((other & ~own).sum())
    if not here + there:
        return "0"
    difference = (here - there) / len(own)
    spread = 1.96 * np.sqrt(here + there - (here - there) ** 2 / len(own)) / len(own)
    p = mcnemar_p(here, there)
    told = f"p {p:.1g}" if p > SMALLEST else f"p < {SMALLEST:.0e}"
    return f"{difference:+.4f} ± {spread:.4f} ({told})"


def search(data: Path, config: str, most: int) -> tuple[NDArray[np.bool_], float]:
    """What Tesseract answers for the first test shots, bool (most,), and its µs a shot."""
    cell = Cell.open(data, config, TASK, 1, 1)
    model = baselines.load(SEARCH)().fit(cell)
    busy = time.process_time()
    found = model.predict(cell.rows.take(slice(0, most)))
    return found, 1e6 * (time.process_time() - busy) / most


def main() -> None:
    """Print a table for every config that has results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path, nargs="+")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--search", type=int, default=0, help="shots for Tesseract")
    asked = parser.parse_args()
    print(f"{hardware()}\n")
    label = tasks.load(TASK).label
    for config in sorted(manifest.read(asked.data).configs):
        found = jobs(asked.results, config)
        if not any(job.record["baseline"] == REFERENCE for job in found):
            continue
        hidden = loading.load(private_folder(asked.data), config, splits=("test",))["test"]
        truth = hidden[label][np.argsort(hidden["row_id"])].astype(np.bool_)
        searched = None
        print(f"`{config}`, {len(truth):,} test shots\n")
        if asked.search:
            answer, cost = search(asked.data, config, asked.search)
            searched = answer != truth[: asked.search]
            low, high = wilson(float(searched.mean()), asked.search)
            print(
                f"Tesseract, first {asked.search:,} shots: {searched.mean():.4f} [{low:.4f}, "
                f"{high:.4f}], {cost:.3g} µs a shot\n"
            )
        head = ["n", "decoder", "logical error a shot", "less correlated matching"]
        head += ["less Tesseract", "µs a shot", "CPU s"]
        print(table(head, lines(found, truth, searched)) + "\n")


if __name__ == "__main__":
    main()
