"""Error against cost with the front that no entry beats."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pyarrow as pa

from leaderboard.display.palette import LINE
from leaderboard.display.ranking_chart import classes
from leaderboard.display.scales import errors_scale
from leaderboard.display.sentences import MOST
from leaderboard.display.standing import interval
from leaderboard.kinds.metrics import Metric
from leaderboard.ranking.front import Priced, front
from leaderboard.store.records import Row

HEIGHT = 430
COPIES = "copies"
TITLES: Mapping[str, str] = {
    COPIES: "Copies n·M",
    "train_seconds": "Training seconds",
    "parameters": "Parameters",
    "row_seconds": "Seconds a test row",
}
_BELOW = 3.0  # what costs nothing stands so many times left of the least that costs something


def priced(rows: Sequence[Row], cost: str) -> list[Priced]:
    """The entries of a ranking with a value that state a cost, best first.

    Args:
        rows: of one cell.
        cost: one of `TITLES`, not the copies, which are the same for all.
    """
    found = []
    for row in rows:
        value = getattr(row, cost)
        if value is not None and row.score.value is not None:
            is_own = row.cost is not None and getattr(row.cost, cost) is not None
            kind = row.metadata.entry_class
            found.append(Priced(row.id, row.name, kind, float(value), row.score, is_own))
    return found


def drawn(every: Sequence[Priced], *, lower: bool) -> list[Priced]:
    """The first `MOST`, every one on the front, and the best solvers.

    Args:
        every: best first.
        lower: whether a lower score is better.
    """
    solvers = [one for one in every if one.entry_class == "solver"][:MOST]
    chosen = {one.id for one in (*every[:MOST], *solvers, *front(every, lower=lower))}
    return [one for one in every if one.id in chosen]


def chart(every: Sequence[Priced], title: str, metric: Metric[Any]) -> Any:
    """Points with their intervals, and the front as steps.

    Args:
        every: at least one.
        title: of the costs.
        metric: that ranks.
    """
    least = min((one.cost for one in every if one.cost > 0), default=1.0) / _BELOW
    is_free = any(one.cost == 0 for one in every)
    x = alt.X(
        "cost:Q",
        scale=alt.Scale(type="log", nice=False, padding=22),
        title=title + ("; left edge: 0" if is_free else ""),
        axis=alt.Axis(grid=True, labelOverlap=True, format="~g"),
    )
    lower = metric.better == "lower"
    ends = [v for o in every for v in (o.score.value, o.score.low, o.score.high) if v is not None]
    y_scale = errors_scale(ends) if lower else alt.Scale(zero=False, padding=12)
    y = alt.Y("value:Q", scale=y_scale, title=metric.title)
    base = alt.Chart(_table(every, least)).encode(
        x=x,
        color=classes([one.entry_class for one in every]),
        tooltip=[alt.Tooltip(name, title=said) for name, said in _TIPS],
    )
    bars = base.mark_rule(strokeWidth=1.5).encode(
        y=alt.Y("low:Q", scale=y_scale, title=metric.title), y2="high:Q"
    )
    points = base.mark_point(size=90, filled=True, opacity=1).encode(y=y, shape=_shape())
    best = front(every, lower=lower)
    line = alt.Chart(_table(best, least)).mark_line(
        interpolate="step-after", color=LINE, strokeDash=[6, 4], strokeWidth=2
    )
    names = alt.Chart(_table(best, least)).mark_text(
        align="left", dx=7, dy=-9, color=LINE, fontSize=11, limit=150
    )
    layers = [line.encode(x=x, y=y), bars, points, names.encode(x=x, y=y, text="name:N")]
    return alt.layer(*layers).properties(height=HEIGHT)


def table(every: Sequence[Priced], cost: str, metric: Metric[Any]) -> Any:
    """One line an entry as a pyarrow Table, for the page and for files."""
    best = {one.id for one in front(every, lower=metric.better == "lower")}
    return pa.table(
        {
            "name": [one.name for one in every],
            "entry_class": [one.entry_class for one in every],
            cost: [one.cost for one in every],
            metric.name: [one.score.value for one in every],
            "low": pa.array([one.score.low for one in every], pa.float64()),
            "high": pa.array([one.score.high for one in every], pa.float64()),
            "on_the_front": [one.id in best for one in every],
            "cost_of": ["cell" if one.is_own else "file" for one in every],
            "id": [one.id for one in every],
        }
    )


_TIPS = (
    *(("name:N", "model"), ("entry_class:N", "class"), ("said:N", "cost")),
    *(("score:N", "score"), ("interval:N", "95 % interval"), ("of:N", "cost of")),
)


def _shape() -> Any:
    scale = alt.Scale(domain=["this cell", "its whole file"], range=["circle", "triangle-up"])
    return alt.Shape("of:N", scale=scale, legend=None)


def _table(every: Sequence[Priced], least: float) -> Any:
    def end(one: Priced, bound: float | None) -> float | None:
        return one.score.value if bound is None else bound

    return pa.table(
        {
            "name": [one.name for one in every],
            "entry_class": [one.entry_class for one in every],
            "cost": [max(one.cost, least) for one in every],
            "said": [f"{one.cost:.4g}" for one in every],
            "value": [one.score.value for one in every],
            "score": [f"{one.score.value:z.4f}" for one in every],
            "low": [end(one, one.score.low) for one in every],
            "high": [end(one, one.score.high) for one in every],
            "interval": [interval(one.score) for one in every],
            "of": ["this cell" if one.is_own else "its whole file" for one in every],
        }
    )
