"""Configs kept in memory between the cells that a process does one after the other."""

from functools import lru_cache
from pathlib import Path

from builders.dataset import manifest
from builders.folders import loading as dataset
from builders.folders.loading import Dataset


def kept(
    folder: str, config: str, splits: tuple[str, ...], columns: tuple[str, ...] | None = None
) -> Dataset:
    """What `dataset.load` reads of a folder, the last one kept for as long as it is not built anew.

    Whoever asks must not write into its arrays.

    Raises:
        RequestError: as `dataset.load`.
    """
    built = (Path(folder) / manifest.NAME).stat().st_mtime_ns
    return _load(folder, config, splits, columns, built)


@lru_cache(maxsize=1)
def _load(
    folder: str,
    config: str,
    splits: tuple[str, ...],
    columns: tuple[str, ...] | None,
    _built: int,
) -> Dataset:
    found = dataset.load(folder, config, splits=splits, columns=columns)
    for arrays in found.splits.values():
        for array in arrays.values():
            array.flags.writeable = False
    return found
