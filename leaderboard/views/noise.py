"""Errors against the noise that shots went through, at equal copies."""

import streamlit as st

from leaderboard import tasks
from leaderboard.board.service import Board
from leaderboard.cells import CellKey
from leaderboard.display import (
    interval_chart,
    noise,
    picks,
    picture,
    sentences,
    session,
    words,
)
from leaderboard.display.curve_choice import better
from leaderboard.display.noise import Group
from leaderboard.display.page import Page

SHOWN = 6  # series at first
ABOUT = """\
What does a copy of a state cost that is measured through a noisy device? Configs that differ by \
the **noise of their shots** alone are set side by side, with the same number n·M of copies. \
Labels are always those of the noiseless state, so that an error tells both what the model does \
not know and what the noise has done to it. The channel is public: models may undo it."""
COMMANDS = """\
qslbench build quench_tfim_1d --size 16 --seed 1 --test-seed 2 --out DATA
qslbench build quench_tfim_1d --size 16 --seed 1 --test-seed 2 --out DATA --noise depolarizing:0.05
qslbench protocol noise --data DATA --out results
for file in results/noise/cells/*.parquet; do qslbench submit "$file" --store BOARD; done"""

PAGE = Page("Noise", "grain", group="Results", order=154)


def page() -> None:
    """The whole page."""
    st.title("Noise")
    board = session.board()
    st.markdown(ABOUT)
    cells = picks.cells(board)
    groups = noise.groups(cells)
    if groups:
        _compare(board, *_chosen(groups))
    elif not cells:
        picks.nobody()
    else:
        st.info(
            "No two configs of this board that differ by their noise alone have entries with the "
            "same number of copies."
        )
    st.header("Make such entries")
    st.code(COMMANDS, language="sh")


def _chosen(groups: dict[Group, dict[str, CellKey]]) -> tuple[Group, dict[str, CellKey]]:
    """What is held fixed, in three boxes."""
    left, middle, right = st.columns([2, 1, 1])
    with left:
        systems = sorted({group.system for group in groups})
        system = session.choose("System", systems, "system", show=sentences.config_title)
    here = [group for group in groups if group.system == system]
    with middle:
        named = sorted({group.task for group in here})
        task = session.choose("Task", named, "task", show=lambda name: tasks.load(name).title)
    copies = {
        f"n = {g.n}, M = {g.shots}" if g.shots else f"n = {g.n}, exact labels": g
        for g in here
        if g.task == task
    }
    with right:
        help_text = "Training rows, and copies of each."
        chosen = session.choose("Copies", list(copies), "copies", default=-1, help=help_text)
    return copies[chosen], groups[copies[chosen]]


def _compare(board: Board, group: Group, cells: dict[str, CellKey]) -> None:
    task = tasks.load(group.task)
    metric = task.ranking
    points = picks.points(
        board, sorted(key.config for key in cells.values()), metric.name,
        next(iter(cells.values())), "N",
    )  # fmt: skip
    held = noise.best(points, better(task.name, metric.name))
    # Models that answer in one config alone have nothing to be compared with.
    both = [name for name, by_channel in held.items() if len(by_channel) > 1]
    chosen = session.choose_many(
        "Models", list(held), "models", default=(both or list(held))[:SHOWN]
    )
    if not chosen:
        st.info("Choose at least one model.")
        return
    shown = {name: held[name] for name in chosen}
    title = words.ranking_title(task)
    strengths, others = noise.over_strength(shown), noise.over_names(shown)
    if strengths is not None:
        st.markdown("**Against the strength of depolarizing noise**")
        axis = "P, probability of X, Y or Z a qubit"
        picture.show(
            interval_chart.lines(strengths, (axis, title), series=chosen),
            "Scores against the strength of the noise",
        )
    if others is not None:
        st.markdown("**Through other channels**")
        table, names = others
        picture.show(
            interval_chart.lines(table, ("", title), names, chosen), "Scores through other channels"
        )
    st.caption(
        "Bars: 95 % intervals over the test rows. Of each model name the best entry is drawn at "
        "every noise. Configs of the same seeds hold the same states."
    )
    st.markdown(f"**{metric.title}, {words.direction(metric.better)}**")
    lines = noise.side_by_side(held)
    st.dataframe(
        lines, hide_index=True, placeholder="–", alt="Scores of every model through every noise"
    )
    with st.expander("What the shots went through", icon=":material/grain:"):
        for name in sorted(filter(None, cells), key=noise.order):
            st.markdown(f"**{noise.words(name)}**: {sentences.channel_sentence(name)}")
    session.downloads(f"{group.system}_{group.task}_noise", noise.table(held))


if __name__ == "__main__":
    page()
