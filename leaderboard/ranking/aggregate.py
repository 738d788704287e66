"""One ranking over many cells: mean skill and mean rank, with intervals over Hamiltonians."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from leaderboard.cells import CellKey
from leaderboard.kinds.blocks import Losses
from leaderboard.kinds.metrics import Floats
from leaderboard.scoring.score import Value

BOOTSTRAPS = 200


@dataclass(frozen=True)
class CellLosses:
    """The losses of one cell.

    Attributes:
        losses: submission id → its losses.
        reference: those of a constant answer, against which skill is measured; not 0 on all rows.
    """

    losses: Mapping[str, Losses]
    reference: Losses


@dataclass(frozen=True)
class Overall:
    """One entry over all cells.

    Attributes:
        id: of the submission.
        mean_skill: mean over cells of 1 − loss / loss of the reference.
        mean_rank: mean over cells of the rank by mean loss, from 1; ties share their mean rank.
    """

    id: str
    mean_skill: Value
    mean_rank: Value


def overall(cells: Mapping[CellKey, CellLosses], bootstraps: int = BOOTSTRAPS) -> list[Overall]:
    """Entries that answer every one of the cells, best mean skill first.

    Hamiltonians are resampled once a config, so that cells of one config stay paired and those of
    different configs are independent.
    """
    everywhere = sorted(set.intersection(*(set(c.losses) for c in cells.values())) if cells else ())
    if not everywhere:
        return []
    skill = np.zeros((bootstraps + 1, len(everywhere)))  # line 0: without resampling
    rank = np.zeros_like(skill)
    for key, cell in cells.items():
        blocks = cell.reference.blocks
        weights = np.vstack([blocks.equal, blocks.resamples(bootstraps, seed_of(key.config))])
        means = weights @ np.stack([cell.losses[id_].values for id_ in everywhere], axis=1)
        base = (weights @ cell.reference.values)[:, None]
        # A resample in which the reference makes no error has no skill, and drops out below.
        ratio = np.divide(means, base, out=np.full_like(means, np.nan), where=base > 0)
        skill += (1.0 - ratio) / len(cells)
        rank += ranks_of(means) / len(cells)
    return [
        Overall(everywhere[k], _value(skill[:, k]), _value(rank[:, k]))
        for k in _order(skill[0], everywhere)
    ]


def _order(skill: Floats, ids: Sequence[str]) -> list[int]:
    return sorted(range(len(ids)), key=lambda k: (-skill[k], ids[k]))


def seed_of(config: str) -> int:
    """The seed of a config's resamples, so that its cells stay paired."""
    return int.from_bytes(hashlib.sha256(config.encode()).digest()[:8], "little")


def ranks_of(means: Floats) -> Floats:
    """Ranks along the last axis, from 1; equal values get the mean of their places."""
    order = np.argsort(means, axis=1)
    values = np.take_along_axis(means, order, axis=1)
    place = np.arange(means.shape[1])
    edge = np.ones((len(means), 1), dtype=np.bool_)
    new = values[:, 1:] != values[:, :-1]
    out = np.empty_like(means)
    if new.all():  # no two are equal, as usual
        np.put_along_axis(out, order, np.broadcast_to(place + 1.0, means.shape), axis=1)
        return out
    first = np.maximum.accumulate(np.where(np.hstack([edge, new]), place, 0), axis=1)
    ends = np.where(np.hstack([new, edge]), place, means.shape[1])
    last = np.minimum.accumulate(ends[:, ::-1], axis=1)[:, ::-1]
    np.put_along_axis(out, order, 0.5 * (first + last) + 1.0, axis=1)
    return out


def _value(sample: Floats) -> Value:
    return Value.of_sample(float(sample[0]), sample[1:])
