"""A million single shots: written, loaded, predicted, validated and scored.

    python -m benchmarks.per_shot [--rows 1000000]

The data are those of `tests/toys/families/toy_bits.py`, a repetition code of distance 25 whose
events are packed bits; the answer is a table of syndromes learnt from 10,000 shots, and beside it
the same number of random bits, which no compression makes smaller.
"""

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

import builders
from baselines.running.run import run
from builders.building.build import build
from builders.core import discovery
from builders.core.machine import hardware
from builders.core.names import Size
from builders.dataset.spec import BuildSpec
from leaderboard import Metadata, read_submission, write_submission
from leaderboard.scoring.scorer import Scorer
from leaderboard.submission.validate import validate

T = TypeVar("T")
SIZE, TRAIN = 25, 10_000


def timed(what: str, work: Callable[[], T]) -> T:
    """Do it and print the seconds."""
    started = time.perf_counter()
    done = work()
    print(f"{what:<24} {time.perf_counter() - started:6.2f} s", flush=True)
    return done


def scored(file: Path, data: Path, private: Path) -> None:
    """Read, validate and score one submission."""
    what = file.stem
    submission = timed(f"{what}: read", lambda: read_submission(file))
    timed(f"{what}: validated", lambda: validate(submission, data))
    (result,) = timed(f"{what}: scored", lambda: Scorer(data, private).score(submission))
    rate, size = result.report.metrics["error_rate"], file.stat().st_size / 1e6
    print(f"  error rate {rate.value:.5f} [{rate.low:.5f}, {rate.high:.5f}], {size:.3f} MB")


def main() -> None:
    """Time every step in one process; memory is that of the whole."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    toys = Path(__file__).parent.parent / "tests" / "toys"
    os.environ[discovery.VARIABLE] = str(toys)
    print(f"{rows} test rows, {hardware()}")
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as home:
        data, private = Path(home) / "data", Path(home) / "data-private"
        splits = {"train": TRAIN, "test": rows}
        spec = BuildSpec("toy_bits", Size(SIZE, letter="d"), splits, 1, 0)
        timed("made and written", lambda: build(spec, data, private, workers=1))
        test = timed("loaded", lambda: builders.load(data, spec.config)["test"])
        cell = (spec.config, "toy_observable", TRAIN, 1)
        path = Path(home) / "table.parquet"
        timed("learnt and predicted", lambda: run("toy_lookup", data, *cell, out=path))
        bits = np.random.default_rng(0).integers(0, 2, rows).astype(bool)
        about = Metadata(
            name="coins", authors=("nobody",), entry_class="learned", uses_test_shots=False
        )
        coins, row_id = Path(home) / "coins.parquet", test["row_id"]
        timed("random bits written", lambda: write_submission(coins, {cell: (row_id, bits)}, about))
        for file in (path, coins):
            scored(file, data, private)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"together {time.perf_counter() - started:.1f} s, peak memory {peak:.2f} GiB")


if __name__ == "__main__":
    main()
