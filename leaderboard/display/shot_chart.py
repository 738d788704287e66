"""Rows that are single shots: the events of one, and shares over all of them."""

from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from builders.core.names import Size
from builders.physics.record import DetectionEvents
from leaderboard.display.palette import Palette

WRAP = 48
"""Events in one line of the strip."""
MOST_VALUES = 20
_CELL = 22
_BAR = 34
_AROUND = 60  # of a strip
_AXIS = 70  # of bars, with its title
_CHUNK = 65_536  # shots that are unpacked at a time


def density(record: DetectionEvents, events: NDArray[np.uint8], size: Size) -> NDArray[np.float64]:
    """Share of the shots in which each event occurs, (D,), of packed rows (R, ⌈D/8⌉)."""
    total = np.zeros(record.bits(size))
    for start in range(0, len(events), _CHUNK):
        total += record.unpack(events[start : start + _CHUNK], size).sum(axis=0)
    return np.asarray(total / len(events))


def strip(bits: NDArray[np.uint8], colours: Palette) -> Any:
    """The events of one shot in their order, line by line; filled where one occurred.

    Args:
        bits: (D,), 0 or 1.
        colours: of the theme.
    """
    event = np.arange(len(bits))
    data = pa.table({"event": event, "line": event // WRAP, "place": event % WRAP, "bit": bits})
    lines = -(-len(bits) // WRAP)
    shade = alt.Scale(domain=[0, 1], range=[colours.diverging[2], colours.second])
    places = alt.Scale(domain=list(range(min(WRAP, len(bits)))), paddingInner=0.08)
    first = alt.Axis(ticks=False, domain=False, labelExpr=f"datum.value * {WRAP}")
    return (
        alt.Chart(data)
        .mark_rect(stroke=colours.muted, strokeWidth=0.5)
        .encode(
            x=alt.X("place:O", axis=None, scale=places),
            y=alt.Y("line:O", title="event", axis=first if lines > 1 else None),
            color=alt.Color("bit:Q", scale=shade, legend=None),
            tooltip=["event:O", "bit:O"],
        )
        .properties(height=_AROUND + _CELL * lines)
    )


def shares(values: NDArray[Any]) -> Any:
    """How many shots have which value, as a pyarrow Table; None where values are too many."""
    distinct, counts = np.unique(values, return_counts=True)
    if len(distinct) > MOST_VALUES:
        return None
    names = [str(value) for value in distinct.tolist()]
    return pa.table({"value": names, "shots": counts, "share": counts / len(values)})


def share_bars(table: Any, title: str, colours: Palette) -> Any:
    """The table of `shares` as bars from 0 to 1, with the share beside the value."""
    lines = table.to_pylist()
    words = [f"{line['value']}: {line['share']:.4f}" for line in lines]
    return (
        alt.Chart(table.append_column("words", [words]))
        .mark_bar(color=colours.bar)
        .encode(
            y=alt.Y("words:N", title=title, axis=alt.Axis(ticks=False, domain=False)),
            x=alt.X(
                "share:Q",
                title="share of the shots",
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(tickCount=5),
            ),
            tooltip=["value:N", "shots:Q", alt.Tooltip("share:Q", format=".4f")],
        )
        .properties(height=_AXIS + _BAR * len(lines))
    )
