"""What a config of a data set folder offers: its columns, its files, its tasks."""

from builders import families
from builders.core.names import Size
from builders.dataset.manifest import ConfigEntry, Manifest
from builders.dataset.schema import Column, columns


def config_columns(manifest: Manifest, config: str) -> tuple[Column, ...]:
    """Columns of the files of a config in this folder."""
    entry = manifest.config(config)
    every = columns(families.load(entry.family), Size.parse(entry.size), entry.shots)
    if manifest.visibility == "public":
        return every
    return tuple(c for c in every if c.name == "row_id" or c.is_label)


def data_pattern(config: str, split: str) -> str:
    """Glob of the files of a split."""
    return f"data/{config}/{split}-*.parquet"


def offered_tasks(entry: ConfigEntry) -> tuple[str, ...]:
    """The family's tasks whose label the config has; a task is named like its label's column."""
    return tuple(t for t in families.load(entry.family).tasks if t not in (entry.absent or ()))
