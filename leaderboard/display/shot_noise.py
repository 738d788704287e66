"""The shadow estimate of a row from fewer shots, beside the exact values."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa
import streamlit as st
from numpy.typing import NDArray

from builders.core.errors import RequestError
from builders.physics.record import PauliTokens
from leaderboard import tasks
from leaderboard.display import label_chart, matrix_chart, picture, sentences, session, words
from leaderboard.display.palette import LINE, Palette
from leaderboard.display.sample import Sample, ShownLabel
from leaderboard.kinds.regression import Regression

_FEWEST = 4  # shots from which a second moment has an estimate
_HEIGHT = 260
Floats = NDArray[np.float64]


def counts(stored: int) -> list[int]:
    """Numbers of shots to choose from: powers of two, and all."""
    return [
        *(2**k for k in range(2, 40) if _FEWEST <= 2**k < stored),
        *([stored] if stored else []),
    ]


def estimates(
    shown: Sample, row: int, label: ShownLabel, numbers: Sequence[int]
) -> dict[int, Floats]:
    """Number of shots → estimate of one row from its first ones, (*shape) as the label has it; what
    no estimate is made from is left out.

    Args:
        shown: rows with a record of tokens.
        row: one of them.
        label: with an estimate from all shots.
        numbers: of shots.
    """
    record = shown.family.record
    task = next(t for t in map(tasks.load, shown.family.tasks) if t.label == label.label.name)
    assert isinstance(record, PauliTokens)
    assert isinstance(task, Regression)
    (name,) = record.names
    shots = shown.arrays[name][row : row + 1]
    found = {}
    for count in numbers:
        try:
            made = task.estimate_rows(
                shown.family,
                shown.size,
                shots[:, :count],
                lambda: shown.arrays["parameters"][row : row + 1],
            )
        except RequestError:  # too few shots for this quantity
            continue
        if made is not None:
            found[count] = made.reshape(label.label.shape(shown.size)).astype(np.float64)
    return found


def root_mean_square(estimate: Floats, exact: Floats) -> float:
    """Of the difference; of a square label off its diagonal."""
    apart = estimate - exact
    if apart.ndim == 2 and apart.shape[0] == apart.shape[1]:
        apart = apart[~np.eye(len(apart), dtype=bool)]
    return float(np.sqrt((apart**2).mean()))


def section(
    shown: Sample, row: int, labels: Sequence[ShownLabel], numbers: Sequence[int], colours: Palette
) -> None:
    """The slider, the estimate beside the exact values, and the error against the shots.

    Args:
        shown: rows whose labels are public.
        row: one of them.
        labels: with exact values and estimates.
        numbers: of shots to choose from.
        colours: of the theme.
    """
    by_title = {label.title: label for label in labels}
    left, right = st.columns([1, 2])
    with left:
        label = by_title[session.choose("Estimated quantity", list(by_title), "estimated")]
    found = estimates(shown, row, label, numbers)
    if not found:
        return
    with right:
        count = session.slide("Shots", list(found), "use", default=min(len(found) - 1, 3))
    assert label.exact is not None
    exact = np.asarray(label.exact[row], dtype=np.float64)
    errors = {shots: root_mean_square(estimate, exact) for shots, estimate in found.items()}
    st.markdown(
        f"From **{sentences.count(count)}** shots the estimate is off by **{errors[count]:.4f}**, "
        "root mean square: noise that falls as one over the root of the number of shots."
    )
    _beside(label, found[count], exact, count, colours)
    title = words.in_unit("root mean square error", label.unit)
    picture.show(
        falling(errors, count, title, colours), f"Error of the estimate of {label.title} by shots"
    )
    st.caption(
        "Dashes: one over the root of the number of shots, through the estimate from the most."
    )


def _beside(
    label: ShownLabel, estimate: Floats, exact: Floats, count: int, colours: Palette
) -> None:
    axes, name = label.label.axes, label.value_title
    said = f"Estimate from {sentences.count(count)} shots"
    if len(axes) == 1:
        chart = label_chart.line(exact, estimate, axes[0], (name, said), colours)
        picture.show(chart, f"{label.title}: exact values and the estimate from {count} shots")
        return
    limit = label_chart.largest(exact, axes)
    for column, (title, values) in zip(
        st.columns(2), {"Exact": exact, said: estimate}.items(), strict=True
    ):
        with column.container(width=matrix_chart.WIDTH):
            st.markdown(f"**{title}**")
            chart = label_chart.picture(values, axes, name, limit, colours)
            picture.show(chart, f"{title}, {label.title}")


def falling(errors: dict[int, float], chosen: int, title: str, colours: Palette) -> Any:
    """Error against the number of shots, with the chosen one marked.

    Args:
        errors: shots → error, at least one.
        chosen: one of them.
        title: of the error.
        colours: of the theme.
    """
    shots = np.array(list(errors), dtype=np.float64)
    values = np.array(list(errors.values()))
    data = pa.table(
        {"shots": shots, "error": values, "guide": values[-1] * np.sqrt(shots[-1] / shots)}
    )
    axis = alt.Axis(values=shots.tolist(), format="d", labelOverlap=True)
    x = alt.X("shots:Q", title="shots", axis=axis,
              scale=alt.Scale(type="log", base=2, nice=False, padding=12))  # fmt: skip
    scale = alt.Scale(type="log" if (values > 0).all() else "linear", nice=True)
    y = alt.Y("error:Q", title=title, scale=scale, axis=alt.Axis(tickCount=4))
    base = alt.Chart(data).encode(x=x)
    guide = base.mark_line(color=LINE, strokeDash=[5, 4]).encode(y=alt.Y("guide:Q", scale=scale))
    tips = ["shots:Q", alt.Tooltip("error:Q", title=title, format=".4f")]
    points = base.mark_point(filled=True, size=60, opacity=1, color=colours.bar)
    here = base.transform_filter(alt.datum.shots == chosen)
    mark = here.mark_point(filled=True, size=190, opacity=1, color=colours.second)
    return alt.layer(
        guide, points.encode(y=y, tooltip=tips), mark.encode(y=y, tooltip=tips)
    ).properties(height=_HEIGHT)
