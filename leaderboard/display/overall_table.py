"""The ranking over many cells as lines and as a dot plot."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pyarrow as pa

from leaderboard.cells import CellKey
from leaderboard.display.palette import LINE
from leaderboard.display.ranking_chart import ROW_HEIGHT, classes, unique_labels
from leaderboard.display.sentences import MOST
from leaderboard.ranking.aggregate import Overall
from leaderboard.scoring.score import Value
from leaderboard.submission.metadata import Metadata

_AROUND = 150


def most_answered(cells: Sequence[CellKey]) -> dict[str, list[Any]]:
    """The choice that a visitor finds: of the task with most cells, those of the largest n and M,
    of all configs that have such a cell.
    """
    counts = Counter(key.task for key in cells)
    task = min(counts, key=lambda name: (-counts[name], name))
    ours = [key for key in cells if key.task == task]
    n = max(key.n for key in ours)
    shots = max(key.shots for key in ours if key.n == n)
    configs = sorted({key.config for key in ours if (key.n, key.shots) == (n, shots)})
    return {"config": configs, "task": [task], "n": [n], "shots": [shots]}


def lines(entries: Sequence[Overall], known: Mapping[str, Metadata]) -> list[dict[str, Any]]:
    """One line an entry, for the page."""
    return [
        {
            "name": known[entry.id].name,
            "entry_class": known[entry.id].entry_class,
            "mean_skill": entry.mean_skill.value,
            "skill_interval": _ends(entry.mean_skill, 3),
            "mean_rank": entry.mean_rank.value,
            "rank_interval": _ends(entry.mean_rank, 2),
            "authors": "; ".join(known[entry.id].authors),
            "id": entry.id,
        }
        for entry in entries
    ]


def flat_lines(entries: Sequence[Overall], known: Mapping[str, Metadata]) -> list[dict[str, Any]]:
    """One line an entry, for files."""
    return [
        {"name": known[entry.id].name, "entry_class": known[entry.id].entry_class}
        | _flat("mean_skill", entry.mean_skill)
        | _flat("mean_rank", entry.mean_rank)
        | {"id": entry.id}
        for entry in entries
    ]


def dots(entries: Sequence[Overall], known: Mapping[str, Metadata]) -> Any:
    """Mean skill with its interval, best entry on top; 0 is a constant answer."""
    shown = entries[:MOST]
    labels = unique_labels([known[e.id].name for e in shown], [e.id for e in shown])
    data = pa.table(
        {
            "label": labels,
            "entry_class": [known[e.id].entry_class for e in shown],
            "value": [e.mean_skill.value for e in shown],
            "low": pa.array([e.mean_skill.low for e in shown], pa.float64()),
            "high": pa.array([e.mean_skill.high for e in shown], pa.float64()),
        }
    )
    # A shadow's skill of -40 would leave no room for the others.
    lowest = max(-1.0, min(min(e.mean_skill.low or 0.0, e.mean_skill.value or 0.0) for e in shown))
    scale = alt.Scale(domain=[min(lowest, 0.0), 1.0], clamp=True, nice=False)
    axis = alt.Axis(labelLimit=170, ticks=False, domain=False, grid=True)
    base = alt.Chart(data).encode(
        y=alt.Y("label:N", sort=labels, title=None, axis=axis),
        color=classes([known[e.id].entry_class for e in shown]),
        tooltip=[
            "label:N",
            *(alt.Tooltip(f"{c}:Q", format=".3f") for c in ("value", "low", "high")),
        ],
    )
    title = "mean skill, 95 % interval; edge: −1 or less"
    bars = base.mark_rule(strokeWidth=2.5).encode(
        x=alt.X("low:Q", scale=scale, title=title, axis=alt.Axis(titleAnchor="end")), x2="high:Q"
    )
    points = base.mark_point(size=110, filled=True, opacity=1).encode(
        x=alt.X("value:Q", scale=scale, title=title)
    )
    zero = alt.Chart(pa.table({"x": [0.0]})).mark_rule(color=LINE, strokeDash=[5, 4])
    chart = alt.layer(zero.encode(x=alt.X("x:Q", scale=scale, title=title)), bars, points)
    return chart.properties(height=ROW_HEIGHT * len(shown) + _AROUND)


def _ends(value: Value, digits: int) -> str:
    if value.low is None or value.high is None:
        return "–"
    return f"{value.low:z.{digits}f} – {value.high:z.{digits}f}"


def _flat(name: str, value: Value) -> dict[str, float | None]:
    return {name: value.value, f"{name}_low": value.low, f"{name}_high": value.high}
