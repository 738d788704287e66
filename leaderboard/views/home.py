"""The first page: what is asked, and how well every model does at everything."""

from urllib.parse import urlencode

import streamlit as st

from leaderboard.board.service import Board
from leaderboard.cells import CellKey
from leaderboard.display import asked_picture, download, heat_map, links, picks, picture, session
from leaderboard.display.page import Page
from leaderboard.display.palette import palette
from leaderboard.display.rules import season_sentence
from leaderboard.ranking import overview
from leaderboard.ranking.overview import Overview

PAGE = Page("Home", "home", group="", order=5)
ASKED = """\
**A model sees n random quantum systems, each measured M times, and must then predict a property \
of new ones**: all correlations of a ground state, the energy, the entropy after a quench, the \
error of a code. Everybody learns from the same n·M copies and answers for the same hidden rows."""


def page() -> None:
    """The whole page."""
    st.title("Learning quantum systems from few measurements")
    board = session.board()
    st.markdown(ASKED)
    st.image(
        asked_picture.picture(palette(session.theme())),
        width=asked_picture.WIDTH,
        alt=asked_picture.ALT,
    )
    st.caption(asked_picture.MEANING)
    _results(board)
    season, live = board.season(), board.scope()[1]
    st.caption(season_sentence(season, live=live))
    st.markdown(
        "[Feed of new entries](api/feed) · [the interface for programs](api/) · "
        "[all scores as Parquet](api/records?format=parquet)"
    )


def _results(board: Board) -> None:
    st.header("Every model, every family and task")
    answered = board.answered()
    if not any(answered.values()):
        picks.nobody()
        return
    n, shots = _resources(answered)
    shown = board.overview(overview.nearest(answered, n, shots))
    st.markdown(heat_map.sentence(shown, n, shots))
    if not shown.models:
        st.info("No model answers these cells yet.")
        return
    _map(shown)
    st.caption(heat_map.legend(is_told=shown.is_told))
    with st.expander("As a table, all models"):
        _table(shown)


def _resources(answered: dict[CellKey, int]) -> tuple[int, int]:
    """What the sliders say."""
    ns, counts = overview.resources(answered)
    n, shots = overview.usual(answered)
    left, right = st.columns(2)
    with left:
        n = session.slide("Training rows n", ns, "n", default=ns.index(n))
    with right:
        if counts:
            at = counts.index(shots)
            shots = session.slide("Measured copies of each, M", counts, "M", default=at)
    return n, shots


def _map(shown: Overview) -> None:
    with st.container(key="wide-heat-map"):  # scrolls sideways by itself, see app.LAYOUT
        picture.show(
            heat_map.chart(shown, palette(session.theme()), _address),
            "Heat map of models against families and tasks, whose numbers the table below has",
            width="content",
            key="heat-map",
        )


def _address(key: CellKey) -> str:
    """Where the ranking of a cell stands, from the bare address."""
    return f"ranking?{urlencode(links.query(key))}"


def _table(shown: Overview) -> None:
    lines = heat_map.lines(shown)
    fixed = ("Model", "Class", "Cells", "Authors", "Version")
    number = {
        name: st.column_config.NumberColumn(format="%.3f") for name in lines[0] if name not in fixed
    }
    st.dataframe(
        lines,
        hide_index=True,
        placeholder="–",
        column_config=number | {"Model": st.column_config.TextColumn(pinned=True)},
        height="content" if len(lines) <= 20 else 740,
        alt="Models over families and tasks",
    )
    session.downloads("overview", download.flat(lines))


if __name__ == "__main__":
    page()
