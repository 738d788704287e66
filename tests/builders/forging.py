"""Put what does not belong there into a data set folder, with every hash in line."""

import hashlib
from pathlib import Path

from builders import families
from builders.cards import documents
from builders.dataset import index, manifest, parquet
from builders.dataset.config import config_columns
from builders.dataset.manifest import FileEntry
from builders.dataset.schema import Arrays, columns
from tests.builders.synthetic import SPEC

COLS = columns(families.load(SPEC.family), SPEC.size, SPEC.shots)


def forge(root: Path, name: str, arrays: Arrays) -> None:
    """Put other rows into a file and bring every hash and document in line with them."""
    forge_columns(root, name, SPEC.config, arrays)


def forge_columns(root: Path, name: str, config: str, arrays: Arrays) -> None:
    """The same for any config."""
    cols, rows = config_columns(manifest.read(root), config), len(arrays["row_id"])
    parquet.write(root / name, cols, arrays, rows)
    relist(root, name, content=parquet.content_hash(cols, arrays), rows=rows)


def forge_index(root: Path, row: int, values: dict[str, object]) -> None:
    """Put values into one row of the index."""
    table = parquet.read_table(root / index.NAME)
    rows = table.to_pylist()
    rows[row] |= values
    table = type(table).from_pylist(rows, schema=table.schema)
    cols = index.index_columns(manifest.read(root).configs.values())
    parquet.write_table(root / index.NAME, table, cols)
    relist(root, index.NAME, content=index.content_hash(table))


def relist(root: Path, name: str, **changes: object) -> None:
    """Write the manifest entry of a file anew from its bytes, with further changes."""
    found = manifest.read(root)
    data = (root / name).read_bytes()
    old = found.files[name].model_dump() if name in found.files else {}
    size, sha256 = len(data), hashlib.sha256(data).hexdigest()
    entry = FileEntry(**{**old, "bytes": size, "sha256": sha256, **changes})
    update = {"files": {**found.files, name: entry}}
    documents.write_documents(root, found.model_copy(update=update))
