"""A few rows of every family, kept as they are made: `tests/golden/rows/FAMILY.json`.

    python -m tests.golden_rows [FAMILY ...]           compare, exit status 1 where a row differs
    python -m tests.golden_rows --write [FAMILY ...]   keep the rows that are made now

From (config, recipe, seed, row number) follow the row's seed, its parameters and record, which are
compared exactly, and its labels and certificate. Those of solved states are compared to twice the
label error that the row carries, since every processor's kernels end elsewhere within it; the rest
to `FLOAT`. Whoever writes the files anew has changed published data: the family's `recipe`, or that
of all rows, is to be raised.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from builders import families
from builders.building.blocks import make_rows, public_columns
from builders.core.errors import RequestError
from builders.core.names import Size
from builders.dataset.schema import Arrays
from builders.dataset.spec import OOD, BuildSpec, recipe_of
from builders.physics.certificate import VARIANCE_ROUNDING
from builders.physics.family import Family
from tests.paths import GOLDEN, ROOT

FOLDER = GOLDEN / "rows"
SEED, TEST_SEED, SHOTS = 20_251, 2_718_281_828_459_045, 6
COMMAND = "python -m tests.golden_rows --write"

# Of labels in float64. Those in float32 may be one step of it apart.
FLOAT = 1e-9


def names() -> list[str]:
    """Our families, without plug-ins of others."""
    folder = ROOT / "builders" / "families"
    return sorted(p.stem for p in folder.glob("*.py") if not p.stem.startswith("_"))


def spec_of(family: Family) -> BuildSpec:
    """Two training rows and a test row, or those of one seed; one of the shifted ones besides."""
    together = family.rows_a_seed
    rows = {"train": max(2, together), "test": together}
    if family.distribution_ood:
        rows[OOD] = together
    shots = SHOTS if family.record.has_copies else family.record.default_shots
    return BuildSpec(family.name, _size(family), rows, shots, SEED, test_seed=TEST_SEED)


# On the torus of 8 qubits circuits have no layer.
_SIZES = {"toric_code": ("32",)}


def _size(family: Family) -> Size:
    """Eight sites, the smallest lattice with two different sides, or the first that it names."""
    for text in _SIZES.get(family.name, ("8", "2x3")):
        try:
            size = family.geometry.parse(text)
            family.check_size(size)
        except RequestError:
            continue
        return size
    return family.geometry.parse(family.sizes[0])


def made(name: str) -> dict[str, Arrays]:
    """Split → columns of the rows, made now; of rows that share a seed the first and the last."""
    family = families.load(name)
    spec = spec_of(family)
    solver = family.check_settings(spec.size, spec.settings("train", "")).solver
    found = {}
    for split in spec.rows:
        ids = spec.row_ids(split)
        seeds = spec.row_seeds(split, ids)
        settings = spec.settings(split, solver)
        rows = public_columns(make_rows(family, spec.size, spec.shots, seeds, settings))
        rows |= {"row_id": np.array(ids), "seed": np.array(seeds)}
        kept = sorted({0, len(ids) - 1})
        found[split] = {column: array[kept] for column, array in rows.items()}
    return found


def differences(name: str) -> list[str]:
    """Where the rows that are made now are not those that were kept."""
    path = FOLDER / f"{name}.json"
    if not path.is_file():
        return [f"there is no {path.relative_to(ROOT)}: write it with `{COMMAND} {name}`"]
    kept = json.loads(path.read_text(encoding="utf-8"))
    head, now = _head(name), made(name)
    wrong = [f"{k} is {head[k]!r}, was {kept.get(k)!r}" for k in head if head[k] != kept.get(k)]
    if kept["rows"].keys() != now.keys():
        return [*wrong, f"splits are {list(now)}, were {list(kept['rows'])}"]
    for split, columns in now.items():
        if columns.keys() != kept["rows"][split].keys():
            wrong.append(f"{split}: columns are {list(columns)}, were {list(kept['rows'][split])}")
            continue
        for column, array in columns.items():
            old = np.array(kept["rows"][split][column], dtype=array.dtype)
            off = _off(families.load(name), column, old, array, kept["rows"][split])
            wrong += [f"{split}: column {column} {off}"] if off else []
    return wrong


def _head(name: str) -> dict[str, Any]:
    family = families.load(name)
    spec = spec_of(family)
    return {
        "config": spec.config,
        "recipe": recipe_of(family),
        "seed": spec.seed,
        "test_seed": spec.test_seed,
        "shots": spec.shots,
    }


def _error_of(label: str) -> str:
    """The column with the error of a label."""
    return f"label_error_{'renyi2' if label.startswith('renyi2') else 'correlation'}"


def _off(family: Family, column: str, old: Any, new: Any, row: dict[str, Any]) -> str:
    """How far a column is off, in words; "" where it is not.

    Args:
        family: of the rows.
        column: its name.
        old: as kept.
        new: as made.
        row: all columns as kept.
    """
    if old.shape != new.shape:
        return f"has the shape {new.shape}, had {old.shape}"
    computed = {c.name for c in family.certificate.columns} | {x.name for x in family.labels}
    if column not in computed or new.dtype.kind != "f":
        return "" if np.array_equal(old, new) else "differs"
    limit = np.maximum(FLOAT, np.spacing(np.abs(old)))
    if column in {label.name for label in family.labels} | {"phase_margin"}:
        error = 2 * np.array(row.get(_error_of(column), [0.0] * len(old)))
        limit = np.maximum(limit, error.reshape(-1, *[1] * (old.ndim - 1)))
    if column == "energy_variance":
        # A difference of two squares; of a state that is not exact its size alone is kept.
        squares = np.maximum(1.0, np.array(row["energy"]) ** 2)
        limit = np.maximum(VARIANCE_ROUNDING * squares, 2 * old)
    if column.startswith("label_error"):
        # Estimates of rounding errors where a state is exact: their size alone is kept.
        limit = np.maximum(old, 1e-6)
    far = np.abs(new.astype(np.float64) - old.astype(np.float64))
    return "" if (far <= limit).all() else f"differs by up to {far.max():.2g}"


def write(name: str) -> None:
    """Keep the rows that are made now, a line a column."""
    lines = [f" {json.dumps(k)}: {json.dumps(v)}," for k, v in _head(name).items()]
    splits = []
    for split, columns in made(name).items():
        body = [f"   {json.dumps(c)}: {_numbers(array)}" for c, array in sorted(columns.items())]
        splits.append(f"  {json.dumps(split)}: {{\n" + ",\n".join(body) + "\n  }")
    text = "\n".join(["{", *lines, ' "rows": {', ",\n".join(splits), " }", "}"]) + "\n"
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")


def _numbers(array: Any) -> str:
    """The shortest texts that give the same numbers again in their dtype."""
    if array.dtype == np.float32:
        array = np.array([float(str(value)) for value in array.ravel()]).reshape(array.shape)
    return json.dumps(array.tolist())


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare or write; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("families", nargs="*", metavar="FAMILY")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args(arguments)
    failed = False
    for name in given.families or names():
        if given.write:
            write(name)
        wrong = differences(name)
        failed |= bool(wrong)
        print("\n".join(f"{name}: {text}" for text in wrong or ["as kept"]), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
