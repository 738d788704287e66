"""Near-duplicates: answers that differ by far less than they err, row by row.

Two models that were trained apart differ by about as much as they err. A copy with a little noise,
a common factor or a few rows of its own does not. Answers are compared through a few numbers a row,
so that the search over all entries of a config reads no file.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leaderboard.cells import Answer
from leaderboard.kinds.metrics import Floats

ROWS = 512
"""Rows that are compared one by one; more are added up in so many groups."""
PARTS = 8
SHARE, LIVE_SHARE = 0.05, 0.01
"""Of the error. An open season knows the error as it is told alone, hence the finer one there."""
ODD = 0.25
"""Share of rows that may be anything at all."""
_FACTORS = (0.5, 2.0)
_HEAD = 3
_TINY = 1e-300


@dataclass(frozen=True, eq=False)
class Fingerprint:
    """A linear map of an answer that keeps the distances of rows.

    Attributes:
        sums: float32 (B, K): of each row, or group of rows, K signed sums over its values, or the
            values themselves where they are no more.
        values: values behind one of the B, on average.
        rows: R.
        is_plain: whether a few odd rows and a factor mean something: not where rows are right or
            wrong, of which a few are all that two answers differ by.
    """

    sums: NDArray[np.float32]
    values: float
    rows: int
    is_plain: bool

    @staticmethod
    def of(answer: Answer, salt: str = "") -> "Fingerprint":
        """The fingerprint of an answer. Of names of classes it is that of the rows of a table with
        one sign for each name, which lie apart by 1 on average where two names differ.

        Signed sums are those of feature hashing (Weinberger et al. 2009): the mean square of eight
        is that of the values with a relative standard error of sqrt(2/8), and over a hundred rows
        of 5 %. Rows are taken in the order of their id.

        Args:
            answer: its rows in any order.
            salt: signs and groups depend on it, so that nobody can aim at them before it is known.
        """
        given = answer.prediction
        if given.dtype.kind == "U":
            given = _signs_of_names(given, salt)
        values = given[np.argsort(answer.row_id, kind="stable")].reshape(len(given), -1)
        rng = _generator(salt, values.shape)
        count, width = values.shape
        signs = (2 * rng.integers(0, 2, (width, PARTS)) - 1).astype(np.float64)
        # Where values are few they stand for themselves.
        sums = values.astype(np.float64) if width <= PARTS else _products(values, signs)
        groups = count
        if count > ROWS:
            groups = ROWS
            sums = sums * (2.0 * rng.integers(0, 2, (count, 1)) - 1.0)
            where = rng.integers(0, ROWS, count)
            sums = np.stack([np.bincount(where, column, ROWS) for column in sums.T], axis=1)
        behind = count * (width if width > PARTS else 1.0) / groups
        is_plain = answer.prediction.ndim == 2 and answer.prediction.dtype.kind == "f"
        return Fingerprint(sums.astype(np.float32), behind, count, is_plain)

    def to_bytes(self) -> bytes:
        """For the store."""
        head = np.array([self.sums.shape[1], self.values, self.rows], dtype="<f8")
        sign = b"p" if self.is_plain else b"b"
        return sign + head.tobytes() + self.sums.astype("<f4").tobytes()

    @staticmethod
    def from_bytes(stored: bytes) -> "Fingerprint":
        """Inverse of `to_bytes`."""
        width, values, rows = np.frombuffer(stored, "<f8", _HEAD, 1)
        sums = np.frombuffer(stored, "<f4", offset=1 + 8 * _HEAD).reshape(-1, int(width))
        return Fingerprint(sums, float(values), int(rows), stored[:1] == b"p")

    def apart(self, others: Sequence["Fingerprint"], *, factor: bool = True) -> Floats:
        """Mean square difference of each row, or group, from answers to the same rows, float64
        (m, B).

        Args:
            others: m of them.
            factor: whether a common factor is taken out, to that of the others.
        """
        theirs = np.stack([other.sums for other in others]).astype(np.float64)
        mine = self.sums.astype(np.float64)
        factors = np.ones(len(theirs))
        if factor and self.is_plain:
            factors = self._factors(mine, theirs)
        difference = mine / factors[:, None, None] - theirs
        return np.asarray((difference**2).mean(axis=2) / self.values)

    @staticmethod
    def _factors(mine: Floats, theirs: Floats) -> Floats:
        """The factor that most rows agree on; 1 where the answer is the same for all rows, which
        any other such answer of one value is a multiple of.
        """
        products = (mine * theirs).sum(axis=2)
        ratio = products / np.maximum((theirs**2).sum(axis=2), _TINY)
        found = np.median(ratio, axis=1)
        is_constant = np.ptp(mine, axis=0).max() <= 1e-6 * np.abs(mine).max()
        low, high = _FACTORS
        return np.where(is_constant | (found < low) | (found > high), 1.0, found)

    def fits(self, other: "Fingerprint") -> bool:
        """Whether the other is of the same rows and form."""
        return (self.sums.shape, self.rows, self.is_plain) == (
            *(other.sums.shape, other.rows, other.is_plain),
        )


def near(apart: Floats, error: float, *, is_plain: bool, share: float = SHARE) -> NDArray[np.bool_]:
    """Which answers are nearly the same, bool (m,): their differences on all but the oddest rows
    are below a share of an error.

    Args:
        apart: see `Fingerprint.apart`.
        error: root mean square error of the others, as far as it may be known.
        is_plain: see `Fingerprint`.
        share: of the error.
    """
    kept = apart.shape[1] - (int(ODD * apart.shape[1]) if is_plain else 0)
    least = np.partition(apart, kept - 1, axis=1)[:, :kept]
    return np.asarray(least.mean(axis=1) < (share * error) ** 2)


def near_by_rows(apart: Floats, losses: Floats, share: float = SHARE) -> NDArray[np.bool_]:
    """The same where the errors of rows are known: most rows differ by less than a share of their
    own error, so that rows which are easy for everybody say nothing.

    Args:
        apart: (m, B), on the rows of the losses.
        losses: float64 (m, B), mean square errors of the others.
        share: of the error.
    """
    within = apart < share**2 * losses
    return np.asarray(within.mean(axis=1) > 1.0 - 2 * ODD)


def _products(values: NDArray[Any], signs: Floats) -> Floats:
    return np.asarray(values.astype(np.float64) @ signs)


def _signs_of_names(names: NDArray[np.str_], salt: str) -> Floats:
    """Float64 (R, PARTS): of each name as many signs, by its hash; two names share half of them on
    average, so that the mean square of their difference is 1.
    """
    known, which = np.unique(names, return_inverse=True)
    table = np.empty((len(known), PARTS))
    for line, name in zip(table, known.tolist(), strict=True):
        digest = hashlib.sha256(f"{salt}|{name}".encode()).digest()
        line[:] = np.sqrt(0.5) * (2.0 * np.unpackbits(np.frombuffer(digest, "u1"))[:PARTS] - 1.0)
    return np.asarray(table[which])


def _generator(salt: str, shape: tuple[int, ...]) -> np.random.Generator:
    digest = hashlib.sha256(f"{salt}|{shape}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "little"))
