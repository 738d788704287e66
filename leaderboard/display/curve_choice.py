"""Which cells a curve runs through, and which curves are shown at first."""

import math
from collections.abc import Callable, Sequence

from builders.core.names import parse_config
from leaderboard import tasks
from leaderboard.cells import CellKey
from leaderboard.display.curve_chart import SHOWN, Axis, Curve
from leaderboard.display.words import size_symbol
from leaderboard.kinds.metrics import Better

_FAR = 3.0  # times the lowest value of all


def along(axis: Axis, key: CellKey) -> Callable[[CellKey], bool]:
    """Whether a cell differs from `key` in nothing but the axis."""
    family, _, channel = parse_config(key.config)

    def same(other: CellKey) -> bool:
        name, _, its_channel = parse_config(other.config)
        here = (name, its_channel, other.task) == (family, channel, key.task)
        config = other.config == key.config or axis == "N"
        rows = (other.n == key.n or axis == "n") and other.track == key.track
        return here and config and rows and (other.shots == key.shots or axis == "M")

    return same


def fixed(axis: Axis, key: CellKey) -> str:
    """What is held fixed, in words."""
    size = f"{size_symbol(key.config)} = {parse_config(key.config)[1]}"
    held = {"N": size, "n": f"n = {key.n}", "M": f"M = {key.shots}"}
    return ", ".join(words for name, words in held.items() if name != axis)


def first(curves: Sequence[Curve], better: Better) -> list[str]:
    """The labels shown at first: the best of ours, then some of the published ones.

    Curves far above all others, such as estimates from the test row's own shots, are left out at
    first: they would squeeze the rest.
    """
    limit = _FAR * min(map(_least, curves)) if better == "lower" and curves else math.inf
    calm = [curve for curve in curves if _least(curve) <= limit]
    ours = [curve.label for curve in calm if not curve.published][: SHOWN - 2]
    return ours + [curve.label for curve in calm if curve.published][-2:]


def _least(curve: Curve) -> float:
    return min(value for _, value, *_ in curve.points)


def better(task: str, metric: str) -> Better:
    """Whether lower or higher is better."""
    return tasks.load(task).metric(metric).better
