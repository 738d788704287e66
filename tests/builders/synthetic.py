"""Arrays that obey the schema and the physical bounds, without any solver: for tests of files."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from builders import families
from builders.core.names import Size
from builders.dataset.manifest import Provenance
from builders.dataset.schema import Arrays, columns
from builders.dataset.spec import FIRST_ROW, BuildSpec
from builders.folders.writing import write_config
from builders.physics.record import DetectionEvents

SPEC = BuildSpec(
    *("tfim_1d", Size(8), {"train": 12, "test": 10}),
    shots=32,
    seed=7,
    test_seed=5_317_842_960_013_774_201,
)
PROVENANCE = Provenance(
    solver="synthetic",
    tolerances={"energy": 1e-8},
    wall_seconds=1.25,
    cpu_seconds=2.5,
    versions={"numpy": np.__version__},
    certificate={"max_energy_variance": 1e-9},
)


@dataclass(frozen=True)
class SyntheticFolder:
    """A data set folder pair; `splits` holds every array, the hidden labels too."""

    public: Path
    private: Path
    config: str
    spec: BuildSpec
    splits: dict[str, Arrays]


def make_split(spec: BuildSpec, split: str, ids: list[int] | None = None) -> Arrays:
    """Rows of a split; row k depends on its seed alone, as in a real build."""
    wanted = list(spec.row_ids(split)) if ids is None else ids
    rows = [make_row(spec, row_id) for row_id in wanted]
    return {name: np.stack([row[name] for row in rows]) for name in rows[0]}


def make_row(spec: BuildSpec, row_id: int) -> Arrays:
    """One row: parameters of the family, uniform tokens, random labels inside the bounds.

    All columns that any kind of state has are drawn, and those of the family kept.
    """
    n = spec.size.sites
    family = families.load(spec.family)
    split = max((first, name) for name, first in FIRST_ROW.items() if first <= row_id)[1]
    (seed,) = spec.row_seeds(split, range(row_id, row_id + 1))
    rng = np.random.default_rng(seed)
    place = (row_id - FIRST_ROW[split]) % family.rows_a_seed
    parameters = family.flatten(family.draw_rows(spec.size, rng, shifted=False)[place])
    names = {column.name for column in columns(family, spec.size, spec.shots)}
    # Rows of one seed differ.
    rng = np.random.default_rng([seed, place]) if place else rng
    upper = np.triu(rng.uniform(-0.9, 0.3, (n, n)).astype(np.float32), 1)
    cut = np.arange(1, n)
    classes = len(getattr(family, "phases", ()))
    phases = {
        "phase": np.array(rng.integers(max(1, classes))),
        "phase_margin": np.array(rng.uniform(0, 0.5)),
    }
    row = {
        "row_id": np.array(row_id, np.int64),
        "seed": np.array(seed, np.int64),
        "parameters": parameters,
        "shots": rng.integers(0, 6, (spec.shots, n), dtype=np.uint8),
        "energy": np.array(-rng.uniform(1.0, 2.0) * n),
        "energy_variance": np.array(rng.uniform(0, 1e-9)),
        "correlation": upper + upper.T + np.eye(n, dtype=np.float32),
        "renyi2": rng.uniform(0, 2, n - 1).astype(np.float32),
        "renyi2_blocks": (rng.random(n - 1) * np.minimum(cut, n - cut)).astype(np.float32),
        **(phases if classes else {}),
        "trajectory": np.array((row_id - FIRST_ROW[split]) // family.rows_a_seed, np.int64),
        "magnetization": np.linspace(-0.9, 0.9, n, dtype=np.float32) * (1 - 0.01 * place),
    }
    row = {name: value for name, value in row.items() if name in names}
    for column in family.certificate.columns:
        if column.name not in row:
            row[column.name] = np.array(rng.uniform(0, 5e-4), column.dtype)
    made = [label.column(spec.size) for label in family.labels]
    if isinstance(family.record, DetectionEvents):
        made += family.record.columns(spec.size, spec.shots)  # the first event of each byte alone
    for column in made:
        row.setdefault(column.name, np.ones(column.shape, column.dtype))
    return row


def make_folder(root: Path, *specs: BuildSpec) -> SyntheticFolder:
    """Write the configs (by default tfim_1d at N = 8) to `root/demo` and `root/demo-private`."""
    public, private = root / "demo", root / "demo-private"
    every = [
        s if s.test_seed is not None else replace(s, test_seed=SPEC.test_seed)
        for s in specs or (SPEC,)
    ]
    for spec in every:
        splits = {split: make_split(spec, split) for split in spec.rows}
        write_config(public, private, spec, splits, PROVENANCE)
    first = every[0]
    splits = {split: make_split(first, split) for split in first.rows}
    return SyntheticFolder(public, private, first.config, first, splits)


def _with_test_seed(spec: BuildSpec) -> BuildSpec:
    return replace(spec, test_seed=SPEC.test_seed) if spec.test_seed is None else spec
