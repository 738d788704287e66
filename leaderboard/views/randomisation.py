"""The randomisation test: every entry beside its twin that learnt from random tokens."""

import streamlit as st

from builders.core.errors import RequestError
from leaderboard.display import (
    difference_chart,
    pair_table,
    picks,
    picture,
    sentences,
    session,
    words,
)
from leaderboard.display.page import Page
from leaderboard.ranking.randomisation import Twins

ABOUT = """\
Does a model use its measurements? Its **twin** is trained and asked in the same cell after every \
measured outcome was replaced by an independent uniform token, in training and test rows alike. \
What is still right then is owed to the parameters alone, or to a constant. A difference whose \
interval holds 0 shows a model that does not use the measurements it is given."""
COMMANDS = """\
qslbench protocol randomisation --data DATA --out results
for file in results/randomisation/cells/*.parquet; do qslbench submit "$file" --store BOARD; done"""

PAGE = Page("Randomisation", "shuffle", group="Results", order=150)


def page() -> None:
    """The whole page."""
    st.title("Randomisation test")
    board = session.board()
    st.markdown(ABOUT)
    try:
        pairs = picks.pairs(board)
    except RequestError as error:
        st.info(sentences.literal(str(error)), icon=":material/visibility_off:")
        return
    if not pairs:
        st.info("This board has no pair yet.")
    else:
        metric = session.choose("Metric", sorted(set(map(_metric, pairs))), "metric")
        table = pair_table.twins_table([pair for pair in pairs if _metric(pair) == metric])
        picture.show(
            difference_chart.dots(table, f"{metric}, random − measured"),
            f"{metric} of twins, random less measured",
        )
        st.dataframe(
            table.drop_columns(["label", "metric"]),
            hide_index=True,
            placeholder="–",
            column_config=pair_table.TITLES
            | {"p": st.column_config.NumberColumn("p", format="%.4f")},
            alt="Entries and their twins",
        )
        st.caption(
            "Intervals: paired bootstrap over the test rows, 95 %. p: paired sign flips, "
            f"adjusted for {len(pairs)} pairs (Holm). A pair is two answers to one cell with the "
            "same name, authors and seed, one of the standard track and one of the track `random`."
        )
        session.downloads("randomisation", table)
    st.header("Make such pairs")
    st.code(COMMANDS, language="sh")


def _metric(pair: Twins) -> str:
    return words.metric_title(pair.difference.key.task, pair.difference.metric)


if __name__ == "__main__":
    page()
