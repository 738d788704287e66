"""The dot plot of a ranking: value and interval of every entry."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa

from leaderboard.display import plain
from leaderboard.display.palette import CLASSES, LINE
from leaderboard.display.scales import errors_scale
from leaderboard.display.sentences import MOST
from leaderboard.display.standing import against_best, by_class, interval
from leaderboard.kinds.metrics import Metric
from leaderboard.kinds.task import Task
from leaderboard.ranking.references import Reference
from leaderboard.store.records import Row

ROW_HEIGHT = 34
REFERENCE = "solver"  # the class that learns nothing
SOLVERS = 4  # lines of them
_AROUND = 150  # legend, axis and its title: the height given to Streamlit holds them too


def dots(task: Task, rows: Sequence[Row], lines: Sequence[Reference] = ()) -> Any:
    """An Altair chart, learned entries first, best on top; the band is the interval of the first.

    Solvers learn nothing: the best of them are lines, unless nobody else is there. Diamonds are
    entries that use the shots of the test rows. That has no legend of its own: two side by side do
    not fit on a telephone.

    Args:
        task: of the cell.
        rows: a ranking, at least one row with a value; see `drawn`.
        lines: vertical lines to read the values against.
    """
    shown, solvers = drawn(rows)
    lines = [*lines, *(Reference(row.name, row.score.value or 0.0, "") for row in solvers)]
    names = unique_labels([row.name for row in shown], [row.id for row in shown])
    labels = [f"{row.place}  {name}" for row, name in zip(shown, names, strict=True)]
    scale = _scale(task.ranking, shown, lines)
    title = _title(task.ranking.title, scale, shown)
    base = alt.Chart(_data(shown, labels)).encode(
        y=_names(labels),
        color=classes([row.metadata.entry_class for row in shown]),
        tooltip=_tips(task.ranking.title),
    )
    bars = base.mark_rule(strokeWidth=2.5).encode(
        x=alt.X("low:Q", scale=scale, title=title, axis=alt.Axis(titleAnchor="end")), x2="high:Q"
    )
    points = base.mark_point(size=110, filled=True, opacity=1).encode(
        x=alt.X("value:Q", scale=scale, title=title), shape=_shapes()
    )
    chart = alt.layer(
        *_band(shown[0], scale),
        *_lines(task.ranking, lines, scale, len(shown), _middle(shown, lines, scale)),
        bars,
        points,
    )
    return chart.properties(height=ROW_HEIGHT * len(shown) + _AROUND)


def drawn(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """The first `MOST` with a value, class by class, and the best `SOLVERS` solvers, which the
    others are read against; where nobody learns, solvers are the first.
    """
    known = [row for row in rows if row.score.value is not None]
    solvers = [row for row in known if row.metadata.entry_class == REFERENCE]
    others = by_class([row for row in known if row.metadata.entry_class != REFERENCE])
    return (others[:MOST], solvers[:SOLVERS]) if others else (solvers[:MOST], [])


def _names(labels: Sequence[str]) -> Any:
    axis = alt.Axis(labelLimit=170, labelFlush=False, ticks=False, domain=False, grid=True)
    return alt.Y("label:N", sort=list(labels), title=None, axis=axis)


def classes(present: Sequence[str]) -> Any:
    """The colour of an entry by its class; the legend names the classes that are there."""
    scale = alt.Scale(domain=list(CLASSES), range=list(CLASSES.values()))
    legend = alt.Legend(
        orient="top",
        symbolType="circle",
        title=None,
        columns=2,  # three in one line do not fit on a telephone
        values=[name for name in CLASSES if name in present],
    )
    return alt.Color("entry_class:N", title="class", scale=scale, legend=legend)


def _shapes() -> Any:
    scale = alt.Scale(domain=["not used", "used"], range=["circle", "diamond"])
    return alt.Shape("test_shots:N", title="test shots", scale=scale, legend=None)


def _tips(title: str) -> list[Any]:
    return [
        alt.Tooltip("name:N"),
        alt.Tooltip("value:Q", format=".4f", title=title),
        alt.Tooltip("interval:N", title="95 % interval"),
        alt.Tooltip("standing:N", title="against the best"),
        alt.Tooltip("test_shots:N", title="test shots"),
    ]


def unique_labels(names: Sequence[str], ids: Sequence[str]) -> list[str]:
    """The names; where one occurs twice, with the first digits of the submission's id. What reads
    from the right keeps what stands around it in place.
    """
    return [
        f"{plain.apart(name)} ({id_[:4]})" if list(names).count(name) > 1 else plain.apart(name)
        for name, id_ in zip(names, ids, strict=True)
    ]


def _data(rows: Sequence[Row], labels: Sequence[str]) -> Any:
    def end(row: Row, bound: float | None) -> float | None:
        return row.score.value if bound is None else bound

    return pa.table(
        {
            "label": list(labels),
            "name": [row.name for row in rows],
            "value": [row.score.value for row in rows],
            "low": [end(row, row.score.low) for row in rows],
            "high": [end(row, row.score.high) for row in rows],
            "interval": [interval(row.score) for row in rows],
            "entry_class": [row.metadata.entry_class for row in rows],
            "test_shots": ["used" if row.metadata.uses_test_shots else "not used" for row in rows],
            "standing": against_best(rows),
        }
    )


def _scale(metric: Metric[Any], rows: Sequence[Row], lines: Sequence[Reference]) -> Any:
    values = [line.value for line in lines] + [
        v for row in rows for v in (row.score.value, row.score.low, row.score.high) if v is not None
    ]
    if metric.better == "lower":
        return errors_scale(values)
    return alt.Scale(zero=False, nice=False, padding=12)  # a share is read on a linear axis


def _middle(rows: Sequence[Row], lines: Sequence[Reference], scale: Any) -> float:
    """The value half-way along the axis."""
    values = [line.value for line in lines]
    values += [row.score.value for row in rows if row.score.value is not None]
    low, high = min(values), max(values)
    return float(np.sqrt(low * high)) if scale.to_dict().get("type") == "log" else (low + high) / 2


def _title(title: str, scale: Any, rows: Sequence[Row]) -> str:
    log = ", log axis" if getattr(scale, "type", None) == "log" else ""
    has_ends = any(row.score.low is not None for row in rows)
    return f"{title}{', 95 % interval' if has_ends else ''}{log}"


def _band(best: Row, scale: Any) -> list[Any]:
    """The interval of the first entry over the whole height."""
    if best.score.low is None or best.score.high is None:
        return []
    edges = pa.table({"from": [best.score.low], "to": [best.score.high]})
    band = alt.Chart(edges).mark_rect(opacity=0.16, color="#14958a")
    return [band.encode(x=alt.X("from:Q", scale=scale), x2="to:Q")]


def _lines(
    metric: Metric[Any], lines: Sequence[Reference], scale: Any, rows: int, middle: float
) -> list[Any]:
    """A dashed line for each, with its name between two rows so that names do not meet."""
    step = ROW_HEIGHT if rows >= len(lines) else 11
    layers = []
    for k, line in enumerate(sorted(lines, key=lambda line: line.value)):
        data = pa.table({"at": [line.value], "line": [line.name]})
        tips = [alt.Tooltip("line:N"), alt.Tooltip("at:Q", format=".4f", title=metric.title)]
        base = alt.Chart(data).encode(x=alt.X("at:Q", scale=scale), tooltip=tips)
        left = line.value > middle  # to its left: the right edge may be near
        words = base.mark_text(
            align="right" if left else "left", dx=-4 if left else 4, color=LINE, fontSize=11
        )
        layers.append(base.mark_rule(strokeDash=[5, 4], color=LINE, strokeWidth=1.5))
        layers.append(words.encode(text="line:N", y=alt.value(6 + k * step)))
    return layers
