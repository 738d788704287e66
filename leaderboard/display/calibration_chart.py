"""Whether stated probabilities come true: reliability by bins."""

from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from leaderboard.display.palette import LINE, Palette
from leaderboard.kinds.binary_metrics import wilson

BINS = 10
SIDE = 380
_COUNTS = 150


@dataclass(frozen=True)
class Bin:
    """The answers whose probability lies in one bin.

    Attributes:
        mean: of their probabilities.
        share: of ones among the right bits.
        low: lower end of the share's 95 % interval (Wilson).
        high: its upper end.
        answers: how many they are.
    """

    mean: float
    share: float
    low: float
    high: float
    answers: int


def bins(chances: NDArray[np.float64], exact: NDArray[Any]) -> list[Bin]:
    """Answers by ten bins of equal width, empty ones left out.

    Args:
        chances: probabilities of 1, any shape.
        exact: the right bits, same shape.
    """
    place = np.minimum((chances.ravel() * BINS).astype(int), BINS - 1)
    filled = []
    for k in range(BINS):
        inside = place == k
        count = int(inside.sum())
        if count:
            share = float(exact.ravel()[inside].mean())
            low, high = wilson(share, count)
            filled.append(Bin(float(chances.ravel()[inside].mean()), share, low, high, count))
    return filled


def are_chances(values: NDArray[Any]) -> bool:
    """Whether answers are probabilities, and no bits."""
    return not np.isin(values, (0.0, 1.0)).all()


def reliability(filled: list[Bin], colours: Palette) -> Any:
    """Share of ones over the stated probability, and below how many answers there are."""
    data = pa.table({name: [getattr(b, name) for b in filled] for name in Bin.__annotations__})
    scale = alt.Scale(domain=[0, 1], nice=False)
    x = alt.X("mean:Q", title="stated probability of 1", scale=scale)
    base = alt.Chart(data).encode(
        x=x,
        tooltip=[
            *(alt.Tooltip(f"{name}:Q", format=".4f") for name in ("mean", "share", "low", "high")),
            "answers:Q",
        ],
    )
    y = alt.Y("share:Q", title="share of ones", scale=scale)
    equal = alt.Chart(pa.table({"mean": [0.0, 1.0], "share": [0.0, 1.0]}))
    line = equal.mark_line(color=LINE, strokeDash=[5, 4]).encode(x=x, y=y)
    bars = base.mark_rule(strokeWidth=2, color=colours.bar).encode(
        y=alt.Y("low:Q", scale=scale), y2="high:Q"
    )
    points = base.mark_point(size=80, filled=True, opacity=1, color=colours.bar).encode(y=y)
    return alt.layer(line, bars, points).properties(height=SIDE)


def counts(filled: list[Bin], colours: Palette) -> Any:
    """How many answers state about which probability."""
    data = pa.table({"mean": [b.mean for b in filled], "answers": [b.answers for b in filled]})
    scale = alt.Scale(domain=[0, 1], nice=False)
    return (
        alt.Chart(data)
        .mark_bar(color=colours.bar, size=14)
        .encode(
            x=alt.X("mean:Q", title="stated probability of 1", scale=scale),
            y=alt.Y("answers:Q", axis=alt.Axis(tickCount=4, format="~s")),
            tooltip=["mean:Q", "answers:Q"],
        )
        .properties(height=_COUNTS)
    )
