"""index.parquet: one row of plain numbers a sample, over all configs of a folder.

What a label shows of itself here is in its declaration; configs whose rows are single shots are
left out.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from builders import families
from builders.core.column import Column
from builders.dataset import parquet
from builders.dataset.manifest import ConfigEntry
from builders.dataset.schema import Arrays, arrow_schema
from builders.dataset.spec import BuildSpec
from builders.physics.family import Family

NAME = "index.parquet"
SPLIT = "rows"

COMMON = (
    Column("config", "string", (), "1", "config name"),
    Column("family", "string", (), "1", "family name"),
    Column("size", "string", (), "1", "system size as written in commands"),
    Column("sites", "int64", (), "1", "number of sites N"),
    Column("split", "string", (), "1", "split the row is in"),
    Column("row_id", "int64", (), "1", "row number in its config"),
    Column("stored_shots", "int64", (), "1", "shots stored for the row"),
    Column("parameters_mean", "float64", (), "as the parameters", "mean of the flat parameters"),
    Column("parameters_std", "float64", (), "as the parameters", "spread of the flat parameters"),
)


def index_columns(entries: Iterable[ConfigEntry]) -> tuple[Column, ...]:
    """Columns of the index of a folder with these configs, in file order.

    A figure that none of their certificates tells is no column: data written before there were
    figures have none.
    """
    told: dict[str, set[str]] = {}
    for entry in entries:
        told.setdefault(entry.family, set()).update(entry.certificate)
    by_name = {c.name: c for c in COMMON}
    for name in sorted(told):
        family = families.load(name)
        figures = [c for c in _figures(family) if c.name in told[name]]
        for column in (*_summaries(family), *figures):
            by_name.setdefault(column.name, column)
    return tuple(by_name.values())


def every_column(family: Family) -> tuple[Column, ...]:
    """Columns of the index of a folder with configs of this family, written today."""
    return (*COMMON, *_summaries(family), *_figures(family))


def _figures(family: Family) -> tuple[Column, ...]:
    if family.record.per_shot:
        return ()
    return tuple(
        Column(f.name, "float64", (), f.unit, f.meaning, is_label=True) for f in family.figures
    )


def _summaries(family: Family) -> tuple[Column, ...]:
    if family.record.per_shot:
        return ()
    numbers = [
        Column(s.name, "float64", (), s.unit, s.meaning, is_label=True)
        for label in family.labels
        for s in label.summaries
    ]
    names = [
        Column(label.name, "string", (), "1", f"name of the class: {label.meaning}", is_label=True)
        for label in family.labels
        if label.classes
    ]
    return (*numbers, *names, *family.certificate.columns)


def rows_of(spec: BuildSpec, split: str, arrays: Arrays) -> Any:
    """Index rows of one split as an Arrow table; what `arrays` lacks becomes null."""
    family = families.load(spec.family)
    cols = every_column(family)
    if family.record.per_shot:
        return arrow_schema(cols).empty_table()
    count = len(arrays["row_id"])
    values: dict[str, Any] = {
        "config": [spec.config] * count,
        "family": [spec.family] * count,
        "size": [str(spec.size)] * count,
        "sites": [spec.size.sites] * count,
        "split": [split] * count,
        "row_id": arrays["row_id"],
        "stored_shots": [spec.shots] * count,
        **_values(spec, family, arrays),
    }
    schema = arrow_schema(cols)
    return pa.table(
        [
            pa.nulls(count, f.type)
            if values.get(f.name) is None
            else pa.array(values[f.name], f.type)
            for f in schema
        ],
        schema=schema,
    )


def _values(spec: BuildSpec, family: Family, arrays: Arrays) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if "parameters" in arrays:
        out["parameters_mean"] = arrays["parameters"].mean(axis=1)
        out["parameters_std"] = arrays["parameters"].std(axis=1)
    for label in family.labels:
        if label.name not in arrays:
            continue
        array = arrays[label.name]
        if label.classes:
            out[label.name] = [label.classes[k] for k in array]
        out |= {s.name: s.of(array, spec.size) for s in label.summaries}
    out |= {f.name: f.values(family, spec.size, arrays) for f in family.figures}
    return out | {c.name: arrays.get(c.name) for c in family.certificate.columns}


def merge(path: Path, config: str, new: list[Any], entries: Iterable[ConfigEntry]) -> Any:
    """The index with the rows of one config replaced, in an order that no history changes.

    Args:
        path: of the index there is, if there is one.
        config: the config that is replaced.
        new: its rows, a table a split.
        entries: of all configs of the folder.
    """
    tables = list(new)
    if path.is_file():
        old = parquet.read_table(path)
        tables.append(old.filter(pc.not_equal(old["config"], config)))
    # Configs of other families lack columns: null for their rows.
    table = pa.concat_tables(tables, promote_options="default").combine_chunks()
    # Columns in their order, whichever config came first.
    table = table.select([c.name for c in index_columns(entries)])
    order = pc.sort_indices(table, [("config", "ascending"), ("row_id", "ascending")])
    return table.take(order).replace_schema_metadata(None)


def content_hash(table: Any) -> str:
    """SHA-256 of the values of the index, nulls included."""
    text = json.dumps(table.to_pydict(), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
