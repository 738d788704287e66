"""Which cells a curve runs through, and which curves are shown at first."""

from collections.abc import Callable, Sequence

from builders.core.names import parse_config
from leaderboard import tasks
from leaderboard.cells import CellKey
from leaderboard.display.curve_chart import SHOWN, Axis, Curve


def along(axis: Axis, key: CellKey) -> Callable[[CellKey], bool]:
    """Whether a cell differs from `key` in nothing but the axis."""
    family = parse_config(key.config)[0]

    def same(other: CellKey) -> bool:
        here = parse_config(other.config)[0] == family and other.task == key.task
        config = other.config == key.config or axis == "N"
        rows = (other.n == key.n or axis == "n") and other.track == key.track
        return here and config and rows and (other.shots == key.shots or axis == "M")

    return same


def fixed(axis: Axis, key: CellKey) -> str:
    """What is held fixed, in words."""
    held = {"N": f"N = {parse_config(key.config)[1]}", "n": f"n = {key.n}", "M": f"M = {key.shots}"}
    return ", ".join(words for name, words in held.items() if name != axis)


def first(curves: Sequence[Curve]) -> list[str]:
    """The labels shown at first: the best of ours, then some of the published ones.

    Estimates from the test row's own shots are left out at first: far above all others, they would
    squeeze the rest.
    """
    calm = [curve for curve in curves if not curve.label.startswith("shadow")]
    ours = [curve.label for curve in calm if not curve.published][: SHOWN - 2]
    return ours + [curve.label for curve in calm if curve.published][-2:]


def better(task: str, metric: str) -> str:
    """Whether `lower` or `higher` is better."""
    return tasks.load(task).metric(metric).better
