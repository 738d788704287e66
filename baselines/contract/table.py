"""A published table, and which of our baselines answers each of its lines."""

from collections.abc import Mapping
from dataclasses import dataclass

from builders.core.errors import RequestError
from leaderboard.kinds.published import Published


@dataclass(frozen=True)
class Table:
    """One table of a paper.

    Attributes:
        title: what it shows.
        source: the paper.
        protocol: the one whose cells these are.
        published: its numbers, each with its cell.
        ours: method of the table → our baseline.
        train: training rows to build.
        test: test rows to build.
        shots: shots a row to build.
    """

    title: str
    source: str
    protocol: str
    published: tuple[Published, ...]
    ours: Mapping[str, str]
    train: int = 100
    test: int = 200
    shots: int = 512

    def __post_init__(self) -> None:
        missing = sorted({p.method for p in self.published} - set(self.ours))
        if missing or not self.published:
            raise ValueError(f"{self.title=}: {missing=} in `ours`, of {len(self.published)} lines")

    @property
    def configs(self) -> list[str]:
        """Configs of the table, sorted."""
        return sorted({point.key.config for point in self.published})

    def lines(
        self, configs: tuple[str, ...] = (), methods: tuple[str, ...] = ()
    ) -> tuple[Published, ...]:
        """The numbers of these configs and methods; of all where none is named.

        Raises:
            RequestError: the table has none of that name.
        """
        known = {"config": self.configs, "method": sorted({p.method for p in self.published})}
        for what, given in (("config", configs), ("method", methods)):
            for name in given:
                if name not in known[what]:
                    raise RequestError(
                        f"the table has no {what} {name}. It has {', '.join(known[what])}."
                    )
        return tuple(
            point
            for point in self.published
            if (not configs or point.key.config in configs)
            and (not methods or point.method in methods)
        )
