"""index.parquet: one row of plain numbers a sample, over all configs of a folder."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from builders import families
from builders.dataset import parquet
from builders.dataset.schema import Arrays, Column, arrow_schema
from builders.dataset.spec import BuildSpec

NAME = "index.parquet"
SPLIT = "rows"

COLUMNS = (
    Column("config", "string", (), "1", "config name"),
    Column("family", "string", (), "1", "family name"),
    Column("size", "string", (), "1", "system size as written in commands"),
    Column("sites", "int64", (), "1", "number of sites N"),
    Column("split", "string", (), "1", "split the row is in"),
    Column("row_id", "int64", (), "1", "row number in its config"),
    Column("seed", "uint64", (), "1", "seed of this row's random numbers"),
    Column("stored_shots", "int64", (), "1", "shots stored for the row"),
    Column("parameters_mean", "float64", (), "as the parameters", "mean of the flat parameters"),
    Column("parameters_std", "float64", (), "as the parameters", "spread of the flat parameters"),
    Column("energy_per_site", "float64", (), "energy unit of H", "⟨H⟩ / N", True),
    Column("energy_variance", "float64", (), "(energy unit of H)^2", "⟨H²⟩ − ⟨H⟩²", True),
    Column(
        "neighbour_correlation", "float64", (), "1", "mean of C_{i,i+1} along the numbering", True
    ),
    Column("pair_renyi2", "float64", (), "bit", "mean of renyi2 over the pairs", True),
    Column("half_renyi2", "float64", (), "bit", "renyi2_blocks at the middle cut", True),
    Column("phase", "string", (), "1", "name of the phase, where the family has phases", True),
    Column("phase_margin", "float64", (), "1", "distance from the nearest phase boundary", True),
)


def rows_of(spec: BuildSpec, split: str, arrays: Arrays) -> Any:
    """Index rows of one split as an Arrow table; what `arrays` lacks becomes null."""
    count = len(arrays["row_id"])
    values: dict[str, Any] = {
        "config": [spec.config] * count,
        "family": [spec.family] * count,
        "size": [str(spec.size)] * count,
        "sites": [spec.size.sites] * count,
        "split": [split] * count,
        "row_id": arrays["row_id"],
        "seed": arrays.get("seed"),
        "stored_shots": [spec.shots] * count,
        **_summaries(spec.size.sites, arrays),
        **_phases(spec.family, arrays),
    }
    schema = arrow_schema(COLUMNS)
    return pa.table(
        [
            pa.nulls(count, f.type)
            if values.get(f.name) is None
            else pa.array(values[f.name], f.type)
            for f in schema
        ],
        schema=schema,
    )


def merge(path: Path, config: str, new: list[Any]) -> Any:
    """The index with the rows of one config replaced, in an order that no history changes."""
    tables = list(new)
    if path.is_file():
        old = parquet.read_table(path)
        tables.append(old.filter(pc.not_equal(old["config"], config)))
    # An index that an earlier version wrote lacks columns: null for its rows.
    table = pa.concat_tables(tables, promote_options="default").combine_chunks()
    order = sorted(
        range(table.num_rows),
        key=list(
            zip(table["config"].to_pylist(), table["row_id"].to_pylist(), strict=True)
        ).__getitem__,
    )
    return table.take(pa.array(order, pa.int64())).replace_schema_metadata(None)


def content_hash(table: Any) -> str:
    """SHA-256 of the values of the index, nulls included."""
    text = json.dumps(table.to_pydict(), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _phases(family: str, arrays: Arrays) -> dict[str, Any]:
    if "phase" not in arrays:
        return {}
    names = families.load(family).phases
    return {
        "phase": [names[k] for k in arrays["phase"]],
        "phase_margin": arrays["phase_margin"],
    }


def _summaries(sites: int, arrays: Arrays) -> Arrays:
    out: Arrays = {}
    if "parameters" in arrays:
        out["parameters_mean"] = arrays["parameters"].mean(axis=1)
        out["parameters_std"] = arrays["parameters"].std(axis=1)
    if "energy" in arrays:
        out["energy_per_site"] = arrays["energy"] / sites
    if "energy_variance" in arrays:
        out["energy_variance"] = arrays["energy_variance"]
    if "correlation" in arrays:
        site = np.arange(sites - 1)
        pairs = arrays["correlation"][:, site, site + 1].astype(np.float64)
        out["neighbour_correlation"] = pairs.mean(axis=1)
    if "renyi2" in arrays:
        out["pair_renyi2"] = arrays["renyi2"].astype(np.float64).mean(axis=1)
    if "renyi2_blocks" in arrays:
        out["half_renyi2"] = arrays["renyi2_blocks"][:, sites // 2 - 1].astype(np.float64)
    return out
