"""Who held the best score of a cell, and since when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import altair as alt
import pyarrow as pa

from leaderboard.display import links
from leaderboard.display.palette import LINE
from leaderboard.display.ranking_chart import classes
from leaderboard.display.scales import errors_scale
from leaderboard.kinds.metrics import Metric
from leaderboard.store.records import Row, utc

HEIGHT = 300


@dataclass(frozen=True)
class Record:
    """A best score at its time.

    Attributes:
        since: UTC, without a time zone.
        name: of the model.
        entry_class: whose record it is.
        value: of the metric that ranks.
        id: of the submission.
    """

    since: datetime
    name: str
    entry_class: str
    value: float
    id: str


def records(rows: Sequence[Row], *, lower: bool) -> list[Record]:
    """Every entry that was the best of its class when it came, in the order of time.

    Args:
        rows: a ranking; in an open season its values are those that were told.
        lower: whether a lower value is better.
    """
    sign = 1.0 if lower else -1.0
    best: dict[str, float] = {}
    found = []
    for row in sorted(rows, key=lambda row: (row.created, row.rank, row.id)):
        kind, value = row.metadata.entry_class, row.score.value
        if value is not None and sign * value < best.get(kind, float("inf")):
            best[kind] = sign * value
            found.append(Record(row.created, row.name, kind, value, row.id))
    return found


def steps(found: Sequence[Record], until: datetime, metric: Metric[Any]) -> Any:
    """A step line a class, with a point and a name where somebody took the record.

    Args:
        found: at least one, in the order of time.
        until: where lines end.
        metric: that ranks.
    """
    last = {record.entry_class: record for record in found}
    ends = [
        Record(until, record.name, record.entry_class, record.value, record.id)
        for record in last.values()
        if until > record.since
    ]
    values = [record.value for record in found]
    scale = errors_scale(values) if metric.better == "lower" else alt.Scale(zero=False, padding=12)
    x = alt.X(
        "since:T",
        title="submitted, UTC",
        scale=alt.Scale(type="utc"),
        axis=alt.Axis(labelOverlap=True, tickCount=5, format=_format(until - found[0].since)),
    )
    y = alt.Y("value:Q", scale=scale, title=metric.title)
    colour = classes([record.entry_class for record in found])
    line = alt.Chart(_table([*found, *ends])).mark_line(interpolate="step-after", strokeWidth=2)
    points = alt.Chart(_table(found)).encode(
        x=x, y=y, tooltip=["name:N", alt.Tooltip("value:Q", format=".4f"), "day:N"]
    )
    names = points.mark_text(align="left", dx=7, dy=-9, color=LINE, fontSize=11, limit=140)
    return alt.layer(
        line.encode(x=x, y=y, color=colour),
        points.mark_point(size=70, filled=True, opacity=1).encode(color=colour),
        names.encode(text="name:N"),
    ).properties(height=HEIGHT)


def _format(span: timedelta) -> str:
    """Of the times on the axis: days, minutes or seconds."""
    if span > timedelta(days=3):
        return "%d %b %Y"
    return "%d %b %H:%M" if span > timedelta(hours=1) else "%H:%M:%S"


def table(found: Sequence[Record]) -> list[dict[str, Any]]:
    """One line a record, the latest first, for the page."""
    return [
        {
            "Since": utc(record.since),
            "Model": links.entry(record.id, record.name),
            "Class": record.entry_class,
            "Score": record.value,
        }
        for record in reversed(found)
    ]


def _table(found: Sequence[Record]) -> Any:
    return pa.table(
        {
            "since": pa.array([record.since for record in found], pa.timestamp("ms")),
            "day": [utc(record.since) for record in found],
            "value": [record.value for record in found],
            "name": [record.name for record in found],
            "entry_class": [record.entry_class for record in found],
        }
    )
