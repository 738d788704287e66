"""Logical errors of decoders with intervals, and what a shot costs, from `qslbench protocol`.

    python -m benchmarks.decoders RESULTS … --data DIR [--search 4000] [--out FILE] > tables.md

Each RESULTS is a folder that `qslbench protocol decoders` wrote from DIR, which has `DIR-private`
beside it. Every decoder is compared with matching, plain and correlated, on the same shots
(McNemar), and with Tesseract on the first `--search`. Below stand, of what learns from shots
alone, the factors by which ten times the shots lower the error, and those between the best and the
worst network of as many shots: which weighs more, volume or architecture? `docs/decoders.md` holds
what it printed, FILE the same as JSON.
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

PLAIN, REFERENCE, SEARCH = "pymatching", "pymatching_correlated", "tesseract"
NETWORKS = "decoder_"
"""How the names of networks that learn from shots alone begin."""
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
    plain, reference = (
        next(wrong[id(job)] for job in found if job.record["baseline"] == name)
        for name in (PLAIN, REFERENCE)
    )
    for job in found:
        record, own = job.record, wrong[id(job)]
        low, high = wilson(float(own.mean()), len(own))
        yield [
            *(f"{record['n']:,}", f"`{record['baseline']}`"),
            f"{own.mean():.4f} [{low:.4f}, {high:.4f}]",
            against(own, plain),
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


def factors(found: Sequence[Job], truth: NDArray[np.bool_]) -> Iterator[list[str]]:
    """A line a network, then one of the worst over the best: errors over those of ten times the
    shots, and the error at the most shots.
    """
    wrong = {(j.record["n"], j.record["baseline"]): (j.chances > 0.5) != truth for j in found}
    wrong = {key: own for key, own in wrong.items() if key[1].startswith(NETWORKS)}
    counts = sorted({n for n, _ in wrong})
    for name in sorted({name for _, name in wrong}):
        line = [f"`{name}`"]
        for n in counts:
            here, more = wrong.get((n, name)), wrong.get((10 * n, name))
            line.append("–" if here is None or more is None else ratio(here, more))
        yield line
    line = ["worst / best"]
    for n in counts:
        those = sorted((own for (k, _), own in wrong.items() if k == n), key=np.sum)
        line.append(ratio(those[-1], those[0]) if len(those) > 1 else "–")
    yield line


def ratio(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> str:
    """Of two error rates on the same shots, with its 95 % interval by the delta method."""
    one, other, both = int(first.sum()), int(second.sum()), int((first & second).sum())
    if not one or not other:
        return "–"
    spread = 1.96 * np.sqrt(1 / one + 1 / other - 2 * both / (one * other))
    low, high = one / other * np.exp([-spread, spread])
    return f"{one / other:.2f} [{low:.2f}, {high:.2f}]"


def as_json(found: Sequence[Job], truth: NDArray[np.bool_]) -> Iterator[str]:
    """A document a job."""
    for job in found:
        error = float(((job.chances > 0.5) != truth).mean())
        low, high = wilson(error, len(truth))
        kept = ("config", "baseline", "n", "cpu_seconds", "row_seconds")
        yield json.dumps(
            {name: job.record[name] for name in kept}
            | {"test": len(truth), "logical_error": error}
            | {"low": round(float(low), 6), "high": round(float(high), 6)}
        )


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
    parser.add_argument("--out", type=Path, help="the same as JSON")
    asked = parser.parse_args()
    kept: list[str] = []
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
        head = ["n", "decoder", "logical error a shot", "less matching"]
        head += ["less correlated matching", "less Tesseract", "µs a shot", "CPU s"]
        print(table(head, lines(found, truth, searched)) + "\n")
        learnt = {j.record["n"] for j in found if j.record["baseline"].startswith(NETWORKS)}
        if len(learnt) > 1:
            print("Error over that of ten times the shots:\n")
            head = ["network", *(f"n = {n:,}" for n in sorted(learnt))]
            print(table(head, factors(found, truth)) + "\n")
        kept += as_json(found, truth)
    if asked.out:
        body = ",\n".join(f"  {line}" for line in kept)
        head = json.dumps(hardware())
        asked.out.write_text(f'{{"hardware": {head}, "found": [\n{body}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
