"""Data files of an earlier layout written again with the same values, without computing a row."""

from pathlib import Path

from builders.cards.documents import write_documents
from builders.core import files
from builders.core.errors import RequestError
from builders.dataset import manifest, parquet
from builders.dataset.config import config_columns
from builders.dataset.manifest import Manifest
from builders.folders.loading import check_file, read_file


def earlier_files(folder: Path, folder_manifest: Manifest) -> list[str]:
    """Paths of data files whose columns are stored in another type than this version writes.

    Labels were fixed-size lists, of which nulls cannot be read by pyarrow before 26.
    """
    return [
        name
        for config in folder_manifest.configs
        for shards in folder_manifest.splits(config).values()
        for name in shards
        if not parquet.is_current(folder / name, config_columns(folder_manifest, config))
    ]


def rewrite(folder: Path) -> list[str]:
    """Write the files of an earlier layout again, and the documents that name their hashes.

    Values, and so their content hashes and the commitment to hidden labels, stay.

    Args:
        folder: data set folder, public or private.

    Returns:
        Paths of the files that were written.

    Raises:
        RequestError: no data set folder, one of an earlier format, or a file that is not what the
            manifest says.
    """
    with files.locked(_checked(folder)):
        current = manifest.read(folder)
        names = earlier_files(folder, current)
        staged = {name: files.temporary(folder / name) for name in names}
        try:
            for name, path in staged.items():
                _write(folder, current, name, path)
            entries = dict(current.files)
            for name, path in staged.items():
                size, sha256 = path.stat().st_size, files.sha256(path)
                entries[name] = entries[name].model_copy(update={"bytes": size, "sha256": sha256})
                path.replace(folder / name)
        finally:
            for path in staged.values():
                path.unlink(missing_ok=True)
        if names:
            write_documents(folder, current.model_copy(update={"files": entries}))
    return names


def _checked(folder: Path) -> Path:
    manifest.check_current(manifest.read(folder), folder)
    return folder


def _write(folder: Path, current: Manifest, name: str, path: Path) -> None:
    entry = current.files[name]
    check_file(folder, name, entry)
    arrays = read_file(folder, name, entry)
    cols = config_columns(current, str(entry.config))
    if parquet.content_hash(cols, arrays) != entry.content:
        raise RequestError(f"{folder / name}: its values are not those of the manifest.")
    parquet.write(path, cols, arrays, entry.rows or 0)
