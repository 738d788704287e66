"""Test rows in blocks, so that intervals and paired tests of 10⁶ rows cost what 200 rows cost.

A block is a run of consecutive rows, and what is kept of it are the number of its rows and means
over them: two blocks put together are one, with the counts as weights. Few rows are kept one by
one. Independent rows may be cut anywhere; rows that belong together, as the states of one
evolution, stay in one block, so that what is drawn again are whole evolutions.
"""

import zlib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leaderboard.kinds.metrics import Floats

_HEAD = 16  # bytes
MOST = 5000
"""Blocks at most: a bootstrap of 1000 resamples then takes 40 MB."""


@dataclass(frozen=True, eq=False)
class Blocks:
    """How R test rows are cut into B blocks.

    Attributes:
        counts: int64 (B,), rows in each.
        grouped: whether rows of a block belong together, so that they are not independent.
    """

    counts: NDArray[np.int64]
    grouped: bool = False

    def __post_init__(self) -> None:
        if self.counts.ndim != 1 or not len(self.counts) or self.counts.min() < 1:
            raise ValueError(f"{self.counts=}: one row at least in each block")

    @staticmethod
    def of(rows: int, groups: NDArray[Any] | None = None, most: int = MOST) -> "Blocks":
        """Blocks of nearly equal size, at most `most` of them; single rows where they are fewer.

        Args:
            rows: R, at least 1.
            groups: (R,), equal for consecutive rows that stay together.
            most: blocks at most.
        """
        starts = np.arange(rows)
        if groups is not None:
            starts = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]])
        grouped = len(starts) < rows
        if len(starts) > most:
            starts = starts[np.arange(most) * len(starts) // most]
        return Blocks(np.diff(starts, append=rows), grouped)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Blocks) and np.array_equal(self.counts, other.counts)

    def __hash__(self) -> int:
        return hash(self.counts.tobytes())

    def __len__(self) -> int:
        return len(self.counts)

    @cached_property
    def rows(self) -> int:
        """R."""
        return int(self.counts.sum())

    @cached_property
    def is_even(self) -> bool:
        """Whether all blocks have the same number of rows."""
        return bool(self.counts[0] == self.counts.max() == self.counts.min())

    def means(self, values: NDArray[Any]) -> Floats:
        """Means over the rows of each block, float64 (B, …), of values (R, …)."""
        doubles = np.ascontiguousarray(values, dtype=np.float64)
        if len(self) == len(values):
            return doubles
        starts = np.cumsum(self.counts) - self.counts
        sums = np.add.reduceat(doubles, starts, axis=0)
        return np.asarray(sums / self.counts.reshape(-1, *[1] * (sums.ndim - 1)))

    @property
    def equal(self) -> Floats:
        """The weights of the point estimate, in which every row counts the same, (1, B)."""
        return self.counts[None] / self.rows

    def resamples(self, bootstraps: int, seed: int) -> Floats:
        """Weights of draws of B blocks with replacement, float64 (bootstraps, B), lines of sum 1.

        They depend on the blocks, `bootstraps` and `seed` alone, so that they are paired between
        answers to the same rows.
        """
        drawn = _draws(len(self), bootstraps, seed)
        if self.is_even:
            return drawn
        weights = drawn * self.counts
        return np.asarray(weights / weights.sum(axis=1, keepdims=True))


