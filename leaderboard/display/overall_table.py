"""The ranking of models over many cells as lines and as a dot plot."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import pyarrow as pa

from leaderboard.cells import CellKey
from leaderboard.display import links
from leaderboard.display.palette import LINE
from leaderboard.display.ranking_chart import (
    REFERENCE,
    ROW_HEIGHT,
    SOLVERS,
    classes,
    unique_labels,
)
from leaderboard.display.sentences import MOST
from leaderboard.display.standing import between, unsigned
from leaderboard.ranking.models import Standing

MISSING = "missing"
_AROUND = 150


def lines(found: Sequence[Standing], cells: Sequence[CellKey]) -> list[dict[str, Any]]:
    """One line a model, for the page."""
    return [
        {
            "rank": one.rank,
            "name": _link(one),
            "entry_class": one.model.entry_class,
            "cells": f"{len(one.answered)} of {len(cells)}",
            "mean_skill": unsigned(one.mean_skill.value, "%.3f"),
            "skill_interval": between(one.mean_skill, 3),
            "mean_rank": one.mean_rank.value,
            "version": one.model.version,
            "authors": "; ".join(one.model.authors),
        }
        for one in found
    ]


def by_cell(found: Sequence[Standing], cells: Sequence[CellKey]) -> list[dict[str, str]]:
    """One line a model, one column a cell: its skill there, or that an answer is missing."""
    return [
        {"#": str(one.rank), "Model": _link(one), "Class": one.model.entry_class}
        | {str(key): _skill(one, key) for key in cells}
        for one in found
    ]


def _link(one: Standing) -> str:
    """The name, which leads to the first of the model's entries."""
    return links.entry(min(one.answered.values()), one.model.name)


def _skill(one: Standing, key: CellKey) -> str:
    if key not in one.answered:
        return MISSING
    return f"{one.skills[key]:z.3f}" if key in one.skills else "answered"


def flat_lines(found: Sequence[Standing], cells: Sequence[CellKey]) -> list[dict[str, Any]]:
    """One line a model, for files."""
    return [
        {
            "rank": one.rank,
            "name": one.model.name,
            "authors": "; ".join(one.model.authors),
            "version": one.model.version,
            "entry_class": one.model.entry_class,
            "cells_answered": len(one.answered),
            "cells": len(cells),
            "mean_skill": one.mean_skill.value,
            "mean_skill_low": one.mean_skill.low,
            "mean_skill_high": one.mean_skill.high,
            "mean_rank": one.mean_rank.value,
            "ids": " ".join(sorted(set(one.answered.values()))),
        }
        for one in found
    ]


def dots(found: Sequence[Standing]) -> Any:
    """Mean skill with its interval, class by class; the best `SOLVERS` solvers are dashed lines and
    0 is a constant answer.

    Args:
        found: at least one with a mean skill; of those that learn the first `MOST` are drawn.
    """
    known = [one for one in found if one.mean_skill.value is not None]
    solvers = [one for one in known if one.model.entry_class == REFERENCE][:SOLVERS]
    shown = [one for one in known if one.model.entry_class != REFERENCE][:MOST]
    values = [one.mean_skill.low or one.mean_skill.value or 0.0 for one in known]
    # A shadow's skill of -40 would leave no room for the others.
    domain = [min(0.0, max(-1.0, min(values))), 1.0]
    scale = alt.Scale(domain=domain, clamp=True, nice=False)
    edge = "; edge: −1 or less" if min(values) < -1 else ""
    title = f"mean skill, 95 % interval{edge}"
    x = alt.X("value:Q", scale=scale, title=title, axis=alt.Axis(titleAnchor="end"))
    chart = alt.layer(*_references(solvers, x), *_entries(shown, scale, x))
    return chart.properties(height=ROW_HEIGHT * max(len(shown), 1) + _AROUND)


def _entries(shown: Sequence[Standing], scale: Any, x: Any) -> list[Any]:
    if not shown:
        return []
    names = unique_labels(
        [one.model.name for one in shown], [min(one.answered.values()) for one in shown]
    )
    labels = [f"{one.rank}  {name}" for one, name in zip(shown, names, strict=True)]
    kinds = [one.model.entry_class for one in shown]
    data = pa.table(
        {
            "label": labels,
            "entry_class": kinds,
            "value": [one.mean_skill.value for one in shown],
            "low": pa.array([one.mean_skill.low for one in shown], pa.float64()),
            "high": pa.array([one.mean_skill.high for one in shown], pa.float64()),
        }
    )
    axis = alt.Axis(labelLimit=170, ticks=False, domain=False, grid=True)
    base = alt.Chart(data).encode(
        y=alt.Y("label:N", sort=labels, title=None, axis=axis),
        color=classes(kinds),
        tooltip=["label:N", *(alt.Tooltip(f"{c}:Q", format=".3f") for c in _VALUES)],
    )
    bars = base.mark_rule(strokeWidth=2.5).encode(x=alt.X("low:Q", scale=scale), x2="high:Q")
    return [bars, base.mark_point(size=110, filled=True, opacity=1).encode(x=x)]


_MIDDLE = 0.5
_VALUES = ("value", "low", "high")


def _references(solvers: Sequence[Standing], x: Any) -> list[Any]:
    """Dashed lines at the solvers and at the constant answer, with their names in turn."""
    known = [(one.model.name, one.mean_skill.value) for one in solvers]
    places = [("a constant answer", 0.0), *((name, at) for name, at in known if at is not None)]
    layers = []
    for k, (name, value) in enumerate(places):
        data = pa.table({"line": [name], "value": [value]})
        base = alt.Chart(data).encode(x=x, tooltip=["line:N", alt.Tooltip("value:Q", format=".3f")])
        is_right = value > _MIDDLE  # the edge is near
        words = base.mark_text(
            align="right" if is_right else "left", dx=-4 if is_right else 4, color=LINE, fontSize=11
        )
        layers.append(base.mark_rule(strokeDash=[5, 4], color=LINE, strokeWidth=1.5))
        layers.append(words.encode(text="line:N", y=alt.value(6 + 11 * k)))
    return layers
