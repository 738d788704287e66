"""Blends: answers whose errors are those of another entry, made smaller.

Whoever has exact labels from a solver and submits 0.6 label + 0.4 model as learned leaves the
errors of the model times 0.4, in every row the same share of them. Two models that learnt apart do
not err alike to that degree.
"""

import numpy as np
from numpy.typing import NDArray

from leaderboard.kinds.metrics import Floats

SHARES = (0.15, 0.95)  # of the other's errors: below, sketches do not tell; above, it is a copy
SPREAD = 0.03  # of the logarithm of the share over rows, at most
# And of 1 − share, what was taken off the errors. Strengths of a kernel ridge leave 0.10 or more of
# it whatever the share, a blend with labels that err by a twentieth of the model's error 0.01.
PART = 0.05
ALIKE = 0.85  # cosine of the errors; sketches of 30 rows give it with a standard error of 0.05
KEPT = 0.75  # of the rows, those whose share is nearest to the median
LEAST = 20  # rows
_MAD = 1.4826  # from a median deviation to the standard deviation of a Gaussian


def blends(mine: Floats, others: Floats, apart: Floats) -> NDArray[np.bool_]:
    """Which answers have errors that those of this one are a fixed share of, bool (m,).

    Errors e and c·e of two answers lie apart by (1 − c)·|e|: their squared distance gives the
    cosine between them, as a triangle of three known sides does.

    Args:
        mine: float64 (B,), mean square error of each row of this answer.
        others: float64 (m, B), of the others.
        apart: float64 (m, B), mean square difference of the answers.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        product = np.sqrt(mine * others)
        known = product > 0
        share = np.where(known, 0.5 * np.log(mine / others), np.nan)
    found = np.asarray(known.sum(axis=1) >= LEAST, dtype=np.bool_)
    if not found.any():
        return found
    share = share[found]
    middle = np.nanmedian(share, axis=1)
    off = np.abs(share - middle[:, None])
    spread = _MAD * np.nanmedian(off, axis=1)
    kept = off <= np.nanquantile(off, KEPT, axis=1)[:, None]
    twice = (2.0 * product[found] * kept).sum(axis=1)
    alike = ((mine + others - apart)[found] * kept).sum(axis=1) > ALIKE * twice
    low, high = np.log(SHARES)
    most = np.minimum(SPREAD, PART * -np.expm1(middle))
    found[found] = (middle > low) & (middle < high) & (spread < most) & alike
    return found