@dataclass(frozen=True, eq=False)
class Losses:
    """The losses of one answer in one cell.

    Attributes:
        values: float64 (B,), the mean loss of each block.
        blocks: the blocks.
        wrong: uint8 (⌈R/8⌉,), which independent rows have the loss 1, packed, where every row's is
            0 or 1; None elsewhere. 10⁶ rows of which few are wrong take a few kB in the store.
    """

    values: Floats
    blocks: Blocks
    wrong: NDArray[np.uint8] | None = None

    def __post_init__(self) -> None:
        if self.values.shape != self.blocks.counts.shape:
            raise ValueError(f"{self.values.shape=} for {len(self.blocks)=}")
        if self.wrong is not None and self.wrong.shape != (-(-self.blocks.rows // 8),):
            raise ValueError(f"{self.wrong.shape=} for {self.blocks.rows=}")

    @staticmethod
    def of_wrong(wrong: NDArray[np.bool_], blocks: Blocks) -> "Losses":
        """Losses 0 and 1 of rows, bool (R,); kept one by one where the rows are independent."""
        values = blocks.means(wrong)
        if blocks.grouped or blocks != Blocks.of(len(wrong)):
            return Losses(values, blocks)
        return Losses(values, blocks, np.packbits(wrong))

    def discordant(self, other: "Losses") -> tuple[int, int] | None:
        """Rows that are wrong here alone, and there alone; None where rows are not kept."""
        if self.wrong is None or other.wrong is None or self.blocks.rows != other.blocks.rows:
            return None
        here, there = self.wrong & ~other.wrong, other.wrong & ~self.wrong
        return int(np.bitwise_count(here).sum()), int(np.bitwise_count(there).sum())

    @staticmethod
    def of_rows(values: Floats) -> "Losses":
        """One block a row, of losses (R,)."""
        return Losses(values, _singles(len(values)))

    def __len__(self) -> int:
        return len(self.values)

    @property
    def mean(self) -> float:
        """Over all rows."""
        if self.blocks.is_even:
            return float(self.values.mean())
        return float(np.average(self.values, weights=self.blocks.counts))

    @property
    def standard_error(self) -> float:
        """Of the mean, from the spread over blocks; 0 of one block."""
        count = len(self.values)
        if count < 2:
            return 0.0
        if self.blocks.is_even:
            return float(self.values.std(ddof=1)) / float(np.sqrt(count))
        apart = self.blocks.counts * (self.values - self.mean) / self.blocks.rows
        return float(np.sqrt((apart**2).sum() * count / (count - 1)))

    def to_bytes(self) -> bytes:
        """For the store: the losses of single rows as little-endian float64; of blocks, a NaN,
        which no loss is, and the counts in front of them. Where single rows are known to be wrong
        or not, a NaN, −R, and their bits, compressed.
        """
        if self.wrong is not None:
            head = np.array([np.nan, -self.blocks.rows], dtype="<f8").tobytes()
            return head + zlib.compress(self.wrong.tobytes())
        if len(self.blocks) == self.blocks.rows:
            return self.values.astype("<f8").tobytes()
        return np.concatenate([[np.nan], self.blocks.counts, self.values]).astype("<f8").tobytes()

    @staticmethod
    def from_bytes(stored: bytes) -> "Losses":
        """Inverse of `to_bytes`."""
        head = np.frombuffer(stored[:_HEAD], dtype="<f8")
        if len(head) == 2 and np.isnan(head[0]) and head[1] < 0:
            rows = -int(head[1])
            packed = np.frombuffer(zlib.decompress(stored[_HEAD:]), dtype=np.uint8)
            wrong = np.unpackbits(packed, count=rows).astype(np.bool_)
            return Losses.of_wrong(wrong, Blocks.of(rows))
        values = np.frombuffer(stored, dtype="<f8")
        if not len(values) or not np.isnan(values[0]):
            return Losses.of_rows(values)
        half = len(values) // 2
        return Losses(values[half + 1 :], Blocks(values[1 : half + 1].astype(np.int64)))


@lru_cache(maxsize=64)
def _singles(rows: int) -> Blocks:
    """So many blocks of one row; the same for every caller, and there may be thousands."""
    counts = np.ones(rows, dtype=np.int64)
    counts.flags.writeable = False
    return Blocks(counts)


@lru_cache(maxsize=8)
def _draws(blocks: int, bootstraps: int, seed: int) -> Floats:
    """Weights of draws of blocks with replacement, float64 (bootstraps, blocks)."""
    rng = np.random.default_rng(seed)
    weights = rng.multinomial(blocks, np.full(blocks, 1.0 / blocks), size=bootstraps) / blocks
    weights.flags.writeable = False  # the same array for every caller
    return weights
