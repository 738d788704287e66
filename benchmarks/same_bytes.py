"""Rows of a data set made again from its seeds, by whatever version made them.

    python -m benchmarks.same_bytes FOLDER

Every row of every config whose seed is known (in folders of format 1 that is all of them, in later
ones the private folder has those of test rows) is made again, and its parameters, record and labels
are compared bit by bit. In format 1 a row's seed is the first eight bytes of the SHA-256 of
`config|seed|row_id`: those seeds are taken here as they were, so that a change of the layout, of
columns or of the way to a row's seed shows nothing, and a change of anything that a seed becomes
does. Exit status 1 if a value differs.
"""

import argparse
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from builders.building.blocks import make_rows, public_columns
from builders.dataset import manifest
from builders.dataset.config import Config
from builders.dataset.manifest import Manifest
from builders.dataset.schema import Arrays
from builders.dataset.spec import FIRST_ROW
from builders.folders import loading
from builders.folders.siblings import private_folder


def stored(folder: Path, config: str) -> Iterator[tuple[str, Arrays]]:
    """Splits of a config with hidden labels and seeds beside the rest, where they are known."""
    private = private_folder(folder)
    hidden = loading.load(private, config).splits if private.is_dir() else {}
    for split, arrays in loading.load(folder, config).splits.items():
        whole = {**arrays, **hidden.get(split, {})}
        if "seed" in whole:
            yield split, whole


def seeds_of(contents: Manifest, config: str, split: str, ids: range) -> list[int]:
    """Seeds of rows as the version that made them had it."""
    entry = contents.config(config)
    if contents.format > 1:
        return entry.spec.row_seeds(split, ids)
    texts = [f"{config}|{entry.seed}|{row_id}".encode() for row_id in ids]
    return [int.from_bytes(hashlib.sha256(text).digest()[:8], "little") for text in texts]


def compared(contents: Manifest, config: str, split: str, rows: Arrays) -> tuple[int, list[str]]:
    """Values that were compared, and columns that differ."""
    entry, here = contents.config(config), Config.parse(config)
    spec, settings = entry.spec, entry.spec.settings(split, entry.solver)
    block = here.family.block(here.size)
    values, wrong = 0, set()
    for start in range(0, len(rows["seed"]), block):
        # Whole blocks, as a build makes them.
        ids = range(FIRST_ROW[split] + start, FIRST_ROW[split] + start + block)
        seeds = seeds_of(contents, config, split, ids)
        part = rows["seed"][start : start + block].tolist()
        if seeds[: len(part)] != part:
            raise SystemExit(f"{config} {split}: the stored seeds are not those of {entry.seed=}.")
        again = public_columns(make_rows(here.family, here.size, spec.shots, seeds, settings))
        for name, array in again.items():
            if name in rows:
                old, new = rows[name][start : start + block], array[: len(part)]
                values += old.size
                if old.dtype != new.dtype or old.tobytes() != np.ascontiguousarray(new).tobytes():
                    wrong.add(name)
    return values, sorted(wrong)


def main() -> None:
    """Compare, print a line a split."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    # Both folders know the rows, and the private one alone the seed of all of them.
    contents = manifest.read(folder)
    private = private_folder(folder)
    if contents.format > 1 and private.is_dir():
        contents = manifest.read(private)
    failed = False
    for config in contents.configs:
        for split, rows in stored(folder, config):
            values, wrong = compared(contents, config, split, rows)
            failed |= bool(wrong)
            print(
                f"{config} {split}: {len(rows['seed'])} rows, {values} values, "
                f"{'differ: ' + ', '.join(wrong) if wrong else 'all equal'}",
                flush=True,
            )
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
