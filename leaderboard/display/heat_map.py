"""Models × families and tasks as a map of coloured cells, each of which leads to its ranking."""

import textwrap
from collections.abc import Callable, Sequence
from typing import Any

import altair as alt
import pyarrow as pa

from leaderboard import tasks
from leaderboard.cells import CellKey
from leaderboard.display.palette import Palette
from leaderboard.display.ranking_chart import unique_labels
from leaderboard.display.sentences import config_title, count
from leaderboard.ranking.models import Model
from leaderboard.ranking.overview import Overview

MOST = 30  # models in the picture; the table has all
_LINE, _PADDING = 14, 10  # pixels: of a line of words, and above and below a row's
_WRAP = 44  # characters of a line
_LABELS = 240  # pixels
_NARROWEST, _WIDEST, _ROOM = 27, 58, 900  # of a column, and of all columns
_NUMBERED = 46  # pixels from which a number fits into a cell
_NAMES = 150
_WORST = -1.0  # skills below share a colour


def chart(shown: Overview, colours: Palette, link: Callable[[CellKey], str]) -> Any:
    """Cells downwards, the first `MOST` models across, as an Altair chart.

    Args:
        shown: at least one cell and one model.
        colours: of the theme.
        link: cell → the address that a click on it leads to.
    """
    models = shown.models[:MOST]
    names = _names(models)
    step = max(_NARROWEST, min(_WIDEST, _ROOM // len(models)))
    labels = _labels(shown.cells)
    lines = labels[0].count("|") + 1
    base = alt.Chart(_data(shown, models, names, labels, link)).encode(
        x=alt.X("model:N", sort=names, title=None, axis=_across()),
        y=alt.Y("cell:N", sort=labels, title=None, axis=_down(lines)),
        href="link:N",
    )
    squares = base.mark_rect(cursor="pointer", stroke=colours.paper, strokeWidth=2).encode(
        color=alt.condition("datum.known", _shade(shown, colours),
                            alt.value(colours.muted)),
        tooltip=[alt.Tooltip(name, title=title) for name, title in _TIPS],
    )  # fmt: skip
    layers = [squares]
    if step >= _NUMBERED:
        layers.append(
            base.mark_text(fontSize=12, cursor="pointer").encode(
                text="number:N", color=_ink(colours)
            )
        )
    return alt.layer(*layers).properties(
        width=step * len(models),
        height=(_LINE * lines + _PADDING) * len(labels),
        autosize=alt.AutoSizeParams(type="pad"),  # labels lie outside of that size
    )


def lines(shown: Overview) -> list[dict[str, Any]]:
    """One line a model, all of them: its number in every cell; None where it has none."""
    titles = {key: _title(key) for key in shown.cells}
    return [
        {"Model": model.name, "Class": model.entry_class, "Cells": len(shown.answered[model])}
        | {titles[key]: shown.shades[key].get(model) for key in shown.cells}
        | {"Authors": "; ".join(model.authors), "Version": model.version}
        for model in shown.models
    ]


def sentence(shown: Overview, n: int, shots: int) -> str:
    """How much is shown of what there is; Markdown."""
    models = len(shown.models)
    said = f"**{count(len(shown.cells))} {'cell' if len(shown.cells) == 1 else 'cells'}, one of "
    said += f"every family and task, {count(models)} {'model' if models == 1 else 'models'}**, "
    said += f"at the n and M nearest to n = {count(n)}"
    said += f", M = {count(shots)}" if shots else ""
    if models > MOST:
        said += (
            f". The best {MOST} models are drawn, by their mean over all cells in which an "
            f"unanswered one counts 0; all {count(models)} are in the table"
        )
    return said + ". A click on a cell opens its ranking."


def legend(*, is_told: bool) -> str:
    """What the colours mean; Markdown."""
    if is_told:
        return (
            "A season is open: colours are places by reported scores, 1 the first and 0 the last, "
            "and nothing else. Grey: not answered, or held back."
        )
    return (
        "Colour: skill against the oracle mean, 1 − loss / loss of the best constant answer, which "
        "knows the mean of the test labels: 1 is perfect, 0 is what that constant reaches, below 0 "
        "is worse. Where no constant makes sense the task's own plain answer takes its place, see "
        "*About*. Grey: not answered. Every cell is shown at its own n and M; solvers solve the "
        "Hamiltonian and learn nothing."
    )


def _data(
    shown: Overview,
    models: Sequence[Model],
    names: Sequence[str],
    labels: Sequence[str],
    link: Callable[[CellKey], str],
) -> Any:
    columns: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
    for key, label in zip(shown.cells, labels, strict=True):
        title = _title(key)
        for model, name in zip(models, names, strict=True):
            shade = shown.shades[key].get(model)
            values = (
                *(link(key), label, name, shade or 0.0, shade is not None, _number(shade)),
                *(model.entry_class, _state(shown, key, model), title),
            )
            for held, value in zip(columns.values(), values, strict=True):
                held.append(value)
    return pa.table(columns)


_COLUMNS = (
    *("link", "cell", "model", "shade", "known", "number", "entry_class", "state"),
    "where",
)
_TIPS = (("model:N", "model"), ("entry_class:N", "class"), ("where:N", "cell"), ("state:N", "here"))


def _state(shown: Overview, key: CellKey, model: Model) -> str:
    if key not in shown.answered[model]:
        return "not answered"
    shade = shown.shades[key].get(model)
    if shade is None:
        return "answered, without this number"
    return f"{'place by reported scores' if shown.is_told else 'skill'} {shade:z.3f}"


def _number(shade: float | None) -> str:
    return "" if shade is None else f"{shade:z.2f}"


def _labels(cells: Sequence[CellKey]) -> list[str]:
    """Those of all cells, each of as many lines, the first of them empty where it has fewer."""
    labels = [_label(key) for key in cells]
    most = max(label.count("|") for label in labels)
    return ["|" * (most - label.count("|")) + label for label in labels]


def _label(key: CellKey) -> str:
    """Lines, split at the bar: the config on as many as it takes, then what is asked."""
    system = textwrap.wrap(config_title(key.config), _WRAP)
    asked = f"{tasks.load(key.task).title} · n {key.n}" + (f", M {key.shots}" if key.shots else "")
    return "|".join([*system, asked])


def _title(key: CellKey) -> str:
    return f"{config_title(key.config)} · {tasks.load(key.task).title} · n {key.n} · M {key.shots}"


def _names(models: Sequence[Model]) -> list[str]:
    """What models are called, each otherwise, with the class of those that do not only learn."""
    plain = [
        m.name if m.entry_class == "learned" else f"{m.name} · {m.entry_class}" for m in models
    ]
    longer = unique_labels(plain, [m.version or m.authors[0] for m in models])
    return [
        f"{name} ({k + 1})" if longer.count(name) > 1 else name for k, name in enumerate(longer)
    ]


def _across() -> Any:
    return alt.Axis(
        orient="top",
        labelAngle=-60,
        labelLimit=_NAMES,
        labelOverlap=False,
        ticks=False,
        domain=False,
        grid=False,
    )


def _down(lines: int) -> Any:
    return alt.Axis(
        labelExpr="split(datum.label, '|')",
        labelLimit=_LABELS,
        labelLineHeight=_LINE,
        labelOffset=-_LINE * (lines - 1) / 2,  # the middle of all lines
        labelOverlap=False,
        ticks=False,
        domain=False,
        grid=False,
    )


def _shade(shown: Overview, colours: Palette) -> Any:
    low, high = colours.sequential
    domain, ends, edge = [0.0, 1.0], [low, high], ""
    if any(value < 0 for held in shown.shades.values() for value in held.values()):
        domain, ends, edge = [_WORST, *domain], [colours.second, *ends], "; edge: −1 or less"
    scale = alt.Scale(domain=domain, range=ends, clamp=True, interpolate="rgb")
    title = "place by reported scores" if shown.is_told else f"skill{edge}"
    gradient = alt.Legend(
        type="gradient", orient="top", gradientLength=200, gradientThickness=10, title=title,
        titleLimit=240,
    )  # fmt: skip
    return alt.Color("shade:Q", scale=scale, legend=gradient)


def _ink(colours: Palette) -> Any:
    """The colour of a number: that of the page on strong shades, else that of lines."""
    return alt.condition(
        "datum.shade > 0.6 || datum.shade < -0.6", alt.value(colours.paper), alt.value(colours.ink)
    )
