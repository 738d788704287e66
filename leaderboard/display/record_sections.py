"""The section of a cell about its best scores over time."""

from collections.abc import Sequence

import streamlit as st

from leaderboard.display import links, picture, record_chart
from leaderboard.kinds.metrics import Metric
from leaderboard.store.records import Row


def over_time(metric: Metric[object], rows: Sequence[Row]) -> None:
    """When which entry became the best of its class; nothing where no entry has a value.

    Args:
        metric: that ranks.
        rows: the ranking of the cell.
    """
    found = record_chart.records(rows, lower=metric.better == "lower")
    if not found:
        return
    st.header("Best score over time")
    until = max(row.created for row in rows)
    picture.show(
        record_chart.steps(found, until, metric), f"Best {metric.title} of each class over time"
    )
    st.caption(
        "A step where an entry became the best of its class, among those that are ranked now. "
        "[A feed of new entries](api/feed) tells of the next one."
    )
    with st.expander("Every record, the latest first"):
        st.dataframe(
            record_chart.table(found),
            hide_index=True,
            placeholder="–",
            column_config={
                "Model": links.column("Model"),
                "Score": st.column_config.NumberColumn(format="%.4f"),
            },
            alt="Entries that were the best of their class when they came",
        )
