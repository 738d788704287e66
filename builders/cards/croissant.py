"""croissant.json: the folder described in the Croissant 1.1 vocabulary of MLCommons.

What the data are good for and what not stands in its RAI extension, `builders.cards.rai`.
"""

import json
from collections.abc import Iterable
from typing import Any

from builders.cards import rai
from builders.core.column import Column
from builders.dataset import index
from builders.dataset.config import config_columns, data_pattern
from builders.dataset.manifest import Manifest

NAME = "croissant.json"
_PARQUET, _TEXT = "application/x-parquet", "text/plain"
_TYPES = {
    "bool": "sc:Boolean",
    "int64": "cr:Int64",
    "uint8": "cr:UInt8",
    "float32": "cr:Float32",
    "float64": "cr:Float64",
    "string": "sc:Text",
}


def text(manifest: Manifest) -> str:
    """The JSON text of the file."""
    return json.dumps(document(manifest), indent=1) + "\n"


def document(manifest: Manifest) -> dict[str, Any]:
    """The Croissant document: one record set a split, and one for the index."""
    objects = [
        _file(path, e.sha256, e.bytes, _PARQUET if e.rows else _TEXT)
        for path, e in sorted(manifest.files.items())
        if e.rows or e.config
    ]
    sets = [
        _record_set(
            "index",
            "index",
            index.NAME,
            index.index_columns(manifest.configs.values()),
            "fileObject",
        )
    ]
    for config in manifest.configs:
        cols = config_columns(manifest, config)
        for split in manifest.splits(config):
            source = f"{config}/{split}/files"
            objects.append(_file_set(source, data_pattern(config, split)))
            name = f"{config}/{split}"
            sets.append(_record_set(name, name, source, cols, "fileSet"))
    return {
        "@context": _context(),
        "@type": "sc:Dataset",
        "conformsTo": ["http://mlcommons.org/croissant/1.1", rai.VOCABULARY],
        "name": manifest.name,
        "description": "Quantum data: parameters, what was measured, and exact labels. Units and "
        "meanings stand in the fields.",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "citeAs": f"The qslbench developers, {manifest.name}",
        "version": "1.0.0",
        **rai.fields(manifest),
        "distribution": objects,
        "recordSet": sets,
    }


def _file(path: str, sha256: str, size: int, form: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": path,
        "name": path,
        "contentUrl": path,
        "contentSize": f"{size} B",
        "encodingFormat": form,
        "sha256": sha256,
    }


def _file_set(name: str, pattern: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": name,
        "name": name,
        "encodingFormat": _PARQUET,
        "includes": pattern,
    }


def _record_set(
    name: str, prefix: str, source: str, cols: Iterable[Column], kind: str
) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "field": [_field(prefix, source, c, kind) for c in cols],
    }


def _field(prefix: str, source: str, column: Column, kind: str) -> dict[str, Any]:
    field: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": f"{prefix}/{column.name}",
        "name": column.name,
        "description": f"{column.meaning} (unit: {column.unit})",
        "dataType": _TYPES[column.dtype],
        "source": {kind: {"@id": source}, "extract": {"column": column.name}},
    }
    if column.shape:
        shape = ",".join(str(length) for length in column.shape)
        field |= {"isArray": True, "arrayShape": shape}
    return field


def _context() -> dict[str, Any]:
    """The JSON-LD context that the Croissant 1.1 specification gives."""
    terms = (
        "arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract", "field",
        "fileObject", "fileProperty", "fileSet", "format", "includes", "isArray", "isLiveDataset",
        "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex",
        "repeated", "replace", "samplingRate", "separator", "source", "subField", "transform",
    )  # fmt: skip
    return {
        "@language": "en",
        "@vocab": "https://schema.org/",
        "cr": "http://mlcommons.org/croissant/",
        "dct": "http://purl.org/dc/terms/",
        "rai": "http://mlcommons.org/croissant/RAI/",
        "sc": "https://schema.org/",
        "conformsTo": "dct:conformsTo",
        "data": {"@id": "cr:data", "@type": "@json"},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        "description": {"@container": "@language"},
        "examples": {"@id": "cr:examples", "@type": "@json"},
        "name": {"@container": "@language"},
        **{term: f"cr:{term}" for term in terms},
    }
