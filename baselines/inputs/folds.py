"""Which training rows are held out together: the one place that draws folds.

Rows of a group share what tells them apart from others, as states of one evolution share their
couplings (`Rows.groups`). Where some of a group are learnt from, the others are answered far better
than rows of a new one, so that a choice judged by them goes wrong. All folds hold whole groups.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Fold:
    """The rows that are trained on, and those held out, int64, in order."""

    kept: Ints
    held: Ints

    @staticmethod
    def of(is_held: Mask) -> "Fold":
        """From bool (n,)."""
        return Fold(np.flatnonzero(~is_held), np.flatnonzero(is_held))

    def repeated(self, n: int, times: int) -> "Fold":
        """The fold of n rows that stand several times one after the other."""
        shifts = n * np.arange(times)[:, None]
        return Fold((self.kept + shifts).ravel(), (self.held + shifts).ravel())


def count(groups: Ints) -> int:
    """Number of groups, G, of int64 (n,) with all numbers 0 … G − 1."""
    return int(groups.max(initial=-1)) + 1


def are_single(groups: Ints) -> bool:
    """Whether every row is a group by itself."""
    return count(groups) == len(groups)


def members(groups: Ints) -> list[Ints]:
    """Rows of each group, in order."""
    return [np.flatnonzero(groups == g) for g in range(count(groups))]


def fold_masks(groups: Ints, folds: int) -> Sequence[Mask]:
    """Rows held out in each fold, those of every `folds`-th group, bool (n,); at most G folds."""
    folds = min(folds, count(groups))
    return [groups % folds == k for k in range(folds)]


def fold_of_rows(groups: Ints, folds: int, rng: np.random.Generator) -> Ints:
    """Number of each row's fold, int64 (n,); groups are drawn, as many of a fold within 1."""
    return np.asarray((rng.permutation(count(groups)) % folds)[groups])


def random_folds(groups: Ints, folds: int, seed: int) -> list[Fold]:
    """At most `folds` folds of the rows, drawn at random; as many groups in each within 1.

    Args:
        groups: int64 (n,), at least two of them.
        folds: at most G of them are made.
        seed: of the draw.
    """
    folds = min(folds, count(groups))
    of_row = fold_of_rows(groups, folds, np.random.default_rng([seed, 0]))
    return [Fold.of(of_row == k) for k in range(folds)]


def hold_out(groups: Ints, seed: int) -> Fold:
    """One group in five held out, at least one; none where there is one group alone."""
    found = count(groups)
    order = np.random.default_rng([seed, 4]).permutation(found)
    held = max(1, found // 5) if found > 1 else 0
    return Fold.of(np.isin(groups, order[:held]))
