"""What a process keeps between the cells that it does one after the other: one pool for all.

A protocol asks for many cells of a config, and for each of them for many models. What is read of a
config and what is estimated of its training rows is in `Stored`; beside it stand what solvers found
and whatever else a caller has made of a cell.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, TypeVar

from baselines.contract.stored import Stored
from builders.dataset import manifest

T = TypeVar("T")

STORED_BYTES = 1 << 30
"""Configs are kept as long as their sum stays below; the last one always."""

KEPT = 4
"""Other things of each kind that are kept."""


class Pool:
    """Configs of folders, and things made of them, each once as long as it is kept."""

    def __init__(self) -> None:
        self._stored: OrderedDict[tuple[str, str], tuple[int, Stored]] = OrderedDict()
        self._made: dict[str, OrderedDict[Hashable, Any]] = {}

    def stored(self, folder: str, config: str) -> Stored:
        """A config of a data set folder, the same object for as long as the folder stays as it is.

        Raises:
            RequestError: no such folder or config.
        """
        home = Path(folder) / manifest.NAME
        built = home.stat().st_mtime_ns if home.is_file() else 0
        known = self._stored.pop((folder, config), None)
        stored = known[1] if known and known[0] == built else Stored.of(Path(folder), config)
        self._stored[folder, config] = (built, stored)
        while len(self._stored) > 1 and self._bytes() > STORED_BYTES:
            self._stored.popitem(last=False)
        return stored

    def once(self, kind: str, key: Hashable, make: Callable[[], T], *, most: int = KEPT) -> T:
        """What `make` gives, made anew only if `key` was not among the last ones of its kind.

        Args:
            kind: of things that make room for each other.
            key: everything that it depends on.
            make: makes it.
            most: things of this kind that are kept.
        """
        known = self._made.setdefault(kind, OrderedDict())
        if key not in known:
            made = make()
            while len(known) >= most:
                known.popitem(last=False)
            known[key] = made
        known.move_to_end(key)
        kept: T = known[key]
        return kept

    def _bytes(self) -> int:
        return sum(stored.nbytes for _, stored in self._stored.values())


POOL = Pool()
"""That of this process."""
