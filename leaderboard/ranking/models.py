"""One ranking of models over several cells, which an unanswered cell does not remove anybody from.

A model is a name, its authors and a version; its cells may come in any number of files. A cell that
it does not answer counts as the constant answer, skill 0, and as the last place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np

from leaderboard.cells import CellKey
from leaderboard.kinds.metrics import Floats
from leaderboard.ranking.aggregate import BOOTSTRAPS, CellLosses, ranks_of, seed_of
from leaderboard.ranking.told import NOT_YET
from leaderboard.scoring.score import Value
from leaderboard.store.entries import Head
from leaderboard.submission.metadata import EntryClass

UNKNOWN = Value(None, note="no constant answer to measure skill against")
_ENDS = (0.025, 0.975)


@dataclass(frozen=True, order=True)
class Model:
    """What is ranked.

    Attributes:
        name: as stated.
        authors: as stated.
        version: as stated; "" where none is.
        entry_class: as stated.
        account: whose it is, where entries are counted by account; else "".
    """

    name: str
    authors: tuple[str, ...]
    version: str
    entry_class: str
    account: str = ""

    @staticmethod
    def of(head: Head, *, by_account: bool) -> "Model":
        """The model of a submission."""
        about = head.metadata
        account = head.account if by_account else ""
        return Model(about.name, about.authors, about.version, about.entry_class, account)


@dataclass(frozen=True, eq=False)
class Standing:
    """One model over all cells.

    Attributes:
        model: which.
        rank: from 1 within its class. Those whose paired difference from the first of a rank has a
            95 % interval with 0 in it share that rank.
        mean_skill: mean over the cells of 1 − loss / loss of the constant answer.
        mean_rank: mean over the cells of the place by loss among all models, from 1.
        answered: cell → id of the entry that answers it.
        skills: cell → skill there; of answered cells that have one.
    """

    model: Model
    rank: int
    mean_skill: Value
    mean_rank: Value
    answered: Mapping[CellKey, str]
    skills: Mapping[CellKey, float]


def standings(
    answers: Mapping[Model, Mapping[CellKey, str]],
    cells: Mapping[CellKey, CellLosses],
    told: Mapping[CellKey, Mapping[str, float]],
    *,
    live: bool = False,
    bootstraps: int = BOOTSTRAPS,
) -> list[Standing]:
    """Every model, class by class as `EntryClass` has them, best first.

    Args:
        answers: model → cell → id.
        cells: the cells whose constant answer is known and errs; the others have no skill. Rows are
            drawn again once a config, as in `aggregate.overall`.
        told: all cells → id → the loss that was told.
        live: only what was told counts, as mean places; see `told`.
        bootstraps: number of resamples.
    """
    models = sorted(answers)
    if not models or not told:
        return []
    places = _mean_places(models, answers, told)
    parts = {} if live else _skills(models, answers, cells, bootstraps)
    draws = sum(parts.values(), np.zeros((1, len(models)))) / max(1, len(parts))
    made = []
    for kind in get_args(EntryClass):
        ours = [k for k, model in enumerate(models) if model.entry_class == kind]
        if parts:
            ours.sort(key=lambda k: (-draws[0, k], models[k]))
            ranks = _ranks([draws[:, k] for k in ours])
        else:
            ours.sort(key=lambda k: (places[k], models[k]))
            ranks = [1 + int((places[ours] < places[k]).sum()) for k in ours]
        for rank, k in zip(ranks, ours, strict=True):
            skill = Value.of_sample(float(draws[0, k]), draws[1:, k]) if parts else None
            made.append(
                Standing(
                    models[k],
                    rank,
                    skill or (NOT_YET if live else UNKNOWN),
                    Value(float(places[k])),
                    answers[models[k]],
                    {c: float(s[0, k]) for c, s in parts.items() if c in answers[models[k]]},
                )
            )
    return made


def _skills(
    models: Sequence[Model],
    answers: Mapping[Model, Mapping[CellKey, str]],
    cells: Mapping[CellKey, CellLosses],
    bootstraps: int,
) -> dict[CellKey, Floats]:
    """Cell → float64 (1 + bootstraps, models), the first line without drawing again."""
    found = {}
    for key, cell in cells.items():
        blocks = cell.reference.blocks
        weights = np.vstack([blocks.equal, blocks.resamples(bootstraps, seed_of(key.config))])
        base = weights @ cell.reference.values
        skill = np.zeros((len(weights), len(models)))
        for k, model in enumerate(models):
            if key in answers[model]:
                means = weights @ cell.losses[answers[model][key]].values
                # A resample in which the constant answer makes no error has no skill.
                ratio = np.divide(means, base, out=np.full_like(means, np.nan), where=base > 0)
                skill[:, k] = 1.0 - ratio
        found[key] = skill
    return found


def _mean_places(
    models: Sequence[Model],
    answers: Mapping[Model, Mapping[CellKey, str]],
    told: Mapping[CellKey, Mapping[str, float]],
) -> Floats:
    """float64 (models,); who does not answer shares the last places."""
    last = float("inf")
    losses = [
        [told[key][answers[m][key]] if key in answers[m] else last for m in models] for key in told
    ]
    return np.asarray(ranks_of(np.array(losses)).mean(axis=0))


def _ranks(draws: Sequence[Floats]) -> list[int]:
    """Ranks of models, best first, from their mean skills: (1 + bootstraps,) each."""
    ranks: list[int] = []
    first = 0
    for k, draw in enumerate(draws):
        below = (draws[first] - draw)[1:]
        below = below[np.isfinite(below)]
        if k and (draws[first] - draw)[0] > 0 and len(below):
            low = float(np.quantile(below, _ENDS[0]))
            first = k if low > 0 else first
        ranks.append(first + 1)
    return ranks
