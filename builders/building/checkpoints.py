"""Finished blocks of a build that may be killed, and the seed that was drawn for its test rows."""

import hashlib
import os
from pathlib import Path

import numpy as np

from builders import families
from builders.building.blocks import CHECKED, SAMPLE, RowBlock
from builders.core import files
from builders.dataset.schema import Arrays
from builders.dataset.spec import BuildSpec, recipe_of
from builders.physics.family import Family
from builders.physics.rows import BuildSettings

_SEED = "test_seed"


def folder(out: Path, spec: BuildSpec, settings: BuildSettings) -> Path:
    """Where finished blocks wait; beside the public folder, since they hold labels."""
    family = families.load(spec.family)
    tolerances = sorted(family.tolerances(spec.size, settings).items())
    block = (family.block(spec.size), family.block_ood(spec.size))
    asked: tuple[object, ...] = (recipe_of(family), spec.seed, spec.test_seed, spec.shots)
    asked += (settings, tolerances, block)
    if type(family).compared is not Family.compared:
        asked += (SAMPLE,)
    if spec.calibration is not None:
        asked += (spec.calibration,)
    if spec.table:
        asked += (spec.table, tuple(spec.rows.items()))
    own = families.source(spec.family)
    if own is not None:
        asked += (own.sha256,)
    key = hashlib.sha256(repr(asked).encode()).hexdigest()[:16]
    home = out.absolute().with_name(f".{out.absolute().name}-building")
    return home / f"{spec.config}-{settings.solver}-{key}"


def test_seed(scratch: Path, drawn: int | None) -> int | None:
    """The seed of the rows with hidden labels: that of the stopped build, or the one given.

    It is kept with mode 0600, since it rebuilds hidden labels.
    """
    path = scratch / _SEED
    if drawn is None:
        return None
    if path.is_file():
        return int(path.read_text(encoding="ascii"))
    scratch.chmod(0o700)
    staged = files.temporary(path)
    with os.fdopen(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        stream.write(str(drawn))
    staged.replace(path)
    return drawn


def path(scratch: Path, block: RowBlock) -> Path:
    """The file of a block."""
    return scratch / f"{block.split}-{block.number:05d}.npz"


def write(path: Path, arrays: Arrays) -> None:
    """Keep a block, whole or not at all."""
    staged = files.temporary(path)
    with staged.open("wb") as stream:
        np.savez(stream, allow_pickle=False, **arrays)
    staged.replace(path)


def read(path: Path) -> Arrays:
    """A kept block."""
    with np.load(path, allow_pickle=False) as stored:
        return dict(stored)


def exactness(arrays: Arrays) -> Arrays:
    """What the certificate judges, (R,), by its own names."""
    return {n.removeprefix(CHECKED): a for n, a in arrays.items() if n.startswith(CHECKED)}
