"""The data: one row as its family declares it, all rows of a split, and how to load them."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from builders.cards import noise_text
from builders.core.errors import RequestError
from builders.dataset.config import Config
from builders.dataset.manifest import ConfigEntry
from builders.dataset.schema import Arrays
from leaderboard.display import (
    evolution_sections,
    examples,
    formula,
    linked_sections,
    row_sections,
    sentences,
    session,
    split_sections,
)
from leaderboard.display.evolution import evolutions, rows_of
from leaderboard.display.page import Page
from leaderboard.display.palette import palette
from leaderboard.display.sample import Sample, sample

PAGE = Page("Data", "grid_on", group="", order=40)


def page() -> None:
    """The whole page."""
    st.title("Data")
    board = session.board()
    folder = board.settings.data
    if folder is None:
        st.info("This board was opened without data.")
        return
    manifest = session.found_manifest(folder)
    if not manifest.configs:
        st.info("The data set folder is empty.")
        return
    places = st.columns([4, 2, 2])
    with places[0]:
        config = session.choose("Config", sorted(manifest.configs), "config", show=_config_words)
    with places[1]:
        split = session.choose("Split", list(manifest.splits(config)), "split")
    entry = manifest.config(config)
    try:
        resolved = Config.parse(config)
        arrays = session.split_arrays(folder, config, split)
    except RequestError as error:
        st.error("This split cannot be shown.")
        st.code(str(error), language=None, wrap_lines=True)
        return
    with places[2]:
        rows, row = _row(resolved, arrays)
    shown = sample(resolved, arrays, rows)
    colours = palette(session.theme())
    _facts(config, entry, shown, row)
    evolution_sections.space_time_picture(shown, row, colours)
    row_sections.parameters(shown, row, colours)
    row_sections.sites(shown, row, colours)
    linked_sections.together(shown, row, colours)
    row_sections.labels(shown, row, colours)
    linked_sections.noise(shown, row, colours)
    row_sections.events(shown, row, colours)
    if resolved.family.record.per_shot:
        split_sections.circuit(folder, config, colours)
        split_sections.shots(folder, config, split, colours)
    elif entry.rows.get(split_sections.TRAIN):
        split_sections.rows(folder, config, colours)
    st.header("Load it")
    place = examples.RowPlace(folder.name, config, split, int(rows[row]))
    st.code(examples.loading(place, resolved.columns(entry.shots)), language="python")


def _config_words(name: str) -> str:
    return f"{name} · {sentences.config_title(name)}"


def _row(config: Config, arrays: Arrays) -> tuple[NDArray[np.intp], int]:
    """The rows that belong together, all of an evolution, and which of them is looked at."""
    numbers = evolutions(arrays)
    if not numbers:
        what = "Shot" if config.family.record.per_shot else "Row"
        stop = len(arrays["row_id"])
        at = session.number(what, stop, "row", help="Counted from 0 inside the split.")
        return np.array([at]), 0
    left, right = st.columns(2)
    with left:
        at = session.number("Evolution", len(numbers), "evolution", help="Counted from 0.")
    rows = rows_of(arrays, numbers[at])
    with right:
        return rows, session.number("State", len(rows), "state", help="In the order of time.")


def _facts(config: str, entry: ConfigEntry, shown: Sample, row: int) -> None:
    st.markdown(formula.markdown(entry.formula))
    st.markdown(f"{sentences.config_title(config)}. {sentences.literal(entry.distribution)}")
    st.caption(sentences.literal(sentences.measured(shown.family.record, config)))
    if entry.calibration is not None:
        with st.expander("Calibration of the device", icon=":material/grain:"):
            st.caption("Median (smallest to largest) over the qubits and couplings that are used.")
            numbers = noise_text.summary(entry.calibration)
            st.table({"what": list(numbers), "number": list(numbers.values())})
    facts: dict[str, str] = {"row_id": str(shown.arrays["row_id"][row])}
    if shown.family.trajectory:
        held = shown.parameters(row)
        facts |= {name: f"{float(v):.4g}" for name, v in held.items() if v.ndim == 0}
    if shown.copies:
        facts["shots"] = sentences.count(shown.copies)
    for name, value in shown.numbers(row).items():
        facts[name.replace("_", " ")] = sentences.figure(value)
    for name, value in shown.estimated_numbers(row).items():
        facts[name] = sentences.figure(value)
    with st.container(horizontal=True, gap="medium"):
        for name, value in facts.items():
            st.metric(name, value, width="content")
    for told in sentences.figures(entry):
        st.caption(sentences.literal(told))
    if shown.hidden:
        said = "Labels of this split are hidden: they are what submissions are scored against."
        if any(label.estimate is not None for label in shown.labels):
            said += f" Shown are estimates from the {shown.copies} public shots of the row."
        st.info(said, icon=":material/visibility_off:")


if __name__ == "__main__":
    page()
