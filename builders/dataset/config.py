"""A config, resolved once and handed on: its family, size, channel, and what a folder has of it."""

from dataclasses import dataclass

from builders import families
from builders.core.column import Column
from builders.core.errors import RequestError
from builders.core.names import Size, config_name, parse_config
from builders.dataset.manifest import ConfigEntry, Manifest
from builders.dataset.schema import columns
from builders.physics.channel import Channel
from builders.physics.family import Family


@dataclass(frozen=True)
class Config:
    """What a config's name means.

    Attributes:
        family: its family.
        size: system size.
        channel: noise channel of its record; "" for none.
    """

    family: Family
    size: Size
    channel: str = ""

    @staticmethod
    def parse(name: str) -> "Config":
        """The config of a name.

        Raises:
            RequestError: no config name, no such family or channel, or another spelling of it.
        """
        family, size, channel = parse_config(name)
        if channel and (canonical := Channel.parse(channel).name) != channel:
            raise RequestError(f"config {name!r}: its channel is written {canonical!r}.")
        return Config(families.load(family), size, channel)

    @property
    def name(self) -> str:
        """Its name, such as `tfim_1d_n048`."""
        return config_name(self.family.name, self.size, self.channel)

    @property
    def known_channel(self) -> str:
        """The channel of its record, where it is known what it does to outcomes, so that it can be
        undone; "" elsewhere.
        """
        known = self.family.record.channels
        return self.channel if self.channel and Channel.parse(self.channel).kind in known else ""

    def columns(self, shots: int) -> tuple[Column, ...]:
        """Its columns at M stored copies a row."""
        return columns(self.family, self.size, shots)

    def __str__(self) -> str:
        return self.name


def config_columns(manifest: Manifest, name: str) -> tuple[Column, ...]:
    """Columns of the files of a config in this folder: in a private one the hidden ones alone."""
    every = Config.parse(name).columns(manifest.config(name).shots)
    if manifest.visibility == "public":
        return every
    return tuple(c for c in every if c.name == "row_id" or c.is_label)


def offered_tasks(entry: ConfigEntry) -> tuple[str, ...]:
    """The family's tasks whose label the config has; a task is named like its label's column."""
    return tuple(t for t in families.load(entry.family).tasks if t not in (entry.absent or ()))


def data_pattern(config: str, split: str) -> str:
    """Glob of the files of a split."""
    return f"data/{config}/{split}-*.parquet"
