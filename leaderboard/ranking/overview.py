"""Models × families and tasks at a glance: one cell of each, one number a model."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from builders.core.names import parse_config
from leaderboard.cells import CellKey
from leaderboard.kinds.metrics import Metric
from leaderboard.kinds.task import Task
from leaderboard.ranking.curated import is_ranked
from leaderboard.ranking.models import Model


@dataclass(frozen=True, eq=False)
class Overview:
    """The shades of a heat map.

    Attributes:
        cells: one of every family and task, sorted.
        models: best mean shade over all cells first; a cell that one does not answer counts 0.
        answered: model → cell → id of the entry that answers it.
        shades: cell → model → 1 is the best there can be, and what learns nothing has 0: the skill
            against the constant answer. In an open season the place among told scores instead, 1 of
            the first and 0 of the last. An answer without a number is not there.
        is_told: whether shades are places of what an open season told.
    """

    cells: Sequence[CellKey]
    models: Sequence[Model]
    answered: Mapping[Model, Mapping[CellKey, str]]
    shades: Mapping[CellKey, Mapping[Model, float]]
    is_told: bool = False

    @staticmethod
    def of(
        answered: Mapping[Model, Mapping[CellKey, str]],
        worth: Mapping[CellKey, Mapping[str, float]],
        *,
        is_told: bool,
    ) -> "Overview":
        """The shades of chosen entries.

        Args:
            answered: as the attribute.
            worth: every cell → id → its shade; more ids than those chosen may be there.
            is_told: as the attribute.
        """
        shades: dict[CellKey, dict[Model, float]] = {key: {} for key in worth}
        for model, entries in answered.items():
            for key, id_ in entries.items():
                if id_ in worth[key]:
                    shades[key][model] = worth[key][id_]
        mean = {m: math.fsum(held.get(m, 0.0) for held in shades.values()) for m in answered}
        models = sorted(answered, key=lambda m: (-mean[m], m))
        return Overview(sorted(worth), models, answered, shades, is_told)


def resources(cells: Iterable[CellKey]) -> tuple[list[int], list[int]]:
    """Every n, and every M of what is measured, of cells that are ranked; sorted."""
    keys = [key for key in cells if is_ranked(key)]
    return sorted({key.n for key in keys}), sorted({key.shots for key in keys if key.shots})


def usual(models: Mapping[CellKey, int]) -> tuple[int, int]:
    """The n and M under which most answers stand, the larger ones of equals.

    Args:
        models: cell → number of models that answer it.
    """
    count: Counter[tuple[int, int]] = Counter()
    for key, answers in models.items():
        if is_ranked(key):
            count[key.n, key.shots] += answers
    measured = {pair: answers for pair, answers in count.items() if pair[1]} or count
    return max(measured, key=lambda pair: (measured[pair], pair), default=(0, 0))


def nearest(models: Mapping[CellKey, int], n: int, shots: int) -> list[CellKey]:
    """One cell of every family and task: of the noiseless configs, if there are, the one whose n
    and M differ least from those asked for, by their ratios; of equals that which most models
    answer, then the largest system.

    Args:
        models: cell → number of models that answer it.
        n: asked for, 1 or more.
        shots: asked for; does not count where nothing is measured.
    """
    groups: dict[tuple[str, str], list[CellKey]] = defaultdict(list)
    for key in filter(is_ranked, models):
        groups[parse_config(key.config).family, key.task].append(key)

    def place(key: CellKey) -> tuple[bool, float, int, int, CellKey]:
        config = parse_config(key.config)
        far = _ratio(key.n, n) + (_ratio(key.shots, shots) if key.shots else 0.0)
        return bool(config.channel), round(far, 9), -models[key], -config.size.sites, key

    return sorted(min(group, key=place) for group in groups.values())


def _ratio(a: int, b: int) -> float:
    return abs(math.log(max(a, 1) / max(b, 1)))


def gain_of(task: Task) -> Metric[Any] | None:
    """The metric of a task that says how much of a constant answer's loss is taken away: of those
    numbers the one against the mean of the test labels; None where the task has none.
    """
    gains = [m for m in task.metrics if m.gain_on is not None and m.better == "higher"]
    return next((m for m in gains if m.name == task.upward), gains[0] if gains else None)


def places(told: Mapping[str, float]) -> dict[str, float]:
    """Id → 1 of the best told loss, 0 of the last of several, equal where equal was told."""
    order = sorted(told.values())
    first = {loss: order.index(loss) for loss in set(order)}
    last = max(1, max(first.values(), default=0))
    return {id_: 1.0 - first[loss] / last for id_, loss in told.items()}
