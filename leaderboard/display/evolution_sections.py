"""The section of the data page about an evolution as a whole: a label in space and time."""

import streamlit as st

from leaderboard.display import (
    matrix_chart,
    picture,
    sentences,
    session,
    space_time,
)
from leaderboard.display.evolution import times
from leaderboard.display.palette import Palette
from leaderboard.display.sample import Sample, ShownLabel
from leaderboard.display.space_time import Space


def space_time_picture(shown: Sample, row: int, colours: Palette) -> None:
    """One label of all states of the evolution; nothing where rows are no such states.

    Args:
        shown: all rows of the evolution.
        row: the one that the rest of the page is about.
        colours: of the theme.
    """
    if not shown.family.trajectory:
        return
    st.header("Space and time")
    states = len(shown.arrays["row_id"])
    if states < 2:
        st.info("This evolution has one state in this split: there is no time to draw.")
        return
    offered = {space.title(label.title): (label, space) for label, space in _drawn(shown)}
    if not offered:
        st.info("Labels of this split are hidden, and its shots give no estimate to draw.")
        return
    label, space = offered[session.choose("Quantity", list(offered), "quantity")]
    along = times(shown.family.parameters, [shown.parameters(k) for k in range(states)])
    velocity = shown.family.velocity(shown.parameters(row)) if space.counts_sites else None
    reach = None if velocity is None else space.reach(velocity)
    st.markdown(f"All {states} states of the evolution: {sentences.literal(label.label.meaning)}.")
    both = {title: space.values(values) for title, values in shown.both(label).items()}
    largest = space_time.limit(next(iter(both.values())))
    title = space.title(label.value_title)
    for column, (name, values) in zip(st.columns(2), both.items(), strict=False):
        with column.container(width=matrix_chart.WIDTH):
            st.markdown(f"**{name}**")
            picture.show(
                space_time.picture(values, space, along, title, largest, colours, reach=reach),
                f"{name}, {label.title} in space and time",
            )
    said = space.sentence(velocity)
    if len(both) > 1:
        said += " Both maps have one colour scale; estimates past its end take its last colour."
    if said:
        st.caption(said.strip())


def _drawn(shown: Sample) -> list[tuple[ShownLabel, Space]]:
    """Labels that have values and such a picture."""
    known = [label for label in shown.labels if label.best is not None and label.label.axes]
    spaces = [Space.of(label.label.axes, label.label.shape(shown.size)[0]) for label in known]
    return [(label, space) for label, space in zip(known, spaces, strict=True) if space is not None]
