"""Sizes and loading times of a published config: 300 rows, N = 127, M = 512.

    python -m benchmarks.hub --out FOLDER

Builds `tfim_1d` for real into FOLDER (about a minute; kept, and used again if it is there), then
reads it as a user does who has fetched it: `datasets.load_dataset` to numpy from its cache, and
`builders.load` with its checks. Each time is the median of five calls after a first one, which
fills the caches. What a reader fetches is the sum of the config's files.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import numpy as np

from builders import load
from builders.building.build import build
from builders.core.machine import hardware
from builders.core.names import Size
from builders.dataset import manifest
from builders.dataset.spec import BuildSpec

LIMIT_MB = 25


def clock(name: str, call: Callable[[], object], times: int = 6) -> None:
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        call()
        taken.append(time.perf_counter() - started)
    print(f"{name:44s} {taken[0]:.2f} s first, {np.median(taken[1:]):.2f} s after")


def sizes(folder: Path, config: str) -> None:
    contents = manifest.read(folder)
    total = 0
    for shards in contents.splits(config).values():
        for path, entry in shards.items():
            total += entry.bytes
            print(f"{path:60s} {entry.rows:4d} rows {entry.bytes / 1e6:7.2f} MB")
    print(f"{'all files of the config':60s} {total / 1e6:17.2f} MB, at most {LIMIT_MB} MB wanted")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--size", type=int, default=127)
    parser.add_argument("--train", type=int, default=100)
    parser.add_argument("--test", type=int, default=200)
    args = parser.parse_args()
    spec = BuildSpec("tfim_1d", Size(args.size), {"train": args.train, "test": args.test}, 512, 0)
    if not (args.out / manifest.NAME).is_file():
        build(spec, args.out, workers=1)
    print(hardware())
    sizes(args.out, spec.config)

    from datasets import disable_progress_bars, load_dataset

    with tempfile.TemporaryDirectory(prefix="qslbench-hub-") as cache:

        def everything() -> int:
            data = load_dataset(str(args.out), spec.config, cache_dir=cache)
            return sum(len(data[split].with_format("numpy")[:]["shots"]) for split in data)

        def shots() -> int:
            data = load_dataset(str(args.out), spec.config, cache_dir=cache)
            only = (data[split].select_columns(["shots"]) for split in data)
            return sum(len(x.with_format("numpy", dtype=np.uint8)[:]["shots"]) for x in only)

        # A bar would be drawn into the timing.
        disable_progress_bars()
        clock("load_dataset → numpy, all columns", everything)
        clock("load_dataset → numpy, shots as uint8", shots)
    clock("builders.load, hashes checked", lambda: load(args.out, spec.config))
    clock(
        "builders.load, columns=['shots']", lambda: load(args.out, spec.config, columns=["shots"])
    )


if __name__ == "__main__":
    main()
