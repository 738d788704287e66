"""A phase diagram: rows over two parameters, right and wrong answers, and where phases meet."""

from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from leaderboard.display import boundary
from leaderboard.display.palette import SERIES, Palette

HEIGHT = 430
ROW = "row"  # the selection, and the field that it names
RIGHT, WRONG = "right", "wrong"


def points(
    rows: NDArray[np.int64],
    places: tuple[NDArray[np.float64], NDArray[np.float64]],
    truth: NDArray[np.str_],
    predicted: NDArray[np.str_],
) -> Any:
    """One line a row as a pyarrow Table.

    Args:
        rows: int64 (R,), counted inside the split.
        places: float64 (R,), of both parameters.
        truth: (R,).
        predicted: (R,).
    """
    answer = np.where(truth == predicted, RIGHT, WRONG)
    return pa.table(
        {ROW: rows, "x": places[0], "y": places[1], "true": truth, "predicted": predicted,
         "answer": answer}
    )  # fmt: skip


def diagram(
    table: Any, meeting: NDArray[np.float64], titles: tuple[str, str], colours: Palette
) -> Any:
    """Circles are right, crosses wrong; the colour is the true phase. A click chooses a row.

    Args:
        table: as `points`.
        meeting: float64 (S, 4), as `boundary.segments`.
        titles: of the axes.
        colours: of the theme.
    """
    names = sorted(set(table["true"].to_pylist()))
    shades = alt.Scale(domain=names, range=[SERIES[k % len(SERIES)] for k in range(len(names))])
    shapes = alt.Scale(domain=[RIGHT, WRONG], range=["circle", "cross"])
    sizes = alt.Scale(domain=[RIGHT, WRONG], range=[60, 150])
    legend = alt.Legend(orient="top", title=None)
    x = alt.X("x:Q", title=titles[0], scale=alt.Scale(zero=False))
    y = alt.Y("y:Q", title=titles[1], scale=alt.Scale(zero=False))
    chosen = alt.selection_point(name=ROW, fields=[ROW])
    marks = (
        alt.Chart(table)
        .mark_point(filled=True, opacity=0.9)
        .encode(
            x=x,
            y=y,
            color=alt.Color("true:N", scale=shades, legend=legend),
            shape=alt.Shape("answer:N", scale=shapes, legend=legend),
            size=alt.Size("answer:N", scale=sizes, legend=None),
            order=alt.Order("answer:N"),  # wrong ones on top
            tooltip=[f"{ROW}:Q", "true:N", "predicted:N",
                     alt.Tooltip("x:Q", title=titles[0], format=".4f"),
                     alt.Tooltip("y:Q", title=titles[1], format=".4f")],
        )
        .add_params(chosen)
    )  # fmt: skip
    return alt.layer(*boundary.lines(meeting, (x, y), colours), marks).properties(height=HEIGHT)


def chosen_row(event: Any) -> int | None:
    """The row that was clicked."""
    found = event["selection"].get(ROW, []) if event else []
    return int(found[0][ROW]) if found else None
