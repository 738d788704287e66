"""Cells that differ by the noise of their shots alone, and scores over its strength."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from builders.core.names import config_name, parse_config
from builders.physics.channel import KINDS
from leaderboard.cells import CellKey
from leaderboard.display.interval_chart import COLUMNS
from leaderboard.display.sentences import known_channel
from leaderboard.kinds.metrics import Better
from leaderboard.ranking.curves import CurvePoint
from leaderboard.track import usual_track

NONE = "no noise"
STRENGTH = "depolarizing"
"""The channel of one number, which scores can be drawn over."""


@dataclass(frozen=True, order=True)
class Group:
    """What cells of different noise have in common.

    Attributes:
        system: name of the config without noise.
        task: task name.
        n: training rows.
        shots: copies of each.
    """

    system: str
    task: str
    n: int
    shots: int


def groups(cells: Iterable[CellKey]) -> dict[Group, dict[str, CellKey]]:
    """Group → channel ("" for none) → cell, of the usual tracks, where there is something to
    compare: two channels, or one and no noise.
    """
    found: dict[Group, dict[str, CellKey]] = defaultdict(dict)
    for key in cells:
        if key.track == usual_track(key.shots):
            family, size, channel = parse_config(key.config)
            group = Group(config_name(family, size), key.task, key.n, key.shots)
            found[group][channel] = key
    return {group: found[group] for group in sorted(found) if len(found[group]) > 1}


def order(name: str) -> tuple[int, tuple[float, ...], str]:
    """Sorts channels: none, then by kind and strength, then those that are not known here."""
    channel = known_channel(name)
    if channel is None:
        return (len(KINDS) if name else -1, (), name)
    return channel.order


def words(name: str) -> str:
    """A channel for people: `depolarizing 0.05`."""
    channel = known_channel(name)
    if channel is None:
        return name or NONE
    kind, _, numbers = str(channel).partition(":")
    return f"{kind} {numbers.replace(',', ', ')}"


def strength(name: str) -> float | None:
    """Where it lies on the axis of the channel of one number, no noise at 0; None elsewhere."""
    channel = known_channel(name)
    if channel is None:
        return None if name else 0.0
    return channel.probabilities[0] if channel.kind == STRENGTH else None


def best(points: Sequence[CurvePoint], better: Better) -> dict[str, dict[str, CurvePoint]]:
    """Model name → channel → its best entry there; models with the best score first."""
    sign = -1.0 if better == "higher" else 1.0
    found: dict[str, dict[str, CurvePoint]] = {}
    for point in sorted(points, key=lambda p: (sign * (p.value.value or 0.0), p.id)):
        channel = parse_config(point.key.config).channel
        found.setdefault(point.name, {}).setdefault(channel, point)
    return found


def over_strength(held: Mapping[str, Mapping[str, CurvePoint]]) -> pa.Table | None:
    """The points of the channel of one number, as `interval_chart.lines` takes them; None where
    there are fewer than two strengths.
    """
    lines = sorted(
        (name, at, p.value.value, p.value.low, p.value.high)
        for name, by_channel in held.items()
        for channel, p in by_channel.items()
        if (at := strength(channel)) is not None
    )
    return _table(lines, pa.float64()) if len({line[1] for line in lines}) > 1 else None


def over_names(held: Mapping[str, Mapping[str, CurvePoint]]) -> tuple[pa.Table, list[str]] | None:
    """The points of all other channels and of no noise, and the names in order; None where there
    is no other channel.
    """
    channels = {c for by_channel in held.values() for c in by_channel}
    others = sorted((c for c in channels if not c or strength(c) is None), key=order)
    if not any(others):
        return None
    lines = [
        (name, words(channel), p.value.value, p.value.low, p.value.high)
        for name, by_channel in held.items()
        for channel in others
        if (p := by_channel.get(channel)) is not None
    ]
    return _table(lines, pa.string()), [words(channel) for channel in others]


def _table(lines: Sequence[tuple[object, ...]], at: pa.DataType) -> pa.Table:
    types = (pa.string(), at, *[pa.float64()] * 3)
    columns = zip(*lines, strict=True)
    return pa.table(
        {name: pa.array(values, kind)
         for name, values, kind in zip(COLUMNS, columns, types, strict=True)}
    )  # fmt: skip


def table(held: Mapping[str, Mapping[str, CurvePoint]]) -> pa.Table:
    """All points, with the channel as configs spell it."""
    lines = [
        (name, channel, p.value.value, p.value.low, p.value.high)
        for name, by_channel in held.items()
        for channel, p in sorted(by_channel.items(), key=lambda item: order(item[0]))
    ]
    return _table(lines, pa.string()).rename_columns(["model", "noise", *COLUMNS[2:]])


def side_by_side(held: Mapping[str, Mapping[str, CurvePoint]]) -> list[dict[str, str]]:
    """A line a model, a column a channel: the value and its interval."""
    channels = sorted({c for by_channel in held.values() for c in by_channel}, key=order)
    return [
        {"Model": name} | {words(c): _text(by_channel.get(c)) for c in channels}
        for name, by_channel in held.items()
    ]


def _text(point: CurvePoint | None) -> str:
    if point is None or point.value.value is None:
        return "–"
    low, high = point.value.low, point.value.high
    known = "" if low is None or high is None else f" [{low:.4f}, {high:.4f}]"
    return f"{point.value.value:.4f}{known}"
