"""The cells that models are ranked over together: a short list, and never a control."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from builders import families
from builders.core.names import parse_config
from leaderboard.cells import CellKey
from leaderboard.track import EXACT, STANDARD


def is_ranked(key: CellKey) -> bool:
    """Whether a cell is of the usual conditions: labels from measured shots, or exact ones where
    nothing is measured. Controls, transfers and exact labels of measured configs are not.
    """
    if key.track == STANDARD:
        return True
    name = parse_config(key.config)[0]
    known = name in families.names()
    return key.track == EXACT and known and families.load(name).record.default_shots == 0


def curated(models: Mapping[CellKey, int], official: Sequence[CellKey] = ()) -> list[CellKey]:
    """The official cells of a season, answered or not; else one of every config and task: that
    which most models answer, of equals that of the largest n and M, so that one odd cell moves
    nothing.

    Args:
        models: cell → number of models that answer it.
        official: of the season that is shown; () without one.
    """
    if official:
        return sorted(filter(is_ranked, official))
    groups: dict[tuple[str, str], list[CellKey]] = defaultdict(list)
    for key in filter(is_ranked, models):
        groups[key.config, key.task].append(key)
    return sorted(
        max(group, key=lambda key: (models[key], key.n, key.shots)) for group in groups.values()
    )
