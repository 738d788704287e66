"""What of the hidden labels is public, and how a season commits itself to them."""

import hashlib
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from builders.dataset import manifest
from builders.dataset.manifest import ConfigEntry
from builders.dataset.spec import FIRST_ROW, HIDDEN_PREFIX
from builders.folders import loading
from leaderboard.submission.validate import SPLIT

_SLOW = 20_000  # rounds: 2⁶³ seeds cannot be tried


def public_half(
    salt: str,
    config: str,
    row_id: NDArray[np.int64],
    together: int = 1,
    task: str | None = None,
) -> NDArray[np.bool_]:
    """Which test rows are scored live, bool (R,); the others are scored when the season closes.

    The half with the smaller SHA-256 of (salt, config, task, row id); the larger half if R is odd.
    It depends on nothing else, and nobody knows it before the salt is revealed. Each task has a
    half of its own, so that the scores of one task do not tell the half of another.

    Args:
        salt: of the season.
        config: of the rows.
        row_id: int64 (R,), all test rows, in any order.
        together: rows of one evolution, which follow each other. An evolution is drawn whole, by
            its first row: its live states would tell of the others.
        task: whose half; None for the one half of all tasks that seasons of rules 1 have.
    """
    start = row_id - (row_id - FIRST_ROW[SPLIT]) % together
    starts = np.unique(start)
    drawn = config if task is None else f"{config}|{task}"
    digests = [hashlib.sha256(f"{salt}|{drawn}|{row}".encode()).digest() for row in starts]
    order = np.argsort(np.array(digests, dtype="S32"), kind="stable")
    return np.isin(start, starts[order[: (len(starts) + 1) // 2]])


def label_hash(private: Path, salt: str) -> str:
    """SHA-256 of the salt and of every array of the test splits in a private folder.

    Published when a season opens, it fixes the labels without telling them; with the salt, which
    is revealed when the season closes, everybody who then has the labels can compute it again.

    Raises:
        RequestError: the folder is no data set.
    """
    digest = hashlib.sha256(f"qslbench labels 1|{salt}\n".encode())
    for config in sorted(manifest.read(private).configs):
        loaded = loading.load(private, config)
        for split in sorted(name for name in loaded.splits if name.startswith(HIDDEN_PREFIX)):
            for column, array in sorted(loaded[split].items()):
                head = f"{config}|{split}|{column}|{array.dtype.str}|{array.shape}\n"
                digest.update(head.encode())
                digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def data_seeds(folder: Path) -> dict[str, int]:
    """Config → a number that stands for the hidden rows that a private folder holds, sorted.

    It is a slow hash of the seed of these rows, since the number is stored and shown and the seed
    rebuilds their labels; where no such seed is known, the data set's own.

    Raises:
        RequestError: the folder is no data set.
    """
    configs = sorted(manifest.read(folder).configs.items())
    return {name: data_seed(entry, name) for name, entry in configs}


def data_seed(entry: ConfigEntry, config: str) -> int:
    """The number of hidden rows, see `data_seeds`, of a config that is called so."""
    return entry.seed if entry.test_seed is None else _number(config, entry.test_seed)


@cache
def _number(config: str, test_seed: int) -> int:
    digest = hashlib.pbkdf2_hmac("sha256", str(test_seed).encode(), config.encode(), _SLOW)
    return int.from_bytes(digest[:8], "little") >> 1
