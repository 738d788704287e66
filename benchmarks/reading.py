"""Read a data set folder as a stranger does, with the libraries of this interpreter.

    python benchmarks/reading.py FOLDER EXPECTED.json

Nothing of ours is needed. EXPECTED holds config → split → column → values, null where withheld. On
stdout one JSON object: reader → what is wrong, "" for nothing; a reader that is not installed is
not there. `benchmarks.readers` runs it in every environment.
"""

import importlib
import json
import sys
import traceback
from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

Columns = dict[str, list[Any]]


def plain(value: Any) -> Any:
    """Nested arrays as nested lists."""
    value = value.tolist() if hasattr(value, "tolist") else value
    return [plain(one) for one in value] if isinstance(value, list) else value


def with_pyarrow(folder: Path, config: str, split: str) -> Columns:
    from pyarrow import parquet

    (file,) = (folder / "data" / config).glob(f"{split}-*.parquet")
    columns: Columns = parquet.read_table(file).to_pydict()
    return columns


def with_pandas(folder: Path, config: str, split: str) -> Columns:
    import pandas

    (file,) = (folder / "data" / config).glob(f"{split}-*.parquet")
    return {name: plain(list(column)) for name, column in pandas.read_parquet(file).items()}


def with_polars(folder: Path, config: str, split: str) -> Columns:
    import polars

    (file,) = (folder / "data" / config).glob(f"{split}-*.parquet")
    columns: Columns = polars.read_parquet(file).to_dict(as_series=False)
    return columns


def with_duckdb(folder: Path, config: str, split: str) -> Columns:
    import duckdb

    found = duckdb.sql(f"select * from '{folder}/data/{config}/{split}-*.parquet'")
    names, rows = found.columns, found.fetchall()
    return {name: [plain_tuple(row[k]) for row in rows] for k, name in enumerate(names)}


def with_datasets(folder: Path, config: str, split: str) -> Columns:
    import datasets

    data = datasets.load_dataset(str(folder), config, cache_dir=str(folder.parent / "cache"))
    features = data[split].features  # the card's
    kinds = {name: type(feature).__name__ for name, feature in features.items()}
    square = [n for n, k in kinds.items() if n in ("shots", "correlation") and k != "Array2D"]
    if square:
        raise AssertionError(f"{square} should be Array2D: {kinds}")
    return {name: plain(list(data[split][name])) for name in features}


def with_datasets_stream(folder: Path, config: str, split: str) -> Columns:
    import datasets

    rows = list(datasets.load_dataset(str(folder), config, split=split, streaming=True))
    return {name: [plain(row[name]) for row in rows] for name in rows[0]}


def with_builders(folder: Path, config: str, split: str) -> Columns:
    import builders

    return {name: array.tolist() for name, array in builders.load(folder, config)[split].items()}


def withheld(values: list[Any]) -> bool:
    """Whether a column is one of hidden labels."""
    return all(one is None for one in values)


def missing(value: Any) -> bool:
    """Whether a value is None or NaN throughout, which datasets 4.0 makes of a null array."""
    if isinstance(value, list):
        return all(map(missing, value))
    return value is None or value != value


def plain_tuple(value: Any) -> Any:
    """Nested tuples, which are fixed-size lists, as nested lists."""
    return [plain_tuple(one) for one in value] if isinstance(value, list | tuple) else value


READERS: dict[str, Callable[[Path, str, str], Columns]] = {
    "pyarrow": with_pyarrow,
    "pandas": with_pandas,
    "polars": with_polars,
    "duckdb": with_duckdb,
    "datasets": with_datasets,
    "datasets, streaming": with_datasets_stream,
    "builders": with_builders,
}


def wrong(reader: str, folder: Path, expected: dict[str, dict[str, Columns]]) -> str:
    """What a reader sees that is not there, or the other way round."""
    for config, splits in expected.items():
        for split, columns in splits.items():
            try:
                seen = READERS[reader](folder, config, split)
            except Exception:
                return f"{config} {split}: {traceback.format_exc().splitlines()[-1]}"
            for name, values in columns.items():
                # Our loader leaves withheld columns out.
                got = seen.get(name, [None] * len(values) if reader == "builders" else [])
                if got != values and not (withheld(values) and all(map(missing, got))):
                    return f"{config} {split} {name}: {str(got)[:80]} for {str(values)[:80]}"
    return ""


def main() -> None:
    folder, expected = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text("utf-8"))
    found = {}
    for reader in READERS:
        package = reader.split(",")[0]
        if find_spec(package) is None or (package == "builders" and find_spec("pydantic") is None):
            continue
        importlib.import_module(package)
        told = "here" if package == "builders" else version(package)
        found[f"{reader} {told}"] = wrong(reader, folder, expected)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
