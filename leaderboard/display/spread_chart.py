"""How the errors of single rows spread, entry by entry."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa

from leaderboard.display.palette import SERIES
from leaderboard.display.scales import errors_scale
from leaderboard.kinds.metrics import Floats

ROW_HEIGHT = 34
_AROUND = 80
_QUANTILES = {"low": 0.05, "first": 0.25, "median": 0.5, "third": 0.75, "high": 0.95}


def spread_table(errors: Mapping[str, Floats]) -> Any:
    """Quantiles of the errors of the test rows, one line an entry, as a pyarrow Table.

    Args:
        errors: label → float64 (R,), as `inspection.row_errors`.
    """
    columns: dict[str, Sequence[object]] = {"entry": list(errors)}
    for name, share in _QUANTILES.items():
        columns[name] = [float(np.quantile(values, share)) for values in errors.values()]
    columns["largest"] = [float(values.max()) for values in errors.values()]
    return pa.table(columns)


def boxes(errors: Mapping[str, Floats], title: str) -> Any:
    """A box from the first to the third quartile with the median, and a line from 5 to 95 %.

    Args:
        errors: label → float64 (R,), in the order of the ranking.
        title: of the horizontal axis.
    """
    ends = [float(np.quantile(v, share)) for v in errors.values() for share in (0.05, 0.95)]
    scale = errors_scale(ends)
    axis = alt.Axis(labelLimit=170, ticks=False, domain=False, grid=True)
    tips = [alt.Tooltip("entry:N")]
    tips += [alt.Tooltip(f"{name}:Q", format=".4f") for name in (*_QUANTILES, "largest")]
    base = alt.Chart(spread_table(errors)).encode(
        y=alt.Y("entry:N", sort=list(errors), title=None, axis=axis), tooltip=tips
    )
    colour = SERIES[0]
    whisker = base.mark_rule(strokeWidth=2, color=colour).encode(
        x=alt.X("low:Q", scale=scale, title=title), x2="high:Q"
    )
    box = base.mark_bar(height=14, color=colour).encode(x=alt.X("first:Q", scale=scale), x2="third")
    middle = base.mark_tick(thickness=3, size=18, color=SERIES[1]).encode(
        x=alt.X("median:Q", scale=scale)
    )
    return alt.layer(whisker, box, middle).properties(height=ROW_HEIGHT * len(errors) + _AROUND)
