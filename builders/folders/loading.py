"""Read one config of a data set, from a folder or from the Hub, checked against its manifest."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders.core import files
from builders.core.errors import RequestError, counted, unknown
from builders.core.names import Size, is_repo, parse_config
from builders.dataset import manifest, parquet
from builders.dataset.config import Config
from builders.dataset.manifest import FileEntry, Manifest
from builders.dataset.schema import Arrays
from builders.hub import fetch as hub_fetch
from builders.physics.record import DetectionEvents
from builders.physics.site_channel import SiteChannel


@dataclass(frozen=True)
class Dataset:
    """One config in memory.

    Attributes:
        config: config name.
        family: family name.
        size: system size.
        seed: the data set's seed.
        splits: split → column → array (rows, *shape) with the dtype of the schema. Columns that
            the folder withholds are not there.
        manifest: the folder's manifest.
        texts: the text files beside the rows, by name, such as `circuit.stim`.

    >>> import qslbench
    >>> data = qslbench.load("data", "tfim_1d_n008")
    >>> data.family, str(data.size), sorted(data.splits)
    ('tfim_1d', '8', ['test', 'train'])
    """

    config: str
    family: str
    size: Size
    seed: int
    splits: Mapping[str, Arrays]
    manifest: Manifest
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def channel(self) -> SiteChannel | None:
        """What flipped the bits of the shots, for mitigated estimates; None where nothing did."""
        return self.manifest.config(self.config).site_channel

    def events(self, split: str) -> NDArray[np.uint8]:
        """The detection events of a split, 0 or 1, uint8 (R, D).

        Raises:
            RequestError: no such split, or rows that are no shots of a code.
        """
        record = Config.parse(self.config).family.record
        if not isinstance(record, DetectionEvents):
            raise RequestError(f"rows of {self.config} hold no detection events: {record.kind}.")
        return record.unpack(self[split]["events"], self.size)

    def __getitem__(self, split: str) -> Arrays:
        """The arrays of a split.

        Raises:
            RequestError: no such split.
        """
        if split not in self.splits:
            raise unknown("split", split, self.splits)
        return self.splits[split]


def load(
    source: str | Path,
    config: str,
    revision: str | None = None,
    *,
    splits: Iterable[str] | None = None,
    columns: Iterable[str] | None = None,
) -> Dataset:
    """Load one config as numpy arrays, after checking its files against the manifest.

    Args:
        source: a data set folder, or the id ORG/NAME of a data set on the Hub.
        config: config name such as `tfim_1d_n048`.
        revision: tag, branch or commit on the Hub; not for a folder. Only a commit, or a tag of
            ours, always means the same data.
        splits: only these splits; all of the config by default.
        columns: only these columns; all by default. Withheld columns are left out silently.

    Raises:
        RequestError: no such folder, repository, revision, config, split or column; a file that
            is missing or is not what the manifest says.
        WorkError: the Hub cannot be reached, and this revision is not in the cache.

    >>> import qslbench
    >>> data = qslbench.load("data", "tfim_1d_n008")
    >>> data["train"]["shots"].shape, data["train"]["correlation"].shape
    ((12, 32, 8), (12, 8, 8))
    >>> "correlation" in data["test"]  # hidden
    False
    """
    folder = _folder(source, config, revision)
    folder_manifest = manifest.read(folder)
    entry = folder_manifest.config(config)
    available = folder_manifest.splits(config)
    wanted = list(available) if splits is None else list(splits)
    for split in wanted:
        if split not in available:
            raise unknown(f"split of {config}", split, available)
    names = None if columns is None else list(columns)
    arrays = {split: _read_split(folder, available[split], names) for split in wanted}
    return Dataset(
        *(config, entry.family, parse_config(config).size, entry.seed, arrays),
        manifest=folder_manifest,
        texts=read_texts(folder, folder_manifest, config),
    )


def stream(
    source: str | Path,
    config: str,
    split: str,
    revision: str | None = None,
    *,
    rows: int = 65_536,
    columns: Iterable[str] | None = None,
) -> Iterator[Arrays]:
    """The rows of a split, so many at a time: what `load` gives, without holding all of it.

    Args:
        source: as in `load`; so config, revision and columns.
        config: config name.
        split: `train`, `test` or `test_ood`.
        revision: on the Hub.
        rows: at a time, at most.
        columns: only these.

    Raises:
        RequestError: as in `load`, at the first step; fewer rows than one at a time.

    >>> import qslbench
    >>> [len(part["row_id"]) for part in qslbench.stream("data", "tfim_1d_n008", "train", rows=5)]
    [5, 5, 2]
    """
    if rows < 1:
        raise RequestError(f"rows {rows}: give at least 1.")
    folder = _folder(source, config, revision)
    available = manifest.read(folder).splits(config)
    if split not in available:
        raise unknown(f"split of {config}", split, available)
    names = None if columns is None else list(columns)
    for name, entry in available[split].items():
        check_file(folder, name, entry)
        _check_names(folder / name, names)
        for table in parquet.read_batches(folder / name, rows, names):
            yield _arrays(folder / name, table)


def read_texts(folder: Path, folder_manifest: Manifest, config: str) -> dict[str, str]:
    """The text files beside the rows of a config, by name, as the manifest has them.

    Raises:
        RequestError: a file that is missing or is not what the manifest says.
    """
    texts = {}
    for name, entry in folder_manifest.texts(config).items():
        check_file(folder, name, entry)
        texts[Path(name).name] = (folder / name).read_text(encoding="utf-8")
    return texts


def check_file(folder: Path, name: str, entry: FileEntry) -> None:
    """Compare a file with its manifest entry, size first.

    Raises:
        RequestError: the file is missing, has another size, or other bytes.
    """
    path = folder / name
    if not path.is_file():
        raise RequestError(f"{path} is in the manifest and not on disk. Fetch or build it again.")
    size = path.stat().st_size
    if size != entry.bytes:
        raise RequestError(
            f"{path} has {size} bytes, the manifest says {entry.bytes}: it was cut or changed. "
            "Fetch or build it again."
        )
    if files.sha256(path) != entry.sha256:
        raise RequestError(
            f"{path} has other bytes than the manifest says (SHA-256 differs). "
            "Fetch or build it again."
        )


def read_file(folder: Path, name: str, entry: FileEntry, names: list[str] | None = None) -> Arrays:
    """The columns of one Parquet file, without those that are all null.

    Raises:
        RequestError: an unreadable file, an unknown column, a wrong number of rows.
    """
    path = folder / name
    _check_names(path, names)
    table = parquet.read_table(path, names)
    if table.num_rows != entry.rows:
        raise RequestError(
            f"{path} has {counted(table.num_rows, 'row')}, the manifest says {entry.rows}."
        )
    return _arrays(path, table)


def _check_names(path: Path, names: list[str] | None) -> None:
    known = parquet.read_schema(path).names
    for column in names or ():
        if column not in known:
            raise unknown(f"column of {path.name}", column, known)


def _arrays(path: Path, table: Any) -> Arrays:
    """The columns of a table, without those that are all null."""
    arrays: Arrays = {}
    for column in table.column_names:
        try:
            array = parquet.to_numpy(table[column])
        except RequestError as error:
            raise RequestError(f"{path}, column {column}: {error}") from None
        if array is not None:
            arrays[column] = array
    return arrays


def _read_split(folder: Path, shards: Mapping[str, FileEntry], names: list[str] | None) -> Arrays:
    parts = []
    for name, entry in shards.items():
        check_file(folder, name, entry)
        parts.append(read_file(folder, name, entry, names))
    if len(parts) == 1:
        return parts[0]
    return {column: np.concatenate([part[column] for part in parts]) for column in parts[0]}


def _folder(source: str | Path, config: str, revision: str | None) -> Path:
    path = Path(source)
    if path.exists():
        if revision is not None:
            raise RequestError(
                f"revision {revision!r} with the folder {path}: revisions belong to a Hub "
                "repository. Leave it out."
            )
        return path
    if isinstance(source, Path):
        raise RequestError(f"no data set folder at {source}. {manifest.fetching(source)}")
    if not is_repo(source):
        raise RequestError(
            f"no data set at {str(source)!r}. Give a folder that `build` wrote, "
            "or the id ORG/NAME of a data set on the Hub."
        )
    return hub_fetch.fetch(source, config, revision)
